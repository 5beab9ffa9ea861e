"""What customers and agents have in common: a socket that comes back, logs that are applied gapless, an outbox.

The rules are those of our own client: only last + 1 is applied; a gap or a newer head asks again; what was written stays
in the outbox until it is accepted or refused for good, one at a time, under the same cmid; full-jitter back-off.
"""

import asyncio
import contextlib
import json
import time
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.chaos.history import History

Frame = dict[str, Any]
QUIET_SECONDS = 2.0
"""Then a ping is sent; our own client waits longer, which would only make a run longer."""
DEAD_SECONDS = 5.0
"""Of silence, then the link is given up; twice as long after each link that was silent from the start."""
MOST_DEAD_SECONDS = 45.0
"""As our own client has it from the start."""
REPEAT_SECONDS = 4.0
"""Without an answer, what is under way is sent again on the same link."""
BEHIND_SECONDS = 1.5
"""Behind a head for so long, the log is asked for again."""
TOLD = ("conversation", "priority", "to_agent", "to_skill")
"""Of a write, beside its words and its fence."""
SHORTEST_SECONDS = 0.05
LONGEST_SECONDS = 2.0


@dataclass(slots=True)
class Log:
    """How far one conversation has been applied."""

    conversation: str
    epoch: str = ""
    last: int = 0
    head: int = 0
    behind_since: float | None = None


@dataclass(slots=True)
class Outbox:
    """Writes of one conversation on their way, in order."""

    waiting: deque[Frame] = field(default_factory=deque)
    under_way: str | None = None
    sent_at: float = 0.0
    not_before: float = 0.0
    attempts: int = 0


