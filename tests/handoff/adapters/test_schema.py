import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, inspect, make_url, select

from handoff.adapters import schema
from handoff.adapters.engines import connect
from handoff.adapters.schema import VERSION_TABLE, is_current, migrate
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.tables import metadata
from handoff.conversation import Owner, Ownership
from handoff.errors import StoreUnavailable
from handoff.log import CUSTOMER
from handoff.ports import AgentRecord, CursorRecord, Transaction
from tests.servers import PostgresServer, free_port


@pytest.fixture
def engine(migrated: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(migrated, tmp_path / "schema.db")
    engine = connect(f"sqlite:///{tmp_path}/schema.db")
    yield engine
    engine.dispose()


def test_the_migrations_give_exactly_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_check_sees_a_column_that_no_migration_makes(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE choice DROP COLUMN label")
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata)


def described(engine: Engine) -> dict[str, list[str]]:
    """Every table in words: columns with their defaults, keys, checks, indexes with their conditions."""
    found = inspect(engine)
    described = {}
    for table in metadata.tables:
        indexes = [
            (
                index["name"],
                index["column_names"],
                index["unique"],
                str(index["dialect_options"].get("sqlite_where")),
            )
            for index in found.get_indexes(table)
        ]
        columns = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)]
        foreign = [
            (key["name"], key["constrained_columns"], key["referred_table"])
            for key in found.get_foreign_keys(table)
        ]
        checks = [(check["name"], check["sqltext"]) for check in found.get_check_constraints(table)]
        unique = [(rule["name"], rule["column_names"]) for rule in found.get_unique_constraints(table)]
        primary = found.get_pk_constraint(table)["constrained_columns"]
        described[table] = sorted(map(str, [*indexes, *columns, *foreign, *checks, *unique, primary]))
    return described


def test_defaults_checks_and_partial_indexes_are_the_same_as_well(engine: Engine, tmp_path: Path) -> None:
    """`compare_metadata` looks at none of these."""
    direct = connect(f"sqlite:///{tmp_path}/direct.db")
    metadata.create_all(direct)
    assert described(engine) == described(direct)
    direct.dispose()


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = schema._config(connection)
        command.downgrade(config, "base")
        assert set(inspect(connection).get_table_names()) == {VERSION_TABLE}
        assert not is_current(connection)
        command.upgrade(config, "head")
        assert set(inspect(connection).get_table_names()) == {VERSION_TABLE, *metadata.tables}
        assert is_current(connection)


def fill(tx: Transaction) -> None:
    """Something in every table."""
    agent = AgentRecord(
        "mara", "mara@fernhill.example", "Mara", "", ("agent",), 3, 0, True, skills=("returns",)
    )
    now = datetime.now(UTC)
    tx.add_customer("k1", "hash")
    tx.add_agent(agent)
    tx.add_session("token", "mara", now + timedelta(hours=1))
    tx.add_conversation("chat", "k1", "epoch", "en", {})
    tx.append("chat", CUSTOMER, "message", {"text": "Hello"}, "c1")
    tx.add_choice("choice", "chat", "Track a parcel", {"intent": "choose_passage"})
    tx.add_turn("chat", "c1", "Hello", None, 0)
    tx.add_handoff("chat", "asked_for_person", 0, now, 1, known_agent_id="mara")
    tx.claim(tx.waiting()[0].id, "mara")
    tx.set_owner("chat", Ownership(Owner.AGENT, 2, "mara"))
    tx.add_mail("chat", "letter", "kim@example.org", "Your question", "Dear Kim", 0.0)
    tx.move_cursors([CursorRecord("chat", "customer", 1, 1)])
    tx.seen("agent", ["mara"], "gateway")
    for _ in range(3):
        tx.touch_queue()


async def test_every_step_down_and_up_again_keeps_the_rows(any_store: SqlStore, any_url: str) -> None:
    """Except for those of tables that were not there yet."""
    await any_store.write(fill)
    await any_store.close()
    engine = connect(any_url).execution_options(writes=True)
    before = counted(engine)
    assert all(before.values()), "a table without a row"
    scripts = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    for revision in [step.revision for step in scripts.walk_revisions()][1:]:
        with engine.begin() as connection:
            command.downgrade(schema._config(connection), revision)
        assert {name: rows for name, rows in counted(engine).items() if before.get(name, rows) != rows} == {}
    migrate(any_url)
    after = counted(engine)
    assert {
        name: (rows, after[name]) for name, rows in before.items() if after[name] != rows
    } == dict.fromkeys(("cursor", "presence", "mail"), (1, 0))
    store = SqlStore(any_url)
    assert await store.read(lambda tx: tx.queue_version()) == 3
    assert (await store.read(lambda tx: tx.conversation("chat"))).ownership.agent_id == "mara"
    await store.close()
    with engine.begin() as connection:
        command.downgrade(schema._config(connection), "base")
    engine.dispose()


def counted(engine: Engine) -> dict[str, int]:
    there = set(inspect(engine).get_table_names()) & set(metadata.tables)
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in there
        }


def test_migrating_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    before = dump(tmp_path / "schema.db")
    migrate(f"sqlite:///{tmp_path}/schema.db")
    assert dump(tmp_path / "schema.db") == before


def test_other_tables_in_the_same_file_are_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shared.db") as other:
        other.execute("CREATE TABLE article (id TEXT)")
        other.execute("INSERT INTO article VALUES ('kept')")
    other.close()
    migrate(f"sqlite:///{tmp_path}/shared.db")
    with sqlite3.connect(tmp_path / "shared.db") as other:
        assert other.execute("SELECT id FROM article").fetchall() == [("kept",)]
        tables = {row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    other.close()
    assert tables == {"article", VERSION_TABLE, *metadata.tables}


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/empty.db")
    with engine.connect() as connection:
        assert not is_current(connection)
    engine.dispose()


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.slow
def test_a_postgres_that_answers_and_refuses_is_told_from_one_that_does_not_answer(
    postgres: PostgresServer,
) -> None:
    right = make_url(postgres.create("there"))
    wrong = {
        "Create it first": right.set(database="elsewhere"),
        "the name or the password": right.set(username="nobody_we_know"),
        "Is it running": right.set(port=free_port()),
    }
    for words, url in wrong.items():
        with pytest.raises(StoreUnavailable, match=words):
            migrate(url.render_as_string(hide_password=False))
    postgres.drop("there")
