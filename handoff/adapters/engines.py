"""How each database is opened, by its address: a SQLite file, or Postgres.

For what runs in threads: migrations, and the writer of SQLite. From the same address, the gateway's event loop reaches
Postgres by asyncpg (`handoff.adapters.store_postgres`).
"""

import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

BOUNDED = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Seconds, the last one milliseconds: over a link that fell silent a start fails, and may be tried again."""
BUSY_TIMEOUT_SECONDS = 5
"""How long SQLite waits for whoever writes."""
LOOK_AGAIN_SECONDS = 0.01
STATEMENT_SECONDS = 5
"""Of Postgres for one statement of a gateway."""
READERS = 1
"""Threads that read SQLite beside the one that writes. More of them fight for the interpreter's lock: with four, a message
took twice the processor (`benchmarks.delivery --part accepts`)."""
UNKNOWN = "The database has to be named as sqlite:///… or as postgresql+asyncpg://…; this is neither."


def database_of(url: str) -> URL:
    """The address, taken apart. ValueError for a database that is none of ours; it never repeats the address."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError(UNKNOWN) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError(UNKNOWN)
    return parsed


def is_postgres(url: str) -> bool:
    return database_of(url).get_backend_name() == "postgresql"


def connect(url: str, wait_seconds: float | None = None) -> Engine:
    """An engine for threads, with the settings that durability rests on. Makes the folder of a SQLite file.

    `wait_seconds`: for whoever writes SQLite, if that is not as long as usual.
    """
    parsed = database_of(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), connect_args=BOUNDED)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    seconds = BUSY_TIMEOUT_SECONDS if wait_seconds is None else wait_seconds
    engine = create_engine(
        parsed, connect_args={"timeout": seconds, "check_same_thread": False},
        pool_size=READERS + 1, max_overflow=0,
    )  # fmt: skip
    event.listen(engine, "connect", partial(_sqlite_settings, wait_seconds=seconds))
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_settings(connection: Any, _record: object, wait_seconds: float) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own begin breaks savepoints
    connection.execute(f"PRAGMA busy_timeout={round(wait_seconds * 1000)}")
    _write_ahead(connection, wait_seconds)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any, wait_seconds: float) -> None:
    """Of several who open a new file at once, SQLite refuses all but one without waiting: then another look is taken."""
    until = time.monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_AGAIN_SECONDS)
        else:
            return


def _sqlite_begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
