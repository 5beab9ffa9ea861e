"""How far readers have got: gathered in memory, written once in a while for all of them together.

What is lost with the process is said again by the reader's next `ack`, so nothing waits for it.
"""

import structlog

from handoff.ports import CursorRecord, Doorbell, Json, Store, conversation_topic

FLUSH_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Cursors:
    def __init__(self, store: Store, doorbell: Doorbell) -> None:
        self._store = store
        self._doorbell = doorbell
        self._moved: dict[tuple[str, str], tuple[int, int]] = {}

    def move(self, conversation_id: str, reader: str, delivered: int, read: int) -> None:
        """Only forward: what came out of order changes nothing."""
        key = conversation_id, reader
        before = self._moved.get(key, (0, 0))
        self._moved[key] = max(before[0], delivered), max(before[1], read)

    async def flush(self) -> None:
        """Write what moved since the last time; then whoever watches these logs hears of it."""
        moved, self._moved = self._moved, {}
        if not moved:
            return
        cursors = [CursorRecord(*key, *seqs) for key, seqs in moved.items()]
        try:
            await self._store.write(lambda tx: tx.move_cursors(cursors))
        except Exception as error:
            log.warning("cursors.lost", count=len(cursors), exc_info=error)
            return
        for cursor in cursors:
            self._doorbell.whisper(conversation_topic(cursor.conversation_id), as_hint(cursor))


def as_hint(cursor: CursorRecord) -> Json:
    """What whoever watches the log is told of it."""
    return {"cursor": cursor.reader, "delivered": str(cursor.delivered_seq), "read": str(cursor.read_seq)}
