"""What the bot is asked, and what its reply, or its silence, does to a conversation: all inside one transaction.

Every reply is written under the fence it was asked with, and by the attempt that still has the turn. It must not know who
asks the bot, when, or over which wire.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace

from pydantic import ValidationError

from handoff import triggers, voice
from handoff.errors import StaleFence
from handoff.gist import NONE_BUTTON
from handoff.handover import call_person, touched
from handoff.log import CUSTOMER, SYSTEM
from handoff.ports import Author, ConversationRecord, Json, Transaction, TurnRecord, TurnReply, TurnRequest
from handoff.protocol import Contact
from handoff.queue import present
from handoff.quoting import Recognise
from handoff.situation import situation_of
from handoff.triggers import Handed, Happened, Occasion, Wish

BOT = Author("bot", voice.BOT_NAME)
ASKED = 5
"""Earlier questions that travel with a turn."""
Topics = tuple[str, ...]


def request_of(tx: Transaction, turn: TurnRecord) -> TurnRequest | None:
    """What to ask the bot; None when the conversation is no longer the bot's."""
    conversation = tx.conversation(turn.conversation_id)
    if not may_speak(conversation, turn):
        return None
    asked = [reply["question"] for reply in tx.replies(turn.conversation_id, ASKED) if reply.get("question")]
    return TurnRequest(
        conversation=conversation.id,
        cmid=turn.cmid,
        text=turn.text,
        payload=turn.payload,
        slots=conversation.slots,
        active_loop=conversation.active_loop,
        agents_online=bool(present(tx)),
        asked=tuple(asked[-ASKED:]),
    )


def may_speak(conversation: ConversationRecord, turn: TurnRecord) -> bool:
    """Whether the bot still owns the conversation under the fence that `turn` was asked with."""
    try:
        conversation.ownership.check_bot(turn.fence)
    except StaleFence:
        return False
    return True


def say_still_working(tx: Transaction, conversation: ConversationRecord) -> None:
    """Tell the customer that it takes longer, for all that they asked."""
    body = {"code": "still_working", "text": voice.STILL_WORKING}
    tx.append(conversation.id, SYSTEM, "notice", body)
    tx.tell_turns(conversation.id)


class Replies:
    def __init__(self, recognise: Recognise | None = None) -> None:
        self._recognise = recognise

    def write(self, tx: Transaction, turn: TurnRecord, reply: TurnReply) -> Topics:
        """Write the reply; too late for its fence, it is kept for agents and shown to no customer.

        Returns the topics to ring: none when another attempt has the turn, and nothing was written.
        """
        conversation = tx.conversation(turn.conversation_id)
        stored = asdict(reply) | {"answered": any(m["kind"] == "answer" for m in reply.messages)}
        if not tx.finish_turn(turn, stored):
            return ()
        if not may_speak(conversation, turn):
            for index, message in enumerate(reply.messages):
                body = {"text": message["text"]}
                tx.append(conversation.id, BOT, "suppressed", body, f"bot:{turn.id}:{index}")
            return touched(tx, conversation.id, conversation.ownership)
        for index, message in enumerate(reply.messages):
            kind, body = _event(tx, conversation.id, message, reply)
            tx.append(conversation.id, BOT, kind, body, f"bot:{turn.id}:{index}")
        _remember(tx, conversation, reply)
        self._decide(tx, conversation, turn, reply)
        return touched(tx, conversation.id, conversation.ownership)

    def fail(self, tx: Transaction, turn: TurnRecord) -> Topics:
        """Give the turn up and offer a person, unless the conversation is no longer the bot's."""
        conversation = tx.conversation(turn.conversation_id)
        if not tx.finish_turn(turn, None):
            return ()
        if may_speak(conversation, turn):
            online = bool(present(tx))
            situation = situation_of(tx, conversation, online, turn.cmid)
            failed = Occasion(Happened.FAILED, _seq(tx, turn))
            call_person(tx, conversation, triggers.decide(failed, situation), online, None, self._recognise)
        return touched(tx, conversation.id, conversation.ownership)

    def drop(self, tx: Transaction, turn: TurnRecord) -> Topics:
        """Only end the turn, so that its conversation can go on."""
        conversation = tx.conversation(turn.conversation_id)
        tx.finish_turn(turn, None)
        return touched(tx, conversation.id, conversation.ownership)

    def _decide(
        self, tx: Transaction, before: ConversationRecord, turn: TurnRecord, reply: TurnReply
    ) -> None:
        online, conversation = bool(present(tx)), tx.conversation(before.id)
        situation = replace(
            situation_of(tx, conversation, online, turn.cmid),
            unsure_in_a_row=before.unsure_in_a_row,
            in_form=before.active_loop is not None or conversation.active_loop is not None,
        )
        contact = _contact(reply.slots) if reply.wish == "contact" else None
        # nobody can write to an address that is none: then it is a wish for a person like any other
        wish = "person" if reply.wish == "contact" and contact is None else reply.wish
        decision = triggers.decide(_occasion(tx, conversation, turn, reply, wish), situation)
        if contact:
            tx.name_customer(conversation.customer_id, contact["name"], contact["email"])
        call_person(tx, tx.conversation(conversation.id), decision, online, contact, self._recognise)


