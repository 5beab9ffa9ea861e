"""Whether a customer's words ask for a person: in any wording, shouted, misspelt or impolite, and not when they only
speak of people.

Written for English. Precise rather than complete: what these patterns miss, the assistant's intent catches. It must not
know what follows from it; that is `handoff.triggers`.
"""

import re
import unicodedata

from handoff.substance import READ_CHARACTERS

_KIND = r"(?:real|actual|live|living|human|proper|flesh and blood)"
_NOUN = (
    rf"(?:human(?: being)?s?|{_KIND} (?:person|people|human|agent|being|someone|somebody|employee|operator|one)|"
    r"(?<!cleaning )(?<!proofing )(?<!washing )(?<!wetting )agents?|operator|representative|rep|advis[oe]r|consultant|"
    r"supervisor|manager|boss|colleague|staff(?: member)?|employee|team member|member of (?:your |the )?(?:staff|team)|"
    r"(?:customer|client) (?:service|care|support|relations|assistance)s?|support (?:team|agent|person|staff)|"
    r"service (?:team|desk|agent)|sales team|help ?desk|hotline|helpline|call cent(?:re|er)|human support)"
)
_ANYONE = r"(?:person|somebody|someone|anybody|anyone)"
_NO_PERSON = (
    r"\b(?!'s|-| (?:size|sized|tent|bag|discount|rights|price|hours|friendly|else|who sells|that sells|rated|"
    r"rating)\b)"
)
"""Behind whom one can ask for. A staff discount and a one-person tent are things of the shop."""
_PERSON = rf"(?:{_NOUN}|{_ANYONE}){_NO_PERSON}"
_ENDS = (
    r"(?=\W*$|[,;:)]| (?:please|pls|plz|now|asap|here|there|instead|right|directly|immediately|urgently|today|about|"
    r"regarding|over|via|on (?:the|this|your)|in (?:your|the|charge|customer|support|sales|person)|at (?:your|fernhill)|"
    r"from (?:your|the|customer|support|sales)|of your|not|and|or|than|rather|if|because|with|real|human|competent|"
    r"to (?:help|assist|talk|speak|chat|call|answer|look|discuss|sort|fix|explain|deal|contact|take|handle|solve)|"
    r"(?:who|that) (?:can|could|will|would|knows|is|understands|speaks|actually|has))\b)"
)
"""Where "a person" is all of what is asked for: "a person can stand in it" says something about a tent."""
_WHOM = rf"(?:{_NOUN}{_NO_PERSON}|{_ANYONE}{_NO_PERSON}{_ENDS})"
_TALK = (
    r"(?:talk(?:ing)?|speak(?:ing)?|spoken|chat(?:ting)?|connect(?:ed)?(?: me)?|transfer(?:red)?(?: me)?|"
    r"switch(?: me)?|put me (?:through|on|in touch)|pass me|hand me(?: over)?|forward me|"
    r"escalate(?: (?:this|it|me))?|in touch|hear from|deal with|ask(?:ing)? for)"
)
_BETWEEN = (
    r"(?: (?!(?:for|in|that|which|if|whether|when|by|from|how|what|where|because)\b|"
    r"(?<!to )(?<!with )my\b)[\w']+){0,5}?"
)
"""Words between the two. A jacket for a person, my manager and "in person" ask for nobody."""
_WANT = (
    r"(?:need(?:ing)?|want|wanna|prefer|get(?: me)?|got to|give me|gimme|find me|bring me|bring in|send me|fetch me|take me|"
    r"show me|let me have|contact(?:ing)?|reach(?:ing)?(?: out)?|call|request(?:ing)?|require|demand|would like|i'd like)"
)
_HOW = (
    r"(?: (?:to|with|an?|the|your|some|any|one|of|another|back|just|only|actually|really|please|my account|account|"
    r"real|actual|live|living|proper|free|available|competent|nice|friendly|senior|personal|qualified|different|other|"
    r"better|next|customer|client|technical|sales|support|service|damn(?:ed)?|goddamn(?:ed)?|bloody|freaking|fucking|"
    r"f\*+ing|stupid)){0,5}?"
)
"""What may stand between wanting and whom: no other thing that is wanted, such as a jacket."""
_ALONE = re.compile(
    r"(?:(?:real|actual|live|living|proper) )?(?:human|person|agent|operator|representative|chat|support|real one|"
    r"supervisor|manager|customer (?:service|care|support)|client service|help ?desk|hotline|helpline|"
    r"human support)\b",
    re.IGNORECASE,
)
_ROUND_IT = re.compile(
    r"\b(?:please|pls|plz|now|asap|right|at|once|thanks|thank|you|immediately|number|phone|line|team|an?|the|to|"
    r"just|only|"
    r"hello|hi|hey|ok|no|yes|any|your)\b",
    re.IGNORECASE,
)
"""What may stand beside a bare "agent" without making it a sentence about something."""
_SPEECH = r"(?:talk|speak|chat|converse)"
_SOMEONE = (
    r"(?:someone|somebody|anyone|anybody|a person|a human|one of you(?:r (?:people|staff|team|colleagues))?)"
)

_ASKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_TALK}\b{_BETWEEN} {_PERSON}",
        rf"\b{_WANT}\b{_HOW} {_WHOM}",
        rf"\b(?:help|assistance|support|answer|reply|response|advice) (?:from|by)\b{_HOW} {_WHOM}",
        (
            r"\b(?:can|could|will|would|may|is|are|isn't|aren't)\b.{0,25}(?<!for )(?<!by )(?<!on )(?<!to )(?<!of )"
            r"\b(?:(?:an?|any|some|another) (?:real |live |actual )?humans?|real (?:person|people)|live agent)\b"
            r"(?!-| (?:rights|use)\b)"
        ),
        r"\bany humans\b(?! (?:rights|use))",
        (
            r"\b(?:call|phone|ring) me(?= (?:back|now|please|pls|plz|asap|on|at|about|to|tomorrow|today|tonight|"
            r"later|when|"
            r"if|in|regarding)\b|\W*$| ?[+\d])"
        ),
        (
            r"\bcall ?backs?\b(?! from)|\bgive (?:me|us) a (?:quick )?(?:call|ring|bell|buzz)\b|\b(?:have|arrange|"
            r"book|request|"
            r"schedule|expect|like|want|need) a (?:phone |telephone )?call(?: back)?\b"
        ),
        (
            rf"\b(?:please|can you|could you|would you|will you|have {_SOMEONE}|{_SOMEONE}|your (?:team|people))"
            r"(?: (?:please|to|should|must|can|could|just)){0,4} (?:contact|call|phone|ring|get back to) (?:me|"
            r"us)\b(?! (?:by|via) e?-?mail| up\b)"
        ),
        (
            rf"\b(?:need|want|wanna|gotta|have|like|love|must|wish|demand|insist|prefer|rather|let me|can i|"
            rf"could i|may i)"
            rf"(?: (?:to|on|just|really|please|be able to)){{0,4}} {_SPEECH}(?:ing)?"
            r"(?: (?:now|please|pls|urgently|right now|directly|to you(?: guys| people)?|with you(?: guys| people)?|"
            r"(?:on|over|by|via) the (?:tele)?phone|by (?:tele)?phone)\b){0,4}\W*$"
        ),
        (
            rf"\b(?:who|whom) (?:can|could|do|should|may|must) i (?:{_SPEECH}|turn|call|contact|phone|ring)\b"
            r"(?! (?:send|address|make))"
        ),
        (
            rf"\bis (?:there )?(?:any ?one|any ?body|some ?one|some ?body)(?: (?:real|human|actually|else|"
            rf"at all|there|here)){{0,3}} "
            rf"(?:(?:who|that) (?:can|could|will|would|knows|understands)\b|i (?:can|could|may)\b|"
            rf"(?:(?:available|around|free|online) )?to (?:help|assist|{_SPEECH}|answer)\b|available\b|"
            rf"around\W*$|online\b)"
        ),
        (
            rf"\b(?:can|could|will|would) (?:some ?(?:one|body)|any ?(?:one|body)|one of you(?:r (?:team|people|"
            rf"colleagues|staff))?|"
            rf"{_PERSON})(?: (?:please|there|here|just|"
            r"real|actually|from \w+(?: \w+)?)){0,3} (?:help|assist|serve|take over|look (?:at|into)|answer|"
            r"deal with|reply|respond|explain (?:this|it|me))"
            r"(?! (?:(?:me|us) )?(?:to )?(?:choos|find|pick|decid|carry|lift|pitch|set)| on | (?:\w+ )?by e?-?mail)"
        ),
        (
            r"\b(?:customer|client|support|service|care) ?(?:service|care|support|desk|"
            r"line)? (?:tele)?(?:phone|number|hotline|"
            r"contact number)\b|\b(?:tele)?phone (?:support|service|contact)\b"
            r"(?! (?:bracket|stand|holder|case|arm|mount)s?\b)"
        ),
        (
            r"\b(?:what(?:'s| is)|give me|have|need|send me|tell me) (?:your|the|a) (?:\w+ )?(?:phone |"
            r"telephone |contact |support |"
            r"service |hot)(?:number|line)\b"
        ),
        (
            r"\b(?:number|line) (?:(?:that |which )?i (?:can|could|should) (?:call|ring|dial|phone)|to (?:call|ring|"
            r"dial|reach) you)"
        ),
        (
            r"\b(?:can|could|may|how (?:do|can|could|would)|where (?:do|can)|want to|like to|need to|"
            r"try(?:ing)? to) ?(?:i |we )?"
            r"(?:call|phone|ring) (?:you|your (?:shop|store|team|office|people|company))\b(?! (?:by|a)\b)"
        ),
        (
            r"\b(?:transfer|redirect) (?:me|us|this chat|my (?:case|chat|call))\b|\bconnect (?:me|"
            r"us)\b(?! (?:it|the|to the)\b)|"
            r"\bput (?:me|us) through\b|\bhand (?:me|this) over\b|\bescalate (?:this|it|me|my)\b"
        ),
        (
            r"\b(?:not|stop|no more|enough|instead of|sick of|tired of|fed up with|than|hate|don'?t want|"
            r"cannot stand|"
            r"can'?t stand|refuse)\b"
            r"(?: (?:to|of|with|talk|talking|speak|speaking|chat|chatting|deal|dealing|an?|the|this|these|your|"
            r"another|any|"
            r"more|damn|damned|bloody|stupid|useless|dumb|silly|annoying|fucking|f\*+ing)){0,6}"
            r" (?:bots?|robots?|chat ?bots?|automated|machines?(?! (?:wash|dry))|computers?)\b"
            r"(?! (?:vacuum|mower|lawn|cleaner|hoover|kit|toy|wash|bag|case|sleeve))"
        ),
        (
            r"\b(?:are|is) (?:any |some |one )?(?:of )?(?:your |the )?(?:\w+ )?(?:staff|people|agents?|"
            r"colleagues?|team|person|"
            r"advis[eo]rs?)(?: \w+){0,2} (?:available|online|around|free to (?:talk|chat|help))\b"
        ),
        r"\b(?:human|personal) (?:help|assistance|support|contact|service|advice)\b",
        r"(?<!from )(?<!by )\bsome(?:one|body) from (?:your|the|customer|support|service)\b.{0,25}$",
        rf"(?:^|\b(?:please|you|just|to) )let (?:a |an )?{_PERSON}(?! (?:e-?mail|mail|write))",
    )
)
_THIRD = (
    r"driver|courier|carrier|postman|postwoman|delivery (?:man|guy|woman|person|company|service)|dhl|ups|dpd|"
    r"gls|bpost|"
    r"neighbou?r|warehouse|bank|police|they|he|she|it"
)
_DECLINES = re.compile(
    r"\b(?:don'?t|do not|no need|never|not necessary|needn'?t)(?: (?:really|want|need|wish|have|like|please)){0,4}"
    r"(?: (?:to|with|talk|speak|chat|call|phone|ring|contact|transfer|connect|an?|the|any|your)){0,5}"
    rf" (?:{_PERSON}|me\b)",
    re.IGNORECASE,
)
"""They say that they want nobody."""
_DECLINES_FOR_OTHERS = re.compile(
    rf"\b(?:you|they|he|she|it|nobody|people) (?:just |simply )?{_DECLINES.pattern}|"
    rf"{_DECLINES.pattern}.{{0,25}}\b(?:bots?|robots?|chat ?bots?|machines?|computers?|(?:but|only|rather) .*{_PERSON})",
    re.IGNORECASE,
)
"""Like declining, but a bot is what they do not want, or somebody else is, or it is what others fail to do."""
_LATELY = r"(?:\W+(?!(?:die|der|das|dat|qui|que|che|om|um)\b)[\w']+){0,3}?\W+"
_FOREIGN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"\bmit (?:(?:einem|einer|dem|der|eurem|eurer|ihrem|ihrer) )?(?:(?:echte|richtige|reale|menschliche)[nrm]? )?"
            r"(?:menschen|mitarbeiter(?:in)?|person|(?:kunden)?berater(?:in)?|kollegen|kollegin|kundenservice|kundendienst|"
            rf"jemande?m?){_LATELY}(?:sprechen|reden|chatten|telefonieren|verbinden|verbunden)\b"
        ),
        (
            r"\b(?:verbinden? (?:sie )?mich|sprechen|reden) (?:bitte )?mit (?:einem|einer|dem|jemandem) ?"
            r"(?:echten |richtigen )?(?:menschen|mitarbeiter(?:in)?|person|berater(?:in)?|kundenservice|kundendienst)\b"
        ),
        (
            r"\b(?:brauche|will|möchte|moechte) (?:bitte )?einen? (?:(?:echte|richtige)[nr]? )?"
            r"(?:menschen|mitarbeiter(?:in)?|ansprechpartner(?:in)?)\b(?= bitte|\W*$)"
        ),
        (
            r"\b(?:(?:een|de|jullie|uw) (?:echte? )?(?:medewerk(?:st)?er|mens|persoon|person|collega|"
            r"klanten(?:service|dienst))|iemand(?: van (?:de |jullie |het )?(?:klantenservice|klantendienst|team|winkel))?)"
            rf"{_LATELY}?(?:spreken|praten|chatten)\b"
        ),
        (
            r"\b(?:spreken|praten|chatten|verbind (?:me|mij)(?: door)?|doorverbonden worden) met (?:een |de )?(?:echte? )?"
            r"(?:medewerk(?:st)?er|mens|persoon|person|iemand|collega|klanten(?:service|dienst))\b"
        ),
        (
            r"\b(?:parler|discuter|échanger|echanger|en relation|en contact) (?:directement )?(?:à|a|avec|au) "
            r"(?:(?:une?|le|votre) (?:vraie? |autre )?(?:conseill(?:er|ère|ere)|personne|humain|human|être humain|agent|"
            r"opérateur|operateur|employée?|responsable|service client)|quelqu'un|service client)\b"
        ),
        (
            r"\b(?:hablar|chatear|comunicarme|contactar|p[aá]s[ae]me|ponme|conéctame) con "
            r"(?:(?:una?|el|la|su) )?(?:persona|agente|humano|ser humano|asesora?|operadora?|operator|representante|"
            r"emplead[oa]|atención al cliente|atencion al cliente|alguien)\b"
        ),
        (
            r"\b(?:parlare|chattare|in contatto) con (?:(?:una?|il|la|l'|un') ?)?(?:ver[oa] )?(?:operatore|operatrice|"
            r"persona|umano|essere umano|addett[oa]|consulente|servizio clienti|assistenza clienti|qualcuno)\b"
        ),
    )
)
"""The same in German, Dutch, French, Spanish and Italian: only what is said in these very words."""
_FOREIGN_NOT = re.compile(
    r"\b(?:nicht|niet|pas|plus|no (?:quiero|necesito|deseo)|non (?:voglio|vorrei|desidero)|(?:muss|soll) (?:ich|man)|"
    r"moet (?:ik|je)|dois-je|faut-il)\b[^,]*$",
    re.IGNORECASE,
)
"""Before it: it is declined, or asked whether it must be."""
_ABOUT_PEOPLE = re.compile(
    r"\b(?:are you|am i|is this|is it)\b.{0,20}\b(?:human|person|bot|robot|real)\b"
    r"|\b(?:you are|you're|if this is|whether this is)\b.{0,20}\b(?:human|person|real)\b"
    r"(?!.{0,80}\b(?:get|give|want|need)\b)"
    r"|\bi(?:'m| am) not a (?:ro)?bot\b|\bdo i (?:(?:talk|speak|chat) (?:to|with)|(?:need|have|get) (?:to|a))\b|"
    r"\bhuman behind\b|\byou (?:can|"
    r"may) (?:call|ring|phone|reach) me\b"
    r"|\b(?:two|three|four|five|six|\d+)[- ](?:person|people)\b|\bper person\b"
    r"|\b(?:send|give|giving|buy|bought|gift|present|order)\b.{0,30}\b(?:for|to) (?:someone|somebody|a person|"
    r"anyone)\b"
    r"|\b(?:someone|somebody|anyone|anybody) (?:else|stole|took|has|used|opened|signed)\b"
    rf"|\b(?:{_THIRD})\b(?: \w+){{0,3}} (?:call|calls|called|calling|ring|rings|phone|contact|contacts)\b"
    r"|\b(?:does|do|will|would|did) (?:it|the|this|that|these|a|an)\b.{0,40}\b(?:need|want)\b"
    r"|\b(?:work|job|jobs|hire|hiring|vacanc\w+|career|apply) (?:as|for|with|at|in|here)\b"
    r"|\bhow many (?:people|staff|employees|agents)\b|\b(?:is|are|was|were) (?:your|the) (?:staff|team|people|"
    r"agents?|"
    r"employees|customer (?:service|care|support)|guys)\b(?!.{0,30}\b(?:available|online|there|around|free)\b)"
    r"|\b(?:do|does|did) (?:you|your \w+) (?:have|employ|sell|know|keep)\b.{0,12}\b(?:someone|somebody|anyone|"
    r"anybody|staff|"
    r"people|agents?)\b(?!.{0,12}\b(?:i can|can i|to (?:talk|speak)|available)\b)"
    r"|\b(?:spoke|talked|chatted) (?:to|with)\b(?!.{0,80}\b(?:want|need|again|can|could|let)\b)",
    re.IGNORECASE,
)
"""About people, not for one: what they are like, who else was there, whether the courier will ring."""

