"""Two doorbells on one real Redis, and what becomes of rings when it is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from redis import Redis

from handoff.adapters import doorbell_redis
from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.doorbell_redis import RedisDoorbell
from handoff.ports import TURNS_TOPIC
from tests.servers import RedisServer

Here = tuple[RedisDoorbell, asyncio.Task[None]]


async def _until(true: Callable[[], bool], seconds: float = 8.0) -> float:
    """How long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not come to that"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


@pytest.fixture
async def bells(redis: RedisServer) -> AsyncIterator[tuple[RedisDoorbell, RedisDoorbell]]:
    """The doorbells of two gateways."""
    pair = (
        RedisDoorbell(LocalDoorbell(), redis.url(), "shop"),
        RedisDoorbell(LocalDoorbell(), redis.url(), "shop"),
    )
    tasks = [asyncio.create_task(bell.run()) for bell in pair]
    await _until(lambda: not any(bell.away for bell in pair))
    yield pair
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for bell in pair:
        await bell.close()


Pair = tuple[RedisDoorbell, RedisDoorbell]


async def test_a_ring_is_heard_here_and_there(bells: Pair) -> None:
    one, other = bells
    here, there = one.subscribe("a", "b"), other.subscribe("a")
    one.ring("a")
    assert await here.wait(0) == ({"a"}, [])
    assert await there.wait(2) == ({"a"}, [])
    assert await here.wait(0.2) == (set(), []), "what a gateway rings does not come back to it"


async def test_typing_travels_with_who_types(bells: Pair) -> None:
    there = bells[1].subscribe("conversation:1")
    hint = {"role": "agent", "name": "Mara", "conversation": "1"}
    bells[0].whisper("conversation:1", hint)
    assert await there.wait(2) == (set(), [hint])


async def test_turns_are_rung_where_they_were_asked(bells: Pair) -> None:
    there = bells[1].subscribe(TURNS_TOPIC, "after")
    bells[0].ring(TURNS_TOPIC)
    bells[0].ring("after")
    assert (await there.wait(2))[0] == {"after"}


async def test_another_site_hears_nothing(redis: RedisServer, bells: Pair) -> None:
    stranger = RedisDoorbell(LocalDoorbell(), redis.url(), "another")
    task = asyncio.create_task(stranger.run())
    await _until(lambda: not stranger.away)
    heard = stranger.subscribe("a")
    bells[0].ring("a")
    assert await heard.wait(0.3) == (set(), [])
    task.cancel()
    await stranger.close()


async def test_many_rings_travel_in_few_messages(redis: RedisServer, bells: Pair) -> None:
    there = bells[1].subscribe("a", *(f"t{n}" for n in range(1000)))
    watching = Redis.from_url(redis.url()).pubsub()  # type: ignore[no-untyped-call]
    watching.subscribe("frontdesk:shop:bells")
    assert watching.get_message(timeout=2)
    for _ in range(50):
        bells[0].ring("a", *(f"t{n}" for n in range(1000)))
    assert len((await there.wait(2))[0]) == 1001
    messages = 0
    while watching.get_message(timeout=0.1):
        messages += 1
    assert messages < 20
    watching.close()


async def test_a_killed_redis_costs_only_time(redis: RedisServer, bells: Pair) -> None:
    there = bells[1].subscribe("before", "after")
    redis.kill()
    began = time.perf_counter()
    for _ in range(1000):
        bells[0].ring("before")
    assert time.perf_counter() - began < 0.5, "nobody waits for Redis"
    assert await _until(lambda: bells[0].away) < doorbell_redis.SILENT_SECONDS + 0.5
    bells[1].missed.clear()
    redis.restart()
    assert await _until(lambda: not any(bell.away for bell in bells)) < 4
    assert bells[1].missed.is_set(), "who was cut off is told to look: it may not have heard what was kept"
    await there.wait(0)
    bells[0].ring("after")
    assert (await there.wait(2))[0] == {"after"}


async def test_a_lost_subscription_is_made_again(redis: RedisServer, bells: Pair) -> None:
    there = bells[1].subscribe("a")
    for bell in bells:
        bell.missed.clear()
    Redis.from_url(redis.url()).client_kill_filter(_type="pubsub")
    await _until(bells[1].missed.is_set, 3)
    bells[0].ring("a")
    assert (await there.wait(2))[0] == {"a"}


async def test_a_redis_that_hangs_is_away(redis: RedisServer, bells: Pair) -> None:
    there = bells[1].subscribe("a")
    hanging = asyncio.create_task(
        asyncio.to_thread(
            Redis.from_url(redis.url(), socket_timeout=9).execute_command, "DEBUG", "SLEEP", "3"
        )
    )
    await _until(lambda: bells[0].away, 3)
    began = time.perf_counter()
    bells[0].ring("a")
    assert time.perf_counter() - began < 0.05
    await hanging
    assert await _until(lambda: not any(bell.away for bell in bells)) < 4
    assert (await there.wait(2))[0] == {"a"}


async def test_what_is_flushed_was_not_needed(redis: RedisServer, bells: Pair) -> None:
    there = bells[1].subscribe("a")
    Redis.from_url(redis.url()).flushall()
    bells[0].ring("a")
    assert (await there.wait(2))[0] == {"a"}


async def test_a_full_redis_still_rings(redis: RedisServer, bells: Pair) -> None:
    there = bells[1].subscribe("a")
    control = Redis.from_url(redis.url())
    control.config_set("maxmemory-policy", "noeviction")
    control.config_set("maxmemory", "1")
    bells[0].ring("a")
    assert (await there.wait(2))[0] == {"a"}


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "null",
        "[]",
        "\xff",
        '{"sender": 1}',
        '{"sender": "x", "hints": [["a", {"role": {}}]]}',
        "[" * 9999,
    ],
)
async def test_what_somebody_else_publishes_breaks_nothing(
    redis: RedisServer, bells: Pair, nonsense: str
) -> None:
    there = bells[1].subscribe("a")
    Redis.from_url(redis.url()).publish("frontdesk:shop:bells", nonsense)
    bells[0].ring("a")
    assert await there.wait(2) == ({"a"}, [])


async def test_what_is_kept_for_an_absent_redis_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell_redis, "MOST_RINGS", 10)
    bell = RedisDoorbell(LocalDoorbell(), "redis://127.0.0.1:1/0", "shop")
    task = asyncio.create_task(bell.run())
    for n in range(100):
        bell.ring(f"t{n}")
        bell.whisper("t", {"role": "agent"})
    assert len(bell._rings) <= 10
    assert not bell._hints
    assert bell.away
    await asyncio.sleep(0.3)
    assert len(bell._rings) <= 10
    task.cancel()
    await bell.close()


async def test_more_than_fits_into_a_message_is_rung_while_redis_is_away_and_nothing_ends(
    redis: RedisServer,
) -> None:
    redis.stop()
    bell = RedisDoorbell(LocalDoorbell(), redis.url(), "shop")
    task = asyncio.create_task(bell.run())
    for _ in range(4):
        for n in range(doorbell_redis.MOST_RINGS):
            bell.ring(f"{_}:{n}")
        await asyncio.sleep(0.2)
    assert not task.done()
    redis.restart()
    await _until(lambda: not bell.away)
    task.cancel()
    await bell.close()
