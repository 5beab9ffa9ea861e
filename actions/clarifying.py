"""What to ask back, and what was asked back before: pure, no library and no Rasa.

Nothing is asked back twice in a conversation: neither the same choices nor the same open question. What was asked is kept
in the slot `clarified`, as keys that this module makes and reads.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

Hit = dict[str, Any]

CHOICES = 3
TOPICS = 5
KEPT = 40
"""Keys that are remembered; a conversation that was asked more has long been with a person."""
OPEN_QUESTION = "what is it about"
LANGUAGE = "language"

VAGUE = frozenset(
    re.findall(
        r"[a-z']+",
        """
        a an and any anyone anybody am are as ask at be been but by can cannot can't could couldn't
        did didn't do does doesn't don't for get give got had happens happened has have having hello
        help helping hello hey hi how i i'd i'll i'm i've if in into is isn't issue issues it it's
        its just kind know like little lot me mine my need needs no not now of ok okay on once one
        or our out please pls plz problem problems question questions quick really regarding said
        same say small so some somebody someone something sort still stuck sure thanks thank that
        that's the them there there's these thing things this those to today too trouble try tried
        trying up us very want was wasn't we well were what what's when why will with won't work
        worked working works would wrong yes you your broken broke fix fixed assist assistance
        support urgent urgently again anymore more goes going go stopped appears seems nothing
        everything anything happen
        """,
    )
)
"""Words that say that something is the matter, and not what."""


_MATTER = re.compile(
    r"\b(?:help|helping|assist|assistance|problems?|issues?|questions?|trouble|wrong|broken?|broke|stuck|urgent(?:ly)?|"
    r"stopped|fix(?:ed)?|happen(?:s|ed)?|(?:\w+n'?t|not|never|cannot) (?:\w+ )?work\w*|need (?:some|any)thing|nothing)\b"
)
"""What says that something is the matter: "I want to get up" does not."""
_ASKS_US = re.compile(
    r"^(?:(?:hi|hello|hey|so|and|ok) )?(?:how|do you|does|did you|are you|have you|is there|are there)\b"
)
"""Questions about how we or things are, not about what went wrong."""
MOST_VAGUE = 12


def says_nothing(text: str) -> bool:
    """Whether there is no word in it: pictures, signs, digits, one Latin letter."""
    return next(_words(text), None) is None


def is_vague(text: str) -> bool:
    """Whether it says that something is the matter, but not what: "it doesn't work", "I have a problem", "help"."""
    words = [word.replace("’", "'").lower() for word in _words(text)]
    plain = " ".join(words)
    return (
        0 < len(words) <= MOST_VAGUE
        and all(word in VAGUE for word in words)
        and _MATTER.search(plain) is not None
        and _ASKS_US.search(plain) is None
    )


def _words(text: str) -> Iterator[str]:
    """Runs of letters with their marks, in any script; outside the Latin one a letter may be a whole word."""
    word = ""
    for sign, following in zip(text, [*text[1:], " "], strict=False):
        if _is_letter(sign) or (word and sign in "'’" and _is_letter(following)):
            word += sign
            continue
        if _is_word(word):
            yield word
        word = ""
    if _is_word(word):
        yield word


def _is_letter(sign: str) -> bool:
    """A letter, or a mark such as the vowel signs of Hindi and Tamil."""
    return unicodedata.category(sign)[0] in "LM"


def _is_word(word: str) -> bool:
    letters = [sign for sign in word if unicodedata.category(sign)[0] == "L"]
    return len(letters) >= 2 or any(not unicodedata.name(sign, "").startswith("LATIN") for sign in letters)


def choices_among(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each article, three at most, best first."""
    of_article = {str(hit["article_slug"]): hit for hit in reversed(hits)}
    return [hit for hit in hits if of_article[str(hit["article_slug"])] is hit][:CHOICES]


def key_of(offered: Sequence[Hit]) -> str:
    """Under which a set of choices is remembered, whatever their order."""
    return "|".join(sorted(str(hit["passage_id"]) for hit in offered))


def asked_before(clarified: Sequence[str], offered: Sequence[Hit]) -> bool:
    """Whether all of these choices were offered before, together or apart."""
    shown = {passage for key in clarified for passage in key.split("|")}
    return all(str(hit["passage_id"]) in shown for hit in offered)


def with_key(clarified: Sequence[str], key: str) -> list[str]:
    """What was asked back so far, and this."""
    return [*clarified, key][-KEPT:]


def in_words(topics: Sequence[str]) -> str:
    """`orders, delivery, returns`: the topics as they stand in a sentence."""
    return ", ".join(topic.lower() for topic in topics[:TOPICS])
