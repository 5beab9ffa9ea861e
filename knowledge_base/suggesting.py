"""Suggests articles before they are asked for: for a half-typed question, and for the page a customer is on.

Two numbers an article: its `order` puts the right ones first, its `fit` says whether the text is about it at all. Fit has
to beat a floor that every library gets from texts that are none of its business, so that nothing is suggested for
"tell me a joke". What was read and what helped others moves articles within what fits; it never lifts one over the floor.

Pure, like `answering.py`, and quick enough for every keystroke.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.article import Content
from knowledge_base.beginnings import Beginnings, weighted_words
from knowledge_base.ports import Snapshot
from knowledge_base.ranking import Question, Scores, Views, plain_words

Ask: TypeAlias = Callable[[str], Question]

SHORTEST = 2
"""Letters; one letter begins nearly everything."""
LONGEST = 300
"""Characters that are looked at; whoever writes more tells a story."""
SHARE_WEIGHT = 3.0
"""What the share of typed words found in an article adds to its rank, in the ranking's scales."""
PAGE_WEIGHT = 0.1
"""What the page adds to what is typed: it decides between articles that fit about equally."""
READ_WEIGHT = 0.5
"""What being about the same as something read adds, for each scale of nearness."""
INFORMATION_FIT, MOST_INFORMATION = 0.16, 8.0
"""Fit is the best cosine of any side, and that of what a passage says, and this much for each nat that the typed words
narrow the library down, so many at most. Tells foreign texts better than any of the three, or than the fused score."""
STRANGERS_REACHING, STRANGERS_CLOSE = 0.03, 0.12
"""The floor lies where this share of unrelated texts still reaches, and the low floor where this share does …"""
NEIGHBOURS_REACHING, MOST_TITLES = 0.9, 150
"""… but the floor no lower than where nearly all of the library's own titles, or of so many of them, reach articles that
they are not of: where everything is about one thing, nearness says little."""
NEAR_THE_BEST = 1.5
"""What is shown beside the best may rank at most so much lower, in the ranking's scales."""
CUTS = (3, 5)
"""Unrelated texts count whole and after so many words, as they are typed."""


@dataclass(frozen=True)
class Shelf:
    """A snapshot, ready for suggestions."""

    snapshot: Snapshot
    beginnings: Beginnings
    floor: float = 0.0
    """The least fit that the best article must have to what is typed …"""
    low_floor: float = 0.0
    """… and that others must have beside it. Enough for a page, which says outright what it is about; for what is typed on
    a page that the article fits as well; and for the words of somebody who searches."""

    @cached_property
    def slugs(self) -> list[str]:
        return [publication.article.slug for publication in self.snapshot.articles()]

    @cached_property
    def by_slug(self) -> Mapping[str, int]:
        """The numbers of the articles."""
        return {slug: number for number, slug in enumerate(self.slugs)}

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        return {publication.article.id: n for n, publication in enumerate(self.snapshot.articles())}


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known about this customer's visit, and about those before; never who they are."""

    page: str = ""
    """Path and title of the page."""
    seen: Collection[str] = ()
    """Slugs that were suggested already: not again."""
    read: Sequence[str] = ()
    """Slugs that were read: not again either, but near topics rise a little."""
    helped: Mapping[str, float] = field(default_factory=dict)
    """For each article id what others' use of it on this page adds to its rank, see `habits.py`."""


@dataclass(frozen=True, slots=True)
class Fits:
    """How one text stands to every article, both of shape [articles]."""

    order: Scores
    fit: Scores


def ready(snapshot: Snapshot, ask: Ask, strangers: Sequence[str]) -> Shelf:
    """Prepares a snapshot; encodes titles and `strangers` (cached by whoever gives `ask`) for the floor."""
    beginnings = Beginnings([_words(publication.content) for publication in snapshot.articles()])
    return Shelf(snapshot, beginnings, *floors_of(Shelf(snapshot, beginnings), ask, strangers))


def reshelved(snapshot: Snapshot, before: Shelf) -> Shelf:
    """A newer snapshot with the floors of an older one, at once and nearly right; encodes nothing."""
    beginnings = Beginnings([_words(publication.content) for publication in snapshot.articles()])
    return Shelf(snapshot, beginnings, before.floor, before.low_floor)


def for_typing(
    shelf: Shelf, typed: str, visit: Visit, ask: Ask, limit: int, searching: bool = False
) -> list[int]:
    """Numbers of articles for what is typed so far, best first; empty when none fits."""
    typed = typed[:LONGEST]
    if not shelf.snapshot.articles() or len("".join(plain_words(typed))) < SHORTEST:
        return []
    found, there = fits(shelf, typed, ask), _page_fits(shelf, visit.page, ask)
    order, ours = found.order, searching or bool((found.fit >= shelf.floor).any())
    fitting = found.fit >= (shelf.low_floor if ours else shelf.floor)
    if there is not None:
        order = order + np.float32(PAGE_WEIGHT) * there.order
        fitting |= (found.fit >= shelf.low_floor) & (there.fit >= shelf.low_floor)
    return _best(shelf, order, fitting, visit, limit)


