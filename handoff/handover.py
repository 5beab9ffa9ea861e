"""Calling a person, and letting go again: what a decision of `handoff.triggers` does to a conversation.

Works inside the caller's transaction, so that owner, queue entry, packet and notice appear together or not at all.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from handoff import voice
from handoff.asking_bot import ask_bot
from handoff.calling import asks_for_person
from handoff.conversation import Move, Owner, Ownership
from handoff.log import LOG_WINDOW, SYSTEM
from handoff.packet import bare_packet, build_packet
from handoff.ports import (
    PLACES_TOPIC,
    QUEUE_TOPIC,
    ConversationRecord,
    EventRecord,
    Json,
    Transaction,
    conversation_topic,
)
from handoff.protocol import Channel, Evidence, Packet, Reason
from handoff.quoting import Recognise
from handoff.routing import Matter, language_of, skill_for
from handoff.situation import OFFERED_FOR
from handoff.triggers import Decision, Step
from handoff.waiting import endings_before
from handoff.wordings import meant_for

log = structlog.get_logger(__name__)
PRIORITY = {"frustration": 1, "left_details": -1}
"""Before or after the others in the queue: somebody who left an e-mail does not sit and wait."""
REPLIES = {"bot": {"message", "answer", "choices"}, "agent": {"message"}}
"""Kinds of events that answer a customer, by who writes them."""


def call_person(
    tx: Transaction,
    conversation: ConversationRecord,
    decision: Decision,
    agents_online: bool,
    contact: Json | None = None,
    recognise: Recognise | None = None,
) -> None:
    """Queue the conversation, or offer a person, as `decision` says. `recognise` finds personal data for the packet."""
    if decision.step is Step.QUEUE:
        _enqueue(tx, conversation, decision, contact, recognise)
    elif decision.step is Step.OFFER:
        offer_person(tx, conversation, decision.reason, agents_online)


def offer_person(tx: Transaction, conversation: ConversationRecord, reason: str, agents_online: bool) -> None:
    """Ask whether a person is wanted; with nobody online, ask for an e-mail instead."""
    first = "person" if agents_online else "details"
    body = {"text": voice.offer(reason, agents_online), "options": [first, "stay"], OFFERED_FOR: reason}
    tx.append(conversation.id, SYSTEM, "offer", body)


def leave_live_handoff(
    tx: Transaction, conversation: ConversationRecord, move: Move, outcome: str | None
) -> None:
    """Take the conversation out of the queue or away from its agent, by a move of the customer."""
    handoff = tx.live_handoff(conversation.id)
    tx.set_owner(conversation.id, conversation.ownership.after(move))
    if handoff is None:
        return
    tx.end_handoff(handoff.id, outcome)
    if handoff.agent_id:
        tx.free_seat(handoff.agent_id)


def close(tx: Transaction, conversation: ConversationRecord, outcome: str | None) -> None:
    """End it from our or the customer's side, whoever has it, and say so."""
    leave_live_handoff(tx, conversation, Move.CLOSE, outcome)
    tx.update_conversation(conversation.id, waiting_since=None, active_loop=None, outcome=outcome)
    tx.append(conversation.id, SYSTEM, "notice", {"code": "closed", "text": voice.CLOSED_BY_CUSTOMER})


def ask_bot_again(tx: Transaction, before: ConversationRecord) -> None:
    """Back with the bot: give it the customer's last message, unless somebody answered it or it only asks for a person.

    `before` is the conversation as it stood when it left the bot's hands: the wait goes on from there.
    """
    conversation = tx.conversation(before.id)
    lately = tx.events(conversation.id, max(0, conversation.last_seq - LOG_WINDOW), LOG_WINDOW)
    for event in reversed(lately):
        if event.kind in REPLIES.get(event.author.role, ()):
            return
        if event.author.role == "customer" and event.kind == "message":
            text = event.body["text"]
            if asks_for_person(text) or meant_for(_colleague_at(lately, event.seq), text):
                continue
            ask_bot(tx, conversation, str(event.cmid), text)
            tx.update_conversation(conversation.id, waiting_since=before.waiting_since or event.at)
            return


