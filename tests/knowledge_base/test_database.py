from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from knowledge_base.database import VERSION_TABLE, migrate, open_engine
from knowledge_base.errors import DatabaseUnknown
from knowledge_base.tables import metadata


def test_migrations_lead_to_the_tables_the_store_uses(engine: Engine) -> None:
    with engine.connect() as sql:
        context = MigrationContext.configure(sql, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_every_table_has_the_site_in_its_key() -> None:
    for table in metadata.tables.values():
        assert "site_id" in table.primary_key.columns


def test_migrating_twice_changes_nothing_and_leaves_other_tables_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/deep/frontdesk.db")
    with engine.begin() as sql:
        sql.execute(text("CREATE TABLE conversation (id INTEGER)"))
        sql.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    migrate(engine)
    migrate(engine)
    names = set(inspect(engine).get_table_names())
    assert {"conversation", "knowledge_article", VERSION_TABLE} <= names
    with engine.connect() as sql:
        assert sql.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 5000)]
)
def test_sqlite_is_set_up_for_durability(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as sql:
        assert sql.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_foreign_keys_are_enforced(engine: Engine) -> None:
    orphan = text("INSERT INTO knowledge_vector VALUES ('default', 'nobody', 'e', 't', x'00')")
    with engine.connect() as sql, pytest.raises(IntegrityError):
        sql.execute(orphan)


def test_the_address_of_the_conversations_is_good_for_the_articles(postgres_engine: Engine) -> None:
    named = postgres_engine.url.set(drivername="postgresql+asyncpg")
    engine = open_engine(named.render_as_string(hide_password=False))
    with engine.connect() as sql:
        assert sql.execute(text("SELECT count(*) FROM knowledge_article")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://u:s3cret@host/frontdesk", "frontdesk.db", ""])
def test_any_other_database_is_refused_in_plain_words_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnknown) as refused:
        open_engine(url)
    assert "postgresql+asyncpg://" in str(refused.value)
    assert "s3cret" not in str(refused.value)
