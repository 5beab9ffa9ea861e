import math

import numpy as np
import pytest

from benchmarks.answers.cosine import cheapest_threshold, costs, nearest
from benchmarks.answers.statistics import (
    auroc_figure,
    bootstrap,
    correlation,
    f1,
    percentiles,
    share,
)


def test_a_share_lies_in_its_interval_and_knows_how_many_it_is_of() -> None:
    figure = share([True] * 80 + [False] * 20)
    assert figure.value == pytest.approx(0.8)
    assert 0.7 < figure.low < 0.8 < figure.high < 0.9
    assert figure.n == 100


def test_nothing_measured_is_no_number() -> None:
    assert math.isnan(share([]).value)
    assert math.isnan(bootstrap(lambda rows: 1.0, 0).value)


def test_auroc_counts_ties_half() -> None:
    positive = np.array([True, True, False, False])
    for scores, value in (
        ([4, 3, 2, 1], 1.0),
        ([1, 2, 3, 4], 0.0),
        ([1, 1, 1, 1], 0.5),
        ([2, 1, 1, 0], 0.875),
    ):
        assert auroc_figure(np.array(scores, dtype=float), positive).value == value
    assert math.isnan(auroc_figure(np.ones(2), np.array([True, True])).value)


def test_correlation_of_two_classes_is_the_textbook_one() -> None:
    # 6 true yes, 3 true no, 1 false yes, 2 false no
    truth = ["y"] * 6 + ["n"] * 3 + ["n"] + ["y"] * 2
    said = ["y"] * 6 + ["n"] * 3 + ["y"] + ["n"] * 2
    assert correlation(truth, said).value == pytest.approx((6 * 3 - 1 * 2) / math.sqrt(7 * 8 * 4 * 5))


def test_correlation_of_guessing_one_class_is_nothing() -> None:
    assert correlation(["a", "b", "c"], ["a", "a", "a"]).value == 0.0
    assert correlation(["a", "b", "c"], ["a", "b", "c"]).value == pytest.approx(1.0)


def test_f1_of_two_columns() -> None:
    assert f1(np.array([True, True, False, False]), np.array([True, False, True, False])).value == 0.5


def test_percentiles_of_nothing_are_none() -> None:
    assert percentiles([]) == (None, None)
    p50, p95 = percentiles([1.0, 2.0, 3.0])
    assert (p50, p95) == pytest.approx((2.0, 2.9))


def test_a_missed_message_costs_five_times_a_false_handoff() -> None:
    handed, foreign = np.array([True, True, False, False]), np.array([True, False, True, False])
    assert costs(handed, foreign).tolist() == [0.0, 1.0, 5.0, 0.0]


def test_no_threshold_is_cheaper_than_the_cheapest() -> None:
    source = np.random.default_rng(3)
    scores, foreign = source.normal(size=60).round(1), source.random(60) < 0.4
    scores[foreign] -= 0.8
    cheapest = costs(scores < cheapest_threshold(scores, foreign), foreign).sum()
    tried = [costs(scores < t, foreign).sum() for t in [*np.unique(scores), np.inf]]
    assert cheapest == min(tried)


def test_the_nearest_other_example_is_never_oneself() -> None:
    rows = np.eye(3, dtype=np.float32)
    rows[2] = [0.6, 0.8, 0.0]
    assert nearest(rows, rows).tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert nearest(rows, rows, themselves=True).tolist() == pytest.approx([0.6, 0.8, 0.8])
