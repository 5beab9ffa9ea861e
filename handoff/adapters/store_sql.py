"""The store in SQL: SQLite in one file, or Postgres, by its address alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from handoff.adapters.engines import is_postgres
from handoff.adapters.store_sqlite import SqliteStore
from handoff.ports import Transaction

if TYPE_CHECKING:
    from handoff.adapters.store_postgres import PostgresStore

T = TypeVar("T")


class SqlStore:
    """Implements `handoff.ports.Store`. `close` is idempotent; later calls raise StoreUnavailable.

    ValueError for a database that is neither SQLite nor Postgres.
    """

    def __init__(self, url: str, site_id: str = "default") -> None:
        make = _on_postgres if is_postgres(url) else SqliteStore
        self.database: SqliteStore | PostgresStore = make(url, site_id)

    @property
    def lease_clock(self) -> Callable[[], float] | None:
        """What leases are measured by, in seconds; None: the database's own clock. Tests set theirs."""
        return self.database.lease_clock

    @lease_clock.setter
    def lease_clock(self, clock: Callable[[], float]) -> None:
        self.database.lease_clock = clock

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """Run `change` in one transaction; return its result after COMMIT. Its own errors pass through.

        It may be run again when the database asks for that, so it must do nothing outside the transaction.
        """
        return await self.database.write(change)

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run `query` on one consistent snapshot."""
        return await self.database.read(query)

    async def close(self) -> None:
        await self.database.close()


def _on_postgres(url: str, site_id: str) -> "PostgresStore":
    """Imported only here: the driver and what it needs take half a second, which SQLite need not wait for."""
    from handoff.adapters.store_postgres import PostgresStore

    return PostgresStore(url, site_id)
