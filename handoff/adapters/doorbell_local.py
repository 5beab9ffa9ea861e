"""The doorbell within one process. Rings carry no content; a listener that missed one reads the log anyway."""

import asyncio
import contextlib
from collections import defaultdict

from handoff.ports import Json

MOST_HINTS = 20
"""Hints kept for a listener that is slow; older ones are worthless."""


class LocalSubscription:
    def __init__(self, doorbell: "LocalDoorbell", topics: tuple[str, ...]) -> None:
        self._doorbell = doorbell
        self._topics: set[str] = set()
        self._rung: set[str] = set()
        self._hints: list[Json] = []
        self._bell = asyncio.Event()
        for topic in topics:
            self.add(topic)

    def add(self, topic: str) -> None:
        self._topics.add(topic)
        self._doorbell.listeners[topic].add(self)

    def remove(self, topic: str) -> None:
        self._topics.discard(topic)
        self._doorbell.forget(topic, self)

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

    def close(self) -> None:
        for topic in list(self._topics):
            self.remove(topic)

    def heard(self, topic: str, hint: Json | None = None) -> None:
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
            for listener in self.listeners.get(topic, ()):
                listener.heard(topic)

    def whisper(self, topic: str, hint: Json) -> None:
        for listener in self.listeners.get(topic, ()):
            listener.heard(topic, hint)

    def subscribe(self, *topics: str) -> LocalSubscription:
        return LocalSubscription(self, topics)

    def listened(self) -> set[str]:
        return set(self.listeners)

    def forget(self, topic: str, listener: LocalSubscription) -> None:
        self.listeners[topic].discard(listener)
        if not self.listeners[topic]:
            del self.listeners[topic]
