"""How long a customer waits for the bot, and what becomes due meanwhile: one table, without I/O.

Counted from the customer's message by the store's lease clock, whether the question waits in line or is being asked, and
whichever process had it: no customer waits 30 s without something to see.
"""

from dataclasses import dataclass
from enum import StrEnum

ON_TIME_SECONDS = 1.0
"""The one who asks ends a question itself; only after this much more does somebody else."""
LONGEST_LEASE_SECONDS = 60.0
"""A lease further ahead than this is from before the machine started anew: it is over."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a turn may take. The total stays below the 30 s after which a customer must have seen something."""

    turn_seconds: float = 20.0
    heard_seconds: float = 2.0
    notice_seconds: float = 10.0
    """Then the customer is told that it takes longer."""
    total_seconds: float = 25.0
    """Then a person is offered."""
    retry_seconds: float = 1.0
    at_once: int = 32
    """Turns that one process has under way."""
    lease_seconds: float = 6.0
    renew_seconds: float = 2.0
    look_seconds: float = 0.5
    """How often overdue turns and expired leases are looked for."""
    most_attempts: int = 3
    """Processes that may die over one turn."""


class Due(StrEnum):
    NOTHING = "nothing"
    SAY_SO = "say_so"
    """Tell the customer that the bot is still at it."""
    OFFER = "offer"
    """Give the turn up and offer a person."""
    BEGIN_ANEW = "begin_anew"
    """Nobody was there to take it for long (every gateway was down): its time begins again, and the customer hears of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The oldest open turn of a conversation, as it stands now."""

    waited_seconds: float
    """Negative after the machine, and with it the lease clock, started anew."""
    said_so: bool
    running: bool
    attempts: int = 0


def due(turn: Standing, patience: Patience) -> Due:
    """What must be done about `turn` now, by anybody."""
    by_others = patience.total_seconds + ON_TIME_SECONDS
    unseen = turn.running and turn.waited_seconds >= by_others + patience.lease_seconds
    if unseen or turn.waited_seconds < 0:  # with one gateway alive it had been offered before
        return Due.OFFER if turn.attempts >= patience.most_attempts else Due.BEGIN_ANEW
    if turn.waited_seconds >= (by_others if turn.running else patience.total_seconds):
        return Due.OFFER
    if turn.waited_seconds >= patience.notice_seconds and not turn.said_so:
        return Due.SAY_SO
    return Due.NOTHING


def left(waited_seconds: float, patience: Patience) -> float:
    """Seconds that remain to answer, 0 when a person must be offered instead."""
    return max(0.0, patience.total_seconds - max(0.0, waited_seconds))
