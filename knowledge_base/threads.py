"""Runs blocking calls in a bounded pool of threads, so that encoding and SQL never hold up the event loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import anyio
from anyio.to_thread import run_sync

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 4
"""Calls at once; more wait. Encoding is the slow part and keeps one core busy for each."""


class Threads:
    def __init__(self, count: int = THREADS) -> None:
        self._count = count
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The call's result; its errors come through as they are."""
        if self._limiter is None:  # not made earlier, because a limiter belongs to the event loop that runs
            self._limiter = anyio.CapacityLimiter(self._count)
        return await run_sync(lambda: call(*args, **kwargs), limiter=self._limiter)
