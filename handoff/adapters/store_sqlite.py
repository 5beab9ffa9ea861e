"""The store in one SQLite file.

One thread writes. It takes whatever changes are waiting, runs each inside a savepoint and commits them together (group
commit): a change that raises is rolled back alone, and nobody hears "accepted" before the commit. Readers have threads
of their own and, thanks to WAL, never wait for the writer.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

from handoff.adapters.engines import READERS, connect
from handoff.adapters.prepared import say
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.errors import StoreUnavailable
from handoff.ports import Transaction

T = TypeVar("T")

GROUP = 64
"""Changes in one commit, at most: keeps the longest wait for a commit short."""


@dataclass(slots=True)
class _Change:
    run: Callable[[Transaction], Any]
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


Outcome = tuple[_Change, Any, BaseException | None]


class SqliteStore:
    """Implements `handoff.ports.Store`. `close` is idempotent; later calls raise StoreUnavailable."""

    def __init__(self, url: str, site_id: str) -> None:
        self._engine = connect(url)
        self._site_id = site_id
        self.lease_clock: Callable[[], float] | None = time.monotonic
        """What leases are measured by; tests set their own."""
        self._changes: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._closed = False
        self._writer = threading.Thread(target=self._write_forever, name="store-write", daemon=True)
        self._writer.start()

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """Run `change` in one transaction; return its result after COMMIT. Its own errors pass through."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._changes.put(_Change(change, done, loop))
        return await done

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run `query` on one consistent snapshot."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._changes.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        self._engine.dispose()

    def _read(self, query: Callable[[Transaction], T]) -> T:
        try:
            with self._engine.connect() as connection, connection.begin():
                return query(SqlTransaction(connection, self._site_id, lease_clock=self.lease_clock))
        except DBAPIError as error:
            raise StoreUnavailable("The database did not answer.") from error

    def _write_forever(self) -> None:
        while (first := self._changes.get()) is not None:
            group = [first]
            last = False
            while len(group) < GROUP and not self._changes.empty():
                following = self._changes.get()
                if following is None:
                    last = True
                    break
                group.append(following)
            self._commit(group)
            if last:
                return

    def _commit(self, group: list[_Change]) -> None:
        outcomes: list[Outcome] = []
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                for change in group:
                    tx = SqlTransaction(connection, self._site_id, writes=True, lease_clock=self.lease_clock)
                    outcomes.append((change, *_attempt(change, connection, tx)))
        except Exception as error:  # noqa: BLE001 - whatever broke the commit, every waiting caller must hear of it
            refusal = StoreUnavailable("The database did not take the change; nothing was written.")
            refusal.__cause__ = error
            outcomes = [(change, None, refusal) for change in group]
        for loop in {change.loop for change in group}:  # woken once for all that it waits for
            with contextlib.suppress(RuntimeError):  # it is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle_all, [one for one in outcomes if one[0].loop is loop])


def _attempt(change: _Change, connection: Any, tx: SqlTransaction) -> tuple[Any, BaseException | None]:
    """The result of one change inside its savepoint, or the error that rolled it back alone."""
    say(connection, "SAVEPOINT one_change")
    failure: BaseException | None = None
    try:
        result = change.run(tx)
        say(connection, "RELEASE one_change")
        return result, None
    except OperationalError:
        raise  # the database itself is in trouble: the whole group fails
    except DBAPIError as error:
        failure = StoreUnavailable("The database refused the change; nothing was written.")
        failure.__cause__ = error
    except StopIteration as error:  # which no future takes
        failure = RuntimeError("A change ran out of what it went through.")
        failure.__cause__ = error
    except Exception as error:  # noqa: BLE001 - a bug in one change must not fail its neighbours in the group
        failure = error
    say(connection, "ROLLBACK TO one_change")
    say(connection, "RELEASE one_change")
    return None, failure


def _settle_all(outcomes: Sequence[Outcome]) -> None:
    for change, result, failure in outcomes:
        _settle(change.done, result, failure)


def _settle(done: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if done.cancelled():
        return
    if failure is not None:
        done.set_exception(failure)
    else:
        done.set_result(result)
