"""What happens when the customer wants something done about an order, a refund or the account.

Most of it can be looked up ("my account is locked"), so the library is asked first. Unless it is sure (for where an order
is, likely is enough), and whenever an order is named, the gateway is told that a person has to look. Must not offer
choices: those who ask for help do not search.
"""

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer_question import ask_library, say_passage
from actions.left_contact import left_contact
from actions.library_client import Answer, LibraryError

logger = logging.getLogger(__name__)

SURE: tuple[str, ...] = ("answer",)
ENOUGH: dict[str, tuple[str, ...]] = {"request_order_status": ("answer", "clarify")}
"""Everybody can follow a parcel: an article that is only likely helps before anybody is sent for."""


class AnswerRequest(Action):
    def name(self) -> str:
        return "action_answer_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Say an answer and what to do if it does not help, else that a person has to look; empties `offered`.

        Who leaves an e-mail address while nobody is there is written to.
        """
        answer = await _answer(tracker)
        if answer is None or answer.decision != "answer":
            form = left_contact(dispatcher, tracker)
            if form:
                return [SlotSet("offered", None), *form]
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        if answer and answer.hits and answer.decision in ENOUGH.get(intent, SURE):
            say_passage(dispatcher, answer.hits[0], answer.confidence)
            dispatcher.utter_message(response="utter_if_not_solved")
        elif intent == "request_account_help":
            dispatcher.utter_message(response="utter_account_needs_person", json_message={"wish": "policy"})
        else:
            dispatcher.utter_message(response="utter_order_needs_person", json_message={"wish": "policy"})
        return [SlotSet("offered", None)]


async def _answer(tracker: Tracker) -> Answer | None:
    """Return what the library says, or None: an order is named, or it is out of reach."""
    if next(tracker.get_latest_entity_values("order_number"), None):
        return None  # only somebody who sees that order can help
    try:
        return await ask_library(tracker)
    except LibraryError as error:
        logger.warning("no answer from the library: %s (%s)", type(error).__name__, error)
        return None
