import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import risk
from knowledge_base.risk import Bools, Floats, Logged


def drawn(random: np.random.Generator, count: int) -> tuple[Floats, Bools]:
    """Confidences, and answers that are right as often as they say."""
    confidence = random.beta(2, 1, count)
    return confidence, random.random(count) < confidence**0.5


def test_the_bound_is_the_one_of_clopper_and_pearson() -> None:
    assert risk.upper_bound(0, 76, 0.9) == pytest.approx(1 - 0.1 ** (1 / 76), abs=1e-6)
    assert risk.upper_bound(3, 20, 0.95) == pytest.approx(
        0.3437, abs=1e-3
    )  # Clopper and Pearson's own table: .34
    assert risk.upper_bound(5, 5) == 1.0


@given(st.integers(1, 300), st.data())
def test_the_bound_lies_above_what_was_seen_and_grows_with_it(answered: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, answered))
    bound = risk.upper_bound(wrong, answered)
    assert wrong / answered < bound <= 1 or wrong == answered
    assert risk.upper_bound(min(wrong + 1, answered), answered) >= bound


@pytest.mark.parametrize("target", [0.05, 0.1, 0.2])
def test_a_promise_is_broken_less_often_than_once_in_ten(target: float) -> None:
    """Thresholds from 300 questions each, held against the error rate among very many new ones."""
    random = np.random.default_rng(11)
    new, truth = drawn(random, 100_000)
    broken = promised = 0
    for _ in range(200):
        point = risk.promised(*drawn(random, 300), target)
        if point is not None:
            promised += 1
            broken += float((~truth[new >= point.threshold]).mean()) > target
    assert broken / 200 <= 1 - risk.SURETY
    assert promised > 100 or target < 0.2


def test_more_questions_promise_more() -> None:
    random = np.random.default_rng(3)
    few, many = drawn(random, 100), drawn(random, 4000)
    assert risk.promised(*few, 0.03) is None
    assert risk.lowest_promise(*many) < risk.lowest_promise(*few)
    point = risk.promised(*many, 0.1)
    assert point is not None
    assert point.error < 0.1
    assert risk.promised(*many, risk.lowest_promise(*many) - 0.001) is None


def test_the_lowest_promise_can_be_promised() -> None:
    confidence, right = drawn(np.random.default_rng(5), 500)
    assert risk.promised(confidence, right, risk.lowest_promise(confidence, right)) is not None


def test_confidence_that_tells_nothing_promises_nothing() -> None:
    random = np.random.default_rng(1)
    confidence, right = random.random(495), random.random(495) < 0.6
    assert risk.promised(confidence, right, 0.1) is None
    assert (confidence >= risk.estimated(confidence, right, 0.03)).mean() < 0.02
    assert risk.auroc(confidence[right], confidence[~right]) == pytest.approx(0.5, abs=0.05)


def test_a_few_lucky_answers_prove_nothing() -> None:
    confidence, right = np.linspace(0.5, 1, 8), np.ones(8, dtype=bool)
    assert risk.estimated(confidence, right, 0.09) > 1
    assert risk.estimated(np.array([]), np.array([], dtype=bool), 0.1) > 1
    assert risk.believed(np.array([]), np.array([]), 0.1) > 1


def test_equal_confidences_are_answered_together_or_not_at_all() -> None:
    confidence = np.full(200, 0.7)
    right = np.arange(200) >= 40  # the first forty are wrong
    assert risk.estimated(confidence, right, 0.1) > 1
    assert [point.answered for point in risk.curve(confidence, right)] == [1.0]


def test_believed_trusts_the_confidence() -> None:
    confidence = np.array([0.99, 0.95, 0.9, 0.5])
    assert risk.believed(confidence, np.ones(4), 0.06) == 0.9
    assert risk.believed(confidence, np.array([1, 1, 0, 1]), 0.02) == 0.99


def test_the_curve_goes_from_few_to_all() -> None:
    confidence, right = drawn(np.random.default_rng(2), 400)
    points = risk.curve(confidence, right)
    assert [point.count for point in points] == sorted({point.count for point in points})
    assert points[-1].answered == 1.0
    assert points[-1].error == pytest.approx(1 - right.mean())
    assert all(point.error < point.bound for point in points)
    assert risk.curve(np.array([]), np.array([], dtype=bool)) == []


def test_calibration_error_is_the_distance_from_what_happened() -> None:
    right = np.arange(1000) % 10 < 8
    assert risk.ece(np.full(1000, 0.8), right) == pytest.approx(0, abs=1e-9)
    assert risk.ece(np.full(1000, 0.5), right) == pytest.approx(0.3)
    assert math.isnan(risk.ece(np.array([]), np.array([], dtype=bool)))


LOGGED = [
    Logged(0.9, True, True),
    Logged(0.8, True, None),
    Logged(0.7, False, None),
    Logged(0.6, False, False),
    Logged(0.2, False, None),
]


def test_replay_at_a_lower_threshold_answers_more_and_says_what_it_costs() -> None:
    found = risk.replay(LOGGED, today=0.75, then=0.55, minutes=4)
    assert (found.asked, found.answered, found.more_answered) == (5, 4, 2)
    assert found.more_wrong == pytest.approx(0.3 + 1)  # estimated at .7; judged wrong at .6
    assert found.agent_minutes == pytest.approx((2 - 1.3) * 4)
    assert (found.judged_right, found.judged_wrong) == (1, 1)


def test_replay_there_and_back_is_nothing() -> None:
    there, back = risk.replay(LOGGED, 0.75, 0.55, 4), risk.replay(LOGGED, 0.55, 0.75, 4)
    assert there.more_answered == -back.more_answered
    assert there.more_wrong == pytest.approx(-back.more_wrong)
    assert there.agent_minutes == pytest.approx(-back.agent_minutes)
    same = risk.replay(LOGGED, 0.75, 0.75, 4)
    assert (same.more_answered, same.more_wrong, same.agent_minutes) == (0, 0, 0)


def test_replay_of_nothing_is_nothing() -> None:
    found = risk.replay([], 0.8, 0.5, 4)
    assert (found.asked, found.answered, found.more_answered, found.agent_minutes) == (0, 0, 0, 0)
