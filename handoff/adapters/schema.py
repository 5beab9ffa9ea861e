"""Brings the handoff's tables up to date with Alembic, whatever version they are at."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from handoff.adapters.store_sql import connect

VERSION_TABLE = "handoff_version"
"""The knowledge base keeps its own tables, and its own version, in the same database."""
_MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(url: str) -> None:
    """Upgrade to the newest schema. Safe to repeat."""
    engine = connect(url).execution_options(writes=True)
    try:
        with engine.begin() as connection:
            if is_current(connection):
                return  # by far the most frequent case; Alembic takes half a second to find out
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """Whether the tables are those that this code was written for."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision() == ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
