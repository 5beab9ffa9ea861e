"""The contract of the answer log, on SQLite and Postgres."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from knowledge_base import answer_log
from knowledge_base.answer_log import SqlAnswerLog
from knowledge_base.errors import NotFound, StoreUnavailable
from knowledge_base.ports import Judgement, LoggedAnswer

NOW = datetime.now(UTC).replace(microsecond=0)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
Log = Callable[..., SqlAnswerLog]


def answer(number: int = 1, days_ago: float = 0) -> LoggedAnswer:
    at = NOW - timedelta(days=days_ago)
    seen = {"said": 0.5, "peak": 1.25}
    return LoggedAnswer(f"a{number}", at, "Where is FH-204817?", seen, 0.75, "answer", "p1", "article")


@pytest.fixture
def log(database: Engine) -> Iterator[Log]:
    opened: list[SqlAnswerLog] = []

    def open_log(site: str = "default", **settings: object) -> SqlAnswerLog:
        opened.append(SqlAnswerLog(site, database, **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_log
    for one in opened:
        one.close()


def test_what_was_answered_and_judged_is_read_back_whole(log: Log) -> None:
    kept = log()
    assert kept.write(answer(1))
    assert kept.write(replace(answer(2), decision="none", passage_id=None, article_id=None))
    thumb, verdict = (
        Judgement("wrong", "customer", NOW),
        Judgement("right", "Mara", NOW + timedelta(minutes=5)),
    )
    kept.judge("a1", thumb)
    kept.judge("a1", verdict)
    assert list(kept.answers(EVER)) == [
        replace(answer(1), judgements=(thumb, verdict)),
        replace(answer(2), decision="none", passage_id=None, article_id=None),
    ]
    assert [found.id for found in kept.answers(EVER, judged_only=True)] == ["a1"]
    assert kept.judgements() == 2


def test_who_judges_twice_has_changed_their_mind(log: Log) -> None:
    kept = log()
    kept.write(answer())
    for verdict in ("wrong", "outdated"):
        kept.judge("a1", Judgement(verdict, "Mara", NOW))
    assert [said.verdict for said in next(kept.answers(EVER)).judgements] == ["outdated"]


def test_an_answer_that_is_not_there_cannot_be_judged(log: Log) -> None:
    with pytest.raises(NotFound):
        log().judge("never", Judgement("right", "customer", NOW))


def test_sites_do_not_see_each_other(log: Log) -> None:
    kept, other = log(), log("other")
    kept.write(answer())
    kept.flush()
    assert list(other.answers(EVER)) == []
    with pytest.raises(NotFound):
        other.judge("a1", Judgement("right", "customer", NOW))


def test_questions_are_masked_before_they_are_stored(log: Log) -> None:
    kept = log(mask=lambda text: text.replace("FH-204817", "[order number]"))
    kept.write(answer())
    assert [found.question for found in kept.answers(EVER)] == ["Where is [order number]?"]


def test_only_the_asked_days_are_read(log: Log) -> None:
    kept = log()
    for number in range(5):
        kept.write(answer(number, days_ago=number))
    assert [found.id for found in kept.answers(NOW - timedelta(days=2.5))] == ["a2", "a1", "a0"]


def test_old_answers_go_with_what_was_said_about_them(log: Log) -> None:
    first = log(keep_days=400)
    first.write(answer(1, days_ago=100))
    first.judge("a1", Judgement("right", "customer", NOW))
    later = log(keep_days=90)
    later.write(answer(2))
    assert [found.id for found in later.answers(EVER)] == ["a2"]
    assert later.judgements() == 0


def test_keeping_nothing_keeps_nothing(log: Log) -> None:
    kept = log(keep_days=0)
    assert not kept.write(answer())
    assert list(kept.answers(EVER)) == []


@pytest.mark.parametrize("keep_days", [0, 1])
def test_what_is_too_old_goes_at_start_although_nobody_asks(log: Log, keep_days: float) -> None:
    first = log(keep_days=400)
    for number in range(5):
        first.write(answer(number, days_ago=80))
    first.close()
    assert list(log(keep_days=keep_days).answers(EVER)) == []


def test_what_becomes_too_old_goes_although_nobody_asks(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_log, "TIDY_SECONDS", 0.05)
    kept = log(keep_days=1)
    kept.write(answer(1, days_ago=1 - 0.3 / 86400))
    kept.write(answer(2))
    until = time.monotonic() + 10
    while len(list(kept.answers(EVER))) > 1 and time.monotonic() < until:
        time.sleep(0.05)
    assert [found.id for found in kept.answers(EVER)] == ["a2"]


def test_many_answers_are_read_page_by_page(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_log, "PAGE", 3)
    kept = log()
    for number in range(7):
        kept.write(answer(number))
    kept.judge("a4", Judgement("right", "Mara", NOW))
    assert [found.id for found in kept.answers(EVER)] == [f"a{number}" for number in range(7)]
    assert [found.id for found in kept.answers(EVER, judged_only=True)] == ["a4"]


def test_new_judgements_are_counted_by_when_they_came(log: Log) -> None:
    kept = log()
    kept.write(answer(1))
    kept.judge("a1", Judgement("right", "customer", NOW - timedelta(hours=1)))
    kept.judge("a1", Judgement("right", "Mara", NOW))
    assert (kept.judgements(), kept.judgements(NOW - timedelta(minutes=1)), kept.judgements(NOW)) == (2, 1, 0)


def test_what_a_calibration_was_fitted_to_is_replaced_whole(log: Log) -> None:
    kept = log()
    assert kept.fit() is None
    kept.save_fit("{}", NOW)
    kept.save_fit('{"trials": []}', NOW)
    assert kept.fit() == (NOW, '{"trials": []}')


def test_a_full_log_drops_answers_and_does_not_wait(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_log, "WAITING", 3)
    monkeypatch.setattr(answer_log, "FLUSH_SECONDS", 0.1)
    stuck, reached = threading.Event(), threading.Event()

    def mask(text: str) -> str:
        reached.set()
        stuck.wait(10)
        return text

    kept = log(mask=mask)
    monkeypatch.setattr(answer_log, "BATCH", 1)
    assert kept.write(answer(0))
    reached.wait(5)
    began = time.perf_counter()
    taken = [kept.write(answer(number)) for number in range(1, 10)]
    assert time.perf_counter() - began < 0.5
    assert (taken.count(True), taken.count(False)) == (3, 6)
    stuck.set()
    monkeypatch.setattr(answer_log, "FLUSH_SECONDS", 5)
    assert len(list(kept.answers(EVER))) == 4


def test_a_batch_that_cannot_be_written_does_not_end_the_log(log: Log) -> None:
    failing = [True]

    def mask(text: str) -> str:
        if failing[0]:
            raise ValueError("the mask is broken")
        return text

    kept = log(mask=mask)
    assert kept.write(answer(1))
    kept.flush()
    failing[0] = False
    assert kept.write(answer(2))
    assert [found.id for found in kept.answers(EVER)] == ["a2"]


def test_a_closed_log_takes_nothing_and_may_be_closed_again(log: Log) -> None:
    kept = log()
    kept.write(answer(1))
    kept.close()
    kept.close()
    assert not kept.write(answer(2))
    assert [found.id for found in log().answers(EVER)] == ["a1"]


def test_a_database_that_is_away_is_said_so(engine: Engine) -> None:
    kept = SqlAnswerLog("default", engine)
    with engine.begin() as sql:
        for table in ("judgement", "answer"):
            sql.exec_driver_sql(f"DROP TABLE knowledge_{table}")
    with pytest.raises(StoreUnavailable):
        list(kept.answers(EVER))
