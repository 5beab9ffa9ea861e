"""Puts the customer's question to the library and says what came of it.

answer → the passage with its source; clarify → up to three choices; a question that says nothing → one question back; none
or no library → honest words. Whenever it is not an answer, the gateway is told that the bot is unsure. Nothing is asked back
twice. Who leaves an e-mail address while nobody is there is written to. Must not know thresholds: the library decides.
"""

import logging
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clarifying import (
    LANGUAGE,
    OPEN_QUESTION,
    asked_before,
    choices_among,
    in_words,
    is_vague,
    key_of,
    says_nothing,
    with_key,
)
from actions.left_contact import left_contact
from actions.library_client import Answer, Hit, LibraryError, library
from actions.many_questions import as_choices, questions_in

logger = logging.getLogger(__name__)

LABEL_CHARACTERS = 80
Events = list[dict[str, Any]]


class AnswerQuestion(Action):
    def name(self) -> str:
        return "action_answer_question"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Ask the library about the latest message; sets `offered` to the choices shown, else empties it."""
        text, clarified = tracker.latest_message.get("text") or "", tracker.get_slot("clarified") or []
        if says_nothing(text) or is_vague(text):
            return left_contact(dispatcher, tracker) or await _ask_what(
                dispatcher, clarified, wordless=says_nothing(text)
            )
        try:
            answer, others = await _one_by_one(tracker, questions_in(text))
            answer = answer or await ask_library(tracker)
        except LibraryError as error:
            logger.warning("no answer from the library: %s (%s)", type(error).__name__, error)
            form = left_contact(dispatcher, tracker)
            if form is None:
                dispatcher.utter_message(response="utter_library_silent", json_message={"wish": "unsure"})
            return [SlotSet("offered", None), *(form or [])]
        form = left_contact(dispatcher, tracker) if answer.decision != "answer" else None
        if form:
            return [SlotSet("offered", None), *form]
        events = _say(dispatcher, answer, clarified)
        if others:
            dispatcher.utter_message(response="utter_also_asked", json_message={"choices": others})
        return events


async def _one_by_one(
    tracker: Tracker, questions: Sequence[str]
) -> tuple[Answer | None, list[dict[str, Any]]]:
    """Of several questions the first that is surely answered, and buttons for the others. Raises LibraryError."""
    answers = [await ask_library(tracker, question) for question in questions]
    sure = next((n for n, one in enumerate(answers) if one.decision == "answer" and not one.ambiguous), None)
    if sure is None:
        return None, []
    shown = answers[sure].hits[0]["article_slug"]
    others = [
        question
        for question, one in zip(questions, answers, strict=True)
        if one.decision != "none" and one.hits[0]["article_slug"] != shown
    ]
    return answers[sure], as_choices(others)


async def ask_library(tracker: Tracker, question: str = "") -> Answer:
    """Ask about the latest message, or this part of it, knowing what was asked and turned down before.

    Raises LibraryError.
    """
    return await library().answer(
        question or tracker.latest_message.get("text") or "",
        tracker.get_slot("asked") or [],
        tracker.get_slot("rejected") or [],
    )


def _say(dispatcher: CollectingDispatcher, answer: Answer, clarified: Sequence[str]) -> Events:
    if answer.foreign and LANGUAGE not in clarified:
        dispatcher.utter_message(response="utter_other_language", json_message={"wish": "language"})
        return [SlotSet("offered", None), SlotSet("clarified", with_key(clarified, LANGUAGE))]
    offered = choices_among(answer.hits)
    known = asked_before(clarified, offered)
    if answer.decision == "answer" and (known or not answer.ambiguous or len(offered) == 1):
        say_passage(dispatcher, answer.hits[0], answer.confidence)
        return [SlotSet("offered", None)]
    facts: dict[str, Any] = {"wish": "unsure", "confidence": answer.confidence}
    if answer.decision == "none":
        dispatcher.utter_message(response="utter_not_found", json_message=facts)
        return [SlotSet("offered", None)]
    if known:
        dispatcher.utter_message(response="utter_still_unsure", json_message=facts)
        return [SlotSet("offered", None)]
    facts["choices"] = [
        {
            "label": choice_label(hit),
            "intent": "choose_passage",
            "entities": {"passage_id": hit["passage_id"]},
        }
        for hit in offered
    ]
    dispatcher.utter_message(response="utter_did_you_mean", json_message=facts)
    shown = [hit["passage_id"] for hit in offered]
    return [SlotSet("offered", shown), SlotSet("clarified", with_key(clarified, key_of(offered)))]


async def _ask_what(dispatcher: CollectingDispatcher, clarified: Sequence[str], *, wordless: bool) -> Events:
    """Ask what it is about, once; after that say honestly that it is not clear."""
    if OPEN_QUESTION in clarified:
        dispatcher.utter_message(response="utter_still_unsure", json_message={"wish": "unsure"})
        return [SlotSet("offered", None)]
    asked = {"wish": "asking"}
    topics = [] if wordless else await _topics()
    if wordless:
        dispatcher.utter_message(response="utter_no_words", json_message=asked)
    elif topics:
        dispatcher.utter_message(response="utter_ask_topic", topics=in_words(topics), json_message=asked)
    else:
        dispatcher.utter_message(response="utter_ask_what", json_message=asked)
    return [SlotSet("offered", None), SlotSet("clarified", with_key(clarified, OPEN_QUESTION))]


async def _topics() -> list[str]:
    try:
        return await library().topics()
    except LibraryError as error:
        logger.warning("no topics from the library: %s (%s)", type(error).__name__, error)
        return []


def say_passage(dispatcher: CollectingDispatcher, hit: Hit, confidence: float) -> None:
    """Say a passage as an answer with its source. `confidence` is 1 when the customer picked it."""
    dispatcher.utter_message(text=hit["text"], json_message={"hit": hit, "confidence": confidence})


def choice_label(hit: Hit) -> str:
    """`Returns: Sale items`, or the title alone; cut to what fits on a button."""
    label = f"{hit['article_title']}: {hit['heading']}" if hit.get("heading") else str(hit["article_title"])
    return label if len(label) <= LABEL_CHARACTERS else label[: LABEL_CHARACTERS - 1].rstrip() + "…"
