"""When a person is needed: the only place that decides a handoff, and the only one that gives its reason.

`RULES` is the whole of it: of the rules that find evidence, the one with the strongest step decides. Looks at what just
happened and at the situation, so it also works while the bot is away. It must not know how a conversation is stored,
queued or shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from handoff.calling import asks_for_person, declines_person
from handoff.wordings import HEATED, heat, heat_cues, same_question

PERSON_SURE = 0.8
"""How sure the assistant must be that a person is asked for, where the wording alone does not show it: from here on one
is sent for, below it one is offered. By cross-validation on our own examples (F1 .952, of .943 at .5)."""
Wish = Literal["person", "contact", "frustrated", "policy", "unsure", "asking", "language"]
"""What the bot may wish for with a reply; `bot.turn.WISHES` are the same."""
UNSURE: frozenset[Wish] = frozenset({"unsure", "asking"})
"""Wishes of a bot that did not know: it found nothing certain, or asked what is meant."""
UNSURE_TURNS = 2
"""Turns in which it did not know, none surely answered in between, before a person is called."""
REJECTED_ANSWERS = 2
"""Answers with a thumb down before a person is called."""
SAME_WITHIN = 6
"""Latest messages of the customer among which the same question counts as asked again."""
HEATED_TOGETHER = 3
"""Points of the last three messages that are heat as well: somebody may boil slowly."""
OFFER_AGAIN_AFTER = 3
"""Messages of the customer before the same offer is made again: one is not asked twice in a breath."""


class Step(StrEnum):
    NOTHING = "nothing"
    QUEUE = "queue"
    OFFER = "offer"
    ASK_DETAILS = "ask_details"
    """Nobody is online: the bot asks how to reach the customer, then queues."""


class Happened(StrEnum):
    ASKED = "asked"
    """The customer asked for a person: by the button, or in words that left no doubt."""
    LEFT_DETAILS = "left_details"
    REPLIED = "replied"
    """The bot replied."""
    JUDGED = "judged"
    """The customer gave an answer a thumb."""
    FAILED = "failed"
    """The bot did not answer in time."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the customer to the bot."""

    seq: int
    text: str
    replied: bool = False
    """The bot said something to it."""


@dataclass(frozen=True, slots=True)
class Handed:
    """An answer out of an article that is always handed to a person."""

    title: str
    seq: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """What just happened. All but `what` is about the bot's reply."""

    what: Happened
    seq: int | None = None
    """The customer's event that it goes back to."""
    wish: Wish | None = None
    """What the bot's action wished for."""
    wished_surely: float = 1.0
    """How sure it was of what the customer wants, as a probability."""
    asked_back: bool = False
    """It offered choices, or asked what is meant."""
    answered: bool = False
    """It showed an answer."""
    handed: Handed | None = None
    helpful: bool = True
    """The thumb, if there is one."""


