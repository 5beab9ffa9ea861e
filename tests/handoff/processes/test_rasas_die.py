"""Assistants that are killed, hang, answer nothing or nonsense: a visible event in time, and nobody else is touched."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.desk import Desk
from handoff.hashing import ranking
from handoff.patience import Patience
from handoff.ports import AgentRecord
from handoff.readers import as_event
from tests.handoff.processes.town import QUICK, Rasa, Town

pytestmark = pytest.mark.slow
PROMISE_SECONDS = QUICK.total_seconds + 3.0
"""With the short patience of these tests, on two busy cores."""


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    town = Town(database_url)
    yield town
    await town.close()


async def at_work(town: Town, rasas: list[Rasa], patience: Patience = QUICK) -> None:
    (gateway,) = await town.gateways(rasas, die=[None], patience=patience)
    gateway.go()


def of(rasa: Rasa, rasas: list[Rasa], chats: list[str]) -> list[str]:
    return [chat for chat in chats if ranking(chat, [one.url for one in rasas])[0] == rasa.url]


@pytest.mark.parametrize("mode", ["hang", "empty", "error", "half", "heard_only"])
async def test_one_that_does_not_answer_makes_a_visible_event_in_time(town: Town, mode: str) -> None:
    await at_work(town, [await town.rasa(mode)])
    chat = await town.asks()
    assert await town.until_seen(chat) < PROMISE_SECONDS
    await town.until_answered(chat)
    seen = [one for one in await town.seen(chat) if one != "notice"]
    assert seen == (["You said: Hello"] if mode in {"half", "heard_only"} else ["offer"])


async def test_one_that_dies_over_a_turn_is_asked_again_when_it_is_back(town: Town) -> None:
    rasa = await town.rasa("late")
    await at_work(town, [rasa])
    chat = await town.asks()
    await town.until_taken(chat)
    rasa.kill()
    await town.rasa("normal", rasa.port)
    await town.until_answered(chat)
    assert await town.answers(chat) == ["You said: Hello"]


async def test_with_every_turn_failing_a_person_is_still_called(town: Town) -> None:
    """As when the action server is away: the button and the words that ask for a person need no bot."""
    await at_work(town, [await town.rasa("error")])
    chats = [await town.asks(text) for text in ("Hello", "I want to talk to a person")]
    await asyncio.gather(*(town.until_answered(chat) for chat in chats))
    await agent_is_there(town)
    await town.desk.ask_person(chats[0], "button")
    await town.desk.send(chats[1], "I want to talk to a person", "words")
    for chat in chats:
        record = await town.store.read(lambda tx, chat=chat: tx.conversation(chat))  # type: ignore[misc]
        assert record.ownership.owner == "queue"


async def test_one_that_is_not_there_ends_in_an_offer(town: Town) -> None:
    rasa = await town.rasa()
    rasa.kill()
    await at_work(town, [rasa])
    chat = await town.asks()
    await town.until_answered(chat)
    assert await town.seen(chat) == ["notice", "offer"]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_when_one_of_three_goes_the_others_answer_its_customers_and_nobody_elses_wait(
    town: Town, end: signal.Signals
) -> None:
    rasas = [await town.rasa() for _ in range(3)]
    await at_work(town, rasas)
    chats = [await town.asks(f"Hello {n}") for n in range(12)]
    await asyncio.gather(*(town.until_answered(chat) for chat in chats))
    gone = rasas[0]
    gone.signal(end)
    began = time.monotonic()
    for chat in chats:
        await town.desk.send(chat, "And now", "c2")
    untouched = [chat for chat in chats if chat not in of(gone, rasas, chats)]
    assert untouched
    await asyncio.gather(*(until_twice(town, chat) for chat in untouched))
    assert time.monotonic() - began < 5, "those of the others were held up"
    await asyncio.gather(*(until_twice(town, chat) for chat in chats))
    for n, chat in enumerate(chats):
        assert await town.answers(chat) == [f"You said: Hello {n}", "You said: And now"]


async def agent_is_there(town: Town) -> None:
    mara = AgentRecord("mara", "mara@fernhill.example", "Mara", "Knows tents", ("agent",), 4, 0, True)
    await town.store.write(lambda tx: tx.add_agent(mara))
    await town.store.write(lambda tx: tx.seen("agent", ["mara"], "a-gateway"))


async def until_twice(town: Town, chat: str) -> None:
    async with asyncio.timeout(15):
        while len(await town.answers(chat)) < 2:  # noqa: ASYNC110 - another process writes what we wait for
            await asyncio.sleep(0.05)


async def test_a_reply_after_an_agent_took_over_reaches_no_customer(town: Town) -> None:
    await at_work(town, [await town.rasa("late")])  # three seconds a turn
    await agent_is_there(town)
    chat = await town.asks()
    await town.until_taken(chat)
    await town.desk.ask_person(chat, "person")
    await town.queue.claim("mara", chat, "claim")
    async with asyncio.timeout(10):
        while await town.store.read(lambda tx: tx.turn_open(chat)):  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.05)
    late = (await town.log(chat))[-1]
    assert (late.kind, late.author.role) == ("suppressed", "bot")
    assert as_event(late, for_agent=False).kind == "hidden"
    assert await town.answers(chat) == []


async def test_in_real_time_a_hung_assistant_is_told_of_after_ten_seconds_and_offered_for_before_thirty(
    town: Town,
) -> None:
    rasa = await town.rasa()
    await at_work(town, [rasa], Patience())
    rasa.signal(signal.SIGSTOP)
    chat = await town.asks()
    began = time.monotonic()
    assert 9.5 < await town.until_seen(chat) < 15
    assert await town.seen(chat) == ["notice"]
    await town.until_answered(chat, 30)
    assert 24 < time.monotonic() - began < 30
    assert await town.seen(chat) == ["notice", "offer"]


async def test_a_flood_of_questions_leaves_nobody_in_silence(town: Town) -> None:
    """Far more than one slow assistant can answer: some get answers, the others a person, and all of them in time."""
    patience = replace(QUICK, at_once=8)
    town.desk = Desk(town.store, LocalDoorbell(), turns_in_line=20)
    await at_work(town, [await town.rasa("slow")], patience)
    chats = await asyncio.gather(*(town.asks() for _ in range(80)))
    waits = await asyncio.gather(*(town.until_seen(chat) for chat in chats))
    assert max(waits) < PROMISE_SECONDS
    seen = [(await town.seen(chat))[0] for chat in chats]
    assert {"You said: Hello", "offer"} <= set(seen)
