"""Work that is asked for more often than it can be done: one run at a time, and one more for all who asked meanwhile."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from handoff.app.link import Gone, Hangup, Outlet
from handoff.errors import HandoffError
from handoff.protocol.closing import BROKEN

AGAIN_SECONDS = 2.0
log = structlog.get_logger(__name__)


class Chore:
    """There is a task only while there is work: whoever waits costs nothing."""

    __slots__ = ("_again", "_dropped", "_failed", "_task", "_work")

    def __init__(self, work: Callable[[], Awaitable[None]], failed: Callable[[Exception], None]) -> None:
        """`failed` is told what the work raised; it may be asked for again afterwards."""
        self._work = work
        self._failed = failed
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

    async def done(self) -> None:
        """Until nothing is under way."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while True:
                self._again = False
                await self._work()
                if not self._again:
                    return
        except Exception as error:  # noqa: BLE001 - whose work it is decides what becomes of it
            self._failed(error)
        finally:
            self._task = None


def failed(error: Exception, chore: Chore, outlet: Outlet) -> None:
    """What becomes of a reader whose log could not be read: tried again later, where that may help."""
    if isinstance(error, HandoffError) and error.retryable:
        chore.ask_later(AGAIN_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    elif not isinstance(error, Gone):
        log.error("session.failed", exc_info=error)
        outlet.hang_up(Hangup(BROKEN))
