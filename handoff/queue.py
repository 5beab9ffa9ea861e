"""The queue and what agents do in it: claim, reply, note, pass on, hand back, resolve.

Each operation is one transaction; only after its commit do the bells ring. It must not know how agents are connected or
how rows are stored. The rules of ownership are `handoff.conversation`'s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import quantiles

import structlog

from handoff import voice
from handoff.conversation import Move
from handoff.errors import AlreadyTaken, AtCapacity, CmidReused, IllegalMove, NotAllowed, NotFound
from handoff.handover import ask_bot_again, close, touched
from handoff.log import SYSTEM, Receipt, agent_author, card, known
from handoff.ports import (
    PLACES_TOPIC,
    QUEUE_TOPIC,
    TURNS_TOPIC,
    AgentRecord,
    ConversationRecord,
    Doorbell,
    HandoffRecord,
    Store,
    Transaction,
    conversation_topic,
)
from handoff.presence import Attendance
from handoff.protocol import Outcome, QueuePlace

WAIT_SAMPLES = 50
"""Latest claims that a wait is estimated from."""
FEWEST_SAMPLES = 5
"""Fewer say nothing; then no range is shown."""
ABANDONED_SECONDS = 86_400
"""After a day without a word, a customer who is gone and left no address waits no more: nobody could reach them."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WaitRange:
    low_seconds: int
    high_seconds: int


def wait_range(samples: Sequence[tuple[float, int]], place: int) -> WaitRange | None:
    """P50 to P90 of the wait from `place`, by what others waited per place. None when too few did.

    `samples` are (seconds waited, place when queued). The waits are assumed to grow evenly with the place.
    """
    per_place = [seconds / max(1, at) for seconds, at in samples]
    if len(per_place) < FEWEST_SAMPLES:
        return None
    deciles = quantiles(per_place, n=10, method="inclusive")
    return WaitRange(round(deciles[4] * place), round(deciles[8] * place))


def place_of(tx: Transaction, conversation_id: str) -> QueuePlace | None:
    """Where this conversation stands among those that wait; None when it does not wait."""
    order = [handoff.conversation_id for handoff in tx.waiting()]
    if conversation_id not in order:
        return None
    position = order.index(conversation_id) + 1
    expected = wait_range(tx.ended_waits(WAIT_SAMPLES), position)
    return QueuePlace(
        position=position,
        low_seconds=expected.low_seconds if expected else None,
        high_seconds=expected.high_seconds if expected else None,
    )


def present(tx: Transaction) -> list[AgentRecord]:
    """Agents who are connected, to whichever gateway, and take conversations."""
    online = tx.online("agent")
    return [
        agent for agent in tx.agents() if agent.available and agent.id in online and "agent" in agent.roles
    ]


