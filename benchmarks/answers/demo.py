"""Measures the demo's library with its golden questions, as it ships."""

from collections.abc import Iterator
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
from knowledge_base.files import article_paths, read_article
from knowledge_base.question_sets import read_questions

FOLDER = ROOT / "knowledge_base" / "demo"
NAME = "demo"


def demo_articles() -> dict[str, Content]:
    folder = FOLDER / "articles"
    files = [read_article(path, folder) for path in article_paths(folder)]
    return {file.slug: file.content for file in files}


def measured(encoder_dir: Path, *, limit: int | None, fresh: bool) -> Iterator[Row]:
    goldens = read_questions(FOLDER / "questions.yml")[:: 1 if limit is None else 5]
    asked = [Asked(g.question, frozenset([g.article] if g.article else []), g.asked) for g in goldens]
    with library_of(NAME, demo_articles(), encoder_dir, fresh=fresh) as (library, _):
        answers = ask(library, asked)
        removed = ask_without(library, [one for one in asked if one.articles])
    here = [answer for answer, golden in zip(answers, goldens, strict=True) if golden.article]
    missing = [answer for answer, golden in zip(answers, goldens, strict=True) if not golden.article]
    times = times_of(answers)
    for within in (1, 5):
        hits = [answer.rank is not None and answer.rank < within for answer in here]
        yield row(NAME, f"R@{within}", share(hits), times)
    yield from _decisions(here, missing)
    yield from removed_rows(NAME, here, removed)
    confidences = np.array([answer.confidence for answer in [*here, *missing]])
    known = np.arange(len(confidences)) < len(here)
    yield row(NAME, "AUROC, in the library or not", auroc_figure(confidences, known))


def _decisions(here: list[Answered], missing: list[Answered]) -> Iterator[Row]:
    answered = [answer for answer in [*here, *missing] if answer.decision == "answer"]
    yield row(NAME, "answered right", share([a.decision == "answer" and a.rank == 0 for a in here]))
    yield row(NAME, "asked back", share([answer.decision == "clarify" for answer in here]))
    wrong = share([a.decision == "answer" and a.rank != 0 for a in here])
    yield row(NAME, "answered wrong", wrong, lower_is_better=True)
    unanswerable = share([answer.decision == "answer" for answer in missing])
    yield row(NAME, "answered although it is not in the library", unanswerable, lower_is_better=True)
    target = Goal(None, TARGET_ERROR, higher_is_better=False)
    yield row(NAME, "wrong among the answered", share([a.rank != 0 for a in answered]), goal=target)
