"""Rows of the log, and of the buttons that it offers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from handoff.adapters import tables as t
from handoff.adapters.rows import Rows
from handoff.errors import CmidReused, NotFound
from handoff.ports import Author, EventRecord, Json

PREVIEW = 200
"""Characters of the last line that lists show."""

# what every message runs is built once: building takes three times as long as running
_COUNTED = (
    update(t.conversation)
    .where(t.conversation.c.site_id == bindparam("site"), t.conversation.c.id == bindparam("conversation"))
    .values(last_seq=t.conversation.c.last_seq + 1, last_at=bindparam("now"))
    .returning(t.conversation.c.last_seq)
)
_COUNTED_WORDS = _COUNTED.values(last_text=bindparam("words"), last_from=bindparam("who"))
_NEW_EVENT = insert(t.event)
_PAGE = (
    select(t.event)
    .where(
        t.event.c.site_id == bindparam("site"), t.event.c.conversation_id == bindparam("conversation"),
        t.event.c.seq > bindparam("after"),
    )
    .order_by(t.event.c.seq)
    .limit(bindparam("most"))
)  # fmt: skip


class LogRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns events and buttons."""

    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        """Number the event with the next seq and store it. The counter's row lock makes the order total and gapless."""
        at = datetime.now(UTC)
        values: dict[str, Any] = {"site": self.site_id, "conversation": conversation_id, "now": at}
        counter = _COUNTED
        if author.role != "system" and kind in ("message", "answer", "choices", "chosen") and "text" in body:
            counter = _COUNTED_WORDS
            values |= {"words": str(body["text"])[:PREVIEW], "who": author.role}
        seq = self._connection.execute(counter, values).scalar_one_or_none()
        if seq is None:
            raise NotFound("There is no such conversation.")
        try:
            self._connection.execute(
                _NEW_EVENT,
                {
                    "site_id": self.site_id, "conversation_id": conversation_id, "seq": seq, "author": author.key,
                    "author_role": author.role, "author_name": author.name, "agent_id": author.agent_id,
                    "kind": kind, "body": body, "cmid": cmid, "at": at,
                },
            )  # fmt: skip
        except IntegrityError as error:
            raise CmidReused("This message was sent before.") from error
        return int(seq)

    def find_cmid(self, conversation_id: str, author: Author, cmid: str) -> EventRecord | None:
        """The event under this cmid. One that is being written by another process right now is waited for."""
        if self._locks(conversation_id):
            locked = select(t.conversation.c.id).where(t.conversation.c.id == conversation_id)
            self._one(locked.with_for_update(key_share=True))
        row = self._find(t.event, conversation_id=conversation_id, author=author.key, cmid=cmid)
        return _event(row) if row else None

    def find_live_claim(self, author: Author, cmid: str) -> EventRecord | None:
        """The notice that this agent wrote under `cmid` in a conversation that still waits or is taken."""
        c, h = t.event.c, t.handoff.c
        same = and_(c.agent_id == author.agent_id, c.cmid == cmid, c.author == author.key, c.kind == "notice")
        live = exists().where(h.conversation_id == c.conversation_id, h.state.in_(("waiting", "active")))
        row = self._one(self._of(t.event).where(same, live))
        return _event(row) if row else None

    def one_by_one(self, author: Author, cmid: str) -> None:
        """Wait until no other change that said the same is under way: before what it wrote is looked for.

        For what no row can be locked for, because each would choose another one. SQLite has one writer at a time.
        """
        if self._connection.dialect.name == "sqlite":
            return
        name = func.hashtextextended(f"{self.site_id} {author.key} {cmid}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(name)))

    def events(self, conversation_id: str, after: int, limit: int) -> Sequence[EventRecord]:
        asked = {"site": self.site_id, "conversation": conversation_id, "after": after, "most": limit}
        return [_event(row) for row in self._connection.execute(_PAGE, asked).mappings()]

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
