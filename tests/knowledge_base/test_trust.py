import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import Engine

from knowledge_base import trust
from knowledge_base.answer_log import SqlAnswerLog
from knowledge_base.confidence import DEFAULT, Evidence
from knowledge_base.errors import Invalid, NotFound
from knowledge_base.fitting import Trial
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.ports import Judgement, LoggedAnswer
from knowledge_base.store import SqlArticleStore
from knowledge_base.trust import Kept, says
from knowledge_base.wire import AnswerRequest, DraftIn
from tests.knowledge_base.conftest import RETURNS, STOVES
from tests.knowledge_base.fakes import WordEncoder

EVER = datetime(1970, 1, 1, tzinfo=UTC)
Publish = Callable[[DraftIn], str]


def trials(count: int, noise: float = 0.5) -> list[Trial]:
    random = np.random.default_rng(4)
    right = random.random(count) < 0.6
    return [
        Trial(Evidence(0.5, 0.5, float(2 * r + noise * random.standard_normal()), 0.3, 0.1), bool(r), "golden", group=g)
        for g, r in enumerate(right)
    ]  # fmt: skip


@pytest.fixture
def stocked(library: Library, publish: Publish) -> Library:
    publish(RETURNS)
    publish(STOVES)
    return library


def ask(library: Library, question: str = "How do I return gear?") -> str:
    reply = library.answer(AnswerRequest(question=question))
    assert reply.answer_id is not None
    return reply.answer_id


def test_an_answer_and_its_first_hit_carry_the_id_it_is_logged_under(
    stocked: Library, answers: SqlAnswerLog
) -> None:
    reply = stocked.answer(AnswerRequest(question="How do I return gear?", asked=["Hello, I am Ana"]))
    (logged,) = answers.answers(EVER)
    assert [hit.answer_id for hit in reply.hits] == [logged.id, None]
    assert reply.answer_id == logged.id
    assert (logged.question, logged.decision, logged.confidence) == (
        "How do I return gear?",
        reply.decision,
        reply.confidence,
    )
    assert logged.passage_id == reply.hits[0].passage_id
    assert stocked.open(logged.article_id or "").slug == "return-an-item"
    assert set(logged.evidence) == set(trust.FEATURE_NAMES)


def test_nothing_found_is_logged_too(library: Library, answers: SqlAnswerLog) -> None:
    ask(library, "Is anybody there?")
    (logged,) = answers.answers(EVER)
    assert (logged.decision, logged.passage_id, logged.article_id) == ("none", None, None)


def test_a_search_is_not_logged(stocked: Library, answers: SqlAnswerLog) -> None:
    assert stocked.search("gear").hits[0].answer_id is None
    assert list(answers.answers(EVER)) == []


