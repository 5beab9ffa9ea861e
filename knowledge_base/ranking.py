"""Finds the passages that fit a question: exact vector search and BM25, added on one scale.

Each passage is seen from several sides: what it says, where it stands (title and headings), and in which other words
customers ask for its article. Scores are centred on the question's mean and never divided by its own spread, and
the words found count by what they say, not by the share of the question that they are: so a question that says little
or fits nothing does not look as sure as one that does. Vectors are unit vectors. What was asked before is in `topic.py`.
This module must not know about storage, encoders or text formats; numpy is all it needs.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]
"""One text, shape [d]."""
Matrix: TypeAlias = NDArray[np.float32]
"""Several texts, shape [n, d]."""
Scores: TypeAlias = NDArray[np.float32]
"""One number for each passage, shape [n]."""

COSINE_SCALE = 0.13
"""Typical spread of a question's cosines over a library. Seen with MiniLM on long pages; one for every question."""
HEADING_WEIGHT = 0.5
SHOWN_HEADING_WEIGHT = 0.25
"""What the headings weigh when an article's passage is chosen."""
FIRST_FIRST, DEEPEST = 0.015, 3
"""For each passage above it a passage loses this much cosine when an article's passage is chosen, three times at
most: articles begin with what most people ask."""
LEXICAL_WEIGHT = 0.3
"""What a nat of BM25's information weighs. From .2 to .45 long pages, short answers and stored questions fare alike."""
CANDIDATES = 128
"""The nearest statement is looked for in so many passages, those that are best without it: more would find no other
article, and a library of 10,000 passages has 60,000 statements."""
TEMPERATURE = 0.65
"""The exponentials of fused scores, divided by this, are the odds of the articles. The likeliest value is .6 on long
pages, on short answers and on one set of stored questions, .5 and .7 on two more: one number does for all libraries."""
K1, B = 1.2, 0.5
"""BM25's constants; long passages are held back less than usual, because none is very long."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the ranking sees it."""

    vector: Vector
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """How well each passage fits; all of shape [n], in the order of the passages."""

    fused: Scores
    """Weighted sum of the sides, in scales: 0 is as good as the average passage."""
    said: Scores
    """Cosine of what it says, -1 to 1: the mean of the whole passage and its nearest statement."""
    standing: Scores
    """The best cosine of its title and headings and of its article's other wordings, -1 to 1."""
    overlap: Scores
    """Share of the question's information that is in the passage's words, 0 to 1."""
    within: Scores
    """Chooses among the passages of one article; says nothing about different articles."""

    @property
    def cosine(self) -> Scores:
        """The best raw cosine of any side, -1 to 1."""
        best: Scores = np.maximum(self.said, self.standing)
        return best


