"""A TCP proxy that spoils connections as `tests.chaos.weather` has planned, and as a schedule says while it runs.

One proxy stands for one link between two kinds of processes. Behind it may be several servers: the plan of a connection
chooses one, and the next one is tried where nobody listens, as a load balancer would.
"""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from tests.chaos.weather import Climate, End, Passage, Plan, plan_of

CHUNK = 16_384
ON_THE_WAY = 64
"""Pieces between the two sides of one direction; then reading waits, as a full network does."""
SOON = 0.0005
"""Seconds that are not waited for."""
Address = tuple[str, int]


@dataclass(eq=False, slots=True)
class _Pair:
    """One connection through the proxy, and what was done to it from outside."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    silent: set[str] = field(default_factory=set)
    """Directions ("up", "down") that swallow everything."""
    stalled: Callable[[], None] | None = None

    def stall(self, *ways: str) -> None:
        self.silent |= set(ways)
        if self.stalled:
            self.stalled()

    def reset(self) -> None:
        for writer in (self.client, self.server):
            sock = writer.get_extra_info("socket")
            with contextlib.suppress(OSError, AttributeError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Proxy:
    """`async with Proxy(...) as proxy:` listens on `proxy.port` of the loopback."""

    def __init__(
        self, link: str, seed: int | str, climate: Climate, upstreams: Sequence[Address], port: int = 0,
        stalled: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """`stalled` is told when a connection begins to swallow what it should carry, as its plan has it."""
        self.link = link
        self.climate = climate
        self.upstreams = list(upstreams)
        self.port = port
        self.connections = 0
        self._stalled = stalled
        self._seed = seed
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._refusing = False
        self._silent: set[str] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=CHUNK * 4)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks.copy():
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Reset every connection there is."""
        for pair in self._pairs.copy():
            pair.reset()

    def refuse(self, refusing: bool) -> None:
        """While refusing, new connections are reset at once; those there are go on."""
        self._refusing = refusing

    def silence(self, *ways: str) -> None:
        """Directions that swallow everything, on every connection there is and every new one; none: all speak again.

        What was swallowed is gone: a connection that missed something is reset when it may speak again.
        """
        for pair in self._pairs.copy():
            if self._silent and not ways:
                pair.reset()
            pair.silent |= set(ways)
        self._silent = set(ways)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._relay(reader, writer)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = self.connections
        self.connections += 1
        plan = plan_of(self._seed, self.link, number, self.climate)
        opened = None if self._refusing else await self._reach(plan)
        if opened is None:
            writer.transport.abort()
            return
        _hurry(writer)
        _hurry(opened[1])
        pair = _Pair(writer, opened[1], set(self._silent), self._stalled)
        self._pairs.add(pair)
        up = asyncio.create_task(_pass(reader, pair.server, Passage(plan.up), pair, "up"))
        down = asyncio.create_task(_pass(opened[0], pair.client, Passage(plan.down), pair, "down"))
        try:
            done, _ = await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            if any(task.exception() for task in done):
                pair.reset()
            # a websocket, a pool and a database all end both sides when one ends: give the other side a moment
            await asyncio.wait({up, down}, timeout=1.0)
        finally:
            self._pairs.discard(pair)
            for side in (writer, opened[1]):
                side.transport.abort()
            for way in (up, down):
                way.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    async def _reach(self, plan: Plan) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        count = len(self.upstreams)
        first = int(plan.choice * count)
        for turn in range(count):
            host, port = self.upstreams[(first + turn) % count]
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(2.0):
                    return await asyncio.open_connection(host, port, limit=CHUNK * 4)
        return None


@dataclass(slots=True)
class _Road:
    """What is on its way in one direction; what is due at once and finds nobody in front of it goes without."""

    queue: "asyncio.Queue[tuple[float, bytes] | None]"
    pieces: int = 0

    async def put(self, item: tuple[float, bytes] | None) -> None:
        self.pieces += 1
        await self.queue.put(item)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passage: Passage, pair: _Pair, way: str
) -> None:
    """Carry one direction until it ends, as planned or by itself."""
    waiting = _Road(asyncio.Queue(ON_THE_WAY))
    carrier = asyncio.create_task(_carry(waiting, writer, pair, way))
    try:
        while data := await reader.read(CHUNK):
            if way in pair.silent:
                continue
            now = time.monotonic()
            for piece in passage.take(data, now):
                if waiting.pieces or piece.due - now > SOON:
                    await waiting.put((piece.due, piece.data))
                else:
                    writer.write(piece.data)
                    await writer.drain()
            if passage.ended:
                match passage.course.end:
                    case End.HOLE:
                        pair.stall("up", "down")
                    case End.ONE_WAY:
                        pair.stall(way)
                    case End.RESET:
                        await waiting.put(None)
                        await carrier
                        pair.reset()
                        return
                    case _:
                        break
        if way not in pair.silent:  # the end of the stream is swallowed like all else
            await waiting.put(None)
            await carrier
            with contextlib.suppress(OSError, RuntimeError):
                writer.write_eof()
    finally:
        carrier.cancel()
        await asyncio.gather(carrier, return_exceptions=True)


async def _carry(waiting: "_Road", writer: asyncio.StreamWriter, pair: _Pair, way: str) -> None:
    while (item := await waiting.queue.get()) is not None:
        due, data = item
        wait = due - time.monotonic()
        if wait > SOON:
            await asyncio.sleep(wait)
        if way not in pair.silent or not data:
            writer.write(data)
            await writer.drain()
        waiting.pieces -= 1


def _hurry(writer: asyncio.StreamWriter) -> None:
    """Without Nagle's delay: the planned latency is the only one."""
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
