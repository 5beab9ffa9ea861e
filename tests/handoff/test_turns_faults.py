"""The bot's turns when the bot does not answer, the process dies or the database is away."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import structlog.testing

from handoff import voice
from handoff.adapters.store_sql import SqlStore
from handoff.bot_replies import Replies
from handoff.conversation import Owner
from handoff.errors import BotFailed, BotTimeout, BotUnavailable, StoreUnavailable
from handoff.ports import TURNS_TOPIC, Transaction, TurnRecord, TurnReply
from tests.handoff.fakes import QUICK, STEADY, House, ScriptedBot, says
from tests.handoff.test_turns import ask, one_turn

T = TypeVar("T")
CONTACT = {
    "contact_name": "Ida Brandt",
    "contact_email": "ida@example.org",
    "contact_about": "A torn flysheet",
}


# when the bot does not answer


@pytest.mark.parametrize("error", [BotFailed("no"), BotTimeout("no"), BotUnavailable("no")])
async def test_a_bot_that_does_not_answer_is_told_and_a_person_offered(
    hasty: House, bot: ScriptedBot, error: Exception
) -> None:
    conversation_id = await one_turn(hasty, *[error] * 40, bot=bot)
    last = await hasty.last(conversation_id)
    assert (last.kind, last.author.role) == ("offer", "system")
    assert last.body["text"] == voice.offer("bot_unavailable", False)
    assert (await hasty.status(conversation_id)).owner == "bot"


async def test_with_somebody_there_the_offer_is_a_person(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    conversation_id = await one_turn(house, BotFailed("no"), BotFailed("no"), bot=bot)
    assert (await house.last(conversation_id)).body["options"] == ["person", "stay"]
    await house.desk.ask_person(conversation_id, "yes-please")
    assert (await house.status(conversation_id)).owner == "queue"


async def test_after_a_failure_the_turn_is_asked_once_more(house: House, bot: ScriptedBot) -> None:
    conversation_id = await one_turn(house, BotFailed("no"), says("Second try"), bot=bot)
    assert (await house.last(conversation_id)).body["text"] == "Second try"
    assert len(bot.requests) == 2
    assert bot.questions_heard == [bot.requests[0].cmid]
    assert bot.requests[0].cmid == bot.requests[1].cmid


async def test_a_turn_that_was_heard_is_not_asked_again(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    bot.script = [BotTimeout("cut off")]
    bot.remembered["heard"] = says("I had heard you.")
    async with house.bot_at_work():
        await house.desk.send(seat.conversation_id, "Hello", "heard")
        await house.replied(seat.conversation_id)
    assert (await house.last(seat.conversation_id)).body["text"] == "I had heard you."
    assert len(bot.requests) == 1


async def test_when_nobody_knows_whether_it_was_heard_it_is_asked_again(
    house: House, bot: ScriptedBot
) -> None:
    bot.heard_error = BotUnavailable("gone")
    conversation_id = await one_turn(house, BotFailed("no"), says("Second try"), bot=bot)
    assert (await house.last(conversation_id)).body["text"] == "Second try"


async def test_a_bot_that_is_still_loading_is_knocked_at_until_it_opens(
    house: House, bot: ScriptedBot
) -> None:
    conversation_id = await one_turn(house, *[BotUnavailable("loading")] * 4, says("Good morning"), bot=bot)
    assert await house.kinds(conversation_id) == ["message", "message"]
    assert bot.questions_heard == []


@pytest.mark.parametrize("script", [[BotUnavailable("down")] * 100, [BotFailed("no")] * 2])
async def test_the_customer_sees_something_within_the_promised_time(
    hasty: House, bot: ScriptedBot, script: list[object]
) -> None:
    began = time.monotonic()
    await one_turn(hasty, *script, bot=bot)
    assert time.monotonic() - began < 0.4 + 2.0  # total_seconds, and what two busy cores cost


async def test_a_bot_that_hangs_beyond_its_time_does_not_hang_the_conversation(
    hasty: House, bot: ScriptedBot
) -> None:
    bot.holding = True
    seat = await hasty.seat()
    async with hasty.bot_at_work():
        await ask(hasty, seat.conversation_id)
        await hasty.until(seat.conversation_id, lambda tx: not tx.turn_open(seat.conversation_id), 3)
    assert (await hasty.last(seat.conversation_id)).kind == "offer"


async def test_one_silent_conversation_does_not_silence_the_others(house: House, bot: ScriptedBot) -> None:
    stuck, fine = await house.seat(), await house.seat()
    bot.holding = True
    async with house.bot_at_work():
        await ask(house, stuck.conversation_id)
        await bot.asked(stuck.conversation_id)
        bot.holding = False
        await ask(house, fine.conversation_id)
        await house.replied(fine.conversation_id)
        assert (await house.last(fine.conversation_id)).author.role == "bot"
        bot.release(stuck.conversation_id)


async def test_the_promise_counts_from_the_message_however_many_wait_before_it(
    hasty: House, bot: ScriptedBot
) -> None:
    seats = [await hasty.seat() for _ in range(5)]
    for seat in seats:
        await ask(hasty, seat.conversation_id)
    hasty.clock.passes(QUICK.total_seconds)
    async with hasty.bot_at_work():
        for seat in seats:
            await hasty.replied(seat.conversation_id)
    assert [(await hasty.last(seat.conversation_id)).kind for seat in seats] == ["offer"] * 5
    assert bot.requests == []


async def test_after_a_failed_turn_the_next_one_is_asked(house: House, bot: ScriptedBot) -> None:
    conversation_id = await one_turn(house, BotFailed("no"), BotFailed("no"), bot=bot)
    async with house.bot_at_work():
        await ask(house, conversation_id, "and now?")
        await house.replied(conversation_id)
    assert (await house.last(conversation_id)).body["text"] == "You said: and now?"


# restarts and a database in trouble


async def test_a_restart_takes_up_what_was_running_and_first_asks_whether_it_was_heard(
    house: House, bot: ScriptedBot
) -> None:
    seat = await house.seat()
    bot.holding = True
    async with house.bot_at_work():
        cmid = await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
    assert await house.store.read(lambda tx: tx.turn_open(seat.conversation_id))
    bot.holding = False
    bot.remembered[cmid] = says("I had heard you before the restart.")
    async with house.bot_at_work():
        await house.replied(seat.conversation_id)
    assert (await house.last(seat.conversation_id)).body["text"] == "I had heard you before the restart."
    assert len(bot.requests) == 1


async def test_a_restart_asks_again_what_was_never_heard(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    bot.holding = True
    async with house.bot_at_work():
        await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
    bot.holding = False
    async with house.bot_at_work():
        await house.replied(seat.conversation_id)
    assert await house.kinds(seat.conversation_id) == ["message", "message"]
    assert len(bot.requests) == 2


async def test_a_turn_whose_lease_ended_here_is_asked_once_at_a_time(house: House, bot: ScriptedBot) -> None:
    """A process that stood still for too long takes its own turn again; what it asked before is given up."""
    seat = await house.seat()
    bot.holding = True
    with structlog.testing.capture_logs() as logs:
        async with house.bot_at_work():
            await ask(house, seat.conversation_id)
            await bot.asked(seat.conversation_id)
            house.clock.passes(STEADY.lease_seconds + 1)
            house.doorbell.ring(TURNS_TOPIC)
            await house.until(seat.conversation_id, lambda _: len(bot.requests) == 2)
            bot.release(seat.conversation_id)
            await house.replied(seat.conversation_id)
    assert bot.most_at_once == {seat.conversation_id: 1}
    assert await house.kinds(seat.conversation_id) == ["message", "message"]
    assert [line for line in logs if line["log_level"] == "error"] == []


@pytest.mark.parametrize("was_heard", [True, False])
async def test_after_a_long_outage_a_turn_is_still_looked_for_and_asked(
    house: House, bot: ScriptedBot, was_heard: bool
) -> None:
    seat = await house.seat()
    bot.holding = True
    async with house.bot_at_work():
        cmid = await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
    house.clock.passes(3_600)
    bot.holding = False
    if was_heard:
        bot.remembered[cmid] = says("I had heard you before the restart.")
    async with house.bot_at_work():
        await house.replied(seat.conversation_id)
    assert bot.questions_heard == [cmid]
    assert len(bot.requests) == (1 if was_heard else 2)
    expected = "I had heard you before the restart." if was_heard else "You said: Where is it?"
    assert (await house.last(seat.conversation_id)).body["text"] == expected


def names_in(change: Any) -> tuple[str, ...]:
    """The functions that a change calls, as far as can be seen from outside."""
    change = getattr(change, "func", change)
    return (*change.__code__.co_names, change.__name__)


class Flaky:
    """A store of which the n-th write fails, as when the disk is full for a moment."""

    def __init__(self, store: SqlStore, failing: set[str]) -> None:
        self._store = store
        self.failing = failing
        self.failed: list[str] = []

    async def write(self, change: Callable[[Transaction], T]) -> T:
        name = next((part for part in self.failing if part in names_in(change)), None)
        if name:
            self.failing.discard(name)
            self.failed.append(name)
            raise StoreUnavailable("The disk is full.")
        return await self._store.write(change)

    async def read(self, query: Callable[[Transaction], T]) -> T:
        return await self._store.read(query)

    async def close(self) -> None: ...


class Away(Flaky):
    """A store that takes no change while `now` is set."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store, set())
        self.now = False
        self.refused = 0
        self.refused_often = asyncio.Event()

    async def write(self, change: Callable[[Transaction], T]) -> T:
        if self.now:
            self.refused += 1
            if self.refused >= 10:
                self.refused_often.set()
            raise StoreUnavailable("The database is away.")
        return await super().write(change)


