"""Puts the customer's question to the library and says what came of it.

answer → the passage with its source; clarify → up to three choices; none or no library → honest words. Whenever it is
not an answer, the gateway is told that the bot is unsure. Must not know thresholds: the library decides.
"""

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.library_client import Answer, Hit, LibraryError, library

logger = logging.getLogger(__name__)

CHOICES = 3
LABEL_CHARACTERS = 80


class AnswerQuestion(Action):
    def name(self) -> str:
        return "action_answer_question"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Ask the library about the latest message; sets `offered` to the choices shown, else empties it."""
        try:
            answer = await ask_library(tracker)
        except LibraryError as error:
            logger.warning("no answer from the library: %s (%s)", type(error).__name__, error)
            dispatcher.utter_message(response="utter_library_silent", json_message={"wish": "unsure"})
            return [SlotSet("offered", None)]
        return _say(dispatcher, answer)


async def ask_library(tracker: Tracker) -> Answer:
    """Ask about the latest message, knowing what was asked and turned down before. Raises LibraryError."""
    return await library().answer(
        tracker.latest_message.get("text") or "",
        tracker.get_slot("asked") or [],
        tracker.get_slot("rejected") or [],
    )


def _say(dispatcher: CollectingDispatcher, answer: Answer) -> list[dict[str, Any]]:
    if answer.decision == "answer":
        say_passage(dispatcher, answer.hits[0], answer.confidence)
        return [SlotSet("offered", None)]
    facts: dict[str, Any] = {"wish": "unsure", "confidence": answer.confidence}
    if answer.decision == "none":
        dispatcher.utter_message(response="utter_not_found", json_message=facts)
        return [SlotSet("offered", None)]
    offered = answer.hits[:CHOICES]
    facts["choices"] = [
        {
            "label": choice_label(hit),
            "intent": "choose_passage",
            "entities": {"passage_id": hit["passage_id"]},
        }
        for hit in offered
    ]
    dispatcher.utter_message(response="utter_did_you_mean", json_message=facts)
    return [SlotSet("offered", [hit["passage_id"] for hit in offered])]


def say_passage(dispatcher: CollectingDispatcher, hit: Hit, confidence: float) -> None:
    """Say a passage as an answer with its source. `confidence` is 1 when the customer picked it."""
    dispatcher.utter_message(text=hit["text"], json_message={"hit": hit, "confidence": confidence})


def choice_label(hit: Hit) -> str:
    """`Returns: Sale items`, or the title alone; cut to what fits on a button."""
    label = f"{hit['article_title']}: {hit['heading']}" if hit.get("heading") else str(hit["article_title"])
    return label if len(label) <= LABEL_CHARACTERS else label[: LABEL_CHARACTERS - 1].rstrip() + "…"
