"""A simulated customer behind a network without websockets: everything goes by `POST /api/customer/poll`.

The same person as any other customer, with the same log and the same outbox; what differs is only how frames travel. A
request waits for news until the customer wants to say something themselves.
"""

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlsplit

from handoff.protocol.polling import MOST_FRAMES
from tests.chaos.customer import Customer
from tests.chaos.participant import Frame

PATH = "/api/customer/poll"
SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.05, 2.0


class PollingCustomer(Customer):
    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._host = urlsplit(self._url).netloc
        self._writer: asyncio.StreamWriter | None = None
        self._to_send: list[Frame] = []
        self._shown: str | None = None

    async def put(self, frame: Frame) -> None:
        """With the next request; a hello and a ping are in every one."""
        if frame["type"] not in ("hello", "ping"):
            self._to_send.append(frame)

    def drop(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    async def _talk(self) -> None:
        patience = self.patience
        host, port = self._host.split(":")
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(host, int(port))
        self._writer, self._to_send, self._shown = writer, [], None
        try:
            self._up()
            while not self._leaving:
                await self.hello()  # another tab may not know yet who it is
                await self._ask(reader, writer, patience)
                if self.greeted:
                    await self._look(time.monotonic())
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("The reply broke off.") from error
        finally:
            writer.transport.abort()
            self._writer = None

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float) -> None:
        """One request, and all frames of its reply."""
        frames, self._to_send = self._to_send[:MOST_FRAMES], self._to_send[MOST_FRAMES:]
        wait = 0.0 if frames or not self.greeted else self._next_at - time.monotonic()
        wait = min(max(wait, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS) if wait else 0.0
        asked = {
            "hello": self._hello(self.logs.get(self.conversation or "")),
            "frames": frames, "wait_seconds": wait, "shown": self._shown,
        }  # fmt: skip
        async with asyncio.timeout(patience + wait):
            reply = await _posted(reader, writer, self._host, asked)
        for frame in reply["frames"]:
            await self._receive(frame)
            if frame["type"] == "bye":
                raise ConnectionError(frame["code"])
        self._shown = reply["shown"]


async def _posted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, content: Any) -> Any:
    """What is answered to a POST on a connection that stays open. Raises ConnectionError for anything but 200."""
    body = json.dumps(content).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    head_of_reply = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status, *lines = head_of_reply.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    answer = await reader.readexactly(int(headers.get("content-length", 0)))
    if status.split()[1:2] != ["200"]:
        raise ConnectionError(f"{status}: {answer[:200]!r}")
    return json.loads(answer)
