"""Gateways that are killed or stopped over a bot turn: the customer sees exactly one answer, whoever writes it."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.handoff.processes.town import QUICK, Town
from tests.handoff.processes.turn_worker import MOMENTS

pytestmark = pytest.mark.slow
SETTLED_SECONDS = 1.0
"""Long enough for a second answer to be written, if anybody would."""


@pytest.fixture
async def town(any_url: str) -> AsyncIterator[Town]:
    town = Town(any_url)
    yield town
    await town.close()


@pytest.fixture
async def big_town(postgres_url: str) -> AsyncIterator[Town]:
    """For gateways that are stopped: on SQLite one might hold the only lock there is, which is why several need Postgres."""
    town = Town(postgres_url)
    yield town
    await town.close()


@pytest.fixture
async def small_town(database_url: str) -> AsyncIterator[Town]:
    town = Town(database_url)
    yield town
    await town.close()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_at_any_moment_of_a_turn_the_customer_sees_one_answer(town: Town, moment: str) -> None:
    rasa = await town.rasa("slow" if moment == "during" else "normal")
    dying, other = await town.gateways([rasa], die=(moment, None))
    chat = await town.asks()
    dying.go()
    assert await dying.ended() == -signal.SIGKILL
    other.go()
    await town.until_answered(chat)
    await asyncio.sleep(SETTLED_SECONDS)
    assert await town.answers(chat) == ["You said: Hello"]


async def test_killed_again_and_again_over_one_turn_the_customer_still_hears_once(small_town: Town) -> None:
    rasa = await small_town.rasa()
    *dying, other = await small_town.gateways(
        [rasa], die=("before_call", "after_reply", "before_commit", None)
    )
    chat = await small_town.asks()
    began = time.monotonic()
    for gateway in dying:
        gateway.go()
        await gateway.ended()
    other.go()
    await small_town.until_answered(chat)
    assert time.monotonic() - began < 30
    await asyncio.sleep(SETTLED_SECONDS)
    heard = [one for one in await small_town.seen(chat) if one != "notice"]
    assert heard in (["offer"], ["You said: Hello"])


async def stopped_over_a_turn(town: Town, *, naive: bool) -> list[str]:
    """One gateway is stopped while the bot thinks, another answers, and then the first goes on. What the bot said."""
    rasa = await town.rasa("late")  # three seconds a turn
    patience = replace(QUICK, turn_seconds=40.0, notice_seconds=40.0, total_seconds=60.0)
    sleeper, other = await town.gateways([rasa], naive=naive, patience=patience)
    chat = await town.asks()
    sleeper.go()
    await town.until_taken(chat)
    sleeper.signal(signal.SIGSTOP)
    other.go()
    await town.until_answered(chat)
    sleeper.signal(signal.SIGCONT)
    for _ in range(30 if naive else 16):
        await asyncio.sleep(0.5)
        if len(said := await town.answers(chat)) > 1:
            break
    return said


async def test_a_gateway_that_sleeps_over_a_turn_writes_nothing_when_it_wakes(big_town: Town) -> None:
    assert await stopped_over_a_turn(big_town, naive=False) == ["You said: Hello"]


async def test_without_the_attempt_and_the_cmid_it_would_answer_again(big_town: Town) -> None:
    assert await stopped_over_a_turn(big_town, naive=True) == ["You said: Hello"] * 2


async def test_a_gateway_that_ends_in_peace_leaves_its_turns_to_the_others_at_once(small_town: Town) -> None:
    rasa = await small_town.rasa("late")
    (ending,) = await small_town.gateways([rasa], die=[None])
    chat = await small_town.asks()
    ending.go()
    await small_town.until_taken(chat)
    ending.signal(signal.SIGTERM)
    assert await ending.ended() == 0
    (turn,) = await small_town.store.read(lambda tx: tx.open_turns(chat))
    assert turn.lease_left is not None
    assert turn.lease_left < 0


async def test_two_gateways_share_the_work_and_answer_everybody_once(town: Town) -> None:
    rasas = [await town.rasa(), await town.rasa()]
    for gateway in await town.gateways(rasas):
        gateway.go()
    chats = await asyncio.gather(*(town.asks(f"Hello {n}") for n in range(40)))
    await asyncio.gather(*(town.until_answered(chat) for chat in chats))
    for n, chat in enumerate(chats):
        assert await town.answers(chat) == [f"You said: Hello {n}"]
