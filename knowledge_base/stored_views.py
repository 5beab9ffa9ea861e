"""Views of a library whose vectors lie in a database that searches them: for libraries too large for memory.

The nearest are asked for, and what else may win (by its words, by its article's wordings) is compared exactly; every other
passage counts as far away as a sample of the library is on average. So scores mean what they mean over exact views, up
to that average. Words and texts stay in memory. It must not know which database that is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ports import NearTexts, Part
from knowledge_base.ranking import Lexicon, Matrix, Question, Scores, Vector, Views

NEAREST = 128
"""Passages, and places, that the database names for a question: as many as the ranking looks at closely."""
NEAREST_WORDINGS = 50
BY_WORDS = 100
"""Passages that share the most information with the question: they are compared too, however far their vectors lie."""
REMEMBERED = 32
"""Questions whose statements need not be asked for twice."""
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Keys:
    """Under which keys the vectors lie, in the order of the views."""

    passages: Sequence[str]
    places: Sequence[str]
    statements: Sequence[str]
    wordings: Sequence[str]


@dataclass(frozen=True)
class Here:
    """Rows whose vectors are at hand: what the database has not got (a draft), and the sample. `rows` never falls."""

    rows: Positions
    vectors: Matrix
    """Shape [len(rows), d]."""


@dataclass(frozen=True)
class StoredViews(Views):
    """`passages`, `statements`, `places` and `wordings` are empty: their vectors are in `near`, or in the four of `Here`."""

    near: NearTexts = field(kw_only=True)
    keys: Keys = field(kw_only=True)
    sample: Positions = field(kw_only=True)
    """Passages by which the rest is judged; they, their places and their wordings are at hand."""
    here_passages: Here = field(kw_only=True)
    here_places: Here = field(kw_only=True)
    here_statements: Here = field(kw_only=True)
    here_wordings: Here = field(kw_only=True)

    def near_articles(self, numbers: Sequence[int]) -> Scores:
        keys = [self.keys.passages[at] for at in np.flatnonzero(np.isin(self.owner, numbers)).tolist()]
        stored = list(self.near.vectors([key for key in keys if key]).values())
        local = np.isin(self.owner[self.here_passages.rows], numbers)
        mean: Vector = np.mean([*stored, *self.here_passages.vectors[local]], axis=0, dtype=np.float32)
        found = self.near.nearest("passage", mean, NEAREST)
        return self._passage_cosines(mean, found, self._at_hand(mean))

    def _sides(self, questions: Sequence[Question]) -> list[tuple[Scores, Scores, Scores]]:
        return [self._side(question) for question in questions]

    def _side(self, question: Question) -> tuple[Scores, Scores, Scores]:
        vector = question.vector
        passages = self.near.nearest("passage", vector, NEAREST)
        places = self.near.nearest("place", vector, NEAREST)
        wordings = self.near.nearest("wording", vector, NEAREST_WORDINGS)
        at_hand = self._at_hand(vector)
        asked = self._asked(wordings, at_hand)
        chosen = self._candidates(question, passages, places, asked)
        keys = {self.keys.passages[at] for at in chosen} | {self.keys.places[at] for at in self.place[chosen]}
        exact = {
            **passages,
            **places,
            **self.near.cosines(vector, sorted(keys - passages.keys() - places.keys() - {""})),
        }
        whole = self._passage_cosines(vector, exact, at_hand)
        return whole, self._headings(exact, at_hand, asked), asked

    def _candidates(
        self, question: Question, passages: Mapping[str, float], places: Mapping[str, float], asked: Scores
    ) -> Positions:
        """Passages worth an exact look: near by their text, their place or a wording of their article, or by words."""
        near = [at for key in passages for at in self._at["passage"].get(key, ())]
        rows = [row for key in places for row in self._at["place"].get(key, ())]
        articles = np.unique(self.wording_owner[asked > -1])
        words, possible = self.lexicon.found(question.words)
        most = min(BY_WORDS, len(words))
        worded = (
            np.argpartition(-words, most - 1)[:most] if possible and most else np.array([], dtype=np.intp)
        )
        placed = np.flatnonzero(np.isin(self.place, rows))[: 2 * NEAREST]
        owned = np.flatnonzero(np.isin(self.owner, articles))[: 2 * NEAREST]
        chosen: Positions = np.unique(np.concatenate([np.array(near, dtype=np.intp), placed, owned, worded]))
        return chosen

    def _passage_cosines(self, vector: Vector, known: Mapping[str, float], at_hand: "AtHand") -> Scores:
        usual = float(at_hand.passages[self._sampled_passages].mean()) if len(self.sample) else 0.0
        whole = np.full(len(self.owner), usual, dtype=np.float32)
        _fill(whole, self._at["passage"], known)
        whole[self.here_passages.rows] = at_hand.passages
        return whole

    def _headings(self, known: Mapping[str, float], at_hand: "AtHand", asked: Scores) -> Scores:
        """By passage. The usual one is the sample's best side, so that the average of all is what it would be exactly."""
        places = np.full(int(self.place.max(initial=-1)) + 1, np.nan, dtype=np.float32)
        _fill(places, self._at["place"], known)
        places[self.here_places.rows] = at_hand.places
        by_passage: Scores = places[self.place]
        standing = np.maximum(by_passage, self._asked_before(asked)[self.owner])[self.sample]
        usual = float(standing.mean()) if len(standing) else 0.0
        filled: Scores = np.where(np.isnan(by_passage), np.float32(usual), by_passage)
        return filled

    def _asked(self, known: Mapping[str, float], at_hand: "AtHand") -> Scores:
        asked = np.full(len(self.wording_owner), -1, dtype=np.float32)
        _fill(asked, self._at["wording"], known)
        asked[self.here_wordings.rows] = at_hand.wordings
        return asked

    def _stated_cosines(self, rows: Positions, vector: Vector) -> Scores:
        scores = np.full(len(rows), -1, dtype=np.float32)
        local = np.isin(rows, self.here_statements.rows)
        if local.any():
            at = np.searchsorted(self.here_statements.rows, rows[local])
            scores[local] = self.here_statements.vectors[at] @ vector
        wanted = {
            position: self.keys.statements[rows[position]] for position in np.flatnonzero(~local).tolist()
        }
        found = self._compared(vector)
        missing = sorted(set(wanted.values()) - found.keys())
        found |= self.near.cosines(vector, missing)
        for position, key in wanted.items():
            scores[position] = found.get(key, -1.0)
        return scores

    def _compared(self, vector: Vector) -> dict[str, float]:
        """Statements that a question was compared with before: what is shown was chosen by them a moment ago."""
        question = vector.tobytes()
        found = self._remembered.pop(question, {})
        self._remembered[question] = found
        while len(self._remembered) > REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)), None)
        return found

    @cached_property
    def _remembered(self) -> dict[bytes, dict[str, float]]:
        return {}

    def _at_hand(self, vector: Vector) -> "AtHand":
        return AtHand(
            self.here_passages.vectors @ vector,
            self.here_places.vectors @ vector,
            self.here_wordings.vectors @ vector,
        )

    @cached_property
    def _sampled_passages(self) -> Positions:
        """Where the sample's passages lie among those at hand."""
        return np.searchsorted(self.here_passages.rows, self.sample)

    @cached_property
    def _at(self) -> dict[Part, dict[str, list[int]]]:
        """For each key the rows that it stands for: equal texts share a vector."""
        keys: dict[Part, Sequence[str]] = {
            "passage": self.keys.passages, "place": self.keys.places, "wording": self.keys.wordings
        }  # fmt: skip
        found: dict[Part, dict[str, list[int]]] = {}
        for part, listed in keys.items():
            rows = defaultdict[str, list[int]](list)
            for row, key in enumerate(listed):
                if key:
                    rows[key].append(row)
            found[part] = dict(rows)
        return found


