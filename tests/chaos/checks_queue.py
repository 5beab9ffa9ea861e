"""Invariants of the queue: nobody vanishes, nobody has more than they may, and nobody's wait begins anew."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from math import inf

from handoff.conversation import Owner
from tests.chaos.checks_owner import replays
from tests.chaos.history import Dump, Json, Record, seconds_of
from tests.chaos.replay import PASSED_ON, move_of
from tests.chaos.violation import Violation
from tests.chaos.waits import AT_ONCE, waits

ASKS = frozenset({"message", "chosen", "contact", "feedback"})


def capacity(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Nobody ever has more than they take: by the log, by the rows, and on the agents' own screens."""
    most = {agent["id"]: agent["max_chats"] for agent in dump.agents}
    for agent, held in _held(dump).items():
        now = 0
        for _at, change in sorted(held, key=lambda one: one[0]):
            now += change
            if now > most.get(agent, 0):
                yield Violation("capacity", f"{agent} had {now} of {most.get(agent, 0)}")
                break
    active = Counter(row["agent_id"] for row in dump.handoffs if row["state"] == "active")
    for row in dump.agents:
        if row["active_chats"] != active[row["id"]]:
            yield Violation("capacity", f"{row['id']} counts {row['active_chats']}, has {active[row['id']]}")
    for record in records:
        if record.what == "queue" and record.more["mine"] > record.more["max"]:
            yield Violation(
                "capacity", f"{record.who} was shown {record.more['mine']} of {record.more['max']}"
            )


def _held(dump: Dump) -> dict[str, list[tuple[float, int]]]:
    """When each agent got (+1) and gave (-1) a conversation, by the log."""
    held: dict[str, list[tuple[float, int]]] = {}
    for conversation, found in replays(dump).items():
        events = dump.events.get(conversation, [])
        steps = [(seconds_of(event["at"]), found.before[event["seq"]]) for event in events]
        steps.append((float("inf"), found.last))
        for (at, before), (_, after) in pairwise(steps):
            if before.agent_id == after.agent_id:
                continue
            if before.agent_id:
                held.setdefault(before.agent_id, []).append((at, -1))
            if after.agent_id:
                held.setdefault(after.agent_id, []).append((at, +1))
    return held


def nobody_vanishes(_records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """Who waits by the log has a waiting row, who is served an active one with that agent, and nobody else has any."""
    live: dict[str, list[Json]] = {}
    for row in dump.handoffs:
        if row["state"] in ("waiting", "active"):
            live.setdefault(row["conversation_id"], []).append(row)
    wanted = {Owner.QUEUE: "waiting", Owner.AGENT: "active"}
    for conversation, found in replays(dump).items():
        rows = live.get(conversation, [])
        states = [(row["state"], row["agent_id"]) for row in rows]
        state = wanted.get(found.last.owner)
        if states != ([(state, found.last.agent_id)] if state else []):
            yield Violation(
                "nobody_vanishes", f"{conversation}: {found.last.owner} by the log, rows {states}"
            )


def wait_clock(records: Sequence[Record], dump: Dump) -> Iterator[Violation]:
    """A wait begins with the customer's first message that nobody answered, and no requeue ever moves it."""
    told: dict[str, set[float]] = {}
    for row in dump.handoffs:
        told.setdefault(row["conversation_id"], set()).add(round(seconds_of(row["waiting_since"]), 3))
    seen: set[tuple[str, str]] = set()
    for record in records:
        for conversation, since in record.more.get("since", {}).items() if record.what == "queue" else ():
            if (conversation, since) in seen:
                continue
            seen.add((conversation, since))
            if round(seconds_of(datetime.fromisoformat(since)), 3) not in told.get(conversation, set()):
                yield Violation("wait_clock", f"{record.who} saw {conversation} wait since {since}")
    for wait in waits(records, dump):
        wrong = _wrong_start(dump.events[wait.conversation], seconds_of(wait.since), wait.start)
        if wrong:
            yield Violation("wait_clock", f"{wait.conversation}: {wrong}")


def _wrong_start(events: Sequence[Json], since: float, queued: float) -> str | None:
    """The clock is read after the message was written, and when nobody asked, before the packet is: in the same
    transaction, however long that takes."""
    if since > queued + AT_ONCE:
        return "it begins after the conversation was queued"
    for event, following in pairwise([*events, None]):
        assert event is not None
        begins = event["author_role"] == "customer" and event["kind"] in ASKS
        if not begins and not (following and following["kind"] == "packet"):
            continue
        until = seconds_of(following["at"]) if following else inf
        if seconds_of(event["at"]) - AT_ONCE < since < until + AT_ONCE:
            return None
    return "it begins at no message of the customer"


def handed_over(dump: Dump) -> Mapping[str, int]:
    """How often each kind of change of owner happened, for the report."""
    moves = (move_of(event) for events in dump.events.values() for event in events)
    counted = Counter(move.value for move in moves if move)
    counted["passed_on"] = sum(
        event["kind"] == "assignment" and event["body"].get("code") in PASSED_ON
        for events in dump.events.values() for event in events
    )  # fmt: skip
    return counted
