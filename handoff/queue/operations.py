"""The queue as sockets and the clock use it: claim, reply, pass on, hand back, resolve, and what time brings about.

Each operation is one transaction; only after its commit do the bells ring. It must not know how agents are connected or
how rows are stored. The rules of ownership are `handoff.conversation`'s, who may take what is `handoff.routing`'s.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

import structlog

from handoff.conversation import Move
from handoff.handover import touched
from handoff.log import Receipt
from handoff.ports import (
    PLACES_TOPIC,
    QUEUE_TOPIC,
    TURNS_TOPIC,
    ConversationRecord,
    Doorbell,
    HandoffRecord,
    Store,
    Transaction,
    conversation_topic,
)
from handoff.presence import Attendance
from handoff.protocol import Outcome
from handoff.queue import attending, claiming, letting_go, offering, transferring, writing
from handoff.routing import Staff, whom_to_ask
from handoff.waiting import staff_of

OFFER_LOOKS = (200, None)
"""Of a long queue the front is looked at first; further only while a seat is free that none of it is for."""
Act = Callable[[Transaction, ConversationRecord, HandoffRecord], bool]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a desk works: agents pick, or each conversation is offered to one after the other."""

    routing: Literal["pick", "offer"] = "pick"
    offer_seconds: float = 30.0
    letters: bool = False
    """Replies to customers who are gone go out as letters."""
    site_url: str = ""
    """Where such a letter says that the conversation goes on."""


