"""The knowledge base's tables, shared by the store and the migrations. Names begin with `knowledge_` because the
gateway keeps its own tables in the same database; every table carries the site.

This module must not know what the rows mean to anybody.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite, which has no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

_SITE_LENGTH = 60
_ID_LENGTH = 40


def _site() -> Column[str]:
    return Column("site_id", String(_SITE_LENGTH), primary_key=True)


def _article() -> Column[str]:
    return Column("article_id", String(_ID_LENGTH), primary_key=True)


def _of_article() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["site_id", "article_id"], ["knowledge_article.site_id", "knowledge_article.id"], ondelete="CASCADE"
    )


article = Table(
    "knowledge_article",
    metadata,
    _site(),
    Column("id", String(_ID_LENGTH), primary_key=True),
    Column("slug", String(100), nullable=False),
    Column("latest_revision", Integer, nullable=False),
    Column("published_revision", Integer),
    Column("answering_since", UtcTime),
    Column("retired", Boolean, nullable=False),
    UniqueConstraint("site_id", "slug"),
)

revision = Table(
    "knowledge_revision",
    metadata,
    _site(),
    _article(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", String(200), nullable=False),
    Column("summary", Text, nullable=False),
    Column("category", String(60), nullable=False),
    Column("questions", Text, nullable=False, comment="JSON list of strings"),
    Column("body", Text, nullable=False),
    Column("always_person", Boolean, nullable=False, server_default=false()),
    Column("saved_at", UtcTime, nullable=False),
    Column("saved_by", String(200), nullable=False),
    _of_article(),
)

passage = Table(
    "knowledge_passage",
    metadata,
    _site(),
    _article(),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("id", String(_ID_LENGTH), nullable=False),
    Column("path", Text, nullable=False, comment="JSON list of headings, outermost first"),
    Column("fragment", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    _of_article(),
)

vector = Table(
    "knowledge_vector",
    metadata,
    _site(),
    _article(),
    Column("encoder", String(64), primary_key=True, comment="sha256 of the model"),
    Column("text_sha256", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False, comment="float32, little-endian"),
    _of_article(),
)

index_state = Table(
    "knowledge_index",
    metadata,
    _site(),
    Column("version", Integer, nullable=False),
    Column("calibration", Text, comment="JSON; empty until fitted to the site's own questions"),
)

answer = Table(
    "knowledge_answer",
    metadata,
    _site(),
    Column("id", String(_ID_LENGTH), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("question", Text, nullable=False, comment="personal data masked"),
    Column("evidence", Text, nullable=False, comment="JSON, feature: value"),
    Column("confidence", Float, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("passage_id", String(_ID_LENGTH)),
    Column("article_id", String(_ID_LENGTH)),
    Index(None, "site_id", "at"),
)

judgement = Table(
    "knowledge_judgement",
    metadata,
    _site(),
    Column("answer_id", String(_ID_LENGTH), primary_key=True),
    Column("by", String(200), primary_key=True),
    Column("verdict", String(10), nullable=False),
    Column("at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["site_id", "answer_id"], ["knowledge_answer.site_id", "knowledge_answer.id"], ondelete="CASCADE"
    ),
)

fit = Table(
    "knowledge_fit",
    metadata,
    _site(),
    Column("at", UtcTime, nullable=False),
    Column("fit", Text, nullable=False, comment="JSON: the trials and what was found"),
)

habit = Table(
    "knowledge_habit",
    metadata,
    _site(),
    Column("page", String(100), primary_key=True, comment="path without ids; empty: the whole site"),
    _article(),
    *(Column(name, Float, nullable=False) for name in ("shown", "opened", "helped", "dismissed")),
    Column("at", UtcTime, nullable=False, comment="when the counts were last faded"),
    _of_article(),
)
