"""Simulated people behind a network without websockets: everything goes by `POST /api/customer/poll` or `/api/agent/poll`.

The same person as any other, with the same logs and the same outboxes; what differs is only how frames travel. A request
waits for news until the person wants to say something themselves.
"""

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlsplit

from handoff.protocol.polling import MOST_FRAMES
from tests.chaos.agent import Agent
from tests.chaos.customer import Customer
from tests.chaos.participant import Frame, Participant

SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.05, 2.0


class Polling(Participant):
    path = ""
    in_every_request = frozenset({"hello", "ping"})
    """Types of frames that are no frames of their own here."""
    shortest_wait_seconds = SHORTEST_WAIT_SECONDS
    _next_at: float

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._host = urlsplit(self._url).netloc
        self._writer: asyncio.StreamWriter | None = None
        self._to_send: list[Frame] = []
        self._shown: str | None = None

    def said(self) -> Frame:
        """The hello of every request."""
        raise NotImplementedError

    async def put(self, frame: Frame) -> None:
        """With the next request."""
        if frame["type"] not in self.in_every_request:
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
        wait = min(max(wait, self.shortest_wait_seconds), LONGEST_WAIT_SECONDS) if wait else 0.0
        asked = {"hello": self.said(), "frames": frames, "wait_seconds": wait, "shown": self._shown}
        async with asyncio.timeout(patience + wait):
            reply = await self._posted(reader, writer, json.dumps(asked).encode())
        for frame in reply["frames"]:
            await self._receive(frame)
            if frame["type"] == "bye":
                raise ConnectionError(frame["code"])
        self._shown = reply["shown"]

    async def _posted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> Any:
        """What is answered to a POST on a connection that stays open. Raises ConnectionError for anything but 200."""
        headers = {
            "Host": self._host, "Content-Type": "application/json", "Content-Length": len(body),
            **self._connect_with.get("additional_headers", {}),
        }  # fmt: skip
        if origin := self._connect_with.get("origin"):
            headers["Origin"] = origin
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"POST {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        await writer.drain()
        head_of_reply = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status, *told = head_of_reply.split("\r\n")
        length = dict(line.split(": ", 1) for line in told if ": " in line).get("content-length", 0)
        answer = await reader.readexactly(int(length))
        if status.split()[1:2] != ["200"]:
            raise ConnectionError(f"{status}: {answer[:200]!r}")
        return json.loads(answer)


class PollingCustomer(Polling, Customer):
    path = "/api/customer/poll"

    def said(self) -> Frame:
        return self._hello(self.logs.get(self.conversation or ""))


class PollingAgent(Polling, Agent):
    """What they follow is in every request, so that nothing is left to be done about it."""

    path = "/api/agent/poll"
    in_every_request = Polling.in_every_request | {"watch", "unwatch"}
    shortest_wait_seconds = 0.3
    """Each reply brings the whole queue."""

    def said(self) -> Frame:
        return {"type": "hello", "version": 1, "watches": [self.watch_of(log) for log in self.logs.values()]}
