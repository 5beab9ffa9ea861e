"""The contact form: a name, an e-mail address and what it is about, for when nobody is there to chat.

Decides what in a message answers the form's question. A message that answers nothing leaves the slot alone; Rasa then
rejects the form for this turn, the message is treated as anywhere else (a question is answered), and the form asks on.
Must not know what becomes of the message: the gateway reads the slots when the wish says `contact`.
"""

import re
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answer_question import AnswerQuestion
from actions.left_contact import ABOUT_CHARACTERS, EMAIL, LEAD_IN, left_contact, say_noted, valid_email

FORM_SLOTS = ("contact_name", "contact_email", "contact_about")
HOME = re.compile(
    r"^\W*(?:(?:i live|we live) (?:at|in|on|near)\b[^?]*$|(?:my|our) (?:home )?address is\b[^?]*$|"
    r"[^\W\d][\w' .-]* \d+\w?,? \d{4,5} [^\W\d][\w' -]*\W*$)",
    re.IGNORECASE,
)
"""Where somebody lives: no question either."""
NAME_CHARACTERS = 60
NAME_WORDS = 5

LEAVING = frozenset({"stop", "deny"})
"""These close the form, wherever it stands."""
NOT_A_NAME = LEAVING | {
    "affirm", "ask_capabilities", "ask_for_human", "ask_if_bot", "choose_passage", "complain", "express_frustration",
    "give_order_number", "goodbye", "greet", "leave_details", "none_of_these", "request_account_help",
    "request_order_change", "request_order_status", "request_refund_status", "thank",
}  # fmt: skip
SURE = 0.6
"""From here on an intent is believed against the form; names are strange words and often look like something else."""


class BeginContact(Action):
    def name(self) -> str:
        return "action_begin_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Start a new message: what the last one was about goes, name and address stay, so nobody says them twice."""
        known = tracker.get_slot("contact_email") or tracker.get_slot("email")
        return [SlotSet("contact_about", None), SlotSet("contact_email", valid_email(known or ""))]


class HearContact(Action):
    def name(self) -> str:
        return "action_hear_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Contact details that nobody asked for. A message that holds none is a question in unusual words."""
        form = left_contact(dispatcher, tracker)
        if form:
            return form
        text = tracker.latest_message.get("text") or ""
        found = [next(tracker.get_latest_entity_values(kind), None) for kind in ("email", "phone")]
        if not any(found) and not LEAD_IN.match(text) and not HOME.match(text):
            return await AnswerQuestion().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_contact_heard")
        return []


class ValidateContactForm(FormValidationAction):
    def name(self) -> str:
        return "validate_contact_form"

    def domain_slots(self, domain: DomainDict) -> list[str]:
        """Name the slots here, so that Rasa need not send its whole domain with every turn of the form."""
        return list(FORM_SLOTS)

    async def extract_contact_name(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return _when_asked(tracker, "contact_name", said_name(*_heard(tracker)))

    async def extract_contact_email(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return _when_asked(tracker, "contact_email", said_email(*_heard(tracker)[:2]))

    async def extract_contact_about(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return _when_asked(tracker, "contact_about", said_about(*_heard(tracker)))

    def validate_contact_name(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        if value is None or len(value) <= NAME_CHARACTERS:
            return {"contact_name": value}
        dispatcher.utter_message(response="utter_contact_name_unclear")
        return {"contact_name": None}

    def validate_contact_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        if value is None or valid_email(value):
            return {"contact_email": valid_email(value or "")}
        dispatcher.utter_message(response="utter_contact_email_unclear")
        return {"contact_email": None}

    def validate_contact_about(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        if value is None or len(value) >= 3:
            return {"contact_about": value and value[:ABOUT_CHARACTERS]}
        dispatcher.utter_message(response="utter_contact_about_unclear")
        return {"contact_about": None}


class SubmitContact(Action):
    def name(self) -> str:
        return "action_submit_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Say that the message is taken and tell the gateway; the slots stay for it to read."""
        say_noted(dispatcher, tracker.get_slot("contact_name") or "", tracker.get_slot("contact_email") or "")
        return []


def said_name(text: str, intent: str, confidence: float) -> str | None:
    """Return the name in `text`, or None when it does not look like one or surely means something else."""
    name = LEAD_IN.sub("", text).strip(' .,;:!"')
    words = name.split()
    if (
        not words
        or len(words) > NAME_WORDS
        or re.search(r"[?@\d]", name)
        or not re.search(r"[^\W\d_]{2}", name)
    ):
        return None
    introduced = len(name) < len(text.strip(' .,;:!"'))
    if introduced or intent == "give_contact":
        return name
    if confidence >= SURE and (intent in NOT_A_NAME or intent == "ask_question"):
        return None
    return name


def said_email(text: str, intent: str) -> str | None:
    """Return the address in `text`; the text itself when it only tries to be one; None for anything else.

    "nora at example" and a phone number are such tries: contact details, only not the ones that were asked for.
    """
    found = EMAIL.search(text)
    if found:
        return found.group()
    return text if intent == "give_contact" or ("@" in text and len(text.split()) <= 6) else None


def said_about(text: str, intent: str, confidence: float) -> str | None:
    """Return the text: whatever is said here is the message, questions too, unless it closes the form.

    A short text with a leaving intent closes it; a long one ("No zip of this tent closes any more") is a message.
    """
    if intent in LEAVING and confidence >= SURE and len(text.split()) <= 6:
        return None
    return text.strip() or None


def _heard(tracker: Tracker) -> "tuple[str, str, float]":
    message = tracker.latest_message
    intent = message.get("intent") or {}
    return message.get("text") or "", intent.get("name") or "", float(intent.get("confidence") or 0.0)


def _when_asked(tracker: Tracker, slot: str, value: str | None) -> dict[str, Any]:
    return {slot: value} if value is not None and tracker.get_slot("requested_slot") == slot else {}
