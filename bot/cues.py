"""Words that show what kind of message this is, whatever its topic: who is wanted, and what shall be done.

A sentence vector blurs "help me with an invoice" and "let somebody help me with an invoice"; these cues keep them apart.
They are features among others: how much each counts is learned from the examples. Written for English.
"""

import re
from typing import Tuple

import numpy as np

from bot.encoder import Vectors

_PERSON = (
    r"human( being)?s?|persons?|people|someone|somebody|anyone|anybody|agents?|representatives?|reps?|operators?|"
    r"advis[eo]rs?|colleagues?|managers?|supervisors?|boss|employees?|staff|team|specialists?|consultants?|"
    r"assistants?|clerks?|associates?"
)
_SERVICE = (
    r"(customer|client|support|service|help|care|sales)[ -]?(service|care|support|desk|centre|center|line|team|staff|"
    r"assistance|department|number|people|relations)s?|hotline|helpdesk|helpline|call cent(re|er)"
)
_REACHING = (
    r"contact|contacting|reach|reaching|get (in touch|hold|through)|connect|transfer|escalate|hand me over|"
    r"put \w+ (through|on|in touch)|pass me on|switch me"
)
_TOWARDS = r"speak|talk|chat|connect|transfer|contact|reach|through|touch|call|give|get|want|need|with|to|by"

CUES: Tuple["re.Pattern[str]", ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b({_PERSON})\b",
        rf"\b({_SERVICE})\b",
        rf"\b(don'?t|do not|never|no need|not necessary)\b(\W+\w+){{0,5}}?\W+({_PERSON})\b",
        r"\b(speak|speaking|talk|talking|chat|chatting|discuss|converse)\b",
        r"\b(call|calls|calling|phone|telephone|ring|dial|callback|number)\b",
        rf"\b({_REACHING})\b",
        rf"\b({_TOWARDS})\b(\W+\w+){{0,4}}?\W+(({_PERSON})|({_SERVICE}))\b",
        r"\b(call|phone|ring) me\b|\bme (a call|back)\b|\bcall ?back\b",
        r"\b(are|is|am|do|does) (you|this|it|i|there)\b.*\b(bot|robot|human|person|machine|real|computer|ai|program)\b",
        r"\b(bot|robot|machine|computer|automated|automatic)\b",
        r"\bfh\W{0,2}\d{6}\b|#\d{6}\b",
        r"\S+@\S+|\+?\d[\d ./-]{7,}\d",
        r"\b(my|our) (own )?(orders?|parcels?|packages?|purchases?|delivery|account|refunds?|returns?)\b",
        r"\bplease\b",
        r"\?\s*$",
        r"^\W*(how|what|when|where|which|who|why|can|could|do|does|is|are|will|may|should)\b",
    )
)


def cue_row(text: str) -> Vectors:
    """Return which cues `text` holds, float32 [len(CUES)] of zeros and ones."""
    return np.array([cue.search(text) is not None for cue in CUES], dtype=np.float32)
