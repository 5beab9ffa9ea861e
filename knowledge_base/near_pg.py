"""The vectors of live articles in Postgres, searched by its extension pgvector: implements `ports.NearTexts`.

A copy for searching, not the truth: `store` keeps every vector as it was made. The tables are made here and not by a
migration, because Postgres without pgvector must go on serving small libraries. Half precision, inner product, one HNSW
graph for each part that is searched.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Index,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
)  # fmt: skip
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.types import UserDefinedType

from knowledge_base.errors import StoreUnavailable
from knowledge_base.ports import Part
from knowledge_base.ranking import Vector

PARTS: dict[Part, int] = {"passage": 1, "place": 2, "statement": 3, "wording": 4}
SEARCHED: tuple[Part, ...] = ("passage", "place", "wording")
"""Statements are compared, never searched for: they need no graph."""
LOOKED_THROUGH = 160
"""Rows that a graph search goes through: more find more of the true nearest, and take longer."""
BUILD_LOCK = 7_320_401
"""Two processes that start together make the tables one after the other."""


class HalfVector(UserDefinedType[str]):
    """pgvector's `halfvec`, written and read in its text form."""

    cache_ok = True

    def __init__(self, dimensions: int | None = None) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        return "halfvec" if self.dimensions is None else f"halfvec({self.dimensions})"


class PgNearTexts:
    def __init__(self, engine: Engine, site_id: str, encoder: str, dimensions: int) -> None:
        """Makes extension, tables and graphs where they are missing. Raises StoreUnavailable."""
        if engine.dialect.name != "postgresql":
            raise StoreUnavailable("Only Postgres has pgvector. Set FRONTDESK_VECTOR_INDEX=exact.")
        self._engine = engine
        self._site = site_id
        self._encoder = encoder
        self._articles, self._texts = _tables(dimensions)
        with self._begin() as sql:
            sql.execute(select(func.pg_advisory_xact_lock(BUILD_LOCK)))
            sql.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            self._texts.metadata.create_all(sql)

    def kept(self) -> dict[str, str]:
        query = select(self._articles.c.article_id, self._articles.c.stamp).where(*self._mine(self._articles))
        with self._begin() as sql:
            return {row.article_id: row.stamp for row in sql.execute(query)}

    def keep(self, article_id: str, stamp: str, vectors: Mapping[Part, Mapping[str, Vector]]) -> None:
        key = {"site_id": self._site, "encoder": self._encoder, "article_id": article_id}
        rows = [
            {**key, "part": PARTS[part], "text_sha256": name, "vector": _literal(vector)}
            for part, named in vectors.items()
            for name, vector in named.items()
        ]
        # the article's row first: of two processes with the same news one waits here, and both write the same
        row = postgresql.insert(self._articles).values(**key, stamp=stamp)
        with self._begin() as sql:
            sql.execute(
                row.on_conflict_do_update(constraint=self._articles.primary_key, set_={"stamp": stamp})
            )
            sql.execute(
                delete(self._texts).where(*self._mine(self._texts), self._texts.c.article_id == article_id)
            )
            if rows:
                sql.execute(insert(self._texts), rows)

    def forget(self, article_ids: Sequence[str]) -> None:
        with self._begin() as sql:
            for table in (self._texts, self._articles):
                sql.execute(delete(table).where(*self._mine(table), table.c.article_id.in_(article_ids)))

    def nearest(self, part: Part, vector: Vector, most: int) -> dict[str, float]:
        far = self._distance(vector)
        # the number stands in the statement, not beside it: only so does Postgres see which graph is for it
        this = self._texts.c.part == bindparam("part", PARTS[part], literal_execute=True)
        query = select(self._texts.c.text_sha256, (-far).label("cosine")).where(
            *self._mine(self._texts), this
        )
        with self._begin() as sql:
            sql.execute(
                select(
                    func.set_config("hnsw.ef_search", str(max(LOOKED_THROUGH, most)), True),
                    func.set_config(
                        "enable_sort", "off", True
                    ),  # by the graph, also before Postgres knows the table
                )
            )
            return {row.text_sha256: row.cosine for row in sql.execute(query.order_by(far).limit(most))}

    def cosines(self, vector: Vector, keys: Sequence[str]) -> dict[str, float]:
        if not keys:
            return {}
        c = self._texts.c
        query = select(c.text_sha256, (-self._distance(vector)).label("cosine"))
        with self._begin() as sql:
            rows = sql.execute(
                query.where(*self._mine(self._texts), c.text_sha256 == func.any(_listed(keys)))
            )
            return {row.text_sha256: row.cosine for row in rows}

    def vectors(self, keys: Sequence[str]) -> dict[str, Vector]:
        c = self._texts.c
        query = select(c.text_sha256, cast(c.vector, Text).label("vector"))
        with self._begin() as sql:
            rows = sql.execute(
                query.where(*self._mine(self._texts), c.text_sha256 == func.any(_listed(keys)))
            )
            return {row.text_sha256: np.array(row.vector[1:-1].split(","), dtype=np.float32) for row in rows}

    def close(self) -> None:
        """Closes every connection; may be called twice."""
        self._engine.dispose()

    def _mine(self, table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return table.c.site_id == self._site, table.c.encoder == self._encoder

    def _distance(self, vector: Vector) -> ColumnElement[float]:
        """The negative inner product with every row's vector: of unit vectors, the negative cosine."""
        far: ColumnElement[float] = self._texts.c.vector.op("<#>", return_type=Float())(
            cast(_literal(vector), HalfVector())
        )
        return far

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as sql:
                yield sql
        except DBAPIError as error:
            missing = "extension" in str(error.orig)
            raise StoreUnavailable(
                "This Postgres has no pgvector. Install it, or set FRONTDESK_VECTOR_INDEX=exact."
                if missing
                else "The vectors cannot be reached right now."
            ) from error
        except SQLAlchemyError as error:
            raise StoreUnavailable("The vectors cannot be reached right now.") from error


def _tables(dimensions: int) -> tuple[Table, Table]:
    """The articles whose vectors are here, and the vectors."""
    metadata = MetaData()

    def key() -> list[Column[str]]:
        sizes = {"site_id": 60, "encoder": 64, "article_id": 40}
        return [Column(name, String(size), primary_key=True) for name, size in sizes.items()]

    articles = Table("knowledge_near_article", metadata, *key(), Column("stamp", String(80), nullable=False))
    texts = Table(
        "knowledge_near",
        metadata,
        Column("text_sha256", String(64), primary_key=True),  # first: that is what rows are looked up by
        *key(),
        Column("part", SmallInteger, primary_key=True, autoincrement=False),
        Column("vector", HalfVector(dimensions), nullable=False),
    )
    Index("ix_knowledge_near_article", texts.c.article_id)
    for part in SEARCHED:
        Index(
            f"ix_knowledge_near_{part}", texts.c.vector, postgresql_using="hnsw",
            postgresql_ops={"vector": "halfvec_ip_ops"}, postgresql_where=texts.c.part == PARTS[part],
        )  # fmt: skip
    return articles, texts


def _listed(keys: Sequence[str]) -> ColumnElement[Any]:
    return cast(list(keys), postgresql.ARRAY(Text))


def _literal(vector: Vector) -> str:
    return "[" + ",".join(f"{number:.5f}" for number in vector.tolist()) + "]"
