"""Measures how much personal data is recognised, against plain regular expressions in the same run."""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.answers.goals import Goal
from benchmarks.answers.report import Row, row
from benchmarks.answers.statistics import share

FILE = "presidio_pii/data/synth_dataset_v2.json"
NAME = "presidio_pii"
KINDS = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card", "IBAN_CODE": "iban"}
RECALL, PRECISION = 0.99, 0.97

PLAIN = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "iban": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    "card": re.compile(r"\b\d(?:[ -]?\d){12,18}\b"),
    "phone": re.compile(r"(?<!\w)\+?\(?\d[\d ().-]{6,}\d\b"),
}
"""Par: what anyone would write first; the earlier kinds win where two overlap."""


@dataclass(frozen=True, slots=True)
class Span:
    kind: str
    start: int
    end: int

    def meets(self, other: "Span") -> bool:
        return self.kind == other.kind and self.start < other.end and other.start < self.end


Finder = Callable[[str], Sequence[Span]]


def plainly(text: str) -> list[Span]:
    found: list[Span] = []
    for kind, pattern in PLAIN.items():
        for match in pattern.finditer(text):
            if not any(match.start() < span.end and span.start < match.end() for span in found):
                found.append(Span(kind, *match.span()))
    return found


def by_product(text: str) -> list[Span]:
    """What the product masks, order numbers aside: the set has none."""
    find = import_module("handoff.pii").find
    return [Span(str(one.kind), one.start, one.end) for one in find(text) if str(one.kind) in KINDS.values()]


def measured(eval_dir: Path, *, limit: int | None) -> Iterator[Row]:
    """Recall and precision over all four kinds, then recall of each. A span counts when it overlaps one of its kind."""
    entries = json.loads((eval_dir / FILE).read_text(encoding="utf-8"))[:limit]
    texts = [entry["full_text"] for entry in entries]
    marked = [
        [
            Span(KINDS[span["entity_type"]], span["start_position"], span["end_position"])
            for span in entry["spans"]
            if span["entity_type"] in KINDS
        ]
        for entry in entries
    ]
    par = _scores(texts, marked, plainly)
    scores = _scores(texts, marked, by_product)
    plain_recall, plain_precision = (share(column).value for column in (par.recalled, par.precise))
    recall, precision = Goal(round(plain_recall, 3), RECALL), Goal(round(plain_precision, 3), PRECISION)
    yield row(NAME, "recall", share(scores.recalled), scores.milliseconds, goal=recall)
    yield row(NAME, "precision", share(scores.precise), scores.milliseconds, goal=precision)
    for kind in KINDS.values():
        for metric, ours, theirs in (
            ("recall", scores.recalled_by[kind], par.recalled_by[kind]),
            ("precision", scores.precise_by[kind], par.precise_by[kind]),
        ):
            yield row(NAME, f"{metric}, {kind}", share(ours), goal=Goal(round(share(theirs).value, 3), None))


@dataclass(frozen=True, slots=True)
class _Scores:
    recalled_by: dict[str, list[bool]]
    """Of each marked span of a kind, whether it was found."""
    precise_by: dict[str, list[bool]]
    """Of each found span of a kind, whether it was marked."""
    milliseconds: list[float]

    @property
    def recalled(self) -> list[bool]:
        return [one for column in self.recalled_by.values() for one in column]

    @property
    def precise(self) -> list[bool]:
        return [one for column in self.precise_by.values() for one in column]


def _scores(texts: list[str], marked: list[list[Span]], finder: Finder) -> _Scores:
    scores = _Scores({kind: [] for kind in KINDS.values()}, {kind: [] for kind in KINDS.values()}, [])
    for text, truth in zip(texts, marked, strict=True):
        began = time.perf_counter()
        found = finder(text)
        scores.milliseconds.append((time.perf_counter() - began) * 1000)
        for span in truth:
            scores.recalled_by[span.kind].append(any(span.meets(other) for other in found))
        for span in found:
            scores.precise_by[span.kind].append(any(span.meets(other) for other in truth))
    return scores