class Queue:
    def __init__(self, store: Store, doorbell: Doorbell) -> None:
        self._store = store
        self._doorbell = doorbell

    async def claim(self, agent_id: str, conversation_id: str | None, cmid: str) -> Receipt:
        """Take this waiting conversation, or the next in order.

        Raises AlreadyTaken, AtCapacity, NotFound, or NotAllowed for an agent who takes none now.
        """

        def change(tx: Transaction) -> Receipt:
            agent = tx.agent(agent_id)
            repeated = _claimed_before(tx, agent, conversation_id, cmid)
            if repeated:
                return repeated
            handoff = _chosen(tx, agent, conversation_id)
            if handoff.state == "active":
                return Receipt(
                    handoff.conversation_id, tx.conversation(handoff.conversation_id).last_seq, dup=True
                )
            if not agent.available:
                raise NotAllowed("Switch yourself to available first.")
            if not tx.take_seat(agent.id):
                raise AtCapacity(f"You already have {agent.active_chats} conversations. Resolve one first.")
            if not tx.claim(handoff.id, agent.id):
                raise AlreadyTaken("A colleague was faster.")
            conversation = tx.conversation(handoff.conversation_id)
            tx.set_owner(conversation.id, conversation.ownership.after(Move.CLAIM, agent.id))
            text = voice.JOINED.format(name=agent.name, about=agent.about.rstrip("."))
            body = {"code": "joined", "text": text, "agent": card(agent).model_dump()}
            seq = tx.append(conversation.id, agent_author(agent), "notice", body, cmid)
            tx.touch_queue()
            return Receipt(conversation.id, seq)

        return self._rung(await self._store.write(change))

    async def send(self, agent_id: str, conversation_id: str, fence: int, text: str, cmid: str) -> Receipt:
        """Reply to the customer. Raises StaleFence when somebody else owns the conversation by now."""

        def change(tx: Transaction) -> Receipt:
            agent, body = tx.agent(agent_id), {"text": text}
            repeated = known(tx, conversation_id, agent_author(agent), "message", body, cmid)
            if repeated:
                return repeated
            conversation = tx.conversation(conversation_id)
            conversation.ownership.check_agent(agent.id, fence)
            seq = tx.append(conversation.id, agent_author(agent), "message", body, cmid)
            tx.update_conversation(conversation.id, waiting_since=None)
            tx.touch_queue()
            return Receipt(conversation.id, seq)

        return self._rung(await self._store.write(change), places=False)

    async def note(self, agent_id: str, conversation_id: str, text: str, cmid: str) -> Receipt:
        """Leave a note that only agents see. Any agent may, whoever owns the conversation now.

        Raises NotFound for one that never came to a person: agents know nothing of it.
        """

        def change(tx: Transaction) -> tuple[Receipt, tuple[str, ...]]:
            agent, body = tx.agent(agent_id), {"text": text}
            repeated = known(tx, conversation_id, agent_author(agent), "note", body, cmid)
            if repeated:
                return repeated, ()
            ownership = tx.conversation(conversation_id).ownership
            if not tx.was_handed_over(conversation_id):
                raise NotFound("There is no such conversation.")
            seq = tx.append(conversation_id, agent_author(agent), "note", body, cmid)
            return Receipt(conversation_id, seq), touched(tx, conversation_id, ownership)

        receipt, topics = await self._store.write(change)
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

    async def requeue_of(self, agent_ids: set[str]) -> list[str]:
        """Requeue what agents hold who are gone; the ids of those conversations."""

        def held(tx: Transaction) -> list[str]:
            return [handoff.conversation_id for handoff in tx.active() if handoff.agent_id in agent_ids]

        def requeue(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord) -> bool:
            if handoff.state != "active" or handoff.agent_id not in agent_ids:
                return False
            agent = tx.agent(str(handoff.agent_id))
            _give_up(tx, conversation, handoff, Move.REQUEUE, None)
            body = {"code": "left", "text": voice.LEFT.format(name=agent.name)}
            tx.append(conversation.id, SYSTEM, "notice", body)
            return True

        return await self._each(await self._store.read(held), requeue)

    async def drop_abandoned(self) -> list[str]:
        """Close what waits for a customer who is gone for good; the ids of those conversations.

        Gone for good is who is not connected, left no e-mail, and in whose conversation nothing happened for
        `ABANDONED_SECONDS`. Writing again reopens it, as after any end.
        """
        latest = datetime.now(UTC) - timedelta(seconds=ABANDONED_SECONDS)

        def long_waiting(tx: Transaction) -> list[str]:
            return [handoff.conversation_id for handoff in tx.waiting() if handoff.enqueued_at < latest]

        def drop(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord) -> bool:
            customer = tx.customer(conversation.customer_id)
            stays = customer.id in tx.online("customer") or customer.email or conversation.last_at > latest
            if stays or handoff.state != "waiting":
                return False
            close(tx, conversation, None)
            return True

        return await self._each(await self._store.read(long_waiting), drop)

    async def _each(
        self,
        conversation_ids: Sequence[str],
        act: Callable[[Transaction, ConversationRecord, HandoffRecord], bool],
    ) -> list[str]:
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

    async def set_available(self, agent_id: str, available: bool) -> None:
        def change(tx: Transaction) -> None:
            tx.set_available(agent_id, available)
            tx.touch_queue()

        await self._store.write(change)
        self._doorbell.ring(QUEUE_TOPIC, PLACES_TOPIC)

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

    async def gone(self, attendance: Attendance, seconds: float) -> set[str]:
        """Agents who hold a conversation and were not connected for so long."""

        def query(tx: Transaction) -> set[str]:
            return attendance.gone(tx, {str(handoff.agent_id) for handoff in tx.active()}, seconds)

        return await self._store.read(query)

    async def _let_go(
        self, agent_id: str, conversation_id: str, fence: int, cmid: str, move: Move, outcome: Outcome | None
    ) -> Receipt:
        def change(tx: Transaction) -> Receipt:
            agent = tx.agent(agent_id)
            body = {"code": _CODES[move], "text": _WORDS[move].format(name=agent.name)}
            repeated = known(tx, conversation_id, agent_author(agent), "notice", body, cmid)
            if repeated:
                return repeated
            conversation = tx.conversation(conversation_id)
            conversation.ownership.check_agent(agent.id, fence)
            handoff = tx.live_handoff(conversation_id)
            if handoff is None:
                raise IllegalMove("This conversation is not in the queue.")
            _give_up(tx, conversation, handoff, move, outcome)
            seq = tx.append(conversation.id, agent_author(agent), "notice", body, cmid)
            if move is Move.RETURN_TO_BOT:
                ask_bot_again(tx, conversation)
            tx.touch_queue()
            return Receipt(conversation.id, seq)

        return self._rung(await self._store.write(change))

    def _rung(self, receipt: Receipt, *, places: bool = True) -> Receipt:
        topics = [conversation_topic(receipt.conversation), QUEUE_TOPIC] + ([PLACES_TOPIC] if places else [])
        self._doorbell.ring(*topics)
        return receipt


