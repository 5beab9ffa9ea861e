"""Passing a conversation on: a colleague, or whoever has a skill, is asked, and until one accepts it stays where it is.

Also a supervisor's taking over, which asks nobody but is refused when somebody else got it since they looked. Works inside
the caller's transaction.
"""

from handoff import voice
from handoff.conversation import Move, Owner
from handoff.errors import AlreadyTaken, BadInput, IllegalMove, NotAllowed, NotFound, StaleFence
from handoff.log import SYSTEM, Receipt, agent_author, card
from handoff.ports import AgentRecord, ConversationRecord, HandoffRecord, Json, Transaction
from handoff.queue.assignments import assign, done_before
from handoff.queue.claiming import claim, join, sit_down
from handoff.queue.offering import decline_offer
from handoff.waiting import staff_of

NO_TRANSFER: Json = {"transfer_to": None, "transfer_skill": "", "transfer_until": None, "passed_by": []}


def transfer(
    tx: Transaction,
    agent_id: str,
    conversation_id: str,
    fence: int,
    to_agent_id: str | None,
    to_skill: str,
    note: str,
    cmid: str,
    seconds: float,
) -> Receipt:
    """Ask for it to be taken over. Raises BadInput, NotAllowed or NotFound when there is nobody to ask."""
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    earlier = done_before(tx, conversation_id, agent, cmid, "transfer_offered")
    if earlier:
        return Receipt(conversation_id, earlier, dup=True)
    conversation.ownership.check_agent(agent.id, fence)
    handoff = _live(tx, conversation_id)
    to_skill = to_skill.strip().casefold()
    if (to_agent_id is None) == (not to_skill):
        raise BadInput("Pass it to a colleague or to a skill.")
    to = _colleague(tx, agent, handoff, to_agent_id) if to_agent_id else None
    if to is None and not [
        one for one in staff_of(tx).present if to_skill in one.skills and one.id != agent.id
    ]:
        raise NotAllowed(f"Nobody who has the skill “{to_skill}” is there now.")
    asked = {"transfer_to": to_agent_id, "transfer_skill": to_skill, "transfer_until": tx.clock() + seconds}
    tx.update_handoff(handoff.id, **NO_TRANSFER | asked)
    if note:
        tx.append(conversation_id, agent_author(agent), "note", {"text": note})
    whom = to.name if to else f"whoever has the skill “{to_skill}”"
    seq = assign(tx, conversation_id, agent_author(agent), "transfer_offered", agent, cmid, whom=whom)
    tx.touch_queue()
    return Receipt(conversation_id, seq)


def accept(tx: Transaction, agent_id: str, conversation_id: str, cmid: str) -> Receipt:
    """Take over what this agent is asked to take over. Raises AlreadyTaken when it went elsewhere by now."""
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    earlier = done_before(tx, conversation_id, agent, cmid, "transfer_accepted", "joined")
    if earlier:
        return Receipt(conversation_id, earlier, dup=True)
    handoff = _live(tx, conversation_id)
    if handoff.agent_id == agent.id:
        return Receipt(conversation_id, conversation.last_seq, dup=True)
    if handoff.state == "waiting":
        return claim(tx, agent_id, conversation_id, cmid)
    if not _is_asked(agent, handoff):
        raise AlreadyTaken("You are no longer asked to take this conversation.")
    return _hand_over(tx, conversation, handoff, agent, "transfer_accepted", cmid)


def decline(tx: Transaction, agent_id: str, conversation_id: str, cmid: str) -> Receipt:
    """Not me. From the one who asked: never mind."""
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    earlier = done_before(tx, conversation_id, agent, cmid, "declined", "transfer_declined")
    if earlier:
        return Receipt(conversation_id, earlier, dup=True)
    handoff = _live(tx, conversation_id)
    if handoff.state == "waiting":
        seq = decline_offer(tx, handoff, agent, cmid)
    else:
        seq = _decline_transfer(tx, handoff, agent, cmid)
    tx.touch_queue()
    return Receipt(conversation.id, seq)


