"""The ways in which rows are read and written inside one transaction, and the site that they belong to."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Executable,
    Float,
    RowMapping,
    Select,
    Table,
    bindparam,
    cast,
    extract,
    func,
    select,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite

Row = RowMapping
T = TypeVar("T")
ROWS_AT_ONCE = 500
"""In one INSERT: databases bound how many values a statement may have."""


class Rows:
    """What every part of `handoff.adapters.transaction_sql.SqlTransaction` works with.

    `writes`: what is read here may be changed next, so rows that a decision rests on are locked where the database
    knows such locks. `lease_clock`: seconds; None asks the database.
    """

    def __init__(
        self,
        connection: Connection,
        site_id: str,
        *,
        writes: bool = False,
        lease_clock: Callable[[], float] | None = None,
    ) -> None:
        self._connection = connection
        self.site_id = site_id
        self.writes = writes
        self.lease_clock = lease_clock
        self._locked: set[str] = set()

    def apart(self, work: Callable[[], T]) -> T:
        """In a savepoint: Postgres takes nothing more in a transaction in which a statement failed."""
        with self._connection.begin_nested():
            return work()

    def clock(self) -> float:
        """Seconds of the lease clock. Postgres has one for all; on SQLite it is the machine's monotonic clock."""
        if self.lease_clock is not None:
            return self.lease_clock()
        now = cast(extract("epoch", func.clock_timestamp()), Float)
        return float(self._connection.execute(select(now)).scalar_one())

    def _locks(self, conversation_id: str) -> bool:
        """Whether this conversation is to be locked now: when a transaction that writes first looks at it.

        SQLite has one writer at a time, and no locks of rows.
        """
        if not self.writes or conversation_id in self._locked or self._connection.dialect.name == "sqlite":
            return False
        self._locked.add(conversation_id)
        return True

    def _of(self, table: Table) -> Select[Any]:
        """All rows of this site."""
        return select(table).where(table.c.site_id == self.site_id)

    def _find(self, table: Table, *, lock: bool = False, **keys: Any) -> Row | None:
        """The row of this site with these values, by a statement that was built before: for what every message reads."""
        statement = _by(table, tuple(keys), lock)
        return self._connection.execute(statement, {"site": self.site_id, **keys}).mappings().first()

    def _run(self, statement: Executable) -> int:
        """Execute; the number of rows it touched."""
        return int(self._connection.execute(statement).rowcount)

    def _one(self, statement: Executable) -> Row | None:
        return self._connection.execute(statement).mappings().first()

    def _all(self, statement: Executable) -> Sequence[Row]:
        return self._connection.execute(statement).mappings().all()

    def _upsert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of this site; where one with the same primary key is, it takes the new values."""
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            new = insert(table).values([{"site_id": self.site_id, **row} for row in some])
            key = list(table.primary_key.columns)
            taken = {name: new.excluded[name] for name in some[0] if name not in table.primary_key.columns}
            self._run(new.on_conflict_do_update(index_elements=key, set_=taken))


@cache
def _by(table: Table, names: tuple[str, ...], lock: bool) -> Select[Any]:
    """Building a statement takes three times as long as running it."""
    same = (table.c[name] == bindparam(name) for name in names)
    found = select(table).where(table.c.site_id == bindparam("site"), *same)
    return found.with_for_update(key_share=True) if lock else found
