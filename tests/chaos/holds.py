"""When gateways were held up in the middle of whatever they did: frozen, or cut off from the database. Pure.

A row that such a gateway has locked is not offered meanwhile, for as long as Postgres lets it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.history import Dump, Record, seconds_of
from tests.chaos.waits import AT_ONCE, Wait

LONGEST_SECONDS = 20.0
"""Postgres breaks a transaction off that does nothing for 15 s; a statement that waits, after 5 s."""
AFTER_SECONDS = 2.0
"""For what was held to be finished, or its connection to be noticed as gone, on a busy machine."""
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Holds:
    windows: Sequence[Span]
    """When a gateway was held up that may have had transactions open at its beginning."""
    written: dict[str, list[float]]
    """By conversation: when its events were written."""

    def held(self, wait: Wait, at: float) -> bool:
        """Whether a gateway that was held up could have it: it waited then, and nobody wrote a word into it since."""
        return any(
            start - AT_ONCE < at < end and wait.start < start + AT_ONCE and not self._wrote(wait, start, at)
            for start, end in self.windows
        )

    def _wrote(self, wait: Wait, start: float, at: float) -> bool:
        times = self.written.get(wait.conversation, [])
        first = bisect_right(times, start + AT_ONCE)
        return first < len(times) and times[first] < at - AT_ONCE


def holds(records: Sequence[Record], dump: Dump) -> Holds:
    offset = offset_of(records)
    written = {
        conversation: sorted(seconds_of(event["at"]) for event in events)
        for conversation, events in dump.events.items()
    }
    return Holds([(a + offset, b + offset) for a, b in windows(records)], written)


def offset_of(records: Sequence[Record]) -> float:
    """From the clock of the records to seconds since 1970."""
    return next((record.more["wall"] - record.t for record in records if record.what == "begin"), 0.0)


def windows(records: Sequence[Record]) -> list[Span]:
    """When each gateway was held up; `held` and `released` are noted by what holds it up, under the same text."""
    open_: dict[str, float] = {}
    found = []
    for record in records:
        if record.what == "held":
            open_.setdefault(record.text, record.t)
        elif record.what == "released" and record.text in open_:
            start = open_.pop(record.text)
            found.append((start, min(record.t, start + LONGEST_SECONDS) + AFTER_SECONDS))
    return found + [(start, start + LONGEST_SECONDS + AFTER_SECONDS) for start in open_.values()]