@dataclass(frozen=True)
class Views:
    """All passages of a library, side by side. `owner[i]` is the number of the article that passage i belongs to."""

    passages: Matrix
    statements: Matrix
    """Table rows, list items and sentences of the passages, shape [k, d], in the order of the passages; k may be 0."""
    places: Matrix
    """Titles with headings, shape [p, d]; passages under one heading share theirs."""
    wordings: Matrix
    """Other wordings of whole articles, shape [m, d]; m may be 0."""
    owner: NDArray[np.intp]
    statement_owner: NDArray[np.intp]
    """The passage that each statement is from; never falls."""
    place: NDArray[np.intp]
    """Where each passage stands, an index into `places`."""
    wording_owner: NDArray[np.intp]
    articles: int
    lexicon: "Lexicon"

    def match(self, question: Question) -> Match:
        """Scores every passage for one question; about 3 ms for 10,000 passages with 50,000 statements."""
        return self.matches([question])[0]

    def matches(self, questions: Sequence[Question]) -> list[Match]:
        """Scores every passage for each question; the vectors are read once for all of them."""
        return [
            self._match(question, *sides)
            for question, sides in zip(questions, self._sides(questions), strict=True)
        ]

    def near_articles(self, numbers: Sequence[int]) -> Scores:
        """The cosine of each passage with the mean passage of these articles, which must have some."""
        mean: Vector = self.passages[np.isin(self.owner, numbers)].mean(axis=0)
        near: Scores = self.passages @ mean
        return near

    def _sides(self, questions: Sequence[Question]) -> list[tuple[Scores, Scores, Scores]]:
        """For each question its cosines with the passages, with where each of them stands, and with the wordings."""
        whole, headings, asked = (
            _cosines(matrix, questions) for matrix in (self.passages, self.places, self.wordings)
        )
        return [(whole[at], headings[at][self.place], asked[at]) for at in range(len(questions))]

    def _stated_cosines(self, rows: NDArray[np.intp], vector: Vector) -> Scores:
        """The cosines of these statements."""
        near: Scores = self.statements[rows] @ vector
        return near

    def _match(self, question: Question, whole: Scores, headings: Scores, asked: Scores) -> Match:
        standing = np.maximum(headings, self._asked_before(asked)[self.owner])
        words, possible = self.lexicon.found(question.words)
        others = HEADING_WEIGHT * standing / COSINE_SCALE + LEXICAL_WEIGHT * words
        said = self._said(question.vector, whole, others)
        fused = _centred(said / COSINE_SCALE + others)
        within = said + SHOWN_HEADING_WEIGHT * headings - FIRST_FIRST * self._depth
        overlap = words / np.float32(possible) if possible else words
        return Match(fused, said, standing, overlap, within)

    def best_of_articles(self, scores: Scores) -> Scores:
        """For each article the score of its best passage, -inf where it has none."""
        best: Scores = np.full(self.articles, -np.inf, dtype=np.float32)
        np.maximum.at(best, self.owner, scores)
        return best

    def best_passages(self, scores: Scores) -> list[int]:
        """The best passage of each article, best article first; passages at -inf are left out."""
        best = self.best_of_articles(scores)
        at = np.flatnonzero(scores == best[self.owner])[::-1]
        first = np.zeros(self.articles, dtype=np.intp)
        first[self.owner[at]] = at  # of equal ones the last to be written is the first
        order = np.argsort(-best, kind="stable")
        found: list[int] = first[order[: np.isfinite(best).sum()]].tolist()
        return found

    def shown(self, at: int, match: Match) -> int:
        """The passage to show of the article that the passage at `at` is from; never one whose score is -inf."""
        mine = np.flatnonzero((self.owner == self.owner[at]) & np.isfinite(match.fused))
        return int(mine[match.within[mine].argmax()])

    def nearness(self, at: int, question: Question) -> Scores:
        """The cosine of each statement of the passage at `at`, in their order; empty where it is one statement."""
        return self._stated_cosines(np.arange(self._stated[at], self._stated[at + 1]), question.vector)

    @cached_property
    def _depth(self) -> Scores:
        """How many passages of its article stand above each, DEEPEST at most."""
        _, first = np.unique(self.owner, return_index=True)
        above = np.arange(len(self.owner)) - first[np.searchsorted(self.owner[first], self.owner)]
        depth: Scores = np.minimum(above, DEEPEST).astype(np.float32)
        return depth

    def _said(self, vector: Vector, whole: Scores, others: Scores) -> Scores:
        """The mean of the whole passage and its nearest statement, for the passages where it matters."""
        if not len(self.statement_owner):
            return whole
        most = min(CANDIDATES, len(whole))
        best = np.sort(np.argpartition(-(whole / COSINE_SCALE + others), most - 1)[:most])
        counts = self._stated[1:][best] - self._stated[best]
        best, counts = best[counts > 0], counts[counts > 0]
        if not len(best):
            return whole
        begins = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(self._stated[best] - begins, counts)
        nearest = np.maximum.reduceat(self._stated_cosines(rows, vector), begins)
        said = whole.copy()
        said[best] = (whole[best] + nearest) / np.float32(2)
        return said

    @cached_property
    def _stated(self) -> NDArray[np.intp]:
        """Where the statements of each passage begin, and where the last one's end."""
        return np.searchsorted(self.statement_owner, np.arange(len(self.owner) + 1))

    def _asked_before(self, asked: Scores) -> Scores:
        """For each article the cosine of its nearest stored wording, -1 where it has none."""
        best = np.full(self.articles, -1, dtype=np.float32)
        np.maximum.at(best, self.wording_owner, asked)
        return best


def _cosines(matrix: Matrix, questions: Sequence[Question]) -> Matrix:
    """For each question its cosine with each row, shape [questions, n]."""
    if len(questions) == 1:  # twice as fast as the same as a product of matrices
        return (matrix @ questions[0].vector)[None]
    product: Matrix = np.stack([question.vector for question in questions]) @ matrix.T
    return product


def _centred(scores: Scores) -> Scores:
    return scores - scores.mean() if len(scores) else scores


class Lexicon:
    """BM25 over the passages' words."""

    def __init__(self, texts: Sequence[Counter[str]]) -> None:
        """`texts` are the word counts of each passage."""
        self.count = len(texts)
        lengths = np.array([sum(text.values()) for text in texts], dtype=np.float32)
        norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1.0)) if self.count else lengths
        found: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for position, text in enumerate(texts):
            for word, times in text.items():
                found[word][0].append(position)
                found[word][1].append(times)
        self._postings: dict[str, tuple[NDArray[np.intp], Scores]] = {}
        self._idf: dict[str, float] = {}
        for word, (positions, counts) in found.items():
            at, tf = np.array(positions, dtype=np.intp), np.array(counts, dtype=np.float32)
            self._idf[word] = self._rarity(len(positions))
            self._postings[word] = (at, (tf / (tf + norm[at])).astype(np.float32))

    def found(self, words: Sequence[str]) -> tuple[Scores, float]:
        """For each passage the information of the question's words in it, in nats, rare words counting more; and how
        much there could be."""
        total = np.zeros(self.count, dtype=np.float32)
        possible = 0.0
        for word in dict.fromkeys(words):
            idf = self._idf.get(word, self._rarity(0))
            possible += idf
            if word in self._postings:
                at, share = self._postings[word]
                total[at] += np.float32(idf) * share
        return total, possible

    def _rarity(self, having: int) -> float:
        return float(np.log1p((self.count - having + 0.5) / (having + 0.5)))


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words without accents and with the commonest English endings off, in order."""
    return tuple(_stem(word) for word in plain_words(text))


def plain_words(text: str) -> list[str]:
    """Lower-case words without accents, in order."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.replace("'s", ""))


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + instead
    return word
