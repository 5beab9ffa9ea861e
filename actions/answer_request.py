"""What happens when the customer wants something done about an order, a refund or the account.

Most of it can be looked up ("my account is locked"), so the library is asked first. Unless it is sure, and whenever an
order is named, the gateway is told that a person has to look. Must not offer choices: those who ask for help do not
search.
"""

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer_question import ask_library, say_passage
from actions.library_client import Answer, LibraryError

logger = logging.getLogger(__name__)


class AnswerRequest(Action):
    def name(self) -> str:
        return "action_answer_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Say a sure answer and what to do if it does not help, else that a person has to look; empties `offered`."""
        answer = await _sure_answer(tracker)
        if answer:
            say_passage(dispatcher, answer.hits[0], answer.confidence)
            dispatcher.utter_message(response="utter_if_not_solved")
        elif (tracker.latest_message.get("intent") or {}).get("name") == "request_account_help":
            dispatcher.utter_message(response="utter_account_needs_person", json_message={"wish": "policy"})
        else:
            dispatcher.utter_message(response="utter_order_needs_person", json_message={"wish": "policy"})
        return [SlotSet("offered", None)]


async def _sure_answer(tracker: Tracker) -> Answer | None:
    """Return the library's answer, or None: an order is named, it is not sure, or it is out of reach."""
    if next(tracker.get_latest_entity_values("order_number"), None):
        return None  # only somebody who sees that order can help
    try:
        answer = await ask_library(tracker)
    except LibraryError as error:
        logger.warning("no answer from the library: %s (%s)", type(error).__name__, error)
        return None
    return answer if answer.decision == "answer" else None
