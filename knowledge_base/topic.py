"""What a conversation is about: which article the earlier questions point at, and how far that helps the next one.

A customer stays with an article or turns to another one. What the questions so far say about each article is kept as a
probability, passed on from question to question: so many vague questions add up, one clear question outweighs them,
and an old topic can never count for more than the chance that it was left. Must not know storage or text formats.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ranking import TEMPERATURE, Match, Scores, Views

Shares: TypeAlias = NDArray[np.float64]
"""A probability for each article, shape [articles]; they add up to 1, or are all 0."""

LEFT = 0.2
"""How likely the next question is about another topic. The more, the better after a change and the worse without."""
FADING = 0.5
"""What the words of an earlier question still weigh, for each turn since it was asked: as evidence, and among the
passages of one article. With more of it a foreign question is more easily taken for one about the old topic."""


def shares(scores: Scores | Shares) -> Shares:
    """How likely each article is meant, if one is, from the score of its best passage; 0 for those at -inf."""
    if not np.isfinite(scores).any():
        return np.zeros(len(scores))
    odds = np.exp((scores.astype(np.float64) - scores.max()) / TEMPERATURE)
    total: Shares = odds / odds.sum()
    return total


def with_earlier(views: Views, now: Match, earlier: Sequence[Match]) -> Match:
    """The match of the present question with what was asked before it, oldest first.

    Articles whose passages are all at -inf in `now` are out of the question, and were so before.
    """
    possible = np.isfinite(views.best_of_articles(now.fused))
    if not earlier or not possible.any():
        return now
    left = LEFT / possible.sum()
    known: Shares = np.where(possible, 1 / possible.sum(), 0.0)
    for match in earlier:
        scores = np.where(possible, views.best_of_articles(match.fused), -np.inf)
        with np.errstate(divide="ignore"):
            expected = TEMPERATURE * np.log(known)
        known = (1 - LEFT) * shares(scores + expected) + np.where(possible, left, 0.0)
    kept = np.where(possible, 1 - left / np.maximum(known, left), 0.0)
    return _carried(views, now, earlier, known / left, kept)


def _carried(views: Views, now: Match, earlier: Sequence[Match], odds: Shares, kept: Shares) -> Match:
    """`odds`: how much likelier than by chance each article is; `kept`: how much of that the earlier questions did."""
    lift = (TEMPERATURE * np.log(np.maximum(odds, 1.0))).astype(np.float32)
    share = kept.astype(np.float32)[views.owner]
    said, standing, overlap, within = now.said, now.standing, now.overlap, now.within
    for age, match in enumerate(reversed(earlier), start=1):
        faded = share * np.float32(FADING**age)
        said = np.maximum(said, faded * match.said)
        standing = np.maximum(standing, faded * match.standing)
        overlap = np.maximum(overlap, faded * match.overlap)
        within = within + faded * match.within
    return Match(now.fused + lift[views.owner], said, standing, overlap, within)
