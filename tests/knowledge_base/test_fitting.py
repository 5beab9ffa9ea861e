from dataclasses import replace

import numpy as np
import pytest

from knowledge_base import risk
from knowledge_base.confidence import DEFAULT, Calibration, Evidence, decide
from knowledge_base.fitting import FOREIGN_HELD_BACK, HELD_BACK, Trial, fit, prior_from


def seen(count: int, noise: float, seed: int = 7) -> list[Trial]:
    """Golden questions whose peak tells right from wrong, more or less."""
    random = np.random.default_rng(seed)
    right = random.random(count) < 0.6
    peak = right * 2.0 + random.standard_normal(count) * noise
    return [
        Trial(Evidence(0.5, 0.5, float(p), 0.3, 0.1), bool(r), "golden", group=number)
        for number, (p, r) in enumerate(zip(peak, right, strict=True))
    ]


def confidences(calibration: Calibration, trials: list[Trial]) -> tuple[risk.Floats, risk.Bools]:
    confidence = np.array([calibration.confidence(trial.evidence) for trial in trials])
    return confidence, np.array([trial.right for trial in trials])


def test_fitted_confidence_is_a_probability_on_new_questions() -> None:
    fitted = fit(seen(1000, 0.8), DEFAULT)
    confidence, right = confidences(fitted.calibration, seen(5000, 0.8, seed=8))
    assert risk.ece(confidence, right) < 0.03
    assert fitted.ece_after < min(0.06, fitted.ece_before)
    assert fitted.calibration.basis == "golden questions"


def test_what_is_promised_holds_on_new_questions_over_many_draws() -> None:
    """Weights, scaling and threshold are all fitted to the same 300 questions; the promise has to survive that."""
    new = seen(5000, 0.9, seed=999)
    broken = promised = 0
    for seed in range(40):
        calibration = fit(seen(300, 0.9, seed), DEFAULT, 0.1).calibration
        confidence, right = confidences(calibration, new)
        answered = confidence >= calibration.answer_threshold
        promised += calibration.promised
        broken += calibration.promised and float((~right[answered]).mean()) > 0.1
    assert promised > 30
    assert broken <= 4


def test_a_lower_target_answers_less() -> None:
    trials = seen(2000, 0.9)
    shares = []
    for target in (0.2, 0.1, 0.05, 0.03):
        fitted = fit(trials, DEFAULT, target)
        confidence, right = confidences(fitted.calibration, trials)
        answered = confidence >= fitted.calibration.answer_threshold
        assert (fitted.calibration.target, fitted.calibration.promised) == (target, True)
        assert (~right[answered]).mean() <= target
        shares.append(answered.mean())
    assert shares == sorted(shares, reverse=True)


def test_a_stricter_target_never_answers_more_promised_or_not() -> None:
    trials = seen(300, 0.9)
    targets = (0.01, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)
    fits = [fit(trials, DEFAULT, target).calibration for target in targets]
    thresholds = [calibration.answer_threshold for calibration in fits]
    assert {calibration.promised for calibration in fits} == {True, False}
    assert thresholds == sorted(thresholds, reverse=True)


def test_few_questions_cannot_promise_much_and_say_so() -> None:
    fitted = fit(seen(80, 0.5), DEFAULT, 0.03)
    assert not fitted.calibration.promised
    assert 0.03 < fitted.lowest_promise < 0.5


CLEAR = (0.6, 0.6, 3.0, 0.6, 1.0, 0.2, 0.2, 0.2, 0.8)
VAGUE = (0.35, 0.35, 1.2, 0.2, 0.2, 0.08, 0.08, 0.05, 0.3)


def drawn(features: tuple[float, ...], random: np.random.Generator) -> Evidence:
    return Evidence(*(float(value * (1 + 0.15 * random.standard_normal())) for value in features))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 20, 40, 74, 75, 100])
