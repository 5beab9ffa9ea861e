from collections.abc import Iterator

from benchmarks.answers.goals import FALSE_BUT_SERVICE, FALSE_ON_ALL, goal_of
from benchmarks.answers.latency import METRIC, untimed
from benchmarks.answers.report import Row, row
from benchmarks.answers.retrieval import Answered, removed_rows
from benchmarks.answers.statistics import share


def test_rows_of_kept_replies_tell_no_times() -> None:
    def rows() -> Iterator[Row]:
        yield row("lamps", "accuracy, in scope", share([True, False]), [1.0, 2.0])
        yield row("lamps", METRIC, share([True]), [1.0])

    (found,) = untimed(rows())
    assert (found.metric, found.figure.value, found.p50_ms, found.p95_ms) == (
        "accuracy, in scope",
        0.5,
        None,
        None,
    )


def test_par_and_goal_stand_in_the_rows_that_they_are_of() -> None:
    goals = {
        way: goal_of("doc2dial", f"any turn, {way}: R@5")
        for way in ("last utterance alone", "its history known")
    }
    assert {way: (goal.par, goal.goal) for way, goal in goals.items() if goal} == {
        "last utterance alone": (0.7, None),
        "its history known": (None, 0.96),
    }
    for metric in (FALSE_ON_ALL, FALSE_BUT_SERVICE):
        goal = goal_of("bitext", metric)
        assert goal is not None
        assert goal.goal == 0.005


def test_a_removed_article_is_measured_by_all_questions_and_by_those_answered() -> None:
    def answered(*decisions: str) -> list[Answered]:
        return [Answered(0, 0, decision, 0.5, None) for decision in decisions]

    present = answered("answer", "answer", "clarify", "none")
    before, after, ratio = removed_rows("lamps", present, answered("answer", "none", "none", "none"))
    assert [found.figure.value for found in (before, after, ratio)] == [0.5, 0.25, 0.5]
    assert (after.goal.goal, after.met) == (0.05, False)
