"""Rows of customers and their conversations."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from handoff.adapters import tables as t
from handoff.adapters.prepared import Prepared, Row
from handoff.adapters.rows import Rows
from handoff.conversation import Owner, Ownership
from handoff.errors import NotFound
from handoff.ports import ConversationRecord, CustomerRecord, Json


class ConversationRows(Rows):
    """The part of `handoff.ports.Transaction` that concerns customers and conversations."""

    def add_customer(self, customer_id: str, token_hash: str) -> None:
        self._add(t.customer, id=customer_id, token_hash=token_hash, created_at=datetime.now(UTC))

    def customer_by_token(self, token_hash: str) -> CustomerRecord | None:
        """Locked in a transaction that writes: of two tabs that begin at once, the second finds what the first began."""
        row = self._find(t.customer, token_hash=token_hash, lock=self.writes)
        return CustomerRecord(row["id"], row["name"], row["email"], row["phone"]) if row else None

    def customer(self, customer_id: str) -> CustomerRecord:
        row = self._find(t.customer, id=customer_id)
        if row is None:
            raise NotFound("There is no such customer.")
        return CustomerRecord(row["id"], row["name"], row["email"], row["phone"])

    def name_customer(self, customer_id: str, name: str, email: str, phone: str = "") -> None:
        """What is not told now stays as it was told before."""
        told = {"name": name, "email": email, "phone": phone}
        values = {key: value for key, value in told.items() if value}
        c = t.customer.c
        self._run(update(t.customer).where(c.site_id == self.site_id, c.id == customer_id).values(**values))

    def add_conversation(
        self, conversation_id: str, customer_id: str, epoch: str, locale: str, page: Json
    ) -> None:
        now = datetime.now(UTC)
        self._add(
            t.conversation, id=conversation_id, customer_id=customer_id, epoch=epoch, owner=Owner.BOT, fence=0,
            locale=locale, page=page, slots={}, declined=False, rated=False, last_at=now, created_at=now,
        )  # fmt: skip

    def conversation(self, conversation_id: str) -> ConversationRecord:
        known = self._conversations.get(conversation_id)
        if known is not None:
            return known
        row = self._find(t.conversation, id=conversation_id, lock=self._locks(conversation_id))
        if row is None:
            raise NotFound("There is no such conversation.")
        found = self._conversations[conversation_id] = conversation_of(row)
        return found

    def latest_of_token(self, token_hash: str) -> ConversationRecord | None:
        """The latest conversation of whom this token proves; None without one. Locks nothing."""
        row = self._ask(_LATEST_OF_TOKEN, token=token_hash).first()
        return conversation_of(row) if row else None

    def conversations_of(self, customer_id: str, limit: int) -> Sequence[ConversationRecord]:
        rows = self._ask(_LATEST_OF, customer=customer_id, most=limit).rows
        return [conversation_of(row) for row in rows]

    def recent_conversations(self, limit: int) -> Sequence[ConversationRecord]:
        c = t.conversation.c
        handed_over = select(t.handoff.c.conversation_id).where(t.handoff.c.site_id == self.site_id)
        found = self._of(t.conversation).where(c.id.in_(handed_over)).order_by(c.last_at.desc()).limit(limit)
        return [conversation_of(row) for row in self._all(found)]

    def conversations_since(self, since: datetime, after_id: str, limit: int) -> Sequence[ConversationRecord]:
        """Those with something said since then, by id, after this one: page by page through all of them."""
        c = t.conversation.c
        found = self._of(t.conversation).where(c.last_at >= since, c.id > after_id)
        return [conversation_of(row) for row in self._all(found.order_by(c.id).limit(limit))]

    def set_owner(self, conversation_id: str, ownership: Ownership) -> None:
        self.update_conversation(
            conversation_id, owner=ownership.owner, fence=ownership.fence, agent_id=ownership.agent_id
        )

    def update_conversation(self, conversation_id: str, **values: Any) -> None:
        self._conversations.pop(conversation_id, None)
        self._change(t.conversation, {"id": conversation_id}, **values)

    def heads(self, conversation_ids: Sequence[str]) -> Mapping[str, int]:
        c = t.conversation.c
        ours = select(c.id, c.last_seq).where(c.site_id == self.site_id, c.id.in_(conversation_ids))
        rows = self._connection.execute(ours)
        return {row.id: row.last_seq for row in rows}


_OURS = select(t.conversation).where(t.conversation.c.site_id == bindparam("site"))
_LATEST = _OURS.order_by(t.conversation.c.created_at.desc())
_LATEST_OF = Prepared(
    _LATEST.where(t.conversation.c.customer_id == bindparam("customer")).limit(bindparam("most"))
)
_LATEST_OF_TOKEN = Prepared(
    _LATEST.where(
        t.conversation.c.customer_id
        == select(t.customer.c.id)
        .where(t.customer.c.site_id == bindparam("site"), t.customer.c.token_hash == bindparam("token"))
        .scalar_subquery()
    ).limit(1)
)
_FIELDS = tuple(name for name in ConversationRecord.__slots__ if name != "ownership")


def conversation_of(row: Row) -> ConversationRecord:
    ownership = Ownership(Owner(row["owner"]), row["fence"], row["agent_id"])
    return ConversationRecord(ownership=ownership, **{name: row[name] for name in _FIELDS})
