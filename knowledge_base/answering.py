"""Answers a question from one snapshot of the index. Pure: the same snapshot and question give the same findings.

This module must not know how the snapshot came about, nor who is asking.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge_base.article import Passage
from knowledge_base.confidence import NO_EVIDENCE, Evidence, decide, evidence_of
from knowledge_base.ports import Publication, Snapshot
from knowledge_base.ranking import Match, Question
from knowledge_base.topic import with_earlier
from knowledge_base.wire import ArticleSummary, Decision, Hit

HELP_PATH = "/help"
"""Where the help centre shows articles."""


@dataclass(frozen=True, slots=True)
class Findings:
    decision: Decision
    confidence: float
    hits: tuple[Hit, ...]
    evidence: Evidence


NOTHING = Findings("none", 0.0, (), NO_EVIDENCE)


def find(
    snapshot: Snapshot, now: Question, asked: Sequence[Question], exclude: Collection[str], limit: int
) -> Findings:
    """A passage of each article for a question, best first, and how sure the first one is.

    `asked` are earlier questions, oldest first. Passages in `exclude` were shown and rejected.
    """
    views, calibration = snapshot.views, snapshot.calibration
    if not len(views.owner):
        return NOTHING
    match, *earlier = views.matches([now, *asked])
    match = with_earlier(views, _without(snapshot, match, exclude), earlier)
    best = views.best_passages(match.fused)
    if not best:
        return NOTHING
    evidence = evidence_of(match, best)
    confidence = calibration.confidence(evidence)
    hits = tuple(
        hit_of(*snapshot.place(views.shown(at, match)), score=float(match.fused[at])) for at in best[:limit]
    )
    return Findings(decide(evidence, calibration), confidence, hits, evidence)


def hit_of(publication: Publication, passage: Passage, score: float) -> Hit:
    article = publication.article
    url = article_url(article.slug)
    return Hit(
        passage_id=passage.id,
        article_slug=article.slug,
        article_title=publication.content.title,
        heading=passage.heading,
        text=passage.text,
        html=passage.html,
        score=round(score, 4),
        url=f"{url}#{passage.fragment}" if passage.fragment else url,
        updated_at=(article.published or article.latest).saved_at,
        always_person=publication.content.always_person,
    )


def summary_of(publication: Publication) -> ArticleSummary:
    article, content = publication.article, publication.content
    return ArticleSummary(
        slug=article.slug,
        title=content.title,
        summary=content.summary,
        category=content.category,
        url=article_url(article.slug),
        updated_at=(article.published or article.latest).saved_at,
    )


def article_url(slug: str) -> str:
    return f"{HELP_PATH}/{slug}"


def _without(snapshot: Snapshot, match: Match, exclude: Collection[str]) -> Match:
    rejected = [at for at in map(snapshot.position, exclude) if at is not None]
    if not rejected:
        return match
    fused = match.fused.copy()
    fused[rejected] = -np.inf
    return replace(match, fused=fused)
