"""The words of a library, for text that is still being typed: which articles a half-written word may stand for.

Everything lies in sorted arrays, so that two letters in a library of 100,000 articles cost a slice and no loop. This
module must not know where the words come from, nor what is suggested; numpy is all it needs.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ranking import Scores, plain_words, words_of

SHORTEST_BEGINNING = 2
"""Letters; one letter begins nearly everything."""
SHORTEST_STRANGER = 4
"""Letters that an unfinished word must have to be kept although it begins no word of the library."""


@dataclass(frozen=True, slots=True)
class Said:
    """How much of what is typed each article has, both of shape [articles]."""

    share: Scores
    """0 to 1: the part of the typed words' information; rare words count more, and titles more than bodies."""
    information: Scores
    """The same as a quantity, in nats: how far the words narrow the library down."""


class Beginnings:
    def __init__(self, articles: Sequence[Mapping[str, float]]) -> None:
        """For each article its words in plain letters, with what each says about it, 0 to 1."""
        self.count = len(articles)
        known: dict[str, tuple[str, ...]] = {}
        self._words = _Postings(articles)
        self._stems = _Postings([_stemmed(article, known) for article in articles])

    def completed(self, typed: str) -> str:
        """The text with its unfinished last word made whole: the commonest word of the library that begins so.

        A few letters that begin none are left out, since a vector of half a word says anything.
        """
        if not is_unfinished(typed):
            return typed.strip()
        *before, last = typed.split()
        word = (plain_words(last) or [""])[-1]
        if not word or word in self._words:
            return typed.strip()
        whole = self._words.commonest(word) if len(word) >= SHORTEST_BEGINNING else None
        if whole is None and len(word) >= SHORTEST_STRANGER:
            whole = last
        return " ".join([*before, whole] if whole else before)

    def said(self, typed: str) -> Said:
        information = np.zeros(self.count, dtype=np.float32)
        possible = 0.0
        plain = plain_words(typed)
        for place, word in enumerate(plain):
            unfinished = place == len(plain) - 1 and is_unfinished(typed)
            weights = self._weights(word, unfinished)
            rarity = self._rarity(int(np.count_nonzero(weights)))
            information += np.float32(rarity) * weights
            possible += rarity
        return Said(information / np.float32(possible or 1.0), information)

    def _weights(self, word: str, unfinished: bool) -> Scores:
        weights = np.zeros(self.count, dtype=np.float32)
        for stem in words_of(word):
            self._stems.raise_to(weights, stem)
        if unfinished and len(word) >= SHORTEST_BEGINNING:
            self._words.raise_to(weights, word, begun=True)
        return weights

    def _rarity(self, having: int) -> float:
        return float(np.log1p((self.count - having + 0.5) / (having + 0.5)))


def is_unfinished(typed: str) -> bool:
    """Whether the last word may go on: nothing follows it yet."""
    return typed[-1:].isalnum()


class _Postings:
    """Sorted words, each with the articles that have it."""

    def __init__(self, articles: Sequence[Mapping[str, float]]) -> None:
        articles_of, weights_of = defaultdict[str, list[int]](list), defaultdict[str, list[float]](list)
        for number, article in enumerate(articles):
            for word, weight in article.items():
                articles_of[word].append(number)
                weights_of[word].append(weight)
        self._words = sorted(articles_of)
        self._starts = [0, *accumulate(len(articles_of[word]) for word in self._words)]
        total = self._starts[-1]
        numbers = chain.from_iterable(articles_of[word] for word in self._words)
        self._articles: NDArray[np.intp] = np.fromiter(numbers, dtype=np.intp, count=total)
        weights = chain.from_iterable(weights_of[word] for word in self._words)
        self._weights: Scores = np.fromiter(weights, dtype=np.float32, count=total)

    def __contains__(self, word: str) -> bool:
        at = bisect_left(self._words, word)
        return at < len(self._words) and self._words[at] == word

    def raise_to(self, weights: Scores, word: str, *, begun: bool = False) -> None:
        """Raises each article's weight to that of the word, or of the words that it begins."""
        low, high = self._range(word) if begun else self._exactly(word)
        here = slice(self._starts[low], self._starts[high])
        np.maximum.at(weights, self._articles[here], self._weights[here])

    def commonest(self, beginning: str) -> str | None:
        """The word in most articles that begins so, the first by the alphabet among equals."""
        low, high = self._range(beginning)
        if low == high:
            return None
        counts = np.diff(self._starts[low : high + 1])
        return self._words[low + int(counts.argmax())]

    def _exactly(self, word: str) -> tuple[int, int]:
        at = bisect_left(self._words, word)
        return at, at + int(at < len(self._words) and self._words[at] == word)

    def _range(self, beginning: str) -> tuple[int, int]:
        return bisect_left(self._words, beginning), bisect_left(self._words, beginning + "\x7f")


def _stemmed(article: Mapping[str, float], known: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """The same with stems for words; `known` spares stemming a word for every article that has it."""
    stems: dict[str, float] = {}
    for word, weight in article.items():
        if word not in known:
            known[word] = words_of(word)
        for stem in known[word]:
            stems[stem] = max(weight, stems.get(stem, 0.0))
    return stems


def weighted_words(texts: Sequence[tuple[str, float]]) -> dict[str, float]:
    """The words of an article's texts, each with the weight of the best text that has it."""
    words: dict[str, float] = {}
    for text, weight in texts:
        for word in set(plain_words(text)):
            words[word] = max(weight, words.get(word, 0.0))
    return words
