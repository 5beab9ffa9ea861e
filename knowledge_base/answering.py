"""Answers a message from one snapshot of the index. Pure: the same snapshot and message give the same findings.

This module must not know how the snapshot came about, nor who is asking.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge_base.article import Passage
from knowledge_base.asking import is_code, is_prose, questions_in, says_something, script_of
from knowledge_base.confidence import NO_EVIDENCE, Evidence, decide, evidence_of
from knowledge_base.language import noticed
from knowledge_base.ports import Publication, Snapshot
from knowledge_base.ranking import Match, Question
from knowledge_base.span import span_of
from knowledge_base.topic import with_earlier
from knowledge_base.wire import ArticleSummary, Decision, Hit

HELP_PATH = "/help"
"""Where the help centre shows articles."""
LEVEL = 0.35
"""Two articles are level when so few scales lie between them: the odds are then 12 to 7 at most."""


@dataclass(frozen=True, slots=True)
class Findings:
    decision: Decision
    confidence: float
    hits: tuple[Hit, ...]
    evidence: Evidence
    ambiguous: bool = False
    """The first two hits are nearly level."""


NOTHING = Findings("none", 0.0, (), NO_EVIDENCE)


def answer(
    snapshot: Snapshot,
    read: Callable[[str], Question],
    text: str,
    asked: Sequence[str],
    exclude: Collection[str],
    limit: int,
) -> Findings:
    """What to say to a message: of many questions in one, to that which is answered most surely.

    A pasted log or program, or a message in another script or language than the library's, never gets a confident answer.
    """
    if not says_something(text):
        return NOTHING
    earlier = [read(question) for question in asked if says_something(question) and not is_code(question)]
    together = [read(question) for question in questions_in(text)]
    found = max(
        _findings(snapshot, together, earlier, exclude, limit), key=lambda findings: findings.confidence
    )
    if found.decision == "answer" and not _is_plain(snapshot, text):
        return replace(found, decision="clarify")
    return found


def find(
    snapshot: Snapshot, now: Question, asked: Sequence[Question], exclude: Collection[str], limit: int
) -> Findings:
    """A passage of each article for a question, best first, and how sure the first one is.

    `asked` are earlier questions, oldest first. Passages in `exclude` were shown and rejected.
    """
    return _findings(snapshot, [now], asked, exclude, limit)[0]


def _findings(
    snapshot: Snapshot,
    together: Sequence[Question],
    asked: Sequence[Question],
    exclude: Collection[str],
    limit: int,
) -> list[Findings]:
    """What is found for each of the questions of one message; all are compared with the library at once."""
    if not len(snapshot.views.owner):
        return [NOTHING] * len(together)
    matches = snapshot.contest.matches([*together, *asked])
    now, earlier = matches[: len(together)], matches[len(together) :]
    return [
        _found(snapshot, question, match, earlier, exclude, limit)
        for question, match in zip(together, now, strict=True)
    ]


def _found(
    snapshot: Snapshot,
    question: Question,
    match: Match,
    earlier: Sequence[Match],
    exclude: Collection[str],
    limit: int,
) -> Findings:
    views, calibration, own = snapshot.contest, snapshot.calibration, len(snapshot.views.owner)
    match = with_earlier(views, _without(snapshot, match, exclude), earlier)
    every = views.best_passages(match.fused)
    best = [at for at in every if at < own]
    if not best:
        return NOTHING
    rivals = every if len(best) < len(every) else best
    evidence = evidence_of(match, [best[0], *(at for at in rivals if at != best[0])])
    return Findings(
        decision=decide(evidence, calibration),
        confidence=calibration.confidence(evidence),
        hits=tuple(
            _hit(snapshot, views.shown(at, match), question, float(match.fused[at])) for at in best[:limit]
        ),
        evidence=evidence,
        ambiguous=len(best) > 1 and bool(match.fused[best[0]] - match.fused[best[1]] < LEVEL),
    )


def _is_plain(snapshot: Snapshot, text: str) -> bool:
    if is_code(text) or not is_prose(text) or (snapshot.script and script_of(text) != snapshot.script):
        return False
    return not snapshot.language or noticed(text) in ("", snapshot.language)


def _hit(snapshot: Snapshot, at: int, question: Question, score: float) -> Hit:
    publication, passage = snapshot.place(at)
    span = span_of(passage.text, snapshot.views.nearness(at, question).tolist(), question.words)
    return hit_of(publication, passage, score, span)


def hit_of(publication: Publication, passage: Passage, score: float, span: str = "") -> Hit:
    article = publication.article
    url = article_url(article.slug)
    return Hit(
        passage_id=passage.id,
        article_slug=article.slug,
        article_title=publication.content.title,
        heading=passage.heading,
        text=passage.text,
        span=span,
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
