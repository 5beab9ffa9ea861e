"""The tables of the handoff, as SQLAlchemy Core sees them; `migrations/` creates them.

Every table has `site_id`, because one installation will serve several sites. Times are stored as UTC. Leases are not
times but seconds of the store's lease clock (`Transaction.clock`), which no change of a wall clock moves.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in Python on every database: SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive time")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value if value.tzinfo else value.replace(tzinfo=UTC)


def _site() -> Column[str]:
    return Column("site_id", String(40), nullable=False, index=False)


queue_version = Table(
    "queue_version",
    metadata,
    Column("site_id", String(40), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("changes", Integer, nullable=False),
)
"""How often the queue changed, in parts: the version is their sum. Of one row, each change would wait until the one
before is committed; the sum is as good, because what one moment sees of changes, a later one sees too."""

customer = Table(
    "customer",
    metadata,
    _site(),
    Column("id", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False, server_default=""),
    Column("email", String(200), nullable=False, server_default=""),
    Column("created_at", UtcTime, nullable=False),
    Column("phone", String(40), nullable=False, server_default=""),
)

agent = Table(
    "agent",
    metadata,
    _site(),
    Column("id", String(64), primary_key=True),
    Column("email", String(200), nullable=False),
    Column("name", String(100), nullable=False),
    Column("about", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("max_chats", Integer, nullable=False),
    Column("active_chats", Integer, nullable=False, server_default="0"),
    Column("available", Boolean, nullable=False),
    Column("skills", JSON, nullable=False, server_default="[]"),
    Column("languages", JSON, nullable=False, server_default="[]"),
    Column("idle_since", UtcTime),
    UniqueConstraint("site_id", "email"),
    CheckConstraint("active_chats >= 0 AND active_chats <= max_chats", name="capacity"),
)

session = Table(
    "session",
    metadata,
    _site(),
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    _site(),
    Column("id", String(64), primary_key=True),
    Column("customer_id", ForeignKey("customer.id"), nullable=False, index=True),
    Column("epoch", String(64), nullable=False),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("owner", String(10), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("agent_id", ForeignKey("agent.id")),
    Column("locale", String(35), nullable=False),
    Column("page", JSON, nullable=False),
    Column("slots", JSON, nullable=False),
    Column("active_loop", String(80)),
    Column("unsure_in_a_row", Integer, nullable=False, server_default="0"),
    Column("declined", Boolean, nullable=False),
    Column("rated", Boolean, nullable=False),
    Column("outcome", String(30)),
    Column("waiting_since", UtcTime),
    Column("last_text", String(200), nullable=False, server_default=""),
    Column("last_from", String(10), nullable=False, server_default="bot"),
    Column("last_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_conversation_site_id_last_at", "site_id", "last_at"),
    CheckConstraint("(owner = 'agent') = (agent_id IS NOT NULL)", name="owner_agent"),
)

event = Table(
    "event",
    metadata,
    _site(),
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("author", String(80), nullable=False),
    Column("author_role", String(10), nullable=False),
    Column("author_name", String(100), nullable=False),
    Column("agent_id", String(64)),
    Column("kind", String(20), nullable=False),
    Column("body", JSON, nullable=False),
    Column("cmid", String(64)),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "author", "cmid"),
    Index("ix_event_agent_cmid", "agent_id", "cmid", sqlite_where=text("agent_id IS NOT NULL"),
          postgresql_where=text("agent_id IS NOT NULL")),
)  # fmt: skip

choice = Table(
    "choice",
    metadata,
    _site(),
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("payload", JSON, nullable=False),
)

bot_turn = Table(
    "bot_turn",
    metadata,
    _site(),
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("cmid", String(64), nullable=False),
    Column("text", Text),
    Column("payload", JSON),
    Column("fence", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reply", JSON),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("asked_at", Float, nullable=False, server_default="0"),
    Column("worker", String(40)),
    Column("lease_until", Float),
    Column("said_so", Boolean, nullable=False, server_default=text("false")),
    Index("ix_bot_turn_open", "state", "id"),
    Index("uq_bot_turn_running", "conversation_id", unique=True, sqlite_where=text("state = 'running'"),
          postgresql_where=text("state = 'running'")),
)  # fmt: skip

handoff = Table(
    "handoff",
    metadata,
    _site(),
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(30), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("waiting_since", UtcTime, nullable=False),
    Column("enqueued_at", UtcTime, nullable=False),
    Column("claimed_at", UtcTime),
    Column("agent_id", ForeignKey("agent.id")),
    Column("outcome", String(30)),
    Column("ended_at", UtcTime),
    Column("channel", String(10), nullable=False, server_default="chat"),
    Column("skill", String(40), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
    Column("known_agent_id", ForeignKey("agent.id")),
    Column("offered_to", ForeignKey("agent.id")),
    Column("offer_until", Float),
    Column("passed_by", JSON, nullable=False, server_default="[]"),
    Column("transfer_to", ForeignKey("agent.id")),
    Column("transfer_skill", String(40), nullable=False, server_default=""),
    Column("transfer_until", Float),
    Column("agent_away", Boolean, nullable=False, server_default=text("false")),
    Index("ix_handoff_ended", "site_id", "ended_at"),
    Index("ix_handoff_conversation_id", "conversation_id"),
    Index("ix_handoff_asked", "site_id", sqlite_where=text("offered_to IS NOT NULL OR transfer_to IS NOT NULL"),
          postgresql_where=text("offered_to IS NOT NULL OR transfer_to IS NOT NULL")),
    Index("uq_handoff_live", "conversation_id", unique=True, sqlite_where=text("state IN ('waiting', 'active')"),
          postgresql_where=text("state IN ('waiting', 'active')")),
    CheckConstraint("state != 'active' OR agent_id IS NOT NULL", name="active_agent"),
)  # fmt: skip

IS_LIVE = handoff.c.state.in_((literal_column("'waiting'"), literal_column("'active'")))
"""As the index of the live ones says it: for values that come later no database would use that."""
_of = handoff.c
Index("ix_handoff_order", _of.site_id, _of.state, _of.priority.desc(), _of.waiting_since, _of.id)

cursor = Table(
    "cursor",
    metadata,
    _site(),
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("reader", String(10), primary_key=True),
    Column("delivered_seq", Integer, nullable=False, server_default="0"),
    Column("read_seq", Integer, nullable=False, server_default="0"),
)
"""How far the customer, and how far any agent, has got a log and read it. Cumulative: it only grows."""

presence = Table(
    "presence",
    metadata,
    Column("site_id", String(40), primary_key=True),
    Column("role", String(10), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("gateway", String(40), primary_key=True),
    Column("seen_at", Float, nullable=False),
    Column("until", Float, nullable=False),
)
"""Who was connected to which gateway, when it last said so, and until when they count as online, by the lease clock."""

mail = Table(
    "mail",
    metadata,
    _site(),
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("key", String(80), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Float, nullable=False, server_default="0"),
    Column("lease_until", Float),
    Column("error", String(200), nullable=False, server_default=""),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Index("ix_mail_open", "state", "not_before"),
    UniqueConstraint("site_id", "key"),
)
"""Letters to customers who left; `key` is what each is for, so that it goes out once."""
