"""Every stay in the queue as the log tells it: from when to when, how urgent, who was asked and who would not. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from handoff.conversation import Move
from handoff.handover import PRIORITY
from tests.chaos.history import Dump, Json, Record, seconds_of
from tests.chaos.replay import move_of

AT_ONCE = 1.0
"""Seconds within which two transactions may be written in the other order than their clocks say."""
Place = tuple[int, datetime, int]
"""Priority (upside down), since when, id: the order of the queue."""


@dataclass(slots=True)
class Offer:
    agent: str
    start: float
    end: float = inf


@dataclass(slots=True)
class Wait:
    """Times are seconds since 1970; a handoff that was given back waits twice."""

    conversation: str
    since: datetime
    id: int
    start: float
    priorities: Sequence[tuple[float, int]]
    """From when on it was how urgent; of all waits of this handoff."""
    end: float = inf
    cmid: str | None = None
    """Of the claim that ended it."""
    agent: str | None = None
    """Who took it."""
    offers: list[Offer] = field(default_factory=list)
    passed: list[tuple[float, str]] = field(default_factory=list)
    """Who declined it, let it pass or gave it back, and when."""

    def earliest(self, at: float) -> Place:
        """The foremost place it may have had just then."""
        return (-max(self._urgent(at)), self.since, self.id)

    def latest(self, at: float) -> Place:
        return (-min(self._urgent(at)), self.since, self.id)

    def stood_before(self, other: "Wait", at: float) -> bool:
        return self.latest(at) < other.earliest(at)

    def offered_to(self, at: float) -> set[str]:
        """Who was being asked just then."""
        return {one.agent for one in self.offers if one.start - AT_ONCE < at < one.end + AT_ONCE}

    def _urgent(self, at: float) -> list[int]:
        """What its priority may have been at about this time."""
        before = [priority for since, priority in self.priorities if since <= at - AT_ONCE]
        near = [priority for since, priority in self.priorities if at - AT_ONCE < since < at + AT_ONCE]
        return [*before[-1:], *near]


def waits(records: Sequence[Record], dump: Dump) -> list[Wait]:
    urgent = {
        record.cmid: int(record.more["priority"])
        for record in records
        if record.what == "send" and record.kind == "prioritise"
    }
    rows: dict[str, list[Json]] = {}
    for row in dump.handoffs:
        rows.setdefault(row["conversation_id"], []).append(row)
    return [
        wait
        for conversation, events in dump.events.items()
        for wait in _waits_of(events, rows.get(conversation, []), urgent)
    ]


def _waits_of(events: Sequence[Json], rows: Sequence[Json], urgent: Mapping[str, int]) -> list[Wait]:
    found: list[Wait] = []
    number, now, holder = -1, None, None
    changes: list[list[tuple[float, int]]] = [_begun(row) for row in rows]
    for event in events:
        at, move, code = seconds_of(event["at"]), move_of(event), event["body"].get("code")
        number += move is Move.ENQUEUE
        if not 0 <= number < len(rows):
            continue
        if code == "priority" and event["cmid"] in urgent:
            changes[number].append((at, urgent[event["cmid"]]))
        if move in (Move.ENQUEUE, Move.REQUEUE):
            row = rows[number]
            now = Wait(row["conversation_id"], row["waiting_since"], row["id"], at, changes[number])
            now.passed = [(at, holder)] if code == "requeued" and holder else []
            found.append(now)
        elif now and move is not None:
            _end(now, event, at, claimed=move is Move.CLAIM)
            now = None
        elif now and event["kind"] == "assignment":
            _note(now, event["body"]["agent"]["id"], at, code)
        holder = _holder(event, move, code, holder)
    for one, row in zip(changes, rows, strict=True):
        if len(one) == 1:
            one[0] = (-inf, row["priority"])
    return found


def _begun(row: Json) -> list[tuple[float, int]]:
    return [(-inf, PRIORITY.get(row.get("reason", ""), 0))]


def _end(wait: Wait, event: Json, at: float, *, claimed: bool) -> None:
    wait.end = at
    if wait.offers:
        wait.offers[-1].end = min(wait.offers[-1].end, at)
    if claimed:
        wait.cmid, wait.agent = event["cmid"], event["agent_id"]


def _note(wait: Wait, agent: str, at: float, code: str | None) -> None:
    """What was asked of whom while it waited."""
    if code == "offered":
        wait.offers.append(Offer(agent, at))
    elif code in ("declined", "offer_passed"):
        wait.passed.append((at, agent))
        if wait.offers:
            wait.offers[-1].end = at


def _holder(event: Json, move: Move | None, code: str | None, before: str | None) -> str | None:
    if move is Move.CLAIM or code in ("transfer_accepted", "taken_over"):
        return str(event["agent_id"])
    return before
