from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.contact_form import (
    FORM_SLOTS,
    BeginContact,
    HearContact,
    SubmitContact,
    ValidateContactForm,
    said_about,
    said_name,
)
from actions.left_contact import valid_email
from tests.actions.conversations import run, tracker
from tests.actions.fake_library import FakeLibrary


async def fill(
    slot: str, text: str, intent: str, confidence: float = 0.9
) -> tuple[list[str | None], dict[str, Any]]:
    """Say `text` while the form asks for `slot`; return the responses named and the slots set."""
    empty = dict.fromkeys(FORM_SLOTS)
    said, slots = await run(
        ValidateContactForm(), tracker(text, intent, confidence, requested_slot=slot, **empty)
    )
    return [m["response"] for m in said], slots


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "name"),
    [
        ("Anna Berg", "give_contact", 0.9, "Anna Berg"),
        ("my name is Anna Berg.", "give_contact", 0.9, "Anna Berg"),
        ("Hi, I'm Marek", "greet", 0.9, "Marek"),
        ("Jean-Pierre O'Hara", "ask_question", 0.5, "Jean-Pierre O'Hara"),
        ("Łukasz", "nlu_fallback", 0.45, "Łukasz"),
        ("王伟", "nlu_fallback", 0.45, "王伟"),
    ],
)
async def test_names(text: str, intent: str, confidence: float, name: str) -> None:
    assert await fill("contact_name", text, intent, confidence) == ([], {"contact_name": name})


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("stop", "stop"),
        ("no", "deny"),
        ("how long does delivery take?", "ask_question"),
        ("return policy", "ask_question"),
        ("I want to talk to a person", "ask_for_human"),
        ("thank you", "thank"),
        ("204817", "give_order_number"),
        ("?", "nlu_fallback"),
    ],
)
async def test_what_is_no_name_is_left_to_the_rules(text: str, intent: str) -> None:
    assert await fill("contact_name", text, intent) == ([], {})


async def test_an_endless_name_is_asked_again() -> None:
    assert await fill("contact_name", "x" * 70, "give_contact") == (
        ["utter_contact_name_unclear"],
        {"contact_name": None},
    )


@pytest.mark.parametrize("text", ["Anna.Berg@Example.org", "it's anna.berg@example.org, thanks"])
async def test_addresses(text: str) -> None:
    assert await fill("contact_email", text, "give_contact") == (
        [],
        {"contact_email": "anna.berg@example.org"},
    )


@pytest.mark.parametrize(
    ("text", "intent"),
    [("anna@", "nlu_fallback"), ("nora at example", "give_contact"), ("0170 1234567", "give_contact")],
)
async def test_a_broken_address_is_asked_again(text: str, intent: str) -> None:
    assert await fill("contact_email", text, intent) == (
        ["utter_contact_email_unclear"],
        {"contact_email": None},
    )


@pytest.mark.parametrize("text", ["when are you open?", "stop", "my dog is called Rex"])
async def test_what_is_no_address_is_left_to_the_rules(text: str) -> None:
    assert await fill("contact_email", text, "ask_question") == ([], {})


async def test_a_question_may_be_the_message() -> None:
    text = "Can I get a spare pole for a tent from 2019?"
    assert await fill("contact_about", text, "ask_question") == ([], {"contact_about": text})
    assert await fill("contact_about", "?", "ask_question") == (
        ["utter_contact_about_unclear"],
        {"contact_about": None},
    )
    _, slots = await fill("contact_about", "a" * 1_500, "ask_question")
    assert len(slots["contact_about"]) == 1_000


def test_only_a_short_no_closes_the_form_at_its_last_question() -> None:
    assert said_about("never mind", "stop", 0.9) is None
    assert said_about("no thanks", "deny", 0.9) is None
    long = "No zip of this jacket closes any more since last week"
    assert said_about(long, "deny", 0.9) == long
    assert said_about("stop the parcel", "stop", 0.4) == "stop the parcel"


def test_a_long_sentence_is_not_a_name() -> None:
    assert said_name("I was wondering about the zip on it", "nlu_fallback", 0.4) is None


@pytest.mark.parametrize(
    "text",
    ["a@b", "@b.org", "a b@c.org", "a@b.org, c@d.org", "x" * 250 + "@b.org", "a@-b.org", "a@b..org", ""],
)
def test_what_is_not_one_address(text: str) -> None:
    assert valid_email(text) is None


async def test_other_slots_stay_alone_and_nothing_breaks_on_empty_ones() -> None:
    dispatcher = CollectingDispatcher()
    conversation = tracker("Anna", "give_contact", requested_slot=None, contact_about=None)
    assert await ValidateContactForm().extract_contact_name(dispatcher, conversation, {}) == {}
    for slot in FORM_SLOTS:
        assert getattr(ValidateContactForm(), f"validate_{slot}")(None, dispatcher, conversation, {}) == {
            slot: None
        }
    assert dispatcher.messages == []


async def test_a_new_message_keeps_what_is_known() -> None:
    _, slots = await run(
        BeginContact(), tracker("call me", contact_name="Anna", contact_about="old", email="A@b.org")
    )
    assert slots == {"contact_about": None, "contact_email": "a@b.org"}


async def test_a_complete_form_is_told_to_the_gateway() -> None:
    said, slots = await run(SubmitContact(), tracker("x", contact_name="Anna"))
    assert [(m["response"], m["custom"]) for m in said] == [("utter_contact_noted", {"wish": "contact"})]
    assert slots == {}


async def test_a_form_without_a_name_is_thanked_without_one() -> None:
    said, _ = await run(SubmitContact(), tracker("x", contact_name="els@example.be"))
    assert [m["response"] for m in said] == ["utter_contact_noted_nameless"]


@pytest.mark.parametrize("text", ["I live at Kerkstraat 12, 9000 Gent", "Kerkstraat 12, 9000 Gent"])
async def test_where_somebody_lives_is_no_question(library: FakeLibrary, text: str) -> None:
    said, _ = await run(HearContact(), tracker(text, "give_contact"))
    assert [m["response"] for m in said] == ["utter_contact_heard"]
    assert library.questions == []


async def test_details_nobody_asked_for(library: FakeLibrary) -> None:
    entities = [{"entity": "email", "value": "a@b.org"}]
    said, _ = await run(HearContact(), tracker("a@b.org", "give_contact", entities=entities))
    assert [m["response"] for m in said] == ["utter_contact_heard"]
    library.reply = (200, library.clueless())
    said, _ = await run(HearContact(), tracker("blorf zwick", "give_contact"))
    assert [m["response"] for m in said] == ["utter_not_found"], (
        "gibberish is not a name: the library is asked"
    )
