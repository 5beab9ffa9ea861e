import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff import triggers
from handoff.triggers import (
    Decision,
    Situation,
    Step,
    asks_for_person,
    on_asked,
    on_bot_failure,
    on_feedback,
    on_reply,
)

ASKS = """
I want to talk to a person
Can I speak to a human?
could I please talk to someone about my order
I'd like to chat with an agent
Put me through to a representative
connect me to a real person please
I would like to be connected to an employee
Get me a human
gimme a human
get me your manager
Let me have a person
human please
Human
HUMAN!!!
agent
operator
A real person, please
REPRESENTATIVE
live agent please
I need to speak with customer service
Transfer me to support team
How do I reach customer support?
is there a human here I can write to
are there any humans I can ask
Can a human look at this?
please call me back
call me
I'd like a callback
could somebody ring me
I don't want to talk to a bot
I don’t want to talk to a robot
stop, no more bots
I'm sick of this robot
I'd rather talk to a person than a machine
enough of this chatbot
not a bot please
give me a person
I want a human being
I prefer to deal with a live person
escalate this to a supervisor
I want to speak to somebody who can actually help
I want to speak to my account manager
need a real human
Is anyone there? I want a person
pass me to an advisor
Please find me an adviser
can someone call me
this is useless, get me a human now
I can’t talk to a robot about this, give me an agent
talk to agent
please let me speak to a member of staff
I need human help
switch to human support
Could a real person answer this?
You don't help, I want to speak to a person
I need to talk to someone about a tent for two
I'm asking for a human
""".strip().splitlines()

DOES_NOT_ASK = """
Where is my parcel?
Do you have a two-person tent?
I need a tent for one person
I need a one-person tent
I want a 3 person tent
which tent fits four people
I need a tent for two people
Are you a bot?
Are you a real person?
Am I talking to a human?
Is this a robot?
I don't want to talk to a human
no need to speak to an agent
please don't call me
don't transfer me to anybody
I do not want a person, you are fine
My phone number is wrong on the order
Can I change the phone number of the delivery?
I want to send a gift to someone
I bought this for a person who hikes alone
Someone stole my parcel
someone else ordered this
Is the jacket not machine washable?
can I wash it by hand rather than in a machine
The label says not machine wash
I'm not a robot
do you give staff discount?
do you get employee discount
I want to return a tent my manager bought
I need a jacket for a tall person
I need boots for someone with wide feet
I need a cleaning agent for my boots
I need a waterproofing agent
I want to buy a gift for someone special
How much is shipping per person?
the stove stopped working
is it safe for human use
Are your factories human rights audited
not enough pegs in my tent
is the fleece better than a down jacket
Stop my order
my tent has no more pegs
does the phone holder fit
Can I get a refund for my tent
the courier gave it to somebody else
contact details please
I prefer the green one
the zip is broken and I want a new one
Do you need a person's signature on delivery?
Will the parcel be handed to a person
Do I need to be there in person to sign?
I want to collect it in person
My child wants a human-sized tent
can I get the backpack my operator recommended
Your agent said I could send it back
I talked about it at the shop yesterday and my refund is not here
a person told me it ships today
/restart
thank you
no
?
""".strip().splitlines()


@pytest.mark.parametrize("text", [*ASKS, "speak    to\n a   human"])
def test_this_asks_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", DOES_NOT_ASK)
def test_this_does_not(text: str) -> None:
    assert not asks_for_person(text)


def test_there_are_enough_sentences_of_both_kinds() -> None:
    assert len(set(ASKS)) >= 50
    assert len(set(DOES_NOT_ASK)) >= 50


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u200b", "𝓗", "a" * 4_000, "\n\t " * 900])
def test_odd_texts_ask_for_nobody(text: str) -> None:
    assert not asks_for_person(text)


