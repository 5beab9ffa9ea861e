"""The handoff packet: everything an agent needs so that nobody has to repeat themselves.

Built from the log and the bot's replies inside the transaction that queues the conversation. It decides nothing.
"""

from datetime import datetime
from typing import Any

from handoff.ports import ConversationRecord, EventRecord, Json, Transaction
from handoff.protocol import (
    Contact,
    EarlierConversation,
    Entity,
    Packet,
    Page,
    Reason,
    ScoredIntent,
    TriedAnswer,
)

LOG_WINDOW = 200
"""Latest events that a packet looks at."""
_EVIDENCE = {
    "asked_for_person": "They asked for a person.",
    "left_details": "Nobody was online, so they left their details.",
    "low_confidence": "The bot found nothing in the library for their question.",
    "repeated_failure": "The bot could not help more than once.",
    "frustration": "They are frustrated.",
    "policy_topic": "Their request needs somebody who can look into their order or account.",
    "bot_unavailable": "The bot could not answer.",
    "back_to_queue": "A colleague passed this on.",
}
_INNER_SLOTS = frozenset({"requested_slot", "agents_online", "asked", "session_started_metadata"})
MAX_EARLIER = 3


def build_packet(
    tx: Transaction,
    conversation: ConversationRecord,
    reason: Reason,
    waiting_since: datetime,
    contact: Json | None,
) -> Packet:
    """The packet of `conversation` as it stands in this transaction."""
    log = tx.events(conversation.id, max(0, conversation.last_seq - LOG_WINDOW), LOG_WINDOW)
    replies = tx.replies(conversation.id, LOG_WINDOW)
    questions = [_words(event) for event in log if event.author.role == "customer" and _words(event)]
    latest = replies[-1] if replies else {}
    return Packet(
        reason=reason,
        reason_detail=_evidence(reason, latest),
        summary=_summary(questions, replies),
        questions=questions[-10:],
        tried=_tried(log),
        intents=[
            ScoredIntent(name=i["name"], confidence=i["confidence"]) for i in latest.get("intents", [])[:3]
        ],
        entities=_entities(replies),
        slots={
            key: str(value) for key, value in conversation.slots.items() if value and key not in _INNER_SLOTS
        },
        contact=Contact.model_validate(contact) if contact else None,
        page=Page.model_validate(conversation.page),
        locale=conversation.locale,
        earlier=_earlier(tx, conversation),
        waiting_since=waiting_since,
    )


def _words(event: EventRecord) -> str:
    """What the customer said with this event, in words; empty for what says nothing."""
    return str(event.body.get("text", "")) if event.kind == "message" else ""


def _evidence(reason: str, latest: Json) -> str:
    confidence = latest.get("confidence")
    score = (
        f" Its best answer scored {confidence:.0%}."
        if confidence is not None and "confidence" in reason
        else ""
    )
    return _EVIDENCE[reason] + score


def _summary(questions: list[str], replies: Any) -> str:
    if not questions:
        return "They have not written anything yet."
    answered = sum(1 for reply in replies if reply.get("answered"))
    first, last = _short(questions[0]), _short(questions[-1])
    wants = f"“{first}”" if first == last else f"First “{first}”, and last “{last}”"
    tried = (
        "The bot gave no answer." if not answered else f"The bot answered {answered} of {len(replies)} turns."
    )
    return f"{wants}. {tried}"


def _short(text: str, most: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def _tried(log: Any) -> list[TriedAnswer]:
    """Answers that were given, each with the question before it and the customer's thumb."""
    helpful = {e.body["answer_seq"]: e.body["helpful"] for e in log if e.kind == "feedback"}
    tried, question = [], ""
    for event in log:
        if event.author.role == "customer":
            question = _words(event) or str(event.body.get("label", "")) or question
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
