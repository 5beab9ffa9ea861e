"""What a customer's words give away: how heated they are, that they ask the same again, whom they are meant for.

Written for English. It must not know what follows from a wording; that is `handoff.triggers`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from handoff.substance import READ_CHARACTERS, asks_or_states

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?\d?")

# How heated it is

_STRONG = re.compile(
    r"\b(?:useless|ridiculous|unacceptable|outrageous|furious|disgrac(?:e|eful)|disgusting|pathetic|appalling|"
    r"shameful|incompetent|fed up|sick (?:and tired )?of (?:this|you|your)|tired of (?:this|you)|"
    r"losing my (?:patience|mind|temper)|(?:have|'ve) had enough(?= of|[\s.!,]*$| now)|"
    r"(?:wast(?:e|ing) (?:of )?(?:my )?time)|you(?:'re| are) (?:not (?:helping|listening)|useless|no help)|"
    r"(?:you|it) (?:just )?(?:don'?t|do not|doesn'?t|does not) (?:understand|get it|listen)|"
    r"going (?:round )?in circles|driving me (?:mad|crazy|nuts|insane)|"
    r"worst (?:\w+ )?(?:service|shop|store|company|support|experience|bot|help|ever)|joke of a|what a joke|"
    r"(?:what a|such a|total|complete|is a|are a) (?:rip[- ]?off|scam)|(?:you|such|bunch of) (?:\w+ )?(?:scammers|thieves|"
    r"liars?)|for (?:god|christ|heaven|fuck|pete|crying)(?:'?s)? (?:sake|out loud)|(?:nobody|no[ -]one) (?:helps?|"
    r"helped|cares|listens|answers|answered|replies|replied)|i give up|not what i (?:asked|said|meant)|"
    r"stop (?:repeating|sending me)|lawyer|never again(?=[\s.!,]*$)|i hate (?:this|you|your))\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"\b(?:annoy(?:ed|ing)|frustrat(?:ed|ing|ion)|upset|angry|disappoint(?:ed|ing|ment)|unhappy|not happy|"
    r"terrible|awful|"
    r"rubbish|nonsense|not help(?:ful|ing)|unhelpful|(?:did|does)(?: not|n'?t) (?:help|answer)|"
    r"(?:it|that|this) (?:still )?(?:did|does)(?: not|n'?t) work|wrong again|"
    r"no help|"
    r"u+gh+|a+r+gh+|grr+|come on(?=\W*$|[,!?.])|unbelievable|hopeless|stupid|dumb|lousy|"
    r"(?:poor|bad) service|ignor(?:ed|ing)|"
    r"(?<!how to )(?<!how do i )(?<!where do i )(?<!can i )complain(?:t|ing)?|"
    r"waiting for (?:days|weeks|hours))\b",
    re.IGNORECASE,
)
_REPEATED = re.compile(
    r"\b(?:again and again|over and over|(?:second|third|fourth|fifth|tenth|2nd|3rd|\d+th) time|"
    r"how many (?:more )?times|"
    r"asked (?:you )?(?:this )?(?:twice|already|before|\w+ times)|already (?:told|said|asked|tried|explained)|"
    r"told you|"
    r"same (?:answer|thing|article|link) again|keeps? (?:saying|sending|telling|asking|repeating)|yet again)\b",
    re.IGNORECASE,
)
_COARSE = re.compile(
    r"\b(?:damn(?:ed|it)?|dammit|bloody|(?:the|to|oh|go to) hell|hell no|"
    r"crap(?:py)?|\w*shit(?:ty|e|s)?|f+u+c*k+\w*|f\*+\w*|mother ?f\w+|"
    r"fck\w*|wtf|ffs|"
    r"omfg|arse(?:hole)?s?|ass(?:hole)?s?|bastards?|bitch\w*|piss(?:ed|ing)?(?: off)?|bollocks|wank\w*|morons?|"
    r"idiots?|cunts?|"
    r"(?:you|a|such|these|total) (?:dick|prick)s?|dickheads?|"
    r"screw (?:you|(?:this|that)(?! (?:in|on|into|onto|back|down|to)\b))|sucks?|twats?|whore|merde|putain|connard|"
    r"schei(?:ß|ss)e|"
    r"arschloch|mierda|joder|puta|cazzo|stronz\w+|vaffanculo|godverdomme)(?!\w)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"\b(?:hell of a good|damn good|ass(?:'s| foal)|bloody mary)\b", re.IGNORECASE)
_MARKS = re.compile(r"[!?]*(?:!!|\?!|!\?|\?\?\?)[!?]*")
_SHOUTED = re.compile(r"(?:\b[A-ZÀ-ÖØ-Þ]+(?:['’][A-Z]+)?\b[\s,;:!?.…'’-]*)+")
SHOUTED_LETTERS = 12
"""Fewer capitals in a row may be a size, a code or a name."""
POINTS = {"strong_words": 2, "complaint": 1, "said_before": 1, "swearing": 1, "exclamation": 1, "capitals": 1}
HEATED = 2
"""Points from which a message is heated: no coarse word and no shouting is enough by itself."""


@dataclass(frozen=True, slots=True)
class HeatCue:
    """Characters `start` to `end` of a message that show how heated it is. A cue, never a judgement of somebody."""

    kind: str
    """A key of `POINTS`."""
    start: int
    end: int


@lru_cache(maxsize=500)  # the same few messages are read at every turn
def heat_cues(text: str) -> tuple[HeatCue, ...]:
    """The cues in one message, at most one of a kind, in the order of `POINTS`."""
    plain = text[:READ_CHARACTERS].replace("’", "'")
    clean = _HARMLESS.sub(lambda found: " " * len(found.group()), plain)
    found = {
        "strong_words": _STRONG.search(plain),
        "complaint": _COMPLAINT.search(plain),
        "said_before": _REPEATED.search(plain),
        "swearing": _COARSE.search(clean),
        "exclamation": _MARKS.search(plain),
        "capitals": _shout(plain),
    }
    return tuple(HeatCue(kind, *match.span()) for kind, match in found.items() if match)


def heat(text: str) -> int:
    """How heated one message is, by its wording, its capitals and its marks: from 0; heated from `HEATED` on."""
    return sum(POINTS[cue.kind] for cue in heat_cues(text))


def _shout(text: str) -> re.Match[str] | None:
    """A run of words in capitals that is most of the text. Letters are counted once: a run is short work then."""
    needed = max(SHOUTED_LETTERS, 0.6 * sum(letter.isalpha() for letter in text))
    if sum(letter.isupper() for letter in text) < needed:
        return None
    for run in _SHOUTED.finditer(text):
        words = run.group()
        if (
            len(words) >= needed
            and sum(letter.isupper() for letter in words) >= needed
            and len(words.split()) > 1
        ):
            return run
    return None


# The same question again

_FILLER = frozenset(
    _WORD.findall(
        """a an and are as at be been but by can could did do does for from get give got had has have hello help hey hi how i
        if in is it its just know let like me my need no not now of ok on or please pls so some tell than thank thanks that
        the them then there these they this to too us want was we what when where which who why will with would yes you your
        am im ive id dear again still really already asked ask told tell said say"""
    )
)
_ENDING = re.compile(r"(?:'s|ies|ing|ed|es|s|e)$")
_NEGATION = re.compile(r"\b(?:not|no|never|nor|without|cannot|\w+n'?t)\b", re.IGNORECASE)
_HEAT = (_STRONG, _COMPLAINT, _REPEATED, _COARSE)
SAME_WORDS = 0.8
"""Share of words that two wordings of one question have in common, at least."""


def same_question(one: str, other: str) -> bool:
    """Whether two messages ask or state the same in nearly the same words, however heated either is.

    Other numbers, other codes and a "not" make another question. Greetings, thanks, names and a bare "why?" never ask.
    """
    first, second = _gist(one), _gist(other)
    if first.denies != second.denies or first.codes != second.codes:
        return False
    if first.words and second.words:
        shared = len(first.words & second.words)
        alike = shared >= 2 and shared / len(first.words | second.words) >= SAME_WORDS
        if first.words != second.words and not alike:
            return False
    elif first.plain != second.plain or len(first.plain) < 3:
        return False
    return asks_or_states(one[:READ_CHARACTERS]) or asks_or_states(other[:READ_CHARACTERS])


@dataclass(frozen=True, slots=True)
class _Gist:
    words: frozenset[str]
    """Stems of the words that say something."""
    codes: frozenset[str]
    """Those of them with digits."""
    denies: bool
    plain: tuple[str, ...]
    """All words."""


@lru_cache(maxsize=500)
def _gist(text: str) -> _Gist:
    calm = text[:READ_CHARACTERS].replace("’", "'")
    plain = tuple(_WORD.findall(calm.lower()))
    for pattern in _HEAT:
        calm = pattern.sub(" ", calm)
    said = set(re.findall(r"\w+(?:-\d+)?", calm.lower())) - _FILLER
    words = frozenset(_ENDING.sub("", word) or word for word in said)
    codes = frozenset(word for word in words if any(sign.isdigit() for sign in word))
    return _Gist(words, codes, _NEGATION.search(calm) is not None, plain)


# Words for a colleague

_FOR_A_COLLEAGUE = re.compile(
    r"^\W*(?:ok(?:ay)?|thanks?|thank you|thx|cheers|great|perfect|got it|all right|alright|super|lovely|bye|"
    r"goodbye|see you|"
    r"yes|no|sure|will do|done|one moment|just a moment|wait)\b(?:\W+\w+){0,6}\W*$"
    r"|\b(?:as you said|you (?:said|told|asked|promised|wrote|sent) (?:me|that|this|it)?|like you said|"
    r"your colleague|"
    r"are you (?:still )?there)\b",
    re.IGNORECASE,
)


def meant_for(colleague: str | None, text: str) -> bool:
    """Whether this was said to the colleague who had the conversation (None: nobody), so that no bot must answer it."""
    if colleague is None:
        return False
    first = colleague.partition(" ")[0]
    named = bool(first) and re.search(rf"\b{re.escape(first)}\b", text, re.IGNORECASE) is not None
    return named or _FOR_A_COLLEAGUE.search(text[:READ_CHARACTERS]) is not None
