"""What a conversation comes down to, in the customer's own words: extractive, deterministic, with positions.

Pure: it reads what was said as plain data and gives spans of it back. Nothing is paraphrased, and only what the customer
wrote is ever quoted as theirs. It must not know how a log is stored or shown. Positions count Unicode characters.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from handoff.substance import (
    asks_or_states,
    beyond_no_help,
    content_words,
    has_goal,
    is_question,
    near_equal,
    says_no_help,
    sentences,
)
from handoff.wordings import heat_cues, same_question

MOST_QUOTED = 160
"""Characters of one quote: two lines of the console."""
MOST_WORDS = 8
"""Content words that count for a message: a long one is not wanted more."""

REMEMBERED = 4
"""Messages back in which the same one counts as said again."""
FEWEST_BESIDES = 2
"""Content words that "that did not help" needs besides, to say what is wanted too."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event as the summary sees it. `text` is what the customer wrote, or what the bot showed.

    `kind` is message, contact, chosen, answer, choices, feedback or anything else, which only separates. `about_seq` and
    `helpful` belong to feedback; `options` are the buttons of choices by their ids and `choice` the one that was pressed;
    `found` is False where the bot said that it found nothing; `title` names the article of an answer.
    """

    seq: int
    role: str
    kind: str
    text: str = ""
    title: str = ""
    found: bool = True
    about_seq: int = 0
    helpful: bool | None = None
    choice: str = ""
    options: tuple[str, ...] = ()

    @property
    def is_words(self) -> bool:
        """Whether the customer wrote this themselves."""
        return self.role == "customer" and self.kind in ("message", "contact") and bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of what the event `seq` says."""

    seq: int
    start: int
    end: int
    text: str
    cut_before: bool = False
    cut_after: bool = False


