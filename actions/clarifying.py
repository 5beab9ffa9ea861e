"""What to ask back, and what was asked back before: pure, no library and no Rasa.

Nothing is asked back twice in a conversation: neither the same choices nor the same open question. What was asked is kept
in the slot `clarified`, as keys that this module makes and reads.
"""

import re
from collections.abc import Sequence
from typing import Any

Hit = dict[str, Any]

CHOICES = 3
TOPICS = 5
KEPT = 40
"""Keys that are remembered; a conversation that was asked more has long been with a person."""
OPEN_QUESTION = "what is it about"
LANGUAGE = "language"

WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
VAGUE = frozenset(
    WORD.findall(
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
        """
    )
)
"""Words that say that something is the matter, and not what."""


def says_nothing(text: str) -> bool:
    """Whether there is no word in it: pictures, signs, digits, one letter."""
    return WORD.search(text) is None


def is_vague(text: str) -> bool:
    """Whether it says that something is the matter, but not what: "it doesn't work", "I have a problem", "help"."""
    words = [word.replace("’", "'").lower() for word in WORD.findall(text)]
    return bool(words) and len(words) <= 12 and all(word in VAGUE for word in words)


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
