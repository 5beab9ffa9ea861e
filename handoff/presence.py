"""Who is connected now. In memory and by the monotonic clock, so that a changed wall clock moves nobody.

It knows no sockets and no rules: sockets tell it, the desk and the queue ask it. A process that starts anew gives
everybody a fresh lease.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable

RELOAD_GRACE_SECONDS = 10.0
"""A page that reloads is not somebody who left."""
FORGET_SECONDS = 3_600.0
"""Longer than anybody asks about; who left before is as gone as who was never here."""


class Board:
    """Counts sockets by key (an agent's or a customer's id)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sockets: Counter[str] = Counter()
        self._left_at: dict[str, float] = {}
        self._started_at = clock()

    def enter(self, key: str) -> None:
        self._sockets[key] += 1
        self._left_at.pop(key, None)

    def leave(self, key: str) -> None:
        self._sockets[key] -= 1
        if self._sockets[key] <= 0:
            del self._sockets[key]
            self._left_at.pop(key, None)
            self._left_at[key] = self._clock()
            self._forget()

    def _forget(self) -> None:
        """Visitors come and go: the oldest entries, which lie in front, are dropped."""
        while (first := next(iter(self._left_at))) and self._left_at[first] < self._clock() - FORGET_SECONDS:
            del self._left_at[first]

    def online(self) -> set[str]:
        """Connected now, or gone for less than a reload takes."""
        fresh = self._clock() - RELOAD_GRACE_SECONDS
        return set(self._sockets) | {key for key, at in self._left_at.copy().items() if at > fresh}

    def gone(self, keys: Iterable[str], seconds: float) -> set[str]:
        """Those of `keys` that have had no socket for at least `seconds`."""
        latest = self._clock() - seconds
        absent = (key for key in keys if key not in self._sockets)
        return {key for key in absent if self._left_at.get(key, self._started_at) <= latest}
