"""Asks a library its own wordings, titles and headings, each held out of the index, and each with its article hidden.

So a library that nobody has written golden questions for still learns what right and wrong look like in it. Own texts
are worded unlike customers' questions: they turn the prior, they never replace it (see `fitting.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from knowledge_base.background import ENOUGH
from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden, Outcome, ask
from knowledge_base.fitting import Fitted, Trial
from knowledge_base.library import Library
from knowledge_base.ports import Publication

FEWEST_ARTICLES = ENOUGH
"""From fewer there is little to learn, and what is learned would count for much: the prior stays."""
FEWEST_GOLDENS = 10
WORDINGS = 300
HEADINGS_OF_AN_ARTICLE = 3
TEXTS_TO_ENCODE = 1500
"""Without its title an article is encoded anew; more than this would take longer than an import may."""
UNANSWERABLE = 0.2
"""Share of questions that no article answers, where golden questions say nothing else. The demo's have a quarter."""
FOLDS = 5
"""Texts are held out together, a fifth at a time: building an index for each alone would take hours."""
MANY_ARTICLES = 1000
"""From here on all are held out at once: a sample is a small part of the library, and building the index is slow."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A text of an article that is asked as a question."""

    article_id: str
    slug: str
    text: str
    kind: str
    """wording, title or heading"""


def calibrate(
    library: Library, goldens: Sequence[Golden], target: float | None = None, save: bool = True
) -> tuple[Fitted, list[Trial]]:
    """Fits the library's confidence to its golden questions, if any, to its own texts, and to what people judged.

    Without a `target` it keeps the one it has. Takes effect at once unless `save` is false. Raises Invalid when there
    are golden questions, but too few to tell anything.
    """
    if 0 < len(goldens) < FEWEST_GOLDENS:
        raise Invalid(
            f"Write {FEWEST_GOLDENS} golden questions at least, better 100: {len(goldens)} say too little about a library."
        )
    outcomes = ask(library, goldens)
    hidden = ask(library, [golden for golden in goldens if golden.article], hide_article=True)
    trials = [*own_trials(library), *golden_trials(outcomes, hidden)]
    wanted = target if target is not None else library.snapshot().calibration.target
    return library.trust.calibrate(trials, wanted, save), trials


def own_trials(library: Library) -> list[Trial]:
    """What the library's own texts show; empty with fewer than FEWEST_ARTICLES. The same each time."""
    publications = {item.article.id: item for item in library.snapshot().articles()}
    if len(publications) < FEWEST_ARTICLES:
        return []
    texts = _chosen(list(publications.values()))
    folds = FOLDS if len(publications) < MANY_ARTICLES else 1
    trials: list[Trial] = []
    for fold in range(folds):
        held_out = texts[fold::folds]
        changed = [
            _without(publications[article_id], [text for text in held_out if text.article_id == article_id])
            for article_id in dict.fromkeys(text.article_id for text in held_out)
        ]
        snapshot = library.snapshot_with(changed)
        goldens = [Golden(text.text, text.slug) for text in held_out]
        trials += [Trial(o.evidence, o.right, "own") for o in ask(library, goldens, snapshot=snapshot)]
        hidden = ask(library, goldens, hide_article=True, snapshot=snapshot)
        trials += [Trial(o.evidence, False, "own hidden") for o in hidden]
    return trials


def golden_trials(outcomes: Sequence[Outcome], hidden: Sequence[Outcome]) -> list[Trial]:
    """Golden questions as trials; `hidden` are the answerable ones asked with their article hidden.

    People who write golden questions seldom write what the library cannot answer, and customers ask it all the time: some
    of `hidden` then stand for it, until UNANSWERABLE of the golden trials have no answer.
    """
    groups = {outcome.golden: number for number, outcome in enumerate(outcomes)}
    missing = UNANSWERABLE / (1 - UNANSWERABLE) * len(hidden) - (len(outcomes) - len(hidden))
    chosen = Random(0).sample(range(len(hidden)), max(0, round(missing)))  # noqa: S311  # a repeatable draw
    standing_in = frozenset(chosen)
    return [
        *(Trial(o.evidence, o.right, "golden", group=groups[o.golden]) for o in outcomes),
        *(
            Trial(o.evidence, False, "stand-in" if n in standing_in else "hidden", group=groups[o.golden])
            for n, o in enumerate(hidden)
        ),
    ]


def _chosen(publications: list[Publication]) -> list[HeldOut]:
    """A sample of the library's texts, in an order that is random and always the same."""
    random = Random(0)  # noqa: S311  # a repeatable draw, no secret
    publications = sorted(publications, key=lambda item: item.article.slug)
    random.shuffle(publications)
    wordings = [
        HeldOut(item.article.id, item.article.slug, question, "wording")
        for item in publications
        for question in item.content.questions
    ]
    random.shuffle(wordings)
    found = wordings[:WORDINGS]
    to_encode = 0
    for item in publications:
        to_encode += len(item.vectors)
        if to_encode > TEXTS_TO_ENCODE:
            break
        found.append(HeldOut(item.article.id, item.article.slug, item.content.title, "title"))
        headings = list(dict.fromkeys(passage.heading for passage in item.passages if passage.heading))
        for heading in random.sample(headings, min(HEADINGS_OF_AN_ARTICLE, len(headings))):
            found.append(HeldOut(item.article.id, item.article.slug, heading, "heading"))
    random.shuffle(found)
    return found


def _without(publication: Publication, texts: Sequence[HeldOut]) -> Publication:
    """The article as if it did not say these."""
    gone = {
        kind: {text.text for text in texts if text.kind == kind} for kind in ("wording", "title", "heading")
    }
    content = publication.content
    passages = tuple(
        replace(passage, path=tuple(part for part in passage.path if part not in gone["heading"]))
        for passage in publication.passages
    )
    content = replace(
        content,
        title="" if gone["title"] else content.title,
        questions=tuple(question for question in content.questions if question not in gone["wording"]),
    )
    return replace(publication, content=content, passages=passages)
