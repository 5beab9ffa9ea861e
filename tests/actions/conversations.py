"""Trackers as Rasa sends them to the action server."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action


def tracker(text: str, intent: str = "ask_question", confidence: float = 0.9, **slots: Any) -> Tracker:
    """A conversation whose latest message is `text`, with these slots."""
    entities = slots.pop("entities", [])
    message = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": entities}
    return Tracker("c1", slots, message, [], False, None, {}, "action_listen")


async def run(action: Action, conversation: Tracker) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Run the action; return what it said and the slots that it set."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, conversation, {})
    return dispatcher.messages, {e["name"]: e["value"] for e in events if e["event"] == "slot"}