def _remember(tx: Transaction, conversation: ConversationRecord, reply: TurnReply) -> None:
    unsure = conversation.unsure_in_a_row + (reply.wish in triggers.UNSURE)
    if reply.wish is None and any(message["kind"] == "answer" for message in reply.messages):
        unsure = 0
    values: Json = {"slots": reply.slots, "active_loop": reply.active_loop, "unsure_in_a_row": unsure}
    if reply.wish is None:
        values["waiting_since"] = None
    tx.update_conversation(conversation.id, **values)


def _occasion(
    tx: Transaction, conversation: ConversationRecord, turn: TurnRecord, reply: TurnReply, wish: Wish | None
) -> Occasion:
    """What the triggers are told of a reply that was just written."""
    kinds = {message["kind"] for message in reply.messages}
    hit: Json = next((message["hit"] for message in reply.messages if message["kind"] == "answer"), {})
    return Occasion(
        Happened.REPLIED,
        _seq(tx, turn),
        wish=wish,
        wished_surely=_sureness(reply) if turn.text else 1.0,
        asked_back="choices" in kinds and "answer" not in kinds,
        answered="answer" in kinds,
        handed=Handed(hit["article_title"], conversation.last_seq) if hit.get("always_person") else None,
    )


def _sureness(reply: TurnReply) -> float:
    """How sure the bot was of what was wanted; a button leaves no doubt, and neither does a form that is complete."""
    return float(reply.intents[0]["confidence"]) if reply.intents and reply.wish != "contact" else 1.0


def _seq(tx: Transaction, turn: TurnRecord) -> int | None:
    """Where that stands which the turn replies to."""
    event = tx.find_cmid(turn.conversation_id, CUSTOMER, turn.cmid)
    return event.seq if event else None


def _event(tx: Transaction, conversation_id: str, message: Json, reply: TurnReply) -> tuple[str, Json]:
    """Kind and body of the event for one message of the bot. Buttons get opaque ids."""
    match message["kind"]:
        case "answer":
            return "answer", {"text": message["text"], "hit": message["hit"], "confidence": reply.confidence}
        case "choices":
            return "choices", {"text": message["text"], **_buttons(tx, conversation_id, message["choices"])}
    return "message", {"text": message["text"]}


def _buttons(tx: Transaction, conversation_id: str, offered: Sequence[Json]) -> Json:
    """Buttons for what is offered, and one that turns it all down; there is nothing to turn down in further questions."""
    none = {"label": voice.NONE_OF_THESE, "intent": "none_of_these", "entities": {}}
    told: Json = {"choices": []}
    for choice in [*offered, *([] if offered[0]["intent"] == "ask_this" else [none])]:
        choice_id = secrets.token_hex(8)
        payload = {"intent": choice["intent"], "entities": choice.get("entities", {})}
        tx.add_choice(choice_id, conversation_id, choice["label"], payload)
        told["choices"].append({"id": choice_id, "label": choice["label"]})
        if choice is none:
            told[NONE_BUTTON] = choice_id
    return told


def _contact(slots: Json) -> Json | None:
    """The details in the slots of a form, None when nobody could write to them."""
    try:
        said = {key: slots.get(f"contact_{key}") for key in Contact.model_fields}
        contact = Contact.model_validate({key: value for key, value in said.items() if value is not None})
    except ValidationError:
        return None
    return contact.model_dump()
