"""The summary of a conversation as it stands: reads its log, lets `handoff.summary` choose, and says it in wire terms.

Both the packet for agents and the card for the customer are made of it. It decides nothing and writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from handoff import pii
from handoff.log import LOG_WINDOW, MATTER_ENDS
from handoff.ports import ConversationRecord, EventRecord, Json, Transaction
from handoff.protocol import Attempt, CardPart, Correction, Mood, MoodCue, Quote, SummaryFact
from handoff.quoting import MOST_QUOTED, REMEMBERED, Found, Recognise, Said, Span
from handoff.summary import Cue, summarise
from handoff.tries import Try

IDENTIFYING = frozenset({"email", "phone", "order_number"})
"""Kinds of personal data that help to find the matter. Cards and accounts do not: they stay where they were written."""
_UNTOLD = frozenset({"passage_id", "money", "date"})
"""Entities of the bot that identify nothing by themselves."""
NONE_BUTTON = "_none"
"""Key of the body of choices with the id of the button that turns all down; kept from every reader."""
PARTS: tuple[CardPart, ...] = ("want", "about", "tried")


@dataclass(frozen=True, slots=True)
class Gist:
    log: Sequence[EventRecord]
    """Oldest first: since the conversation was last closed, or all of the window if nothing was said since."""
    replies: Sequence[Json]
    wants: list[Quote]
    facts: list[SummaryFact]
    attempts: list[Attempt]
    mood: Mood
    corrections: list[Correction]


def gist_of(
    tx: Transaction,
    conversation: ConversationRecord,
    recognise: Recognise | None = None,
    until: int | None = None,
) -> Gist:
    """What `conversation` comes down to in this transaction, `until` this event of its log or all of it.

    `recognise` finds personal data; without it the recogniser that the environment asks for does.
    """
    last = conversation.last_seq if until is None else until
    window = tx.events(conversation.id, max(0, last - LOG_WINDOW), min(last, LOG_WINDOW))
    log = _since_closed(window)
    replies = tx.replies(conversation.id, LOG_WINDOW)
    details = {
        str(conversation.slots.get(slot) or "").strip().casefold()
        for slot in ("contact_name", "contact_email")
    }
    known = [(e["entity"], str(e["value"])) for reply in replies for e in reply.get("entities", [])]
    told = summarise(
        _said(log, _turns_without_find(replies), details),
        partial(_identifying, recognise or pii.find),
        [(kind, value) for kind, value in known if kind not in _UNTOLD],
    )
    texts = {event.seq: words_of(event) for event in log}
    return Gist(
        log=log,
        replies=replies,
        wants=[_quote(span) for span in told.wants],
        facts=[
            SummaryFact(kind=fact.kind, value=fact.value, quote=_quote(fact.span) if fact.span else None)
            for fact in told.facts
        ],
        attempts=[_attempt(one) for one in told.tries],
        mood=Mood.model_validate(
            {"tone": told.tone, "cues": [_cue(cue, texts[cue.seq]) for cue in told.cues]}
        ),
        corrections=corrections_in(log),
    )


def words_of(event: EventRecord) -> str:
    """What the customer wrote with this event; positions in a quote count from its start. Empty for anything else."""
    if event.author.role != "customer":
        return ""
    if event.kind == "message":
        return str(event.body.get("text", ""))
    return str(event.body["contact"]["about"]) if event.kind == "contact" else ""


def corrections_in(log: Sequence[EventRecord]) -> list[Correction]:
    """The latest wording of each line that the customer corrected in this matter, in the order of the card."""
    latest: dict[str, Correction] = {}
    for event in log:
        if event.body.get("code") in MATTER_ENDS:
            latest.clear()
        if event.kind == "correction":
            for part in PARTS:
                if event.body[part] is not None:
                    latest[part] = Correction(part=part, text=event.body[part], seq=event.seq)
    return [latest[part] for part in PARTS if part in latest]


def _since_closed(window: Sequence[EventRecord]) -> Sequence[EventRecord]:
    closed = [n for n, e in enumerate(window) if e.kind == "notice" and e.body.get("code") == "closed"]
    for start in reversed(closed):
        if any(words_of(event).strip() for event in window[start:]):
            return window[start:]
    return window


def _turns_without_find(replies: Sequence[Json]) -> set[str]:
    """Beginnings of the cmids of what the bot said in turns in which it found nothing."""
    return {
        f"bot:{reply['turn']}:"
        for reply in replies
        if reply.get("wish") == "unsure"
        and not any(message["kind"] != "text" for message in reply.get("messages", []))
    }


def _said(log: Sequence[EventRecord], without_find: set[str], details: set[str]) -> list[Said]:
    return [_one(event, without_find, details) for event in log]


def _one(event: EventRecord, without_find: set[str], details: set[str]) -> Said:
    role, kind, body = event.author.role, event.kind, event.body
    text = words_of(event)
    match kind:
        case "message" if text.strip().casefold() in details - {""}:
            return Said(event.seq, role, "detail", text)
        case "message" if role == "bot":
            missed = (event.cmid or "").rpartition(":")[0] + ":" in without_find
            first = (event.cmid or "").endswith(":0")
            return Said(event.seq, role, kind, body["text"], found=not (missed and first))
        case "message" | "contact":
            return Said(event.seq, role, kind, text)
        case "answer":
            return Said(event.seq, role, kind, body["text"], title=body["hit"]["article_title"])
        case "choices":
            options = tuple(choice["id"] for choice in body["choices"])
            return Said(event.seq, role, kind, body["text"], options=options, none=body.get(NONE_BUTTON, ""))
        case "chosen":
            return Said(event.seq, role, kind, body["label"], choice=body["choice_id"])
        case "feedback":
            return Said(event.seq, role, kind, about_seq=body["answer_seq"], helpful=body["helpful"])
    return Said(event.seq, role, kind)


@lru_cache(maxsize=REMEMBERED)
def _identifying(recognise: Recognise, text: str) -> tuple[Found, ...]:
    """A log is read again whenever it has grown, and most of it was read before."""
    return tuple(found for found in recognise(text) if found.kind in IDENTIFYING)


def _quote(span: Span) -> Quote:
    return Quote.model_validate(
        {
            "seq": span.seq,
            "start": span.start,
            "end": span.end,
            "text": span.text,
            "cut_before": span.cut_before,
            "cut_after": span.cut_after,
        }
    )


def _attempt(one: Try) -> Attempt:
    return Attempt.model_validate(
        {
            "seq": one.seq,
            "kind": one.kind,
            "title": " ".join(one.title.split())[:MOST_QUOTED],
            "asked": _quote(one.asked) if one.asked else None,
            "end": one.end,
            "end_seq": one.end_seq,
            "end_quote": _quote(one.end_span) if one.end_span else None,
            "choice": one.choice,
        }
    )


def _cue(cue: Cue, text: str) -> MoodCue:
    quote = (
        _quote(Span(cue.seq, cue.start, cue.end, text[cue.start : cue.end])) if cue.end > cue.start else None
    )
    return MoodCue.model_validate({"kind": cue.kind, "seq": cue.seq, "quote": quote})
