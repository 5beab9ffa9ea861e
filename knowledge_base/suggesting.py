"""Suggests articles before they are asked for: for a half-typed question, and for the page a customer is on.

Pure, like `answering.py`, and quick enough for every keystroke.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import summary_of
from knowledge_base.ports import Publication, Snapshot
from knowledge_base.ranking import Question, Scores, Views
from knowledge_base.wire import ArticleSummary

SHORTEST = 2
"""Letters; one letter begins nearly everything."""
MEANING_WORDS = 3
"""With fewer words a vector says little, and typing is quicker than encoding."""
BEGUN = 0.5
"""An article fits when at least half of what is typed begins words of its title …"""
NEAR = 0.4
"""… or when a passage of it is at least this near (cosine)."""
NEAR_PAGE = 0.3
"""A page's address has few words, so less has to do."""
PAGE_WEIGHT = 0.3
"""What the page adds to what is typed: it decides between articles that fit equally well."""


def for_typing(
    snapshot: Snapshot, typed: str, question: Question | None, page: Question | None, limit: int
) -> list[ArticleSummary]:
    """Articles for what is typed so far; `question` is the same as a vector, from MEANING_WORDS on."""
    articles, views = snapshot.articles(), snapshot.views
    if not articles or len(typed.strip()) < SHORTEST:
        return []
    begun, near = views.prefixes.scores(typed), _nearness(views, question)
    scores = begun + near + PAGE_WEIGHT * _nearness(views, page)
    return _best(articles, scores, (begun >= BEGUN) | (near >= NEAR), limit)


def for_page(snapshot: Snapshot, words: str, page: Question, limit: int) -> list[ArticleSummary]:
    """Articles for a page, from the words in its address or title; empty when none fits."""
    articles, views = snapshot.articles(), snapshot.views
    if not articles:
        return []
    near, named = _nearness(views, page), views.prefixes.scores(words)
    return _best(articles, near + named, near >= NEAR_PAGE, limit)


def newest(snapshot: Snapshot, limit: int) -> list[ArticleSummary]:
    """What to show when nothing is known about the customer's errand."""
    summaries = [summary_of(publication) for publication in snapshot.articles()]
    return sorted(summaries, key=lambda summary: (summary.updated_at, summary.slug), reverse=True)[:limit]


def _best(
    articles: Sequence[Publication], scores: Scores, fits: NDArray[np.bool_], limit: int
) -> list[ArticleSummary]:
    order = [int(number) for number in np.argsort(-scores, kind="stable") if fits[number]]
    return [summary_of(articles[number]) for number in order[:limit]]


def _nearness(views: Views, question: Question | None) -> Scores:
    """For each article the cosine of its nearest passage, 0 without a question."""
    near = np.zeros(views.articles, dtype=np.float32)
    if question is not None and len(views.owner):
        np.maximum.at(near, views.owner, views.match(question).cosine)
    return near
