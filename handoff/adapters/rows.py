"""The ways in which rows are read and written inside one transaction, and the site that they belong to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, Select, Table, select

Row = RowMapping


class Rows:
    """What every part of `handoff.adapters.transaction_sql.SqlTransaction` works with."""

    def __init__(self, connection: Connection, site_id: str) -> None:
        self._connection = connection
        self.site_id = site_id

    def _of(self, table: Table) -> Select[Any]:
        """All rows of this site."""
        return select(table).where(table.c.site_id == self.site_id)

    def _run(self, statement: Executable) -> int:
        """Execute; the number of rows it touched."""
        return int(self._connection.execute(statement).rowcount)

    def _one(self, statement: Executable) -> Row | None:
        return self._connection.execute(statement).mappings().first()

    def _all(self, statement: Executable) -> Sequence[Row]:
        return self._connection.execute(statement).mappings().all()
