"""Measures a library with golden questions: does it find the right article, and does it know when it has none?

This module must not know where the questions come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import find
from knowledge_base.confidence import Calibration, Evidence, decide
from knowledge_base.library import Library
from knowledge_base.ports import Snapshot
from knowledge_base.risk import auroc

HITS = 10
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Golden:
    """A question and the slug of the article that answers it; None when the library has no answer."""

    question: str
    article: str | None
    asked: tuple[str, ...] = ()
    """Earlier questions of the same conversation, oldest first."""
    headings: tuple[str, ...] = ()
    """The sections of the article that answer; empty where nobody has said."""


@dataclass(frozen=True, slots=True)
class Outcome:
    golden: Golden
    rank: int | None
    """0 is the first hit; None when the right article is not among the first HITS."""
    evidence: Evidence
    heading: str = ""
    """Above the first hit's passage."""

    @property
    def right(self) -> bool:
        return self.rank == 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its bootstrap 95 % interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n}"


def ask(
    library: Library, goldens: Sequence[Golden], hide_article: bool = False, snapshot: Snapshot | None = None
) -> list[Outcome]:
    """Asks every question as the bot would; with `hide_article` as if the right article did not exist.

    `snapshot` is asked in place of what the library shows now.
    """
    snapshot = snapshot or library.snapshot()
    passages = {
        publication.article.slug: frozenset(passage.id for passage in publication.passages)
        for publication in snapshot.articles()
    }
    outcomes = []
    for golden in goldens:
        hidden = passages.get(golden.article or "", frozenset()) if hide_article else frozenset()
        earlier = [library.question(question) for question in golden.asked]
        found = find(snapshot, library.question(golden.question), earlier, hidden, HITS)
        slugs = [hit.article_slug for hit in found.hits]
        rank = slugs.index(golden.article) if golden.article in slugs else None
        heading = found.hits[0].heading if found.hits else ""
        outcomes.append(Outcome(golden, rank, found.evidence, heading))
    return outcomes


def recall(outcomes: Sequence[Outcome], within: int) -> Figure:
    """Share of the answerable questions whose article is among the first `within`."""
    return _figure([float(o.rank is not None and o.rank < within) for o in outcomes if o.golden.article])


def passage_found(outcomes: Sequence[Outcome]) -> Figure:
    """Of the questions that name their headings, how many get a passage under one of them as the first hit."""
    named = [o for o in outcomes if o.golden.headings]
    return _figure([float(o.right and o.heading in o.golden.headings) for o in named])


def reciprocal_rank(outcomes: Sequence[Outcome]) -> Figure:
    return _figure([1 / (o.rank + 1) if o.rank is not None else 0.0 for o in outcomes if o.golden.article])


def separation(calibration: Calibration, with_answer: Sequence[Outcome], without: Sequence[Outcome]) -> float:
    """AUROC: how often a question with an answer gets more confidence than one without. 0.5 is chance."""
    high, low = (
        np.array([calibration.confidence(o.evidence) for o in group]) for group in (with_answer, without)
    )
    return auroc(high, low)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the shipped thresholds lead to. Shares of the questions asked, except `wrong`: of those answered."""

    answered: Figure
    wrong: Figure
    clarified: Figure
    refused_answerable: Figure
    """Of the answerable questions, those that got neither an answer nor a choice."""


def decisions(calibration: Calibration, outcomes: Sequence[Outcome]) -> Decisions:
    taken = [(decide(o.evidence, calibration), o) for o in outcomes]
    return Decisions(
        answered=_figure([float(decision == "answer") for decision, _ in taken]),
        wrong=_figure([float(not o.right) for decision, o in taken if decision == "answer"]),
        clarified=_figure([float(decision == "clarify") for decision, _ in taken]),
        refused_answerable=_figure([float(decision == "none") for decision, o in taken if o.golden.article]),
    )


def _figure(values: Sequence[float]) -> Figure:
    if not values:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    sample: NDArray[np.float64] = np.array(values)
    drawn = np.random.default_rng(0).integers(0, len(sample), (RESAMPLES, len(sample)))
    low, high = np.quantile(sample[drawn].mean(axis=1), (0.025, 0.975))
    return Figure(float(sample.mean()), float(low), float(high), len(sample))
