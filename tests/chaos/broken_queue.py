"""What `tests.chaos.broken_gateway` can take out of the queue: capacity, order, priority, places, offers, consent.

Each replaces one function of the product before the gateway is made, and nothing else of what it does.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from handoff.ports import HandoffRecord


def _replace(owner: Any, name: str, function: Any) -> None:
    setattr(owner, name, function)


def capacity() -> None:
    """A seat is given whether there is one or not; the table refuses to count beyond its bound, so it is not counted."""
    from handoff.adapters.agents_sql import AgentRows

    take = AgentRows.take_seat

    def greedy(self: Any, agent_id: str, kept_free: int = 0) -> bool:
        take(self, agent_id, kept_free)
        return True

    _replace(AgentRows, "take_seat", greedy)


def order() -> None:
    """Whoever came last is next."""
    _take_next(lambda waiting: list(reversed(waiting)))


def priority() -> None:
    """Whoever has waited longest is next, however urgent the others are."""
    _take_next(lambda waiting: sorted(waiting, key=lambda one: (one.waiting_since, one.id)))


def _take_next(in_order: Callable[[Sequence[HandoffRecord]], Sequence[HandoffRecord]]) -> None:
    """`in_order` is given those that wait as they should be taken."""
    from handoff.adapters.handoffs_sql import HandoffRows

    first = HandoffRows.next_waiting

    def chosen(self: Any, handoff_ids: Any, *, patient: bool = False) -> HandoffRecord | None:
        found = (
            first(self, [one.id], patient=patient)
            for one in in_order(self.waiting())
            if one.id in handoff_ids
        )
        return next((one for one in found if one is not None), None)

    _replace(HandoffRows, "next_waiting", chosen)


def lasting_place() -> None:
    """Who is given back stands at the end: the wait begins anew."""
    from handoff.adapters.handoffs_sql import HandoffRows

    release = HandoffRows.release

    def anew(self: Any, handoff_id: int, *rest: Any) -> None:
        release(self, handoff_id, *rest)
        self.update_handoff(handoff_id, waiting_since=datetime.now(UTC))

    _replace(HandoffRows, "release", anew)


def offer_order() -> None:
    """Who came last is offered first."""
    from handoff.adapters.handoffs_sql import HandoffRows

    waiting = HandoffRows.waiting

    def from_the_end(self: Any, limit: int | None = None) -> Sequence[HandoffRecord]:
        return list(reversed(waiting(self)))[:limit]

    _replace(HandoffRows, "waiting", from_the_end)


def consent() -> None:
    """What is offered to one may be taken by all."""
    from handoff.queue import claiming

    def anybody(agent: Any, handoff: Any, staff: Any) -> str:
        return "" if agent.available else "Switch yourself to available first."

    _replace(claiming, "may_not_take", anybody)


def transfer_consent() -> None:
    """What one is asked to take over, everybody may."""
    from handoff.queue import transferring

    def anybody(_agent: Any, handoff: HandoffRecord) -> bool:
        return handoff.state == "active" and handoff.transfer_until is not None

    _replace(transferring, "_is_asked", anybody)


def take_over_fence() -> None:
    """A supervisor gets it from whoever has it, whomever they saw."""
    from handoff.queue import Queue, transferring

    take_over = transferring.take_over

    async def blind(self: Any, agent_id: str, conversation_id: str, fence: int, cmid: str) -> Any:
        def change(tx: Any) -> Any:
            now = tx.conversation(conversation_id).ownership.fence
            return take_over(tx, agent_id, conversation_id, now, cmid)

        return await self._do(change)

    _replace(Queue, "take_over", blind)


BROKEN = (capacity, order, priority, lasting_place, offer_order, consent, transfer_consent, take_over_fence)
