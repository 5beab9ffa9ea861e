"""Writing into a conversation's log: who writes, and how a repeated message is recognised."""

from dataclasses import dataclass

from handoff.errors import CmidReused
from handoff.ports import AgentRecord, Author, Json, Transaction
from handoff.protocol import AgentCard

CUSTOMER = Author("customer", "Customer")
SYSTEM = Author("system", "Frontdesk")
LOG_WINDOW = 200
"""Latest events that are looked at, to decide and to sum up."""
MATTER_ENDS = frozenset({"closed", "returned_to_bot", "left_queue"})
"""Notices after which something else is talked about."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `accepted` says: where the event lies, and whether it had been there before."""

    conversation: str
    seq: int
    dup: bool = False


def agent_author(agent: AgentRecord) -> Author:
    return Author("agent", agent.name, agent.id)


def card(agent: AgentRecord) -> AgentCard:
    return AgentCard(id=agent.id, name=agent.name, about=agent.about)


def known(
    tx: Transaction, conversation_id: str, author: Author, kind: str, body: Json | None, cmid: str
) -> Receipt | None:
    """The receipt of an earlier send of the same cmid, None for a new one.

    Raises CmidReused when the earlier one said something else. `body` None compares the kind alone.
    """
    earlier = tx.find_cmid(conversation_id, author, cmid)
    if earlier is None:
        return None
    if earlier.kind != kind or (body is not None and earlier.body != body):
        raise CmidReused("This message id was used for another message.")
    return Receipt(conversation_id, earlier.seq, dup=True)
