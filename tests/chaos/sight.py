"""The queue as one agent sees it: what waits, what is theirs, and what they are asked to take. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    waiting: tuple[str, ...] = ()
    """Conversations in the order of the queue; those that somebody else is asked to take are left out."""
    of_the_asked: tuple[str, ...] = ()
    """Those."""
    since: dict[str, str] | None = None
    """When the wait of each one in the queue began."""
    mine: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    """Offered to this agent, or to be passed on to them."""
    of_the_wanted: tuple[str, ...] = ()
    """What a colleague is asked to take over from another one."""
    passing_on: frozenset[str] = frozenset()
    """Their own, for which they ask somebody else."""
    of_others: tuple[str, ...] = ()
    colleagues: tuple[str, ...] = ()
    """Who is there and has room."""


def sight(frame: Frame, me: str, skills: Collection[str]) -> Sight:
    """What the `queue` frame tells the agent `me`, who has these skills."""
    rows = frame["rows"]
    active = [row for row in rows if row["state"] == "active"]
    waiting = [row for row in rows if row["state"] == "waiting"]
    return Sight(
        waiting=tuple(_name(row) for row in waiting if _id(row["offered_to"]) in (None, me)),
        of_the_asked=tuple(_name(row) for row in waiting if _id(row["offered_to"]) not in (None, me)),
        since={_name(row): row["waiting_since"] for row in waiting},
        mine=frozenset(_name(row) for row in active if _id(row["agent"]) == me),
        asked=frozenset(
            [_name(row) for row in waiting if _id(row["offered_to"]) == me]
            + [_name(row) for row in active if _is_wanted(row, me, skills)]
        ),
        of_the_wanted=tuple(
            _name(row) for row in active
            if row["transfer_to"] and me not in (_id(row["agent"]), _id(row["transfer_to"]))
        ),
        passing_on=frozenset(
            _name(row) for row in active
            if _id(row["agent"]) == me and (row["transfer_to"] or row["transfer_skill"])
        ),
        of_others=tuple(_name(row) for row in active if _id(row["agent"]) != me),
        colleagues=tuple(
            one["card"]["id"] for one in frame["colleagues"]
            if one["online"] and one["available"] and one["active"] < one["max_chats"] and one["card"]["id"] != me
        ),
    )  # fmt: skip


def _is_wanted(row: Frame, me: str, skills: Collection[str]) -> bool:
    if _id(row["agent"]) == me:
        return False
    return _id(row["transfer_to"]) == me or row["transfer_skill"] in skills


def _name(row: Frame) -> str:
    return str(row["conversation"])


def _id(card: Frame | None) -> str | None:
    return card["id"] if card else None
