"""A snapshot of everything that customers see, as the ranking wants it. Made by `index.LiveIndex`, and never changed.

It must not know how snapshots follow each other, nor any SQL.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from knowledge_base.article import Passage
from knowledge_base.asking import script_of
from knowledge_base.confidence import DEFAULT, Calibration
from knowledge_base.language import noticed
from knowledge_base.ports import NearTexts, Publication
from knowledge_base.ranking import Lexicon, Vector, Views
from knowledge_base.stored_views import Shape, Side, Sides, exact_views, stored_views

SAMPLED_ARTICLES = 30
"""Enough to know in which language a library is written."""


@dataclass(frozen=True)
class Entry:
    """One article, ready to be searched."""

    stamp: str
    publication: Publication
    words: tuple[Counter[str], ...]
    """For each passage how often each word occurs in it, above it, and in the article's summary and questions."""
    seen: tuple["Seen", ...]
    """For each passage the keys of its vectors."""
    asked: tuple[str, ...]
    """The keys of the article's other wordings."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Under which keys a passage's vectors lie; to find a text's key takes longer than to find its vector."""

    whole: str
    place: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """An article of the background: it is compared with, and never shown."""

    said: Vector
    standing: Vector
    words: Counter[str]


@dataclass(frozen=True)
class Shelf:
    """The snapshot. `version` is the store's index version that it shows."""

    version: int
    entries: Mapping[str, Entry]
    dimensions: int
    calibration: Calibration = field(default=DEFAULT)
    background: tuple["Rival", ...] = ()
    """Stands in for the articles that a small library does not have."""
    near: NearTexts | None = None
    """Where the vectors are that no entry has at hand; without it every entry has its own."""

    @cached_property
    def views(self) -> Views:
        return self._views(())

    @cached_property
    def contest(self) -> Views:
        return self._views(self.background) if self.background else self.views

    def _views(self, rivals: Sequence["Rival"]) -> Views:
        said, stated, standing, wordings = Side(), Side(), Side(), Side()
        owner, statement_owner, wording_owner = list[int](), list[int](), list[int]()
        words, place, places = list[Counter[str]](), list[int](), dict[str, int]()
        for number, entry in enumerate(self.entries.values()):
            vectors = entry.publication.vectors
            for seen in entry.seen:
                said.add(seen.whole, vectors)
                for key in seen.statements:
                    stated.add(key, vectors)
                statement_owner += [len(owner)] * len(seen.statements)
                place.append(places.setdefault(seen.place, len(places)))
                if len(places) > len(standing.keys):
                    standing.add(seen.place, vectors)
                owner.append(number)
            for key in entry.asked:
                wordings.add(key, vectors)
            wording_owner += [number] * len(entry.asked)
            words += entry.words
        for number, rival in enumerate(rivals, start=len(self.entries)):
            said.add("", {"": rival.said})
            place.append(len(standing.keys))
            standing.add("", {"": rival.standing})
            owner.append(number)
            words.append(rival.words)
        shape = Shape(
            owner=np.array(owner, dtype=np.intp),
            statement_owner=np.array(statement_owner, dtype=np.intp),
            place=np.array(place, dtype=np.intp),
            wording_owner=np.array(wording_owner, dtype=np.intp),
            articles=len(self.entries) + len(rivals),
            lexicon=Lexicon(words),
        )
        sides = Sides(said, standing, stated, wordings)
        if self.near is None or said.is_whole():
            return exact_views(sides, shape, self.dimensions)
        return stored_views(sides, shape, self.dimensions, self.near)

    def share_vectors(self) -> None:
        """Lets the entries see their rows of the matrices in place of vectors of their own, which takes half the memory.

        The same numbers under the same keys: whoever reads them meanwhile notices nothing.
        """
        views, position, stated, worded = self.views, 0, 0, 0
        for entry in self.entries.values():
            vectors = entry.publication.vectors
            if not isinstance(vectors, dict):
                raise TypeError("the vectors of a live article must be a dict")
            for seen in entry.seen:
                vectors[seen.whole] = views.passages[position]
                vectors[seen.place] = views.places[views.place[position]]
                for row, key in enumerate(seen.statements, start=stated):
                    vectors[key] = views.statements[row]
                position, stated = position + 1, stated + len(seen.statements)
            for row, key in enumerate(entry.asked, start=worded):
                vectors[key] = views.wordings[row]
            worded += len(entry.asked)

    @cached_property
    def language(self) -> str:
        heard = Counter(filter(None, map(noticed, self._sample)))
        return heard.most_common(1)[0][0] if heard else ""

    @cached_property
    def script(self) -> str:
        return script_of(" ".join(self._sample))

    @cached_property
    def _sample(self) -> list[str]:
        """What some of the articles begin with."""
        return [item.passages[0].text for item in self._articles[:SAMPLED_ARTICLES] if item.passages]

    def place(self, position: int) -> tuple[Publication, Passage]:
        return self._places[position]

    def find(self, passage_id: str) -> tuple[Publication, Passage] | None:
        position = self.position(passage_id)
        return None if position is None else self._places[position]

    def position(self, passage_id: str) -> int | None:
        return self._by_id.get(passage_id)

    def article(self, article_id: str) -> Publication | None:
        entry = self.entries.get(article_id)
        return entry.publication if entry else None

    def articles(self) -> Sequence[Publication]:
        return self._articles

    @cached_property
    def _articles(self) -> tuple[Publication, ...]:
        return tuple(entry.publication for entry in self.entries.values())

    @cached_property
    def _places(self) -> list[tuple[Publication, Passage]]:
        return [(publication, passage) for publication in self._articles for passage in publication.passages]

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {passage.id: position for position, (_, passage) in enumerate(self._places)}
