"""Back with the bot after the queue or an agent: what nobody answered is asked once more, and nothing else is."""

import pytest

from handoff import handover
from handoff.errors import BotFailed
from handoff.ports import TURNS_TOPIC
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import House, ScriptedBot, says


@pytest.fixture
async def agent(house: House) -> str:
    return await house.add_agent()


async def queued(house: House, *texts: str) -> str:
    """A customer who asked for a person at once and then wrote `texts`."""
    seat = await house.seat()
    await house.desk.ask_person(seat.conversation_id, "person")
    for n, text in enumerate(texts):
        await house.desk.send(seat.conversation_id, text, f"text-{n}")
    return seat.conversation_id


async def back(house: House, agent: str, conversation_id: str, how: str) -> None:
    if how == "leave_queue":
        await house.desk.leave_queue(conversation_id, False, "stay")
        return
    if (await house.status(conversation_id)).owner == "queue":
        await house.queue.claim(agent, conversation_id, "claim")
    fence = (await house.ownership(conversation_id)).fence
    bell = house.doorbell.subscribe(TURNS_TOPIC)
    await house.queue.return_to_bot(agent, conversation_id, fence, "back")
    assert (await bell.wait(0))[0] == {TURNS_TOPIC}
    bell.close()


async def asked(house: House, bot: ScriptedBot, conversation_id: str) -> list[str | None]:
    """What the bot is asked when it gets to work."""
    async with house.bot_at_work():
        await house.replied(conversation_id)
    return [request.text for request in bot.requests]


BOTH = pytest.mark.parametrize("how", ["leave_queue", "return_to_bot"])


@BOTH
async def test_the_last_message_that_nobody_answered_is_asked_once(
    house: House, bot: ScriptedBot, agent: str, how: str
) -> None:
    chat = await queued(house, "My order FH-204817 never came", "It was two tents")
    began = (await house.store.read(lambda tx: tx.conversation(chat))).waiting_since
    await back(house, agent, chat, how)
    assert (await house.status(chat)).bot_thinking
    assert (await house.store.read(lambda tx: tx.conversation(chat))).waiting_since == began
    assert await asked(house, bot, chat) == ["It was two tents"]
    assert (await house.last(chat)).body["text"] == "You said: It was two tents"
    await house.store.read(lambda tx: all_is_well(tx, [chat]))


@BOTH
async def test_without_the_mechanism_the_same_chat_ends_in_silence(
    house: House, bot: ScriptedBot, agent: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "REPLIES", {"customer": {"message"}})
    chat = await queued(house, "My order FH-204817 never came")
    await back(house, agent, chat, how)
    assert await asked(house, bot, chat) == []
    assert (await house.last(chat)).kind == "notice"


@BOTH
async def test_the_request_for_a_person_is_never_asked(
    house: House, bot: ScriptedBot, agent: str, how: str
) -> None:
    chat = await queued(house, "I want to talk to a person")
    await back(house, agent, chat, how)
    assert await asked(house, bot, chat) == []


@BOTH
async def test_what_was_asked_before_the_request_is(
    house: House, bot: ScriptedBot, agent: str, how: str
) -> None:
    chat = await queued(house, "Where is my parcel?", "I want to talk to a person")
    await back(house, agent, chat, how)
    assert await asked(house, bot, chat) == ["Where is my parcel?"]


@BOTH
async def test_what_the_bot_answered_is_not_asked_again(
    house: House, bot: ScriptedBot, agent: str, how: str
) -> None:
    seat = await house.seat()
    bot.script = [says("I see.", wish="frustrated")]
    async with house.bot_at_work():
        await house.desk.send(seat.conversation_id, "This is useless", "c1")
        await house.until(seat.conversation_id, lambda tx: bool(tx.waiting()))
    await back(house, agent, seat.conversation_id, how)
    assert await asked(house, bot, seat.conversation_id) == ["This is useless"]


@BOTH
async def test_what_the_bot_failed_at_is_asked_again(
    house: House, bot: ScriptedBot, agent: str, how: str
) -> None:
    seat = await house.seat()
    bot.script = [BotFailed("no"), BotFailed("no")]
    async with house.bot_at_work():
        await house.desk.send(seat.conversation_id, "Where is it?", "c1")
        await house.replied(seat.conversation_id)
    await house.desk.ask_person(seat.conversation_id, "person")
    await back(house, agent, seat.conversation_id, how)
    await asked(house, bot, seat.conversation_id)
    assert (await house.last(seat.conversation_id)).body["text"] == "You said: Where is it?"


async def test_what_the_agent_answered_is_not_asked_and_what_came_after_is(
    house: House, bot: ScriptedBot, agent: str
) -> None:
    chat, fence = await house.claimed_chat(agent)
    await house.queue.send(agent, chat, fence, "It is on its way.", "m1")
    await house.queue.note(agent, chat, "Sent on Monday.", "n1")
    await back(house, agent, chat, "return_to_bot")
    assert await asked(house, bot, chat) == []
    await house.desk.ask_person(chat, "again")
    await house.queue.claim(agent, chat, "claim-again")
    await house.desk.send(chat, "And the poles?", "poles")
    fence = (await house.ownership(chat)).fence
    await house.queue.return_to_bot(agent, chat, fence, "back-again")
    assert await asked(house, bot, chat) == ["And the poles?"]


@pytest.mark.parametrize("text", ["ok thank you", "Mara, are you there?", "As you said, it came today"])
async def test_what_was_meant_for_the_agent_is_not_asked(
    house: House, bot: ScriptedBot, agent: str, text: str
) -> None:
    chat, _ = await house.claimed_chat(agent)
    await house.desk.send(chat, text, "for-mara")
    await back(house, agent, chat, "return_to_bot")
    assert await asked(house, bot, chat) == []


async def test_going_back_twice_asks_once(house: House, bot: ScriptedBot, agent: str) -> None:
    chat = await queued(house, "Where is my parcel?")
    await back(house, agent, chat, "leave_queue")
    assert (await house.desk.leave_queue(chat, False, "stay")).dup
    await house.desk.leave_queue(chat, False, "stay-again")
    assert await asked(house, bot, chat) == ["Where is my parcel?"]
