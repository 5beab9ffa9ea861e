"""The handoff packet: everything an agent needs so that nobody has to repeat themselves.

Built from the log and the bot's replies inside the transaction that queues the conversation. It decides nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handoff.gist import Gist, gist_of, words_of
from handoff.ports import ConversationRecord, Json, Transaction
from handoff.protocol import (
    Attempt,
    Contact,
    EarlierConversation,
    Entity,
    Evidence,
    Packet,
    Page,
    Quote,
    Reason,
    ScoredIntent,
    TriedAnswer,
)
from handoff.quoting import Recognise

_EVIDENCE = {
    "asked_for_person": "They asked for a person.",
    "left_details": "Nobody was online, so they left their details.",
    "low_confidence": "The bot found nothing in the library for their question.",
    "repeated_failure": "The bot could not help more than once.",
    "same_question": "They asked the same question again.",
    "rejected_twice": "They found more than one answer not helpful.",
    "frustration": "Their wording sounds frustrated.",
    "other_language": "They write in another language than the articles.",
    "policy_topic": "Their request needs somebody who can look into their order or account.",
    "always_person": "This topic always goes to a person.",
    "bot_unavailable": "The bot could not answer.",
    "back_to_queue": "A colleague passed this on.",
}
_ENDS = {
    "helped": "helped",
    "not_helpful": "did not help",
    "said_no": "did not help",
    "asked_again": "asked again",
    "none_fitted": "none fitted",
    "chosen": "",
    "asked_for_person": "asked for a person",
    "open": "",
}
_INNER_SLOTS = frozenset(
    {
        "requested_slot",
        "agents_online",
        "asked",
        "offered",
        "rejected",
        "clarified",
        "session_started_metadata",
    }
)
MAX_EARLIER = 3


def build_packet(
    tx: Transaction,
    conversation: ConversationRecord,
    reason: Reason,
    waiting_since: datetime,
    contact: Json | None,
    evidence: Sequence[Evidence] = (),
    recognise: Recognise | None = None,
) -> Packet:
    """The packet of `conversation` as it stands in this transaction.

    `evidence` is what the decision rests on; without it the packet looks for the event that shows the reason.
    """
    gist = gist_of(tx, conversation, recognise)
    latest = gist.replies[-1] if gist.replies else {}
    detail = " ".join(one.text for one in evidence) or _detail(reason, latest)
    return Packet(
        reason=reason,
        reason_detail=detail,
        evidence=list(evidence) or [Evidence(text=detail, seq=_shown_by(reason, gist))],
        summary=_summary(gist),
        wants=gist.wants,
        facts=gist.facts,
        attempts=gist.attempts,
        mood=gist.mood,
        corrections=gist.corrections,
        questions=_questions(gist),
        tried=_tried(gist.log),
        intents=_intents(latest),
        entities=_entities(gist.replies),
        slots=_slots(conversation),
        contact=Contact.model_validate(contact) if contact else None,
        page=Page.model_validate(conversation.page),
        locale=conversation.locale,
        earlier=_earlier(tx, conversation),
        waiting_since=waiting_since,
    )


def followed(packet: Packet, gist: Gist, since: int) -> Packet:
    """`packet`, written at `since`, with what was said by now: why a person was called stays, what they want follows."""
    left = [event.body["contact"] for event in gist.log if event.kind == "contact" and event.seq > since]
    return packet.model_copy(
        update={
            "summary": _summary(gist),
            "wants": gist.wants,
            "facts": gist.facts,
            "attempts": gist.attempts,
            "mood": gist.mood,
            "corrections": gist.corrections,
            "questions": _questions(gist),
            "tried": _tried(gist.log),
            "contact": Contact.model_validate(left[-1]) if left else packet.contact,
        }
    )


def bare_packet(
    conversation: ConversationRecord,
    reason: Reason,
    waiting_since: datetime,
    contact: Json | None,
    evidence: Sequence[Evidence] = (),
) -> Packet:
    """What can be told although the summary cannot be made: somebody is waiting, and why."""
    detail = " ".join(one.text for one in evidence) or _EVIDENCE[reason]
    return Packet(
        reason=reason,
        reason_detail=detail,
        evidence=list(evidence),
        summary="The summary could not be made. Please read the conversation.",
        questions=[],
        tried=[],
        intents=[],
        entities=[],
        slots={},
        contact=Contact.model_validate(contact) if contact else None,
        page=Page(),
        locale=conversation.locale,
        earlier=[],
        waiting_since=waiting_since,
    )


def _questions(gist: Gist) -> list[str]:
    said = [event.body["text"] for event in gist.log if event.kind == "message" and words_of(event)]
    return said[-10:]


def _intents(latest: Json) -> list[ScoredIntent]:
    """The likeliest three; one without a name is no intent."""
    named = [intent for intent in latest.get("intents", []) if intent.get("name")]
    return [ScoredIntent(name=intent["name"], confidence=intent["confidence"]) for intent in named[:3]]


def _slots(conversation: ConversationRecord) -> dict[str, str]:
    return {key: str(value) for key, value in conversation.slots.items() if value and key not in _INNER_SLOTS}


def _detail(reason: str, latest: Json) -> str:
    confidence = latest.get("confidence")
    score = (
        f" Its best answer scored {confidence:.0%}."
        if confidence is not None and "confidence" in reason
        else ""
    )
    return _EVIDENCE[reason] + score


def _shown_by(reason: str, gist: Gist) -> int | None:
    """The event that shows the reason: their last word or button, the bot's last miss, the strongest cue."""
    mine = [event.seq for event in gist.log if event.author.role == "customer" and event.kind != "feedback"]
    match reason:
        case "asked_for_person" | "left_details" | "policy_topic" | "always_person" | "other_language":
            return mine[-1] if mine else None
        case "low_confidence" | "repeated_failure":
            return next((one.seq for one in reversed(gist.attempts) if one.end != "helped"), None)
        case "rejected_twice":
            return next((c.seq for c in reversed(gist.mood.cues) if c.kind == "thumb_down"), None)
        case "same_question":
            return next((c.seq for c in reversed(gist.mood.cues) if c.kind == "repeated"), None)
        case "frustration":
            return next((cue.seq for cue in gist.mood.cues if cue.quote), mine[-1] if mine else None)
    return None


