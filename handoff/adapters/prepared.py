"""Statements that every message runs: compiled once, and from then on handed to the driver directly.

SQLAlchemy spends several times as long on a statement as the database does, nearly all of it on what is the same each
time. Values and rows still pass through its types, and errors come as it words them. It must not know what is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]
Process = Callable[[Any], Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update


@dataclass(frozen=True, slots=True)
class Answer:
    rows: Sequence[Row]
    count: int
    """Rows that were found or touched."""

    def first(self) -> Row | None:
        return self.rows[0] if self.rows else None

    def value(self) -> Any:
        """The first column of the first row; None without one."""
        return next(iter(self.rows[0].values())) if self.rows else None


@dataclass(slots=True)
class _Plan:
    """A statement as one driver takes it."""

    sql: str
    given: Sequence[tuple[str, Process | None]]
    fixed: Mapping[str, Any]
    """Values that belong to the statement itself."""
    columns: Sequence[tuple[str, Any]]
    """Names and types of what comes back."""
    read: Sequence[tuple[str, Process]] | None = None
    """Columns that are not what the driver makes of them; known after the first answer."""


class Prepared:
    """One statement, with a `bindparam` for each value that changes. Lists of any length are not for it."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Answer:
        """Raises what SQLAlchemy raises: DBAPIError and its kinds, StatementError for a value of the wrong kind."""
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _planned(self._statement, dialect)
        return _ran(connection, plan, _given(plan, values, dialect))


def say(connection: Connection, sql: str) -> None:
    """Something without values or rows, such as SAVEPOINT."""
    _ran(connection, _Plan(sql, (), {}, ()), ())


def _planned(statement: Statement, dialect: Dialect) -> _Plan:
    compiled = statement.compile(dialect=dialect)
    order = compiled.positiontup or ()
    asked = {name for name, bind in compiled.binds.items() if bind.required}
    return _Plan(
        sql=str(compiled),
        given=[
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order
        ],
        fixed={name: value for name, value in compiled.params.items() if name not in asked},
        columns=[(str(column.key), column.type) for column in statement.exported_columns],
    )


def _given(plan: _Plan, values: Mapping[str, Any], dialect: Dialect) -> tuple[Any, ...]:
    values = {**plan.fixed, **values} if plan.fixed else values
    try:
        return tuple([process(values[name]) if process else values[name] for name, process in plan.given])
    except (ValueError, TypeError) as error:
        raise DBAPIError.instance(plan.sql, dict(values), error, dialect.loaded_dbapi.Error) from error


def _ran(connection: Connection, plan: _Plan, given: tuple[Any, ...]) -> Answer:
    cursor = connection.connection.cursor()
    try:
        found = _driven(cursor, plan, given)
        described, count = cursor.description, cursor.rowcount
        cursor.close()
    except BaseException as error:
        if isinstance(error, connection.dialect.loaded_dbapi.Error) or not isinstance(error, Exception):
            # a lost connection among them, which has to be told to the pool
            connection._handle_dbapi_exception(error, plan.sql, given, cursor, None)
        raise
    if not plan.columns:
        return Answer((), count)
    read = plan.read
    if read is None:
        read = plan.read = _readers(plan, described, connection.dialect)
    names = [name for name, _ in plan.columns]
    rows = [dict(zip(names, values, strict=True)) for values in found]
    for row in rows:
        for name, process in read:
            row[name] = process(row[name])
    return Answer(rows, len(rows))


def _driven(cursor: DBAPICursor, plan: _Plan, given: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    cursor.execute(plan.sql, given)
    return cursor.fetchall() if plan.columns else ()


def _readers(plan: _Plan, described: Sequence[Any], dialect: Dialect) -> list[tuple[str, Process]]:
    kinds = zip(plan.columns, described, strict=True)
    found = [
        (name, type_.dialect_impl(dialect).result_processor(dialect, kind[1]))
        for (name, type_), kind in kinds
    ]
    return [(name, process) for name, process in found if process is not None]
