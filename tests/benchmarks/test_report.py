import json
from pathlib import Path

import pytest

from benchmarks.answers.goals import Goal
from benchmarks.answers.report import Row, row, write_json
from benchmarks.answers.statistics import Figure, share

NOTHING = Figure(float("nan"), float("nan"), float("nan"), 0)


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [
        (0.97, Goal(None, 0.97), True),
        (0.9699, Goal(None, 0.97), True),  # the table shows .970
        (0.96, Goal(None, 0.97), False),
        (14.0, Goal(None, 15.0, higher_is_better=False), True),
        (16.0, Goal(None, 15.0, higher_is_better=False), False),
        (0.5, Goal(0.4, None), None),
    ],
)
def test_a_goal_is_met_or_not(value: float, goal: Goal, met: bool | None) -> None:
    assert Row("any", "figure", Figure(value, value, value, 3), goal).met is met


def test_what_was_not_measured_meets_nothing() -> None:
    assert Row("any", "figure", NOTHING, Goal(None, 0.5)).met is None


def test_public_sets_have_goals_and_others_none() -> None:
    assert row("CovidFAQ", "R@1", share([True])).goal == Goal(0.479, 0.58)
    assert row("somebody's", "R@1", share([True])).goal == Goal(None, None)


def test_json_has_a_number_or_null_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    write_json([row("CovidFAQ", "R@1", share([True, False]), [1.0, 2.0]), row("x", "y", NOTHING)], path)
    first, second = json.loads(path.read_text())
    assert (first["value"], first["par"], first["goal"], first["met"], first["n"]) == (
        0.5,
        0.479,
        0.58,
        False,
        2,
    )
    assert (first["p50_ms"], second["value"], second["met"], second["p95_ms"]) == (1.5, None, None, None)
