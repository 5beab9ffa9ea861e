"""Opens the database and brings its tables up to date. Nothing here knows what is stored in them.

SQLite: write-ahead log, full sync, foreign keys on, and writers that queue up at BEGIN instead of failing in the middle.
Postgres: the address that the gateway's conversations have, whatever driver it names; threads take psycopg.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError

from knowledge_base.errors import DatabaseUnknown

VERSION_TABLE = "knowledge_base_version"
"""The gateway migrates its own tables in the same database, under a version table of its own."""
BOUNDED = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Seconds, the last one milliseconds: over a link that fell silent a statement fails, and may be tried again."""
BUSY_TIMEOUT_SECONDS = 5
LOOK_AGAIN_SECONDS = 0.01
MIGRATION_SECONDS = 120
"""How long who migrates SQLite waits for another who does: on a busy machine longer than any other writing takes."""
UNKNOWN = "The database has to be named as sqlite:///… or as postgresql+asyncpg://…; this is neither."
MIGRATIONS = Path(__file__).with_name("migrations")
ONE_MIGRATES = 7_202_611
"""Key of the advisory lock under which Postgres is migrated; any number that nobody else takes."""


def open_engine(database_url: str) -> Engine:
    """An engine for `database_url`; makes the folder of a SQLite file when it is not there.

    Raises DatabaseUnknown for any other than SQLite and Postgres.
    """
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise DatabaseUnknown(UNKNOWN) from error
    if url.get_backend_name() == "postgresql":
        psycopg = url.set(drivername="postgresql+psycopg")
        return create_engine(psycopg, pool_pre_ping=True, connect_args=BOUNDED)
    if url.get_backend_name() != "sqlite":
        raise DatabaseUnknown(UNKNOWN)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions are going to write: on SQLite they take the write lock at once."""
    return engine.execution_options(knowledge_writes=True)


def migrate(engine: Engine) -> None:
    """Brings the tables to the newest migration; does nothing when they are there already.

    All in one transaction, and one process at a time: whoever is killed half-way leaves nothing behind.
    """
    with writing(engine).connect() as connection, _patient(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(ONE_MIGRATES)))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextlib.contextmanager
def _patient(connection: Connection) -> Iterator[None]:
    """Waits on SQLite as long as another process may take to migrate."""
    file = connection.connection.driver_connection
    if not isinstance(file, SqliteConnection):
        yield
        return
    usual = file.execute("PRAGMA busy_timeout").fetchone()[0]
    file.execute(f"PRAGMA busy_timeout={MIGRATION_SECONDS * 1000}")
    try:
        yield
    finally:
        file.execute(f"PRAGMA busy_timeout={usual}")


def _set_up_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None  # so that BEGIN is ours to send; the driver's own comes too late
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: SqliteConnection) -> None:
    """Of several who open a new file at once, SQLite refuses all but one without waiting: then another look is taken."""
    until = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except SqliteError:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_AGAIN_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("knowledge_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
