"""Who was asked to take a conversation and what became of it, as agents read it in the log. Customers see none of it."""

from handoff import voice
from handoff.errors import CmidReused
from handoff.log import agent_author, card
from handoff.ports import AgentRecord, Author, Json, Transaction


def assign(
    tx: Transaction,
    conversation_id: str,
    author: Author,
    code: str,
    agent: AgentRecord,
    cmid: str | None = None,
    sentence: str = "",
    **words: str,
) -> int:
    """Write what happened to `agent`, in a whole sentence. Returns the seq."""
    text = (sentence or voice.ASSIGNED[code]).format(name=agent.name, **words)
    body: Json = {"code": code, "text": text, "agent": card(agent).model_dump()}
    return tx.append(conversation_id, author, "assignment", body, cmid)


def done_before(
    tx: Transaction, conversation_id: str, agent: AgentRecord, cmid: str, *codes: str
) -> int | None:
    """The seq of the same wish before, by what it led to; None for a new one. Raises CmidReused for another wish."""
    earlier = tx.find_cmid(conversation_id, agent_author(agent), cmid)
    if earlier is None:
        return None
    if earlier.body.get("code") not in codes:
        raise CmidReused("This message id was used for something else.")
    return earlier.seq
