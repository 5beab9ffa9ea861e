"""One atomic change in SQL: implements `handoff.ports.Transaction` over a SQLAlchemy connection.

It reads and writes rows and knows no rule: who may do what is the desk's business. Plain SQL of both SQLite and
Postgres; the counter, the claim and the seat are single conditional UPDATEs, so that two writers cannot both win.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from handoff.adapters import tables as t
from handoff.adapters.agents_sql import AgentRows
from handoff.conversation import Owner, Ownership
from handoff.errors import CmidReused, NotFound
from handoff.ports import (
    Author,
    ConversationRecord,
    CustomerRecord,
    EventRecord,
    HandoffRecord,
    Json,
    TurnRecord,
)

PREVIEW = 200
"""Characters of the last line that lists show."""


def now() -> datetime:
    return datetime.now(UTC)


class SqlTransaction(AgentRows):
    def __init__(self, connection: Connection, site_id: str) -> None:
        self._connection = connection
        self.site_id = site_id

    # customers and conversations

    def add_customer(self, customer_id: str, token_hash: str) -> None:
        self._run(
            insert(t.customer).values(
                site_id=self.site_id, id=customer_id, token_hash=token_hash, created_at=now()
            )
        )

    def customer_by_token(self, token_hash: str) -> CustomerRecord | None:
        row = self._one(self._of(t.customer).where(t.customer.c.token_hash == token_hash))
        return CustomerRecord(row["id"], row["name"], row["email"]) if row else None

    def customer(self, customer_id: str) -> CustomerRecord:
        row = self._one(self._of(t.customer).where(t.customer.c.id == customer_id))
        if row is None:
            raise NotFound("There is no such customer.")
        return CustomerRecord(row["id"], row["name"], row["email"])

    def name_customer(self, customer_id: str, name: str, email: str) -> None:
        self._run(update(t.customer).where(t.customer.c.id == customer_id).values(name=name, email=email))

    def add_conversation(
        self, conversation_id: str, customer_id: str, epoch: str, locale: str, page: Json
    ) -> None:
        self._run(
            insert(t.conversation).values(
                site_id=self.site_id, id=conversation_id, customer_id=customer_id, epoch=epoch, owner=Owner.BOT, fence=0,
                locale=locale, page=page, slots={}, declined=False, rated=False, last_at=now(), created_at=now(),
            )
        )  # fmt: skip

    def conversation(self, conversation_id: str) -> ConversationRecord:
        row = self._one(self._of(t.conversation).where(t.conversation.c.id == conversation_id))
        if row is None:
            raise NotFound("There is no such conversation.")
        return _conversation(row)

    def conversations_of(self, customer_id: str, limit: int) -> Sequence[ConversationRecord]:
        c = t.conversation.c
        found = (
            self._of(t.conversation)
            .where(c.customer_id == customer_id)
            .order_by(c.created_at.desc())
            .limit(limit)
        )
        return [_conversation(row) for row in self._all(found)]

    def recent_conversations(self, limit: int) -> Sequence[ConversationRecord]:
        c = t.conversation.c
        handed_over = select(t.handoff.c.conversation_id)
        found = self._of(t.conversation).where(c.id.in_(handed_over)).order_by(c.last_at.desc()).limit(limit)
        return [_conversation(row) for row in self._all(found)]

    def conversations_since(self, since: datetime, after_id: str, limit: int) -> Sequence[ConversationRecord]:
        """Those with something said since then, by id, after this one: page by page through all of them."""
        c = t.conversation.c
        found = self._of(t.conversation).where(c.last_at >= since, c.id > after_id)
        return [_conversation(row) for row in self._all(found.order_by(c.id).limit(limit))]

    def set_owner(self, conversation_id: str, ownership: Ownership) -> None:
        self.update_conversation(
            conversation_id, owner=ownership.owner, fence=ownership.fence, agent_id=ownership.agent_id
        )

    def update_conversation(self, conversation_id: str, **values: Any) -> None:
        c = t.conversation.c
        self._run(
            update(t.conversation).where(c.site_id == self.site_id, c.id == conversation_id).values(**values)
        )

    def heads(self, conversation_ids: Sequence[str]) -> Mapping[str, int]:
        c = t.conversation.c
        ours = select(c.id, c.last_seq).where(c.site_id == self.site_id, c.id.in_(conversation_ids))
        rows = self._connection.execute(ours)
        return {row.id: row.last_seq for row in rows}

    # the log

    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        """Number the event with the next seq and store it. The counter's row lock makes the order total and gapless."""
        c = t.conversation.c
        at = now()
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
        c = t.event.c
        same = and_(c.conversation_id == conversation_id, c.author == author.key, c.cmid == cmid)
        row = self._one(self._of(t.event).where(same))
        return _event(row) if row else None

    def find_live_claim(self, author: Author, cmid: str) -> EventRecord | None:
        """The notice that this agent wrote under `cmid` in a conversation that still waits or is taken."""
        c, h = t.event.c, t.handoff.c
        live = select(h.conversation_id).where(h.site_id == self.site_id, h.state.in_(("waiting", "active")))
        same = and_(c.conversation_id.in_(live), c.author == author.key, c.cmid == cmid, c.kind == "notice")
        row = self._one(self._of(t.event).where(same))
        return _event(row) if row else None

    def events(self, conversation_id: str, after: int, limit: int) -> Sequence[EventRecord]:
        c = t.event.c
        found = self._of(t.event).where(c.conversation_id == conversation_id, c.seq > after)
        return [_event(row) for row in self._all(found.order_by(c.seq).limit(limit))]

    def feedback(self, conversation_id: str) -> Sequence[tuple[int, bool]]:
        """(seq of the answer, whether it helped) for every thumb, the oldest first."""
        c = t.event.c
        thumbs = select(c.body).where(c.conversation_id == conversation_id, c.kind == "feedback")
        bodies = self._connection.execute(thumbs.order_by(c.seq)).scalars()
        return [(body["answer_seq"], body["helpful"]) for body in bodies]

    # buttons

    def add_choice(self, choice_id: str, conversation_id: str, label: str, payload: Json) -> None:
        values = {"id": choice_id, "conversation_id": conversation_id, "label": label, "payload": payload}
        self._run(insert(t.choice).values(site_id=self.site_id, **values))

    def choice(self, conversation_id: str, choice_id: str) -> tuple[str, Json]:
        c = t.choice.c
        row = self._one(self._of(t.choice).where(c.conversation_id == conversation_id, c.id == choice_id))
        if row is None:
            raise NotFound("That button is no longer there.")
        return row["label"], row["payload"]

    # the bot's outbox

    def add_turn(
        self, conversation_id: str, cmid: str, text: str | None, payload: Json | None, fence: int
    ) -> None:
        self._run(
            insert(t.bot_turn).values(
                site_id=self.site_id, conversation_id=conversation_id, cmid=cmid, text=text, payload=payload,
                fence=fence, state="waiting", created_at=now(),
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
            update(t.bot_turn).where(c.id == turn_id).values(state=state, reply=reply, finished_at=now())
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

    # handoffs

    def add_handoff(
        self, conversation_id: str, reason: str, priority: int, waiting_since: datetime, place: int
    ) -> None:
        self._run(
            insert(t.handoff).values(
                site_id=self.site_id, conversation_id=conversation_id, state="waiting", reason=reason, priority=priority,
                waiting_since=waiting_since, enqueued_at=now(), place=place,
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

    def claim(self, handoff_id: int, agent_id: str) -> bool:
        """Whether this agent got it: one conditional UPDATE, so that of many only one does."""
        c = t.handoff.c
        mine = update(t.handoff).where(c.id == handoff_id, c.state == "waiting")
        return self._run(mine.values(state="active", agent_id=agent_id, claimed_at=now())) == 1

    def release(self, handoff_id: int) -> None:
        """Back to the queue, in its original order. Its wait is measured anew: from now, and from its place now."""
        c = t.handoff.c
        back = update(t.handoff).where(c.id == handoff_id, c.state == "active")
        self._run(back.values(state="waiting", agent_id=None, claimed_at=None, enqueued_at=now()))
        order = [handoff.id for handoff in self.waiting()]
        if handoff_id in order:
            place = order.index(handoff_id) + 1
            self._run(update(t.handoff).where(c.id == handoff_id).values(place=place))

    def end_handoff(self, handoff_id: int, outcome: str | None) -> None:
        c = t.handoff.c
        self._run(
            update(t.handoff).where(c.id == handoff_id).values(state="done", outcome=outcome, ended_at=now())
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


def _conversation(row: RowMapping) -> ConversationRecord:
    ownership = Ownership(Owner(row["owner"]), row["fence"], row["agent_id"])
    fields = {name: row[name] for name in ConversationRecord.__slots__ if name != "ownership"}
    return ConversationRecord(ownership=ownership, **fields)


def _event(row: RowMapping) -> EventRecord:
    author = Author(row["author_role"], row["author_name"], row["agent_id"])
    return EventRecord(
        row["conversation_id"], row["seq"], author, row["kind"], row["body"], row["cmid"], row["at"]
    )


def _turn(row: RowMapping) -> TurnRecord:
    return TurnRecord(**{name: row[name] for name in TurnRecord.__slots__})


def _handoff(row: RowMapping) -> HandoffRecord:
    return HandoffRecord(**{name: row[name] for name in HandoffRecord.__slots__})