class Found(Protocol):
    """Something that identifies the matter, at text[start:end]; `handoff.pii.Found` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Cue:
    """Something in the log that the tone was read from; `start` and `end` are both 0 for a thumb."""

    kind: str
    seq: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    kind: str
    value: str
    span: Span | None


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


@dataclass(frozen=True, slots=True)
class Summary:
    wants: tuple[Span, ...]
    facts: tuple[Fact, ...]
    tries: tuple[Try, ...]
    tone: str
    cues: tuple[Cue, ...]


Recognise = Callable[[str], Sequence[Found]]


def nothing(_text: str) -> Sequence[Found]:
    """Recognises nothing."""
    return ()


def summarise(
    log: Sequence[Said], recognise: Recognise = nothing, known: Sequence[tuple[str, str]] = ()
) -> Summary:
    """The summary of `log`, oldest first.

    `recognise` finds order numbers, addresses and the like in a text; `known` are (kind, value) that the bot found.
    """
    words = [said for said in log if said.is_words]
    tries = tuple(_tries(log))
    cues = (*_heat(words), *_repeats(words), *_thumbs(log))
    return Summary(_wants(words, recognise), tuple(_facts(words, recognise, known)), tries, _tone(cues), cues)


# what they want


def _wants(words: Sequence[Said], recognise: Recognise) -> tuple[Span, ...]:
    """The first message of substance, and the last one that asks or states something else. Never empty if any is."""
    scored = [(said, _weight(said.text, recognise)) for said in words]
    substantive = [(said, weight) for said, weight in scored if weight > 0]
    if not substantive:
        # greetings and calls for a person only: then the longest of them says most
        longest = max(words, key=lambda said: len(said.text.strip()), default=None)
        return (quote(longest, recognise),) if longest else ()
    first, first_weight = substantive[0]
    later = [(said, weight) for said, weight in substantive[1:] if asks_or_states(said.text)]
    if not later:
        return _from_one(first, recognise)
    last, last_weight = later[-1]
    if near_equal(first.text, last.text):
        return _from_one(last if last_weight > first_weight else first, recognise)
    return quote(first, recognise), quote(last, recognise)


def _from_one(said: Said, recognise: Recognise) -> tuple[Span, ...]:
    """What one message says most, and before it how the message begins, if that says something too."""
    best = quote(said, recognise)
    for start, end in sentences(said.text[: best.start]):
        if _weight(said.text[start:end], recognise) > 0:
            return _span(said, start, _cut(said.text, start, end)), best
    return (best,)


def _weight(text: str, recognise: Recognise) -> float:
    """How much a message says about what is wanted; 0 for a greeting, thanks, yes, a call for a person, an address."""
    left = _without(text, [found for found in recognise(text) if found.kind in ("email", "phone")])
    content = len(content_words(beyond_no_help(left)))
    if content < (FEWEST_BESIDES if says_no_help(text) else 1):
        return 0.0
    named = any(found.kind not in ("email", "phone") for found in recognise(text))
    return min(content, MOST_WORDS) * 0.5 + 2 * is_question(text) + 2 * has_goal(text) + 1.5 * named


def _without(text: str, spans: Sequence[Found]) -> str:
    for found in sorted(spans, key=lambda found: found.start, reverse=True):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def quote(said: Said, recognise: Recognise = nothing) -> Span:
    """The part of a message that says most, verbatim: all of it if it is short, whole sentences if they fit."""
    text = said.text
    whole = (len(text) - len(text.lstrip()), len(text.rstrip()))
    if whole[1] - whole[0] <= MOST_QUOTED:
        return _span(said, *whole)
    parts = list(sentences(text))
    best = max(range(len(parts)), key=lambda n: (_weight(text[slice(*parts[n])], recognise), -n))
    start, end = parts[best]
    for _, following in parts[best + 1 :]:
        if following - start > MOST_QUOTED:
            break
        end = following
    return _span(said, start, _cut(text, start, end))


def _cut(text: str, start: int, end: int) -> int:
    """`end`, or the end of the last word before the limit; within a word only where there is no other place."""
    if end - start <= MOST_QUOTED:
        return end
    most = start + MOST_QUOTED
    if text[most].isspace():
        cut = most
    else:
        blanks = [match.start() for match in re.finditer(r"\s", text[start:most])]
        cut = start + blanks[-1] if blanks and blanks[-1] > MOST_QUOTED // 3 else most
    return start + len(text[start:cut].rstrip())


def _span(said: Said, start: int, end: int) -> Span:
    text = said.text
    before, after = bool(text[:start].strip()), bool(text[end:].strip())
    return Span(said.seq, start, end, text[start:end], before, after)


# what identifies it


def _facts(words: Sequence[Said], recognise: Recognise, known: Sequence[tuple[str, str]]) -> Iterator[Fact]:
    seen: set[str] = set()
    for said in words:
        for found in recognise(said.text):
            value = said.text[found.start : found.end]
            if _fresh(value, seen):
                yield Fact(found.kind, value, _span(said, found.start, found.end))
    for kind, value in known:
        if value.strip() and _fresh(value, seen):
            yield Fact(kind, value, _where(words, value))


def _fresh(value: str, seen: set[str]) -> bool:
    key = re.sub(r"[\W_]+", "", value).casefold() or value
    return key not in seen and not seen.add(key)  # type: ignore[func-returns-value]


def _where(words: Sequence[Said], value: str) -> Span | None:
    """The last place where they said it in these words."""
    pattern = re.compile(rf"(?<!\w){re.escape(value.strip())}(?!\w)", re.IGNORECASE)
    for said in reversed(words):
        match = pattern.search(said.text)
        if match:
            return _span(said, *match.span())
    return None


# what was tried


def _tries(log: Sequence[Said]) -> Iterator[Try]:
    asked: Said | None = None
    for place, said in enumerate(log):
        if said.role == "customer":
            asked = said if said.is_words else asked
            continue
        kind = _kind_of(said)
        if kind:
            found = Try(said.seq, kind, said.title or said.text, quote(asked) if asked else None)
            yield _ended(found, said, asked, log[place + 1 :])


def _kind_of(said: Said) -> str:
    if said.role != "bot":
        return ""
    if said.kind == "answer":
        return "answered"
    if said.kind == "choices":
        return "asked_back"
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
            none = said.choice == event.options[-1]
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
    return tried


# how it reads


def _heat(words: Sequence[Said]) -> Iterator[Cue]:
    for said in words:
        for cue in heat_cues(said.text):
            end = cue.start + len(said.text[cue.start : cue.end].rstrip())
            yield Cue(cue.kind, said.seq, cue.start, end)


def _repeats(words: Sequence[Said]) -> Iterator[Cue]:
    for place, said in enumerate(words):
        before = words[max(0, place - REMEMBERED) : place]
        if any(same_question(earlier.text, said.text) for earlier in before):
            span = quote(said)
            yield Cue("repeated", said.seq, span.start, span.end)


def _thumbs(log: Sequence[Said]) -> Iterator[Cue]:
    last = {said.about_seq: said for said in log if said.kind == "feedback" and said.role == "customer"}
    for said in log:
        if last.get(said.about_seq) is said and said.helpful is False:
            yield Cue("thumb_down", said.seq, 0, 0)


def _tone(cues: Sequence[Cue]) -> str:
    kinds = {cue.kind for cue in cues}
    if kinds & {"strong_words", "swearing"} or ("capitals" in kinds and len(cues) > 1):
        return "angry"
    return "unhappy" if kinds & {"complaint", "said_before", "capitals", "repeated", "thumb_down"} else "calm"
