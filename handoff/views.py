"""What an agent sees of the queue and of one conversation. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from handoff.briefing import Briefings
from handoff.conversation import Owner
from handoff.errors import NotFound
from handoff.log import LOG_WINDOW, card
from handoff.ports import (
    AgentRecord,
    ConversationRecord,
    CustomerRecord,
    HandoffRecord,
    QueueEntry,
    Store,
    Transaction,
)
from handoff.presence import Board
from handoff.protocol import (
    AgentCard,
    Colleague,
    ConversationList,
    ConversationStatus,
    ConversationSummary,
    QueueRow,
    QueueState,
    Reach,
)
from handoff.quoting import Recognise
from handoff.routing import Staff
from handoff.waiting import staff_of

MOST_RECENT = 50
_TOLD = frozenset({"waiting", "sent", "failed"})
"""What agents hear of a letter; one that was not needed is no news."""


def display_name(name: str, customer_id: str) -> str:
    """How agents call a customer: by name, or by the end of their id while they are anonymous."""
    return name or f"Visitor {customer_id[-4:]}"


class Views:
    def __init__(
        self, store: Store, customers: Board, recognise: Recognise | None = None, *, letters: bool = False
    ) -> None:
        """`letters`: replies to customers who are gone go out as letters."""
        self._store = store
        self._letters = letters
        self._customers = customers
        self._briefings = Briefings(recognise)

    async def queue(self, agent_id: str) -> QueueState:
        """The whole queue as this agent sees it, in its order; those with an agent after those that wait."""

        def query(tx: Transaction) -> QueueState:
            here = tx.online("agent")
            staff = staff_of(tx, here)
            cards = {agent.id: card(agent) for agent in tx.agents()}
            look = _Look(staff, cards, tx.agent(agent_id), self._customers_online(tx), tx.clock())
            return QueueState(
                version=tx.queue_version(),
                rows=[look.row(entry) for entry in tx.queue_entries()],
                agents=[card(agent) for agent in staff.present],
                mine_active=look.reader.active_chats,
                max_chats=look.reader.max_chats,
                colleagues=[_colleague(agent, here) for agent in staff.agents],
                skills=sorted({skill for agent in staff.agents for skill in agent.skills}),
            )

        return await self._store.read(query)

    async def conversation(self, conversation_id: str) -> ConversationStatus:
        """Whose it is now, and the fence that writes need. Agents see only what was handed over."""
        return await self._store.read(lambda tx: self.conversation_in(tx, conversation_id))

    def conversation_in(self, tx: Transaction, conversation_id: str) -> ConversationStatus:
        """The same, within a transaction that reads more. Raises NotFound."""
        conversation = tx.conversation(conversation_id)
        if not tx.was_handed_over(conversation_id):
            raise NotFound("There is no such conversation.")
        customer, handoff = tx.customer(conversation.customer_id), tx.live_handoff(conversation_id)
        ownership, cursor = conversation.ownership, tx.cursor(conversation_id, "customer")
        return ConversationStatus.model_validate(
            {
                "conversation": conversation.id,
                "owner": ownership.owner.value,
                "fence": ownership.fence,
                "agent": card(tx.agent(ownership.agent_id)) if ownership.agent_id else None,
                "customer_name": display_name(customer.name, customer.id),
                "customer_online": customer.id in self._customers_online(tx),
                "outcome": conversation.outcome,
                "delivered_seq": cursor.delivered_seq,
                "read_seq": cursor.read_seq,
                "agent_away": handoff is not None and handoff.agent_away,
                "reach": reach_of(tx, conversation, customer, handoff, letters=self._letters),
                "packet": self._briefings.of(tx, conversation),
            }
        )

    def _customers_online(self, tx: Transaction) -> set[str]:
        """Those of other gateways as these last said; our own as of now."""
        return tx.online("customer") | self._customers.here()

    async def conversations(self, agent_id: str, only_mine: bool) -> ConversationList:
        """Conversations that came to a person, the latest first."""

        def query(tx: Transaction) -> ConversationList:
            found = _held(tx, agent_id) if only_mine else tx.recent_conversations(MOST_RECENT)
            return ConversationList(conversations=[_summary(tx, conversation) for conversation in found])

        return await self._store.read(query)


def _held(tx: Transaction, agent_id: str) -> list[ConversationRecord]:
    """What this agent has now, the latest first."""
    held = [tx.conversation(h.conversation_id) for h in tx.active() if h.agent_id == agent_id]
    return sorted(held, key=lambda conversation: conversation.last_at, reverse=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one agent sees the queue with."""

    staff: Staff
    cards: Mapping[str, AgentCard]
    reader: AgentRecord
    customers_online: Collection[str]
    clock: float

    def row(self, entry: QueueEntry) -> QueueRow:
        handoff = entry.handoff
        waiting = handoff.state == "waiting"
        return QueueRow.model_validate(
            {
                "conversation": handoff.conversation_id,
                "state": handoff.state,
                "customer_name": display_name(entry.customer_name, entry.customer_id),
                "reason": handoff.reason,
                "priority": handoff.priority,
                "last_text": entry.last_text,
                "last_from": entry.last_from,
                "last_at": entry.last_at,
                "waiting_since": handoff.waiting_since if waiting else entry.waiting_since,
                "agent": self._card(handoff.agent_id),
                "customer_online": entry.customer_id in self.customers_online,
                "channel": handoff.channel,
                "skill": handoff.skill,
                "language": handoff.language,
                "may_take": self.staff.may_take(self.reader, handoff),
                "known_agent": self._card(handoff.known_agent_id),
                "offered_to": self._card(handoff.offered_to),
                "offer_seconds": self._left(handoff),
                "transfer_to": self._card(handoff.transfer_to),
                "transfer_skill": handoff.transfer_skill,
                "agent_away": handoff.agent_away,
            }
        )

    def _card(self, agent_id: str | None) -> AgentCard | None:
        return self.cards.get(agent_id) if agent_id else None

    def _left(self, handoff: HandoffRecord) -> float | None:
        """Seconds left to take what is offered or passed on."""
        until = handoff.offer_until if handoff.offered_to else handoff.transfer_until
        return max(0.0, round(until - self.clock, 1)) if until is not None else None


