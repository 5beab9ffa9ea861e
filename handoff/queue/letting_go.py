"""Letting a conversation go: resolved, back to the bot, back to the queue, or because nobody is left in it.

Works inside the caller's transaction. The place in the queue is decided by priority and by the customer's first
unanswered message, which nothing here changes: whoever comes back stands where they stood.
"""

from datetime import UTC, datetime, timedelta

from handoff import voice
from handoff.conversation import Move
from handoff.errors import IllegalMove
from handoff.handover import ask_bot_again, close
from handoff.log import SYSTEM, Receipt, agent_author, known
from handoff.ports import ConversationRecord, HandoffRecord, Transaction
from handoff.protocol import Outcome
from handoff.waiting import endings_before

ABANDONED = timedelta(days=1)
"""After a day without a word, a customer who is gone and left no address waits no more: nobody could reach them."""
_CODES = {Move.RETURN_TO_BOT: "returned_to_bot", Move.REQUEUE: "requeued", Move.RESOLVE: "closed"}
_WORDS = {
    Move.RETURN_TO_BOT: voice.RETURNED_TO_BOT,
    Move.REQUEUE: voice.REQUEUED,
    Move.RESOLVE: voice.CLOSED_BY_AGENT,
}


def let_go(
    tx: Transaction,
    agent_id: str,
    conversation_id: str,
    fence: int,
    cmid: str,
    move: Move,
    outcome: Outcome | None,
) -> Receipt:
    """Raises StaleFence when somebody else has the conversation by now."""
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    body = {"code": _CODES[move], "text": _WORDS[move].format(name=agent.name)}
    repeated = known(tx, conversation_id, agent_author(agent), "notice", body, cmid)
    if repeated:
        return repeated
    conversation.ownership.check_agent(agent.id, fence)
    handoff = tx.live_handoff(conversation_id)
    if handoff is None:
        raise IllegalMove("This conversation is not in the queue.")
    give_up(tx, conversation, handoff, move, outcome)
    seq = tx.append(conversation.id, agent_author(agent), "notice", body, cmid)
    if move is Move.RETURN_TO_BOT:
        ask_bot_again(tx, conversation)
    tx.touch_queue()
    return Receipt(conversation.id, seq)


def give_up(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, move: Move, outcome: str | None
) -> None:
    """Move the conversation away from its agent and free the seat."""
    tx.set_owner(conversation.id, conversation.ownership.after(move))
    if move is Move.REQUEUE:
        ahead = tx.ahead_of(handoff.priority, handoff.waiting_since, handoff.id)
        tx.release(handoff.id, [str(handoff.agent_id)], endings_before(tx, ahead))
    else:
        tx.end_handoff(handoff.id, outcome)
        tx.update_conversation(
            conversation.id, waiting_since=None, unsure_in_a_row=0, outcome=outcome, active_loop=None
        )
    tx.free_seat(str(handoff.agent_id))


def requeue_of(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, agent_ids: set[str]
) -> bool:
    """Back to the queue, if one of these has it, who is gone. Should they come back free, they are asked first."""
    if handoff.state != "active" or handoff.agent_id not in agent_ids:
        return False
    agent = tx.agent(handoff.agent_id)
    give_up(tx, conversation, handoff, Move.REQUEUE, None)
    tx.update_handoff(handoff.id, passed_by=[], known_agent_id=agent.id)
    tx.append(conversation.id, SYSTEM, "notice", {"code": "left", "text": voice.LEFT.format(name=agent.name)})
    return True


def is_old(handoff: HandoffRecord) -> bool:
    """Whether it has waited for so long that somebody may have given up."""
    return handoff.enqueued_at < datetime.now(UTC) - ABANDONED


def drop_abandoned(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord) -> bool:
    """Close what waits for a customer who is gone for good: not here, no address left, and silent for a day.

    Writing again reopens it, as after any end.
    """
    latest, customer = datetime.now(UTC) - ABANDONED, tx.customer(conversation.customer_id)
    can_be_reached = customer.email or customer.phone or customer.id in tx.online("customer")
    if can_be_reached or conversation.last_at > latest or handoff.state != "waiting":
        return False
    close(tx, conversation, None)
    return True
