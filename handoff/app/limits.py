"""Rates, by the `limits` library, in this process's memory. Counters, because a key that is no longer used is dropped."""

from math import ceil
from time import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from handoff.errors import RateLimited


class Limiter:
    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def check(self, key: str, most: int, seconds: int) -> None:
        """Count one use of `key`; raises RateLimited beyond `most` in `seconds`."""
        self.check_here(key, most, seconds)

    def check_here(self, key: str, most: int, seconds: int) -> None:
        """The same, counted by this process alone: for what comes with every frame of a socket that it holds."""
        item = RateLimitItemPerSecond(most, seconds)
        if not self._limiter.hit(item, key):
            wait = max(1.0, ceil(self._limiter.get_window_stats(item, key).reset_time - time()))
            raise RateLimited("That was a lot at once. Wait a moment and try again.", wait)
