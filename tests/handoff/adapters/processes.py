"""Other processes on the same database: they migrate, write, claim, and are killed in the middle. Imported by them too."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from handoff.adapters import schema
from handoff.adapters.engines import connect
from handoff.errors import HandoffError
from knowledge_base import database

GATHER_SECONDS = 120.0
"""Until all of them have started, on a machine that has other work."""


def forked() -> ForkServerContext:
    """Processes that start in milliseconds: forked from one that has imported everything and runs no threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.handoff.adapters.processes", "handoff.adapters.store_sql", "handoff.log"]
    )
    return context


class Crew:
    """Several processes that begin at one moment; each sends back what its work returns.

    Whoever dies or raises is noticed at once, and everybody ends with the crew.
    """

    def __init__(self, work: Callable[..., Any], shares: Sequence[tuple[Any, ...]]) -> None:
        context = forked()
        self._gate = context.Barrier(len(shares))  # kept: its semaphores go with it
        self._members: list[tuple[Any, Connection]] = []
        for share in shares:
            hears, says = context.Pipe(duplex=False)
            member = context.Process(target=_take_part, args=(work, share, self._gate, says), daemon=True)
            member.start()
            says.close()
            self._members.append((member, hears))

    def results(self, seconds: float) -> list[Any]:
        """What all of them returned. AssertionError when one died, raised, or is not done in time."""
        until = time.monotonic() + seconds
        try:
            return [self._result(member, hears, until) for member, hears in self._members]
        finally:
            for member, hears in self._members:
                hears.close()
                member.kill()
                member.join()

    @staticmethod
    def _result(member: Any, hears: Connection, until: float) -> Any:
        wait([hears, member.sentinel], max(0.0, until - time.monotonic()))
        assert hears.poll(), f"a process is not done in time, or died: exit code {member.exitcode}"
        try:
            went_well, result = hears.recv()
        except EOFError:
            raise AssertionError(f"a process died: exit code {member.exitcode}") from None
        assert went_well, result
        return result


def _take_part(work: Callable[..., Any], share: tuple[Any, ...], gate: Any, says: Connection) -> None:
    try:
        gate.wait(GATHER_SECONDS)
        says.send((True, work(*share)))
    except Exception:  # noqa: BLE001 - whoever waits must hear of it
        says.send((False, traceback.format_exc()))


def migrate_handoff(url: str) -> None:
    schema.migrate(url)


def migrate_library(url: str) -> None:
    engine = database.open_engine(url)
    database.migrate(engine)
    engine.dispose()


MIGRATE: dict[str, Callable[[str], None]] = {"handoff": migrate_handoff, "library": migrate_library}


OPEN: dict[str, Callable[[str], Engine]] = {"handoff": connect, "library": database.open_engine}


def open_all(urls: Sequence[str], which: str) -> None:
    """Open each file and look at it, all processes at about the same moment."""
    began = time.monotonic()
    for number, url in enumerate(urls):
        time.sleep(max(0.0, began + number * 0.01 - time.monotonic()))
        engine = OPEN[which](url)
        with engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        engine.dispose()


def migrate_all(url: str, locked: bool) -> bool:
    """As a gateway does when it starts. Not `locked`: each holds a lock of its own. Whether it went well."""
    if not locked:
        schema.ONE_MIGRATES = database.ONE_MIGRATES = os.getpid()
    try:
        for migrate in MIGRATE.values():
            migrate(url)
    except (SQLAlchemyError, HandoffError):
        if locked:
            raise
        return False
    return True


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
