"""What an agent sees of the queue and of one conversation. Reads only."""

from handoff.briefing import Briefings
from handoff.conversation import Owner
from handoff.errors import NotFound
from handoff.log import card
from handoff.ports import AgentRecord, ConversationRecord, HandoffRecord, Store, Transaction
from handoff.presence import Board
from handoff.protocol import ConversationList, ConversationStatus, ConversationSummary, QueueRow, QueueState
from handoff.queue import present
from handoff.quoting import Recognise

MOST_RECENT = 50


def display_name(name: str, customer_id: str) -> str:
    """How agents call a customer: by name, or by the end of their id while they are anonymous."""
    return name or f"Visitor {customer_id[-4:]}"


class Views:
    def __init__(self, store: Store, customers: Board, recognise: Recognise | None = None) -> None:
        self._store = store
        self._customers = customers
        self._briefings = Briefings(recognise)

    async def queue(self, agent_id: str) -> QueueState:
        """The whole queue as this agent sees it, in its order; those with an agent after those that wait."""

        def query(tx: Transaction) -> QueueState:
            agents = {agent.id: agent for agent in tx.agents()}
            online = self._customers_online(tx)
            return QueueState(
                version=tx.queue_version(),
                rows=[_row(tx, handoff, agents, online) for handoff in (*tx.waiting(), *tx.active())],
                agents=[card(agent) for agent in present(tx)],
                mine_active=agents[agent_id].active_chats,
                max_chats=agents[agent_id].max_chats,
            )

        return await self._store.read(query)

    async def conversation(self, conversation_id: str) -> ConversationStatus:
        """Whose it is now, and the fence that writes need. Agents see only what was handed over."""

        def query(tx: Transaction) -> ConversationStatus:
            conversation = tx.conversation(conversation_id)
            if not tx.was_handed_over(conversation_id):
                raise NotFound("There is no such conversation.")
            customer = tx.customer(conversation.customer_id)
            ownership = conversation.ownership
            return ConversationStatus.model_validate(
                {
                    "conversation": conversation.id,
                    "owner": ownership.owner.value,
                    "fence": ownership.fence,
                    "agent": card(tx.agent(ownership.agent_id)) if ownership.agent_id else None,
                    "customer_name": display_name(customer.name, customer.id),
                    "customer_online": customer.id in self._customers_online(tx),
                    "outcome": conversation.outcome,
                    "packet": self._briefings.of(tx, conversation),
                }
            )

        return await self._store.read(query)

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


def _row(
    tx: Transaction, handoff: HandoffRecord, agents: dict[str, AgentRecord], online: set[str]
) -> QueueRow:
    conversation = tx.conversation(handoff.conversation_id)
    customer = tx.customer(conversation.customer_id)
    waiting = handoff.state == "waiting"
    return QueueRow.model_validate(
        {
            "conversation": conversation.id,
            "state": handoff.state,
            "customer_name": display_name(customer.name, customer.id),
            "reason": handoff.reason,
            "priority": handoff.priority,
            "last_text": conversation.last_text,
            "last_from": conversation.last_from,
            "last_at": conversation.last_at,
            "waiting_since": handoff.waiting_since if waiting else conversation.waiting_since,
            "agent": card(agents[handoff.agent_id]) if handoff.agent_id else None,
            "customer_online": customer.id in online,
        }
    )


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
