"""Mends mistyped words of a question by the words of the library, then by those that the encoder knows.

A word of either is never touched, so a published brand is right from the moment it is published. Only what is searched
is mended; what people see stays as typed. Must not know articles or storage; how one word is mended is in `speller.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge_base.speller import Speller, each_word

MOST_WORDS = 8_000
"""Of a huge library only so many words are offered as corrections; all of them are known."""
MOST_ADDED = 1_000
"""So many words come to a speller of their own, quickly made anew with each article; more are laid to the others."""


@dataclass(frozen=True)
class Spelling:
    """Immutable; `spelling_of` makes the first one. Without a vocabulary it mends nothing."""

    known: frozenset[str]
    words: frozenset[str]
    """Those of the library."""
    added: frozenset[str]
    """Those that the speller in the middle does not have."""
    spellers: tuple[Speller, ...]
    """In the order in which they are asked: for what was added, for the rest of the library, for the vocabulary."""

    def with_words(self, words: Iterable[str]) -> "Spelling":
        """The same with more words of the library, in lower case; itself when it knows them all."""
        words = self.words.union(words)
        if not self.spellers or words == self.words:
            return self
        added = self.added | (words - self.words)
        _, library, common = self.spellers
        if len(added) > MOST_ADDED:
            library, added = Speller({}, sorted(words)[:MOST_WORDS]), frozenset()
        return Spelling(self.known | words, words, added, (Speller({}, sorted(added)), library, common))

    def mend(self, text: str) -> str:
        """The text with its unknown words mended where a known one is near."""
        if not self.spellers:
            return text
        return each_word(text, self._mended)

    def _mended(self, word: str) -> str:
        plain = word.lower()
        if plain in self.known:
            return word
        return next((better for each in self.spellers if (better := each.mend(plain)) != plain), word)


def spelling_of(vocabulary: Mapping[str, int]) -> Spelling:
    """`vocabulary` are the encoder's words with their rank, the commonest lowest. Takes about half a second.

    An empty one gives a spelling that leaves everything alone: every English word would look mistyped to it.
    """
    none, nobody = frozenset[str](), Speller({}, ())
    spellers = (nobody, nobody, Speller(dict(vocabulary), ())) if vocabulary else ()
    return Spelling(frozenset(vocabulary), none, none, spellers)