def test_a_log_that_fails_does_not_fail_an_answer(
    stocked: Library, answers: SqlAnswerLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> bool:
        raise RuntimeError("no log today")

    monkeypatch.setattr(answers, "write", broken)
    reply = stocked.answer(AnswerRequest(question="How do I return gear?"))
    assert reply.hits
    assert reply.answer_id is reply.hits[0].answer_id is None


def test_verdicts_find_their_answer(stocked: Library, answers: SqlAnswerLog) -> None:
    answer_id = ask(stocked)
    stocked.judge(answer_id, "right", by="customer")
    stocked.judge(answer_id, "wrong", by="Mara")
    (logged,) = answers.answers(EVER)
    assert {said.by: said.verdict for said in logged.judgements} == {"customer": "right", "Mara": "wrong"}
    with pytest.raises(NotFound):
        stocked.judge("never", "right", by="customer")


def test_enough_verdicts_fit_the_calibration_again(stocked: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "REFIT_AFTER", 5)
    question = "How do I return gear?"
    before = stocked.search(question).confidence
    for _ in range(4):
        stocked.judge(ask(stocked), "wrong", by="Mara")
    assert stocked.search(question).confidence == before
    stocked.judge(ask(stocked), "wrong", by="Mara")
    assert stocked.search(question).confidence < before
    assert stocked.trust.report().judgements == 5


def test_what_is_outdated_was_found_rightly(stocked: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "REFIT_AFTER", 1)
    question = "How do I return gear?"
    before = stocked.search(question).confidence
    stocked.judge(ask(stocked), "outdated", by="Mara")
    assert stocked.search(question).confidence == pytest.approx(before, abs=0.01)


def test_a_refit_that_fails_keeps_the_verdict(
    stocked: Library, answers: SqlAnswerLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("no numbers today")

    monkeypatch.setattr(trust, "REFIT_AFTER", 1)
    monkeypatch.setattr(trust, "fit", broken)
    stocked.judge(ask(stocked), "wrong", by="Mara")
    assert answers.judgements() == 1


def test_a_fit_is_reported_and_survives_a_restart(
    stocked: Library, store: SqlArticleStore, engine: Engine
) -> None:
    stocked.trust.calibrate(trials(600), target=0.1)
    report = stocked.trust.report()
    assert (report.basis, report.questions, report.target, report.promised) == (
        "golden questions",
        600,
        0.1,
        True,
    )
    assert report.ece_after is not None
    assert report.ece_before is not None
    assert report.ece_after < report.ece_before
    assert report.curve[-1].answered == 1.0
    assert report.fitted_at is not None
    assert "At most 10 %" in report.says
    again = Library(
        store, LiveIndex(store, WordEncoder()), Markdown(), log := SqlAnswerLog("default", engine)
    )
    assert again.trust.report() == report
    log.close()


def test_another_target_moves_the_thresholds_and_nothing_else(stocked: Library) -> None:
    stocked.trust.calibrate(trials(600, noise=1.0), target=0.1)
    before = stocked.snapshot().calibration
    report = stocked.trust.retarget(0.03)
    after = stocked.snapshot().calibration
    assert (after.target, after.weights) == (report.target, before.weights) == (0.03, before.weights)
    assert after.answer_threshold > before.answer_threshold


def test_a_target_needs_something_to_be_fitted_to(library: Library) -> None:
    with pytest.raises(Invalid, match="--calibrate"):
        library.trust.retarget(0.03)


def test_a_fit_for_another_encoder_is_not_used(stocked: Library, answers: SqlAnswerLog) -> None:
    stocked.trust.calibrate(trials(60), target=0.1)
    at, text = answers.fit() or (EVER, "{}")
    answers.save_fit(json.dumps({**json.loads(text), "encoder": "another"}), at)
    assert stocked.trust.report().questions == 0


def test_replay_counts_what_would_have_been_answered(
    stocked: Library, answers: SqlAnswerLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    stocked.trust.calibrate(trials(600, noise=1.0), target=0.05)
    random = np.random.default_rng(9)
    for number in range(200):
        evidence = Evidence(0.5, 0.5, float(random.uniform(-1, 3)), 0.3, 0.1)
        confidence = stocked.snapshot().calibration.confidence(evidence)
        found = SimpleNamespace(hits=(), evidence=evidence, confidence=confidence, decision="none")
        assert stocked.trust.note(stocked.snapshot(), f"question {number}", found)  # type: ignore[arg-type]
    same, more = stocked.trust.replay(0.05), stocked.trust.replay(0.2, agent_minutes=3)
    assert (same.asked, same.more_answered, same.more_wrong, same.agent_minutes) == (200, 0, 0, 0)
    assert more.answered == same.answered + more.more_answered > same.answered
    assert more.agent_minutes == pytest.approx(3 * (more.more_answered - more.more_wrong), abs=0.1)
    assert "3 minutes" in more.assumption
    strict = stocked.trust.replay(0.02)
    assert strict.more_answered < 0
    assert strict.agent_minutes < 0
    assert stocked.snapshot().calibration.target == 0.05


def test_staff_outrank_customers_in_a_replay(stocked: Library) -> None:
    answer_id = ask(stocked)
    stocked.judge(answer_id, "right", by="Mara")
    stocked.judge(answer_id, "wrong", by="customer")
    found = stocked.trust.replay(0.49)
    assert (found.judged_right, found.judged_wrong) in {(1, 0), (0, 0)}


def test_answers_logged_with_other_features_are_left_out(stocked: Library, answers: SqlAnswerLog) -> None:
    ask(stocked)
    (logged,) = answers.answers(EVER)
    answers.write(replace(logged, id="old", evidence={"cosine": 0.5}))
    stocked.judge("old", "right", by="Mara")
    assert stocked.trust.replay(0.1).asked == 1
    stocked.trust.calibrate([], 0.1)


def test_what_is_said_is_honest() -> None:
    promised = replace(DEFAULT, promised=True)
    found = Kept(right=(True,) * 500, stand_ins=5, lowest_promise=0.0571)
    assert "At most 10 % of the answers are wrong" in says(promised, found)
    assert "495 golden questions, 5 of them asked again with their article hidden" in says(promised, found)
    lowest = says(DEFAULT, found)
    assert lowest.endswith("the lowest target that can be promised is 5.8 %.")
    assert says(DEFAULT, replace(found, keeps_lowest=True)).endswith("5.8 %, and that one is kept.")
    assert "needs golden questions" in says(DEFAULT, Kept())
    assert "nothing can be promised" in says(DEFAULT, Kept(right=(True,) * 20, lowest_promise=1.0))


CLEAR = Evidence(0.6, 0.6, 3.0, 0.6, 1.0, 0.2, 0.2, 0.2, 0.8)
CLEARER = Evidence(0.7, 0.7, 4.0, 0.8, 2.0, 0.3, 0.3, 0.3, 0.95)


def judged(
    library: Library, answers: SqlAnswerLog, count: int, question: str, by: str, verdict: str = "wrong"
) -> None:
    """As many answers with the same evidence and passage, each judged."""
    for number in range(count):
        answer_id = f"{question}-{by}-{number}"[-32:]
        at = datetime.now(UTC)
        text = question.format(number)
        answers.write(LoggedAnswer(answer_id, at, text, asdict(CLEAR), 0.9, "answer", "passage", "article"))
        answers.judge(answer_id, Judgement(verdict, by, at))


@pytest.mark.parametrize("question", ["Can I return it?", "Can I return it {}?"])
def test_one_visitor_cannot_silence_a_library(stocked: Library, answers: SqlAnswerLog, question: str) -> None:
    before = DEFAULT.confidence(CLEAR), DEFAULT.confidence(CLEARER)
    judged(stocked, answers, 50, question, "customer")
    stocked.trust.calibrate([], 0.1)
    calibration = stocked.snapshot().calibration
    assert calibration.confidence(CLEAR) == pytest.approx(before[0], abs=0.05)
    assert calibration.confidence(CLEARER) == pytest.approx(before[1], abs=0.02)


def test_agents_are_heard(stocked: Library, answers: SqlAnswerLog) -> None:
    judged(stocked, answers, 40, "Can I return it?", "Mara")
    stocked.trust.calibrate([], 0.1)
    assert stocked.snapshot().calibration.confidence(CLEAR) < 0.6


def test_the_last_thumb_on_the_same_question_counts(stocked: Library, answers: SqlAnswerLog) -> None:
    judged(stocked, answers, 20, "Can I  return it?", "customer")
    judged(stocked, answers, 1, "can I return it?", "customer", "right")
    (trial,) = stocked.trust._judged(first_group=0)
    assert (trial.right, trial.importance) == (True, trust.CUSTOMERS_IMPORTANCE)


def test_verdicts_go_on_fitting_while_old_ones_go(
    stocked: Library,
    answers: SqlAnswerLog,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(trust, "REFIT_AFTER", 3)
    caplog.set_level("INFO", "knowledge_base.trust")
    for _ in range(3):
        stocked.judge(ask(stocked), "right", by="Mara")
    for _ in range(6):
        with engine.begin() as sql:
            sql.exec_driver_sql(
                "DELETE FROM knowledge_judgement WHERE at = (SELECT min(at) FROM knowledge_judgement)"
            )
        stocked.judge(ask(stocked), "wrong", by="Mara")
    assert caplog.text.count("fitted again after 3 new verdicts") >= 2
