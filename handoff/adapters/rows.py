"""The ways in which rows are read and written inside one transaction, and the site that they belong to."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Executable,
    Float,
    Select,
    Table,
    bindparam,
    cast,
    extract,
    func,
    insert,
    select,
    update,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite

from handoff.adapters.prepared import Answer, Prepared, Row
from handoff.records import ConversationRecord

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
        self._sqlite = connection.dialect.name == "sqlite"
        self._locked: set[str] = set()
        self._conversations: dict[str, ConversationRecord] = {}
        """Those read in this transaction, as they are now: whatever writes one changes it here too, or drops it."""

    def apart(self, work: Callable[[], T]) -> T:
        """In a savepoint: Postgres takes nothing more in a transaction in which a statement failed."""
        locked = set(self._locked)
        try:
            with self._connection.begin_nested():
                return work()
        except BaseException:
            self._conversations.clear()
            self._locked = locked
            raise

    def clock(self) -> float:
        """Seconds of the lease clock. Postgres has one for all; on SQLite it is the machine's monotonic clock."""
        if self.lease_clock is not None:
            return self.lease_clock()
        return float(self._ask(_CLOCK).value())

    def _locks(self, conversation_id: str) -> bool:
        """Whether this conversation is to be locked now: when a transaction that writes first looks at it.

        SQLite has one writer at a time, and no locks of rows.
        """
        if not self.writes or conversation_id in self._locked or self._sqlite:
            return False
        self._locked.add(conversation_id)
        return True

    def _of(self, table: Table) -> Select[Any]:
        """All rows of this site."""
        return select(table).where(table.c.site_id == self.site_id)

    def _find(self, table: Table, *, lock: bool = False, **keys: Any) -> Row | None:
        """The row of this site with these values."""
        return self._ask(_by(table, tuple(keys), lock), **keys).first()

    def _add(self, table: Table, **values: Any) -> int:
        """Insert a row of this site."""
        return self._ask(_new(table, tuple(values)), site_id=self.site_id, **values).count

    def _change(self, table: Table, keys: Mapping[str, Any], **values: Any) -> int:
        """Give the row of this site with these keys other values; how many were found."""
        its = {f"its_{name}": value for name, value in keys.items()}
        return self._ask(_changed(table, tuple(keys), tuple(values)), **its, **values).count

    def _ask(self, statement: Prepared, **values: Any) -> Answer:
        """A statement that was built before; its bindparam "site" is this site."""
        return statement.run(self._connection, values | {"site": self.site_id})

    def _run(self, statement: Executable) -> int:
        """Execute; the number of rows it touched."""
        return int(self._connection.execute(statement).rowcount)

    def _one(self, statement: Executable) -> Row | None:
        found = self._all(statement)
        return found[0] if found else None

    def _all(self, statement: Executable, **values: Any) -> Sequence[Row]:
        """For what is seldom asked, or asks for a list of any length."""
        return [dict(row) for row in self._connection.execute(statement, values).mappings()]

    def _upsert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of this site; where one with the same primary key is, it takes the new values."""
        insert = sqlite.insert if self._sqlite else postgresql.insert
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            new = insert(table).values([{"site_id": self.site_id, **row} for row in some])
            key = list(table.primary_key.columns)
            taken = {name: new.excluded[name] for name in some[0] if name not in table.primary_key.columns}
            self._run(new.on_conflict_do_update(index_elements=key, set_=taken))


NOW = cast(extract("epoch", func.clock_timestamp()), Float)
"""The lease clock of Postgres, within a statement."""
_CLOCK = Prepared(select(NOW.label("now")))

# Building a statement takes three times as long as running it.


@cache
def _by(table: Table, names: tuple[str, ...], lock: bool) -> Prepared:
    same = (table.c[name] == bindparam(name) for name in names)
    found = select(table).where(table.c.site_id == bindparam("site"), *same)
    return Prepared(found.with_for_update(key_share=True) if lock else found)


@cache
def _new(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).values({name: bindparam(name) for name in ("site_id", *names)}))


@cache
def _changed(table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Prepared:
    same = (table.c[key] == bindparam(f"its_{key}") for key in keys)
    found = update(table).where(table.c.site_id == bindparam("site"), *same)
    return Prepared(found.values({name: bindparam(name) for name in names}))
