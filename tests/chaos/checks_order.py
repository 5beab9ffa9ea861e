"""Invariants of order: claims and offers go by priority and by who has waited longest, and nobody takes unasked.

An offer is made to the first in line whom the agent has not refused. On Postgres claims skip rows that are locked: such a
row is passed over as long as `tests.chaos.holds` says that it may be locked, and no longer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from handoff.adapters.engines import STATEMENT_SECONDS
from tests.chaos.checks_time import outages
from tests.chaos.history import Dump, Json, Record
from tests.chaos.holds import Holds, holds
from tests.chaos.scene import OFFER_SECONDS
from tests.chaos.violation import Violation
from tests.chaos.waits import AT_ONCE, Wait, waits

OFTEN = 5
"""Claims in a row may meet somebody who writes into the same conversation just then; so many in more than the seconds of a
statement do not."""
LOOK_SECONDS = 3.0
"""From one look at what may be offered to the end of the next one, on a busy machine."""


def supervisors(dump: Dump) -> set[str]:
    return {agent["id"] for agent in dump.agents if "supervisor" in (agent.get("roles") or ())}


def first_come_first_served(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Whoever takes the next one gets the first in line that they may take. Who came or went in the same second may stand
    either way."""
    nexts = {
        record.cmid for record in records
        if record.what == "send" and record.kind == "claim" and not record.more.get("conversation")
    }  # fmt: skip
    every, known, free = waits(records, dump), holds(records, dump), supervisors(dump)
    taken = [(wait.end, wait.agent, wait) for wait in every if wait.cmid in nexts]
    looked_at = any(wait.offers for wait in every)
    before: dict[tuple[int, float], _Passed] = {}
    for at, agent, one, others in _in_order(taken, every):
        for other in others:
            if not other.stood_before(one, at):
                continue
            if agent not in free and other.offered_to(at) - {agent}:
                continue
            passed = before.setdefault((other.id, other.start), _Passed())
            if not _excused(other, at, dump, known, passed, looked_at=looked_at):
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


@dataclass(slots=True)
class _Passed:
    """Claims that passed over one that waits."""

    untold: int = 0
    while_written: list[float] = field(default_factory=list)


def _excused(other: Wait, at: float, dump: Dump, known: Holds, before: _Passed, *, looked_at: bool) -> bool:
    """Whether its row may have been locked. A look at what is due locks it and may find nothing to do: that leaves no trace,
    and does not happen twice; but where agents are asked, every gateway looks again and again."""
    if not dump.skips_locked:
        return False
    if known.held(other, at):
        return True
    if not looked_at and not known.being_written(other, at):
        before.untold += 1
        return before.untold < 2
    times = before.while_written
    if times and at - times[-1] > STATEMENT_SECONDS:
        times.clear()
    times.append(at)
    return len(times) < OFTEN or at - times[0] <= STATEMENT_SECONDS


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
                wish = wishes.get(event["cmid"], {})
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
    if not wish:
        return True  # written by a page that is gone: nobody knows whom it named
    if wish.get("to_agent"):
        return bool(wish["to_agent"] == agent["id"])
    return wish.get("to_skill") in (agent.get("skills") or ()) or agent["id"] in free