@pytest.mark.parametrize("failing", ["write", "fail", "take_turn", "retake_turn"])
async def test_a_write_that_fails_once_silences_nobody(
    store: SqlStore, bot: ScriptedBot, failing: str
) -> None:
    house = House(Flaky(store, {failing}), bot)  # type: ignore[arg-type]
    if failing == "fail":
        bot.script = [BotFailed("no"), BotFailed("no")]
    seat = await house.seat()
    async with house.bot_at_work():
        await ask(house, seat.conversation_id)
        await house.until(seat.conversation_id, lambda tx: not tx.turn_open(seat.conversation_id), 6)
    assert (await house.last(seat.conversation_id)).author.role in {"bot", "system"}


async def test_a_reply_that_cannot_be_written_is_a_failed_turn(house: House, bot: ScriptedBot) -> None:
    broken = TurnReply(({"kind": "answer", "text": "Without its passage."},))
    with structlog.testing.capture_logs() as logs:
        conversation_id = await one_turn(house, broken, broken, bot=bot)
    assert (await house.last(conversation_id)).kind == "offer"
    assert any(entry["log_level"] == "error" for entry in logs)
    assert (await house.ownership(conversation_id)).owner is Owner.BOT


async def test_a_turn_that_cannot_be_given_up_holds_up_nobody_and_is_dropped_at_last(
    house: House, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = await house.seat(), await house.seat()
    fails = Replies.fail

    def fails_but_once(replies: Replies, tx: Transaction, turn: TurnRecord) -> tuple[str, ...]:
        if turn.conversation_id == broken.conversation_id:
            raise ValueError("This row makes no sense.")
        return fails(replies, tx, turn)

    monkeypatch.setattr(Replies, "fail", fails_but_once)
    bot.script = [BotFailed("no")] * 4
    with structlog.testing.capture_logs() as logs:
        async with house.bot_at_work():
            for seat in (broken, fine):
                await ask(house, seat.conversation_id)
                await house.replied(seat.conversation_id)
            await ask(house, broken.conversation_id, "and now?")
            await house.replied(broken.conversation_id)
    assert (await house.last(fine.conversation_id)).kind == "offer"
    assert (await house.last(broken.conversation_id)).body["text"] == "You said: and now?"
    assert [entry["event"] for entry in logs].count("turns.turn_dropped") == 1


async def test_a_database_that_is_away_for_long_loses_no_turn(
    store: SqlStore, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.turns.POLL_SECONDS", 0.02)
    away = Away(store)
    house = House(away, bot)  # type: ignore[arg-type]
    seat = await house.seat()
    bot.holding = True
    async with house.bot_at_work():
        await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
        away.now = True
        bot.release(seat.conversation_id)
        await asyncio.wait_for(away.refused_often.wait(), 4)
        away.now = False
        await house.replied(seat.conversation_id)
    assert (await house.last(seat.conversation_id)).body["text"] == "You said: Where is it?"
    assert len(bot.requests) == 1


async def test_a_lost_ring_costs_a_poll_and_not_the_turn(
    house: House, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.turns.POLL_SECONDS", 0.1)
    seat = await house.seat()
    async with house.bot_at_work():
        await asyncio.sleep(0.05)

        def secretly(tx: Transaction) -> None:
            tx.add_turn(seat.conversation_id, "c1", "Hello", None, 0)

        await house.store.write(secretly)
        await house.replied(seat.conversation_id)
    assert await house.kinds(seat.conversation_id) == ["message"]
