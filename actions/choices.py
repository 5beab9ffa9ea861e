"""What happens after choices were shown: one is opened, or none fits. Must not know how they were found."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer_question import say_passage
from actions.library_client import LibraryError, PassageGone, library

logger = logging.getLogger(__name__)

REJECTED_PASSAGES = 50
"""What the library takes in `exclude`."""

ORDINALS = (
    (r"\b(first|1st|one|1|top|upper)\b", 0),
    (r"\b(second|2nd|two|2|middle)\b", 1),
    (r"\b(third|3rd|three|3)\b", 2),
    (r"\b(last|bottom)\b", -1),
)


class ShowPassage(Action):
    def name(self) -> str:
        return "action_show_passage"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Show the passage of the pressed button, or the one that was named ("the second one")."""
        offered = tracker.get_slot("offered") or []
        chosen = next(tracker.get_latest_entity_values("passage_id"), None) or named_choice(
            tracker.latest_message.get("text") or "", offered
        )
        if chosen is None:
            dispatcher.utter_message(response="utter_which_passage", json_message={"wish": "unsure"})
            return []
        try:
            say_passage(dispatcher, await library().passage(chosen), confidence=1.0)
        except PassageGone:
            dispatcher.utter_message(response="utter_passage_gone", json_message={"wish": "unsure"})
        except LibraryError as error:
            logger.warning("no passage from the library: %s (%s)", type(error).__name__, error)
            dispatcher.utter_message(response="utter_library_silent", json_message={"wish": "unsure"})
            return []
        return [SlotSet("offered", None)]


class RejectChoices(Action):
    def name(self) -> str:
        return "action_reject_choices"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Remember what was turned down, so that the library leaves it out next time."""
        rejected = list(
            dict.fromkeys((tracker.get_slot("rejected") or []) + (tracker.get_slot("offered") or []))
        )
        dispatcher.utter_message(response="utter_none_of_these", json_message={"wish": "unsure"})
        return [SlotSet("offered", None), SlotSet("rejected", rejected[-REJECTED_PASSAGES:] or None)]


def named_choice(text: str, offered: Sequence[str]) -> str | None:
    """Return the offered passage that `text` names by its place, or None when it names none of them.

    "one" is also a word for anything ("the second one"), so the other ordinals are looked for first.
    """
    places = [place for pattern, place in ORDINALS[1:] + ORDINALS[:1] if re.search(pattern, text.lower())]
    if not places or not -len(offered) <= places[0] < len(offered):
        return None
    return offered[places[0]]
