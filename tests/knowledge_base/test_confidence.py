import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.confidence import (
    DEFAULT,
    FOREIGN_HELD_BACK,
    HELD_BACK,
    TARGET_ERROR,
    Calibration,
    Evidence,
    decide,
    fit,
    sureness,
)

FLOATS = st.floats(-1, 10, allow_nan=False)


def seen(count: int, noise: float) -> tuple[list[Evidence], list[bool]]:
    """Evidence whose peak tells right from wrong, more or less."""
    random = np.random.default_rng(7)
    right = random.random(count) < 0.6
    peak = right * 2.0 + random.standard_normal(count) * noise
    return [Evidence(0.5, 0.5, float(p), 0.3, 0.1) for p in peak], [bool(r) for r in right]


@given(st.lists(FLOATS, min_size=5, max_size=5), st.floats(0, 5))
def test_more_evidence_never_means_less_confidence(seen: list[float], more: float) -> None:
    before = DEFAULT.confidence(Evidence(*seen))
    assert 0 <= before <= 1
    assert DEFAULT.confidence(Evidence(*(value + more for value in seen))) >= before


@given(st.floats(-5, 5))
def test_decisions_follow_the_thresholds(peak: float) -> None:
    calibration = Calibration((0.0, 0.0, 1.0, 0.0, 0.0), 0.0, 0.7, 0.3, nearness_floor=0.5)
    near, foreign = Evidence(0.4, 0.4, peak, 0, 0), Evidence(0.1, 0.4, peak, 0, 0)
    confidence = calibration.confidence(near)
    expected = "answer" if confidence >= 0.7 else "clarify" if confidence >= 0.3 else "none"
    assert decide(near, calibration) == expected
    assert decide(foreign, calibration) == "none"


def test_the_floor_lets_nearly_every_right_hit_through() -> None:
    random = np.random.default_rng(7)
    near = random.uniform(0, 1, 1000)
    evidence = [Evidence(float(n), 0.5, float(random.normal() + n), 0.3, 0.1) for n in near]
    right = [bool(random.random() < n) for n in near]
    floor = fit(evidence, right, [1.0] * 1000).nearness_floor
    below = [item.nearness < floor for item, is_right in zip(evidence, right, strict=True) if is_right]
    assert np.mean(below) == pytest.approx(FOREIGN_HELD_BACK, abs=0.01)


@given(FLOATS, FLOATS)
def test_sureness_is_a_share_that_grows_with_cosine(cosine: float, more: float) -> None:
    low, high = sorted((cosine, more))
    before, after = (sureness(Evidence(value, 0, 0, 0, 0)) for value in (low, high))
    assert 0 <= before <= after <= 1


def test_fitted_confidence_is_a_probability() -> None:
    evidence, right = seen(2000, noise=0.8)
    fitted = fit(evidence, right, [1.0] * len(right))
    confidence = np.array([fitted.confidence(item) for item in evidence])
    truth = np.array(right)
    for low in (0.0, 0.25, 0.5, 0.75):
        inside = (confidence >= low) & (confidence < low + 0.25)
        assert truth[inside].mean() == pytest.approx(confidence[inside].mean(), abs=0.12)


def test_thresholds_keep_the_target_error() -> None:
    evidence, right = seen(2000, noise=0.8)
    fitted = fit(evidence, right, [1.0] * len(right))
    decided = [decide(item, fitted) for item in evidence]
    answered = [truth for decision, truth in zip(decided, right, strict=True) if decision == "answer"]
    refused = [truth for decision, truth in zip(decided, right, strict=True) if decision == "none"]
    assert 1 - np.mean(answered) <= TARGET_ERROR + 0.01
    assert sum(refused) / sum(right) <= HELD_BACK + 0.01
    assert len(answered) > 800


def test_questions_made_by_hiding_articles_do_not_move_thresholds_by_their_number() -> None:
    evidence, right = seen(400, noise=0.5)
    hidden = [Evidence(0.5, 0.5, -1.0, 0.3, 0.1)] * 400
    alone = fit(evidence, right, [1.0] * 400)
    together = fit([*evidence, *hidden], [*right, *([False] * 400)], [1.0] * 400 + [0.25] * 400)
    assert together.answer_threshold == pytest.approx(alone.answer_threshold, abs=0.25)


def test_calibration_needs_both_kinds_of_question() -> None:
    with pytest.raises(ValueError, match="with and without"):
        fit([Evidence(1, 1, 1, 1, 1)] * 10, [True] * 10, [1.0] * 10)


def test_a_calibration_survives_being_stored() -> None:
    assert Calibration.from_json(DEFAULT.to_json()) == DEFAULT


def test_a_calibration_for_other_evidence_is_not_used() -> None:
    old = '{"weights": [1, 2, 3, 4], "bias": 0, "answer_threshold": 0.7, "clarify_threshold": 0.2}'
    assert Calibration.from_json(old) is None
