"""Rows of the log, and of the buttons that it offers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, and_, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from handoff.adapters import tables as t
from handoff.adapters.rows import Rows
from handoff.errors import CmidReused, NotFound
from handoff.ports import Author, EventRecord, Json

PREVIEW = 200
"""Characters of the last line that lists show."""


class LogRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns events and buttons."""

    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        """Number the event with the next seq and store it. The counter's row lock makes the order total and gapless."""
        c = t.conversation.c
        at = datetime.now(UTC)
        values: dict[str, Any] = {"last_seq": c.last_seq + 1, "last_at": at}
        if author.role != "system" and kind in ("message", "answer", "choices", "chosen") and "text" in body:
            values |= {"last_text": str(body["text"])[:PREVIEW], "last_from": author.role}
        counter = (
            update(t.conversation).where(c.site_id == self.site_id, c.id == conversation_id).values(**values)
        )
        seq = self._connection.execute(counter.returning(c.last_seq)).scalar_one_or_none()
        if seq is None:
            raise NotFound("There is no such conversation.")
        try:
            self._run(
                insert(t.event).values(
                    site_id=self.site_id, conversation_id=conversation_id, seq=seq, author=author.key,
                    author_role=author.role, author_name=author.name, agent_id=author.agent_id, kind=kind, body=body,
                    cmid=cmid, at=at,
                )
            )  # fmt: skip
        except IntegrityError as error:
            raise CmidReused("This message was sent before.") from error
        return int(seq)

    def find_cmid(self, conversation_id: str, author: Author, cmid: str) -> EventRecord | None:
        """The event under this cmid. One that is being written by another process right now is waited for."""
        if self._locks(conversation_id):
            locked = select(t.conversation.c.id).where(t.conversation.c.id == conversation_id)
            self._one(locked.with_for_update(key_share=True))
        c = t.event.c
        same = and_(c.conversation_id == conversation_id, c.author == author.key, c.cmid == cmid)
        row = self._one(self._of(t.event).where(same))
        return _event(row) if row else None

    def find_live_claim(self, author: Author, cmid: str) -> EventRecord | None:
        """The notice that this agent wrote under `cmid` in a conversation that still waits or is taken."""
        c, h = t.event.c, t.handoff.c
        same = and_(c.agent_id == author.agent_id, c.cmid == cmid, c.author == author.key, c.kind == "notice")
        live = exists().where(h.conversation_id == c.conversation_id, h.state.in_(("waiting", "active")))
        row = self._one(self._of(t.event).where(same, live))
        return _event(row) if row else None

    def events(self, conversation_id: str, after: int, limit: int) -> Sequence[EventRecord]:
        c = t.event.c
        found = self._of(t.event).where(c.conversation_id == conversation_id, c.seq > after)
        return [_event(row) for row in self._all(found.order_by(c.seq).limit(limit))]

    def feedback(self, conversation_id: str) -> Sequence[tuple[int, bool]]:
        """(seq of the answer, whether it helped) for every thumb, the oldest first."""
        c = t.event.c
        ours = (c.site_id == self.site_id, c.conversation_id == conversation_id)
        thumbs = select(c.body).where(*ours, c.kind == "feedback")
        bodies = self._connection.execute(thumbs.order_by(c.seq)).scalars()
        return [(body["answer_seq"], body["helpful"]) for body in bodies]

    def add_choice(self, choice_id: str, conversation_id: str, label: str, payload: Json) -> None:
        values = {"id": choice_id, "conversation_id": conversation_id, "label": label, "payload": payload}
        self._run(insert(t.choice).values(site_id=self.site_id, **values))

    def choice(self, conversation_id: str, choice_id: str) -> tuple[str, Json]:
        c = t.choice.c
        row = self._one(self._of(t.choice).where(c.conversation_id == conversation_id, c.id == choice_id))
        if row is None:
            raise NotFound("That button is no longer there.")
        return row["label"], row["payload"]


def _event(row: RowMapping) -> EventRecord:
    author = Author(row["author_role"], row["author_name"], row["agent_id"])
    return EventRecord(
        row["conversation_id"], row["seq"], author, row["kind"], row["body"], row["cmid"], row["at"]
    )
