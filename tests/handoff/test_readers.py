import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from handoff.log import CUSTOMER
from handoff.ports import Author, EventRecord, Json, Transaction
from handoff.protocol import EVENTS, VisibleEvent
from handoff.protocol.events import Event
from handoff.readers import AGENTS_ONLY, as_event
from tests.handoff.fakes import HIT, House

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SECRET = "SECRET-WORDS"
MARA = Author("agent", "Mara", "mara")
PACKET: Json = {
    "reason": "frustration", "reason_detail": SECRET, "summary": SECRET, "questions": [SECRET], "tried": [], "intents": [],
    "entities": [], "slots": {"order": SECRET}, "contact": None, "page": {}, "locale": "en", "earlier": [],
    "waiting_since": "2026-11-20T09:00:00Z",
}  # fmt: skip
BODIES: dict[str, Json] = {
    "message": {"text": "Hello"},
    "answer": {"text": "Print it.", "hit": HIT, "confidence": None},
    "choices": {"text": "Which?", "choices": [{"id": "x", "label": "Tents"}]},
    "chosen": {"choice_id": "x", "label": "Tents"},
    "offer": {"text": "Shall I?", "options": ["person", "stay"]},
    "notice": {"code": "queued", "text": "Queued."},
    "feedback": {"answer_seq": 1, "helpful": False},
    "contact": {"contact": {"name": "Ida", "email": "ida@example.org", "about": "Tent"}},
    "correction": {"want": "A new pole", "about": None, "tried": ""},
    "rating": {"score": 4, "comment": ""},
    "note": {"text": SECRET},
    "packet": {"packet": PACKET},
    "suppressed": {"text": SECRET},
    "assignment": {"code": "declined", "text": SECRET},
    "verdict": {"answer_seq": 2, "verdict": "wrong"},
}


def record(kind: str, body: Json, author: Author = MARA) -> EventRecord:
    return EventRecord("c1", 7, author, kind, body, "SECRET-CMID", AT)


def test_every_kind_of_the_wire_is_read_here() -> None:
    kinds = {model.model_fields["kind"].default for model in get_args(get_args(Event)[0])}
    assert kinds == set(BODIES) | {"hidden"}


@pytest.mark.parametrize("kind", BODIES)
def test_an_agent_sees_everything(kind: str) -> None:
    event = as_event(record(kind, BODIES[kind]), for_agent=True)
    assert (event.kind, event.seq, event.conversation) == (kind, 7, "c1")
    assert isinstance(event, VisibleEvent)
    assert (event.actor.name, event.at, event.cmid) == ("Mara", AT, "SECRET-CMID")


@pytest.mark.parametrize("kind", sorted(set(BODIES) - AGENTS_ONLY))
def test_a_customer_sees_what_is_theirs(kind: str) -> None:
    assert as_event(record(kind, BODIES[kind]), for_agent=False).kind == kind


@pytest.mark.parametrize("kind", sorted(AGENTS_ONLY))
def test_of_what_is_not_theirs_a_customer_sees_the_number_alone(kind: str) -> None:
    sent = as_event(record(kind, BODIES[kind]), for_agent=False).model_dump_json()
    assert json.loads(sent) == {"type": "event", "conversation": "c1", "seq": 7, "kind": "hidden"}
    EVENTS.validate_json(sent)


def test_a_body_cannot_rewrite_who_wrote_it() -> None:
    body = {
        "text": "Hi",
        "seq": 99,
        "conversation": "other",
        "kind": "message",
        "actor": {"role": "bot", "name": "Fern"},
    }
    event = as_event(record("message", body), for_agent=False)
    assert (event.seq, event.conversation) == (7, "c1")


async def test_a_note_between_two_replies_leaves_no_gap_and_no_trace(house: House) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    await house.queue.send(agent, chat, fence, "First reply", "m1")
    await house.queue.note(agent, chat, SECRET, "SECRET-CMID")
    await house.queue.send(agent, chat, fence, "Second reply", "m2")
    log = await house.log(chat)
    seen = [as_event(event, for_agent=False) for event in log]
    assert [event.seq for event in seen] == list(range(1, len(log) + 1))
    assert [event.kind for event in seen[-3:]] == ["message", "hidden", "message"]
    assert [event.kind for event in seen].count("hidden") == 2
    told = "".join(event.model_dump_json() for event in seen) + (await house.status(chat)).model_dump_json()
    assert "SECRET" not in told
    record_of_chat = await house.store.read(lambda tx: tx.conversation(chat))
    assert record_of_chat.last_text == "Second reply"
    assert [as_event(event, for_agent=True).kind for event in log].count("note") == 1


async def test_no_secret_reaches_the_preview(house: House) -> None:
    seat = await house.seat()

    def write(tx: Transaction) -> None:
        for kind in sorted(AGENTS_ONLY):
            tx.append(seat.conversation_id, MARA, kind, {"text": SECRET})
        tx.append(seat.conversation_id, CUSTOMER, "feedback", {"text": SECRET})

    await house.store.write(write)
    assert (await house.store.read(lambda tx: tx.conversation(seat.conversation_id))).last_text == ""
