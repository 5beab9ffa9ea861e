"""The way to one reader: frames out, in order, every buffer and every wait bounded. Nobody ever waits for a slow reader.

A reader who is slower than the log is closed: nothing is lost, because a resume reads SQL. `Link` writes to a websocket;
a long-poll gathers the same frames in `handoff.app.longpoll`. Why sockets are closed stands in `handoff.protocol.closing`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from pydantic import BaseModel
from starlette.types import Message, Receive, Scope, Send

from handoff.protocol import MAX_FRAME, Bye
from handoff.protocol.closing import BROKEN, NOT_BINARY, RESTARTING, SLOW_READER, TOO_BIG, TOO_LATE, Closing

SEND_QUEUE = 256
"""Frames that wait for a slow reader before it is closed."""
ROOM_SECONDS = 10.0
HELLO_SECONDS = 10.0
GOODBYE_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Hangup(Exception):
    """Ends a connection. `message` says more than the table of closings, where there is more to say."""

    def __init__(
        self, closing: Closing, message: str | None = None, *, name: str | None = None, wait: float | None = None
    ) -> None:  # fmt: skip
        super().__init__(closing.name)
        self.closing = closing
        self.bye = Bye(
            code=name or closing.name, message=message or closing.message, retry_after_seconds=wait
        )


class Gone(Exception):
    """The other side is no longer there."""


class Outlet(Protocol):
    """Where a session puts what its reader is to get."""

    def send(self, frame: BaseModel, text: str | None = None) -> None:
        """Queue a frame; `text` is the same where it was written before.

        Never waits and never raises; a reader who is too slow is hung up on.
        """
        ...

    def hang_up(self, hangup: Hangup) -> None: ...
    async def room(self) -> None:
        """Until at least half of the queue is free."""
        ...


class Link:
    """Over a websocket. There is a task only while something is written."""

    __slots__ = ("_ending", "_pending", "_send", "_task", "_waiting")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: list[str] = []
        self._pending = 0
        self._task: asyncio.Task[None] | None = None
        self._ending = False

    def send(self, frame: BaseModel, text: str | None = None) -> None:
        if self._ending:
            return
        if self._pending >= SEND_QUEUE:
            self.hang_up(Hangup(SLOW_READER))
            return
        self._waiting.append(text or frame.model_dump_json())
        self._pending += 1
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._flush())

    async def room(self) -> None:
        if self._task is not None and self._pending > SEND_QUEUE // 2:
            done, _ = await asyncio.wait([self._task], timeout=ROOM_SECONDS)
            if not done:
                self.hang_up(Hangup(SLOW_READER))
        if self._ending:
            raise Gone

    def hang_up(self, hangup: Hangup) -> None:
        """Say goodbye after what is still to be sent, and close. A reader who takes nothing is not waited for."""
        if not self._ending:
            self._ending = True
            self._task = asyncio.get_running_loop().create_task(self._end(hangup, self._task))

    async def ended(self) -> None:
        """Until what was hung up on is closed."""
        if self._ending and self._task is not None:
            await asyncio.wait([self._task])

    def stop(self) -> None:
        """The other side is gone: nothing more can be written."""
        if not self._ending:
            self._ending = True
            if self._task is not None:
                self._task.cancel()

    async def _flush(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # gone: the receiving end hears of it too
            while self._waiting:
                batch, self._waiting = self._waiting, []
                for text in batch:
                    await self._send({"type": "websocket.send", "text": text})
                    self._pending -= 1
        self._waiting, self._pending = [], 0
        if not self._ending:
            self._task = None

    async def _end(self, hangup: Hangup, flushing: asyncio.Task[None] | None) -> None:
        is_slow = hangup.closing is SLOW_READER
        if flushing is not None and not is_slow:
            _, unsent = await asyncio.wait([flushing], timeout=GOODBYE_SECONDS)
            is_slow = bool(unsent)
        if flushing is not None:
            flushing.cancel()
        with contextlib.suppress(OSError, RuntimeError):
            if not is_slow:
                await self._send({"type": "websocket.send", "text": hangup.bye.model_dump_json()})
            code, reason = hangup.closing.code, hangup.bye.code
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


async def received(receive: Receive) -> str:
    """The next text frame. Raises Gone, or Hangup for what is not text or too big."""
    message: Message = await receive()
    if message["type"] == "websocket.disconnect":
        raise Gone
    text: str | None = message.get("text")
    if text is None:
        raise Hangup(NOT_BINARY)
    if len(text) > MAX_FRAME or (
        len(text) > MAX_FRAME // 4 and len(text.encode(errors="surrogatepass")) > MAX_FRAME
    ):
        raise Hangup(TOO_BIG)
    return text


async def first(receive: Receive) -> str:
    """The first frame, which must come soon."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            return await received(receive)
    except TimeoutError:
        raise Hangup(TOO_LATE) from None


Talk = Callable[[Scope, Receive, Link], Awaitable[None]]


async def converse(scope: Scope, receive: Receive, send: Send, talk: Talk) -> None:
    """Accept a websocket and talk; whatever ends it, close it with the right code and leave nothing behind."""
    if (await receive())["type"] != "websocket.connect":
        return
    try:
        await send({"type": "websocket.accept"})
    except OSError:  # gone while it was knocking
        return
    link = Link(send)
    try:
        await talk(scope, receive, link)
    except Gone:
        link.stop()
    except Hangup as hangup:
        link.hang_up(hangup)
    except asyncio.CancelledError:
        link.hang_up(Hangup(RESTARTING))
        await link.ended()
        raise
    except Exception as error:
        log.error("link.failed", exc_info=error)
        link.hang_up(Hangup(BROKEN))
    await link.ended()
