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

    def check(self, key: str, most: int, seconds: int) -> None:
        """Count one use of `key`; raises RateLimited beyond `most` in `seconds`."""
        item = RateLimitItemPerSecond(most, seconds)
        if not self._limiter.hit(item, key):
            wait = max(1.0, ceil(self._limiter.get_window_stats(item, key).reset_time - time()))
            raise RateLimited("That was a lot at once. Wait a moment and try again.", wait)