def _summary(gist: Gist) -> str:
    """In a line or two: what they want, and what was tried."""
    if not gist.wants:
        return "They wrote nothing before the handover."
    said = [f"“{quoted(quote)}”" for quote in gist.wants]
    wants = said[0] if len(said) == 1 else f"First {said[0]}, and then {said[1]}"
    tried = [words for one in gist.attempts[-2:] if (words := _tried_in_words(one))]
    return f"{wants}. {'; '.join(tried) if tried else 'The bot gave no answer'}."


def quoted(quote: Quote) -> str:
    """A quote on one line, with dots where it is cut."""
    flat = " ".join(quote.text.split())
    return f"{'… ' * quote.cut_before}{flat}{' …' * quote.cut_after}"


def _tried_in_words(one: Attempt) -> str:
    match one.kind:
        case "answered":
            what = f"The bot showed “{one.title}”"
        case "asked_back":
            what = f"The bot asked back{f', they chose “{one.choice}”' if one.end == 'chosen' else ''}"
        case _:
            what = "The bot found nothing"
    end = _ENDS[one.end]
    return f"{what}: {end}" if end else what


def _tried(log: Any) -> list[TriedAnswer]:
    """Answers that were given, each with the question before it and the customer's thumb."""
    helpful = {e.body["answer_seq"]: e.body["helpful"] for e in log if e.kind == "feedback"}
    tried, question = [], ""
    for event in log:
        if event.author.role == "customer":
            question = words_of(event) or str(event.body.get("label", "")) or question
        elif event.kind == "answer":
            tried.append(
                TriedAnswer(
                    question=question,
                    hit=event.body["hit"],
                    confidence=event.body.get("confidence"),
                    helpful=helpful.get(event.seq),
                )
            )
    return tried


def _entities(replies: Any) -> list[Entity]:
    found = {(e["entity"], str(e["value"])) for reply in replies for e in reply.get("entities", [])}
    return [Entity(entity=name, value=value) for name, value in sorted(found)]


def _earlier(tx: Transaction, conversation: ConversationRecord) -> list[EarlierConversation]:
    others = [
        c for c in tx.conversations_of(conversation.customer_id, MAX_EARLIER + 1) if c.id != conversation.id
    ]
    return [
        EarlierConversation.model_validate(
            {"conversation": c.id, "started_at": c.created_at, "about": c.last_text, "outcome": c.outcome}
        )
        for c in others[:MAX_EARLIER]
    ]
