"""Work that is asked for more often than it can be done: one run at a time, and one more for all who asked meanwhile."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import structlog

from handoff.app.link import Gone, Hangup, Outlet
from handoff.errors import HandoffError
from handoff.protocol.closing import BROKEN

AGAIN_SECONDS = 2.0
MOST_REST_SECONDS = 0.5
log = structlog.get_logger(__name__)


class Chore:
    """There is a task only while there is work: whoever waits costs nothing."""

    __slots__ = ("_again", "_dropped", "_failed", "_rest", "_rested_at", "_task", "_work")

    def __init__(
        self, work: Callable[[], Awaitable[None]], failed: Callable[[Exception], None], rest: float = 0.0
    ) -> None:
        """`failed` is told what the work raised; it may be asked for again afterwards.

        After each run comes a rest, `rest` times as long as the run, bounded: the busier the process, the rarer the work.
        """
        self._work = work
        self._failed = failed
        self._rest = rest
        self._rested_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._again = self._dropped = False

    def ask(self) -> None:
        if self._dropped:
            return
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        else:
            self._again = True

    def ask_later(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self.ask)

    def drop(self) -> None:
        """Nobody wants it any more."""
        self._again, self._dropped = False, True
        if self._task is not None:
            self._task.cancel()
            self._task = None  # one that is cancelled before its first step never clears up after itself

    async def done(self) -> None:
        """Until nothing is under way."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while True:
                began = time.monotonic()
                if began < self._rested_at:
                    await asyncio.sleep(self._rested_at - began)
                    began = time.monotonic()
                self._again = False
                await self._work()
                now = time.monotonic()
                self._rested_at = now + min(self._rest * (now - began), MOST_REST_SECONDS)
                if not self._again:
                    return
        except Exception as error:  # noqa: BLE001 - whose work it is decides what becomes of it
            self._failed(error)
        finally:
            if self._task is asyncio.current_task():
                self._task = None


def failed(error: Exception, chore: Chore, outlet: Outlet) -> None:
    """What becomes of a reader whose log could not be read: tried again later, where that may help."""
    if isinstance(error, HandoffError) and error.retryable:
        chore.ask_later(AGAIN_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    elif not isinstance(error, Gone):
        log.error("session.failed", exc_info=error)
        outlet.hang_up(Hangup(BROKEN))
