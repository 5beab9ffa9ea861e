"""Keeps articles in SQL: one class, each method one transaction. SQLite and Postgres by URL alone.

What customers see (passages, vectors, the index version) changes only in `publish` and `retire`, each whole or not at
all. This module must not know how passages are cut or ranked.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, Select, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from knowledge_base import tables
from knowledge_base.article import Article, Content, Passage, Revision
from knowledge_base.database import writing
from knowledge_base.errors import NotFound, SlugTaken, StaleDraft, StoreUnavailable
from knowledge_base.ports import Publication
from knowledge_base.ranking import Vector

BATCH = 500
"""Ids in one IN list: well under every database's limit of parameters."""

_article, _revision, _passage, _vector, _index = (
    tables.article,
    tables.revision,
    tables.passage,
    tables.vector,
    tables.index_state,
)


class SqlArticleStore:
    def __init__(self, site_id: str, engine: Engine) -> None:
        """`engine` must have been migrated."""
        self._site = site_id
        self._reading = engine
        self._writing = writing(engine)

    def create(self, slug: str, content: Content, by: str, at: datetime) -> Article:
        article_id = uuid.uuid4().hex
        with self._write() as sql:
            self._refuse_taken(sql, slug, article_id)
            values = {"slug": slug, "latest_revision": 1, "retired": False}
            sql.execute(insert(_article).values(site_id=self._site, id=article_id, **values))
            self._add_revision(sql, article_id, 1, content, by, at)
            return self._one(sql, _article.c.id == article_id)

    def save_draft(
        self, article_id: str, base_revision: int, slug: str, content: Content, by: str, at: datetime
    ) -> Article:
        with self._write() as sql:
            before = self._one(sql, _article.c.id == article_id)
            self._refuse_taken(sql, slug, article_id)
            self._move(sql, before, base_revision, latest_revision=base_revision + 1, slug=slug)
            self._add_revision(sql, article_id, base_revision + 1, content, by, at)
            return self._one(sql, _article.c.id == article_id)

    def article(self, article_id: str) -> Article:
        with self._read() as sql:
            return self._one(sql, _article.c.id == article_id)

    def article_at(self, slug: str) -> Article:
        with self._read() as sql:
            return self._one(sql, _article.c.slug == slug)

    def articles(self) -> list[Article]:
        with self._read() as sql:
            found = self._found(sql, _article.c.site_id == self._site)
        return sorted(found, key=lambda article: (article.latest.saved_at, article.slug), reverse=True)

    def revisions(self, article_id: str) -> list[Revision]:
        with self._read() as sql:
            self._one(sql, _article.c.id == article_id)
            rows = sql.execute(self._of(_revision, article_id).order_by(_revision.c.number.desc()))
            return [_revision_from(row) for row in rows]

    def publish(
        self,
        article_id: str,
        number: int,
        passages: Sequence[Passage],
        encoder: str,
        vectors: Mapping[str, Vector],
    ) -> int:
        with self._write() as sql:
            before = self._one(sql, _article.c.id == article_id)
            now = datetime.now(UTC)
            self._move(sql, before, number, published_revision=number, answering_since=now, retired=False)
            self._forget_passages(sql, article_id)
            rows = [
                {
                    "site_id": self._site,
                    "article_id": article_id,
                    "ordinal": ordinal,
                    "id": passage.id,
                    "path": json.dumps(passage.path),
                    "fragment": passage.fragment,
                    "text": passage.text,
                    "html": passage.html,
                }
                for ordinal, passage in enumerate(passages)
            ]
            if rows:
                sql.execute(insert(_passage), rows)
            self._put_vectors(sql, article_id, encoder, vectors)
            return self._next_version(sql)

    def retire(self, article_id: str) -> int:
        with self._write() as sql:
            before = self._one(sql, _article.c.id == article_id)
            number = before.latest.number
            self._move(sql, before, number, published_revision=None, answering_since=None, retired=True)
            self._forget_passages(sql, article_id)
            return self._next_version(sql)

    def index_version(self) -> int:
        with self._read() as sql:
            query = select(_index.c.version).where(_index.c.site_id == self._site)
            return sql.execute(query).scalar_one_or_none() or 0

    def live_stamps(self) -> dict[str, str]:
        columns = (_article.c.id, _article.c.published_revision, _article.c.answering_since)
        live = and_(_article.c.site_id == self._site, _article.c.published_revision.is_not(None))
        with self._read() as sql:
            rows = sql.execute(select(*columns).where(live))
            return {row.id: f"{row.published_revision}@{row.answering_since.isoformat()}" for row in rows}

    def publications(self, article_ids: Iterable[str], encoder: str) -> list[Publication]:
        wanted = list(article_ids)
        found: list[Publication] = []
        with self._read() as sql:
            for start in range(0, len(wanted), BATCH):
                found += self._publications(sql, wanted[start : start + BATCH], encoder)
        return found

    def add_vectors(self, article_id: str, encoder: str, vectors: Mapping[str, Vector]) -> None:
        with self._write() as sql:
            if self._one(sql, _article.c.id == article_id).published is None:
                return  # retired while its vectors were made
            mine = and_(_vector.c.site_id == self._site, _vector.c.article_id == article_id)
            stale = or_(_vector.c.encoder != encoder, _vector.c.text_sha256.in_(list(vectors)))
            sql.execute(delete(_vector).where(mine, stale))
            self._put_vectors(sql, article_id, encoder, vectors)

    def calibration(self) -> str | None:
        with self._read() as sql:
            query = select(_index.c.calibration).where(_index.c.site_id == self._site)
            return sql.execute(query).scalar_one_or_none()

    def save_calibration(self, calibration: str) -> int:
        with self._write() as sql:
            version = self._next_version(sql)
            sql.execute(update(_index).where(_index.c.site_id == self._site).values(calibration=calibration))
            return version

    def close(self) -> None:
        """Closes every connection; may be called twice."""
        self._reading.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with self._reading.begin() as sql:
                yield sql
        except OperationalError as exc:
            raise StoreUnavailable("The knowledge base's database does not answer.") from exc

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        try:
            with self._writing.begin() as sql:
                yield sql
        except OperationalError as exc:
            raise StoreUnavailable("The knowledge base's database does not answer.") from exc
        except IntegrityError as exc:  # two editors took one address, or saved one draft, at the same moment
            raise StaleDraft(
                "Somebody else changed this article at the same moment; please look at it again."
            ) from exc

    def _one(self, sql: Connection, which: Any) -> Article:
        found = self._found(sql, and_(_article.c.site_id == self._site, which))
        if not found:
            raise NotFound("There is no such article.")
        return found[0]

    def _found(self, sql: Connection, which: Any) -> list[Article]:
        """Articles with the two revisions that matter: the latest and the published one."""
        shown = or_(
            _revision.c.number == _article.c.latest_revision,
            _revision.c.number == _article.c.published_revision,
        )
        same = and_(_revision.c.site_id == _article.c.site_id, _revision.c.article_id == _article.c.id)
        shape = (_article.c.published_revision, _article.c.latest_revision, _article.c.answering_since)
        query = (
            select(_revision, _article.c.slug, _article.c.retired)
            .add_columns(*shape)
            .join_from(_article, _revision, and_(same, shown))
            .where(which)
            .order_by(_article.c.id)
        )
        rows = sql.execute(query).all()
        return [_article_from(list(group)) for _, group in groupby(rows, key=lambda row: row.article_id)]

    def _refuse_taken(self, sql: Connection, slug: str, article_id: str) -> None:
        others = and_(_article.c.site_id == self._site, _article.c.slug == slug, _article.c.id != article_id)
        if sql.execute(select(_article.c.id).where(others)).first():
            raise SlugTaken(f"Another article already has the address {slug!r}.")

    def _move(self, sql: Connection, before: Article, number: int, **values: Any) -> None:
        """Changes the article's row, provided that `number` is still its latest revision."""
        still = and_(
            _article.c.site_id == self._site, _article.c.id == before.id, _article.c.latest_revision == number
        )
        if sql.execute(update(_article).where(still).values(**values)).rowcount != 1:
            raise StaleDraft(
                f"{before.latest.saved_by} saved revision {before.latest.number} in the meantime; please look at it first."
            )

    def _add_revision(
        self, sql: Connection, article_id: str, number: int, content: Content, by: str, at: datetime
    ) -> None:
        row = {
            "site_id": self._site,
            "article_id": article_id,
            "number": number,
            "title": content.title,
            "summary": content.summary,
            "category": content.category,
            "questions": json.dumps(content.questions),
            "body": content.body,
            "always_person": content.always_person,
            "saved_at": at,
            "saved_by": by,
        }
        sql.execute(insert(_revision).values(row))

    def _of(self, table: Any, article_id: str) -> Select[Any]:
        return select(table).where(table.c.site_id == self._site, table.c.article_id == article_id)

    def _forget_passages(self, sql: Connection, article_id: str) -> None:
        for table in (_passage, _vector):
            sql.execute(delete(table).where(table.c.site_id == self._site, table.c.article_id == article_id))

    def _put_vectors(
        self, sql: Connection, article_id: str, encoder: str, vectors: Mapping[str, Vector]
    ) -> None:
        key = {"site_id": self._site, "article_id": article_id, "encoder": encoder}
        rows = [
            {**key, "text_sha256": text, "vector": vector.astype("<f4").tobytes()}
            for text, vector in vectors.items()
        ]
        if rows:
            sql.execute(insert(_vector), rows)

    def _next_version(self, sql: Connection) -> int:
        mine = _index.c.site_id == self._site
        raised = update(_index).where(mine).values(version=_index.c.version + 1).returning(_index.c.version)
        version = sql.execute(raised).scalar_one_or_none()
        if version is None:
            version = 1
            sql.execute(insert(_index).values(site_id=self._site, version=version))
        return version

    def _publications(self, sql: Connection, ids: list[str], encoder: str) -> list[Publication]:
        passages: dict[str, list[Passage]] = {article_id: [] for article_id in ids}
        vectors: dict[str, dict[str, Vector]] = {article_id: {} for article_id in ids}
        of_these = and_(_passage.c.site_id == self._site, _passage.c.article_id.in_(ids))
        for row in sql.execute(
            select(_passage).where(of_these).order_by(_passage.c.article_id, _passage.c.ordinal)
        ):
            path = tuple(json.loads(row.path))
            passages[row.article_id].append(Passage(row.id, path, row.fragment, row.text, row.html))
        of_these = and_(
            _vector.c.site_id == self._site, _vector.c.article_id.in_(ids), _vector.c.encoder == encoder
        )
        for row in sql.execute(select(_vector).where(of_these)):
            vectors[row.article_id][row.text_sha256] = np.frombuffer(row.vector, dtype="<f4")
        return [
            Publication(article, article.published.content, tuple(passages[article.id]), vectors[article.id])
            for article in self._found(sql, and_(_article.c.site_id == self._site, _article.c.id.in_(ids)))
            if article.published
        ]


def _revision_from(row: Row[Any]) -> Revision:
    questions = tuple(json.loads(row.questions))
    content = Content(row.title, row.body, row.summary, row.category, questions, row.always_person)
    return Revision(row.number, content, row.saved_at, row.saved_by)


def _article_from(rows: list[Row[Any]]) -> Article:
    by_number = {row.number: _revision_from(row) for row in rows}
    row = rows[0]
    published = None if row.published_revision is None else by_number[row.published_revision]
    latest = by_number[row.latest_revision]
    return Article(row.article_id, row.slug, latest, published, row.answering_since, row.retired)