def for_page(shelf: Shelf, visit: Visit, ask: Ask, limit: int) -> list[int]:
    """Numbers of articles for a page, from the words of its address and title; empty when none fits."""
    there = _page_fits(shelf, visit.page, ask)
    if there is None or not shelf.snapshot.articles():
        return []
    return _best(shelf, there.order, there.fit >= shelf.low_floor, visit, limit)


def page_texts(page: str) -> list[str]:
    """What a page is about: the words of its path, and each part of its title but the last, which names the site.

    None for a front page: it is about everything.
    """
    path, _, title = page.partition(" ") if page.startswith("/") else ("", "", page)
    if page.startswith("/") and not plain_words(path):
        return []
    parts = re.split(r"\s*[|·•»]\s*|\s+[-–—]\s+", title)
    texts = [path, *(parts[:-1] if len(parts) > 1 else parts)]
    words = (" ".join(word for word in plain_words(text) if not word.isdigit()) for text in texts)
    return list(dict.fromkeys(text for text in words if len(text) > SHORTEST))


def _page_fits(shelf: Shelf, page: str, ask: Ask) -> Fits | None:
    """The best of what a page says of itself, for each article; None when it says nothing."""
    found = [fits(shelf, f"{text} ", ask) for text in page_texts(page)]  # a blank: these words are finished
    if not found:
        return None
    return Fits(np.max([text.order for text in found], axis=0), np.max([text.fit for text in found], axis=0))


def fits(shelf: Shelf, text: str, ask: Ask) -> Fits:
    """How a text stands to every article."""
    views = shelf.snapshot.views
    said, whole = shelf.beginnings.said(text), shelf.beginnings.completed(text)
    near = fused = np.zeros(views.articles, dtype=np.float32)
    if whole and len(views.owner):
        match = views.match(ask(whole))
        near = _of_articles(views, match.cosine) + _of_articles(views, match.said)
        fused = _of_articles(views, match.fused)
    information = np.minimum(said.information, MOST_INFORMATION)
    return Fits(
        order=(fused + SHARE_WEIGHT * said.share).astype(np.float32),
        fit=(near + INFORMATION_FIT * information).astype(np.float32),
    )


def floors_of(shelf: Shelf, ask: Ask, strangers: Iterable[str]) -> tuple[float, float]:
    """What texts reach in this library that are none of its business, or of another article: the floor, the low floor."""
    articles = shelf.snapshot.articles()
    if not articles:
        return 0.0, 0.0
    reached = [float(fits(shelf, cut, ask).fit.max()) for text in strangers for cut in _as_typed(text)]
    floor, low_floor = np.quantile(reached or [0.0], (1 - STRANGERS_REACHING, 1 - STRANGERS_CLOSE))
    neighbours = []
    for number in sorted(
        {int(at) for at in np.linspace(0, len(articles) - 1, min(len(articles), MOST_TITLES))}
    ):
        others = np.delete(fits(shelf, f"{articles[number].content.title} ", ask).fit, number)
        neighbours += [float(others.max())] if len(others) else []
    if neighbours:
        floor = max(floor, np.quantile(neighbours, 1 - NEIGHBOURS_REACHING))
    return float(floor), float(low_floor)


def _best(shelf: Shelf, order: Scores, fitting: NDArray[np.bool_], visit: Visit, limit: int) -> list[int]:
    left = fitting.copy()
    left[[shelf.by_slug[slug] for slug in {*visit.seen, *visit.read} if slug in shelf.by_slug]] = False
    if not left.any():
        return []
    order = order + _helped(shelf, visit.helped) + _near_to_read(shelf, visit.read)
    left &= order >= float(order[left].max()) - NEAR_THE_BEST
    numbers = np.flatnonzero(left)
    return [int(number) for number in numbers[np.argsort(-order[numbers], kind="stable")][:limit]]


def _helped(shelf: Shelf, helped: Mapping[str, float]) -> Scores:
    boosts = np.zeros(len(shelf.slugs), dtype=np.float32)
    for article, boost in helped.items():
        if article in shelf.by_id:
            boosts[shelf.by_id[article]] = boost
    return boosts


def _near_to_read(shelf: Shelf, read: Sequence[str]) -> Scores:
    """How much nearer than usual each article is to those that were read, in spreads of the library."""
    views, numbers = shelf.snapshot.views, [shelf.by_slug[slug] for slug in read if slug in shelf.by_slug]
    near = np.zeros(views.articles, dtype=np.float32)
    if not numbers or views.articles < 2:
        return near
    near = _of_articles(views, views.near_articles(numbers))
    spread = float(near.std()) or 1.0
    risen: Scores = np.float32(READ_WEIGHT) * np.clip((near - near.mean()) / np.float32(spread), 0, 2)
    return risen


def _of_articles(views: Views, scores: Scores) -> Scores:
    """The best passage's score of each article."""
    best = np.full(views.articles, -np.inf, dtype=np.float32)
    np.maximum.at(best, views.owner, scores)
    return best


def _as_typed(text: str) -> list[str]:
    words = text.split()
    return [*(f"{' '.join(words[:count])} " for count in CUTS if count < len(words)), text]


def _words(content: Content) -> dict[str, float]:
    """What a half-typed question may begin, and how much it says about the article."""
    wordings = [(question, 0.8) for question in content.questions]
    named = [(content.title, 1.0), *wordings, (content.category, 0.6), (content.summary, 0.5)]
    return weighted_words([*named, (content.body, 0.3)])