def _colleague_at(lately: Sequence[EventRecord], seq: int) -> str | None:
    """Who had the conversation when this was said, by name; None when no colleague did."""
    joined = [event.author.name for event in lately if event.seq < seq and event.body.get("code") == "joined"]
    return joined[-1] if joined else None


def touched(tx: Transaction, conversation_id: str, before: Ownership) -> tuple[str, ...]:
    """The topics to ring once a change of this conversation is committed; `before` is who owned it until then.

    Agents hear of what has a row in the queue, and its version is raised. Everybody's place is looked at again only
    when the conversation came into the queue or left it: each ring of it wakes every customer who is connected.
    """
    after = tx.conversation(conversation_id).ownership
    owners = {before.owner, after.owner}
    topics = [conversation_topic(conversation_id)]
    if owners & {Owner.QUEUE, Owner.AGENT}:
        tx.touch_queue()
        topics.append(QUEUE_TOPIC)
    if Owner.QUEUE in owners and before.fence != after.fence:
        topics.append(PLACES_TOPIC)
    return tuple(topics)


def _enqueue(
    tx: Transaction,
    conversation: ConversationRecord,
    decision: Decision,
    contact: Json | None,
    recognise: Recognise | None,
) -> None:
    reason = decision.reason
    since, priority = conversation.waiting_since or datetime.now(UTC), PRIORITY.get(reason, 0)
    evidence = [Evidence(text=one.text, seq=next(iter(one.seqs), None)) for one in decision.evidence]
    try:
        packet = tx.apart(
            lambda: build_packet(tx, conversation, _reason(reason), since, contact, evidence, recognise)
        )
    except (
        Exception
    ):  # one odd value in a log must not cost a customer their message and the person they need
        log.exception("handover.packet_not_built", conversation=conversation.id)
        packet = bare_packet(conversation, _reason(reason), since, contact, evidence)
    tx.add_handoff(
        conversation.id, reason, priority, since, endings_before(tx, tx.ahead_of(priority, since)),
        channel=channel_of(contact) if contact else "chat", skill=skill_for(_matter(packet)),
        language=language_of(conversation.locale), known_agent_id=tx.last_agent_of(conversation.customer_id),
    )  # fmt: skip
    tx.set_owner(conversation.id, conversation.ownership.after(Move.ENQUEUE))
    tx.update_conversation(conversation.id, unsure_in_a_row=0, active_loop=None)
    tx.append(conversation.id, SYSTEM, "packet", {"packet": packet.model_dump(mode="json")})
    code = "contact_received" if contact else "queued"
    text = voice.contact_left(contact) if contact else voice.queued(reason)
    tx.append(conversation.id, SYSTEM, "notice", {"code": code, "text": text})


def contact_received(tx: Transaction, conversation: ConversationRecord, contact: Json) -> None:
    """An address from somebody who waits or whom a person has already: they keep their place, and need not stay."""
    handoff = tx.live_handoff(conversation.id)
    if handoff is None:
        return
    tx.update_handoff(handoff.id, channel=channel_of(contact))
    text = voice.contact_left(contact)
    tx.append(conversation.id, SYSTEM, "notice", {"code": "contact_received", "text": text})


def channel_of(contact: Json) -> Channel:
    """How they want to be reached: called, if they say when or left nothing else."""
    calls = contact.get("phone") and (contact.get("call_at") or not contact.get("email"))
    return "call" if calls else "email"


def _matter(packet: Packet) -> Matter:
    return Matter(
        reason=packet.reason,
        texts=[quote.text for quote in packet.wants],
        articles=[one.hit.article_slug for one in packet.tried],
        intents=[intent.name for intent in packet.intents[:1]],
    )


def _reason(reason: str) -> Reason:
    return reason  # type: ignore[return-value]  # triggers is domain and knows no wire types; the packet validates it
