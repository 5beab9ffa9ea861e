"""Rows of the bot's outbox. A running turn is leased: whoever took it renews its lease, or loses it to somebody else."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from handoff.adapters import tables as t
from handoff.adapters.rows import Rows
from handoff.errors import NotFound
from handoff.patience import LONGEST_LEASE_SECONDS
from handoff.ports import Json, TurnRecord

OVER_SECONDS = 0.001
_OPEN = ("waiting", "running")
_COLUMNS = ("id", "conversation_id", "cmid", "text", "payload", "fence", "attempts", "created_at", "state", "worker",
            "said_so")  # fmt: skip
_REPLIES = (
    select(t.bot_turn.c.id, t.bot_turn.c.text, t.bot_turn.c.reply)
    .where(
        t.bot_turn.c.site_id == bindparam("site"), t.bot_turn.c.conversation_id == bindparam("conversation"),
        t.bot_turn.c.state == "done",
    )
    .order_by(t.bot_turn.c.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip


class TurnRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns the bot's outbox."""

    def add_turn(
        self, conversation_id: str, cmid: str, text: str | None, payload: Json | None, fence: int
    ) -> None:
        self._run(
            insert(t.bot_turn).values(
                site_id=self.site_id, conversation_id=conversation_id, cmid=cmid, text=text, payload=payload,
                fence=fence, state="waiting", created_at=datetime.now(UTC), asked_at=self.clock(),
            )
        )  # fmt: skip

    def take_turn(self, worker: str, lease_seconds: float) -> TurnRecord | None:
        """The first question of a conversation that has no earlier one open: so no two of them ever run."""
        c, earlier = t.bot_turn.c, t.bot_turn.alias()
        before = exists().where(
            earlier.c.conversation_id == c.conversation_id, earlier.c.id < c.id, earlier.c.state.in_(_OPEN)
        )
        waiting = select(c.id).where(c.site_id == self.site_id, c.state == "waiting", ~before)
        return self._lease(waiting, c.state == "waiting", worker, lease_seconds)

    def retake_turn(self, worker: str, lease_seconds: float) -> TurnRecord | None:
        c, now = t.bot_turn.c, self.clock()
        over = and_(
            c.state == "running",
            or_(c.lease_until.is_(None), c.lease_until < now, c.lease_until > now + LONGEST_LEASE_SECONDS),
        )
        return self._lease(select(c.id).where(c.site_id == self.site_id, over), over, worker, lease_seconds)

    def _lease(
        self, which: Select[tuple[int]], still: ColumnElement[bool], worker: str, lease_seconds: float
    ) -> TurnRecord | None:
        c, now = t.bot_turn.c, self.clock()
        chosen = which.order_by(c.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        taken = update(t.bot_turn).where(c.id == chosen, c.site_id == self.site_id, still)
        values = {"state": "running", "attempts": c.attempts + 1, "worker": worker}
        row = self._one(taken.values(**values, lease_until=now + lease_seconds).returning(*c))
        return _turn(row, now) if row else None

    def renew_turns(self, worker: str, turn_ids: Collection[int], lease_seconds: float) -> set[int]:
        c = t.bot_turn.c
        mine = update(t.bot_turn).where(
            c.site_id == self.site_id, c.id.in_(turn_ids), c.worker == worker, c.state == "running"
        )
        renewed = mine.values(lease_until=self.clock() + lease_seconds).returning(c.id)
        return {row["id"] for row in self._all(renewed)}

    def let_go_turns(self, worker: str) -> int:
        """What `worker` has may be taken by anybody at once. Returns how many."""
        c = t.bot_turn.c
        mine = update(t.bot_turn).where(c.site_id == self.site_id, c.worker == worker, c.state == "running")
        return self._run(mine.values(lease_until=self.clock() - OVER_SECONDS))

    def turn(self, turn_id: int) -> TurnRecord:
        row = self._one(self._of(t.bot_turn).where(t.bot_turn.c.id == turn_id))
        if row is None:
            raise NotFound("There is no such turn.")
        return _turn(row, self.clock())

    def finish_turn(self, turn: TurnRecord, reply: Json | None) -> bool:
        """A process that lost its lease, and woke up late, changes nothing: another attempt has the turn."""
        c = t.bot_turn.c
        mine = update(t.bot_turn).where(
            c.site_id == self.site_id, c.id == turn.id, c.attempts == turn.attempts,
            c.worker == turn.worker if turn.worker else c.worker.is_(None), c.state.in_(_OPEN),
        )  # fmt: skip
        state = "done" if reply is not None else "failed"
        return bool(self._run(mine.values(state=state, reply=reply, finished_at=datetime.now(UTC))))

    def open_turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        c, now = t.bot_turn.c, self.clock()
        mine = self._of(t.bot_turn).where(c.conversation_id == conversation_id, c.state.in_(_OPEN))
        return [_turn(row, now) for row in self._all(mine.order_by(c.id))]

    def overdue_turns(self, told_after: float, given_up_after: float, limit: int) -> Sequence[TurnRecord]:
        c, now = t.bot_turn.c, self.clock()
        late = or_(
            and_(c.asked_at <= now - told_after, c.said_so.is_(False)),
            c.asked_at <= now - given_up_after,
            c.asked_at > now + 1.0,  # from before the machine started anew
        )
        still_open = self._of(t.bot_turn).where(c.state.in_(_OPEN), late)
        return [_turn(row, now) for row in self._all(still_open.order_by(c.id).limit(limit))]

    def turns_beyond(self, most: int, limit: int) -> Sequence[TurnRecord]:
        c, now = t.bot_turn.c, self.clock()
        waiting = self._of(t.bot_turn).where(c.state == "waiting").order_by(c.id)
        return [_turn(row, now) for row in self._all(waiting.offset(most).limit(limit))]

    def tell_turns(self, conversation_id: str) -> None:
        self._run(self._open_of(conversation_id).values(said_so=True))

    def restart_turns(self, conversation_id: str, waited_seconds: float) -> None:
        self._run(self._open_of(conversation_id).values(asked_at=self.clock() - waited_seconds))

    def change_turn(self, turn_id: int, cmid: str, text: str | None, payload: Json | None) -> bool:
        c = t.bot_turn.c
        waiting = update(t.bot_turn).where(c.site_id == self.site_id, c.id == turn_id, c.state == "waiting")
        return bool(self._run(waiting.values(cmid=cmid, text=text, payload=payload)))

    def turn_open(self, conversation_id: str) -> bool:
        c = t.bot_turn.c
        mine = select(c.id).where(
            c.site_id == self.site_id, c.conversation_id == conversation_id, c.state.in_(_OPEN)
        )
        return self._one(mine.limit(1)) is not None

    def replies(self, conversation_id: str, limit: int) -> Sequence[Json]:
        asked = {"site": self.site_id, "conversation": conversation_id, "most": limit}
        rows = self._connection.execute(_REPLIES, asked).mappings().all()
        return [
            {"turn": row["id"], "question": row["text"], **(row["reply"] or {})} for row in reversed(rows)
        ]

    def _open_of(self, conversation_id: str) -> Update:
        c = t.bot_turn.c
        return update(t.bot_turn).where(
            c.site_id == self.site_id, c.conversation_id == conversation_id, c.state.in_(_OPEN)
        )


def _turn(row: RowMapping, now: float) -> TurnRecord:
    running = row["state"] == "running"
    return TurnRecord(
        **{name: row[name] for name in _COLUMNS},
        waited_seconds=now - row["asked_at"],
        lease_left=(row["lease_until"] or now) - now if running else None,
    )
