from datetime import UTC, datetime
from typing import get_args

import pytest
import structlog.testing

from handoff import packet as packet_module
from handoff.bot_replies import BOT
from handoff.desk import Desk
from handoff.handover import call_person
from handoff.log import LOG_WINDOW
from handoff.packet import MAX_EARLIER, build_packet
from handoff.pii import Recogniser
from handoff.ports import Json, Transaction
from handoff.protocol import Packet, Reason
from handoff.readers import as_event
from handoff.triggers import Decision, Step
from tests.handoff.fakes import HIT, House, ScriptedBot, answers, says

SINCE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


async def talk(house: House, conversation_id: str, *texts: str) -> None:
    async with house.bot_at_work():
        for text in texts:
            await house.desk.send(conversation_id, text, house.cmid())
            await house.replied(conversation_id)


async def packet_of(house: House, conversation_id: str, reason: Reason = "asked_for_person") -> Packet:
    return await house.store.read(
        lambda tx: build_packet(tx, tx.conversation(conversation_id), reason, SINCE, None)
    )


async def test_everything_an_agent_needs_is_in_it(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat(
        locale="de", page={"url": "/tents/2", "title": "Two-person tents", "referrer": "/"}
    )
    bot.script = [
        answers(
            "Print it.",
            confidence=0.71,
            intents=({"name": "return_item", "confidence": 0.8}, {"name": "label", "confidence": 0.1}),
            entities=({"entity": "order", "value": "FH-204817"},),
            slots={"order": "FH-204817", "agents_online": True, "requested_slot": "x", "empty": None},
        ),
        says("Hm.", entities=({"entity": "order", "value": "FH-204817"}, {"entity": "count", "value": 2})),
    ]
    await talk(house, seat.conversation_id, "How do I return it?", "Where is the label?")
    await house.desk.feedback(seat.conversation_id, 2, False, "f1")
    packet = await packet_of(house, seat.conversation_id)
    assert packet.questions == ["How do I return it?", "Where is the label?"]
    assert [(t.question, t.confidence, t.helpful, t.hit.passage_id) for t in packet.tried] == [
        ("How do I return it?", 0.71, False, HIT["passage_id"])
    ]
    assert packet.entities[0].model_dump() == {"entity": "count", "value": "2"}
    assert len(packet.entities) == 2
    assert packet.slots == {}
    assert (packet.locale, packet.page.url, packet.waiting_since) == ("de", "/tents/2", SINCE)
    assert packet.summary == (
        "First “How do I return it?”, and then “Where is the label?”. "
        "The bot showed “Return an item”: did not help."
    )


async def test_slots_are_words_and_the_bots_own_are_left_out(house: House) -> None:
    seat = await house.seat()
    slots: Json = {
        "order": "FH-1",
        "count": 2,
        "agents_online": True,
        "asked": ["x"],
        "empty": "",
        "requested_slot": "y",
    }
    await house.store.write(lambda tx: tx.update_conversation(seat.conversation_id, slots=slots))
    assert (await packet_of(house, seat.conversation_id)).slots == {"order": "FH-1", "count": "2"}


async def test_one_question_is_said_once(house: House) -> None:
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Where   is\nit?", "c1")
    packet = await packet_of(house, seat.conversation_id)
    assert packet.summary == "“Where is it?”. The bot gave no answer."


async def test_with_nothing_written_it_says_so(house: House) -> None:
    seat = await house.seat()
    packet = await packet_of(house, seat.conversation_id)
    assert packet.summary == "They wrote nothing before the handover."
    assert (packet.tried, packet.intents, packet.earlier) == ([], [], [])


async def test_a_long_question_is_cut_in_the_summary_and_whole_in_the_questions(house: House) -> None:
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "word " * 700, "c1")
    packet = await packet_of(house, seat.conversation_id)
    assert len(packet.summary) < 250
    assert "…" in packet.summary
    assert packet.questions == ["word " * 700]


