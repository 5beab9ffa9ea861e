"""Mends mistyped words of a question by the words of the library, then by those that the encoder knows.

A word of either is never touched, so a published brand is right from the moment it is published. Only what is searched
is mended; what people see stays as typed. Must not know articles or storage; how one word is mended is in `speller.py`.
"""

import re
from collections.abc import Iterable, Mapping

from knowledge_base.speller import NAME_WORDS, WORD, Speller

MOST_WORDS = 20_000
"""Of a huge library only so many words are offered as corrections; all of them are known."""


class Spelling:
    """Immutable. Without a vocabulary it mends nothing: every English word would look mistyped."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """`vocabulary` are the encoder's words with their rank, the commonest lowest. Takes about half a second."""
        self._common = Speller(dict(vocabulary), ()) if vocabulary else None
        self._library = Speller({}, ())
        self._known = frozenset(vocabulary)
        self._words: tuple[str, ...] = ()

    def with_words(self, words: Iterable[str]) -> "Spelling":
        """The same with more words of the library, in lower case; itself when it knows them all."""
        more = set(words).difference(self._words)
        if self._common is None or not more:
            return self
        grown = object.__new__(Spelling)
        grown._common = self._common
        grown._words = (*self._words, *sorted(more))
        grown._library = Speller({}, grown._words[:MOST_WORDS])
        grown._known = self._known | more
        return grown

    def mend(self, text: str) -> str:
        """The text with its unknown words mended where a known one is near."""
        if self._common is None:
            return text
        spellers = (self._library, self._common)
        few = len(text.split()) <= NAME_WORDS

        def mended(match: re.Match[str]) -> str:
            word = match.group()
            is_name = word[0].isupper() and not word.isupper() and (match.start() > 0 or few)
            plain = word.lower()
            if is_name or plain in self._known:
                return word
            return next((better for each in spellers if (better := each.mend(plain)) != plain), word)

        return WORD.sub(mended, text)
