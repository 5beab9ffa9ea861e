"""Taking a conversation: the one that was asked for, or the next in order. Works inside the caller's transaction.

The conversation's row is locked first, then the handoff's, then the agent's: everywhere in the queue, so that no two
changes wait for each other. "Next, please" waits before all that for the same click that came another way: it finds no
row to lock, because each would take another conversation.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial

from handoff import voice
from handoff.conversation import Move
from handoff.errors import AlreadyTaken, AtCapacity, CmidReused, NotAllowed, NotFound
from handoff.log import Receipt, agent_author, card, known
from handoff.ports import AgentRecord, HandoffRecord, Transaction
from handoff.routing import Staff, fits
from handoff.waiting import staff_of

LOOKS = (12, 200, None)
"""Of a long queue the front is looked at first; further only if all of it is being taken or is not for this agent."""


def claim(tx: Transaction, agent_id: str, conversation_id: str | None, cmid: str) -> Receipt:
    """Take this waiting conversation, or the next in order.

    Raises AlreadyTaken, AtCapacity, NotFound, or NotAllowed for an agent who takes none now or lacks what it needs.
    """
    if conversation_id is not None:
        tx.conversation(conversation_id)
    agent = tx.agent(agent_id)
    if conversation_id is None:
        tx.one_by_one(agent_author(agent), cmid)
    repeated = _claimed_before(tx, agent, conversation_id, cmid)
    if repeated:
        return repeated
    if conversation_id is None:
        return join(tx, agent, _next(tx, agent), cmid)
    handoff = _asked_for(tx, agent, conversation_id)
    if handoff.state == "active":
        return Receipt(handoff.conversation_id, tx.conversation(handoff.conversation_id).last_seq, dup=True)
    why_not = may_not_take(agent, handoff, cache(partial(staff_of, tx)))
    if why_not:
        raise NotAllowed(why_not)
    return join(tx, agent, handoff, cmid)


def join(tx: Transaction, agent: AgentRecord, handoff: HandoffRecord, cmid: str) -> Receipt:
    """Give the waiting conversation, whose row is locked, to the agent and say so."""
    conversation = tx.conversation(handoff.conversation_id)
    if not tx.claim(handoff.id, agent.id):
        raise AlreadyTaken("A colleague was faster.")
    sit_down(tx, agent, handoff.id)
    tx.set_owner(conversation.id, conversation.ownership.after(Move.CLAIM, agent.id))
    text = voice.JOINED.format(name=agent.name, about=agent.about.rstrip("."))
    body = {"code": "joined", "text": text, "agent": card(agent).model_dump()}
    seq = tx.append(conversation.id, agent_author(agent), "notice", body, cmid)
    tx.touch_queue()
    return Receipt(conversation.id, seq)


def sit_down(tx: Transaction, agent: AgentRecord, handoff_id: int) -> None:
    """One more seat for the agent, beside those kept for what they are asked to take. Raises AtCapacity."""
    now = tx.lock_agent(agent.id)
    kept = tx.reserved(besides=handoff_id).get(agent.id, 0)
    if tx.take_seat(agent.id, kept):
        return
    asked = f", and {kept} more that you are asked to take" if kept else ""
    raise AtCapacity(f"You already have {now.active_chats} conversations{asked}. Resolve one first.")


def may_not_take(agent: AgentRecord, handoff: HandoffRecord, staff: Callable[[], Staff]) -> str:
    """Why this agent may not take what waits, in a sentence; empty when they may. The others are seldom asked about."""
    if not agent.available:
        return "Switch yourself to available first."
    if handoff.offered_to not in (None, agent.id) and not agent.supervisor:
        names = [one.name for one in staff().agents if one.id == handoff.offered_to]
        return f"{names[0] if names else 'A colleague'} is being asked to take this one."
    return "" if fits(agent, handoff) else staff().why_not(agent, handoff)


def _claimed_before(
    tx: Transaction, agent: AgentRecord, conversation_id: str | None, cmid: str
) -> Receipt | None:
    """The receipt of the same claim before: a repeated "next, please" must not take a second conversation.

    It is known again as long as what it took waits or is taken; once that ended, "next" means the next one.
    """
    author = agent_author(agent)
    if conversation_id is not None:
        repeated = known(tx, conversation_id, author, "notice", None, cmid)
        if repeated:
            return repeated
    earlier = tx.find_live_claim(author, cmid)
    if earlier is None:
        return None
    if conversation_id is not None:
        raise CmidReused("This message id was used to take another conversation.")
    return Receipt(earlier.conversation_id, earlier.seq, dup=True)


def _next(tx: Transaction, agent: AgentRecord) -> HandoffRecord:
    """The first in order that this agent may take, its conversation locked."""
    staff = cache(partial(staff_of, tx))
    waiting: Sequence[HandoffRecord] = []
    mine: list[int] = []
    for limit in LOOKS:
        waiting = tx.waiting(limit)
        mine = [one.id for one in waiting if not may_not_take(agent, one, staff)]
        found = _first_of(tx, agent, mine, staff)
        if found:
            return found
        if limit is None or len(waiting) < limit:
            break
    found = _first_of(tx, agent, mine, staff, patient=True)
    if found:
        return found
    waits = bool(waiting)
    if waits and not agent.available:
        raise NotAllowed("Switch yourself to available first.")
    raise NotFound("Nobody is waiting whom you may take." if waits else "Nobody is waiting.")


def _first_of(
    tx: Transaction,
    agent: AgentRecord,
    mine: list[int],
    staff: Callable[[], Staff],
    *,
    patient: bool = False,
) -> HandoffRecord | None:
    """The first of these that still waits and is still for this agent, its conversation locked and it as it is now.

    They were chosen before anything was locked: another gateway may have offered one to somebody since. Those go out of
    `mine`.
    """
    while mine:
        found = tx.next_waiting(mine, patient=patient)
        if found is None or not may_not_take(agent, found, staff):
            return found
        mine.remove(found.id)
    return None


def _asked_for(tx: Transaction, agent: AgentRecord, conversation_id: str) -> HandoffRecord:
    handoff = tx.live_handoff(conversation_id)
    if handoff is None:
        raise NotFound("This conversation no longer waits for a person.")
    if handoff.state == "active" and handoff.agent_id != agent.id:
        raise AlreadyTaken(f"{tx.agent(str(handoff.agent_id)).name} already has this conversation.")
    return handoff
