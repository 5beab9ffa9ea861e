"""The doorbell within one process. Rings carry no content; a listener that missed one reads the log anyway."""

import asyncio
import contextlib
from collections import defaultdict

from handoff.ports import Heard, Json

MOST_HINTS = 20
"""Hints kept for a listener that is slow; older ones are worthless."""


class LocalSubscription:
    """Topics of one listener. Whoever listens by `heard` costs no more than that while nothing rings."""

    __slots__ = ("_doorbell", "_heard", "_topics")

    def __init__(self, doorbell: "LocalDoorbell", topics: tuple[str, ...], heard: Heard) -> None:
        self._doorbell = doorbell
        self._heard = heard
        self._topics: tuple[str, ...] = ()
        for topic in topics:
            self.add(topic)

    def add(self, topic: str) -> None:
        if topic not in self._topics:
            self._topics += (topic,)
            self._doorbell.listeners[topic].add(self)

    def remove(self, topic: str) -> None:
        self._topics = tuple(other for other in self._topics if other != topic)
        self._doorbell.forget(topic, self)

    def close(self) -> None:
        for topic in self._topics:
            self.remove(topic)

    def heard(self, topic: str, hint: Json | None = None) -> None:
        self._heard(topic, hint)

    async def wait(self, timeout_seconds: float) -> tuple[set[str], list[Json]]:
        raise TypeError("Who listens by a callback has nothing to wait for.")


class WaitingSubscription(LocalSubscription):
    """Keeps what it heard until it is asked."""

    __slots__ = ("_bell", "_hints", "_rung")

    def __init__(self, doorbell: "LocalDoorbell", topics: tuple[str, ...]) -> None:
        self._rung: set[str] = set()
        self._hints: list[Json] = []
        self._bell = asyncio.Event()
        super().__init__(doorbell, topics, self._keep)

    async def wait(self, timeout_seconds: float) -> tuple[set[str], list[Json]]:
        with contextlib.suppress(
            TimeoutError
        ):  # not wait_for: on 3.11 a ring swallows a cancellation beside it
            async with asyncio.timeout(timeout_seconds):
                await self._bell.wait()
        rung, hints = self._rung, self._hints
        self._rung, self._hints = set(), []
        self._bell.clear()
        return rung, hints

    def _keep(self, topic: str, hint: Json | None) -> None:
        if hint is None:
            self._rung.add(topic)
        else:
            self._hints = [*self._hints, hint][-MOST_HINTS:]
        self._bell.set()


class LocalDoorbell:
    """Implements `handoff.ports.Doorbell` on one event loop."""

    def __init__(self) -> None:
        self.listeners: defaultdict[str, set[LocalSubscription]] = defaultdict(set)

    def ring(self, *topics: str) -> None:
        for topic in topics:
            for listener in tuple(self.listeners.get(topic, ())):
                listener.heard(topic)

    def whisper(self, topic: str, hint: Json) -> None:
        for listener in tuple(self.listeners.get(topic, ())):
            listener.heard(topic, hint)

    def subscribe(self, *topics: str, heard: Heard | None = None) -> LocalSubscription:
        return LocalSubscription(self, topics, heard) if heard else WaitingSubscription(self, topics)

    def listened(self) -> set[str]:
        return set(self.listeners)

    def forget(self, topic: str, listener: LocalSubscription) -> None:
        self.listeners[topic].discard(listener)
        if not self.listeners[topic]:
            del self.listeners[topic]
