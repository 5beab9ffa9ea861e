"""Who owned a conversation at every event, told from its log alone. Pure.

Every change of owner raises the fence by one and leaves one event in the same transaction, so that the log can be replayed
through the table of `handoff.conversation` and compared with what everybody believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff.conversation import Move, Owner, Ownership
from handoff.errors import IllegalMove

Json = dict[str, Any]
NOTICES = {
    "joined": Move.CLAIM,
    "requeued": Move.REQUEUE,
    "left": Move.REQUEUE,
    "returned_to_bot": Move.RETURN_TO_BOT,
    "left_queue": Move.LEAVE_QUEUE,
    "closed": Move.CLOSE,
    "reopened": Move.REOPEN,
}
PASSED_ON = frozenset({"transfer_accepted", "taken_over"})
"""Assignments that bring the conversation to another agent."""


@dataclass(frozen=True, slots=True)
class Replay:
    """`before[seq]` is the ownership when the event was written, `at_fence[fence]` who held that fence."""

    before: dict[int, Ownership] = field(default_factory=dict)
    at_fence: dict[int, Ownership] = field(default_factory=dict)
    last: Ownership = field(default_factory=Ownership)
    illegal: tuple[tuple[int, str], ...] = ()
    """(seq, what was wrong) of changes of owner that the table does not have."""


def move_of(event: Json) -> Move | None:
    """The change of owner that this event tells of; None when it tells of none. Passing on is told apart by its body."""
    if event["kind"] == "packet":
        return Move.ENQUEUE
    if event["kind"] == "notice":
        return NOTICES.get(event["body"].get("code", ""))
    return None


def replay(events: Sequence[Json]) -> Replay:
    """`events` of one conversation in the order of seq."""
    ownership = Ownership()
    before, at_fence, illegal = {}, {0: ownership}, []
    for event in events:
        before[event["seq"]] = ownership
        try:
            ownership = _after(ownership, event)
        except (IllegalMove, ValueError) as error:
            illegal.append((event["seq"], str(error)))
        at_fence[ownership.fence] = ownership
    return Replay(before, at_fence, ownership, tuple(illegal))


def _after(ownership: Ownership, event: Json) -> Ownership:
    move = move_of(event)
    if move is not None:
        return ownership.after(move, event["agent_id"] if move is Move.CLAIM else None)
    if event["kind"] == "assignment" and event["body"].get("code") in PASSED_ON:
        if ownership.owner is not Owner.AGENT:
            raise IllegalMove("Only what an agent has can be passed on.")
        agent = event["agent_id"] or (event["body"].get("agent") or {}).get("id")
        return Ownership(Owner.AGENT, ownership.fence + 1, agent)
    return ownership
