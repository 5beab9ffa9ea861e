"""Keeps what was answered in SQL, away from answering: a bounded queue and one thread that writes.

A full queue or a database that is away costs the log some lines, never a customer an answer. What waits in the queue is
lost when the process dies: at most a second's worth. Questions are masked before they are stored. This module must not
know what the features mean.
"""

import json
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, exists, func, insert, or_, select
from sqlalchemy.exc import OperationalError

from knowledge_base import tables
from knowledge_base.database import writing
from knowledge_base.errors import NotFound, StoreUnavailable
from knowledge_base.ports import Judgement, LoggedAnswer

WAITING = 1000
"""Answers that may wait to be written; more are dropped."""
BATCH = 100
PAGE = 500
"""Answers read at once; a log of months must not be in memory whole."""
BATCH_SECONDS = 0.5
"""How long the thread gathers answers for one transaction."""
FLUSH_SECONDS = 3.0
TIDY_SECONDS = 3600.0

log = logging.getLogger(__name__)
_answer, _judgement, _fit = tables.answer, tables.judgement, tables.fit
_SAME = and_(_judgement.c.site_id == _answer.c.site_id, _judgement.c.answer_id == _answer.c.id)


class SqlAnswerLog:
    def __init__(
        self, site_id: str, engine: Engine, keep_days: float = 90, mask: Callable[[str], str] = str
    ) -> None:
        """`engine` must have been migrated. With `keep_days` 0 no answer is kept.

        What is too old goes now and once an hour, whether anybody asks anything or not.
        """
        self._site = site_id
        self._reading = engine
        self._writing = writing(engine)
        self._keep = timedelta(days=keep_days)
        self._mask = mask
        self._waiting: queue.Queue[LoggedAnswer | None] = queue.Queue(WAITING)
        self._tidied_at = 0.0
        self._closed = False
        self._tidy()
        self._thread = threading.Thread(target=self._run, name="answer-log", daemon=True)
        self._thread.start()

    def write(self, answer: LoggedAnswer) -> bool:
        if self._closed or not self._keep:
            return False
        try:
            self._waiting.put_nowait(answer)
        except queue.Full:
            log.warning("The answer log is full; an answer is not logged.")
            return False
        return True

    def judge(self, answer_id: str, judgement: Judgement) -> None:
        self.flush()
        mine = and_(_judgement.c.site_id == self._site, _judgement.c.answer_id == answer_id)
        with self._transaction(self._writing) as sql:
            known = and_(_answer.c.site_id == self._site, _answer.c.id == answer_id)
            if not sql.execute(select(_answer.c.id).where(known)).first():
                raise NotFound("There is no such answer in the log.")
            sql.execute(delete(_judgement).where(mine, _judgement.c.by == judgement.by))
            row = {"verdict": judgement.verdict, "by": judgement.by, "at": judgement.at}
            sql.execute(insert(_judgement).values(site_id=self._site, answer_id=answer_id, **row))

    def answers(self, since: datetime, judged_only: bool = False) -> Iterator[LoggedAnswer]:
        self.flush()
        wanted = and_(_answer.c.site_id == self._site, _answer.c.at >= since)
        if judged_only:
            wanted = and_(wanted, exists().where(_SAME))
        page = select(_answer).where(wanted).order_by(_answer.c.at, _answer.c.id).limit(PAGE)
        after = page
        while True:
            with self._transaction(self._reading) as sql:
                rows = sql.execute(after).all()
                said = self._said(sql, [row.id for row in rows])
            yield from (_from(row, tuple(said[row.id])) for row in rows)
            if len(rows) < PAGE:
                return
            last = rows[-1]
            after = page.where(
                or_(_answer.c.at > last.at, and_(_answer.c.at == last.at, _answer.c.id > last.id))
            )

    def judgements(self, since: datetime | None = None) -> int:
        query = select(func.count()).select_from(_judgement).where(_judgement.c.site_id == self._site)
        if since is not None:
            query = query.where(_judgement.c.at > since)
        with self._transaction(self._reading) as sql:
            return int(sql.execute(query).scalar_one())

    def fit(self) -> tuple[datetime, str] | None:
        with self._transaction(self._reading) as sql:
            row = sql.execute(select(_fit).where(_fit.c.site_id == self._site)).first()
        return (row.at, row.fit) if row else None

    def save_fit(self, fit: str, at: datetime) -> None:
        with self._transaction(self._writing) as sql:
            sql.execute(delete(_fit).where(_fit.c.site_id == self._site))
            sql.execute(insert(_fit).values(site_id=self._site, at=at, fit=fit))

    def flush(self) -> None:
        """Waits until what was taken in is written, or FLUSH_SECONDS are over."""
        until = time.monotonic() + FLUSH_SECONDS
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)

    def close(self) -> None:
        if self._closed:
            return
        self.flush()
        self._closed = True
        with suppress(queue.Full):
            self._waiting.put(None, timeout=FLUSH_SECONDS)
        self._thread.join(FLUSH_SECONDS)

    def _said(self, sql: Connection, answer_ids: Sequence[str]) -> defaultdict[str, list[Judgement]]:
        mine = and_(_judgement.c.site_id == self._site, _judgement.c.answer_id.in_(answer_ids))
        said: defaultdict[str, list[Judgement]] = defaultdict(list)
        for row in sql.execute(select(_judgement).where(mine).order_by(_judgement.c.at)):
            said[row.answer_id].append(Judgement(row.verdict, row.by, row.at))
        return said

    def _run(self) -> None:
        while True:
            batch = self._gathered()
            answers = [answer for answer in batch if answer is not None]
            try:
                self._store(answers)
            except Exception:
                # Whatever it was, it must not end the thread: the next batch may fare better.
                log.exception("%d answers could not be logged.", len(answers))
            finally:
                for _ in batch:
                    self._waiting.task_done()
            if len(answers) < len(batch):
                return
            if time.monotonic() - self._tidied_at >= TIDY_SECONDS:
                self._tidy()

    def _gathered(self) -> list[LoggedAnswer | None]:
        """What waits; empty when it is time to tidy."""
        try:
            batch = [self._waiting.get(timeout=max(self._tidied_at + TIDY_SECONDS - time.monotonic(), 0.001))]
        except queue.Empty:
            return []
        until = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH and batch[-1] is not None:
            try:
                batch.append(self._waiting.get(timeout=max(until - time.monotonic(), 0)))
            except queue.Empty:
                break
        return batch

    def _store(self, answers: Sequence[LoggedAnswer]) -> None:
        if not answers:
            return
        rows = [_row(self._site, replace(answer, question=self._mask(answer.question))) for answer in answers]
        with self._transaction(self._writing) as sql:
            sql.execute(insert(_answer), rows)

    def _tidy(self) -> None:
        self._tidied_at = time.monotonic()
        old = and_(_answer.c.site_id == self._site, _answer.c.at < datetime.now(UTC) - self._keep)
        try:
            with self._transaction(self._writing) as sql:
                sql.execute(delete(_answer).where(old))
        except Exception:
            # Nothing else may wait for it, and the next hour tries again.
            log.exception("Answers that are too old could not be removed.")

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as sql:
                yield sql
        except OperationalError as exc:
            raise StoreUnavailable("The knowledge base's database does not answer.") from exc


def _row(site_id: str, answer: LoggedAnswer) -> dict[str, object]:
    return {
        "site_id": site_id,
        "id": answer.id,
        "at": answer.at,
        "question": answer.question,
        "evidence": json.dumps(dict(answer.evidence)),
        "confidence": answer.confidence,
        "decision": answer.decision,
        "passage_id": answer.passage_id,
        "article_id": answer.article_id,
    }


def _from(row: Any, judgements: tuple[Judgement, ...]) -> LoggedAnswer:
    return LoggedAnswer(
        row.id,
        row.at,
        row.question,
        json.loads(row.evidence),
        row.confidence,
        row.decision,
        row.passage_id,
        row.article_id,
        judgements,
    )
