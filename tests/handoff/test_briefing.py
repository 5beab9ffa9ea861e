"""The packet that agents see follows the customer until an agent joins."""

from typing import Any

import pytest

from handoff import briefing
from handoff.ports import ConversationRecord, Transaction
from handoff.protocol import Packet
from tests.handoff.fakes import House, ScriptedBot, answers

TENT = "order FH-313131, the tent has a hole and I leave on Friday"


async def seen(house: House, chat: str) -> Packet:
    packet = (await house.views.conversation(chat)).packet
    assert packet
    return packet


async def test_it_follows_messages_and_says_why_as_before(house: House) -> None:
    await house.add_agent()
    chat = await house.waiting_chat("human please")
    [before] = [event.body["packet"] for event in await house.log(chat) if event.kind == "packet"]
    await house.desk.send(chat, TENT, house.cmid())
    packet = await seen(house, chat)
    assert [fact.value for fact in packet.facts] == ["FH-313131"]
    assert "the tent has a hole" in packet.wants[-1].text
    assert packet.questions[-1] == TENT
    assert packet.reason_detail == before["reason_detail"]
    assert packet.waiting_since.isoformat()[:19] == before["waiting_since"][:19]


async def test_it_follows_thumbs_corrections_and_details(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    bot.script = [answers()]
    seat = await house.seat()
    async with house.bot_at_work():
        await house.desk.send(seat.conversation_id, "How do I send boots back?", house.cmid())
        await house.replied(seat.conversation_id)
    await house.desk.ask_person(seat.conversation_id, house.cmid())
    chat = seat.conversation_id
    answer = next(event.seq for event in await house.log(chat) if event.kind == "answer")
    await house.desk.feedback(chat, answer, False, house.cmid())
    await house.desk.correct_card(chat, {"want": "The left boot", "about": None, "tried": None}, house.cmid())
    contact = {"name": "Ida Berg", "email": "ida@example.org", "about": "My boots"}
    await house.desk.leave_contact(chat, contact, house.cmid())
    packet = await seen(house, chat)
    assert packet.tried[0].helpful is False
    assert [correction.text for correction in packet.corrections] == ["The left boot"]
    assert packet.contact
    assert packet.contact.name == "Ida Berg"


async def test_it_stands_still_once_an_agent_joined_and_goes_on_in_the_queue(house: House) -> None:
    agent = await house.add_agent()
    chat = await house.waiting_chat("human please")
    await house.desk.send(chat, TENT, house.cmid())
    await house.queue.claim(agent, chat, house.cmid())
    joined = await seen(house, chat)
    await house.desk.send(chat, "My other order is FH-424242", house.cmid())
    assert await seen(house, chat) == joined
    fence = (await house.ownership(chat)).fence
    await house.queue.requeue(agent, chat, fence, house.cmid())
    await house.desk.send(chat, "And FH-535353 too", house.cmid())
    assert [fact.value for fact in (await seen(house, chat)).facts][-1] == "FH-535353"


async def test_what_was_said_after_leaving_the_queue_is_not_of_it(house: House) -> None:
    await house.add_agent()
    chat = await house.waiting_chat("human please")
    await house.desk.send(chat, TENT, house.cmid())
    await house.desk.correct_card(chat, {"want": "A tent", "about": None, "tried": None}, house.cmid())
    await house.desk.leave_queue(chat, False, house.cmid())
    await house.desk.send(chat, "Do you sell gift cards?", house.cmid())
    packet = await seen(house, chat)
    assert packet.questions[-1] == TENT
    assert [correction.text for correction in packet.corrections] == ["A tent"]


async def test_it_is_read_anew_only_when_there_is_something_to_follow(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await house.add_agent()
    chat = await house.waiting_chat(TENT)
    calls = []
    real = briefing.briefing_of

    def counted(tx: Transaction, conversation: ConversationRecord, *more: Any) -> Packet | None:
        calls.append(conversation.last_seq)
        return real(tx, conversation, *more)

    monkeypatch.setattr(briefing, "briefing_of", counted)
    for _ in range(3):
        await seen(house, chat)
    assert len(calls) == 1
    await house.queue.claim(agent, chat, house.cmid())
    await seen(house, chat)
    await house.desk.send(chat, "Are you there?", house.cmid())
    await seen(house, chat)
    assert len(calls) == 2


async def test_without_it_the_conversation_is_still_shown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.add_agent()
    chat = await house.waiting_chat(TENT)

    def broken(*_given: object) -> Packet:
        raise ValueError("odd")

    monkeypatch.setattr(briefing, "briefing_of", broken)
    status = await house.views.conversation(chat)
    assert (status.owner, status.packet) == ("queue", None)
