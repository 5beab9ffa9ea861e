"""What the bot tried in a conversation, and how each try ended by what the customer did next. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handoff.calling import asks_for_person
from handoff.quoting import Reader, Said, Span, quote
from handoff.substance import says_no_help
from handoff.wordings import same_question


@dataclass(frozen=True, slots=True)
class Try:
    """One thing that the bot tried: see `handoff.protocol.Attempt` for what the words mean."""

    seq: int
    kind: str
    title: str
    asked: Span | None
    end: str = "open"
    end_seq: int | None = None
    end_span: Span | None = None
    choice: str = ""


def tries_in(log: Sequence[Said], reader: Reader) -> Iterator[Try]:
    """Answers, questions asked back and searches without a find, oldest first."""
    asked: Said | None = None
    for place, said in enumerate(log):
        if said.role == "customer":
            asked = said if said.is_words else asked
            continue
        kind = _kind_of(said)
        if kind:
            found = Try(said.seq, kind, said.title or said.text, quote(asked, reader) if asked else None)
            yield _ended(found, said, asked, log[place + 1 :])


def _kind_of(said: Said) -> str:
    if said.role != "bot":
        return ""
    if said.kind == "answer":
        return "answered"
    if said.kind == "choices":
        return "asked_back" if said.none else ""
    return "" if said.found else "not_found"


def _ended(tried: Try, event: Said, asked: Said | None, later: Sequence[Said]) -> Try:
    """How it went, by the customer's thumb (the last one counts), by the button pressed, or by their next words."""
    thumbs = [s for s in later if s.kind == "feedback" and s.role == "customer" and s.about_seq == event.seq]
    if thumbs:
        end = "helped" if thumbs[-1].helpful else "not_helpful"
        return replace(tried, end=end, end_seq=thumbs[-1].seq)
    for said in later:
        if said.role == "bot" and _kind_of(said):
            break
        if said.role != "customer":
            continue
        if said.kind == "chosen" and said.choice in event.options:
            none = said.choice == event.none
            return replace(tried, end="none_fitted" if none else "chosen", end_seq=said.seq, choice=said.text)
        if said.kind == "chosen" and said.choice == "person":
            return replace(tried, end="asked_for_person", end_seq=said.seq)
        if said.is_words:
            return _answered_in_words(tried, said, asked)
    return tried


def _answered_in_words(tried: Try, said: Said, asked: Said | None) -> Try:
    if says_no_help(said.text):
        return replace(tried, end="said_no", end_seq=said.seq, end_span=quote(said))
    if asked and same_question(asked.text, said.text):
        return replace(tried, end="asked_again", end_seq=said.seq, end_span=quote(said))
    if asks_for_person(said.text):
        return replace(tried, end="asked_for_person", end_seq=said.seq, end_span=quote(said))
    return tried