async def test_the_evidence_of_low_confidence_is_the_score(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    bot.script = [says("I am not sure.", confidence=0.312)]
    await talk(house, seat.conversation_id, "What about kayaks?")
    low = await packet_of(house, seat.conversation_id, "low_confidence")
    assert low.reason_detail.endswith("Its best answer scored 31%.")
    asked = await packet_of(house, seat.conversation_id, "asked_for_person")
    assert "%" not in asked.reason_detail


@pytest.mark.parametrize("reason", get_args(Reason))
async def test_every_reason_has_its_sentence(house: House, reason: Reason) -> None:
    seat = await house.seat()
    assert (await packet_of(house, seat.conversation_id, reason)).reason_detail.endswith(".")
    assert reason in packet_module._EVIDENCE


@pytest.mark.parametrize("reason", sorted(set(get_args(Reason)) - {"back_to_queue"}))
async def test_every_reason_to_queue_has_words_for_the_customer(house: House, reason: str) -> None:
    seat = await house.seat()
    contact = (
        {"name": "Ida", "email": "ida@example.org", "about": "Tent"} if reason == "left_details" else None
    )
    await house.store.write(
        lambda tx: call_person(
            tx, tx.conversation(seat.conversation_id), Decision(Step.QUEUE, reason), True, contact
        )
    )
    hidden, notice = await house.log(seat.conversation_id)
    assert (hidden.kind, notice.kind) == ("packet", "notice")
    assert "colleague" in notice.body["text"]
    assert "{" not in notice.body["text"]


async def test_a_button_is_the_question_of_the_answer_it_led_to(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    key = seat.conversation_id
    await house.store.write(
        lambda tx: tx.add_choice("x", key, "Wax leather boots", {"intent": "i", "entities": {}})
    )
    bot.script = [answers("Brush them first.")]
    async with house.bot_at_work():
        await house.desk.choose(key, "x", "c1")
        await house.replied(key)
    packet = await packet_of(house, key)
    assert packet.tried[0].question == "Wax leather boots"
    assert packet.questions == []


async def add_conversation(house: House, conversation_id: str, customer_id: str) -> None:
    await house.store.write(lambda tx: tx.add_conversation(conversation_id, customer_id, "e", "en", {}))


async def test_earlier_conversations_are_told_and_not_this_one(house: House) -> None:
    seat = await house.seat()

    for n in range(MAX_EARLIER + 2):
        await add_conversation(house, f"old{n}", seat.customer_id)
        await house.desk.send(f"old{n}", f"Question {n}", f"c{n}")
    await house.desk.close("old4", "bye")
    packet = await packet_of(house, "old4")
    assert [(row.conversation, row.about) for row in packet.earlier] == [
        ("old3", "Question 3"), ("old2", "Question 2"), ("old1", "Question 1"),
    ]  # fmt: skip


async def test_somebody_elses_conversations_are_not_told(house: House) -> None:
    mine, theirs = await house.seat(), await house.seat()
    await house.desk.send(theirs.conversation_id, "Private", "c1")
    assert (await packet_of(house, mine.conversation_id)).earlier == []


async def test_an_intent_without_a_name_is_left_out(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    bot.script = [
        says("Hm.", intents=({"name": None, "confidence": 0.6}, {"name": "label", "confidence": 0.1}))
    ]
    await talk(house, seat.conversation_id, "What about kayaks?")
    assert [one.name for one in (await packet_of(house, seat.conversation_id)).intents] == ["label"]


async def test_a_packet_that_cannot_be_made_costs_neither_the_message_nor_the_person(
    house: House, bot: ScriptedBot
) -> None:
    await house.add_agent()
    chat = (await house.seat()).conversation_id
    bot.script = [says("Hm.", entities=({"value": "of no kind"},))]
    await talk(house, chat, "What about kayaks?")
    with structlog.testing.capture_logs() as logs:
        await house.desk.send(chat, "Get me a human", house.cmid())
        status = await house.status(chat)
    packet = next(event for event in await house.log(chat) if event.kind == "packet").body["packet"]
    assert (packet["reason"], packet["reason_detail"]) == ("asked_for_person", "They asked for a person.")
    assert "read the conversation" in packet["summary"]
    assert (status.owner, status.card) == ("queue", None)
    assert [line["event"] for line in logs] == ["handover.packet_not_built", "customer_card.not_made"]
    assert as_event((await house.log(chat))[-2], for_agent=True).kind == "packet"


async def test_the_recogniser_of_the_installation_finds_the_facts(house: House) -> None:
    house.desk = Desk(house.store, house.doorbell, recognise=Recogniser("BE", r"PED\d{4}").find)
    await house.add_agent()
    chat = (await house.seat()).conversation_id
    await house.desk.send(chat, "Where is PED2048, not FH-204817?", house.cmid())
    await house.desk.ask_person(chat, house.cmid())
    packet = next(event for event in await house.log(chat) if event.kind == "packet").body["packet"]
    card = (await house.status(chat)).card
    assert [(fact["kind"], fact["value"]) for fact in packet["facts"]] == [("order_number", "PED2048")]
    assert card
    assert card.about == "Order PED2048"


async def test_a_long_log_is_looked_at_from_its_end(house: House) -> None:
    seat = await house.seat()

    def much(tx: Transaction) -> None:
        for n in range(LOG_WINDOW + 50):
            tx.append(seat.conversation_id, BOT, "message", {"text": f"line {n}"})

    await house.store.write(much)
    await house.desk.send(seat.conversation_id, "At last", "c1")
    packet = await packet_of(house, seat.conversation_id)
    assert packet.questions == ["At last"]