def _colleague(agent: AgentRecord, here: Collection[str]) -> Colleague:
    return Colleague(
        card=card(agent),
        skills=list(agent.skills),
        languages=list(agent.languages),
        online=agent.id in here,
        available=agent.available,
        active=agent.active_chats,
        max_chats=agent.max_chats,
    )


def reach_of(
    tx: Transaction,
    conversation: ConversationRecord,
    customer: CustomerRecord,
    handoff: HandoffRecord | None,
    *,
    letters: bool,
) -> Reach | None:
    """How to reach the customer when they are gone, and what became of the latest letter; None when they left nothing."""
    if not customer.email and not customer.phone:
        return None
    mail = tx.latest_mail(conversation.id) if customer.email else None
    return Reach.model_validate(
        {
            "channel": handoff.channel if handoff else "chat",
            "email": customer.email,
            "phone": customer.phone,
            "call_at": _call_at(tx, conversation) if customer.phone else "",
            "letters": letters and bool(customer.email),
            "letter": mail.state if mail and mail.state in _TOLD else "",
        }
    )


def _call_at(tx: Transaction, conversation: ConversationRecord) -> str:
    """When a call suits, as they last said."""
    lately = tx.events(conversation.id, max(0, conversation.last_seq - LOG_WINDOW), LOG_WINDOW)
    said = [event.body["contact"].get("call_at", "") for event in lately if event.kind == "contact"]
    return said[-1] if said else ""


def _summary(tx: Transaction, conversation: ConversationRecord) -> ConversationSummary:
    customer = tx.customer(conversation.customer_id)
    ownership = conversation.ownership
    return ConversationSummary.model_validate(
        {
            "conversation": conversation.id,
            "owner": ownership.owner.value,
            "customer_name": display_name(customer.name, customer.id),
            "reason": tx.latest_reason(conversation.id),
            "outcome": conversation.outcome,
            "last_text": conversation.last_text,
            "last_at": conversation.last_at,
            "agent": card(tx.agent(str(ownership.agent_id))) if ownership.owner is Owner.AGENT else None,
        }
    )
