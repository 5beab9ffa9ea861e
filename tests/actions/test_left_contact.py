"""An e-mail address that is typed into the chat while nobody is there."""

from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_question import AnswerQuestion
from actions.answer_request import AnswerRequest
from actions.contact_form import HearContact
from actions.left_contact import matter, said_with
from tests.actions.conversations import run, tracker
from tests.actions.fake_library import FakeLibrary

ALL = "Hi, I'm Jan Peeters, jan@example.com, order FH-204817 never came"


async def left(action: Action, conversation: Tracker) -> tuple[list[str | None], dict[str, Any], list[str]]:
    """What was said, the contact slots that were set without their prefix, and what comes next."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, conversation, {})
    slots = {
        e["name"][8:]: e["value"] for e in events if e["event"] == "slot" and e["name"].startswith("contact_")
    }
    responses = [m["response"] for m in dispatcher.messages]
    return responses, slots, [e["name"] for e in events if e["event"] == "followup"]


async def test_an_address_alone_opens_the_form_for_the_matter(library: FakeLibrary) -> None:
    conversation = tracker("els@example.be", "give_contact", agents_online=False)
    assert await left(HearContact(), conversation) == (
        ["utter_contact_opened"],
        {"email": "els@example.be", "name": "els@example.be", "about": None},
        ["contact_form"],
    )
    assert library.questions == []


async def test_a_known_name_is_kept() -> None:
    conversation = tracker("Els@example.be", "give_contact", agents_online=False, contact_name="Els")
    _, slots, _ = await left(HearContact(), conversation)
    assert slots == {"email": "els@example.be", "name": "Els", "about": None}


@pytest.mark.parametrize("action", [HearContact(), AnswerRequest(), AnswerQuestion()])
async def test_what_is_said_with_it_is_the_matter_already(library: FakeLibrary, action: Action) -> None:
    library.reply = (200, library.unsure())
    assert await left(action, tracker(ALL, agents_online=False)) == (
        ["utter_contact_noted"],
        {"email": "jan@example.com", "name": "Jan Peeters", "about": ALL},
        [],
    )


@pytest.mark.parametrize("library_says", ["none", "nothing"])
async def test_the_team_writes_where_the_library_does_not_know(
    library: FakeLibrary, library_says: str
) -> None:
    library.reply = (200, library.clueless()) if library_says == "none" else (503, {})
    question = "Will you sell kayaks next year? els@example.be"
    said, slots, _ = await left(AnswerQuestion(), tracker(question, agents_online=False))
    assert (slots["about"], said) == (question, ["utter_contact_noted_nameless"])


async def test_a_sure_answer_is_better_than_a_mail(library: FakeLibrary) -> None:
    for action in (AnswerQuestion(), AnswerRequest()):
        said, _ = await run(action, tracker("how do I return it? els@example.be", agents_online=False))
        assert "hit" in said[0]["custom"]


@pytest.mark.parametrize("slots", [{"agents_online": True}, {"agents_online": None}])
async def test_with_somebody_there_it_is_only_noted(library: FakeLibrary, slots: dict[str, Any]) -> None:
    entities = [{"entity": "email", "value": "els@example.be"}]
    conversation = tracker("els@example.be", "give_contact", entities=entities, **slots)
    assert await left(HearContact(), conversation) == (["utter_contact_heard"], {}, [])


async def test_an_open_form_asks_by_itself() -> None:
    conversation = tracker("els@example.be and the zip broke", "give_contact", agents_online=False)
    conversation.active_loop = {"name": "contact_form"}
    _, slots, following = await left(HearContact(), conversation)
    assert (slots, following) == ({}, [])


@pytest.mark.parametrize(("text", "name"), [
    (ALL, "Jan Peeters"),
    ("My name is Emma Van den Broeck and my mail is emma@example.be", "Emma Van den Broeck"),
    ("Els, els@example.be", "Els"),
    ("els@example.be", None),
    ("I'm not getting anywhere, els@example.be", None),
    ("I am Dutch speaking, els@example.be", None),
])  # fmt: skip
def test_names_that_come_with_it(text: str, name: str | None) -> None:
    assert said_with(text) == name


@pytest.mark.parametrize("text", [
    "els@example.be", "my e-mail is els@example.be, thanks", "Els Maes, els@example.be",
    "you can reach me at els@example.be please", "yes, write to els@example.be",
    "I'd like to leave my email els@example.be",
])  # fmt: skip
def test_an_address_with_manners_is_no_matter(text: str) -> None:
    assert matter(text, said_with(text) or "") is None
