"""Brings the handoff's tables up to date with Alembic, whatever version they are at."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from handoff.adapters.engines import connect
from handoff.errors import StoreUnavailable

VERSION_TABLE = "handoff_version"
"""The knowledge base keeps its own tables, and its own version, in the same database."""
WAIT_SECONDS = 120.0
"""For another process that migrates SQLite: on a busy machine that takes longer than anybody waits for a message."""
ONE_MIGRATES = 7_202_612
"""Key of the advisory lock under which Postgres is migrated; any number that nobody else takes."""
_MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to the newest schema, or to an earlier one. Safe to repeat, and for several processes at once.

    All in one transaction that others wait for: who is killed half-way leaves nothing behind. Raises StoreUnavailable.
    """
    engine = connect(url, WAIT_SECONDS).execution_options(writes=True)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(ONE_MIGRATES)))
            if is_current(connection):
                return  # by far the most frequent case; Alembic takes half a second to find out
            command.upgrade(_config(connection), revision)
    except OperationalError as error:
        raise StoreUnavailable(_why(error)) from error
    finally:
        engine.dispose()


def _why(error: OperationalError) -> str:
    """What whoever runs the gateway can do about it. Postgres says it in words alone before there is a connection."""
    said = str(error.orig)
    if "database" in said and "does not exist" in said:
        return "Postgres has no database of that name. Create it first (docs/operating.md), or mend FRONTDESK_DATABASE_URL."
    if "authentication failed" in said or ("role" in said and "does not exist" in said):
        return "Postgres refused the name or the password in FRONTDESK_DATABASE_URL."
    return "The database did not answer. Is it running, and is its address right?"


def is_current(connection: Connection) -> bool:
    """Whether the tables are those that this code was written for."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision() == ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
