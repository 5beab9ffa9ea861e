"""What a customer's words give away: how heated they are, that they ask the same again, whom they are meant for.

Written for English. It must not know what follows from a wording; that is `handoff.triggers`.
"""

import re
from dataclasses import dataclass

READ_CHARACTERS = 4_000
"""More of a message is not looked at."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?\d?")

# How heated it is

_STRONG = re.compile(
    r"\b(?:useless|ridiculous|unacceptable|outrageous|furious|disgrac(?:e|eful)|disgusting|pathetic|appalling|"
    r"shameful|"
    r"incompetent|fed up|sick (?:and tired )?of (?:this|you|your)|tired of (?:this|you)|losing my (?:patience|"
    r"mind|temper)|"
    r"had enough|(?:wast(?:e|ing) (?:of )?(?:my )?time)|you(?:'re| are) (?:not (?:helping|listening)|useless|"
    r"no help)|"
    r"(?:you|it) (?:just )?(?:don'?t|do not|doesn'?t|does not) (?:understand|get it|listen)|"
    r"(?:going )?(?:round )?in circles|"
    r"driving me (?:mad|crazy|nuts|insane)|worst|joke of a|what a joke|rip[- ]?off|scam(?:mers?)?|thieves|liars?|"
    r"for (?:god|christ|heaven|fuck|pete|crying)(?:'?s)? (?:sake|out loud)|(?:nobody|no[ -]one) (?:helps?|"
    r"helped|cares|listens|"
    r"answers|answered|replies|replied)|i give up|not what i (?:asked|said|meant)|stop (?:repeating|sending me)|"
    r"lawyer|"
    r"never again|i hate (?:this|you|your))\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"\b(?:annoy(?:ed|ing)|frustrat(?:ed|ing|ion)|upset|angry|disappoint(?:ed|ing|ment)|unhappy|not happy|"
    r"terrible|awful|"
    r"rubbish|nonsense|not help(?:ful|ing)|unhelpful|(?:did|does)(?: not|n'?t) (?:help|work|answer)|wrong again|"
    r"no help|"
    r"u+gh+|a+r+gh+|grr+|come on|unbelievable|hopeless|stupid|dumb|lousy|(?:poor|bad) service|ignor(?:ed|ing)|"
    r"complain(?:t|ing)?|"
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
    r"\b(?:damn(?:ed|it)?|dammit|bloody|hell|crap(?:py)?|\w*shit(?:ty|e|s)?|f+u+c*k+\w*|f\*+\w*|mother ?f\w+|"
    r"fck\w*|wtf|ffs|"
    r"omfg|arse(?:hole)?s?|ass(?:hole)?s?|bastards?|bitch\w*|piss(?:ed|ing)?(?: off)?|bollocks|wank\w*|morons?|"
    r"idiots?|cunts?|"
    r"dick(?:head)?s?|prick|screw (?:you|this|that)|sucks?|twats?|wanker|slut|whore|merde|putain|connard|"
    r"schei(?:ß|ss)e|"
    r"arschloch|mierda|joder|puta|cazzo|stronz\w+|vaffanculo|kut|godverdomme)(?!\w)",
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
        "capitals": next(filter(_is_shout, _SHOUTED.finditer(plain)), None),
    }
    return tuple(HeatCue(kind, *match.span()) for kind, match in found.items() if match)


def heat(text: str) -> int:
    """How heated one message is, by its wording, its capitals and its marks: from 0; heated from `HEATED` on."""
    return sum(POINTS[cue.kind] for cue in heat_cues(text))


def _is_shout(run: re.Match[str]) -> bool:
    capitals = sum(letter.isupper() for letter in run.group())
    letters = sum(letter.isalpha() for letter in run.string)
    return len(run.group().split()) > 1 and capitals >= max(SHOUTED_LETTERS, 0.6 * letters)


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
SAME_WORDS = 0.8
"""Share of words that two wordings of one question have in common, at least."""


def same_question(one: str, other: str) -> bool:
    """Whether two messages ask the same in nearly the same words. Greetings, thanks and a bare "why?" never do."""
    first, second = _gist(one), _gist(other)
    if not first or not second:
        plain = [" ".join(_WORD.findall(text.lower())) for text in (one, other)]
        return plain[0] == plain[1] and len(plain[0].split()) >= 3 and _asks(one)
    shared = len(first & second)
    if first == second:
        return len(first) > 1 or _asks(one) or _asks(other)
    return shared >= 2 and shared / len(first | second) >= SAME_WORDS


def _gist(text: str) -> frozenset[str]:
    words = re.findall(r"\w+(?:-\d+)?", text[:READ_CHARACTERS].lower().replace("’", "'"))
    return frozenset(_ENDING.sub("", word) or word for word in words if word not in _FILLER)


def _asks(text: str) -> bool:
    return (
        "?" in text
        or re.match(
            r"\W*(?:how|what|when|where|which|who|why|can|could|do|does|is|are|will|may)\b", text.lower()
        )
        is not None
    )


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
