"""The store on Postgres: several transactions at once, over a bounded pool of connections.

The same plain functions run here as on SQLite. What a decision rests on is locked before it is read (see
`Rows.writes`), so that two gateways cannot decide on the same row. When the database breaks a transaction off (a
deadlock, a connection that is gone), the whole change runs again, a few times; whether COMMIT arrived is asked of nobody:
once it was sent, a lost connection is an error, and the sender finds out by sending the same again.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import asyncpg
import structlog
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from handoff.adapters import engines
from handoff.adapters.engines import database_of
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.errors import BadInput, StoreUnavailable
from handoff.ports import Transaction

T = TypeVar("T")

CONNECTIONS = 10
"""Of one gateway, for reading and for writing each: what is short waits a little rather than crowd the database."""
WAIT_SECONDS = 10.0
"""For a free connection."""
IDLE_IN_TRANSACTION_SECONDS = 15
"""Postgres ends what holds locks and does nothing: a gateway that was stopped in the middle."""
CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
"""After which a connection counts as lost over which nothing comes, not even the refusal of a slow statement."""
GOODBYE_SECONDS = 3.0
"""For all connections together, when the store closes."""
ATTEMPTS = 3
PAUSE_SECONDS = 0.05
"""Before the second attempt, doubled before each further one; the pauses are random up to that."""
_AGAIN = frozenset({"40001", "40P01", "55P03", "23505"})
"""Serialisation failure, deadlock, lock not available; and a row that somebody else wrote first, who is seen next time."""
_NOT_NOW = frozenset({"25P03", "53300"})
"""Broken off for idling, too many connections: another one is better off."""
_PREPARED_BEFORE = AsyncAdapt_asyncpg_dbapi.InvalidCachedStatementError
"""A migration changed what a connection has prepared: it, like each that was open then, is of no more use."""
_NO_SUCH_VALUE = "22"
"""A class of errors: NUL in a text, a number or a text too long for its column. Whoever sent it is not to repeat it."""
_TROUBLE = (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""The last two come unwrapped while a connection is being made."""
log = structlog.get_logger(__name__)


class PostgresStore:
    """`SqlStore` on Postgres. Belongs to the event loop that uses it first."""

    def __init__(self, url: str, site_id: str) -> None:
        self._writers = connect_in_loop(url, CONNECTIONS, WAIT_SECONDS)
        self._readers = connect_in_loop(url, CONNECTIONS, WAIT_SECONDS).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._may_write, self._may_read = asyncio.Semaphore(CONNECTIONS), asyncio.Semaphore(CONNECTIONS)
        self._site_id = site_id
        self.lease_clock: Callable[[], float] | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """See `SqlStore.write`. A caller who goes away does not break the change off."""
        return await asyncio.shield(self._started(self._until_done(self._write, change)))

    async def read(self, query: Callable[[Transaction], T]) -> T:
        return await asyncio.shield(self._started(self._until_done(self._read, query)))

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await asyncio.gather(*self._running, return_exceptions=True)
        with contextlib.suppress(TimeoutError):  # a link that fell silent takes no goodbye
            async with asyncio.timeout(GOODBYE_SECONDS):
                await asyncio.gather(self._writers.dispose(), self._readers.dispose())

    def _started(self, work: Any) -> "asyncio.Task[Any]":
        if self._closed:
            work.close()
            raise StoreUnavailable("The store is closed.")
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _until_done(self, attempt: Callable[[Callable[[Transaction], T]], Any], act: Any) -> T:
        """Attempt it until it is done, cannot be done, or was tried often enough."""
        failed = 0
        for _ in range(ATTEMPTS + CONNECTIONS):
            try:
                return await attempt(act)  # type: ignore[no-any-return]
            except _Unknown as error:
                raise StoreUnavailable(
                    "The database did not say whether it took the change."
                ) from error.cause
            except _TROUBLE as error:
                if _code(error).startswith(_NO_SUCH_VALUE):
                    log.warning("store.refused", error=_code(error))
                    raise BadInput("A character, a number or a text in this cannot be stored.") from error
                if _was_prepared_before(error):  # so may be all others, and none of them more than once
                    continue
                failed += 1
                if failed == ATTEMPTS or not _worth_another(error):
                    log.warning("store.failed", attempts=failed, error=_code(error) or type(error).__name__)
                    raise StoreUnavailable("The database did not answer.") from error
            await asyncio.sleep(random.uniform(0, PAUSE_SECONDS * 2 ** (failed - 1)))  # noqa: S311 - a pause
        raise StoreUnavailable("The database did not answer.")  # it changes faster than we connect

    async def _write(self, change: Callable[[Transaction], T]) -> T:
        async with _in_turn(self._writers, self._may_write) as connection:
            transaction = await connection.begin()
            result = await self._run(connection, change, writes=True)
            try:
                await transaction.commit()
            except _TROUBLE as error:
                await connection.invalidate()
                if _code(error) in _AGAIN:
                    raise
                raise _Unknown(error) from error
            return result

    async def _read(self, query: Callable[[Transaction], T]) -> T:
        async with _in_turn(self._readers, self._may_read) as connection, connection.begin():
            return await self._run(connection, query, writes=False)

    async def _run(self, connection: AsyncConnection, act: Callable[[Transaction], T], *, writes: bool) -> T:
        try:
            return await connection.run_sync(
                lambda sync: act(
                    SqlTransaction(sync, self._site_id, writes=writes, lease_clock=self.lease_clock)
                )
            )
        except OSError:
            # a time-out among them: nothing came back: what else is on this connection cannot be told
            await connection.invalidate()
            raise
        except DBAPIError as error:
            if _was_prepared_before(error):
                await connection.invalidate()
            raise


def connect_in_loop(url: str, connections: int, wait_seconds: float) -> AsyncEngine:
    """An engine for an event loop on Postgres, with at most so many connections; more callers wait for that long."""
    settings = {
        "application_name": "frontdesk",
        "statement_timeout": f"{engines.STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
        "synchronous_commit": "on",
    }
    return create_async_engine(
        database_of(url).set(drivername="postgresql+asyncpg"),
        pool_size=connections, max_overflow=0, pool_timeout=wait_seconds, pool_use_lifo=True,
        connect_args={
            "timeout": CONNECT_SECONDS, "command_timeout": ANSWER_SECONDS, "server_settings": settings,
            "prepared_statement_cache_size": 500,
        },
    )  # fmt: skip


@contextlib.asynccontextmanager
async def _in_turn(engine: AsyncEngine, free: asyncio.Semaphore) -> AsyncIterator[AsyncConnection]:
    """A connection, first come first served: the pool alone gives it to whoever asks again the soonest."""
    async with asyncio.timeout(WAIT_SECONDS):
        await free.acquire()
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        free.release()


class _Unknown(Exception):
    """COMMIT was sent and not answered."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _code(error: BaseException) -> str:
    """The SQLSTATE, where Postgres itself said it."""
    return getattr(getattr(error, "orig", None) or error, "sqlstate", None) or ""


def _was_prepared_before(error: BaseException) -> bool:
    return isinstance(getattr(error, "orig", None), _PREPARED_BEFORE)


def _worth_another(error: Exception) -> bool:
    """Whether the same may go well on another connection: not after a time-out, which was wait enough."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    code = _code(error)
    if code:  # 08… the connection, 57P0x a shutdown or a restart
        return code in _AGAIN | _NOT_NOW or code.startswith(("08", "57P"))
    return isinstance(error, OSError | asyncpg.InterfaceError) and not isinstance(error, TimeoutError)
