"""Measures whether questions find their article, in libraries that the product filled, through what the bot asks."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.answers.goals import REMOVED
from benchmarks.answers.question_formats import with_topic_switched
from benchmarks.answers.report import Row, row
from benchmarks.answers.sets import Asked, QuestionSet
from benchmarks.answers.shelves import library_of
from benchmarks.answers.statistics import Figure, Rows, auroc_figure, bootstrap, share
from knowledge_base.evaluation import Golden
from knowledge_base.library import Library
from knowledge_base.own_texts import calibrate
from knowledge_base.risk import ece
from knowledge_base.wire import AnswerRequest

HITS = 10
LONGEST_QUESTION = 4_000


@dataclass(frozen=True, slots=True)
class Answered:
    """What the library said to one question."""

    rank: int | None
    """Of the right article, 0 is first; None when it is not among the hits."""
    any_rank: int | None
    """The same of any article that is known to answer."""
    decision: str
    confidence: float
    milliseconds: float | None
    """None where the question was new to nobody: its vector may have been at hand."""


def limited(found: QuestionSet, limit: int | None) -> QuestionSet:
    if limit is None or len(found.asked) <= limit:
        return found
    return replace(found, asked=random.Random(7).sample(found.asked, limit))


def ask(library: Library, asked: Sequence[Asked]) -> list[Answered]:
    """Every question as the bot asks it."""
    seen, answers = set[str](), []
    for one in asked:
        request = AnswerRequest(
            question=one.question[:LONGEST_QUESTION] or " ",
            asked=[before[:LONGEST_QUESTION] for before in one.earlier],
            limit=HITS,
        )
        began = time.perf_counter()
        reply = library.answer(request)
        took = (time.perf_counter() - began) * 1000
        slugs = [hit.article_slug for hit in reply.hits]
        new_took = None if one.question in seen else took
        ranks = (_rank(slugs, one.articles), _rank(slugs, one.articles | one.also))
        answers.append(Answered(*ranks, reply.decision, reply.confidence, new_took))
        seen.add(one.question)
    return answers


def _rank(slugs: Sequence[str], right: frozenset[str]) -> int | None:
    return next((place for place, slug in enumerate(slugs) if slug in right), None)


def ways_of_asking(found: QuestionSet) -> dict[str, list[Asked]]:
    """By name; "" where a set knows no conversations."""
    if not found.later_turns:
        return {"": found.asked}
    return {
        "first turn": found.first_turns,
        "any turn, its history known": found.asked,
        "any turn, last utterance alone": [Asked(one.question, one.articles) for one in found.asked],
        "topic switched": with_topic_switched(found),
    }


def measured(found: QuestionSet, encoder_dir: Path, *, fresh: bool = False) -> Iterator[Row]:
    """All rows of one set."""
    with library_of(found.name, found.articles, encoder_dir, fresh=fresh) as (library, built):
        for slug, reason in built.refused.items():
            raise ValueError(f"{found.name}: the library refused {slug!r}: {reason}")
        ask(library, found.asked[:20])  # warm
        for way, asked in ways_of_asking(found).items():
            if not asked:
                continue
            answers = ask(library, asked)
            times = times_of(answers)
            named = f"{way}: " if way else ""
            for within in (1, 5):
                hits = [answer.rank is not None and answer.rank < within for answer in answers]
                yield row(found.name, f"{named}R@{within}", share(hits), times)
            if any(one.also for one in asked):
                hits = [answer.any_rank == 0 for answer in answers]
                yield row(found.name, f"{named}R@1, any answer to the same question", share(hits), times)
        yield from _confidence(found, library)


def times_of(answers: Sequence[Answered]) -> list[float]:
    return [answer.milliseconds for answer in answers if answer.milliseconds is not None]


def _confidence(found: QuestionSet, library: Library) -> Iterator[Row]:
    """Whether the library knows when it is right, calibrated on one half of its articles and asked about the other."""
    asked = found.first_turns or found.asked
    halves = _halves(asked)
    present, absent = list[Answered](), list[Answered]()
    for fitted, held_out in (halves, halves[::-1]):
        calibrate(library, [Golden(one.question, min(one.articles)) for one in fitted])
        present += ask(library, held_out)
        absent += ask_without(library, held_out)
    confidences = np.array([answer.confidence for answer in [*present, *absent]])
    in_library = np.arange(len(confidences)) < len(present)
    right = np.array([answer.any_rank == 0 for answer in [*present, *absent]])
    name = found.name
    yield row(name, "AUROC, right article removed", auroc_figure(confidences, in_library))
    yield row(name, "AUROC, first hit right", auroc_figure(confidences, right))
    error = bootstrap(lambda rows: ece(confidences[rows], right[rows]), len(right), 200)
    yield row(name, "calibration error, half of the articles removed", error, lower_is_better=True)
    answered = [answer for answer in present if answer.decision == "answer"]
    yield row(name, "answered", share([answer.decision == "answer" for answer in present]))
    yield row(
        name, "wrong among the answered", share([a.any_rank != 0 for a in answered]), lower_is_better=True
    )
    yield row(name, "asked back", share([answer.decision == "clarify" for answer in present]))
    yield from removed_rows(name, present, absent)


def removed_rows(name: str, present: Sequence[Answered], absent: Sequence[Answered]) -> Iterator[Row]:
    """A negative control: with its article removed a question is not answered from the neighbour."""
    before = share([answer.decision == "answer" for answer in present])
    yield row("controls", f"{name}: answered with its article in the library", before)
    after = share([answer.decision == "answer" for answer in absent])
    yield row("controls", f"{name}: answered with its article removed", after, goal=REMOVED)
    yield row("controls", f"{name}: ratio of the two", _ratio(absent, present), lower_is_better=True)


def _ratio(absent: Sequence[Answered], present: Sequence[Answered]) -> Figure:
    """How much of what is answered with an article is answered without it; both hold the same questions in their order."""
    without, within = (
        np.array([answer.decision == "answer" for answer in answers], dtype=float)
        for answers in (absent, present)
    )

    def score(rows: Rows) -> float:
        answered = float(within[rows].sum())
        return float(without[rows].sum()) / answered if answered else float("nan")

    return bootstrap(score, len(within))


def _halves(asked: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    """No article has questions in both."""
    keys = sorted({min(one.articles | one.also) for one in asked})
    random.Random(7).shuffle(keys)
    first = set(keys[: len(keys) // 2])
    parts: tuple[list[Asked], list[Asked]] = ([], [])
    for one in asked:
        parts[min(one.articles | one.also) not in first].append(one)
    return parts


def ask_without(library: Library, asked: Sequence[Asked]) -> list[Answered]:
    """Every question while its articles are retired, in order."""
    by_articles: dict[frozenset[str], list[int]] = defaultdict(list)
    for number, one in enumerate(asked):
        by_articles[one.articles | one.also].append(number)
    answers: dict[int, Answered] = {}
    for slugs, numbers in by_articles.items():
        with _retired(library, slugs):
            answers |= zip(numbers, ask(library, [asked[number] for number in numbers]), strict=True)
    return [answers[number] for number in range(len(asked))]


@contextmanager
def _retired(library: Library, slugs: frozenset[str]) -> Iterator[None]:
    ids = [article.id for article in library.rows().articles if article.slug in slugs]
    for article_id in ids:
        library.retire(article_id)
    try:
        yield
    finally:
        for article_id in ids:
            library.publish(article_id)
