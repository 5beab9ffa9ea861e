"""Offers: a conversation that waits is offered to one agent, and after a while to the next. Works inside the caller's
transaction.

An offer keeps a seat free at the agent it is made to, so that whoever accepts has room. It ends by a claim, by declining,
when its time is over, and when the agent leaves or takes no more.
"""

from handoff.errors import NotFound
from handoff.log import SYSTEM, agent_author
from handoff.ports import AgentRecord, ConversationRecord, HandoffRecord, Json, Transaction
from handoff.queue.assignments import assign
from handoff.routing import whom_to_ask
from handoff.waiting import staff_of

NO_OFFER: Json = {"offered_to": None, "offer_until": None}


def offer(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, seconds: float) -> bool:
    """Ask the next agent to take this one; when all were asked, pause, and begin anew. Whether anything changed."""
    if handoff.state != "waiting" or handoff.offer_until is not None:
        return False
    agent, all_asked = whom_to_ask(handoff, staff_of(tx), tx.reserved())
    if agent is None:
        if all_asked:
            tx.update_handoff(handoff.id, passed_by=[], offer_until=tx.clock() + seconds)
        return all_asked
    now = tx.lock_agent(agent.id)
    if now.active_chats + tx.reserved().get(agent.id, 0) >= now.max_chats or not now.available:
        return False  # somebody else filled the seat meanwhile: another is found the next time
    tx.update_handoff(handoff.id, offered_to=agent.id, offer_until=tx.clock() + seconds)
    assign(tx, conversation.id, SYSTEM, "offered", agent)
    return True


def decline_offer(tx: Transaction, handoff: HandoffRecord, agent: AgentRecord, cmid: str) -> int:
    """The agent does not want what is offered. Raises NotFound when it is offered to them no longer."""
    if handoff.offered_to != agent.id:
        raise NotFound("This conversation is no longer offered to you.")
    tx.update_handoff(handoff.id, passed_by=[*handoff.passed_by, agent.id], **NO_OFFER)
    return assign(tx, handoff.conversation_id, agent_author(agent), "declined", agent, cmid)


def let_offer_pass(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord) -> bool:
    """The time of the offer, or of the pause between two rounds, is over, or who was asked is gone."""
    if handoff.state != "waiting" or handoff.offer_until is None:
        return False
    if handoff.offered_to is None:
        tx.update_handoff(handoff.id, **NO_OFFER)
        return True
    tx.update_handoff(handoff.id, passed_by=[*handoff.passed_by, handoff.offered_to], **NO_OFFER)
    assign(tx, conversation.id, SYSTEM, "offer_passed", tx.agent(handoff.offered_to))
    return True
