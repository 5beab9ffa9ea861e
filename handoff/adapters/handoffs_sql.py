"""Rows of handoffs: the queue."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping, insert, select, update

from handoff.adapters import tables as t
from handoff.adapters.rows import Rows
from handoff.ports import HandoffRecord


class HandoffRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns handoffs."""

    def add_handoff(
        self, conversation_id: str, reason: str, priority: int, waiting_since: datetime, place: int
    ) -> None:
        self._run(
            insert(t.handoff).values(
                site_id=self.site_id, conversation_id=conversation_id, state="waiting", reason=reason, priority=priority,
                waiting_since=waiting_since, enqueued_at=datetime.now(UTC), place=place,
            )
        )  # fmt: skip

    def live_handoff(self, conversation_id: str) -> HandoffRecord | None:
        c = t.handoff.c
        live = self._of(t.handoff).where(
            c.conversation_id == conversation_id, c.state.in_(("waiting", "active"))
        )
        row = self._one(live)
        return _handoff(row) if row else None

    def latest_reason(self, conversation_id: str) -> str | None:
        c = t.handoff.c
        latest = select(c.reason).where(c.conversation_id == conversation_id).order_by(c.id.desc()).limit(1)
        return self._connection.execute(latest).scalar_one_or_none()

    def was_handed_over(self, conversation_id: str) -> bool:
        return self.latest_reason(conversation_id) is not None

    def waiting(self) -> Sequence[HandoffRecord]:
        """In the order of the queue: priority, then who has waited longest."""
        c = t.handoff.c
        found = self._of(t.handoff).where(c.state == "waiting")
        return [_handoff(row) for row in self._all(found.order_by(c.priority.desc(), c.waiting_since, c.id))]

    def active(self) -> Sequence[HandoffRecord]:
        c = t.handoff.c
        return [
            _handoff(row) for row in self._all(self._of(t.handoff).where(c.state == "active").order_by(c.id))
        ]

    def live_customers(self) -> Mapping[str, str]:
        """Whoever waits or is with an agent, by id: the conversation."""
        c, of = t.conversation.c, t.handoff.c
        live = select(c.customer_id, c.id).join(t.handoff, of.conversation_id == c.id)
        rows = self._connection.execute(
            live.where(of.site_id == self.site_id, of.state.in_(("waiting", "active")))
        )
        return {row.customer_id: row.id for row in rows}

    def claim(self, handoff_id: int, agent_id: str) -> bool:
        """Whether this agent got it: one conditional UPDATE, so that of many only one does."""
        c = t.handoff.c
        mine = update(t.handoff).where(c.id == handoff_id, c.state == "waiting")
        return self._run(mine.values(state="active", agent_id=agent_id, claimed_at=datetime.now(UTC))) == 1

    def release(self, handoff_id: int) -> None:
        """Back to the queue, in its original order. Its wait is measured anew: from now, and from its place now."""
        c = t.handoff.c
        back = update(t.handoff).where(c.id == handoff_id, c.state == "active")
        self._run(back.values(state="waiting", agent_id=None, claimed_at=None, enqueued_at=datetime.now(UTC)))
        order = [handoff.id for handoff in self.waiting()]
        if handoff_id in order:
            place = order.index(handoff_id) + 1
            self._run(update(t.handoff).where(c.id == handoff_id).values(place=place))

    def end_handoff(self, handoff_id: int, outcome: str | None) -> None:
        c = t.handoff.c
        self._run(
            update(t.handoff)
            .where(c.id == handoff_id)
            .values(state="done", outcome=outcome, ended_at=datetime.now(UTC))
        )

    def ended_waits(self, limit: int) -> Sequence[tuple[float, int]]:
        """(seconds from queued to claimed, place when queued) of the latest handoffs that an agent took."""
        c = t.handoff.c
        found = (
            self._of(t.handoff).where(c.claimed_at.is_not(None)).order_by(c.claimed_at.desc()).limit(limit)
        )
        return [
            ((row["claimed_at"] - row["enqueued_at"]).total_seconds(), row["place"])
            for row in self._all(found)
        ]

    def touch_queue(self) -> int:
        """Raise and return the version of the queue."""
        c = t.site.c
        raised = update(t.site).where(c.id == self.site_id).values(queue_version=c.queue_version + 1)
        version = self._connection.execute(raised.returning(c.queue_version)).scalar_one_or_none()
        if version is None:
            self._run(insert(t.site).values(id=self.site_id, queue_version=1))
            return 1
        return int(version)

    def queue_version(self) -> int:
        found = self._connection.execute(select(t.site.c.queue_version).where(t.site.c.id == self.site_id))
        return int(found.scalar_one_or_none() or 0)


def _handoff(row: RowMapping) -> HandoffRecord:
    return HandoffRecord(**{name: row[name] for name in HandoffRecord.__slots__})