class Participant:
    """One page. `stop` ends it for good; `finished` says whether everything that was written is settled."""

    def __init__(self, who: str, url: str, history: History, rng: Random, **connect_with: Any) -> None:
        self.who = who
        self.history = history
        self.rng = rng
        self.logs: dict[str, Log] = {}
        self.outboxes: dict[str, Outbox] = {}
        self.greeted = False
        self.quiet = False
        """No more new messages; what is on its way is still settled."""
        self._url = url
        self._connect_with = connect_with
        self._attempt = 0
        self._unwelcome = 0
        self._hold_seconds = 0.0
        self._heard_at = 0.0
        self._pinged_at = 0.0
        self._socket: ClientConnection | None = None
        self._linked = self._leaving = False
        self._number = 0

    # what subclasses say

    async def hello(self) -> None:
        raise NotImplementedError

    async def take(self, frame: Frame) -> None:
        """Every frame but events, heads, accepted and rejected."""

    async def tick(self) -> None:
        """A few times a second while greeted."""

    def lost(self) -> None:
        """The link is down; a page may be reloaded here."""

    async def ask_again(self, log: Log) -> None:
        raise NotImplementedError

    def applied(self, frame: Frame) -> None:
        """An event was applied."""

    def refused(self, frame: Frame, answer: Frame) -> None:
        """A write was refused for good."""

    # the link

    async def run(self) -> None:
        while True:
            try:
                await self._talk()
            except TimeoutError:
                self._unwelcome += 1
            except (OSError, websockets.WebSocketException):
                pass
            finally:
                self._down()
            ceiling = min(LONGEST_SECONDS, SHORTEST_SECONDS * 2 ** min(self._attempt, 10))
            wait = self.rng.uniform(SHORTEST_SECONDS, max(SHORTEST_SECONDS * 2, ceiling))
            self._attempt += 1
            await asyncio.sleep(max(wait, min(self._hold_seconds, LONGEST_SECONDS)))
            self._hold_seconds = 0.0

    async def _talk(self) -> None:
        patience = self.patience
        async with asyncio.timeout(patience):
            socket = await connect(
                self._url, compression=None, ping_interval=None, close_timeout=0.2, proxy=None,
                **self._connect_with,
            )  # fmt: skip
        self._socket = socket
        try:
            self._up()
            await self.hello()
            ticking = asyncio.create_task(self._tick_forever(socket, patience))
            try:
                async for text in socket:
                    await self._receive(json.loads(text))
            finally:
                ticking.cancel()
                await asyncio.gather(ticking, return_exceptions=True)
        finally:
            socket.transport.abort()

    @property
    def patience(self) -> float:
        return float(min(MOST_DEAD_SECONDS, DEAD_SECONDS * 2**self._unwelcome))

    def _up(self) -> None:
        self.history.note(self.who, "connected")
        self._linked = True
        self._heard_at = time.monotonic()

    def _down(self) -> None:
        if self._linked:
            self.history.note(self.who, "lost")
        self._socket = None
        self._linked = self._leaving = self.greeted = False
        for outbox in self.outboxes.values():
            outbox.under_way = None
        for log in self.logs.values():
            log.behind_since = None
        self.lost()

    def drop(self) -> None:
        """Leave this link and come back."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def put(self, frame: Frame) -> None:
        """Send now or not at all."""
        if self._socket is not None:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self._socket.send(json.dumps(frame))

    async def _tick_forever(self, socket: ClientConnection, patience: float) -> None:
        while True:
            await asyncio.sleep(0.04 + 0.02 * self.rng.random())
            now = time.monotonic()
            if now - self._heard_at > patience:
                self._unwelcome += not self.greeted
                socket.transport.abort()
                return
            if now - self._heard_at > QUIET_SECONDS and now - self._pinged_at > QUIET_SECONDS:
                self._pinged_at = now
                await self.put({"type": "ping"})
            if self.greeted:
                await self._look(now)

    async def _look(self, now: float) -> None:
        self._unwelcome = 0
        for log in list(self.logs.values()):
            await self._look_behind(log, now)
        await self.tick()
        await self.flush()

    async def _look_behind(self, log: Log, now: float) -> None:
        if log.head <= log.last:
            log.behind_since = None
        elif log.behind_since is None:
            log.behind_since = now
        elif now - log.behind_since > BEHIND_SECONDS:
            log.behind_since = now
            await self.ask_again(log)

    # frames

    async def _receive(self, frame: Frame) -> None:
        if self._leaving:
            return
        self._heard_at = time.monotonic()
        self._attempt = 0
        match frame["type"]:
            case "event":
                await self._event(frame)
            case "head":
                if frame["conversation"] in self.logs:
                    log = self.logs[frame["conversation"]]
                    log.head = max(log.head, frame["seq"])
            case "accepted":
                self._accepted(frame)
            case "rejected":
                self._rejected(frame)
            case "bye":
                self._hold_seconds = frame.get("retry_after_seconds") or 0.0
            case _:
                await self.take(frame)
        if self.greeted:
            await self.flush()

    async def _event(self, frame: Frame) -> None:
        log = self.logs.get(frame["conversation"])
        if log is None:
            self.history.note(
                self.who, "event", conversation=frame["conversation"], seq=frame["seq"], kind="foreign"
            )
            return
        log.head = max(log.head, frame["seq"])
        if frame["seq"] <= log.last:
            return
        if not self.is_next(log, frame["seq"]):
            if log.behind_since is None or time.monotonic() - log.behind_since > BEHIND_SECONDS:
                log.behind_since = time.monotonic()
                await self.ask_again(log)
            return
        log.last = frame["seq"]
        self.history.note(
            self.who, "event", conversation=log.conversation, seq=frame["seq"], kind=frame["kind"],
            cmid=frame.get("cmid") or "", text=text_of(frame), more={"by": frame.get("actor", {}).get("role", "")},
        )  # fmt: skip
        if frame["kind"] != "hidden":
            self.applied(frame)

    def is_next(self, log: Log, seq: int) -> bool:
        return seq == log.last + 1

    def begin_log(self, conversation: str, epoch: str, head: int, *, resumed: bool) -> None:
        """What the server said to hello or watch: the log goes on, or begins anew."""
        log = self.logs.setdefault(conversation, Log(conversation, epoch))
        if not resumed or log.epoch != epoch:
            self.forget(log)
        log.epoch, log.head = epoch, max(head, log.last)

    def forget(self, log: Log) -> None:
        self.history.note(self.who, "forget", conversation=log.conversation)
        log.last = log.head = 0

    # the outbox

    def write(self, conversation: str, frame: Frame) -> str:
        """Keep a write until it is settled; its cmid."""
        self._number += 1
        frame = {"cmid": f"{self.who.replace('/', '.')}-{self._number}-{self.rng.getrandbits(40):x}", **frame}
        self.history.note(
            self.who, "send", conversation=conversation, cmid=frame["cmid"], kind=frame["type"],
            text=frame.get("text", ""), fence=frame.get("fence", -1), seq=self._number,
            more={key: frame[key] for key in TOLD if key in frame},
        )  # fmt: skip
        self.outboxes.setdefault(conversation, Outbox()).waiting.append(frame)
        return str(frame["cmid"])

    async def flush(self) -> None:
        """Send what may go: the oldest of each outbox, unless it is under way."""
        now = time.monotonic()
        for outbox in list(self.outboxes.values()):
            if not outbox.waiting or now < outbox.not_before:
                continue
            if outbox.under_way is not None and now - outbox.sent_at < REPEAT_SECONDS:
                continue
            frame = self.outgoing(outbox.waiting[0])
            outbox.under_way, outbox.sent_at = frame["cmid"], now
            await self.put(frame)

    def outgoing(self, frame: Frame) -> Frame:
        """The frame as it goes out: the same at every try."""
        return frame

    def _outbox_of(self, cmid: str | None) -> Outbox | None:
        return next(
            (one for one in self.outboxes.values() if one.waiting and one.waiting[0]["cmid"] == cmid), None
        )

    def _accepted(self, frame: Frame) -> None:
        self.history.note(
            self.who, "accepted", conversation=frame["conversation"], cmid=frame["cmid"], seq=frame["seq"],
            more={"dup": frame["dup"]},
        )  # fmt: skip
        outbox = self._outbox_of(frame["cmid"])
        if outbox is not None:
            settled = outbox.waiting.popleft()
            outbox.under_way, outbox.attempts = None, 0
            self.was_accepted(settled, frame)

    def was_accepted(self, frame: Frame, answer: Frame) -> None:
        """A write has arrived."""

    def _rejected(self, frame: Frame) -> None:
        self.history.note(
            self.who,
            "rejected",
            cmid=frame["cmid"] or "",
            kind=frame["code"],
            more={"retryable": frame["retryable"]},
        )
        outbox = self._outbox_of(frame["cmid"])
        if outbox is None:
            return
        outbox.under_way = None
        if frame["retryable"]:
            outbox.attempts += 1
            ceiling = min(LONGEST_SECONDS, SHORTEST_SECONDS * 2 ** min(outbox.attempts, 10))
            outbox.not_before = time.monotonic() + max(
                frame.get("retry_after_seconds") or 0.0, self.rng.uniform(0, ceiling)
            )
            return
        outbox.attempts = 0
        self.refused(outbox.waiting.popleft(), frame)

    @property
    def silent(self) -> bool:
        """Nothing on its way."""
        return not any(outbox.waiting for outbox in self.outboxes.values())

    @property
    def finished(self) -> bool:
        """Nothing on its way, and everything seen that the server has told of."""
        return self.greeted and self.silent and all(log.last >= log.head for log in self.logs.values())


def text_of(frame: Frame) -> str:
    """What an event says, for comparing it with the log: its words, or its code."""
    return str(frame.get("text") or frame.get("label") or frame.get("code") or "")
