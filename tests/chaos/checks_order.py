"""Invariants of order: claims and offers go by priority and by who has waited longest, and nobody takes unasked.

An offer is made to the first in line whom the agent has not refused. On Postgres claims skip rows that are locked, which no
log tells: there the gateway has noted, within each claim, whom it passed over although nobody held them.
"""

from collections.abc import Iterator, Mapping, Sequence

from tests.chaos.checks_time import outages
from tests.chaos.history import Dump, Json, Record
from tests.chaos.holds import holds
from tests.chaos.scene import OFFER_SECONDS
from tests.chaos.violation import Violation
from tests.chaos.waits import AT_ONCE, Wait, waits

LOOK_SECONDS = 3.0
"""From one look at what may be offered to the end of the next one, on a busy machine."""


def supervisors(dump: Dump) -> set[str]:
    return {agent["id"] for agent in dump.agents if "supervisor" in (agent.get("roles") or ())}


def first_come_first_served(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Whoever takes the next one gets the first in line that they may take. Who came or went in the same second may stand
    either way."""
    every = waits(records, dump)
    taken = taken_next(records, every)
    yield from (_as_noted(records, taken) if dump.skips_locked else _as_logged(taken, every, dump))


def taken_next(records: Sequence[Record], every: Sequence[Wait]) -> list[Wait]:
    """Those that ended by "next, please"."""
    nexts = {
        record.cmid for record in records
        if record.what == "send" and record.kind == "claim" and not record.more.get("conversation")
    }  # fmt: skip
    return [wait for wait in every if wait.cmid in nexts]


def notes(records: Sequence[Record]) -> Mapping[tuple[str, int], Json] | None:
    """What was noted of each claim, by its cmid and what it took; None of a run in which nothing was."""
    if not any(record.what == "begin" and record.more.get("notes") for record in records):
        return None
    return {
        (record.cmid, record.more["chosen"]): record.more for record in records if record.what == "passed"
    }


def _as_noted(records: Sequence[Record], taken: Sequence[Wait]) -> Iterator[Violation]:
    """Nothing is excused: of a claim that leaves no note, nobody knows whom it passed over."""
    found = notes(records)
    if found is None:
        return
    for one in taken:
        note = found.get((one.cmid or "", one.id))
        if note is None or note["free"]:
            whom = (
                f"passed over {note['free']}, which nobody held"
                if note
                else "did not say whom it passed over"
            )
            yield Violation(
                "first_come_first_served", f"{one.cmid} took {one.conversation} ({one.id}) and {whom}"
            )


def _as_logged(taken: Sequence[Wait], every: Sequence[Wait], dump: Dump) -> Iterator[Violation]:
    free = supervisors(dump)
    for at, agent, one, others in _in_order([(wait.end, wait.agent, wait) for wait in taken], every):
        for other in others:
            if other.stood_before(one, at) and (agent in free or not other.offered_to(at) - {agent}):
                yield Violation(
                    "first_come_first_served",
                    f"{one.cmid} took {one.conversation} while {other.conversation} stood before it",
                )
                break


Choice = tuple[float, str | None, Wait]
"""When an agent took one that waits, or was asked to."""


def _in_order(
    choices: Sequence[Choice], every: Sequence[Wait]
) -> Iterator[tuple[float, str | None, Wait, list[Wait]]]:
    """Each by its time, with the others that waited then: that came before that second and left after it."""
    coming = sorted(every, key=lambda wait: wait.start)
    here: list[Wait] = []
    number = 0
    for at, agent, one in sorted(choices, key=lambda choice: choice[0]):
        while number < len(coming) and coming[number].start + AT_ONCE < at:
            here.append(coming[number])
            number += 1
        here = [wait for wait in here if wait.end - AT_ONCE > at]
        yield at, agent, one, [wait for wait in here if wait is not one]


def first_come_first_asked(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Nobody is asked to take one while somebody before it could be offered to them. One look may find a seat taken that
    it counted on, and after all have refused there is a pause; neither lasts."""
    every, known = waits(records, dump), holds(records, dump)
    away = [*known.windows, *outages(records)]
    passed: dict[tuple[int, float], list[float]] = {}
    asked = [(offer.start, offer.agent, wait) for wait in every for offer in wait.offers]
    for at, agent, one, others in _in_order(asked, every):
        for other in others:
            idle = _idle_since(other, at)
            if idle is None or not other.stood_before(one, at):
                continue
            refused = [who for when, who in other.passed if when < at + AT_ONCE]
            if (
                agent in refused
                or _meanwhile(idle, at, away)
                or (dump.skips_locked and known.held(other, at))
            ):
                continue
            times = passed.setdefault((other.id, idle), [])
            times.append(at)
            pause = OFFER_SECONDS + LOOK_SECONDS if refused else 0.0
            if at - times[0] > LOOK_SECONDS + pause:
                yield Violation(
                    "first_come_first_asked",
                    f"{agent} was asked to take {one.conversation} while {other.conversation} stood before it",
                )
                break


def _idle_since(wait: Wait, at: float) -> float | None:
    """Since when it waited without being offered, if that was for a whole look and not just over."""
    if not wait.start + LOOK_SECONDS < at < wait.end - AT_ONCE:
        return None
    since = wait.start
    for offer in wait.offers:
        if offer.start - AT_ONCE < at < offer.end + LOOK_SECONDS:
            return None
        if offer.end < at:
            since = max(since, offer.end)
    return since


def _meanwhile(since: float, at: float, away: Sequence[tuple[float, float]]) -> bool:
    """Whether a look that began before it was ready may have ended only now: its gateway or the database was away."""
    return any(start < since + LOOK_SECONDS and at < end + LOOK_SECONDS for start, end in away)


def only_who_is_asked(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """What is offered to one is taken by them or by a supervisor alone; so is what is to be passed on."""
    wishes = {
        record.cmid: record.more for record in records if record.what == "send" and record.kind == "transfer"
    }
    agents = {agent["id"]: agent for agent in dump.agents}
    free = supervisors(dump)
    for conversation, events in dump.events.items():
        offered: str | None = None
        wish: Json | None = None
        for event in events:
            code = event["body"].get("code") if event["kind"] in ("assignment", "notice") else None
            who = event["agent_id"]
            wrong = (code == "joined" and offered not in (None, who) and who not in free) or (
                code == "transfer_accepted"
                and (wish is None or not _wanted(wish, agents.get(who, {"id": who}), free))
            )
            if wrong:
                yield Violation(
                    "only_who_is_asked", f"{conversation} {event['seq']}: {who} was not asked to take it"
                )
            if code == "offered":
                offered = event["body"]["agent"]["id"]
            elif code == "transfer_offered":
                wish = wishes.get(event["cmid"])
            elif code in ENDS:
                offered = None
                if code != "transfer_declined" or not (wish or {}).get("to_skill"):
                    wish = None


ENDS = frozenset(
    {
        "declined", "offer_passed", "joined", "left_queue", "closed", "requeued", "left", "returned_to_bot", "taken_over",
        "transfer_accepted", "transfer_declined", "transfer_passed",
    }
)  # fmt: skip
"""What ends an offer, or a wish to pass on; one of several with a skill who declines does not end it for the others."""


def _wanted(wish: Json, agent: Json, free: set[str]) -> bool:
    if wish.get("to_agent"):
        return bool(wish["to_agent"] == agent["id"])
    return wish.get("to_skill") in (agent.get("skills") or ()) or agent["id"] in free