class Queue:
    def __init__(self, store: Store, doorbell: Doorbell, rules: Rules | None = None) -> None:
        self._store = store
        self._doorbell = doorbell
        self.rules = rules or Rules()

    # what agents do

    async def claim(self, agent_id: str, conversation_id: str | None, cmid: str) -> Receipt:
        """Take this waiting conversation, or the next in order.

        Raises AlreadyTaken, AtCapacity, NotFound, or NotAllowed for an agent who takes none now or lacks what it needs.
        """
        return await self._do(lambda tx: claiming.claim(tx, agent_id, conversation_id, cmid))

    async def accept(self, agent_id: str, conversation_id: str, cmid: str) -> Receipt:
        """Take what is offered, or what a colleague wants to pass on."""
        return await self._do(lambda tx: transferring.accept(tx, agent_id, conversation_id, cmid))

    async def decline(self, agent_id: str, conversation_id: str, cmid: str) -> Receipt:
        """Not me; from the one who wants to pass it on: never mind."""
        return await self._do(lambda tx: transferring.decline(tx, agent_id, conversation_id, cmid))

    async def transfer(
        self, agent_id: str, conversation_id: str, fence: int, to_agent_id: str | None, to_skill: str, note: str, cmid: str
    ) -> Receipt:  # fmt: skip
        """Ask a colleague, or whoever has a skill, to take it over. It stays with the sender until then."""
        seconds = self.rules.offer_seconds
        return await self._do(
            lambda tx: transferring.transfer(
                tx, agent_id, conversation_id, fence, to_agent_id, to_skill, note, cmid, seconds
            )
        )

    async def take_over(self, agent_id: str, conversation_id: str, fence: int, cmid: str) -> Receipt:
        """A supervisor takes it from whoever has it, under the fence that they saw."""
        return await self._do(lambda tx: transferring.take_over(tx, agent_id, conversation_id, fence, cmid))

    async def prioritise(self, agent_id: str, conversation_id: str, priority: int, cmid: str) -> Receipt:
        return await self._do(lambda tx: writing.prioritise(tx, agent_id, conversation_id, priority, cmid))

    async def send(self, agent_id: str, conversation_id: str, fence: int, text: str, cmid: str) -> Receipt:
        """Reply to the customer. Raises StaleFence when somebody else owns the conversation by now."""
        letters = self.rules.site_url if self.rules.letters else None
        receipt = await self._store.write(
            lambda tx: writing.reply(tx, agent_id, conversation_id, fence, text, cmid, letters)
        )
        return self._rung(receipt, places=False)

    async def note(self, agent_id: str, conversation_id: str, text: str, cmid: str) -> Receipt:
        """Leave a note that only agents see. Any agent may, whoever owns the conversation now."""
        receipt, topics = await self._store.write(
            lambda tx: writing.note(tx, agent_id, conversation_id, text, cmid)
        )
        self._doorbell.ring(*topics)
        return receipt

    async def return_to_bot(self, agent_id: str, conversation_id: str, fence: int, cmid: str) -> Receipt:
        """Back to the bot, which is asked what the customer wrote last if nobody answered it."""
        receipt = await self._let_go(agent_id, conversation_id, fence, cmid, Move.RETURN_TO_BOT, None)
        self._doorbell.ring(TURNS_TOPIC)
        return receipt

    async def requeue(self, agent_id: str, conversation_id: str, fence: int, cmid: str) -> Receipt:
        """Back to the queue at the original place."""
        return await self._let_go(agent_id, conversation_id, fence, cmid, Move.REQUEUE, None)

    async def resolve(
        self, agent_id: str, conversation_id: str, fence: int, outcome: Outcome, cmid: str
    ) -> Receipt:
        return await self._let_go(agent_id, conversation_id, fence, cmid, Move.RESOLVE, outcome)

    async def set_available(self, agent_id: str, available: bool) -> None:
        def change(tx: Transaction) -> None:
            tx.set_available(agent_id, available)
            tx.touch_queue()

        await self._store.write(change)
        self._doorbell.ring(QUEUE_TOPIC, PLACES_TOPIC)

    # what time brings about; several gateways may do these at once

    async def offer_waiting(self) -> int:
        """Where conversations are offered: ask somebody for each that waits and may be offered. How many changed."""
        if self.rules.routing == "pick":
            return 0
        ready = await self._store.read(_ready_to_offer)
        act = partial(_offered, seconds=self.rules.offer_seconds)
        return len(await self._each(ready, act))

    async def let_pass(self) -> int:
        """End offers and wishes to pass on whose time is over, or whose agent left. How many changed."""

        def due(tx: Transaction) -> list[str]:
            here, now = {agent.id for agent in staff_of(tx).present}, tx.clock()
            return [one.conversation_id for one in tx.asked() if self._is_over(one, here, now)]

        def pass_on(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord) -> bool:
            here = {agent.id for agent in staff_of(tx).present}
            if not self._is_over(handoff, here, tx.clock()):
                return False
            return offering.let_offer_pass(tx, conversation, handoff) or transferring.let_transfer_pass(
                tx, conversation, handoff
            )

        return len(await self._each(await self._store.read(due), pass_on))

    def _is_over(self, handoff: HandoffRecord, here: set[str], now: float) -> bool:
        """By the lease clock; further ahead than any offer lasts is a time of before a reboot."""
        until = handoff.offer_until if handoff.state == "waiting" else handoff.transfer_until
        asked = handoff.offered_to if handoff.state == "waiting" else handoff.transfer_to
        if until is None:
            return False
        return not now < until <= now + self.rules.offer_seconds or (asked is not None and asked not in here)

    async def mark_away(self, attendance: Attendance, seconds: float) -> list[str]:
        """Show whose agent was not connected for so long, and whose is back; those conversations."""

        def query(tx: Transaction) -> tuple[set[str], list[str]]:
            active = tx.active()
            away = attendance.gone(tx, {str(one.agent_id) for one in active}, seconds)
            return away, [one.conversation_id for one in active if one.agent_away != (one.agent_id in away)]

        away, changed = await self._store.read(query)
        return await self._each(changed, partial(_marked, away=away))

    async def gone(self, attendance: Attendance, seconds: float) -> set[str]:
        """Agents who hold a conversation and were not connected for so long."""

        def query(tx: Transaction) -> set[str]:
            return attendance.gone(tx, {str(handoff.agent_id) for handoff in tx.active()}, seconds)

        return await self._store.read(query)

    async def requeue_of(self, agent_ids: set[str]) -> list[str]:
        """Requeue what agents hold who are gone; the ids of those conversations."""

        def held(tx: Transaction) -> list[str]:
            return [handoff.conversation_id for handoff in tx.active() if handoff.agent_id in agent_ids]

        return await self._each(await self._store.read(held), partial(_requeued, agent_ids=agent_ids))

    async def drop_abandoned(self) -> list[str]:
        """Close what waits for customers who are gone for good; the ids of those conversations."""

        def waiting(tx: Transaction) -> list[str]:
            return [one.conversation_id for one in tx.waiting() if letting_go.is_old(one)]

        return await self._each(await self._store.read(waiting), letting_go.drop_abandoned)

    async def presence_changed(self) -> None:
        await self._store.write(lambda tx: tx.touch_queue())
        self._doorbell.ring(QUEUE_TOPIC, PLACES_TOPIC)

    async def live_customers(self) -> dict[str, str]:
        """Whoever waits or is with an agent: the conversation of each customer."""
        return dict(await self._store.read(lambda tx: tx.live_customers()))

    async def customers_came_or_left(self, conversation_ids: set[str]) -> None:
        """Agents see whether a customer is there; no customer's place depends on it."""
        await self._store.write(lambda tx: tx.touch_queue())
        self._doorbell.ring(QUEUE_TOPIC, *map(conversation_topic, conversation_ids))

    async def _do(self, change: Callable[[Transaction], Receipt]) -> Receipt:
        return self._rung(await self._store.write(change))

    async def _let_go(
        self, agent_id: str, conversation_id: str, fence: int, cmid: str, move: Move, outcome: Outcome | None
    ) -> Receipt:
        return await self._do(
            lambda tx: letting_go.let_go(tx, agent_id, conversation_id, fence, cmid, move, outcome)
        )

    async def _each(self, conversation_ids: Sequence[str], act: Act) -> list[str]:
        """Do `act` to each live handoff of these in a transaction of its own; the ids of those it changed.

        One that fails is logged and left out: it must not hold up the others.
        """

        def change(tx: Transaction, conversation_id: str) -> tuple[str, ...]:
            conversation, handoff = tx.conversation(conversation_id), tx.live_handoff(conversation_id)
            if handoff is None or not act(tx, conversation, handoff):
                return ()
            return touched(tx, conversation_id, conversation.ownership)

        changed: list[str] = []
        topics: set[str] = set()
        for conversation_id in conversation_ids:
            try:
                rings = await self._store.write(partial(change, conversation_id=conversation_id))
            except Exception:
                log.exception("queue.left_out", conversation=conversation_id)
                continue
            if rings:
                changed.append(conversation_id)
                topics.update(rings)
        self._doorbell.ring(*topics)
        return changed

    def _rung(self, receipt: Receipt, *, places: bool = True) -> Receipt:
        topics = [conversation_topic(receipt.conversation), QUEUE_TOPIC] + ([PLACES_TOPIC] if places else [])
        self._doorbell.ring(*topics)
        return receipt


