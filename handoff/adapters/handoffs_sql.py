"""Rows of handoffs: the queue.

Whoever changes one has locked its conversation before (`Transaction.conversation`, `next_waiting`); the changes are
conditional all the same, so that of two who decided on what they had read only one wins.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, insert, or_, select, update

from handoff.adapters import tables as t
from handoff.adapters.rows import Row, Rows
from handoff.ports import HandoffRecord, QueueEntry, Served

LIVE = ("waiting", "active")
_ORDER = (t.handoff.c.priority.desc(), t.handoff.c.waiting_since, t.handoff.c.id)

_LIVE_ONE = select(t.handoff).where(
    t.handoff.c.site_id == bindparam("site"), t.handoff.c.conversation_id == bindparam("conversation"),
    t.handoff.c.state.in_(LIVE),
)  # fmt: skip
_RAISED = (
    update(t.site)
    .where(t.site.c.id == bindparam("site"))
    .values(queue_version=t.site.c.queue_version + 1)
    .returning(t.site.c.queue_version)
)


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
        self._run(
            insert(t.handoff).values(
                site_id=self.site_id, conversation_id=conversation_id, state="waiting", reason=reason, priority=priority,
                waiting_since=waiting_since, enqueued_at=datetime.now(UTC), place=place, **more,
            )
        )  # fmt: skip

    def live_handoff(self, conversation_id: str) -> HandoffRecord | None:
        asked = {"site": self.site_id, "conversation": conversation_id}
        row = self._connection.execute(_LIVE_ONE, asked).mappings().first()
        return _handoff(row) if row else None

    def latest_reason(self, conversation_id: str) -> str | None:
        c = t.handoff.c
        mine = select(c.reason).where(c.site_id == self.site_id, c.conversation_id == conversation_id)
        return self._connection.execute(mine.order_by(c.id.desc()).limit(1)).scalar_one_or_none()

    def was_handed_over(self, conversation_id: str) -> bool:
        return self.latest_reason(conversation_id) is not None

    def last_agent_of(self, customer_id: str) -> str | None:
        """Who had this customer last, in any conversation."""
        h, c = t.handoff.c, t.conversation.c
        theirs = select(h.agent_id).join(t.conversation, c.id == h.conversation_id)
        had = theirs.where(h.site_id == self.site_id, c.customer_id == customer_id, h.agent_id.is_not(None))
        return self._connection.execute(had.order_by(h.id.desc()).limit(1)).scalar_one_or_none()

    def waiting(self, limit: int | None = None) -> Sequence[HandoffRecord]:
        """In the order of the queue: priority, then who has waited longest."""
        found = self._of(t.handoff).where(t.handoff.c.state == "waiting").order_by(*_ORDER)
        return [_handoff(row) for row in self._all(found.limit(limit))]

    def next_waiting(self, handoff_ids: Sequence[int], *, patient: bool = False) -> HandoffRecord | None:
        """The first of these that waits, its conversation locked.

        What somebody else is changing right now is left out, or if `patient`, waited for.
        """
        first = self._waiting_of(handoff_ids).limit(1)
        row = self._one(first.with_for_update(of=t.conversation, key_share=True, skip_locked=not patient))
        if row is None:
            return None
        self._locked.add(row["conversation_id"])
        return _handoff(row)

    def _waiting_of(self, handoff_ids: Sequence[int]) -> Select[Any]:
        h, c = t.handoff.c, t.conversation.c
        both = select(t.handoff).join(t.conversation, c.id == h.conversation_id)
        waits = and_(h.site_id == self.site_id, h.state == "waiting", c.owner == "queue")
        return both.where(waits, h.id.in_(handoff_ids)).order_by(*_ORDER)

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
        c = t.handoff.c
        found = self._of(t.handoff).where(c.state == "active").order_by(c.id)
        return [_handoff(row) for row in self._all(found)]

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
        c = t.handoff.c
        offered = and_(c.state == "waiting", c.offered_to.is_not(None))
        passed = and_(c.state == "active", c.transfer_to.is_not(None))
        who = func.coalesce(c.offered_to, c.transfer_to)
        asked = select(who, func.count()).where(c.site_id == self.site_id, or_(offered, passed))
        if besides is not None:
            asked = asked.where(c.id != besides)
        return {agent: int(count) for agent, count in self._connection.execute(asked.group_by(who))}

    def live_customers(self) -> Mapping[str, str]:
        """Whoever waits or is with an agent, by id: the conversation."""
        c, of = t.conversation.c, t.handoff.c
        live = select(c.customer_id, c.id).join(t.handoff, of.conversation_id == c.id)
        rows = self._connection.execute(live.where(of.site_id == self.site_id, of.state.in_(LIVE)))
        return {row.customer_id: row.id for row in rows}

    def claim(self, handoff_id: int, agent_id: str) -> bool:
        """Whether this agent got it: one conditional UPDATE, so that of many only one does."""
        mine = self._this(handoff_id).where(t.handoff.c.state == "waiting")
        taken = mine.values(state="active", agent_id=agent_id, claimed_at=datetime.now(UTC), **_NOBODY_ASKED)
        return self._run(taken) == 1

    def pass_to(self, handoff_id: int, agent_id: str, to_agent_id: str) -> bool:
        """Whether it went from one agent to the other: not when the first no longer had it."""
        c = t.handoff.c
        theirs = self._this(handoff_id).where(c.state == "active", c.agent_id == agent_id)
        return self._run(theirs.values(agent_id=to_agent_id, **_NOBODY_ASKED)) == 1

    def release(self, handoff_id: int, passed_by: Sequence[str], place: int) -> None:
        """Back to the queue, in its original order. Its wait is measured anew: from now, and from its place now."""
        back = self._this(handoff_id).where(t.handoff.c.state == "active")
        asked = {**_NOBODY_ASKED, "passed_by": list(passed_by)}
        values = {"state": "waiting", "agent_id": None, "claimed_at": None, "enqueued_at": datetime.now(UTC)}
        self._run(back.values(**values, place=place, **asked))

    def end_handoff(self, handoff_id: int, outcome: str | None) -> None:
        ended = {"state": "done", "outcome": outcome, "ended_at": datetime.now(UTC)}
        self._run(self._this(handoff_id).values(**ended, **_NOBODY_ASKED))

    def update_handoff(self, handoff_id: int, **values: Any) -> None:
        self._run(self._this(handoff_id).values(**values))

    def _this(self, handoff_id: int) -> Any:
        c = t.handoff.c
        return update(t.handoff).where(c.site_id == self.site_id, c.id == handoff_id)

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

    def touch_queue(self) -> int:
        """Raise and return the version of the queue. The last thing in a change: its row is everybody's."""
        version = self._connection.execute(_RAISED, {"site": self.site_id}).scalar_one_or_none()
        if version is None:
            self._run(insert(t.site).values(id=self.site_id, queue_version=1))
            return 1
        return int(version)

    def queue_version(self) -> int:
        found = self._connection.execute(select(t.site.c.queue_version).where(t.site.c.id == self.site_id))
        return int(found.scalar_one_or_none() or 0)


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


def _handoff(row: Row) -> HandoffRecord:
    fields = {name: row[name] for name in HandoffRecord.__slots__ if name != "passed_by"}
    return HandoffRecord(passed_by=tuple(row["passed_by"]), **fields)