@dataclass(frozen=True, slots=True)
class AtHand:
    """A question's cosines with the rows at hand."""

    passages: Scores
    places: Scores
    wordings: Scores


def _fill(scores: Scores, rows: Mapping[str, Sequence[int]], known: Mapping[str, float]) -> None:
    for key, cosine in known.items():
        scores[list(rows.get(key, ()))] = cosine


class Side:
    """One side of all passages as it is gathered: keys, and the vectors of those that are at hand."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._rows: list[int] = []
        self._vectors: list[Vector] = []

    def add(self, key: str, at_hand: Mapping[str, Vector]) -> None:
        if key in at_hand:
            self._rows.append(len(self.keys))
            self._vectors.append(at_hand[key])
        self.keys.append(key)

    def is_whole(self) -> bool:
        """Whether every vector is at hand."""
        return len(self._rows) == len(self.keys)

    def matrix(self, dimensions: int) -> Matrix:
        """The vectors at hand, shape [rows at hand, d]."""
        return np.array(self._vectors, dtype=np.float32).reshape(len(self._vectors), dimensions)

    def here(self, dimensions: int) -> Here:
        return Here(np.array(self._rows, dtype=np.intp), self.matrix(dimensions))

    def elsewhere(self) -> list[str]:
        """The keys, empty for what is at hand: that need not be asked for."""
        keys = list(self.keys)
        for row in self._rows:
            keys[row] = ""
        return keys


@dataclass(frozen=True, slots=True)
class Sides:
    passages: Side
    places: Side
    statements: Side
    wordings: Side


@dataclass(frozen=True, slots=True)
class Shape:
    """What views are besides vectors; see `ranking.Views`."""

    owner: Positions
    statement_owner: Positions
    place: Positions
    wording_owner: Positions
    articles: int
    lexicon: Lexicon


def exact_views(sides: Sides, shape: Shape, dimensions: int) -> Views:
    """Views whose vectors are all at hand."""
    return Views(
        sides.passages.matrix(dimensions), sides.statements.matrix(dimensions), sides.places.matrix(dimensions),
        sides.wordings.matrix(dimensions), shape.owner, shape.statement_owner, shape.place, shape.wording_owner,
        shape.articles, shape.lexicon,
    )  # fmt: skip


def stored_views(sides: Sides, shape: Shape, dimensions: int, near: NearTexts) -> StoredViews:
    """Views whose vectors are in `near`, but for those at hand."""
    none, passages = Side().matrix(dimensions), sides.passages.here(dimensions)
    return StoredViews(
        none, none, none, none, shape.owner, shape.statement_owner, shape.place, shape.wording_owner, shape.articles,
        shape.lexicon, near=near, sample=passages.rows, here_passages=passages, here_places=sides.places.here(dimensions),
        here_statements=sides.statements.here(dimensions), here_wordings=sides.wordings.here(dimensions),
        keys=Keys(*(side.elsewhere() for side in (sides.passages, sides.places, sides.statements, sides.wordings))),
    )  # fmt: skip
