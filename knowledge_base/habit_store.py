"""Keeps the counts of what helped on which page in SQL: sums only, faded whenever they are added to.

This module must not know what the counts are for.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from knowledge_base import tables
from knowledge_base.database import writing
from knowledge_base.errors import StoreUnavailable
from knowledge_base.habits import SITE, Counts

MOST_PAGES = 2_000
"""Kinds of pages counted apart; what happens on others counts for the site alone. Paths come from strangers."""
FORGOTTEN = 0.05
"""Counts that have faded to this are removed."""

_habit, _article = tables.habit, tables.article


class SqlHabitStore:
    def __init__(self, site_id: str, engine: Engine) -> None:
        """`engine` must have been migrated."""
        self._site = site_id
        self._reading = engine
        self._writing = writing(engine)

    def add(self, counted: Mapping[tuple[str, str], Counts], at: datetime) -> None:
        """Adds counts by (page key, slug) in one transaction; unknown slugs are left out."""
        try:
            with self._writing.begin() as sql:
                ids = self._ids(sql, {slug for _, slug in counted})
                pages = self._pages(sql, {page for page, _ in counted})
                rows = {
                    (page, ids[slug]): counts
                    for (page, slug), counts in sorted(counted.items())
                    if slug in ids and page in pages
                }
                for (page, article_id), counts in rows.items():
                    self._add(sql, page, article_id, counts, at)
        except (OperationalError, IntegrityError) as exc:
            raise StoreUnavailable("The counts of what helped could not be written.") from exc

    def all(self, at: datetime) -> dict[str, dict[str, Counts]]:
        """Counts by page key and article id, faded to `at`."""
        found: dict[str, dict[str, Counts]] = {}
        try:
            with self._reading.begin() as sql:
                for row in sql.execute(select(_habit).where(_habit.c.site_id == self._site)):
                    found.setdefault(row.page, {})[row.article_id] = _counts(row, at)
        except OperationalError as exc:
            raise StoreUnavailable("The counts of what helped cannot be read.") from exc
        return found

    def tidy(self, at: datetime) -> None:
        """Removes what has faded away, so that old pages make room for new ones."""
        with self._writing.begin() as sql:
            for row in sql.execute(select(_habit).where(_habit.c.site_id == self._site)).all():
                if _counts(row, at).trials < FORGOTTEN:
                    sql.execute(delete(_habit).where(self._is(row.page, row.article_id)))

    def _ids(self, sql: Connection, slugs: set[str]) -> dict[str, str]:
        which = and_(_article.c.site_id == self._site, _article.c.slug.in_(slugs))
        return {row.slug: row.id for row in sql.execute(select(_article.c.slug, _article.c.id).where(which))}

    def _pages(self, sql: Connection, wanted: set[str]) -> set[str]:
        """Those that are counted already, the site, and as many new ones as there is room for."""
        mine = _habit.c.site_id == self._site
        known = set(
            sql.execute(select(_habit.c.page).where(mine, _habit.c.page.in_(wanted)).distinct()).scalars()
        )
        count = sql.execute(select(func.count(_habit.c.page.distinct())).where(mine)).scalar_one()
        new = sorted(wanted - known - {SITE})
        return {SITE, *known, *new[: max(MOST_PAGES - count, 0)]}

    def _add(self, sql: Connection, page: str, article_id: str, counts: Counts, at: datetime) -> None:
        which = self._is(page, article_id)
        before = sql.execute(select(_habit).where(which).with_for_update()).one_or_none()
        if before is None:
            key = {"site_id": self._site, "page": page, "article_id": article_id}
            sql.execute(insert(_habit).values(**key, **_values(counts), at=at))
            return
        total = _counts(before, at) + counts
        sql.execute(update(_habit).where(which).values(**_values(total), at=max(at, before.at)))

    def _is(self, page: str, article_id: str) -> ColumnElement[bool]:
        return and_(_habit.c.site_id == self._site, _habit.c.page == page, _habit.c.article_id == article_id)


def _counts(row: object, at: datetime) -> Counts:
    counts = Counts(row.shown, row.opened, row.helped, row.dismissed)  # type: ignore[attr-defined]  # a row of the table
    return counts.faded((at - row.at).total_seconds())  # type: ignore[attr-defined]


def _values(counts: Counts) -> dict[str, float]:
    return {
        "shown": counts.shown,
        "opened": counts.opened,
        "helped": counts.helped,
        "dismissed": counts.dismissed,
    }
