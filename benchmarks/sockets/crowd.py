"""Many websockets from one small process: the handshake and the frames by hand, so that the callers cost little.

It knows frames of text, and answers pings. It checks nothing that a browser would check: it is for measuring.
"""

import asyncio
import struct
from collections.abc import Callable, Iterable

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""Any key will do for a server; the answer to it is not checked."""
PER_SOURCE = 8_000
"""Connections from one loopback address: it has some 28,000 ports, and those just closed are not free at once."""
PATIENCE_SECONDS = 60.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
Wanted = Callable[[bytes], bool]


def framed(opcode: int, payload: bytes) -> bytes:
    """A frame as a client sends it. Its mask is four zeros, which leave the payload as it is."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    return head + b"\0\0\0\0" + payload


def unframed(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """(opcode, payload) of every whole frame of a server in `data`, and what is left."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while len(data) >= at + 2:
        size, start = data[at + 1] & 0x7F, at + 2
        if size == 126 and len(data) >= at + 4:
            (size,), start = struct.unpack_from("!H", data, at + 2), at + 4
        elif size == 127 and len(data) >= at + 10:
            (size,), start = struct.unpack_from("!Q", data, at + 2), at + 10
        elif size >= 126:
            break
        if len(data) < start + size:
            break
        found.append((data[at] & 0x0F, data[start : start + size]))
        at = start + size
    return found, data[at:]


class Line(asyncio.Protocol):
    """One websocket. Frames that nobody waits for are counted and dropped."""

    __slots__ = (
        "_buffer", "_transport", "_waiting", "_wanted", "frames", "is_closed", "is_open", "last_words", "on_text",
    )  # fmt: skip

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[bytes] | None = None
        self._wanted: Wanted | None = None
        self.on_text: Callable[[bytes], None] | None = None
        self.frames = 0
        self.last_words = b"nothing"
        self.is_open = self.is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(self._dead())

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if not self.is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            self.is_open = head.startswith(b"HTTP/1.1 101")
            self._settle(head)
        frames, self._buffer = unframed(data)
        for opcode, payload in frames:
            if opcode == TEXT:
                self._heard(payload)
            elif opcode == PING and self._transport:
                self._transport.write(framed(PONG, payload))
            elif opcode == CLOSE and self._transport:
                self.last_words = payload
                self._transport.close()

    def _dead(self) -> ConnectionError:
        return ConnectionError(f"the line is dead; it said {self.last_words.decode(errors='replace')}")

    def _heard(self, payload: bytes) -> None:
        self.frames += 1
        if self.on_text:
            self.on_text(payload)
        if self._wanted and self._wanted(payload):
            self._settle(payload)

    def _settle(self, payload: bytes) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(payload)
        self._wanted = self._waiting = None

    def say(self, text: bytes) -> None:
        assert self._transport
        self._transport.write(framed(TEXT, text))

    async def ask(self, request: bytes) -> bytes:
        """Write the request of the handshake as it is; the head of the answer."""
        assert self._transport
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    async def heard(self, wanted: Wanted) -> bytes:
        """The next frame that is wanted. Raises ConnectionError when the line dies before, TimeoutError when none comes."""
        if self.is_closed:
            raise self._dead()
        self._waiting, self._wanted = asyncio.get_running_loop().create_future(), wanted
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._waiting

    def hang_up(self) -> None:
        """Without a word, as a train goes into a tunnel."""
        if self._transport:
            self._transport.abort()


async def dial(port: int, path: str, number: int = 0, headers: Iterable[tuple[str, str]] = ()) -> Line:
    """A line to a server on loopback, open. Raises ConnectionError when it is refused."""
    loop = asyncio.get_running_loop()
    source = (f"127.0.1.{1 + number // PER_SOURCE}", 0)
    _, line = await loop.create_connection(Line, "127.0.0.1", port, local_addr=source)
    lines = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", *(f"{name}: {value}" for name, value in headers),
    ]  # fmt: skip
    answer = await line.ask("\r\n".join([*lines, "", ""]).encode())
    if not line.is_open:
        raise ConnectionError(answer.decode(errors="replace").split("\r\n", 1)[0])
    return line