def test_few_questions_that_all_go_well_neither_silence_the_library_nor_loosen_it(count: int) -> None:
    random = np.random.default_rng(3)
    trials = [Trial(drawn(CLEAR, random), True, "golden", group=g) for g in range(count)]
    trials += [
        Trial(drawn(VAGUE, random), False, "stand-in" if g < count // 4 else "hidden", group=g)
        for g in range(count)
    ]
    calibration = fit(trials, DEFAULT).calibration
    assert 0.5 <= calibration.answer_threshold < 0.99
    assert calibration.promised or calibration.answer_threshold >= DEFAULT.answer_threshold
    answered = [decide(drawn(CLEAR, random), calibration) == "answer" for _ in range(100)]
    loose = [decide(drawn(VAGUE, random), calibration) == "answer" for _ in range(100)]
    assert (sum(answered) >= 85, sum(loose)) == (True, 0)


def test_questions_with_their_article_hidden_are_told_apart_from_golden_ones() -> None:
    trials = seen(200, 0.5)
    stand_ins = [Trial(Evidence(0.5, 0.5, -1.0, 0.3, 0.1), False, "stand-in", group=g) for g in range(50)]
    fitted = fit([*trials, *stand_ins], DEFAULT)
    assert (fitted.golden, fitted.stand_ins, len(fitted.right)) == (200, 50, 250)


def test_the_lowest_promise_is_said_to_be_kept_only_where_it_is() -> None:
    trials = seen(300, 0.9)
    for target in (0.01, 0.03, 0.05, 0.07):
        fitted = fit(trials, DEFAULT, target)
        confidence, right = np.array(fitted.confidence), np.array(fitted.right)
        point = risk.promised(confidence, right, fitted.lowest_promise)
        assert point is not None
        same = (confidence >= fitted.calibration.answer_threshold).sum() == point.count
        assert fitted.keeps_lowest == (same and not fitted.calibration.promised)


def test_shuffled_labels_are_chance_and_answer_nothing() -> None:
    random = np.random.default_rng(1)
    trials = seen(495, 0.5)
    labels = random.permutation([trial.right for trial in trials])
    shuffled = [replace(trial, right=bool(r)) for trial, r in zip(trials, labels, strict=True)]
    fitted = fit(shuffled, DEFAULT)
    confidence, right = np.array(fitted.confidence), np.array(fitted.right)
    assert risk.auroc(confidence[right], confidence[~right]) == pytest.approx(0.5, abs=0.08)
    assert not fitted.calibration.promised
    assert (confidence >= fitted.calibration.answer_threshold).mean() < 0.02


def test_nearly_every_right_hit_gets_an_answer_or_a_choice() -> None:
    trials = seen(2000, 0.8)
    calibration = fit(trials, DEFAULT).calibration
    refused = [decide(trial.evidence, calibration) == "none" for trial in trials if trial.right]
    assert np.mean(refused) <= HELD_BACK + 0.02


def test_the_floor_lets_nearly_every_right_hit_through() -> None:
    random = np.random.default_rng(7)
    near = random.uniform(0, 1, 1000)
    trials = [
        Trial(Evidence(float(n), 0.5, float(random.normal() + n), 0.3, 0.1), bool(random.random() < n), "golden", group=g)
        for g, n in enumerate(near)
    ]  # fmt: skip
    floor = fit(trials, DEFAULT).calibration.nearness_floor
    below = [trial.evidence.nearness < floor for trial in trials if trial.right]
    assert np.mean(below) == pytest.approx(FOREIGN_HELD_BACK, abs=0.01)


def test_nothing_to_fit_leaves_the_prior_but_moves_its_threshold_with_the_target() -> None:
    assert fit([], DEFAULT, DEFAULT.target).calibration == DEFAULT
    strict, loose = fit([], DEFAULT, 0.02).calibration, fit([], DEFAULT, 0.3).calibration
    assert strict.weights == loose.weights == DEFAULT.weights
    assert (
        strict.answer_threshold > DEFAULT.answer_threshold > loose.answer_threshold >= loose.clarify_threshold
    )
    assert not strict.promised


def test_own_texts_turn_the_prior_and_promise_nothing() -> None:
    own = [replace(trial, source="own") for trial in seen(300, 0.5)]
    hidden = [Trial(Evidence(0.5, 0.5, -1.0, 0.3, 0.1), False, "own hidden")] * 300
    fitted = fit([*own, *hidden], DEFAULT)
    assert fitted.calibration.weights[2] > DEFAULT.weights[2]  # the peak is what tells, here
    assert fitted.calibration.answer_threshold >= DEFAULT.answer_threshold
    assert (fitted.calibration.basis, fitted.calibration.promised, fitted.right) == ("own texts", False, ())


def test_hidden_articles_do_not_make_right_answers_look_wrong() -> None:
    trials = seen(400, 0.5)
    hidden = [Trial(Evidence(0.5, 0.5, -1.0, 0.3, 0.1), False, "hidden", group=g) for g in range(400)]
    confidence, right = confidences(fit([*trials, *hidden], DEFAULT).calibration, trials)
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.03)


def test_verdicts_change_confidence_by_their_importance() -> None:
    evidence = Evidence(0.5, 0.5, 2.0, 0.3, 0.1)
    trials = seen(60, 0.5)
    before = fit(trials, DEFAULT).calibration.confidence(evidence)
    after = [
        fit([*trials, *[Trial(evidence, False, "judged", weight, 100)] * 30], DEFAULT).calibration
        for weight in (0.5, 1.0)
    ]
    assert before > after[0].confidence(evidence) > after[1].confidence(evidence)


def test_verdicts_alone_move_the_prior() -> None:
    evidence = Evidence(0.6, 0.6, 2.0, 0.4, 1.0)
    wrong = fit([Trial(evidence, False, "judged")] * 50, DEFAULT).calibration
    assert wrong.confidence(evidence) < DEFAULT.confidence(evidence)
    assert not wrong.promised


@pytest.mark.parametrize("right", [True, False])
def test_golden_questions_of_one_kind_are_no_reason_to_fail(right: bool) -> None:
    trials = [replace(trial, right=right) for trial in seen(80, 0.5)]
    calibration = fit(trials, DEFAULT).calibration
    assert not calibration.promised
    confidence, _ = confidences(calibration, trials)
    assert (confidence.mean() > 0.7) == right


def test_a_prior_for_others_is_calm() -> None:
    trials = seen(500, 0.5)
    prior = prior_from(trials)
    own = fit(trials, DEFAULT).calibration
    assert 0 < prior.weights[2] < own.weights[2]
    assert (prior.basis, prior.promised) == ("prior", False)
