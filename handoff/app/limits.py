"""Rates, by the `limits` library: counted in this process, and with Redis for all gateways together.

Counters, because a key that is no longer used is dropped. Redis is asked for at most 50 ms; while it does not answer,
what this process counted decides alone, and for a second nobody asks again. It is given digests: an address or an e-mail
is nobody's business there.
"""

import asyncio
import hashlib
from math import ceil
from time import monotonic, time

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter as SharedRateLimiter
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from handoff.errors import RateLimited

BUDGET_SECONDS = 0.05
AGAIN_SECONDS = 1.0
CONNECTIONS = 4


class Limiter:
    def __init__(self, redis_url: str = "") -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SharedCounters(redis_url) if redis_url else None

    async def check(self, key: str, most: int, seconds: int) -> None:
        """Count one use of `key`; raises RateLimited beyond `most` in `seconds`."""
        self.check_here(key, most, seconds)
        if self._shared and not await self._shared.hit(key, most, seconds):
            raise _refusal(1.0)

    def check_here(self, key: str, most: int, seconds: int) -> None:
        """The same, counted by this process alone: for what comes with every frame of a socket that it holds."""
        item = RateLimitItemPerSecond(most, seconds)
        if not self._limiter.hit(item, key):
            raise _refusal(max(1.0, ceil(self._limiter.get_window_stats(item, key).reset_time - time())))

    async def close(self) -> None:
        if self._shared:
            await self._shared.close()


class SharedCounters:
    """Counters in Redis. Where it does not answer, everything may pass: the counters beneath still hold."""

    def __init__(self, url: str) -> None:
        self._pool = BlockingConnectionPool.from_url(
            url, max_connections=CONNECTIONS, timeout=BUDGET_SECONDS, retry=Retry(NoBackoff(), 0), socket_connect_timeout=1
        )  # fmt: skip
        storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            key_prefix="frontdesk",
            connection_pool=self._pool,  # type: ignore[arg-type]
        )
        self._limiter = SharedRateLimiter(storage)
        self._ask_again_at = float("-inf")

    async def hit(self, key: str, most: int, seconds: int) -> bool:
        """Whether this use of `key` is within `most` in `seconds`, or nobody knows."""
        if monotonic() < self._ask_again_at:
            return True
        digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:32]
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                return await self._limiter.hit(RateLimitItemPerSecond(most, seconds), digest)
        except (RedisError, OSError, TimeoutError):
            self._ask_again_at = monotonic() + AGAIN_SECONDS
            return True

    async def close(self) -> None:
        await self._pool.aclose()


def _refusal(wait_seconds: float) -> RateLimited:
    return RateLimited("That was a lot at once. Wait a moment and try again.", wait_seconds)