def take_over(tx: Transaction, agent_id: str, conversation_id: str, fence: int, cmid: str) -> Receipt:
    """A supervisor takes it from whoever has it. Raises StaleFence when that is somebody else than they saw."""
    conversation, agent = tx.conversation(conversation_id), tx.agent(agent_id)
    if not agent.supervisor:
        raise NotAllowed("Only a supervisor may take over a conversation.")
    earlier = done_before(tx, conversation_id, agent, cmid, "joined", "taken_over")
    if earlier:
        return Receipt(conversation_id, earlier, dup=True)
    if conversation.ownership.fence != fence:
        raise StaleFence("Somebody else has this conversation by now. Look again.")
    if conversation.ownership.owner not in (Owner.QUEUE, Owner.AGENT):
        raise IllegalMove("Nobody waits in this conversation.")
    handoff = _live(tx, conversation_id)
    if handoff.agent_id == agent.id:
        return Receipt(conversation_id, conversation.last_seq, dup=True)
    if handoff.state == "waiting":
        return join(tx, agent, handoff, cmid)
    return _hand_over(tx, conversation, handoff, agent, "taken_over", cmid)


def let_transfer_pass(tx: Transaction, conversation: ConversationRecord, handoff: HandoffRecord) -> bool:
    """Nobody took it in time: it stays where it is."""
    if handoff.state != "active" or handoff.transfer_until is None:
        return False
    tx.update_handoff(handoff.id, **NO_TRANSFER)
    assign(tx, conversation.id, SYSTEM, "transfer_passed", tx.agent(str(handoff.agent_id)))
    return True


def _live(tx: Transaction, conversation_id: str) -> HandoffRecord:
    handoff = tx.live_handoff(conversation_id)
    if handoff is None:
        raise NotFound("This conversation no longer waits for a person.")
    return handoff


def _colleague(tx: Transaction, agent: AgentRecord, handoff: HandoffRecord, to_agent_id: str) -> AgentRecord:
    """The one to be asked, locked: they are here, and a seat is kept free for them."""
    if to_agent_id == agent.id:
        raise BadInput("You have this conversation already.")
    to = tx.lock_agent(to_agent_id)
    if to.id not in [one.id for one in staff_of(tx).present]:
        raise NotAllowed(f"{to.name} is not there or takes no conversations now.")
    if to.active_chats + tx.reserved(besides=handoff.id).get(to.id, 0) >= to.max_chats:
        raise NotAllowed(f"{to.name} has no room for another conversation now.")
    return to


def _is_asked(agent: AgentRecord, handoff: HandoffRecord) -> bool:
    if handoff.state != "active" or handoff.transfer_until is None:
        return False
    if handoff.transfer_to:
        return handoff.transfer_to == agent.id
    return handoff.transfer_skill in agent.skills or agent.supervisor


def _hand_over(
    tx: Transaction,
    conversation: ConversationRecord,
    handoff: HandoffRecord,
    to: AgentRecord,
    code: str,
    cmid: str,
) -> Receipt:
    """From one agent to another, in one step: owner and fence, both seats, and what customer and agents are told."""
    sender = str(handoff.agent_id)
    if not tx.pass_to(handoff.id, sender, to.id):
        raise AlreadyTaken("A colleague was faster.")
    for agent_id in sorted((sender, to.id)):
        tx.lock_agent(agent_id)
    tx.free_seat(sender)
    sit_down(tx, to, handoff.id)
    tx.set_owner(conversation.id, conversation.ownership.after(Move.HAND_ON, to.id))
    name = tx.agent(sender).name
    seq = assign(tx, conversation.id, agent_author(to), code, to, cmid, sender=name)
    text = voice.PASSED_ON.format(name=to.name, sender=name, about=to.about.rstrip("."))
    body = {"code": "passed_on", "text": text, "agent": card(to).model_dump()}
    tx.append(conversation.id, agent_author(to), "notice", body)
    tx.touch_queue()
    return Receipt(conversation.id, seq)


def _decline_transfer(tx: Transaction, handoff: HandoffRecord, agent: AgentRecord, cmid: str) -> int:
    """One who was asked does not want it; the last of them, or the one who asked, ends the asking."""
    asked_for_it = handoff.agent_id == agent.id
    if handoff.transfer_until is None or not (asked_for_it or _is_asked(agent, handoff)):
        raise NotFound("You are no longer asked to take this conversation.")
    out = {*handoff.passed_by, agent.id, str(handoff.agent_id)}
    left = [one for one in staff_of(tx).present if handoff.transfer_skill in one.skills and one.id not in out]
    over = asked_for_it or handoff.transfer_to == agent.id or not left
    tx.update_handoff(handoff.id, **(NO_TRANSFER if over else {"passed_by": [*handoff.passed_by, agent.id]}))
    sentence = voice.TAKEN_BACK if asked_for_it else ""
    author = agent_author(agent)
    return assign(tx, handoff.conversation_id, author, "transfer_declined", agent, cmid, sentence)
