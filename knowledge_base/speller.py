"""Mends a mistyped word before the encoder reads it, and only for the encoder: what people see stays as typed.

A word is left alone when it is known: to the encoder's own vocabulary, or from the examples (the site's words). So are
short words, codes, and capitalised words in mid-sentence, which are names. An unknown word becomes a known one that is
one edit away, a word of the examples first, then the commonest. Must not know Rasa or intents.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

WORD = re.compile(r"(?<![\w@.#/-])[^\W\d_]{4,}(?![\w@/-]|\.\w)")
"""Whole words of four letters or more that are not part of an address, a code or a path."""
NAME_WORDS = 3
"""In a message this short a capitalised first word may be a name too."""


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of `texts`, in lower case."""
    return {word.lower() for text in texts for word in re.findall(r"[^\W\d_]+", text)}


def shortened(word: str) -> set[str]:
    """Return `word` and everything that is left when one letter is taken out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def is_one_edit(one: str, two: str) -> bool:
    """Return whether one letter dropped, added, replaced or swapped with its neighbour turns `one` into `two`."""
    if abs(len(one) - len(two)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    rest_one, rest_two = one[start:], two[start:]
    return (
        rest_one[1:] == rest_two[1:]
        or rest_one[1:] == rest_two
        or rest_one == rest_two[1:]
        or (rest_one[:2] == rest_two[1::-1] and rest_one[2:] == rest_two[2:])
    )


class Speller:
    """Knows words and their rank. Built once; immutable after that."""

    def __init__(self, vocabulary: dict[str, int], site_words: Iterable[str]) -> None:
        """`vocabulary` maps words to a rank, the commonest lowest; `site_words` rank before all of them."""
        self._rank = {word: rank for word, rank in vocabulary.items() if word.isalpha() and len(word) > 2}
        self._rank.update(dict.fromkeys(site_words, -1))
        self._by_shortened: dict[str, list[str]] = defaultdict(list)
        for word in self._rank:
            if len(word) > 2:
                for form in shortened(word):
                    self._by_shortened[form].append(word)

    def mend(self, text: str) -> str:
        """Return `text` with unknown words mended."""
        short = len(text.split()) <= NAME_WORDS

        def mended(match: "re.Match[str]") -> str:
            word = match.group()
            is_name = word[0].isupper() and not word.isupper() and (match.start() > 0 or short)
            return word if is_name else (self._nearest(word.lower()) or word)

        return WORD.sub(mended, text)

    def _nearest(self, word: str) -> str | None:
        """Return the best known word one edit from `word`; None when `word` is known or none is near."""
        if word in self._rank or len(word) > 30:
            return None
        near = {known for form in shortened(word) for known in self._by_shortened.get(form, ())}
        candidates = [known for known in near if is_one_edit(word, known)]
        return min(candidates, key=lambda known: (self._rank[known], known), default=None)
