"""One turn as the gateway says it and as we answer it: plain data, no HTTP and no Rasa server.

`read_turn` checks what came in; `build_reply` makes the answer out of what the bot said and the tracker. Shapes are
those of the contract between gateway and assistant. Must not know sockets, secrets or the library.
"""

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Optional

from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

TEXT_CHARACTERS = 4_000
ASKED_QUESTIONS = 5
SLASH_LOOKALIKE = "\u2215"
"""Stands for a leading `/`, which Rasa would read as a command; one for one, so that positions stay right."""

PAYLOAD_INTENTS = frozenset({"choose_passage", "none_of_these", "leave_details", "ask_for_human"})
"""What a button may say. Everything else (`/restart` above all) can only be typed, and then it is just text."""

TURN_FACTS = frozenset({"agents_online", "asked"})
"""Slots that the gateway says anew with every turn; they are not part of what it keeps for us."""

HIDDEN_SLOTS = TURN_FACTS | {"session_started_metadata"}

EXPECTED_ACTIONS = {
    "ask_question": "action_answer_question",
    "nlu_fallback": "action_answer_question",
    "request_order_status": "action_answer_request",
    "request_order_change": "action_answer_request",
    "request_refund_status": "action_answer_request",
    "request_account_help": "action_answer_request",
    "choose_passage": "action_show_passage",
    "none_of_these": "action_reject_choices",
}
"""Outside the form these intents must end in these actions; a test holds the rules to it."""

WISHES = ("person", "contact", "frustrated", "policy", "unsure", "asking", "language")
"""What the bot may wish, the strongest first: only one is told."""


class TurnRefused(ValueError):
    """The request does not say a turn; the message names the field."""


class TurnFailed(RuntimeError):
    """The bot heard the turn but could not do its part. Nothing of it may be kept."""


@dataclass(frozen=True)
class Turn:
    """One checked request. Exactly one of `text` and `intent` is set."""

    conversation: str
    cmid: str
    text: Optional[str] = None
    intent: Optional[str] = None
    entities: Dict[str, str] = field(default_factory=dict)
    slots: Dict[str, Any] = field(default_factory=dict)
    active_loop: Optional[str] = None
    agents_online: bool = False
    asked: List[str] = field(default_factory=list)


def plain_text(text: str) -> str:
    """Strip `text`, make it valid Unicode, and take the magic out of a leading `/`."""
    stripped = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ").strip()
    return SLASH_LOOKALIKE + stripped[1:] if stripped.startswith("/") else stripped


def read_turn(body: Any) -> Turn:
    """Check a JSON body and return its turn. Raises TurnRefused."""
    _require(isinstance(body, dict), "the body must be an object")
    for name in ("conversation", "cmid"):
        _require(
            isinstance(body.get(name), str) and 0 < len(body[name]) <= 200, f"{name} must be a short text"
        )
    text, payload = body.get("text"), body.get("payload")
    _require((text is None) != (payload is None), "exactly one of text and payload must be given")
    slots, asked, loop = body.get("slots", {}), body.get("asked", []), body.get("active_loop")
    _require(isinstance(slots, dict), "slots must be an object")
    _require(loop is None or isinstance(loop, str), "active_loop must be a name or null")
    _require(isinstance(body.get("agents_online", False), bool), "agents_online must be true or false")
    _require(
        isinstance(asked, list) and all(isinstance(q, str) for q in asked), "asked must be a list of texts"
    )
    said = _read_payload(payload) if text is None else {"text": _read_text(text)}
    return Turn(
        conversation=body["conversation"],
        cmid=body["cmid"],
        slots={name: value for name, value in slots.items() if name not in HIDDEN_SLOTS},
        active_loop=loop,
        agents_online=body.get("agents_online", False),
        asked=asked[-ASKED_QUESTIONS:],
        **said,
    )


def _read_text(text: Any) -> str:
    _require(isinstance(text, str), "text must be a text")
    _require(len(text) <= TEXT_CHARACTERS, f"text must have at most {TEXT_CHARACTERS} characters")
    plain = plain_text(text)
    _require(bool(plain), "text must not be blank")
    return plain


