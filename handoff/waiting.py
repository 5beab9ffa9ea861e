"""Who is there, and how long those who wait will wait. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handoff.estimate import WaitRange, pace_of, wait_range
from handoff.ports import AgentRecord, HandoffRecord, Transaction
from handoff.protocol import QueuePlace
from handoff.routing import Staff

SAMPLES = 50
"""Conversations that ended last, which a wait is estimated from."""
LATELY = timedelta(hours=4)
"""Not from older ones: yesterday's desk was another one."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What is expected before anything was seen, and from when on a wait is long."""

    chat_seconds: float = 300.0
    long_wait_seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Wait:
    """How a customer in the queue stands."""

    place: QueuePlace
    long: bool
    """Nobody is there, or it takes long: they may leave an address and go."""


def staff_of(tx: Transaction, online: Collection[str] | None = None) -> Staff:
    """Everybody who takes conversations; `online` where it was read before."""
    here = tx.online("agent") if online is None else online
    agents = [agent for agent in tx.agents() if "agent" in agent.roles]
    return Staff(agents, [agent for agent in agents if agent.available and agent.id in here])


def present(tx: Transaction) -> list[AgentRecord]:
    """Agents who are connected, to whichever gateway, and take conversations."""
    return list(staff_of(tx).present)


def endings_before(tx: Transaction, ahead: int) -> int:
    """How many conversations have to end before one with so many ahead can be taken."""
    free = sum(agent.max_chats - agent.active_chats for agent in present(tx))
    return max(0, ahead + 1 - free)


def wait_of(tx: Transaction, handoff: HandoffRecord, waits: Waits) -> Wait:
    """The place of one that waits, and how long it will be; an honest nothing while nobody is there to take it."""
    ahead = tx.ahead_of(handoff.priority, handoff.waiting_since, handoff.id)
    expected = _expected(tx, handoff, ahead, waits)
    place = QueuePlace(
        position=ahead + 1,
        low_seconds=expected.low_seconds if expected else None,
        high_seconds=expected.high_seconds if expected else None,
    )
    waited = (datetime.now(UTC) - handoff.waiting_since).total_seconds()
    limit = waits.long_wait_seconds
    return Wait(place, long=expected is None or expected.low_seconds > limit or waited > limit)


def _expected(tx: Transaction, handoff: HandoffRecord, ahead: int, waits: Waits) -> WaitRange | None:
    staff = staff_of(tx)
    able = [agent for agent in staff.present if staff.may_take(agent, handoff)]
    free = sum(agent.max_chats - agent.active_chats for agent in able)
    seats = sum(agent.max_chats for agent in able)
    now = datetime.now(UTC)
    served = tx.served(now - LATELY, SAMPLES)
    spans = [(_ago(one.taken_at, now), _ago(one.ended_at, now) if one.ended_at else None) for one in served]
    return wait_range(
        max(0, ahead + 1 - free),
        seats,
        waits.chat_seconds,
        pace_of(spans, SAMPLES, LATELY.total_seconds()),
        picked_up=[one.waited_seconds for one in served if one.place == 0],
    )


def _ago(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())
