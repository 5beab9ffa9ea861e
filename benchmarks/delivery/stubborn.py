"""A customer who writes and an agent who reads, over connections that break: the rules of the protocol and nothing else.

What was not accepted is said again under the same cmid; who comes back says what they have; only the next event is taken.
"""

import asyncio
import contextlib
import itertools
import json
import random
from typing import Any

from benchmarks.sockets.crowd import Line, dial

ANSWER_SECONDS = 2.0
PAUSE_SECONDS = 0.2
"""Longest pause before the next attempt; how long it takes is drawn."""
Frame = dict[str, Any]


class Stubborn:
    """One participant that dials until it is stopped."""

    def __init__(self, port: int, path: str, headers: list[tuple[str, str]], seed: int) -> None:
        self._port, self._path, self._headers = port, path, headers
        self._random = random.Random(seed)
        self._line: Line | None = None
        self._up = asyncio.Event()
        self.last = 0
        self.dialled = 0

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, TimeoutError):
                self._line = await dial(self._port, self._path, 0, self._headers)
                self.dialled += 1
                self._line.on_text = lambda text: self.heard(json.loads(text))
                self.greet()
                while True:
                    with contextlib.suppress(TimeoutError):
                        await self._line.heard(lambda _text: False)
            self._up.clear()
            await asyncio.sleep(self._random.uniform(0, PAUSE_SECONDS))

    def tell(self, **frame: Any) -> None:
        if self._line and not self._line.is_closed:
            self._line.say(json.dumps(frame).encode())

    def greet(self) -> None:
        raise NotImplementedError

    def heard(self, frame: Frame) -> None:
        raise NotImplementedError

    def took(self, event: Frame) -> bool:
        """Whether it is the next one; a gap is asked for."""
        if event["seq"] == self.last + 1:
            self.last += 1
            return True
        if event["seq"] > self.last:
            self.greet()
        return False


class Writer(Stubborn):
    def __init__(self, port: int, welcome: Frame, seed: int) -> None:
        super().__init__(port, "/ws/customer", [], seed)
        self._known = {key: welcome[key] for key in ("token", "conversation", "epoch")}
        self._cmids = itertools.count()
        self._answers: dict[str, asyncio.Future[bool]] = {}

    def greet(self) -> None:
        self.tell(type="hello", seq=self.last, **self._known)

    def heard(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self._up.set()
            case "event":
                self.took(frame)
            case "accepted" | "rejected":
                answer = self._answers.pop(frame["cmid"], None)
                if answer and not answer.done():
                    answer.set_result(frame["type"] == "accepted" or not frame["retryable"])

    async def say(self, text: str) -> None:
        """Until it is accepted."""
        cmid = f"m{next(self._cmids)}"
        accepted = False
        while not accepted:
            await self._up.wait()
            answer = self._answers[cmid] = asyncio.get_running_loop().create_future()
            self.tell(type="send", cmid=cmid, text=text)
            line = self._line
            for _ in range(int(ANSWER_SECONDS / 0.05)):
                await asyncio.wait([answer], timeout=0.05)
                if answer.done() or line is not self._line or not self._up.is_set():
                    break
            accepted = answer.done() and answer.result()


class Reader(Stubborn):
    """`got` is what the customer said, in the order in which it was shown."""

    def __init__(
        self, port: int, conversation: str, epoch: str, headers: list[tuple[str, str]], seed: int
    ) -> None:
        super().__init__(port, "/ws/agent", headers, seed)
        self._conversation, self._epoch = conversation, epoch
        self.got: list[str] = []

    def greet(self) -> None:
        self.tell(type="hello")
        self.tell(type="watch", conversation=self._conversation, epoch=self._epoch, seq=self.last)

    def heard(self, frame: Frame) -> None:
        if frame["type"] == "watching" and not frame["resumed"]:
            self.last = 0
        if frame["type"] == "event" and self.took(frame) and frame["kind"] == "message":
            self.got.append(frame["text"])

    def took(self, event: Frame) -> bool:
        if event["seq"] > self.last + 1:
            self.tell(type="watch", conversation=self._conversation, epoch=self._epoch, seq=self.last)
            return False
        return super().took(event)
