"""Rows of the bot's outbox. A running turn is leased: whoever took it renews its lease, or loses it to somebody else."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    and_,
    bindparam,
    exists,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from handoff.adapters import tables as t
from handoff.adapters.prepared import Prepared, Row
from handoff.adapters.rows import NOW, Rows
from handoff.errors import NotFound
from handoff.patience import LONGEST_LEASE_SECONDS
from handoff.ports import Json, TurnRecord

OVER_SECONDS = 0.001
_OPEN = ("waiting", "running")
_OURS = t.bot_turn.c.site_id == bindparam("site")
_OF_IT = (_OURS, t.bot_turn.c.conversation_id == bindparam("conversation"))
_IS_OPEN = t.bot_turn.c.state.in_((literal_column("'waiting'"), literal_column("'running'")))
_COLUMNS = ("id", "conversation_id", "cmid", "text", "payload", "fence", "attempts", "created_at", "state", "worker",
            "said_so")  # fmt: skip
_REPLIES = Prepared(
    select(t.bot_turn.c.id, t.bot_turn.c.text, t.bot_turn.c.reply)
    .where(*_OF_IT, t.bot_turn.c.state == "done")
    .order_by(t.bot_turn.c.id.desc())
    .limit(bindparam("most"))
)
_ALL_OPEN = Prepared(select(t.bot_turn).where(*_OF_IT, _IS_OPEN).order_by(t.bot_turn.c.id))
_ANY_OPEN = Prepared(select(t.bot_turn.c.id).where(*_OF_IT, _IS_OPEN).limit(1))
_BEYOND = Prepared(
    select(t.bot_turn)
    .where(_OURS, t.bot_turn.c.state == "waiting")
    .order_by(t.bot_turn.c.id)
    .offset(bindparam("before"))
    .limit(bindparam("most"))
)


def _asks(now: ColumnElement[float]) -> Prepared:
    told = ("conversation_id", "cmid", "text", "payload", "fence", "created_at")
    values: dict[str, Any] = {name: bindparam(name) for name in told}
    return Prepared(
        insert(t.bot_turn).values(site_id=bindparam("site"), state="waiting", asked_at=now, **values)
    )


_ASK, _ASK_BY_ITS_CLOCK = _asks(bindparam("clock", type_=Float)), _asks(NOW)
_TELL = Prepared(update(t.bot_turn).where(*_OF_IT, _IS_OPEN).values(said_so=True))
_RESTART = Prepared(update(t.bot_turn).where(*_OF_IT, _IS_OPEN).values(asked_at=bindparam("since")))


def _lease(taken: ColumnElement[bool], *which: ColumnElement[bool]) -> Prepared:
    """The oldest of these, given to a worker, if it is still `taken`."""
    c = t.bot_turn.c
    oldest = select(c.id).where(_OURS, taken, *which).order_by(c.id).limit(1)
    chosen = oldest.with_for_update(skip_locked=True).scalar_subquery()
    values = {"state": "running", "attempts": c.attempts + 1, "worker": bindparam("by")}
    mine = update(t.bot_turn).where(c.id == chosen, _OURS, taken)
    return Prepared(mine.values(**values, lease_until=bindparam("until")).returning(*c))


def _takes() -> Prepared:
    c, earlier = t.bot_turn.c, t.bot_turn.alias()
    still_open = earlier.c.state.in_((literal_column("'waiting'"), literal_column("'running'")))
    before = exists().where(earlier.c.conversation_id == c.conversation_id, earlier.c.id < c.id, still_open)
    return _lease(c.state == literal_column("'waiting'"), ~before)


def _retakes() -> Prepared:
    c = t.bot_turn.c
    now, latest = bindparam("now", type_=Float), bindparam("latest", type_=Float)
    over = or_(c.lease_until.is_(None), c.lease_until < now, c.lease_until > latest)
    return _lease(and_(c.state == literal_column("'running'"), over))


_TAKE, _RETAKE = _takes(), _retakes()


def _finishes(anybody: ColumnElement[bool]) -> Prepared:
    c = t.bot_turn.c
    mine = update(t.bot_turn).where(
        _OURS, c.id == bindparam("turn"), c.attempts == bindparam("attempt"), anybody, _IS_OPEN
    )
    return Prepared(
        mine.values(state=bindparam("ended"), reply=bindparam("said"), finished_at=bindparam("now"))
    )


_FINISH = _finishes(t.bot_turn.c.worker == bindparam("by"))
_FINISH_UNTAKEN = _finishes(t.bot_turn.c.worker.is_(None))


class TurnRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns the bot's outbox."""

    def add_turn(
        self, conversation_id: str, cmid: str, text: str | None, payload: Json | None, fence: int
    ) -> None:
        turn = {
            "conversation_id": conversation_id, "cmid": cmid, "text": text, "payload": payload, "fence": fence,
            "created_at": datetime.now(UTC),
        }  # fmt: skip
        if self.lease_clock is None:
            self._ask(_ASK_BY_ITS_CLOCK, **turn)
        else:
            self._ask(_ASK, **turn, clock=self.lease_clock())

    def take_turn(self, worker: str, lease_seconds: float) -> TurnRecord | None:
        """The first question of a conversation that has no earlier one open: so no two of them ever run."""
        now = self.clock()
        row = self._ask(_TAKE, by=worker, until=now + lease_seconds).first()
        return _turn(row, now) if row else None

    def retake_turn(self, worker: str, lease_seconds: float) -> TurnRecord | None:
        now = self.clock()
        latest = now + LONGEST_LEASE_SECONDS
        row = self._ask(_RETAKE, by=worker, now=now, latest=latest, until=now + lease_seconds).first()
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
        row = self._find(t.bot_turn, id=turn_id)
        if row is None:
            raise NotFound("There is no such turn.")
        return _turn(row, self.clock())

    def finish_turn(self, turn: TurnRecord, reply: Json | None) -> bool:
        """A process that lost its lease, and woke up late, changes nothing: another attempt has the turn."""
        its: dict[str, Any] = {"turn": turn.id, "attempt": turn.attempts}
        if turn.worker:
            its["by"] = turn.worker
        ended = {
            "ended": "done" if reply is not None else "failed", "said": reply, "now": datetime.now(UTC)
        }  # fmt: skip
        return bool(self._ask(_FINISH if turn.worker else _FINISH_UNTAKEN, **its, **ended).count)

    def open_turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        rows = self._ask(_ALL_OPEN, conversation=conversation_id).rows
        now = self.clock() if rows else 0.0
        return [_turn(row, now) for row in rows]

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
        rows = self._ask(_BEYOND, before=most, most=limit).rows
        now = self.clock() if rows else 0.0
        return [_turn(row, now) for row in rows]

    def tell_turns(self, conversation_id: str) -> None:
        self._ask(_TELL, conversation=conversation_id)

    def restart_turns(self, conversation_id: str, waited_seconds: float) -> None:
        self._ask(_RESTART, conversation=conversation_id, since=self.clock() - waited_seconds)

    def change_turn(self, turn_id: int, cmid: str, text: str | None, payload: Json | None) -> bool:
        waiting = {"id": turn_id, "state": "waiting"}
        return bool(self._change(t.bot_turn, waiting, cmid=cmid, text=text, payload=payload))

    def turn_open(self, conversation_id: str) -> bool:
        return self._ask(_ANY_OPEN, conversation=conversation_id).first() is not None

    def replies(self, conversation_id: str, limit: int) -> Sequence[Json]:
        rows = self._ask(_REPLIES, conversation=conversation_id, most=limit).rows
        return [
            {"turn": row["id"], "question": row["text"], **(row["reply"] or {})} for row in reversed(rows)
        ]


def _turn(row: Row, now: float) -> TurnRecord:
    running = row["state"] == "running"
    return TurnRecord(
        **{name: row[name] for name in _COLUMNS},
        waited_seconds=now - row["asked_at"],
        lease_left=(row["lease_until"] or now) - now if running else None,
    )
