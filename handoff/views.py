"""What an agent sees of the queue and of one conversation. Reads only."""

from datetime import UTC, datetime

from handoff.briefing import Briefings
from handoff.conversation import Owner
from handoff.errors import NotFound
from handoff.lineup import Lineup, display_name
from handoff.log import LOG_WINDOW, card
from handoff.ports import ConversationRecord, CustomerRecord, HandoffRecord, Store, Transaction
from handoff.presence import Board
from handoff.protocol import ConversationList, ConversationStatus, ConversationSummary, QueueState, Reach
from handoff.quoting import Recognise
from handoff.waiting import staff_of

MOST_RECENT = 50
_TOLD = frozenset({"waiting", "sent", "failed"})
"""What agents hear of a letter; one that was not needed is no news."""


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
        """The whole queue as this agent sees it."""
        return (await self.lineup()).seen_by(agent_id).state

    async def lineup(self) -> Lineup:
        """The whole queue for all agents, in one read."""

        def query(tx: Transaction) -> Lineup:
            here = tx.online("agent")
            return Lineup(
                version=tx.queue_version(),
                entries=tx.queue_entries(),
                everybody=tx.agents(),
                staff=staff_of(tx, here),
                agents_online=here,
                customers_online=self._customers_online(tx),
                clock=tx.clock(),
                at=datetime.now(UTC),
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
