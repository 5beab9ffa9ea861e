"""What the words of one message do: greet, ask, state a goal, say that it did not help. English cues, and safe without.

Pure: standard library only, one text at a time. Where the language is another, nothing is recognised and every word counts.
"""

import re
from collections.abc import Iterator

READ_CHARACTERS = 4_000
"""More of a message is not looked at, by anything that reads customers' words."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FILLER = frozenset(
    _WORD.findall("""
    a an the and or but so if then than that this these those it its it's i i'm i've i'd i'll me my mine we us our you your
    he she they them his her their is am are was were be been being do does did done has have had having will would can
    could should shall may might must to of in on at for from with by about into as up out off over not no nor n't don't
    doesn't didn't can't cannot won't isn't aren't wasn't haven't hasn't just only also too very really quite please pls plz
    ok okay okey yes yeah yep yup nope nah sure right fine good great cool nice perfect super alright thanks thank thx cheers
    ty hi hello hey hiya howdy greetings morning afternoon evening day dear there here bye goodbye later welcome sorry excuse
    what which who whom whose when where why how anyone anybody someone somebody something anything nothing everything
    want need like get got give let know tell ask say said help helps helped question questions answer now again still
    well um uh hmm oh ah lol haha test testing hallo moin servus bonjour salut hola ola ciao merci danke gracias grazie
    ja nein oui non si bitte guten tag morgen abend grüß gott grüezi bonsoir buenos buenas días dias tardes noches buongiorno
    buonasera salve goedendag goedemorgen hoi dag hej hei else do work works working worked problem problems issue issues
    try tried trying another today
    """)
)
"""Words that say nothing about what is wanted."""
_CALLING = frozenset(
    _WORD.findall("""
    human humans person people agent agents representative rep operator staff employee advisor adviser supervisor manager
    support service customer team member colleague real live actual talk speak chat connect transfer contact call reach put
    through bot robot chatbot machine being speaking talking
    """)
)
"""Words with which one calls for a person; alone they say nothing about the matter."""
_CALL = re.compile(
    r"\b(?:talk|speak|chat|connect|transfer|put|get|give|want|need|call|contact|reach|ask|is|are|real|live|not|no)\b.{0,40}"
    r"\b(?:human|person|people|agent|representative|rep|operator|staff|employee|advis[oe]r|supervisor|manager|"
    r"(?:customer )?(?:support|service)|colleague|bot|robot|someone|somebody|anyone|anybody)\b|"
    r"^\W*(?:human|agent|operator|representative|person|support|staff)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^\W*(?:(?:and|so|but|hi|hello|hey|ok|okay|well|also|then)\W+)*"
    r"(?:what|which|who|whose|when|where|why|how|can|could|may|will|would|shall|should|is|are|am|was|were|do|does|did|has|"
    r"have|any)\b",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"\b(?:i(?:'d| would| really| just)? (?:like|love|want|need|wish)|i(?:'m| am)? (?:trying|tried|looking|hoping|planning|"
    r"going) (?:to|for)|i (?:bought|ordered|paid|received|got|returned|sent|cancel(?:l)?ed|can'?t|cannot|couldn'?t|"
    r"haven'?t|didn'?t|never)|help me|please \w+|my [\w -]{2,40}? (?:is|are|was|were|has|have|hasn'?t|haven'?t|won'?t|"
    r"doesn'?t|does not|isn'?t|arrived|came|broke|leaks?|stopped|snapped|tore|smells?|disappeared))\b|"
    r"\b(?:broken|broke|damaged|defect(?:ive)?|faulty|missing|lost|stolen|wrong|late|delayed|torn|ripped|leak(?:s|ing|ed)?|"
    r"snapped|cracked|stuck|charged twice|double charged|overcharged|not working|never (?:arrived|came|got|received)|"
    r"(?:doesn'?t|does not|won'?t|didn'?t|did not|hasn'?t|has not|isn'?t|is not) \w+|refund|return|exchange|cancel|replace|"
    r"complain|repair|warranty)\b",
    re.IGNORECASE,
)
_NOT = r"(?:(?:did|does|do|has|is|was) ?n[o']?t|not|never|no)"
_NO_HELP = re.compile(
    rf"\b(?:(?:that|this|it|which|you)(?:'s| is| was| has| did| does)? )?(?:still )?{_NOT}"
    r"(?: (?:really|even|at all|of any|any|much|a))*"
    r" (?:help(?:s|ed|ful|ing)?|useful|answer(?:s|ed|ing)?(?: (?:my|the|it|this))?(?: question)?|"
    r"what i (?:asked|meant|mean|want(?:ed)?|need(?:ed)?|said)(?: for)?|my question|it|solved? (?:it|this|my problem))\b|"
    r"\b(?:wrong answer|unhelpful|useless|no use|that'?s (?:wrong|not right|not true|nonsense)|"
    r"(?:already|i've|i have) (?:read|tried|done|did|seen|know) (?:that|this|it|all)(?: already)?|"
    r"you(?:'re| are)? not (?:listening|understanding|reading)|makes? no sense)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?:[.!?…。！？]+[\"'”’)\]]*(?=\s|$)|\n+)")
_ENDINGS = ("ing", "ies", "ed", "es", "s")


def words_of(text: str) -> list[str]:
    return [match.group().casefold().replace("’", "'") for match in _WORD.finditer(text)]


def content_words(text: str) -> set[str]:
    """Stems of the words that say something about the matter. A call for a person leaves only what else it says."""
    words = [word for word in words_of(text) if word not in _FILLER]
    if _CALL.search(text.replace("’", "'")):
        words = [word for word in words if word not in _CALLING]
    return {_stem(word) for word in words}


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def is_question(text: str) -> bool:
    return "?" in text or "？" in text or bool(_QUESTION.search(text))


def has_goal(text: str) -> bool:
    """Whether it says what they are after or what went wrong."""
    return bool(_GOAL.search(text.replace("’", "'")))


def asks_or_states(text: str) -> bool:
    return is_question(text) or has_goal(text)


def says_no_help(text: str) -> bool:
    """Whether it says that what was answered did not help."""
    return bool(_NO_HELP.search(text.replace("’", "'")))


def beyond_no_help(text: str) -> str:
    """What it says besides, blanks in the place of the rest."""
    return _NO_HELP.sub(" ", text.replace("’", "'"))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Bounds of each sentence or line, without the blanks around it. At least one if there is anything."""
    start = 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.end() if match else len(text)
        part = text[start:end]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())
        start = end
