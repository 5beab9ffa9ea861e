"""Looks for what no ring told: a doorbell that was lost costs seconds, never a message.

Every gateway asks the store where the logs that its sockets read stand, all in a few queries, and rings within the process
where a reader is behind. Where other processes write too, that is every two seconds; while Redis is away, conversations
in which something happened lately are looked at twice a second, and how far their readers have got is told as well:
hints are lost then, but not what they tell.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

import structlog

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.doorbell_redis import RedisDoorbell
from handoff.app.cursors import as_hint
from handoff.ports import PLACES_TOPIC, QUEUE_TOPIC, CursorRecord, Store, conversation_topic

EVERY_SECONDS = 2.0
"""Where others may write: a lost ring delays a message by at most this."""
ALONE_SECONDS = 20.0
"""Where every ring is rung in this process, and none can be lost."""
AWAY_SECONDS = 0.5
"""While Redis is away, for conversations of late."""
LATELY_SECONDS = 300.0
BATCH = 500
"""Conversations asked for in one query."""
_TOPIC = conversation_topic("")
log = structlog.get_logger(__name__)


def _unknown(_conversation_id: str) -> int | None:
    return None


class Polls:
    """`sent` tells the last seq that all readers of a conversation in this process were sent, None where nobody knows.

    `heads` are the logs' last seqs as last seen, by conversation.
    """

    def __init__(
        self, store: Store, doorbell: LocalDoorbell, redis: RedisDoorbell | None = None, *, others_write: bool = False,
        sent: Callable[[str], int | None] = _unknown, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._store = store
        self._doorbell = doorbell
        self._redis = redis
        self._others_write = others_write or redis is not None
        self._sent = sent
        self._clock = clock
        self.heads: dict[str, int] = {}
        self._moved_at: dict[str, float] = {}
        self._queue_version: int | None = None
        self._cursors: dict[tuple[str, str], CursorRecord] = {}
        self._was_away = redis is None

    async def run(self) -> None:
        every = EVERY_SECONDS if self._others_write else ALONE_SECONDS
        due = self._clock()
        while True:
            everything = await self._ticked(due - self._clock())
            if everything:
                due = self._clock() + every
            if everything or (self._redis and self._redis.away):
                try:
                    await self.look(only_lately=not everything)
                except Exception as error:
                    log.error("polls.failed", exc_info=error)

    async def _ticked(self, seconds: float) -> bool:
        """Wait for that long, or a tick. Whether it is time to look at everything: also where Redis may have lost rings."""
        if self._redis is None:
            await asyncio.sleep(seconds)
            return True
        missed = self._redis.missed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, AWAY_SECONDS)):
                await missed.wait()
        everything = missed.is_set() or seconds <= AWAY_SECONDS
        missed.clear()
        return everything

    async def look(self, *, only_lately: bool = False) -> None:
        """One round: ring in this process for every log that a reader is behind, and for a queue that changed."""
        topics = self._doorbell.listened()
        listened = [topic.removeprefix(_TOPIC) for topic in topics if topic.startswith(_TOPIC)]
        if only_lately:
            listened = [key for key in listened if self._is_lively(key)]
        found = await self._read_heads(listened)
        self._doorbell.ring(
            *(conversation_topic(key) for key, head in found.items() if self._behind(key, head))
        )
        now = self._clock()
        self._moved_at |= {key: now for key, head in found.items() if self.heads.get(key) != head}
        self.heads = self.heads | found if only_lately else found
        if not only_lately:
            self._moved_at = {key: at for key, at in self._moved_at.items() if key in found}
        if self._hints_are_lost():
            await self._look_at_cursors(listened, keeps=only_lately)
        if QUEUE_TOPIC in topics or PLACES_TOPIC in topics:
            await self._look_at_queue()

    def _hints_are_lost(self) -> bool:
        """Between processes, since the last look: while Redis is away, and once more when it is back."""
        before, self._was_away = self._was_away, self._redis is None or self._redis.away
        return self._others_write and (before or self._was_away)

    async def _look_at_cursors(self, conversation_ids: Sequence[str], *, keeps: bool) -> None:
        known = self._cursors
        found: dict[tuple[str, str], CursorRecord] = {}
        for start in range(0, len(conversation_ids), BATCH):
            batch = conversation_ids[start : start + BATCH]
            cursors = await self._store.read(lambda tx, batch=batch: tx.cursors(batch))  # type: ignore[misc]
            found |= {(cursor.conversation_id, cursor.reader): cursor for cursor in cursors}
        self._cursors = known | found if keeps else found
        for key, cursor in found.items():
            if known.get(key) != cursor:
                self._doorbell.whisper(conversation_topic(cursor.conversation_id), as_hint(cursor))

    async def _read_heads(self, conversation_ids: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(conversation_ids), BATCH):
            batch = conversation_ids[start : start + BATCH]
            found |= await self._store.read(lambda tx, batch=batch: tx.heads(batch))  # type: ignore[misc]
        return found

    def _behind(self, key: str, head: int) -> bool:
        sent = self._sent(key)
        if sent is not None:
            return sent < head
        if key in self.heads:
            return self.heads[key] != head
        return self._others_write  # never looked at: something may have come between its first read and now

    def _is_lively(self, key: str) -> bool:
        return self._moved_at.get(key, self._clock()) > self._clock() - LATELY_SECONDS

    async def _look_at_queue(self) -> None:
        version = await self._store.read(lambda tx: tx.queue_version())
        if version != self._queue_version:
            known, self._queue_version = self._queue_version is not None, version
            if known or self._others_write:
                self._doorbell.ring(QUEUE_TOPIC, PLACES_TOPIC)
