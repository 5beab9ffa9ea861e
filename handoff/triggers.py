"""When a person is needed: the only place that decides a handoff.

Looks at what the customer wrote and at what the bot's reply wished for, so it also works while the bot is away. It must
not know how a conversation is stored, queued or shown.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

REPEATED_UNSURE = 2
"""Turns in a row without a certain answer before a person is called."""
REPEATED_REJECTION = 2
"""Thumbs down in a conversation before a person is called."""

_PERSON = (
    r"(?:human(?: being)?|(?:real|actual|live|living) (?:person|agent|human|someone|people)|person|(?<!ing )agent|operator|"
    r"representative|rep|advis[oe]r|supervisor|manager|staff(?: member)?|employee|somebody|someone|team member|"
    r"customer (?:service|care|support)|support (?:team|agent|person)|service desk|help ?desk|human support)"
    r"\b(?!'s|-| (?:size|sized|tent|bag|discount|rights)\b)"
)
"""Whom one can ask for. A cleaning agent, a staff discount and a one-person tent are things of the shop."""
_REACH = (
    r"(?:talk|speak|chat|connect(?:ed)?(?: me)?|transfer(?: me)?|switch(?: me)?|put me through|pass me|hand me(?: over)?|"
    r"get(?: me)?|give me|gimme|contact|reach|call|phone|need|want|prefer|find me|bring me|escalate(?: this)?|"
    r"let me have|ask(?:ing)? for)"
)
_BETWEEN = r"(?: (?!(?:for|in)\b|(?<!to )(?<!with )my\b)\w+){0,5}?"
"""Words between the two. A jacket for a person, my manager and "in person" ask for nobody."""
_ASKS = (
    re.compile(rf"\b{_REACH}\b{_BETWEEN} {_PERSON}", re.IGNORECASE),
    re.compile(
        r"\b(?:can|could|will|would|may|is|are|isn't|any)\b.{0,25}\b(?:humans?|real person|live agent)\b(?!-| rights\b)",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*(?:a |the |to )?(?:human|agent|operator|representative|real person|live (?:agent|chat|person))\b"
        r"(?:,? (?:please|now|pls))?\W*$",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:call|phone|ring) me(?: back)?\b|\bcall ?back\b", re.IGNORECASE),
    re.compile(
        r"\b(?:not|stop|no more|enough|instead of|sick of|tired of|than|don'?t want)\b"
        r"(?: (?:to|with|of|talk|talking|speak|speaking|chat|chatting|an?|the|this|these|your|another|any|more|"
        r"stupid|useless))*"
        r" (?:bots?|robots?|chatbots?|automated|machines?(?! (?:wash|dry)))",
        re.IGNORECASE,
    ),
)
_DECLINES = re.compile(
    r"\b(?:don'?t|do not|no need|never)(?: (?:really|want|need|wish|have|like|please))*"
    r"(?: (?:to|with|talk|speak|chat|call|phone|ring|contact|transfer|connect|an?|the|any|your))*"
    rf" (?:{_PERSON}|me\b)",
    re.IGNORECASE,
)
"""They say that they want nobody."""
_ABOUT_AGENTS = re.compile(
    r"\b(?:are you|am i|is this|is it)\b.{0,20}\b(?:human|person|bot|robot|real)\b"
    r"|\bi(?:'m| am) not a (?:ro)?bot\b"
    r"|\b(?:two|three|four|five|six|\d+)[- ](?:person|people)\b|\bper person\b"
    r"|\b(?:send|give|buy|bought|gift)\b.{0,30}\b(?:for|to) (?:someone|somebody|a person)\b"
    r"|\b(?:someone|somebody) (?:else|stole|took|has|used)\b",
    re.IGNORECASE,
)


def asks_for_person(text: str) -> bool:
    """Whether the customer plainly asks for a person. Precise rather than complete: the bot catches the rest."""
    plain = " ".join(text.replace("’", "'").split())
    if _ABOUT_AGENTS.search(plain) or _DECLINES.search(plain):
        return False
    return any(pattern.search(plain) for pattern in _ASKS)


class Step(StrEnum):
    NOTHING = "nothing"
    QUEUE = "queue"
    OFFER = "offer"
    ASK_DETAILS = "ask_details"
    """Nobody is online: the bot asks how to reach the customer, then queues."""


@dataclass(frozen=True, slots=True)
class Situation:
    agents_online: bool
    unsure_in_a_row: int = 0
    """Before this turn."""
    rejected_answers: int = 0
    """Thumbs down so far, this one included."""
    declined: bool = False
    """The customer chose to stay with the bot before: from then on a person is offered, not sent for."""


@dataclass(frozen=True, slots=True)
class Decision:
    step: Step
    reason: str = ""
    """A `handoff.protocol.Reason`, empty for nothing."""


NOTHING = Decision(Step.NOTHING)


def on_asked(situation: Situation) -> Decision:
    """The customer asked for a person, by word or by button."""
    step = Step.QUEUE if situation.agents_online else Step.ASK_DETAILS
    return Decision(step, "asked_for_person")


def on_reply(wish: str | None, has_choices: bool, situation: Situation) -> Decision:
    """The bot replied. `wish` is what its action wished for; `has_choices` says that it asked "did you mean"."""
    match wish:
        case "contact":
            return Decision(Step.QUEUE, "left_details")
        case "person":
            return Decision(Step.QUEUE if situation.agents_online else Step.OFFER, "asked_for_person")
        case "frustrated":
            return _call(situation, "frustration")
        case "policy":
            return _call(situation, "policy_topic")
        case "unsure" if situation.unsure_in_a_row + 1 >= REPEATED_UNSURE:
            return _call(situation, "repeated_failure")
        case "unsure" if not has_choices:
            return _call(situation, "low_confidence")
    return NOTHING


def on_feedback(helpful: bool, situation: Situation) -> Decision:
    """The customer judged an answer."""
    if not helpful and situation.rejected_answers >= REPEATED_REJECTION:
        return _call(situation, "repeated_failure")
    return NOTHING


def on_bot_failure() -> Decision:
    """The bot did not answer in time."""
    return Decision(Step.OFFER, "bot_unavailable")


def _call(situation: Situation, reason: str) -> Decision:
    willing = situation.agents_online and not situation.declined
    return Decision(Step.QUEUE if willing else Step.OFFER, reason)
