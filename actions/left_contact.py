"""An e-mail address in any message while nobody is there to chat: the contact form opens with what was said already.

Reads the address, a name and the matter out of one message. Must not know how the form asks for what is missing, nor
what becomes of it.
"""

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"
)
LEAD_IN = re.compile(
    r"^\W*(?:(?:hi|hello|hey|yes|sure|ok)\b\W+)?"
    r"(?:my (?:full )?name is|my name's|i am|i'm|it's|it is|this is|you can call me|call me|name:)\s+",
    re.IGNORECASE,
)
ABOUT_CHARACTERS = 1_000
MATTER_WORDS = 2
"""Words beside name, address and manners from which on a message says what it is about."""

_NAME = r"[A-ZÀ-ÞĀ-Ž][\w'’-]+"
_FULL_NAME = rf"({_NAME}(?: (?:van|de|der|den|von|el|la|le|{_NAME})){{0,4}})"
_INTRODUCED = re.compile(
    rf"\b(?i:my (?:full )?name is|my name's|i am|i'm|this is|call me|name:)\s+{_FULL_NAME}(?=\W*$|\s*[,.;:(]| and\b)"
)
_NAME_FIRST = re.compile(rf"^\W*(?i:(?:hi|hello|hey|yes|sure|ok)\b\W+)?{_FULL_NAME}\s*[,;:(<]?\s*$")
_MANNERS = frozenset({
    "hi", "hello", "hey", "dear", "yes", "ok", "okay", "sure", "thanks", "thank", "you", "please", "can", "could",
    "may", "reach", "contact", "mail", "email", "e", "write", "me", "my", "is", "it", "its", "it's", "i'm", "i",
    "am", "name", "full", "address", "answer", "reply", "send", "use", "at", "on", "here", "here's", "to", "the",
    "this", "that", "under", "via", "by", "and", "or", "back", "a", "an", "call", "phone", "number", "reachable",
    "best", "regards", "for", "be", "will", "would",
    "i'd", "like", "want", "leave", "details",
})  # fmt: skip


def left_contact(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]] | None:
    """Open the form with what the message says, or finish it when that is all it asks for.

    None when there is no address in it, somebody is there to chat, or the form is open already.
    """
    text = tracker.latest_message.get("text") or ""
    found = EMAIL.search(text)
    email = valid_email(found.group().rstrip(".")) if found else None
    if email is None or found is None or tracker.get_slot("agents_online") is not False:
        return None
    if (tracker.active_loop or {}).get("name"):
        return None
    known_name = tracker.get_slot("contact_name") or ""
    name = said_with(text) or (known_name if "@" not in known_name else "")
    about = matter(text, name)
    slots = [
        SlotSet("contact_email", email),
        # who only leaves an address is not asked for a name as well: the address stands for it
        SlotSet("contact_name", name or email),
        SlotSet("contact_about", about),
    ]
    if about is None:
        dispatcher.utter_message(response="utter_contact_opened")
        return [*slots, FollowupAction("contact_form")]
    # the slots are set only after this, so the response cannot read them
    say_noted(dispatcher, name, email)
    return slots


def say_noted(dispatcher: CollectingDispatcher, name: str, email: str) -> None:
    """Say that the message is taken, and tell the gateway. An address that stands for a name is not said as one."""
    told: dict[str, Any] = {"json_message": {"wish": "contact"}, "contact_name": name, "contact_email": email}
    if name and "@" not in name:
        dispatcher.utter_message(response="utter_contact_noted", **told)
    else:
        dispatcher.utter_message(response="utter_contact_noted_nameless", **told)


def said_with(text: str) -> str | None:
    """Return the name that comes with the address in `text`: introduced, or right before it."""
    found = EMAIL.search(text)
    introduced = _INTRODUCED.search(text) or _NAME_FIRST.search(text[: found.start()] if found else "")
    return introduced.group(1).strip() if introduced else None


def matter(text: str, name: str) -> str | None:
    """Return `text` when it says more than who writes and where to answer, else None."""
    rest = EMAIL.sub(" ", text).replace(name, " ") if name else EMAIL.sub(" ", text)
    words = [word for word in re.findall(r"[^\W\d_][\w'’]*", rest.lower()) if word not in _MANNERS]
    return text.strip()[:ABOUT_CHARACTERS] if len(words) >= MATTER_WORDS else None


def valid_email(text: str) -> str | None:
    """Return `text` in lower case when it is one e-mail address of at most 254 characters, else None."""
    address = text.strip()
    return address.lower() if len(address) <= 254 and EMAIL.fullmatch(address) else None