@dataclass(frozen=True, slots=True)
class Situation:
    agents_online: bool
    unsure_in_a_row: int = 0
    """Before this turn: since a person was sent for, or the bot last surely answered."""
    rejected: tuple[int, ...] = ()
    """Answers with a thumb down now."""
    declined: bool = False
    """The customer chose to stay with the bot before: from then on a person is offered, not sent for."""
    rejects_more: bool = True
    """The last thumb made them more than they ever were: one that is repeated, or goes up and down, is no new reason."""
    in_form: bool = False
    """The bot is asking for details one by one, so that the same words may have to be said twice."""
    said: tuple[Said, ...] = ()
    """To the bot since a person last had the conversation, oldest first; the one that was replied to is the last."""
    offered: Mapping[str, int] = field(default_factory=dict)
    """For each reason that a person was offered for: how many messages the customer wrote since."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a decision rests on: a plain sentence, and the events that it speaks of."""

    text: str
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    step: Step
    reason: str = ""
    """A `handoff.protocol.Reason`, empty for nothing."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def sentence(self) -> str:
        return " ".join(one.text for one in self.evidence)


NOTHING = Decision(Step.NOTHING)
Finds = Callable[[Occasion, Situation], Evidence | None]
Steps = Callable[[Occasion, Situation], Step]


@dataclass(frozen=True, slots=True)
class Rule:
    reason: str
    finds: Finds
    """The evidence, None when the rule does not hold."""
    leads_to: Steps
    repeats: bool = False
    """Offers each time it holds, however short the last offer is ago: an answer is owed."""


# What each rule looks for


def _left_details(now: Occasion, _: Situation) -> Evidence | None:
    if now.what is Happened.LEFT_DETAILS or now.wish == "contact":
        return _because("They left their details to be answered at", now.seq)
    return None


def _asked(now: Occasion, situation: Situation) -> Evidence | None:
    if now.what is Happened.ASKED or (now.wish == "person" and not _declined_in(now, situation)):
        said = "They asked for a person" if _surely(now) else "They seem to ask for a person"
        return _because(said, now.seq)
    return None


def _declined_in(now: Occasion, situation: Situation) -> bool:
    """Whether the message itself says that they want nobody: words about a person are easily taken for a wish."""
    return any(one.seq == now.seq and declines_person(one.text) for one in situation.said)


def _failed(now: Occasion, _: Situation) -> Evidence | None:
    return _because("The bot did not answer", now.seq) if now.what is Happened.FAILED else None


def _handed(now: Occasion, _: Situation) -> Evidence | None:
    if now.handed is None:
        return None
    return _because(f"“{now.handed.title}” always goes to a person as well", now.handed.seq)


def _policy(now: Occasion, _: Situation) -> Evidence | None:
    text = "Only somebody who can look into their order or account can do this"
    return _because(text, now.seq) if now.wish == "policy" else None


def _heated(now: Occasion, situation: Situation) -> Evidence | None:
    if now.wish == "frustrated":
        return _because("They say that this does not go well for them", now.seq)
    if now.what is not Happened.REPLIED or not situation.said or now.seq != situation.said[-1].seq:
        return None
    latest = situation.said[-3:]
    points = [heat(one.text) for one in latest]
    if points[-1] >= HEATED or (points[-1] and sum(points) >= HEATED_TOGETHER):
        hot = [one for one, degree in zip(latest, points, strict=True) if degree]
        kinds = dict.fromkeys(cue.kind.replace("_", " ") for one in hot for cue in heat_cues(one.text))
        return _because(f"Their wording is heated ({', '.join(kinds)})", *[one.seq for one in hot])
    return None


def _asked_again(now: Occasion, situation: Situation) -> Evidence | None:
    if now.what is not Happened.REPLIED or not situation.said or now.seq != situation.said[-1].seq:
        return None
    if situation.in_form:
        return None
    *before, latest = situation.said[-SAME_WITHIN:]
    same = [one.seq for one in before if one.replied and same_question(one.text, latest.text)]
    return _because("They asked the same again after the bot's reply", *same, latest.seq) if same else None


def _rejected(now: Occasion, situation: Situation) -> Evidence | None:
    if now.what is not Happened.JUDGED or now.helpful or not situation.rejects_more:
        return None
    if len(situation.rejected) < REJECTED_ANSWERS:
        return None
    return _because(f"They found {len(situation.rejected)} answers not helpful", *situation.rejected)


def _unsure_again(now: Occasion, situation: Situation) -> Evidence | None:
    if now.wish not in UNSURE or situation.unsure_in_a_row + 1 < UNSURE_TURNS:
        return None
    turns = situation.unsure_in_a_row + 1
    return _because(
        f"The bot was not sure {turns} times, and no answer was sure in between",
        *[one.seq for one in situation.said[-turns:]],
    )


def _unsure(now: Occasion, _: Situation) -> Evidence | None:
    if now.wish != "unsure" or now.asked_back:
        return None
    return _because("The bot found nothing in the library that answers this", now.seq)


def _foreign(now: Occasion, _: Situation) -> Evidence | None:
    if now.wish != "language":
        return None
    return _because("They write in another language than the articles", now.seq)


def _because(text: str, *seqs: int | None) -> Evidence:
    return Evidence(f"{text}.", tuple(seq for seq in seqs if seq is not None))


# Where a rule leads


def _surely(now: Occasion) -> bool:
    return now.what is Happened.ASKED or now.wished_surely >= PERSON_SURE


def _queue(_: Occasion, __: Situation) -> Step:
    return Step.QUEUE


def _request(now: Occasion, situation: Situation) -> Step:
    """Who asks gets a person, or is asked how to reach them: by the bot, unless it has just spoken."""
    if not _surely(now):
        return Step.OFFER
    if situation.agents_online:
        return Step.QUEUE
    return Step.ASK_DETAILS if now.what is Happened.ASKED else Step.OFFER


def _call(_: Occasion, situation: Situation) -> Step:
    """Sent for; only offered to who chose the bot before, or while nobody is there."""
    return Step.QUEUE if situation.agents_online and not situation.declined else Step.OFFER


def _call_unless_answered(now: Occasion, situation: Situation) -> Step:
    """A sharp tone with a sure answer under it: they may have what they need, so they decide."""
    return Step.OFFER if now.answered and now.wish is None else _call(now, situation)


def _offer(_: Occasion, __: Situation) -> Step:
    return Step.OFFER


RULES: tuple[Rule, ...] = (
    #    reason             when                   what then
    Rule("left_details", _left_details, _queue),
    Rule("asked_for_person", _asked, _request, repeats=True),
    Rule("bot_unavailable", _failed, _offer, repeats=True),
    Rule("always_person", _handed, _call),
    Rule("policy_topic", _policy, _call, repeats=True),
    Rule("frustration", _heated, _call_unless_answered),
    Rule("rejected_twice", _rejected, _call),
    Rule("same_question", _asked_again, _call),
    Rule("low_confidence", _unsure_again, _call),
    Rule("other_language", _foreign, _offer),
    Rule("low_confidence", _unsure, _offer),
)
"""What the customer does comes before what the bot could not do: between equal steps the upper rule decides."""
STRENGTH = {Step.NOTHING: 0, Step.OFFER: 1, Step.ASK_DETAILS: 2, Step.QUEUE: 3}


def decide(now: Occasion, situation: Situation) -> Decision:
    """What follows from `now`: the strongest step to which a rule leads, by the first one that leads there."""
    decision = NOTHING
    for rule in RULES:
        evidence = rule.finds(now, situation)
        if evidence is None:
            continue
        step = rule.leads_to(now, situation)
        if STRENGTH[step] > STRENGTH[decision.step] and not (
            step is Step.OFFER and _just_offered(rule, situation)
        ):
            decision = Decision(step, rule.reason, (evidence,))
    return decision


def _just_offered(rule: Rule, situation: Situation) -> bool:
    """The same offer is not made twice in a breath, unless an answer is owed."""
    since = situation.offered.get(rule.reason)
    return not rule.repeats and since is not None and since < OFFER_AGAIN_AFTER


__all__ = [
    "NOTHING",
    "RULES",
    "STRENGTH",
    "Decision",
    "Evidence",
    "Handed",
    "Happened",
    "Occasion",
    "Rule",
    "Said",
    "Situation",
    "Step",
    "Wish",
    "asks_for_person",
    "decide",
]
