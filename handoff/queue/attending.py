"""Agents who lose the connection: shown as away after a while, and told to be back when they are.

What they have goes back to the queue later (`handoff.queue.letting_go.requeue_of`). Works inside the caller's transaction.
"""

from handoff import voice
from handoff.log import SYSTEM
from handoff.ports import ConversationRecord, HandoffRecord, Transaction
from handoff.queue.assignments import assign


def mark_away(
    tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord, away: set[str]
) -> bool:
    """Say that who has it is away, or that they are back. Whether anything changed."""
    is_away = handoff.agent_id in away
    if handoff.state != "active" or handoff.agent_away == is_away:
        return False
    agent = tx.agent(str(handoff.agent_id))
    tx.update_handoff(handoff.id, agent_away=is_away)
    if is_away:
        text = voice.AGENT_AWAY.format(name=agent.name)
        tx.append(conversation.id, SYSTEM, "notice", {"code": "agent_away", "text": text})
    else:
        assign(tx, conversation.id, SYSTEM, "back", agent)
    return True