def _read_payload(payload: Any) -> Dict[str, Any]:
    _require(isinstance(payload, dict), "payload must be an object")
    _require(payload.get("intent") in PAYLOAD_INTENTS, "payload names an intent that no button has")
    entities = payload.get("entities") or {}
    _require(
        isinstance(entities, dict) and all(isinstance(v, str) and len(v) <= 200 for v in entities.values()),
        "payload.entities must map names to short texts",
    )
    return {"intent": payload["intent"], "entities": entities}


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise TurnRefused(message)


def heard_event(tracker: Optional[DialogueStateTracker], cmid: str) -> Optional[UserUttered]:
    """Return the tracker's event of the message `cmid`, or None."""
    events: Iterable[Any] = reversed(tracker.events) if tracker else ()
    for event in events:
        if isinstance(event, UserUttered) and (event.metadata or {}).get("cmid") == cmid:
            return event
    return None


def check_turn(
    turn: Turn, said: List[Dict[str, Any]], failed: List[str], tracker: DialogueStateTracker
) -> None:
    """Raise TurnFailed when an action failed, nothing was said, or the action that had to run is missing."""
    if failed:
        raise TurnFailed(f"these actions failed: {', '.join(failed)}")
    event = heard_event(tracker, turn.cmid)
    if event is None:
        raise TurnFailed("the message is not in the tracker")
    if not any(message.get("text") for message in said):
        raise TurnFailed("the bot had nothing to say")
    expected = EXPECTED_ACTIONS.get(event.intent_name or "")
    if expected and not turn.active_loop:
        after = list(tracker.events)[list(tracker.events).index(event) :]
        if not any(isinstance(e, ActionExecuted) and e.action_name == expected for e in after):
            raise TurnFailed(f"{expected} did not run")


def build_reply(turn: Turn, said: List[Dict[str, Any]], tracker: DialogueStateTracker) -> Dict[str, Any]:
    """Return the JSON reply of a turn that went well. `said` are Rasa's raw messages in order."""
    told = [message.get("custom") or {} for message in said]
    hits = [facts["hit"] for facts in told if facts.get("hit")]
    confidences = [facts["confidence"] for facts in told if facts.get("confidence") is not None]
    wishes = {facts.get("wish") for facts in told}
    event = heard_event(tracker, turn.cmid)
    parsed = event.parse_data if event else {}
    ranking = parsed.get("intent_ranking") or [parsed.get("intent") or {}]
    return {
        "cmid": turn.cmid,
        "turn_complete": True,
        "messages": [_message(message) for message in said if message.get("text")],
        "intent": _intent(parsed.get("intent") or {}),
        "intent_ranking": [_intent(intent) for intent in ranking[:5]],
        "entities": [
            {name: entity.get(name) for name in ("entity", "value", "start", "end")}
            for entity in parsed.get("entities") or []
        ],
        "slots": kept_slots(tracker),
        "active_loop": tracker.active_loop_name,
        "hit": hits[-1] if hits else None,
        "confidence": confidences[-1] if confidences else None,
        "wish": next((wish for wish in WISHES if wish in wishes), None),
    }


def kept_slots(tracker: DialogueStateTracker) -> Dict[str, Any]:
    """Return the slots worth keeping for the next turn: those with a value, without the turn's own facts."""
    return {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value is not None and name not in HIDDEN_SLOTS
    }


def _message(message: Dict[str, Any]) -> Dict[str, Any]:
    facts = message.get("custom") or {}
    if facts.get("hit"):
        return {"kind": "answer", "text": message["text"], "hit": facts["hit"]}
    if facts.get("choices"):
        return {"kind": "choices", "text": message["text"], "choices": facts["choices"]}
    return {"kind": "text", "text": message["text"]}


def _intent(intent: Dict[str, Any]) -> Dict[str, Any]:
    return {"name": intent.get("name"), "confidence": float(intent.get("confidence") or 0.0)}
