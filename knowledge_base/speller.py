"""Mends a mistyped word before the encoder reads it, and only for the encoder: what people see stays as typed.

A word is left alone when it is known: to the encoder's own vocabulary, or from the examples (the site's words). So are
codes, and capitalised words in mid-sentence, which are names. An unknown word becomes the known one that was most
likely meant: how often the site says it, times how easily fingers slip that way. Where it is counted how often the
site says each word, a strange word that is one slip from a very common one is mended too ("hat is my balance").
Must not know Rasa or intents.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

WORD = re.compile(r"(?<![\w@.#/-])[^\W\d_]{3,}(?![\w@/-]|\.\w)")
"""Whole words that are not part of an address, a code or a path."""
SHORTEST = 4
"""Shorter ones are mended only where the site's words are counted."""
TWICE = 6
"""Letters from which on a word may hold two slips, if a word of the site was meant."""
LONGEST = 30
NAME_WORDS = 3
"""In a message this short a capitalised first word may be a name too."""
VOCABULARY_SHARE = 0.02
"""How much of what people write is words that the site's examples lack."""
SLIP = math.log(0.004)
"""Chance that a word is mistyped in one particular way."""
CAUTION = math.log(8.0)
"""A known word is mended only when that is so many times likelier than that it was meant."""
FEWEST_WORDS = 2_000
"""Of fewer words, counts say little."""
ENDINGS = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
)
BEGINNINGS = ("un", "re", "non", "pre")
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def counts_of(texts: Iterable[str]) -> dict[str, int]:
    """Return how often `texts` say each word, in lower case."""
    return Counter(word.lower() for text in texts for word in re.findall(r"[^\W\d_]+", text))


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


def are_neighbours(one: str, two: str) -> bool:
    """Return whether two keys touch on an English keyboard."""
    places = [
        (row, keys.find(letter)) for letter in (one, two) for row, keys in enumerate(KEYS) if letter in keys
    ]
    return (
        len(places) == 2 and abs(places[0][0] - places[1][0]) <= 1 and abs(places[0][1] - places[1][1]) <= 1
    )


def slip(typed: str, meant: str) -> float:
    """Return how likely the one edit from `meant` to `typed` is, as a logarithm; 0 is the likeliest kind."""
    start = next(
        (i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant))
    )
    first = -0.7 if start == 0 else 0.0
    if len(typed) < len(meant):
        return first - (0.0 if start and meant[start] == meant[start - 1] else 0.3)
    if len(typed) > len(meant):
        return first - (0.0 if start and typed[start] == typed[start - 1] else 1.5)
    if typed[start + 1 :] != meant[start + 1 :]:
        return first
    return first - (1.0 if are_neighbours(typed[start], meant[start]) else 3.0)


def each_word(text: str, mended: Callable[[str], str]) -> str:
    """Return `text` with `mended` of each word that may be mended: codes and what looks like a name stay as they are."""
    short = len(text.split()) <= NAME_WORDS

    def replaced(match: "re.Match[str]") -> str:
        word = match.group()
        is_name = word[0].isupper() and not word.isupper() and (match.start() > 0 or short)
        return word if is_name else mended(word)

    return WORD.sub(replaced, text)


class Speller:
    """Knows words and how common they are. Built once; immutable after that."""

    def __init__(self, vocabulary: Mapping[str, int], site_words: Iterable[str] | Mapping[str, int]) -> None:
        """`vocabulary` maps words to a rank, the commonest lowest. `site_words` come before all of them.

        If `site_words` says how often the site uses each, that is weighed.
        """
        counts = dict(site_words) if isinstance(site_words, Mapping) else dict.fromkeys(site_words, 0)
        total = sum(counts.values())
        self._counted = total >= FEWEST_WORDS
        words = sorted((rank, word) for word, rank in vocabulary.items() if word.isalpha() and len(word) > 2)
        harmonic = math.log(len(words) + 2)
        self._chance = {
            word: math.log(VOCABULARY_SHARE / ((place + 10) * harmonic))
            for place, (_, word) in enumerate(words)
        }
        self._general = frozenset(self._chance)
        for word, count in counts.items():
            known = math.exp(self._chance.get(word, -30.0))
            self._chance[word] = math.log(known + count / total) if self._counted else math.log(0.1 + known)
        self._highest = max(self._chance.values(), default=0.0)
        self._by_shortened: dict[str, list[str]] = defaultdict(list)
        self._by_shortened_twice: dict[str, list[str]] = defaultdict(list)
        for word in self._chance:
            if 2 < len(word) <= LONGEST:
                for form in shortened(word):
                    self._by_shortened[form].append(word)
        for word in counts:
            if TWICE <= len(word) <= LONGEST:
                for form in {twice for once in shortened(word) for twice in shortened(once)}:
                    self._by_shortened_twice[form].append(word)

    def mend(self, text: str) -> str:
        """Return `text` with mistyped words mended."""
        return each_word(text, lambda word: self._meant(word.lower()) or word)

    def _meant(self, word: str) -> str | None:
        """Return the known word that `word` most likely stands for; None to leave it alone."""
        known = self._chance.get(word)
        if len(word) > LONGEST or (not self._counted and (known is not None or len(word) < SHORTEST)):
            return None
        if known is None and self._is_form(word):
            return None
        if known is not None and known - SLIP > self._highest:
            return None
        near = {other for form in shortened(word) for other in self._by_shortened.get(form, ())} - {word}
        likely = [(self._chance[c] + slip(word, c), c) for c in sorted(near) if is_one_edit(word, c)]
        best = max(likely, key=lambda pair: pair[0], default=None)
        if known is not None:
            least = known - SLIP + (CAUTION if word in self._general else 0.0)
            return best[1] if best and best[0] > least else None
        if best and (len(word) >= SHORTEST or best[0] > math.log(0.0005)):
            return best[1]
        return None if best else (self._parts(word) or self._twice(word))

    def _is_form(self, word: str) -> bool:
        """Return whether `word` is a known word with a common ending or beginning."""
        stems = [word[: -len(end)] + rest for end, rest in ENDINGS if word.endswith(end)]
        stems += [word[len(start) :] for start in BEGINNINGS if word.startswith(start)]
        return any(len(stem) >= SHORTEST and stem in self._chance for stem in stems)

    def _twice(self, word: str) -> str | None:
        """Return the site's one word that is two edits away; None when there is none, or several are as near."""
        if len(word) < TWICE - 1:
            return None
        forms = {twice for once in shortened(word) for twice in shortened(once)}
        near = {other for form in forms for other in self._by_shortened_twice.get(form, ())}
        likely = sorted((c for c in near if edits(word, c) == 2), key=lambda c: (-self._chance[c], c))
        if len(likely) > 1 and self._chance[likely[0]] - self._chance[likely[1]] < CAUTION:
            return None
        return likely[0] if likely else None

    def _parts(self, word: str) -> str | None:
        """Return two words that were run together; None unless both are common."""
        if len(word) < 2 * SHORTEST - 1:
            return None
        pairs = [(word[:i], word[i:]) for i in range(3, len(word) - 2)]
        rated = [(self._chance.get(a, -99.0) + self._chance.get(b, -99.0), f"{a} {b}") for a, b in pairs]
        best = max(rated, default=None)
        return best[1] if best and best[0] > 2 * math.log(0.0001) else None


def edits(one: str, two: str) -> int:
    """Return how many letters dropped, added, replaced or swapped with their neighbour turn `one` into `two`."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, other in enumerate(two, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
