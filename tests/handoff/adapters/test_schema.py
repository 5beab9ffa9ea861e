import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, make_url

from handoff.adapters import schema
from handoff.adapters.engines import connect
from handoff.adapters.schema import VERSION_TABLE, is_current, migrate
from handoff.adapters.tables import metadata
from handoff.errors import StoreUnavailable
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
