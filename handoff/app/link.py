"""One websocket: frames in, frames out, every buffer and every wait bounded.

A reader who is slower than the log is closed, not waited for: nothing is lost, because a resume reads SQL.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, TypeAdapter, ValidationError

from handoff.ports import Json
from handoff.protocol import MAX_FRAME, VERSION, Bye, Cmid, Typing

SEND_QUEUE = 256
"""Frames that wait for a slow reader before it is closed."""
PUSH_SECONDS = 10.0
HELLO_SECONDS = 10.0
HEAD_SECONDS = 20.0

SLOW_READER = 4008
BAD_FRAME = 4400
NOT_SIGNED_IN = 4401
FOREIGN_ORIGIN = 4403
TOO_LATE = 4408
TOO_BIG = 1009
BROKEN = 1011
RESTARTING = 1012
UNKNOWN_VERSION = 4426

log = structlog.get_logger(__name__)
_CMID: TypeAdapter[str] = TypeAdapter(Cmid)


def cmid_of(text: str) -> str | None:
    """The cmid of a frame that was refused, so that its sender knows which one. None when it has none."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    try:
        return _CMID.validate_python(frame.get("cmid") if isinstance(frame, dict) else None)
    except ValidationError:
        return None


def typing(hint: Json) -> Typing:
    """The frame for a whispered hint. Who whispered it is not for the reader."""
    return Typing(conversation=hint["conversation"], role=hint["role"], name=hint["name"])


class Hangup(Exception):
    """Ends the socket with a close code; `message` goes out as `bye` first."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(name)
        self.code = code
        self.name = name
        self.message = message


def check_version(version: int) -> None:
    """Raises Hangup for a page that speaks a protocol this server does not know."""
    if not 1 <= version <= VERSION:
        message = "This page and the server do not fit together. Reload the page."
        raise Hangup(UNKNOWN_VERSION, "unknown_version", message)


class Link:
    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._waiting: asyncio.Queue[str] = asyncio.Queue(SEND_QUEUE)

    def send(self, frame: BaseModel) -> None:
        """Queue a frame. Raises Hangup when the reader is too slow."""
        try:
            self._waiting.put_nowait(frame.model_dump_json())
        except asyncio.QueueFull:
            raise Hangup(
                SLOW_READER, "slow_reader", "The connection is too slow. Reconnecting helps."
            ) from None

    async def push(self, frame: BaseModel) -> None:
        """Queue a frame of the log, waiting for room. Raises Hangup when none comes in time."""
        try:
            async with asyncio.timeout(PUSH_SECONDS):
                await self._waiting.put(frame.model_dump_json())
        except TimeoutError:
            raise Hangup(
                SLOW_READER, "slow_reader", "The connection is too slow. Reconnecting helps."
            ) from None

    async def receive(self) -> str:
        """The next text frame. Raises WebSocketDisconnect, or Hangup for what is not text or too big."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        if text is None:
            raise Hangup(BAD_FRAME, "bad_frame", "Frames are JSON text.")
        if len(text.encode(errors="surrogatepass")) > MAX_FRAME:
            raise Hangup(TOO_BIG, "too_big", "That frame is too big.")
        return str(text)

    async def first(self) -> str:
        """The first frame, which must come soon."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                return await self.receive()
        except TimeoutError:
            raise Hangup(TOO_LATE, "no_hello", "Say hello first.") from None

    async def run(self, *parts: Callable[[], Awaitable[None]]) -> None:
        """Run the parts of a conversation and the sender until one of them ends."""
        tasks = [asyncio.ensure_future(part()) for part in (self._drain, *parts)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _drain(self) -> None:
        while True:
            await self._websocket.send_text(await self._waiting.get())


@contextlib.asynccontextmanager
async def opened(websocket: WebSocket) -> AsyncGenerator[Link]:
    """Accept the socket; whatever ends it, close it with the right code and leave nothing behind."""
    await websocket.accept()
    try:
        yield Link(websocket)
    except WebSocketDisconnect:
        return
    except Hangup as hangup:
        await _close(websocket, hangup)
    except asyncio.CancelledError:
        await _close(websocket, Hangup(RESTARTING, "restarting", "The server restarts; reconnecting."))
        raise
    except RuntimeError as error:  # Starlette says so when the other side is already gone
        log.debug("link.gone", exc_info=error)
    except Exception as error:
        log.error("link.failed", exc_info=error)
        await _close(
            websocket, Hangup(BROKEN, "internal_error", "Something went wrong on our side; reconnecting.")
        )


async def _close(websocket: WebSocket, hangup: Hangup) -> None:
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, asyncio.TimeoutError):
        async with asyncio.timeout(2):
            bye = Bye(code=hangup.name, message=hangup.message)
            await websocket.send_text(bye.model_dump_json())
            await websocket.close(hangup.code, hangup.name)
