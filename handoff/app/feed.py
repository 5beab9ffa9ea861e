"""One reader's place in one log: says what to send them, and never twice or with a gap. Pure: no sockets, no store.

First load, resume and live delivery are this one path: what was read after `last` is put in here, and frames come out.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from handoff.ports import EventRecord
from handoff.protocol import ConversationStatus, CustomerStatus, Event
from handoff.readers import as_event

PAGE = 100
"""Events read at once."""
Status = CustomerStatus | ConversationStatus


class Feed:
    __slots__ = ("_for_agent", "conversation", "last", "shown")

    def __init__(self, conversation: str, last: int, *, for_agent: bool) -> None:
        """`last` is the seq of the latest event that the reader has."""
        self.conversation = conversation
        self.last = last
        self.shown: Status | None = None
        self._for_agent = for_agent

    def events(self, records: Sequence[EventRecord]) -> list[Event]:
        """What of these comes next. A log read before a rewind, or one with a gap, yields only what follows on."""
        frames = []
        for record in records:
            if record.seq == self.last + 1:
                frames.append(as_event(record, for_agent=self._for_agent))
                self.last = record.seq
        return frames

    def status(self, status: Status) -> Status | None:
        """The status, if the reader has seen another one."""
        if status == self.shown:
            return None
        self.shown = status
        return status

    def changed(self, **fields: Any) -> Status | None:
        """The status with these fields changed, if that changes it and one was shown."""
        if self.shown is None or all(getattr(self.shown, name) == value for name, value in fields.items()):
            return None
        self.shown = self.shown.model_copy(update=fields)
        return self.shown

    def rewind(self, seq: int, head: int) -> None:
        """The reader has nothing after `seq`, and asks anew; a seq from beyond the log is taken for none."""
        self.last = seq if seq <= head else 0
        self.shown = None


def is_whole(page: Sequence[BaseModel] | Sequence[EventRecord]) -> bool:
    """Whether the log ended within this page."""
    return len(page) < PAGE