_CODES = {Move.RETURN_TO_BOT: "returned_to_bot", Move.REQUEUE: "requeued", Move.RESOLVE: "closed"}
_WORDS = {
    Move.RETURN_TO_BOT: voice.RETURNED_TO_BOT,
    Move.REQUEUE: voice.REQUEUED,
    Move.RESOLVE: voice.CLOSED_BY_AGENT,
}


def _claimed_before(
    tx: Transaction, agent: AgentRecord, conversation_id: str | None, cmid: str
) -> Receipt | None:
    """The receipt of the same claim before: a repeated "next, please" must not take a second conversation.

    It is known again as long as what it took waits or is taken; once that ended, "next" means the next one.
    """
    author = agent_author(agent)
    if conversation_id is not None:
        repeated = known(tx, conversation_id, author, "notice", None, cmid)
        if repeated:
            return repeated
    earlier = tx.find_live_claim(author, cmid)
    if earlier is None:
        return None
    if conversation_id is not None:
        raise CmidReused("This message id was used to take another conversation.")
    return Receipt(earlier.conversation_id, earlier.seq, dup=True)


def _chosen(tx: Transaction, agent: AgentRecord, conversation_id: str | None) -> HandoffRecord:
    if conversation_id is None:
        waiting = tx.waiting()
        if not waiting:
            raise NotFound("Nobody is waiting.")
        return waiting[0]
    handoff = tx.live_handoff(conversation_id)
    if handoff is None:
        raise NotFound("This conversation no longer waits for a person.")
    if handoff.state == "active" and handoff.agent_id != agent.id:
        raise AlreadyTaken(f"{tx.agent(str(handoff.agent_id)).name} already has this conversation.")
    return handoff


def _give_up(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, move: Move, outcome: str | None
) -> None:
    """Move the conversation away from its agent and free the seat."""
    tx.set_owner(conversation.id, conversation.ownership.after(move))
    tx.free_seat(str(handoff.agent_id))
    if move is Move.REQUEUE:
        tx.release(handoff.id)
        return
    tx.end_handoff(handoff.id, outcome)
    tx.update_conversation(
        conversation.id, waiting_since=None, unsure_in_a_row=0, outcome=outcome, active_loop=None
    )
