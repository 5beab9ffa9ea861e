"""What agents write into a conversation: replies, notes, and how urgent it is. Works inside the caller's transaction."""

from handoff import voice
from handoff.errors import NotFound
from handoff.handover import touched
from handoff.log import Receipt, agent_author, known
from handoff.mailing import write_letter
from handoff.ports import Transaction
from handoff.queue.assignments import assign, done_before


def reply(
    tx: Transaction,
    agent_id: str,
    conversation_id: str,
    fence: int,
    text: str,
    cmid: str,
    letters: str | None,
) -> Receipt:
    """Reply to the customer, and have a letter ready should it not reach their page: `letters` says where to come back.

    Raises StaleFence when somebody else owns the conversation by now.
    """
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    body = {"text": text}
    repeated = known(tx, conversation_id, agent_author(agent), "message", body, cmid)
    if repeated:
        return repeated
    conversation.ownership.check_agent(agent.id, fence)
    seq = tx.append(conversation.id, agent_author(agent), "message", body, cmid)
    tx.update_conversation(conversation.id, waiting_since=None)
    if letters is not None:
        write_letter(tx, conversation, agent, seq, text, letters)
    tx.touch_queue()
    return Receipt(conversation.id, seq)


def note(
    tx: Transaction, agent_id: str, conversation_id: str, text: str, cmid: str
) -> tuple[Receipt, tuple[str, ...]]:
    """A note that only agents see. Returns the topics to ring with the receipt.

    Raises NotFound for a conversation that never came to a person: agents know nothing of it.
    """
    ownership, agent = tx.conversation(conversation_id).ownership, tx.agent(agent_id)
    body = {"text": text}
    repeated = known(tx, conversation_id, agent_author(agent), "note", body, cmid)
    if repeated:
        return repeated, ()
    if not tx.was_handed_over(conversation_id):
        raise NotFound("There is no such conversation.")
    seq = tx.append(conversation_id, agent_author(agent), "note", body, cmid)
    return Receipt(conversation_id, seq), touched(tx, conversation_id, ownership)


def prioritise(tx: Transaction, agent_id: str, conversation_id: str, priority: int, cmid: str) -> Receipt:
    """Before or after the others in the queue; any agent may."""
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    earlier = done_before(tx, conversation_id, agent, cmid, "priority")
    if earlier:
        return Receipt(conversation_id, earlier, dup=True)
    handoff = tx.live_handoff(conversation_id)
    if handoff is None:
        raise NotFound("This conversation no longer waits for a person.")
    tx.update_handoff(handoff.id, priority=priority)
    seq = assign(
        tx, conversation.id, agent_author(agent), "priority", agent, cmid, priority=voice.PRIORITIES[priority]
    )
    tx.touch_queue()
    return Receipt(conversation.id, seq)
