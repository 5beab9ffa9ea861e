"""Finds the passages that fit a question: exact vector search and BM25, added on one scale.

Each passage is seen from several sides: what it says, where it stands (title and headings), and in which other words
customers ask for its article. A side's scores are centred on the question's mean and divided by one scale for the
whole library, so that a question that fits nothing does not look as sure as one that does. Vectors are unit vectors.
This module must not know about storage, encoders or text formats; numpy is all it needs.
"""

import re
import unicodedata
from bisect import bisect_left
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
LEXICAL_SCALE = 0.05
"""The same for the share of a question's words that BM25 finds."""
HEADING_WEIGHT = 0.5
SHOWN_HEADING_WEIGHT = 0.25
"""What the headings weigh when an article's passage is chosen."""
FIRST_FIRST, DEEPEST = 0.015, 3
"""For each passage above it a passage loses this much cosine when an article's passage is chosen, three times at
most: articles begin with what most people ask."""
LEXICAL_WEIGHT = 0.5
"""Anything from .25 to 1 gives the same recall on long pages."""
SHORT_LEXICAL_WEIGHT = 0.25
"""In short answers a shared word says little: more of BM25 hurts libraries of short questions and answers."""
SHORT_WORDS, LONG_WORDS = 40, 80
"""A library whose median passage is this short or long gets the one weight or the other; between, in proportion."""
HISTORY_DECAY = 0.85
"""What an earlier question still weighs, for each turn since it was asked."""
K1, B = 1.2, 0.75
"""BM25's usual constants."""


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
    """Table rows, list items and sentences of the passages, shape [k, d]; k may be 0."""
    headings: Matrix
    wordings: Matrix
    """Other wordings of whole articles, shape [m, d]; m may be 0."""
    owner: NDArray[np.intp]
    statement_owner: NDArray[np.intp]
    """The passage that each statement is from."""
    wording_owner: NDArray[np.intp]
    articles: int
    lexicon: "Lexicon"
    prefixes: "Prefixes"
    lexical_weight: float = LEXICAL_WEIGHT

    def match(self, question: Question) -> Match:
        """Scores every passage for one question; about 1 ms for 10,000 passages."""
        whole, headings = self.passages @ question.vector, self.headings @ question.vector
        said: Scores = (whole + self._nearest_statement(question, whole)) / np.float32(2)
        standing = np.maximum(headings, self._asked_before(question)[self.owner])
        overlap = self.lexicon.scores(question.words)
        fused = (
            _centred(said) / COSINE_SCALE
            + HEADING_WEIGHT * _centred(standing) / COSINE_SCALE
            + self.lexical_weight * _centred(overlap) / LEXICAL_SCALE
        )
        within = said + SHOWN_HEADING_WEIGHT * headings - FIRST_FIRST * self._depth
        return Match(fused.astype(np.float32), said, standing, overlap, within.astype(np.float32))

    def best_passages(self, scores: Scores) -> list[int]:
        """The best passage of each article, best article first; passages at -inf are left out."""
        order = np.argsort(-scores, kind="stable")
        seen: dict[int, int] = {}
        for position in order[np.isfinite(scores[order])]:
            seen.setdefault(int(self.owner[position]), int(position))
        return list(seen.values())

    def shown(self, at: int, match: Match) -> int:
        """The passage to show of the article that the passage at `at` is from; never one whose score is -inf."""
        mine = np.flatnonzero((self.owner == self.owner[at]) & np.isfinite(match.fused))
        return int(mine[match.within[mine].argmax()])

    @cached_property
    def _depth(self) -> Scores:
        """How many passages of its article stand above each, DEEPEST at most."""
        _, first = np.unique(self.owner, return_index=True)
        above = np.arange(len(self.owner)) - first[np.searchsorted(self.owner[first], self.owner)]
        depth: Scores = np.minimum(above, DEEPEST).astype(np.float32)
        return depth

    def _nearest_statement(self, question: Question, whole: Scores) -> Scores:
        """For each passage the cosine of its nearest statement; its own where it is one statement."""
        best = np.full(len(whole), -1, dtype=np.float32)
        if len(self.statements):
            np.maximum.at(best, self.statement_owner, self.statements @ question.vector)
        single = best == -1
        best[single] = whole[single]
        return best

    def _asked_before(self, question: Question) -> Scores:
        """For each article the cosine of its nearest stored wording, -1 where it has none."""
        best = np.full(self.articles, -1, dtype=np.float32)
        if len(self.wordings):
            np.maximum.at(best, self.wording_owner, self.wordings @ question.vector)
        return best


def with_history(now: Match, earlier: Sequence[Match], sureness: float) -> Match:
    """Adds what earlier questions (oldest first) pointed at, the less the surer the current one is by itself.

    `sureness` lies in 0..1. An old topic must not pull a new question back, so at 1 nothing is added.
    """
    gate = 1.0 - min(max(sureness, 0.0), 1.0)
    fused, within = now.fused.copy(), now.within.copy()
    said, standing, overlap = now.said, now.standing, now.overlap
    for age, match in enumerate(reversed(earlier), start=1):
        weight = np.float32(gate * HISTORY_DECAY**age)
        fused += weight * match.fused
        within += weight * match.within
        said = np.maximum(said, weight * match.said)
        standing = np.maximum(standing, weight * match.standing)
        overlap = np.maximum(overlap, weight * match.overlap)
    return Match(fused, said, standing, overlap, within)


def _centred(scores: Scores) -> Scores:
    return scores - scores.mean() if len(scores) else scores


class Lexicon:
    """BM25 over the passages' words, as the share of the best possible score: 0 to 1, so scales never depend on idf."""

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

    def scores(self, words: Sequence[str]) -> Scores:
        """For each passage 0..1: how much of the question's information it has, rare words counting more."""
        total = np.zeros(self.count, dtype=np.float32)
        possible = 0.0
        for word in dict.fromkeys(words):
            idf = self._idf.get(word, self._rarity(0))
            possible += idf
            if word in self._postings:
                at, share = self._postings[word]
                total[at] += np.float32(idf) * share
        return total / np.float32(possible) if possible else total

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


def lexical_weight(passage_words: Sequence[int]) -> float:
    """BM25's weight for a library whose passages have so many words: less where most answers are short."""
    median = float(np.median(passage_words)) if len(passage_words) else LONG_WORDS
    return float(np.interp(median, (SHORT_WORDS, LONG_WORDS), (SHORT_LEXICAL_WEIGHT, LEXICAL_WEIGHT)))


class Prefixes:
    """Words that begin with what somebody is typing, and the articles that they stand for."""

    def __init__(self, articles: Sequence[Sequence[tuple[str, float]]]) -> None:
        """For each article its texts with their weights, such as the title with 1."""
        self.count = len(articles)
        weights: dict[tuple[str, int], float] = {}
        for number, texts in enumerate(articles):
            for text, weight in texts:
                for word in plain_words(text):
                    weights[word, number] = max(weight, weights.get((word, number), 0.0))
        self._entries = sorted((word, number, weight) for (word, number), weight in weights.items())

    def scores(self, typed: str) -> Scores:
        """For each article 0..1: how much of what is typed begins one of its words."""
        total = np.zeros(self.count, dtype=np.float32)
        words = plain_words(typed)
        for word in words:
            best = np.zeros(self.count, dtype=np.float32)
            for entry, number, weight in self._entries[bisect_left(self._entries, (word,)) :]:
                if not entry.startswith(word):
                    break
                best[number] = max(best[number], weight)
            total += best
        return total / np.float32(max(len(words), 1))
