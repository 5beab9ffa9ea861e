"""Rows of the bot's outbox."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping, insert, or_, select, update

from handoff.adapters import tables as t
from handoff.adapters.rows import Rows
from handoff.errors import NotFound
from handoff.ports import Json, TurnRecord


class TurnRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns the bot's outbox."""

    def add_turn(
        self, conversation_id: str, cmid: str, text: str | None, payload: Json | None, fence: int
    ) -> None:
        self._run(
            insert(t.bot_turn).values(
                site_id=self.site_id, conversation_id=conversation_id, cmid=cmid, text=text, payload=payload,
                fence=fence, state="waiting", created_at=datetime.now(UTC),
            )
        )  # fmt: skip

    def take_turn(self) -> TurnRecord | None:
        """The oldest waiting turn of a conversation that has none running, marked as running."""
        c = t.bot_turn.c
        running = select(c.conversation_id).where(c.state == "running")
        oldest = select(c.id).where(
            c.site_id == self.site_id, c.state == "waiting", c.conversation_id.not_in(running)
        )
        chosen = oldest.order_by(c.id).limit(1).scalar_subquery()
        taken = update(t.bot_turn).where(c.id == chosen, c.state == "waiting")
        row = self._one(taken.values(state="running", attempts=c.attempts + 1).returning(*t.bot_turn.c))
        return _turn(row) if row else None

    def turn(self, turn_id: int) -> TurnRecord:
        row = self._one(self._of(t.bot_turn).where(t.bot_turn.c.id == turn_id))
        if row is None:
            raise NotFound("There is no such turn.")
        return _turn(row)

    def finish_turn(self, turn_id: int, reply: Json | None) -> None:
        c = t.bot_turn.c
        state = "done" if reply is not None else "failed"
        self._run(
            update(t.bot_turn)
            .where(c.id == turn_id)
            .values(state=state, reply=reply, finished_at=datetime.now(UTC))
        )

    def reopen_turns(self) -> int:
        """Turns that were running when a process died wait again. Returns how many."""
        c = t.bot_turn.c
        again = (
            update(t.bot_turn).where(c.site_id == self.site_id, c.state == "running").values(state="waiting")
        )
        return self._run(again)

    def turn_open(self, conversation_id: str) -> bool:
        c = t.bot_turn.c
        unfinished = or_(c.state == "waiting", c.state == "running")
        return (
            self._one(select(c.id).where(c.conversation_id == conversation_id, unfinished).limit(1))
            is not None
        )

    def replies(self, conversation_id: str, limit: int) -> Sequence[Json]:
        c = t.bot_turn.c
        done = select(c.id, c.text, c.reply).where(c.conversation_id == conversation_id, c.state == "done")
        rows = self._all(done.order_by(c.id.desc()).limit(limit))
        return [
            {"turn": row["id"], "question": row["text"], **(row["reply"] or {})} for row in reversed(rows)
        ]


def _turn(row: RowMapping) -> TurnRecord:
    return TurnRecord(**{name: row[name] for name in TurnRecord.__slots__})