@pytest.mark.parametrize(
    "piece",
    [
        "get a ",
        "don't want ",
        "do not to ",
        "need a to ",
        "connect me ",
        "is can ",
        "human ",
        "not a ",
        "my in ",
    ],
)
def test_no_text_takes_long_to_read(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    began = time.perf_counter()
    asks_for_person(text)
    assert time.perf_counter() - began < 0.5  # some 3 ms here; a backtracking pattern would take minutes


ONLINE, OFFLINE = Situation(True), Situation(False)
DECLINED = Situation(True, declined=True)
ONCE_UNSURE = Situation(True, unsure_in_a_row=1)

ROWS: list[tuple[str | None, bool, Situation, Step, str]] = [
    # wish, did the bot ask back, situation, what follows, why
    (None, False, ONLINE, Step.NOTHING, ""),
    (None, True, ONCE_UNSURE, Step.NOTHING, ""),
    ("nonsense", False, ONLINE, Step.NOTHING, ""),
    ("contact", False, ONLINE, Step.QUEUE, "left_details"),
    ("contact", False, OFFLINE, Step.QUEUE, "left_details"),
    ("contact", False, DECLINED, Step.QUEUE, "left_details"),
    ("person", False, ONLINE, Step.QUEUE, "asked_for_person"),
    ("person", False, DECLINED, Step.QUEUE, "asked_for_person"),
    ("person", False, OFFLINE, Step.OFFER, "asked_for_person"),
    ("frustrated", False, ONLINE, Step.QUEUE, "frustration"),
    ("frustrated", False, DECLINED, Step.OFFER, "frustration"),
    ("frustrated", False, OFFLINE, Step.OFFER, "frustration"),
    ("policy", False, ONLINE, Step.QUEUE, "policy_topic"),
    ("policy", False, DECLINED, Step.OFFER, "policy_topic"),
    ("policy", False, OFFLINE, Step.OFFER, "policy_topic"),
    ("unsure", False, ONLINE, Step.QUEUE, "low_confidence"),
    ("unsure", False, DECLINED, Step.OFFER, "low_confidence"),
    ("unsure", False, OFFLINE, Step.OFFER, "low_confidence"),
    ("unsure", True, ONLINE, Step.NOTHING, ""),
    ("unsure", True, OFFLINE, Step.NOTHING, ""),
    ("unsure", True, ONCE_UNSURE, Step.QUEUE, "repeated_failure"),
    ("unsure", False, ONCE_UNSURE, Step.QUEUE, "repeated_failure"),
    ("unsure", True, Situation(False, unsure_in_a_row=1), Step.OFFER, "repeated_failure"),
    ("unsure", True, Situation(True, unsure_in_a_row=1, declined=True), Step.OFFER, "repeated_failure"),
    ("unsure", True, Situation(True, unsure_in_a_row=9), Step.QUEUE, "repeated_failure"),
]


@pytest.mark.parametrize(("wish", "asked_back", "situation", "step", "reason"), ROWS)
def test_what_follows_from_a_reply(
    wish: str | None, asked_back: bool, situation: Situation, step: Step, reason: str
) -> None:
    assert on_reply(wish, asked_back, situation) == Decision(step, reason)


@pytest.mark.parametrize(("situation", "step"), [
    (ONLINE, Step.QUEUE), (DECLINED, Step.QUEUE), (OFFLINE, Step.ASK_DETAILS),
])  # fmt: skip
def test_who_asks_gets_a_person_or_is_asked_how_to_reach_them(situation: Situation, step: Step) -> None:
    assert on_asked(situation) == Decision(step, "asked_for_person")


@pytest.mark.parametrize(("helpful", "rejected", "declined", "online", "step"), [
    (True, 5, False, True, Step.NOTHING),
    (False, 1, False, True, Step.NOTHING),
    (False, 2, False, True, Step.QUEUE),
    (False, 2, True, True, Step.OFFER),
    (False, 3, False, False, Step.OFFER),
])  # fmt: skip
def test_the_second_thumb_down_calls_a_person(
    helpful: bool, rejected: int, declined: bool, online: bool, step: Step
) -> None:
    decision = on_feedback(helpful, Situation(online, 0, rejected, declined))
    assert decision == Decision(step, "repeated_failure" if step is not Step.NOTHING else "")


def test_a_silent_bot_means_the_offer_of_a_person() -> None:
    assert on_bot_failure() == Decision(Step.OFFER, "bot_unavailable")


wishes = st.sampled_from([None, "person", "unsure", "contact", "frustrated", "policy", "?"])
situations = st.builds(Situation, st.booleans(), st.integers(0, 9), st.integers(0, 9), st.booleans())


def decisions(
    wish: str | None, choices: bool, helpful: bool, situation: Situation
) -> list[tuple[str | None, Decision]]:
    return [
        (wish, on_reply(wish, choices, situation)),
        ("button", on_asked(situation)),
        ("thumb", on_feedback(helpful, situation)),
        ("failure", on_bot_failure()),
    ]


@given(wishes, st.booleans(), st.booleans(), situations)
def test_nobody_is_queued_while_nobody_is_there_except_with_an_address(
    wish: str | None, choices: bool, helpful: bool, situation: Situation
) -> None:
    for cause, decision in decisions(wish, choices, helpful, situation):
        if decision.step is Step.QUEUE and cause != "contact":
            assert situation.agents_online


@given(wishes, st.booleans(), st.booleans(), situations)
def test_who_chose_the_bot_is_sent_for_only_when_they_ask(
    wish: str | None, choices: bool, helpful: bool, situation: Situation
) -> None:
    for cause, decision in decisions(wish, choices, helpful, situation):
        if situation.declined and decision.step is Step.QUEUE:
            assert cause in {"contact", "person", "button"}


@given(wishes, st.booleans(), st.booleans(), situations)
def test_whatever_is_done_has_a_reason(
    wish: str | None, choices: bool, helpful: bool, situation: Situation
) -> None:
    for _, decision in decisions(wish, choices, helpful, situation):
        assert bool(decision.reason) == (decision.step is not triggers.Step.NOTHING)
