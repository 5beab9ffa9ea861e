"""Writing into a conversation's log: who writes, how a repeated message is recognised, and which log it is."""

import secrets
from dataclasses import dataclass

from handoff.errors import CmidReused
from handoff.ports import AgentRecord, Author, ConversationRecord, Json, Transaction
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


def new_epoch() -> str:
    """A name for a log, when it begins and when it was rewound."""
    return secrets.token_hex(12)


def log_for(
    tx: Transaction, conversation_id: str, epoch: str | None, seq: int
) -> tuple[ConversationRecord, bool]:
    """The conversation for a reader who has `seq` of the log `epoch`, and whether that log goes on after `seq`.

    Who has more than there is read a log that is lost, as after the restoring of a backup. What comes now is another
    one: it gets another epoch, before anything new takes the numbers of what is lost. Needs a transaction that writes.
    """
    conversation = tx.conversation(conversation_id)
    if epoch != conversation.epoch:
        return conversation, False
    if seq > conversation.last_seq:
        tx.update_conversation(conversation_id, epoch=new_epoch())
        return tx.conversation(conversation_id), False
    return conversation, True
