"""Rows of how far a log has got to its readers."""

from collections.abc import Collection, Sequence

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite

from handoff.adapters import tables as t
from handoff.adapters.rows import ROWS_AT_ONCE, Rows
from handoff.records import CursorRecord


class CursorRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns cursors."""

    def cursor(self, conversation_id: str, reader: str) -> CursorRecord:
        row = self._find(t.cursor, conversation_id=conversation_id, reader=reader)
        if row is None:
            return CursorRecord(conversation_id, reader)
        return CursorRecord(conversation_id, reader, row["delivered_seq"], row["read_seq"])

    def cursors(self, conversation_ids: Collection[str]) -> Sequence[CursorRecord]:
        c = t.cursor.c
        ours = (c.site_id == self.site_id, c.conversation_id.in_(conversation_ids))
        found = self._connection.execute(
            select(c.conversation_id, c.reader, c.delivered_seq, c.read_seq).where(*ours)
        )
        return [CursorRecord(*row) for row in found]

    def move_cursors(self, cursors: Collection[CursorRecord]) -> None:
        """Each only forward. In one order, so that two gateways cannot lock each other out."""
        insert = sqlite.insert if self._sqlite else postgresql.insert
        ordered = sorted(cursors, key=lambda cursor: (cursor.conversation_id, cursor.reader))
        for start in range(0, len(ordered), ROWS_AT_ONCE):
            rows = [
                {
                    "site_id": self.site_id, "conversation_id": cursor.conversation_id, "reader": cursor.reader,
                    "delivered_seq": cursor.delivered_seq, "read_seq": cursor.read_seq,
                }
                for cursor in ordered[start : start + ROWS_AT_ONCE]
            ]  # fmt: skip
            new = insert(t.cursor).values(rows)
            forward = {
                name: case(
                    (new.excluded[name] > t.cursor.c[name], new.excluded[name]), else_=t.cursor.c[name]
                )
                for name in ("delivered_seq", "read_seq")
            }
            key, ours = list(t.cursor.primary_key.columns), t.cursor.c.site_id == self.site_id
            self._run(new.on_conflict_do_update(index_elements=key, set_=forward, where=ours))
