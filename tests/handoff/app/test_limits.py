"""Rates for one process, and for two on one Redis; what holds while Redis does not answer."""

import asyncio
import time

import pytest
from redis import Redis

from handoff.app.limits import BUDGET_SECONDS, Limiter
from handoff.errors import RateLimited
from tests.servers import RedisServer


async def _passes(limiter: Limiter, key: str, most: int, tries: int = 30) -> int:
    """How many of `tries` uses were let through."""
    passed = 0
    for _ in range(tries):
        try:
            await limiter.check(key, most, 60)
            passed += 1
        except RateLimited:
            continue
    return passed


async def test_two_gateways_count_together(redis: RedisServer) -> None:
    one, other = Limiter(redis.url()), Limiter(redis.url())
    assert await _passes(one, "signin:a@example.org", 10, 6) == 6
    assert await _passes(other, "signin:a@example.org", 10) == 4
    assert await _passes(one, "signin:b@example.org", 10) == 10
    for limiter in (one, other):
        await limiter.close()


async def test_nobodys_address_is_in_redis(redis: RedisServer) -> None:
    limiter = Limiter(redis.url())
    await limiter.check("signin:ana@example.org", 10, 60)
    keys = Redis.from_url(redis.url()).keys("*")
    assert keys
    assert not [key for key in keys if b"ana" in key or b"example" in key]
    await limiter.close()


async def test_without_redis_each_counts_for_itself_and_nobody_waits(redis: RedisServer) -> None:
    limiter = Limiter(redis.url())
    await limiter.check("a", 10, 60)
    redis.kill()
    began = time.perf_counter()
    assert await _passes(limiter, "a", 10) == 9
    assert time.perf_counter() - began < 0.5
    await limiter.close()


async def test_a_hung_redis_costs_its_budget_once_a_second(redis: RedisServer) -> None:
    limiter = Limiter(redis.url())
    await limiter.check("a", 100, 60)
    hanging = asyncio.create_task(
        asyncio.to_thread(
            Redis.from_url(redis.url(), socket_timeout=9).execute_command, "DEBUG", "SLEEP", "2"
        )
    )
    await asyncio.sleep(0.2)
    began = time.perf_counter()
    assert await _passes(limiter, "b", 5, 20) == 5
    assert time.perf_counter() - began < BUDGET_SECONDS + 0.3
    await hanging
    await limiter.close()


@pytest.mark.parametrize("how", ["flushed", "full"])
async def test_a_flushed_or_full_redis_leaves_the_local_limit(redis: RedisServer, how: str) -> None:
    limiter = Limiter(redis.url())
    assert await _passes(limiter, "a", 10, 8) == 8
    control = Redis.from_url(redis.url())
    if how == "flushed":
        control.flushall()
    else:
        control.config_set("maxmemory-policy", "noeviction")
        control.config_set("maxmemory", "1")
    assert await _passes(limiter, "a", 10) == 2
    await limiter.close()


async def test_redis_counts_again_when_it_is_back(redis: RedisServer) -> None:
    one, other = Limiter(redis.url()), Limiter(redis.url())
    redis.kill()
    assert await _passes(one, "a", 10, 1) == 1
    redis.restart()
    await asyncio.sleep(1.1)
    assert await _passes(one, "a", 10, 5) == 5
    assert await _passes(other, "a", 10) == 5
    for limiter in (one, other):
        await limiter.close()
