"""Measures the demo's library with its golden questions: as it ships, and with half of the questions held out."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.answers.goals import Goal
from benchmarks.answers.report import Row, row
from benchmarks.answers.retrieval import Answered, ask, ask_without, removed_rows, times_of
from benchmarks.answers.sets import Asked
from benchmarks.answers.shelves import library_of
from benchmarks.answers.statistics import auroc_figure, share
from benchmarks.answers.training import ROOT
from knowledge_base.article import Content
from knowledge_base.confidence import TARGET_ERROR
from knowledge_base.evaluation import Golden
from knowledge_base.files import article_paths, read_article
from knowledge_base.library import Library
from knowledge_base.own_texts import calibrate
from knowledge_base.question_sets import read_questions

FOLDER = ROOT / "knowledge_base" / "demo"
NAME = "demo"
SEEN = "demo, seen"
"""The calibration that ships was fitted to the very questions that it is asked."""


def demo_articles() -> dict[str, Content]:
    folder = FOLDER / "articles"
    files = [read_article(path, folder) for path in article_paths(folder)]
    return {file.slug: file.content for file in files}


@dataclass(frozen=True, slots=True)
class _Replies:
    here: list[Answered]
    """To what an article answers."""
    missing: list[Answered]
    """To what none does."""
    removed: list[Answered]
    """To the former, with its article gone."""


def measured(encoder_dir: Path, *, limit: int | None, fresh: bool) -> Iterator[Row]:
    """As it ships, which has seen these very questions; then fitted to one half of them and asked the other."""
    goldens = read_questions(FOLDER / "questions.yml")[:: 1 if limit is None else 5]
    with library_of(NAME, demo_articles(), encoder_dir, fresh=fresh) as (library, _):
        seen = _asked(library, goldens)
        halves = _halves(goldens)
        parts = []
        for fitted, held_out in (halves, halves[::-1]):
            calibrate(library, fitted)
            parts.append(_asked(library, held_out))
    yield from _rows(SEEN, seen)
    yield from _rows(NAME, _Replies(*(a + b for a, b in zip(*map(_lists, parts), strict=True))))


def _lists(replies: _Replies) -> tuple[list[Answered], list[Answered], list[Answered]]:
    return replies.here, replies.missing, replies.removed


def _asked(library: Library, goldens: Sequence[Golden]) -> _Replies:
    known = [Asked(g.question, frozenset([g.article]), g.asked) for g in goldens if g.article]
    unknown = [Asked(g.question, frozenset(), g.asked) for g in goldens if not g.article]
    return _Replies(ask(library, known), ask(library, unknown), ask_without(library, known))


def _halves(goldens: Sequence[Golden]) -> tuple[list[Golden], list[Golden]]:
    """No article has questions in both."""
    keys = sorted({golden.article or golden.question for golden in goldens})
    random.Random(7).shuffle(keys)
    first = set(keys[: len(keys) // 2])
    parts: tuple[list[Golden], list[Golden]] = ([], [])
    for golden in goldens:
        parts[(golden.article or golden.question) not in first].append(golden)
    return parts


def _rows(name: str, replies: _Replies) -> Iterator[Row]:
    here, missing = replies.here, replies.missing
    for within in (1, 5):
        hits = [answer.rank is not None and answer.rank < within for answer in here]
        yield row(name, f"R@{within}", share(hits), times_of([*here, *missing]))
    yield from _decisions(name, here, missing)
    yield from removed_rows(name, here, replies.removed)
    confidences = np.array([answer.confidence for answer in [*here, *missing]])
    known = np.arange(len(confidences)) < len(here)
    yield row(name, "AUROC, in the library or not", auroc_figure(confidences, known))


def _decisions(name: str, here: list[Answered], missing: list[Answered]) -> Iterator[Row]:
    answered = [answer for answer in [*here, *missing] if answer.decision == "answer"]
    yield row(name, "answered right", share([a.decision == "answer" and a.rank == 0 for a in here]))
    yield row(name, "asked back", share([answer.decision == "clarify" for answer in here]))
    wrong = share([a.decision == "answer" and a.rank != 0 for a in here])
    yield row(name, "answered wrong", wrong, lower_is_better=True)
    unanswerable = share([answer.decision == "answer" for answer in missing])
    yield row(name, "answered although it is not in the library", unanswerable, lower_is_better=True)
    target = Goal(None, TARGET_ERROR, higher_is_better=False)
    yield row(name, "wrong among the answered", share([a.rank != 0 for a in answered]), goal=target)
