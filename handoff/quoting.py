"""What was said, as plain data, and the part of it that says most: always a span of the customer's own words.

Pure. Positions count Unicode characters.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from handoff.substance import (
    READ_CHARACTERS,
    beyond_no_help,
    content_words,
    has_goal,
    is_question,
    says_no_help,
    sentences,
)

MOST_QUOTED = 160
"""Characters of one quote: two lines of the console."""
MOST_WORDS = 8
"""Content words that count for a message: a long one is not wanted more."""
FEWEST_BESIDES = 2
"""Content words that "that did not help" needs besides, to say what is wanted too."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event as the summary sees it. `text` is what the customer wrote, or what the bot showed.

    `kind` is message, contact, chosen, answer, choices, feedback or anything else, which only separates. `about_seq` and
    `helpful` belong to feedback; `options` are the buttons of choices by their ids, `none` the one of them that turns all
    down (empty where nothing is to be turned down) and `choice` the one that was pressed;
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
    none: str = ""

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


REMEMBERED = 1_000
"""Texts whose reading is kept ready."""
Recognise = Callable[[str], Sequence[Found]]


class Reader:
    """Recognises and weighs each text once, and no more of it than `READ_CHARACTERS`."""

    def __init__(self, recognise: Recognise) -> None:
        self._recognise = recognise
        self._found: dict[str, Sequence[Found]] = {}
        self._weights: dict[str, float] = {}

    def found(self, text: str) -> Sequence[Found]:
        read = text[:READ_CHARACTERS]
        if read not in self._found:
            self._found[read] = self._recognise(read)
        return self._found[read]

    def weight(self, text: str) -> float:
        """How much a text says about what is wanted; 0 for a greeting, thanks, yes, a call for a person, an address."""
        read = text[:READ_CHARACTERS]
        if read not in self._weights:
            self._weights[read] = _weight(read, self.found(read))
        return self._weights[read]


def nothing(_text: str) -> Sequence[Found]:
    """Recognises nothing."""
    return ()


def _weight(text: str, found: Sequence[Found]) -> float:
    left = _without(text, [one for one in found if one.kind in ("email", "phone")])
    return _weight_of(text, left, any(one.kind not in ("email", "phone") for one in found))


@lru_cache(maxsize=REMEMBERED)
def _weight_of(text: str, left: str, named: bool) -> float:
    """`left`: the text without addresses. The same texts are weighed again whenever their log has grown."""
    content = len(content_words(beyond_no_help(left)))
    if content < (FEWEST_BESIDES if says_no_help(text) else 1):
        return 0.0
    return min(content, MOST_WORDS) * 0.5 + 2 * is_question(text) + 2 * has_goal(text) + 1.5 * named


def _without(text: str, spans: Sequence[Found]) -> str:
    for found in sorted(spans, key=lambda found: found.start, reverse=True):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def quote(said: Said, reader: Reader | None = None) -> Span:
    """The part of a message that says most, verbatim: all of it if it is short, whole sentences if they fit."""
    text = said.text
    whole = (len(text) - len(text.lstrip()), len(text.rstrip()))
    if whole[1] - whole[0] <= MOST_QUOTED:
        return span_of(said, *whole)
    reader = reader or Reader(nothing)
    parts = list(sentences(text[:READ_CHARACTERS])) or [whole]
    best = max(range(len(parts)), key=lambda n: (reader.weight(text[slice(*parts[n])]), -n))
    start, end = parts[best]
    for _, following in parts[best + 1 :]:
        if following - start > MOST_QUOTED:
            break
        end = following
    return span_of(said, start, cut_at(text, start, end))


def cut_at(text: str, start: int, end: int) -> int:
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


def span_of(said: Said, start: int, end: int) -> Span:
    text = said.text
    before, after = bool(text[:start].strip()), bool(text[end:].strip())
    return Span(said.seq, start, end, text[start:end], before, after)
