"""Other processes on the same database: they migrate, write, claim, and are killed in the middle. Imported by them too."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any

from sqlalchemy import Engine, event

from handoff.adapters import schema
from knowledge_base import database


def forked() -> ForkServerContext:
    """Processes that start in milliseconds: forked from one that has imported everything and runs no threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.handoff.adapters.processes", "handoff.adapters.store_sql", "handoff.log"]
    )
    return context


def migrate_handoff(url: str) -> None:
    schema.migrate(url)


def migrate_library(url: str) -> None:
    engine = database.open_engine(url)
    database.migrate(engine)
    engine.dispose()


MIGRATE: dict[str, Callable[[str], None]] = {"handoff": migrate_handoff, "library": migrate_library}


def migrate_all(url: str, gate: Any, *, locked: bool = True) -> None:
    """As a gateway does when it starts, at the same moment as others. Not `locked`: each holds a lock of its own."""
    if not locked:
        schema.ONE_MIGRATES = database.ONE_MIGRATES = os.getpid()
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - what fails here is meant to
    gate.wait(30)
    for migrate in MIGRATE.values():
        migrate(url)


def migrate_and_die(url: str, which: str, statement: int) -> None:
    """Migrate, and be killed outright after so many statements that change something; 0: live."""
    changes = 0

    def count(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        nonlocal changes
        if text.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "DROP", "DELETE")):
            changes += 1
            if changes == statement:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    MIGRATE[which](url)
