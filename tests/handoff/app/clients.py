"""Simulated customers and agents: real websockets, the rules of the protocol, and a log of what they saw."""

import asyncio
import itertools
import json
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx
import websockets

Frame = dict[str, Any]
PATIENCE_SECONDS = 10.0


def loopback_listener() -> socket.socket:
    """A listening socket on a free port. It names TCP, or else asyncio leaves Nagle's delay of 40 ms switched on."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


class DidNotCome(AssertionError):
    """A frame that was waited for did not come in time."""


class Client:
    """One socket. `events` is the applied log: only last + 1 is ever applied."""

    def __init__(self, url: str, **connect: Any) -> None:
        self._url = url
        self._connect = connect
        self._cmids = (f"c{number}-{id(self)}" for number in itertools.count())
        self.frames: list[Frame] = []
        self.logs: dict[str, list[Frame]] = {}
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self.socket = await websockets.connect(self._url, compression=None, **self._connect)
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        async for text in self.socket:
            frame = json.loads(text)
            async with self._news:
                self.frames.append(frame)
                if frame["type"] == "event":
                    log = self.logs.setdefault(frame["conversation"], [])
                    assert frame["seq"] == len(log) + 1, "the log has a gap"
                    log.append(frame)
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def send(self, type_: str, **fields: Any) -> str:
        """Send a frame with a new cmid unless one is given; the cmid."""
        fields.setdefault("cmid", next(self._cmids))
        await self.socket.send(json.dumps({"type": type_, **fields}))
        return str(fields["cmid"])

    async def until(self, wanted: Callable[[Frame], bool], after: int = 0) -> Frame:
        """The first frame from index `after` on that is wanted; fails after a while, showing what came."""

        def found() -> Frame | None:
            return next((frame for frame in self.frames[after:] if wanted(frame)), None)

        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._news:
                while (frame := found()) is None:
                    await self._news.wait()
                return frame
        except TimeoutError:
            seen = [
                {k: f[k] for k in ("type", "kind", "seq", "code", "text", "owner") if k in f}
                for f in self.frames
            ]
            raise DidNotCome(f"did not come; saw {seen}") from None

    async def accepted(self, cmid: str) -> Frame:
        answer = await self.until(lambda f: f["type"] in ("accepted", "rejected") and f["cmid"] == cmid)
        assert answer["type"] == "accepted", answer
        return answer

    async def rejected(self, cmid: str) -> Frame:
        answer = await self.until(lambda f: f["type"] in ("accepted", "rejected") and f["cmid"] == cmid)
        assert answer["type"] == "rejected", answer
        return answer

    async def event(self, kind: str, after: int = 0, **fields: Any) -> Frame:
        """The first event of this kind and with these fields."""
        return await self.until(
            lambda f: (
                f["type"] == "event" and f["kind"] == kind and all(f.get(k) == v for k, v in fields.items())
            ),
            after,
        )

    async def owner(self, owner: str, after: int = 0) -> Frame:
        return await self.until(lambda f: f["type"] == "status" and f["owner"] == owner, after)


class Customer(Client):
    """A widget without a page."""

    def __init__(self, base: str) -> None:
        super().__init__(f"{base.replace('http', 'ws')}/ws/customer")

    async def hello(self, **fields: Any) -> Frame:
        await self.socket.send(json.dumps({"type": "hello", **fields}))
        welcome = await self.until(lambda f: f["type"] == "welcome")
        self.conversation: str = welcome["conversation"]
        self.token: str = welcome["token"]
        self.epoch: str = welcome["epoch"]
        return welcome

    async def say(self, text: str) -> Frame:
        return await self.accepted(await self.send("send", text=text))


class Polling(Client):
    """Where websockets are blocked. It has no socket; `send` asks beside the request that waits."""

    path = ""

    def __init__(self, base: str, *more: Any) -> None:
        super().__init__(base, *more)
        self._base = base
        self._said: Frame = {}
        self._shown: str | None = None
        self._headers: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._http = httpx.AsyncClient(
            base_url=self._base, headers=self._headers, trust_env=False, timeout=40
        )
        self._waiting: asyncio.Task[None] | None = None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._waiting:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        await self._http.aclose()

    async def send(self, type_: str, **fields: Any) -> str:
        fields.setdefault("cmid", next(self._cmids))
        await self.poll({"type": type_, **fields})
        return str(fields["cmid"])

    def keep_asking(self) -> None:
        async def ask() -> None:
            while True:
                await self.poll(wait_seconds=5)

        self._waiting = asyncio.create_task(ask())

    def said(self) -> Frame:
        """What every request begins with."""
        raise NotImplementedError

    async def poll(self, *frames: Frame, wait_seconds: float = 0) -> None:
        """One request; what it brings is applied as a page does it: an event that is there already is dropped."""
        asked = self.said() | {"frames": frames, "wait_seconds": wait_seconds, "shown": self._shown}
        answer = await self._http.post(self.path, json=asked)
        assert answer.status_code == 200, answer.text
        reply = answer.json()
        self._shown = reply["shown"]
        async with self._news:
            for frame in reply["frames"]:
                if frame["type"] == "event":
                    log = self.logs.setdefault(frame["conversation"], [])
                    if frame["seq"] <= len(log):
                        continue
                    assert frame["seq"] == len(log) + 1, "the log has a gap"
                    log.append(frame)
                self.frames.append(frame)
            self._news.notify_all()


class PollingCustomer(Polling, Customer):
    """The same widget without a socket."""

    path = "/api/customer/poll"

    async def hello(self, **fields: Any) -> Frame:
        self._said = fields
        await self.poll()
        welcome = next(frame for frame in reversed(self.frames) if frame["type"] == "welcome")
        self.conversation, self.token, self.epoch = (welcome[k] for k in ("conversation", "token", "epoch"))
        self.keep_asking()
        return welcome

    def said(self) -> Frame:
        hello = dict(self._said)
        if hasattr(self, "token"):
            seq = len(self.logs.get(self.conversation, ()))
            hello |= {
                "token": self.token,
                "conversation": self.conversation,
                "epoch": self.epoch,
                "seq": seq,
            }
        return {"hello": hello}


class Agent(Client):
    """A console without a page. Knows the fence of every conversation it watches."""

    def __init__(self, base: str, cookies: httpx.Cookies) -> None:
        self.session = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies.jar)
        super().__init__(
            f"{base.replace('http', 'ws')}/ws/agent",
            origin=base,
            additional_headers={"Cookie": self.session},
        )

    async def hello(self) -> Frame:
        await self.socket.send(json.dumps({"type": "hello"}))
        await self.until(lambda f: f["type"] == "queue")
        return await self.until(lambda f: f["type"] == "welcome")

    async def waiting(self, conversation: str) -> Frame:
        """The queue frame in which this conversation waits."""
        return await self.until(
            lambda f: (
                f["type"] == "queue"
                and any(
                    row["conversation"] == conversation and row["state"] == "waiting" for row in f["rows"]
                )
            )
        )

    async def claim(self, conversation: str | None = None) -> Frame:
        receipt = await self.accepted(await self.send("claim", conversation=conversation))
        await self.watch(receipt["conversation"])
        return receipt

    async def watch(self, conversation: str, **fields: Any) -> Frame:
        await self.send("watch", conversation=conversation, **fields)
        await self.until(lambda f: f["type"] == "status" and f["conversation"] == conversation)
        return await self.until(lambda f: f["type"] == "watching" and f["conversation"] == conversation)

    def fence(self, conversation: str) -> int:
        found = [
            f["fence"] for f in self.frames if f["type"] == "status" and f["conversation"] == conversation
        ]
        return int(found[-1])

    async def act(self, type_: str, conversation: str, **fields: Any) -> Frame:
        cmid = await self.send(type_, conversation=conversation, fence=self.fence(conversation), **fields)
        return await self.accepted(cmid)


class PollingAgent(Polling, Agent):
    """The same console without a socket."""

    path = "/api/agent/poll"

    def __init__(self, base: str, cookies: httpx.Cookies) -> None:
        super().__init__(base, cookies)
        self._headers = {"Cookie": self.session, "Origin": base}
        self._watched: dict[str, Frame] = {}

    async def hello(self) -> Frame:
        self.keep_asking()
        await self.until(lambda f: f["type"] == "queue")
        return await self.until(lambda f: f["type"] == "welcome")

    async def send(self, type_: str, **fields: Any) -> str:
        if type_ != "watch":
            return await super().send(type_, **fields)
        self._watched[fields["conversation"]] = fields
        await self.poll()
        return ""

    def said(self) -> Frame:
        watches = [self._follows(conversation) for conversation in self._watched]
        return {"hello": {"watches": watches}}

    def _follows(self, conversation: str) -> Frame:
        has = [f for f in self.frames if f["type"] == "watching" and f["conversation"] == conversation]
        known = {"epoch": has[-1]["epoch"], "seq": len(self.logs.get(conversation, ()))} if has else {}
        return {"type": "watch"} | self._watched[conversation] | known


async def sign_in(base: str, email: str, password: str) -> httpx.Cookies:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
        answer = await http.post("/api/signin", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return http.cookies
