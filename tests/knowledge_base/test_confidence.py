import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.confidence import (
    DEFAULT,
    FEATURES,
    NO_EVIDENCE,
    Calibration,
    Evidence,
    decide,
    evidence_of,
)
from knowledge_base.ranking import Match

FLOATS = st.floats(-1, 10, allow_nan=False)


@given(st.lists(FLOATS, min_size=FEATURES, max_size=FEATURES))
def test_confidence_is_a_probability(seen: list[float]) -> None:
    assert 0 <= DEFAULT.confidence(Evidence(*seen)) <= 1


@given(st.floats(-1, 1), st.floats(0, 1))
def test_what_stands_out_more_is_surer(said: float, more: float) -> None:
    """A better cosine raises its own peak by as much, so that no single weight decides."""
    before = DEFAULT.confidence(Evidence(said, 0.4, 1.0, 0.3, 0.5, said_peak=said))
    after = DEFAULT.confidence(Evidence(said + more, 0.4, 1.0, 0.3, 0.5, said_peak=said + more))
    assert after >= before


@given(st.floats(-5, 5))
def test_decisions_follow_the_thresholds(peak: float) -> None:
    calibration = Calibration((0.0, 0.0, 1.0, *[0.0] * 6), 0.0, 0.7, 0.3, nearness_floor=0.5)
    near, foreign = Evidence(0.4, 0.4, peak, 0, 0), Evidence(0.1, 0.4, peak, 0, 0)
    confidence = calibration.confidence(near)
    expected = "answer" if confidence >= 0.7 else "clarify" if confidence >= 0.3 else "none"
    assert decide(near, calibration) == expected
    assert decide(foreign, calibration) == "none"


def test_a_calibration_survives_being_stored() -> None:
    assert Calibration.from_json(DEFAULT.to_json("encoder"), "encoder") == DEFAULT


def test_a_calibration_does_not_outlive_its_encoder() -> None:
    assert Calibration.from_json(DEFAULT.to_json("encoder"), "another") is None
    assert Calibration.from_json(json.dumps(asdict(DEFAULT)), "encoder") is None


def test_a_calibration_for_other_evidence_is_not_used() -> None:
    old = '{"weights": [1, 2, 3, 4], "bias": 0, "answer_threshold": 0.7, "clarify_threshold": 0.2, "encoder": "e"}'
    assert Calibration.from_json(old, "e") is None


def match_of(fused: list[float], said: list[float], standing: list[float], overlap: list[float]) -> Match:
    f, s, p, o = (np.array(side, dtype=np.float32) for side in (fused, said, standing, overlap))
    return Match(f, s, p, o, within=np.zeros_like(f))


def test_evidence_is_about_the_first_hit_and_how_it_stands_out() -> None:
    match = match_of([3.0, 1.0, 2.0], [0.6, 0.2, 0.7], [0.5, 0.1, 0.3], [0.9, 0.0, 0.3])
    evidence = evidence_of(match, [0, 2, 1])
    assert (evidence.said, evidence.standing, evidence.overlap) == pytest.approx((0.6, 0.5, 0.9))
    assert (evidence.peak, evidence.margin) == pytest.approx((1.5, 1.0))
    assert evidence.said_peak == pytest.approx(0.6 - 0.45)
    assert evidence.standing_peak == pytest.approx(0.5 - 0.2)
    assert evidence.overlap_peak == pytest.approx(0.9 - 0.15)


def test_a_peak_is_measured_against_the_best_nine_others() -> None:
    said = [0.9, *[0.5] * 9, *[0.0] * 30]
    evidence = evidence_of(match_of(list(np.linspace(5, 0, 40)), said, said, said), list(range(40)))
    assert evidence.said_peak == pytest.approx(0.4)


def test_a_library_of_none_or_one_article_has_no_peaks() -> None:
    assert evidence_of(match_of([], [], [], []), []) == NO_EVIDENCE
    alone = evidence_of(match_of([0.0], [0.6], [0.4], [0.5]), [0])
    assert (alone.peak, alone.margin, alone.said_peak, alone.overlap_peak) == (0, 0, 0, 0)
    assert alone.said == pytest.approx(0.6)


def test_the_share_is_the_chance_among_all_articles() -> None:
    level = evidence_of(match_of([1.0, 1.0], [0.5] * 2, [0.5] * 2, [0.5] * 2), [0, 1])
    assert level.share == pytest.approx(0.5)
    far = evidence_of(match_of([20.0, 1.0], [0.5] * 2, [0.5] * 2, [0.5] * 2), [0, 1])
    assert far.share == pytest.approx(1.0)
