"""What the gateway says in its own words, in one place. The bot's words are in `domain.yml`.

Plain, warm, short, honest: who, what, when. Nothing here promises what the queue cannot keep.
"""

from typing import Any

BOT_NAME = "Fern"
GREETING = (
    "Hello, I'm Fern, Fernhill's assistant. I'm a bot: ask me anything, or talk to a person at any time."
)

ASK_PERSON = "Talk to a person"
STAY_WITH_BOT = "Stay with the bot"
SORTED = "I'm sorted"
END = "End the conversation"
NONE_OF_THESE = "None of these"

QUEUED = {
    "asked_for_person": "I've asked a colleague to join. They will see what we wrote, so you won't have to repeat it.",
    "frustration": "I've asked a colleague to take over, so that you get proper help. You can also stay with me.",
    "policy_topic": "A person has to look into this, so I've asked a colleague to join. You can also stay with me.",
}
CONTACT_LEFT = "Thank you. A colleague will {what}. You can close this window."
QUEUED_ELSE = "I've asked a colleague to join. They will see what we wrote. You can also stay with me."

OFFER_ONLINE = "Would you like a colleague to help with this?"
OFFER_OFFLINE = (
    "Nobody is at the desk right now. Leave your e-mail if you like, and a colleague will write back."
)
BOT_AWAY = "I can't answer right now."
"""Goes before an offer when the bot failed; otherwise the bot's own words have just said why."""

STILL_WORKING = "This takes me longer than usual. I'm still on it, and you can ask for a person at any time."

JOINED = "{name} joined. {about}."
LEFT = "{name} lost the connection. You keep your place; the next free colleague takes over."
REQUEUED = "{name} has passed this on. You keep your place; the next free colleague takes over."
PASSED_ON = "{name} takes over from {sender}. {about}."
AGENT_AWAY = "{name} lost the connection and may come back. If not, the next free colleague takes over."
RETURNED_TO_BOT = "{name} has left. You're back with Fern, the bot."
LEFT_QUEUE = "You're with Fern, the bot. You can ask for a person at any time."
CLOSED_BY_AGENT = "{name} has closed this conversation. Write again whenever you need us."
CLOSED_BY_CUSTOMER = "This conversation is closed. Write again whenever you need us."
REOPENED = "Welcome back. You're with Fern, the bot."

ASSIGNED = {
    "offered": "This was offered to {name}.",
    "declined": "{name} did not take it.",
    "offer_passed": "{name} did not answer the offer in time.",
    "transfer_offered": "{name} asked {whom} to take over.",
    "transfer_accepted": "{name} took over from {sender}.",
    "transfer_declined": "{name} declined to take over.",
    "transfer_passed": "Nobody took over in time. {name} keeps this conversation.",
    "taken_over": "{name} took over from {sender} as a supervisor.",
    "back": "{name} is back.",
    "priority": "{name} set the priority to {priority}.",
}
"""What agents read of who was asked, by the code of the `assignment`."""
TAKEN_BACK = "{name} keeps this conversation after all."
PRIORITIES = {-1: "low", 0: "normal", 1: "raised", 2: "high", 3: "urgent"}
"""As the console names them, where they are set."""

LETTER_SUBJECT = "{name} from Fernhill has answered you"
LETTER = """\
Hello {customer},

{name} has answered you:

{text}

To answer, open the page where you wrote to us{where}, in the same browser. Your conversation goes on there.
"""
LETTER_FAILED = "The e-mail with this reply could not be delivered ({why}). Please write to {email} yourself."

FACTS = {"order_number": "Order", "phone": "Phone", "email": "E-mail"}
"""What stands before a fact on the card; others speak for themselves."""
SHOWN = {
    "helped": "{title}: this helped",
    "not_helpful": "{title}: this did not help",
    "said_no": "{title}: this did not help",
    "asked_again": "{title}: you asked again",
}
SHOWN_ELSE = "{title}: shown"
NOT_FOUND = "I found no answer"
NONE_FITTED = "None of what I suggested fitted"


def queued(reason: str) -> str:
    return QUEUED.get(reason, QUEUED_ELSE)


def contact_left(contact: dict[str, Any]) -> str:
    """What is said to somebody who left how to reach them; a call is promised to those who ask for one."""
    email, phone, when = (contact.get(key, "") for key in ("email", "phone", "call_at"))
    calls = f"call {phone}{f' ({when})' if when else ''}" if phone and (when or not email) else ""
    what = f"{calls} or write to {email}" if calls and email else calls or f"write to {email}"
    return CONTACT_LEFT.format(what=what)


def offer(reason: str, agents_online: bool) -> str:
    words = OFFER_ONLINE if agents_online else OFFER_OFFLINE
    return f"{BOT_AWAY} {words}" if reason == "bot_unavailable" else words
