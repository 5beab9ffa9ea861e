"""Every rule of the table, their order, and what holds whatever happens."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.protocol import Reason
from handoff.triggers import (
    NOTHING,
    OFFER_AGAIN_AFTER,
    RULES,
    STRENGTH,
    Handed,
    Happened,
    Occasion,
    Said,
    Situation,
    Step,
    asks_for_person,
    decide,
)

ONLINE, OFFLINE = Situation(True), Situation(False)
DECLINED = Situation(True, declined=True)
ASKED, REPLIED, JUDGED = Happened.ASKED, Happened.REPLIED, Happened.JUDGED


def replied(wish: Any = None, *, seq: int = 9, **more: Any) -> Occasion:
    return dataclasses.replace(Occasion(REPLIED, seq, wish), **more)


def saying(*texts: str, online: bool = True, **more: Any) -> Situation:
    """The customer wrote these, one at every third seq up to 9, and the bot said something to each."""
    first = 9 - 3 * (len(texts) - 1)
    said = tuple(Said(first + 3 * n, text, replied=True) for n, text in enumerate(texts))
    return dataclasses.replace(Situation(online, said=said), **more)


RECALL = Handed("Gas cartridges that we call back", 10)
ROWS: list[tuple[Occasion, Situation, Step, str, tuple[int, ...]]] = [
    # what happened, the situation, what follows, why, and the events that it rests on
    (replied(), ONLINE, Step.NOTHING, "", ()),
    (replied("nonsense"), ONLINE, Step.NOTHING, "", ()),
    (Occasion(ASKED, 4), ONLINE, Step.QUEUE, "asked_for_person", (4,)),
    (Occasion(ASKED, 4), DECLINED, Step.QUEUE, "asked_for_person", (4,)),
    (Occasion(ASKED, 4), OFFLINE, Step.ASK_DETAILS, "asked_for_person", (4,)),
    (replied("person"), ONLINE, Step.QUEUE, "asked_for_person", (9,)),
    (replied("person"), DECLINED, Step.QUEUE, "asked_for_person", (9,)),
    (replied("person", wished_surely=0.79), ONLINE, Step.OFFER, "asked_for_person", (9,)),
    (replied("person", wished_surely=0.8), ONLINE, Step.QUEUE, "asked_for_person", (9,)),
    (replied("person"), OFFLINE, Step.OFFER, "asked_for_person", (9,)),
    (Occasion(Happened.LEFT_DETAILS, 5), OFFLINE, Step.QUEUE, "left_details", (5,)),
    (replied("contact"), OFFLINE, Step.QUEUE, "left_details", (9,)),
    (replied("contact"), DECLINED, Step.QUEUE, "left_details", (9,)),
    (Occasion(Happened.FAILED, 7), ONLINE, Step.OFFER, "bot_unavailable", (7,)),
    (Occasion(Happened.FAILED, 7), OFFLINE, Step.OFFER, "bot_unavailable", (7,)),
    (replied(answered=True, handed=RECALL), ONLINE, Step.QUEUE, "always_person", (10,)),
    (replied(answered=True, handed=RECALL), OFFLINE, Step.OFFER, "always_person", (10,)),
    (replied(answered=True, handed=RECALL), DECLINED, Step.OFFER, "always_person", (10,)),
    (replied("policy"), ONLINE, Step.QUEUE, "policy_topic", (9,)),
    (replied("policy"), DECLINED, Step.OFFER, "policy_topic", (9,)),
    (replied("policy"), OFFLINE, Step.OFFER, "policy_topic", (9,)),
    (replied("frustrated"), ONLINE, Step.QUEUE, "frustration", (9,)),
    (replied("frustrated"), DECLINED, Step.OFFER, "frustration", (9,)),
    (replied("unsure", asked_back=True), saying("THIS IS USELESS!!"), Step.QUEUE, "frustration", (9,)),
    (replied(answered=True), saying("this is useless"), Step.OFFER, "frustration", (9,)),
    (replied(), saying("argh", "no help", "ugh come on"), Step.QUEUE, "frustration", (3, 6, 9)),
    (replied(), saying("argh", "how do I pitch it"), Step.NOTHING, "", ()),
    (replied(), saying("how do I get this damn stain out"), Step.NOTHING, "", ()),
    (replied(), saying("THIS IS USELESS!!", "thanks, it works"), Step.NOTHING, "", ()),
    (replied(seq=12), saying("THIS IS USELESS!!"), Step.NOTHING, "", ()),  # a button was pressed since
    (
        Occasion(JUDGED, 6, helpful=False),
        Situation(True, rejected=(3, 6)),
        Step.QUEUE,
        "rejected_twice",
        (3, 6),
    ),
    (
        Occasion(JUDGED, 6, helpful=False),
        Situation(False, rejected=(3, 6)),
        Step.OFFER,
        "rejected_twice",
        (3, 6),
    ),
    (Occasion(JUDGED, 6, helpful=False), Situation(True, rejected=(6,)), Step.NOTHING, "", ()),
    (Occasion(JUDGED, 6, helpful=True), Situation(True, rejected=(3, 4)), Step.NOTHING, "", ()),
    (
        replied(answered=True),
        saying("do you ship to Oslo", "and do you ship to Oslo?"),
        Step.QUEUE,
        "same_question",
        (6, 9),
    ),
    (
        replied(),
        saying("do you ship to Oslo", "hm", "ok", "do you ship to oslo"),
        Step.QUEUE,
        "same_question",
        (0, 9),
    ),
    (replied(), saying("do you ship to Oslo", "do you ship to Rome"), Step.NOTHING, "", ()),
    (replied(), saying("thanks", "thanks"), Step.NOTHING, "", ()),
    (replied("unsure"), Situation(True, unsure_in_a_row=1), Step.QUEUE, "low_confidence", ()),
    (
        replied("unsure", asked_back=True),
        saying("one", "two", unsure_in_a_row=1),
        Step.QUEUE,
        "low_confidence",
        (6, 9),
    ),
    (replied("unsure"), Situation(False, unsure_in_a_row=1), Step.OFFER, "low_confidence", ()),
    (replied("unsure"), Situation(True, unsure_in_a_row=1, declined=True), Step.OFFER, "low_confidence", ()),
    (replied("unsure", asked_back=True), ONLINE, Step.NOTHING, "", ()),
    (replied("unsure"), ONLINE, Step.OFFER, "low_confidence", (9,)),
    (replied("unsure"), OFFLINE, Step.OFFER, "low_confidence", (9,)),
    (replied("asking"), ONLINE, Step.NOTHING, "", ()),
    (replied("asking"), Situation(True, unsure_in_a_row=1), Step.QUEUE, "low_confidence", ()),
    (replied("language"), ONLINE, Step.OFFER, "other_language", (9,)),
]


@pytest.mark.parametrize(("now", "situation", "step", "reason", "seqs"), ROWS)
def test_the_table(
    now: Occasion, situation: Situation, step: Step, reason: str, seqs: tuple[int, ...]
) -> None:
    decision = decide(now, situation)
    assert (decision.step, decision.reason) == (step, reason)
    assert sum((one.seqs for one in decision.evidence), ()) == seqs


def test_every_rule_is_tested_and_every_reason_is_one_of_the_protocol() -> None:
    assert {rule.reason for rule in RULES} == {reason for *_, reason, _ in ROWS if reason}
    assert {rule.reason for rule in RULES} <= set(Reason.__args__)  # type: ignore[attr-defined]


def test_the_strongest_step_decides_and_between_equals_the_upper_rule() -> None:
    both = saying("do you ship to Oslo", "DO YOU SHIP TO OSLO!!", unsure_in_a_row=1)
    holding = [rule.reason for rule in RULES if rule.finds(replied("unsure"), both)]
    assert holding == ["frustration", "same_question", "low_confidence", "low_confidence"]
    assert decide(replied("unsure"), both).reason == "frustration"
    assert decide(replied("person", handed=RECALL), both).reason == "asked_for_person"


def test_the_evidence_is_a_plain_sentence_for_agents() -> None:
    asked_again = decide(replied(answered=True), saying("do you ship to Oslo", "do you ship to Oslo??"))
    assert asked_again.sentence == "They asked the same again after the bot's reply."
    assert "heated (strong words)" in decide(replied(), saying("this is useless")).sentence
    assert "“Gas cartridges that we call back”" in decide(replied(handed=RECALL), ONLINE).sentence


def test_an_answer_that_nobody_got_is_no_reason_to_ask_again() -> None:
    unheard = Situation(
        True, said=(Said(3, "do you ship to Oslo"), Said(6, "do you ship to Oslo", replied=True))
    )
    assert decide(replied(seq=6), unheard) == NOTHING


@pytest.mark.parametrize("wish", ["unsure", "language"])
def test_the_same_offer_is_not_made_twice_in_a_breath(wish: str) -> None:
    reason = decide(replied(wish), OFFLINE).reason
    just_now = dataclasses.replace(OFFLINE, offered={reason: OFFER_AGAIN_AFTER - 1})
    a_while_ago = dataclasses.replace(OFFLINE, offered={reason: OFFER_AGAIN_AFTER})
    assert decide(replied(wish), just_now) == NOTHING
    assert decide(replied(wish), a_while_ago).step is Step.OFFER
    assert decide(replied("policy"), just_now).step is Step.OFFER  # another matter


def test_an_offer_that_was_just_made_hides_nothing_below_it() -> None:
    angry = saying("do you ship to Oslo", "THIS IS USELESS, do you ship to Oslo", offered={"frustration": 0})
    decision = decide(replied(answered=True), angry)
    assert (decision.step, decision.reason) == (Step.QUEUE, "same_question")


def test_in_a_form_the_same_words_may_be_needed_twice() -> None:
    twice = saying("do you ship to Oslo", "do you ship to Oslo")
    assert decide(replied(), twice).reason == "same_question"
    assert decide(replied(), dataclasses.replace(twice, in_form=True)) == NOTHING


def test_a_thumb_that_rejects_no_more_than_before_is_no_reason() -> None:
    repeated = Situation(True, rejected=(3, 6), rejects_more=False)
    assert decide(Occasion(JUDGED, 6, helpful=False), repeated) == NOTHING


@pytest.mark.parametrize("now", [replied("policy"), replied("person"), Occasion(Happened.FAILED, 7)])
def test_what_needs_an_answer_is_offered_each_time(now: Occasion) -> None:
    reason = decide(now, OFFLINE).reason
    assert decide(now, dataclasses.replace(OFFLINE, offered={reason: 0})).step is Step.OFFER


def test_somebody_who_is_there_is_sent_for_although_an_offer_was_just_made() -> None:
    offered = dataclasses.replace(ONLINE, unsure_in_a_row=1, offered={"low_confidence": 0})
    assert decide(replied("unsure"), offered).step is Step.QUEUE


@pytest.mark.parametrize("online", [True, False])
def test_a_wish_for_nobody_is_no_wish_for_a_person(online: bool) -> None:
    for text in (
        "I never want to speak to a human",
        "please dont connect me to an agent, where is my parcel?",
    ):
        assert decide(replied("person"), saying(text, online=online)) == NOTHING
    rather = saying("I don't want your boss, I want a person", online=online)
    assert decide(replied("person"), rather).reason == "asked_for_person"


def test_the_wording_is_the_products_detector() -> None:
    assert asks_for_person("get me a human")
    assert not asks_for_person("are your staff friendly?")


TEXTS = st.sampled_from(["do you ship to Oslo", "THIS IS USELESS!!", "argh", "thanks", "", "🏔️"]) | st.text(
    max_size=30
)
OCCASIONS = st.builds(
    Occasion,
    st.sampled_from(Happened),
    st.none() | st.integers(1, 40),
    wish=st.sampled_from([None, "person", "unsure", "contact", "frustrated", "policy", "language", "?"]),
    asked_back=st.booleans(),
    answered=st.booleans(),
    handed=st.none() | st.just(RECALL),
    helpful=st.booleans(),
)
SITUATIONS = st.builds(
    Situation,
    st.booleans(),
    st.integers(0, 9),
    st.lists(st.integers(1, 40), max_size=4).map(tuple),
    st.booleans(),
    st.lists(TEXTS, max_size=7).map(
        lambda texts: tuple(Said(n * 3, t, n % 2 == 0) for n, t in enumerate(texts))
    ),
    st.dictionaries(st.sampled_from([rule.reason for rule in RULES]), st.integers(0, 6)),
)
HEAT = st.sampled_from(
    ["This is ridiculous!! {}", "{} WHAT A JOKE", "damn it, this is useless. {}", "{} I am fed up!!"]
)


@given(OCCASIONS, SITUATIONS, HEAT)
def test_heat_never_leads_to_less(now: Occasion, calm: Situation, heated: str) -> None:
    if not calm.said:
        return
    *before, latest = calm.said
    hot = dataclasses.replace(
        calm, said=(*before, dataclasses.replace(latest, text=heated.format(latest.text)))
    )
    now = dataclasses.replace(now, seq=latest.seq)
    assert STRENGTH[decide(now, hot).step] >= STRENGTH[decide(now, calm).step]


OF_THE_CUSTOMER = {"left_details", "asked_for_person"}


@given(OCCASIONS, SITUATIONS)
def test_nobody_is_queued_while_nobody_is_there_except_with_an_address(
    now: Occasion, situation: Situation
) -> None:
    decision = decide(now, situation)
    if decision.step is Step.QUEUE and decision.reason != "left_details":
        assert situation.agents_online


@given(OCCASIONS, SITUATIONS)
def test_who_chose_the_bot_is_sent_for_only_when_they_ask(now: Occasion, situation: Situation) -> None:
    decision = decide(now, situation)
    if situation.declined and decision.step is Step.QUEUE:
        assert decision.reason in OF_THE_CUSTOMER


@given(OCCASIONS, SITUATIONS)
def test_whatever_is_done_has_a_reason_and_evidence(now: Occasion, situation: Situation) -> None:
    decision = decide(now, situation)
    something = decision.step is not Step.NOTHING
    assert (bool(decision.reason), bool(decision.sentence)) == (something, something)


@given(OCCASIONS, SITUATIONS)
def test_two_turns_that_do_not_help_bring_a_person_or_an_offer(now: Occasion, situation: Situation) -> None:
    """Unless one was offered for that very reason, and the customer has hardly written since."""
    if now.wish == "unsure" and situation.unsure_in_a_row >= 1:
        just_offered = any(since < OFFER_AGAIN_AFTER for since in situation.offered.values())
        assert decide(now, situation).step is not Step.NOTHING or just_offered