def _ready_to_offer(tx: Transaction) -> list[str]:
    """What waits unasked and has somebody to ask, or has been passed by all, as far as there are free seats."""
    staff, reserved = staff_of(tx), tx.reserved()
    ready: list[str] = []
    if not _room(staff, reserved):
        return ready
    for limit in OFFER_LOOKS:
        waiting = tx.waiting(limit)
        ready, seats_left = _with_somebody_to_ask(waiting, staff, dict(reserved))
        if not seats_left or limit is None or len(waiting) < limit:
            break
    return ready


def _with_somebody_to_ask(
    waiting: Sequence[HandoffRecord], staff: Staff, reserved: dict[str, int]
) -> tuple[list[str], int]:
    """Those conversations, and how many seats stay free.

    Whom nobody may take is found once for each skill and language: nobody may take who needs the same and came later.
    """
    ready, left = [], _room(staff, reserved)
    nobody_since: dict[tuple[str, str], datetime] = {}
    for one in waiting:
        if not left:
            break
        need = one.skill, one.language
        if one.offer_until is not None or (need in nobody_since and one.enqueued_at >= nobody_since[need]):
            continue
        agent, all_asked = whom_to_ask(one, staff, reserved)
        if agent:
            reserved[agent.id] = reserved.get(agent.id, 0) + 1
            left -= 1
        if agent or all_asked:
            ready.append(one.conversation_id)
        else:
            nobody_since[need] = one.enqueued_at
    return ready, left


def _room(staff: Staff, reserved: Mapping[str, int]) -> int:
    return sum(max(0, one.max_chats - one.active_chats - reserved.get(one.id, 0)) for one in staff.present)


def _offered(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, seconds: float
) -> bool:
    return offering.offer(tx, conversation, handoff, seconds)


def _marked(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, away: set[str]
) -> bool:
    return attending.mark_away(tx, conversation, handoff, away)


def _requeued(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, agent_ids: set[str]
) -> bool:
    return letting_go.requeue_of(tx, conversation, handoff, agent_ids)
