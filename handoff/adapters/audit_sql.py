"""What `handoff.invariants` looks for, asked of all rows at once. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from handoff.adapters import tables as t
from handoff.adapters.handoffs_sql import LIVE
from handoff.adapters.rows import Rows
from handoff.records import Gap, Lease, Owned


class AuditRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns whether all rows still fit together."""

    def seats_taken(self) -> Mapping[str, int]:
        """How many conversations each agent has, by the handoffs."""
        c = t.handoff.c
        counted = select(c.agent_id, func.count()).where(c.site_id == self.site_id, c.state == "active")
        return {agent: int(count) for agent, count in self._connection.execute(counted.group_by(c.agent_id))}

    def owned(self) -> Sequence[Owned]:
        """Each conversation that waits or is with an agent, or says so, once for each live handoff of it."""
        c, h = t.conversation.c, t.handoff.c
        live = and_(h.conversation_id == c.id, h.state.in_(LIVE))
        both = select(c.id, c.owner, c.agent_id, h.state, h.agent_id.label("held_by")).outerjoin(
            t.handoff, live
        )
        ours = c.site_id == self.site_id
        rows = self._all(
            both.where(ours, or_(c.owner.in_(("queue", "agent")), h.id.is_not(None))).order_by(c.id)
        )
        return [Owned(row["id"], row["owner"], row["agent_id"], row["state"], row["held_by"]) for row in rows]

    def gaps(self, since: datetime) -> Sequence[Gap]:
        """Logs with something said since then whose events are not numbered from 1 to the last seq."""
        c, e = t.conversation.c, t.event.c
        counted = func.count(e.seq)
        logs = select(c.id, c.last_seq, counted.label("events"), func.max(e.seq).label("highest"))
        ours = logs.outerjoin(t.event, e.conversation_id == c.id).where(
            c.site_id == self.site_id, c.last_at >= since
        )
        odd = or_(counted != c.last_seq, func.coalesce(func.max(e.seq), 0) != c.last_seq)
        rows = self._all(ours.group_by(c.id, c.last_seq).having(odd).order_by(c.id))
        return [Gap(row["id"], row["last_seq"], row["events"], row["highest"] or 0) for row in rows]

    def unanswered(self, before: datetime) -> Sequence[str]:
        """Conversations of the bot that end with a customer's message of before then, with no turn open."""
        c, e, turn = t.conversation.c, t.event.c, t.bot_turn.c
        last = and_(e.conversation_id == c.id, e.seq == c.last_seq)
        busy = select(turn.conversation_id).where(turn.state.in_(("waiting", "running")))
        said = (
            select(c.id)
            .join(t.event, last)
            .where(c.site_id == self.site_id, c.owner == "bot", c.last_at < before)
        )
        waits = said.where(c.waiting_since.is_not(None), e.author_role == "customer", e.kind == "message")
        return list(self._connection.execute(waits.where(c.id.not_in(busy)).order_by(c.id)).scalars())

    def early_fences(self) -> Sequence[str]:
        """Conversations with a question to the bot under a fence that they never had."""
        c, turn = t.conversation.c, t.bot_turn.c
        ahead = select(c.id).join(t.bot_turn, turn.conversation_id == c.id)
        return list(
            self._connection.execute(
                ahead.where(c.site_id == self.site_id, turn.fence > c.fence).distinct().order_by(c.id)
            ).scalars()
        )

    def leases(self) -> Sequence[Lease]:
        """Everything that ends by the lease clock: turns, letters, offers, wishes to pass on."""
        turn, mail, h = t.bot_turn.c, t.mail.c, t.handoff.c
        kinds = {
            "turn": select(turn.conversation_id, turn.lease_until.label("until")).where(
                turn.site_id == self.site_id, turn.state == "running"
            ),
            "letter": select(mail.conversation_id, mail.lease_until.label("until")).where(
                mail.site_id == self.site_id, mail.state == "waiting"
            ),
            "offer": select(h.conversation_id, h.offer_until.label("until")).where(
                h.site_id == self.site_id, h.state == "waiting"
            ),
            "transfer": select(h.conversation_id, h.transfer_until.label("until")).where(
                h.site_id == self.site_id, h.state == "active"
            ),
        }
        return [
            Lease(kind, row["conversation_id"], row["until"])
            for kind, found in kinds.items()
            for row in self._all(found)
            if row["until"] is not None
        ]
