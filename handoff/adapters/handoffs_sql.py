"""Rows of handoffs: the queue.

Whoever changes one has locked its conversation before (`Transaction.conversation`, `next_waiting`); the changes are
conditional all the same, so that of two who decided on what they had read only one wins.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from handoff.adapters import tables as t
from handoff.adapters.conversations_sql import conversation_of
from handoff.adapters.prepared import Prepared, Row
from handoff.adapters.rows import Rows
from handoff.ports import HandoffRecord, QueueEntry, Served

LIVE = ("waiting", "active")
PARTS = 256
"""Of the version of the queue on Postgres: so many that two connections seldom raise the same one."""
_ORDER = (t.handoff.c.priority.desc(), t.handoff.c.waiting_since, t.handoff.c.id)

_NOBODY_ASKED: dict[str, Any] = {
    "offered_to": None,
    "offer_until": None,
    "passed_by": [],
    "transfer_to": None,
    "transfer_skill": "",
    "transfer_until": None,
    "agent_away": False,
}
"""A change of hands ends every offer and every wish to pass it on."""
_OURS = t.handoff.c.site_id == bindparam("site")
_OF_IT = (_OURS, t.handoff.c.conversation_id == bindparam("conversation"))
_THIS = update(t.handoff).where(_OURS, t.handoff.c.id == bindparam("handoff"))
_IS_ACTIVE = t.handoff.c.state == literal_column("'active'")
_WAITS = t.handoff.c.state == literal_column("'waiting'")
_LIVE_ONE = Prepared(select(t.handoff).where(*_OF_IT, t.IS_LIVE))
_REASON = Prepared(select(t.handoff.c.reason).where(*_OF_IT).order_by(t.handoff.c.id.desc()).limit(1))
_ACTIVE = Prepared(select(t.handoff).where(_OURS, _IS_ACTIVE).order_by(t.handoff.c.id))
_CLAIM = Prepared(
    _THIS.where(_WAITS).values(
        state="active", agent_id=bindparam("by"), claimed_at=bindparam("now"), **_NOBODY_ASKED
    )
)
_PASS = Prepared(
    _THIS.where(_IS_ACTIVE, t.handoff.c.agent_id == bindparam("sender")).values(
        agent_id=bindparam("to"), **_NOBODY_ASKED
    )
)
_RELEASE = Prepared(
    _THIS.where(_IS_ACTIVE).values(
        state="waiting", agent_id=None, claimed_at=None, enqueued_at=bindparam("now"), place=bindparam("at"),
        **_NOBODY_ASKED | {"passed_by": bindparam("passed")},
    )
)  # fmt: skip
_END = Prepared(
    _THIS.values(state="done", outcome=bindparam("how"), ended_at=bindparam("now"), **_NOBODY_ASKED)
)
_ASKED = func.coalesce(t.handoff.c.offered_to, t.handoff.c.transfer_to)
_RESERVED = Prepared(
    select(_ASKED.label("agent"), func.count().label("seats"))
    .where(
        _OURS,
        or_(
            t.handoff.c.offered_to.is_not(None), t.handoff.c.transfer_to.is_not(None)
        ),  # as their index says it
        t.handoff.c.id != bindparam("besides", type_=Integer),
        or_(
            and_(_WAITS, t.handoff.c.offered_to.is_not(None)),
            and_(_IS_ACTIVE, t.handoff.c.transfer_to.is_not(None)),
        ),
    )
    .group_by(_ASKED)
)
_LIVE_CUSTOMERS = Prepared(
    select(t.conversation.c.customer_id, t.conversation.c.id)
    .join(t.handoff, t.handoff.c.conversation_id == t.conversation.c.id)
    .where(_OURS, t.IS_LIVE)
)
_LAST_AGENT = Prepared(
    select(t.handoff.c.agent_id)
    .join(t.conversation, t.conversation.c.id == t.handoff.c.conversation_id)
    .where(
        _OURS, t.conversation.c.customer_id == bindparam("customer"), t.handoff.c.agent_id.is_not(None)
    )
    .order_by(t.handoff.c.id.desc())
    .limit(1)
)  # fmt: skip
_VERSION = Prepared(
    select(func.coalesce(func.sum(t.queue_version.c.changes), 0).label("version")).where(
        t.queue_version.c.site_id == bindparam("site")
    )
)


def _raised(new: Any, part: Any) -> Prepared:
    begun = new(t.queue_version).values(site_id=bindparam("site"), part=part, changes=1)
    key = list(t.queue_version.primary_key.columns)
    return Prepared(
        begun.on_conflict_do_update(index_elements=key, set_={"changes": t.queue_version.c.changes + 1})
    )


_RAISED = _raised(sqlite.insert, 0)
_RAISED_BY_MANY = _raised(postgresql.insert, func.pg_backend_pid() % PARTS)

_OF = "of conversation "


@cache
def _waiting(*, all_: bool = False) -> Prepared:
    found = select(t.handoff).where(_OURS, _WAITS).order_by(*_ORDER)
    return Prepared(found if all_ else found.limit(bindparam("most")))


@cache
def _next(*, skip_locked: bool) -> Any:
    """The first of these that waits, and its conversation, locked."""
    both = select(t.handoff, *(c.label(_OF + c.name) for c in t.conversation.c)).join(
        t.conversation, t.conversation.c.id == t.handoff.c.conversation_id
    )
    first = both.where(
        _OURS, _WAITS, t.conversation.c.owner == "queue", t.handoff.c.id.in_(bindparam("these", expanding=True))
    ).order_by(*_ORDER).limit(1)  # fmt: skip
    both_rows = (t.conversation, t.handoff)  # the latter too: what was offered since it was chosen is seen
    return first.with_for_update(of=both_rows, key_share=True, skip_locked=skip_locked)


class HandoffRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns handoffs."""

    def add_handoff(
        self,
        conversation_id: str,
        reason: str,
        priority: int,
        waiting_since: datetime,
        place: int,
        **more: Any,
    ) -> None:
        """`more`: channel, skill, language, known_agent_id."""
        self._add(
            t.handoff, conversation_id=conversation_id, state="waiting", reason=reason, priority=priority,
            waiting_since=waiting_since, enqueued_at=datetime.now(UTC), place=place, **more,
        )  # fmt: skip

    def live_handoff(self, conversation_id: str) -> HandoffRecord | None:
        row = self._ask(_LIVE_ONE, conversation=conversation_id).first()
        return _handoff(row) if row else None

    def latest_reason(self, conversation_id: str) -> str | None:
        reason: str | None = self._ask(_REASON, conversation=conversation_id).value()
        return reason

    def was_handed_over(self, conversation_id: str) -> bool:
        return self.latest_reason(conversation_id) is not None

    def last_agent_of(self, customer_id: str) -> str | None:
        """Who had this customer last, in any conversation."""
        agent: str | None = self._ask(_LAST_AGENT, customer=customer_id).value()
        return agent

    def waiting(self, limit: int | None = None) -> Sequence[HandoffRecord]:
        """In the order of the queue: priority, then who has waited longest."""
        found = self._ask(_waiting(all_=True)) if limit is None else self._ask(_waiting(), most=limit)
        return [_handoff(row) for row in found.rows]

    def next_waiting(self, handoff_ids: Sequence[int], *, patient: bool = False) -> HandoffRecord | None:
        """The first of these that waits, its conversation locked.

        What somebody else is changing right now is left out, or if `patient`, waited for.
        """
        asked = {"site": self.site_id, "these": list(handoff_ids)}
        rows = self._all(_next(skip_locked=not patient), **asked)
        if not rows:
            return None
        row, conversation_id = rows[0], rows[0]["conversation_id"]
        self._locked.add(conversation_id)
        of_it = {name.removeprefix(_OF): row[name] for name in row if name.startswith(_OF)}
        self._conversations[conversation_id] = conversation_of(of_it)
        return _handoff(row)

    def ahead_of(self, priority: int, waiting_since: datetime, handoff_id: int | None = None) -> int:
        """How many of those that wait come before this place in the order; without an id, before a newcomer."""
        c = t.handoff.c
        since = c.waiting_since < waiting_since
        tie = c.waiting_since == waiting_since
        if handoff_id is not None:
            tie = and_(tie, c.id < handoff_id)
        before = or_(c.priority > priority, and_(c.priority == priority, or_(since, tie)))
        counted = select(func.count()).where(c.site_id == self.site_id, c.state == "waiting", before)
        return int(self._connection.execute(counted).scalar_one())

    def active(self) -> Sequence[HandoffRecord]:
        return [_handoff(row) for row in self._ask(_ACTIVE).rows]

    def queue_entries(self) -> Sequence[QueueEntry]:
        """All that are live, those that wait in the order of the queue, then those with an agent."""
        h, c, who = t.handoff.c, t.conversation.c, t.customer.c
        of_it = (
            c.customer_id,
            who.name,
            c.last_text,
            c.last_from,
            c.last_at,
            c.waiting_since.label("asked_at"),
        )
        both = select(t.handoff, *of_it).join(t.conversation, c.id == h.conversation_id)
        live = both.join(t.customer, who.id == c.customer_id).where(
            h.site_id == self.site_id, h.state.in_(LIVE)
        )
        entries = [
            QueueEntry(
                handoff=_handoff(row), customer_id=row["customer_id"], customer_name=row["name"],
                last_text=row["last_text"], last_from=row["last_from"], last_at=row["last_at"],
                waiting_since=row["asked_at"],
            )
            for row in self._all(live.order_by(h.state.desc(), *_ORDER))
        ]  # fmt: skip
        return [one for one in entries if one.handoff.state == "waiting"] + sorted(
            (one for one in entries if one.handoff.state == "active"), key=lambda one: one.handoff.id
        )

    def asked(self) -> Sequence[HandoffRecord]:
        """Those that somebody is asked to take, or that pause before the next is asked."""
        c = t.handoff.c
        open_ = or_(c.offer_until.is_not(None), c.transfer_until.is_not(None))
        found = self._of(t.handoff).where(c.state.in_(LIVE), open_).order_by(c.id)
        return [_handoff(row) for row in self._all(found)]

    def reserved(self, besides: int | None = None) -> Mapping[str, int]:
        """Seats kept free by agent, for what they are asked to take; that of one handoff left out."""
        rows = self._ask(_RESERVED, besides=-1 if besides is None else besides).rows
        return {row["agent"]: row["seats"] for row in rows}

    def live_customers(self) -> Mapping[str, str]:
        """Whoever waits or is with an agent, by id: the conversation."""
        return {row["customer_id"]: row["id"] for row in self._ask(_LIVE_CUSTOMERS).rows}

    def claim(self, handoff_id: int, agent_id: str) -> bool:
        """Whether this agent got it: one conditional UPDATE, so that of many only one does."""
        return self._ask(_CLAIM, handoff=handoff_id, by=agent_id, now=datetime.now(UTC)).count == 1

    def pass_to(self, handoff_id: int, agent_id: str, to_agent_id: str) -> bool:
        """Whether it went from one agent to the other: not when the first no longer had it."""
        return self._ask(_PASS, handoff=handoff_id, sender=agent_id, to=to_agent_id).count == 1

    def release(self, handoff_id: int, passed_by: Sequence[str], place: int) -> None:
        """Back to the queue, in its original order. Its wait is measured anew: from now, and from its place now."""
        self._ask(_RELEASE, handoff=handoff_id, passed=list(passed_by), at=place, now=datetime.now(UTC))

    def end_handoff(self, handoff_id: int, outcome: str | None) -> None:
        self._ask(_END, handoff=handoff_id, how=outcome, now=datetime.now(UTC))

    def update_handoff(self, handoff_id: int, **values: Any) -> None:
        self._change(t.handoff, {"id": handoff_id}, **values)

    def served(self, since: datetime, limit: int) -> Sequence[Served]:
        """The latest `limit` that ended since then, and all that agents have now."""
        c = t.handoff.c
        taken = select(c.enqueued_at, c.claimed_at, c.ended_at, c.place).where(
            c.site_id == self.site_id, c.claimed_at.is_not(None)
        )
        ended = taken.where(c.ended_at > since).order_by(c.ended_at.desc()).limit(limit)
        return [
            Served(
                waited_seconds=(row["claimed_at"] - row["enqueued_at"]).total_seconds(),
                place=row["place"],
                taken_at=row["claimed_at"],
                ended_at=row["ended_at"],
            )
            for row in (*self._all(ended), *self._all(taken.where(c.state == "active")))
        ]

    def touch_queue(self) -> None:
        """Raise the version of the queue. The last thing in a change."""
        self._ask(_RAISED if self._sqlite else _RAISED_BY_MANY)

    def queue_version(self) -> int:
        return int(self._ask(_VERSION).value())


_FIELDS = tuple(name for name in HandoffRecord.__slots__ if name != "passed_by")


def _handoff(row: Row) -> HandoffRecord:
    return HandoffRecord(passed_by=tuple(row["passed_by"]), **{name: row[name] for name in _FIELDS})
