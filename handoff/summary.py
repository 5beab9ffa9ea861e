"""What a conversation comes down to, in the customer's own words: extractive, deterministic, with positions.

Pure: it reads what was said as plain data and gives spans of it back. Nothing is paraphrased, and only what the customer
wrote is ever quoted as theirs. It must not know how a log is stored or shown. Positions count Unicode characters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handoff.quoting import Reader, Recognise, Said, Span, cut_at, nothing, quote, span_of
from handoff.substance import READ_CHARACTERS, asks_or_states, sentences
from handoff.tries import Try, tries_in
from handoff.wordings import HEATED, POINTS, heat_cues, same_question

MOST_READ = 50
"""Messages of the customer that are looked at: a fifth from the beginning, the others the latest."""
REMEMBERED = 4
"""Messages back in which the same one counts as said again."""


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
class Summary:
    wants: tuple[Span, ...]
    facts: tuple[Fact, ...]
    tries: tuple[Try, ...]
    tone: str
    cues: tuple[Cue, ...]
    """The latest of each sort, in the order of the log."""


def summarise(
    log: Sequence[Said], recognise: Recognise = nothing, known: Sequence[tuple[str, str]] = ()
) -> Summary:
    """The summary of `log`, oldest first.

    `recognise` finds order numbers, addresses and the like in a text; `known` are (kind, value) that the bot found.
    """
    reader = Reader(recognise)
    words = [said for said in log if said.is_words]
    if len(words) > MOST_READ:
        words = [*words[: MOST_READ // 5], *words[-MOST_READ + MOST_READ // 5 :]]
    cues = (*_heat(words), *_repeats(words), *_thumbs(log))
    latest = {cue.kind: cue for cue in sorted(cues, key=lambda cue: cue.seq)}
    return Summary(
        _wants(words, reader),
        tuple(_facts(words, reader, known)),
        tuple(tries_in(log, reader)),
        _tone(cues),
        tuple(sorted(latest.values(), key=lambda cue: cue.seq)),
    )


# what they want


def _wants(words: Sequence[Said], reader: Reader) -> tuple[Span, ...]:
    """The first message of substance, and the last one that asks or states something else. Never empty if any is."""
    scored = [(said, reader.weight(said.text)) for said in words]
    substantive = [(said, weight) for said, weight in scored if weight > 0]
    if not substantive:
        # greetings and calls for a person only: then the longest of them says most
        longest = max(words, key=lambda said: len(said.text.strip()), default=None)
        return (quote(longest, reader),) if longest else ()
    first, first_weight = substantive[0]
    later = [(said, weight) for said, weight in substantive[1:] if asks_or_states(said.text)]
    if not later:
        return _from_one(first, reader)
    last, last_weight = later[-1]
    if same_question(first.text, last.text):
        return _from_one(last if last_weight > first_weight else first, reader)
    return quote(first, reader), quote(last, reader)


def _from_one(said: Said, reader: Reader) -> tuple[Span, ...]:
    """What one message says most, and before it how the message begins, if that says something too."""
    best = quote(said, reader)
    for start, end in sentences(said.text[: best.start]):
        if reader.weight(said.text[start:end]) > 0 and asks_or_states(said.text[start:end]):
            return span_of(said, start, cut_at(said.text, start, end)), best
    return (best,)


# what identifies it


def _facts(words: Sequence[Said], reader: Reader, known: Sequence[tuple[str, str]]) -> Iterator[Fact]:
    seen: set[str] = set()
    for said in words:
        for found in reader.found(said.text):
            value = said.text[found.start : found.end]
            if _fresh(value, seen):
                yield Fact(found.kind, value, span_of(said, found.start, found.end))
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
            return span_of(said, *match.span())
    return None


# how it reads


def _heat(words: Sequence[Said]) -> Iterator[Cue]:
    for said in words:
        for cue in heat_cues(said.text[:READ_CHARACTERS]):
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
    """Angry is only what `handoff.wordings` calls heated too; a coarse word is a way to speak, a thumb no word at all."""
    heat = Counter({cue.seq: 0 for cue in cues})
    for cue in cues:
        heat[cue.seq] += POINTS.get(cue.kind, 0)
    if any(points >= HEATED for points in heat.values()):
        return "angry"
    kinds = {cue.kind for cue in cues}
    return "unhappy" if kinds & {"complaint", "said_before", "capitals", "repeated"} else "calm"