_NAMED = re.compile(r"\b[Cc]all me [A-Z][a-z]+\W*$")
_TARGETS = (
    "human", "person", "agent", "operator", "representative", "customer", "service", "support", "speak", "someone",
    "somebody", "anyone", "anybody", "manager", "supervisor", "colleague", "employee", "transfer", "connect", "advisor",
    "contact", "talking", "speaking",
)  # fmt: skip
_NO_SLIP = frozenset(
    {"spear", "sneak", "speaks", "steak", "parson", "humane", "manages", "contract", "costume", "argent"}
)
_NICKNAMES = {
    "tlak": "talk", "takl": "talk", "speek": "speak", "taalk": "talk", "hooman": "human", "costumer": "customer",
    "persn": "person", "smeone": "someone", "sum1": "someone", "some1": "someone", "any1": "anyone", "u": "you",
    "wana": "wanna", "wnat": "want", "ned": "need", "pleas": "please", "cal": "call", "agnt": "agent", "rep.": "rep",
    "custommer": "customer", "representitive": "representative", "acutal": "actual", "rael": "real", "reel": "real",
    "phon": "phone", "nubmer": "number", "numbr": "number", "colleage": "colleague", "n": "and", "suport": "support",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?\d?")


_CLAUSE_END = re.compile(
    r"[.!?…;]+(?=\s|$)|,(?= (?:i|i'\w+|but|so|now|please|can|could|let|get|give|put|connect|transfer|just|you)\b)|"
    r"(?= (?:but|so|now) (?:please|just|i|let|get|give|put|connect|transfer|can|could|you)\b)| [-–—] ",
    re.IGNORECASE,
)


def asks_for_person(text: str) -> bool:
    """Whether the customer plainly asks for a person, also shouted, misspelt or impolitely, in one clause at least."""
    plain = _plain(text)
    clauses = [part for clause in _CLAUSE_END.split(plain) if (part := clause.strip())]
    lines = [" ".join(line.split()) for line in plain.split("\n")] if "\n" in plain else []
    return _names_nothing_else(" ".join(plain.split())) or any(
        _asks(" ".join(clause.split())) for clause in (*clauses, *lines)
    )


def declines_person(text: str) -> bool:
    """Whether the customer plainly wants no person in one clause, and asks for none in any other."""
    if asks_for_person(text):
        return False
    clauses = [" ".join(clause.split()) for clause in _CLAUSE_END.split(_plain(text)) if clause]
    return any(_DECLINES.search(clause) and not _DECLINES_FOR_OTHERS.search(clause) for clause in clauses)


def _asks(clause: str) -> bool:
    if _NAMED.search(clause) or _ABOUT_PEOPLE.search(clause) or _DECLINES.search(clause):
        return False
    if any(_FOREIGN_NOT.search(clause[: found.start()]) is None for found in _foreign(clause)):
        return True
    return _names_nothing_else(clause) or any(pattern.search(clause) for pattern in _ASKS)


def _foreign(clause: str) -> "list[re.Match[str]]":
    return [found for pattern in _FOREIGN if (found := pattern.search(clause))]


def _names_nothing_else(plain: str) -> bool:
    """Whether all that was said is whom they want: "human", "AGENT, please", "no, a real person"."""
    rest, named = _ALONE.subn(" ", plain[:100]) if len(plain) <= 100 else ("x", 0)
    return named > 0 and re.search(r"\w", _ROUND_IT.sub(" ", rest)) is None


def _plain(text: str) -> str:
    """The words line by line, with straight quotes, without drawn-out letters, the common slips mended."""
    line = unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).replace("’", "'").replace("`", "'")
    line = re.sub(r"([^\W\d_])\1{2,}", r"\1", "\n".join(" ".join(part.split()) for part in line.splitlines()))
    return _WORD.sub(lambda word: _mended(word.group()), line)


def _mended(word: str) -> str:
    lower = word.lower()
    if lower in _NICKNAMES:
        return _NICKNAMES[lower]
    if len(lower) < 5 or lower in _NO_SLIP or lower in _TARGETS:
        return word
    return next((target for target in _TARGETS if _one_slip(lower, target)), word)


def _one_slip(word: str, target: str) -> bool:
    """Whether one letter was left out, doubled, changed or swapped, not the first; an added ending is no slip."""
    longer = len(word) - len(target)
    if word[0] != target[0] or abs(longer) > 1 or (word.startswith(target) and word[-1] != target[-1]):
        return False
    same = next(
        (n for n, (a, b) in enumerate(zip(word, target, strict=False)) if a != b), min(len(word), len(target))
    )
    if longer == 1:
        return word[same + 1 :] == target[same:]
    if longer == -1:
        return word[same:] == target[same + 1 :]
    swapped = (
        word[same : same + 2] == target[same : same + 2][::-1] and word[same + 2 :] == target[same + 2 :]
    )
    return swapped or word[same + 1 :] == target[same + 1 :]
