"""Customers hear of it when the bot takes long, whether their question is being asked or only waits in line."""

import asyncio
from dataclasses import replace

import pytest

from handoff import voice
from handoff.adapters.store_sql import SqlStore
from handoff.bot_replies import Replies
from handoff.desk import Desk
from handoff.overdue import Overdue
from handoff.patience import Patience
from handoff.ports import TurnRecord
from tests.handoff.fakes import STEADY, House, ScriptedBot

WORKER = "a-gateway-that-died"


@pytest.fixture
async def overdue(house: House) -> Overdue:
    return looking(house, STEADY)


def looking(house: House, patience: Patience) -> Overdue:
    return Overdue(house.store, house.doorbell, Replies(), patience)


async def asking(house: House, *texts: str) -> str:
    seat = await house.seat()
    for text in texts:
        await house.desk.send(seat.conversation_id, text, house.cmid())
    return seat.conversation_id


async def taken(house: House) -> TurnRecord:
    turn = await house.store.write(lambda tx: tx.take_turn(WORKER, 6))
    assert turn
    return turn


async def after(house: House, overdue: Overdue, seconds: float) -> None:
    house.clock.passes(seconds)
    await overdue.look()


async def open_states(house: House, conversation_id: str) -> list[str]:
    return [turn.state for turn in await house.store.read(lambda tx: tx.open_turns(conversation_id))]


@pytest.mark.parametrize("running", [True, False])
async def test_after_ten_seconds_they_are_told_once_and_after_25_offered_a_person(
    house: House, overdue: Overdue, running: bool
) -> None:
    chat = await asking(house, "Where is it?")
    if running:
        await taken(house)
    await after(house, overdue, 9)
    assert await house.kinds(chat) == ["message"]
    for _ in range(3):
        await after(house, overdue, 1)
    assert await house.notices(chat) == ["still_working"]
    assert (await house.last(chat)).body["text"] == voice.STILL_WORKING
    await after(house, overdue, 14.5)
    assert (await house.last(chat)).kind == "offer"
    assert (await house.last(chat)).body["options"] == ["details", "stay"]
    assert await open_states(house, chat) == []


async def test_all_that_one_customer_has_in_line_makes_one_notice_and_one_offer(
    house: House, overdue: Overdue
) -> None:
    chat = await asking(house, "one", "two")
    for _ in range(30):
        await after(house, overdue, 1)
    assert await house.kinds(chat) == ["message", "message", "notice", "offer"]
    assert await open_states(house, chat) == []


async def test_what_was_asked_lately_is_still_asked_after_an_earlier_question_was_given_up(
    house: House, overdue: Overdue
) -> None:
    chat = await asking(house, "one")
    await after(house, overdue, 20)
    await house.desk.send(chat, "two", "later")
    await after(house, overdue, 5)
    assert await open_states(house, chat) == ["waiting"]


async def test_whoever_asks_may_end_it_itself_and_its_late_end_changes_nothing(
    house: House, overdue: Overdue
) -> None:
    chat = await asking(house, "Where is it?")
    turn = await taken(house)
    house.clock.passes(24)
    await house.store.write(lambda tx: tx.renew_turns(WORKER, [turn.id], 6))
    await after(house, overdue, 1.5)
    assert await open_states(house, chat) == ["running"]
    await after(house, overdue, 0.5)
    assert await open_states(house, chat) == []
    assert not await house.store.write(lambda tx: tx.finish_turn(turn, {"messages": []}))


async def test_nobody_is_told_anything_while_an_agent_has_the_conversation(
    house: House, overdue: Overdue
) -> None:
    agent = await house.add_agent()
    chat = await asking(house, "Where is it?")
    await house.desk.ask_person(chat, "person")
    await house.queue.claim(agent, chat, "claim")
    before = await house.kinds(chat)
    for _ in range(30):
        await after(house, overdue, 1)
    assert await house.kinds(chat) == before
    assert await open_states(house, chat) == []


async def test_after_an_outage_of_every_gateway_the_time_begins_anew_and_the_customer_hears_of_it(
    house: House, overdue: Overdue
) -> None:
    chat = await asking(house, "Where is it?")
    await taken(house)
    await after(house, overdue, 3_600)
    assert await house.notices(chat) == ["still_working"]
    again = await house.store.write(lambda tx: tx.retake_turn("another", 6))
    assert again
    assert (again.attempts, again.waited_seconds) == (2, STEADY.notice_seconds)
    await after(house, overdue, 16)
    assert (await house.last(chat)).kind == "offer"


async def test_a_machine_that_started_anew_moves_nobody_s_time(house: House, overdue: Overdue) -> None:
    chat = await asking(house, "Where is it?")
    await taken(house)
    house.clock.seconds = 5.0
    await overdue.look()
    assert await house.notices(chat) == ["still_working"]
    assert await house.store.write(lambda tx: tx.retake_turn("another", 6))


async def test_beyond_the_bound_of_the_line_a_person_is_offered_at_once(house: House) -> None:
    house.desk = Desk(house.store, house.doorbell, turns_in_line=3)
    chats = [await asking(house, "Where is it?") for _ in range(5)]
    assert [(await house.last(chat)).kind for chat in chats] == ["message"] * 3 + ["offer"] * 2
    assert [await open_states(house, chat) for chat in chats] == [["waiting"]] * 3 + [[]] * 2
    await house.desk.send(chats[0], "And the boots?", "more")
    assert (await house.last(chats[0])).kind == "message", "who is in line may add to what they asked"


async def test_one_conversation_that_cannot_be_helped_keeps_nobody_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = await asking(house, "one"), await asking(house, "two")
    fails = Replies.fail

    def fails_but_once(replies: Replies, tx: object, turn: TurnRecord) -> tuple[str, ...]:
        if turn.conversation_id == broken:
            raise ValueError("This row makes no sense.")
        return fails(replies, tx, turn)  # type: ignore[arg-type]

    monkeypatch.setattr(Replies, "fail", fails_but_once)
    await after(house, looking(house, STEADY), 26)
    assert (await house.last(fine)).kind == "offer"


async def waits_in_line(house: House, bot: ScriptedBot) -> list[str]:
    """Three customers, and a bot that takes one of them and says nothing."""
    bot.holding = True
    return [await asking(house, "Where is it?") for _ in range(3)]


async def test_while_the_bot_is_full_those_in_line_are_told_and_offered_a_person(
    store: SqlStore, bot: ScriptedBot
) -> None:
    house = House(store, bot, replace(STEADY, at_once=1, look_seconds=0.02))
    chats = await waits_in_line(house, bot)
    async with house.bot_at_work():
        await bot.asked(chats[0])
        house.clock.passes(10)
        for chat in chats:
            await house.until(chat, lambda tx, chat=chat: len(tx.events(chat, 0, 9)) == 2)  # type: ignore[misc]
        house.clock.passes(16)
        for chat in chats:
            await house.replied(chat)
    for chat in chats:
        assert await house.kinds(chat) == ["message", "notice", "offer"]


async def test_without_it_those_in_line_hear_nothing(
    store: SqlStore, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with the mechanism taken out: only the one who is asked about hears something, at the end."""

    async def looks_at_nothing(overdue: Overdue) -> None: ...

    monkeypatch.setattr(Overdue, "look", looks_at_nothing)
    house = House(store, bot, replace(STEADY, at_once=1, look_seconds=0.02))
    chats = await waits_in_line(house, bot)
    async with house.bot_at_work():
        await bot.asked(chats[0])
        house.clock.passes(40)
        await asyncio.sleep(0.3)
        assert [await house.kinds(chat) for chat in chats] == [["message"]] * 3
