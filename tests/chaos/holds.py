"""What could keep a row of Postgres locked: a gateway that is frozen, or cut off from the database, in the middle of a
transaction. And what was being written at a moment by somebody who is well. Pure.

Claims pass over locked rows. Only such a row may be passed over, and only for as long as it can have been locked.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.history import Dump, Record, seconds_of
from tests.chaos.waits import AT_ONCE, Wait

LONGEST_SECONDS = 20.0
"""Postgres breaks a transaction off that does nothing for 15 s; a statement that waits, after 5 s."""
AFTER_SECONDS = 2.0
"""For what was held to be finished, or its connection to be noticed as gone, on a busy machine."""
MOMENT_SECONDS = 2.0
"""How far the clock in an event may be from the moment at which its row was locked."""
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Holds:
    windows: Sequence[Span]
    """When a gateway was held up that may have had transactions open at its beginning."""
    busy: dict[str, list[Span]]
    """By conversation: when its people waited for the answer to something, or came back."""
    failed: Sequence[Span]
    """Claims that came to nothing: each may have locked any row for that long."""
    written: dict[str, list[float]]
    """By conversation: when its events were written."""

    def held(self, wait: Wait, at: float) -> bool:
        """Whether a gateway that was held up could have it: it waited then, and nobody wrote a word into it since."""
        return any(
            start - AT_ONCE < at < end and wait.start < start + AT_ONCE and not self._wrote(wait, start, at)
            for start, end in self.windows
        )

    def being_written(self, wait: Wait, at: float) -> bool:
        """Whether somebody was at it at this moment."""
        if self._near(wait, at):
            return True
        spans = [*self.busy.get(wait.conversation, ()), *self.failed]
        return any(start - AT_ONCE < at < end + AT_ONCE for start, end in spans)

    def _wrote(self, wait: Wait, start: float, at: float) -> bool:
        times = self.written.get(wait.conversation, [])
        first = bisect_right(times, start + AT_ONCE)
        return first < len(times) and times[first] < at - AT_ONCE

    def _near(self, wait: Wait, at: float) -> bool:
        times = self.written.get(wait.conversation, [])
        first = bisect_right(times, at - MOMENT_SECONDS)
        return first < len(times) and times[first] < at + MOMENT_SECONDS


def holds(records: Sequence[Record], dump: Dump) -> Holds:
    offset = offset_of(records)
    busy: dict[str, list[Span]] = {}
    failed = []
    for record, start, end, refused in _answered(records):
        if record.kind == "claim" and not record.more.get("conversation"):
            if refused:
                failed.append((start + offset, end + offset))
        else:
            conversation = record.more.get("conversation") or record.conversation
            busy.setdefault(conversation, []).append((start + offset, end + offset))
    came: dict[str, float] = {}
    for record in records:
        if record.what == "connected":
            came[record.who] = record.t
        elif record.what == "welcome":
            since = came.get(record.who, record.t)
            busy.setdefault(record.conversation, []).append((since + offset, record.t + offset))
    written = {
        conversation: sorted(seconds_of(event["at"]) for event in events)
        for conversation, events in dump.events.items()
    }
    return Holds([(a + offset, b + offset) for a, b in windows(records)], busy, failed, written)


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


def _answered(records: Sequence[Record]) -> Iterator[tuple[Record, float, float, bool]]:
    """Each write, from being sent to its last answer, and whether it was refused."""
    sent = {record.cmid: record for record in records if record.what == "send"}
    last: dict[str, tuple[float, bool]] = {}
    for record in records:
        if record.what in ("accepted", "rejected") and record.cmid in sent:
            refused = record.what == "rejected" or last.get(record.cmid, (0.0, False))[1]
            last[record.cmid] = (record.t, refused)
    for cmid, record in sent.items():
        end, refused = last.get(cmid, (record.t + LONGEST_SECONDS, True))
        yield record, record.t, end, refused
