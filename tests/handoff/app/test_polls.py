"""What a lost ring costs: one round of the polls, without a clock; the doorbell never rings by itself here."""

import asyncio
from typing import cast

import pytest

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.doorbell_redis import RedisDoorbell
from handoff.adapters.store_sql import SqlStore
from handoff.app import polls as polls_module
from handoff.app.polls import LATELY_SECONDS, Polls
from handoff.log import CUSTOMER
from handoff.ports import CursorRecord, Json
from tests.handoff.fakes import Clock, House, ScriptedBot


@pytest.fixture
def house(store: SqlStore, bot: ScriptedBot) -> House:
    return House(store, bot)


async def _written(house: House, conversation: str) -> None:
    """Somebody else's message: no ring in this process."""
    await house.store.write(lambda tx: tx.append(conversation, CUSTOMER, "message", {"text": "Hello?"}))


async def test_a_ring_that_was_lost_is_rung_again_and_once(house: House) -> None:
    conversation = (await house.seat()).conversation_id
    bell = house.doorbell.subscribe(f"conversation:{conversation}")
    polls = Polls(house.store, house.doorbell)
    await polls.look()
    assert await bell.wait(0) == (set(), [])
    await _written(house, conversation)
    await polls.look()
    assert await bell.wait(0.1) == ({f"conversation:{conversation}"}, [])
    assert polls.heads == {conversation: 1}
    await polls.look()
    assert await bell.wait(0) == (set(), [])


async def test_where_others_write_the_first_look_rings_too(house: House) -> None:
    """A message may have come, and its ring been lost, between a reader's first read and the first look."""
    conversation = (await house.seat()).conversation_id
    bell = house.doorbell.subscribe(f"conversation:{conversation}")
    await Polls(house.store, house.doorbell, others_write=True).look()
    assert await bell.wait(0.1) == ({f"conversation:{conversation}"}, [])


async def test_nobody_is_rung_for_what_they_were_sent(house: House) -> None:
    conversation = (await house.seat()).conversation_id
    bell = house.doorbell.subscribe(f"conversation:{conversation}")
    sent = {conversation: 0}
    polls = Polls(house.store, house.doorbell, others_write=True, sent=sent.get)
    await _written(house, conversation)
    for _ in range(2):  # as long as it is behind
        await polls.look()
        assert await bell.wait(0.1) == ({f"conversation:{conversation}"}, [])
    sent[conversation] = 1
    await polls.look()
    assert await bell.wait(0) == (set(), [])


async def test_a_queue_that_changed_elsewhere_is_rung(house: House) -> None:
    bell = house.doorbell.subscribe("queue", "places")
    polls = Polls(house.store, house.doorbell)
    await polls.look()
    assert await bell.wait(0) == (set(), [])
    await house.store.write(lambda tx: tx.touch_queue())
    await polls.look()
    assert await bell.wait(0.1) == ({"queue", "places"}, [])


class Redis:
    """Of a doorbell over Redis only whether it is away."""

    away = False


async def test_receipts_are_told_while_redis_is_away_and_once_more_when_it_is_back(house: House) -> None:
    conversation = (await house.seat()).conversation_id
    topic, redis = f"conversation:{conversation}", Redis()
    bell = house.doorbell.subscribe(topic)
    polls = Polls(house.store, house.doorbell, cast("RedisDoorbell", redis), sent={conversation: 0}.get)

    async def told_after(delivered: int, read: int, *, only_lately: bool = False) -> list[Json]:
        """Another process writes how far the customer has got; its hint is lost."""
        cursor = CursorRecord(conversation, "customer", delivered, read)
        await house.store.write(lambda tx: tx.move_cursors([cursor]))
        await polls.look(only_lately=only_lately)
        return (await bell.wait(0))[1]

    await polls.look()
    assert await told_after(1, 0) == [], "Redis tells that"
    redis.away = True
    assert await told_after(2, 0) == [{"cursor": "customer", "delivered": "2", "read": "0"}]
    assert await told_after(3, 3, only_lately=True) == [{"cursor": "customer", "delivered": "3", "read": "3"}]
    assert await told_after(3, 3, only_lately=True) == []
    redis.away = False
    assert await told_after(4, 4) == [{"cursor": "customer", "delivered": "4", "read": "4"}]
    assert await told_after(5, 5) == []


async def test_receipts_are_told_where_processes_share_no_redis(house: House) -> None:
    conversation = (await house.seat()).conversation_id
    bell = house.doorbell.subscribe(f"conversation:{conversation}")
    await house.store.write(lambda tx: tx.move_cursors([CursorRecord(conversation, "agent", 1, 1)]))
    await Polls(house.store, house.doorbell).look()
    assert (await bell.wait(0))[1] == [], "everything is told within the one process"
    await Polls(house.store, house.doorbell, others_write=True, sent={conversation: 0}.get).look()
    assert len((await bell.wait(0.1))[1]) == 1


async def test_many_conversations_are_asked_for_in_batches(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls_module, "BATCH", 2)
    seats = [(await house.seat()).conversation_id for _ in range(5)]
    bell = house.doorbell.subscribe(*(f"conversation:{key}" for key in seats))
    polls = Polls(house.store, house.doorbell)
    await polls.look()
    for key in seats:
        await _written(house, key)
    await polls.look()
    assert (await bell.wait(0.1))[0] == {f"conversation:{key}" for key in seats}


async def test_only_conversations_of_late_are_looked_at_more_often(house: House) -> None:
    clock = Clock()
    old, new = [(await house.seat()).conversation_id for _ in range(2)]
    bell = house.doorbell.subscribe(*(f"conversation:{key}" for key in (old, new)))
    polls = Polls(house.store, house.doorbell, clock=clock)
    await polls.look()
    clock.passes(LATELY_SECONDS + 1)
    await _written(house, new)
    await polls.look()
    await bell.wait(0.1)
    for key in (old, new):
        await _written(house, key)
    await polls.look(only_lately=True)
    assert await bell.wait(0.1) == ({f"conversation:{new}"}, [])
    await polls.look()
    assert await bell.wait(0.1) == ({f"conversation:{old}"}, [])


async def test_a_store_that_is_away_for_a_moment_stops_no_looking(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls_module, "ALONE_SECONDS", 0.01)
    conversation = (await house.seat()).conversation_id
    doorbell = LocalDoorbell()
    bell = doorbell.subscribe(f"conversation:{conversation}")
    polls = Polls(house.store, doorbell)
    with monkeypatch.context() as patch:
        patch.setattr(house.store, "read", None)
        looking = asyncio.create_task(polls.run())
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    assert polls.heads == {conversation: 0}
    await _written(house, conversation)
    assert (await bell.wait(2))[0]
    looking.cancel()
