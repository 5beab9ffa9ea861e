"""Fits a library's calibration: from the prior, over the library's own texts, to what people asked and judged.

Each step is a small logistic regression that is pulled towards the step before, so that few questions change little
and many decide. This module must not know where trials come from; numpy is all it needs.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Literal

import numpy as np

from knowledge_base import risk
from knowledge_base.confidence import FEATURES, TARGET_ERROR, Calibration, Evidence
from knowledge_base.risk import Bools, Floats, Point

Source = Literal["golden", "stand-in", "hidden", "judged", "own", "own hidden"]
"""A golden question, or one with its article hidden, which stands in for a question that the library cannot answer or
only says more about near misses; an answer that people judged; the library's own wording, held out of the index, or
with its whole article hidden."""

IMPORTANCE: dict[Source, float] = {
    "golden": 1,
    "stand-in": 1,
    "hidden": 0.5,
    "judged": 1,
    "own": 1,
    "own hidden": 0.25,
}
"""Hidden articles stand for near misses, which nobody writes enough of."""
HELD_BACK = 0.1
"""At most this share of right first hits may get neither an answer nor a choice."""
FOREIGN_HELD_BACK = 0.05
"""At most this share of right first hits may lie below the floor that keeps foreign topics out."""
ENOUGH_FOR_A_FLOOR = 100
"""Fewer right first hits may lower the floor and not raise it."""
PULL_OF_PRIOR, PULL_OF_PRIOR_ON_BIAS = 30.0, 100.0
"""How many of the library's own texts weigh as much as the prior: they are worded unlike customers' questions, and say
more about what tells right from wrong than about how often the first hit is right."""
PULL_OF_TEXTS = 3.0
"""The same for golden and judged questions against what came before."""
PULL_OF_NOTHING = 30.0
"""The prior itself is fitted to one library and used in others: calm weights carry further."""
FEW_VERDICTS = 30
"""As long as verdicts weigh less and there is no golden question, they too turn the weights gently."""
FEW = 75
"""Fewer golden questions turn the weights as gently as the library's own texts do, and leave the thresholds alone."""
LEAST = 0.5
"""No answer is given that is as likely wrong as right, whatever a handful of questions seem to show."""
FOLDS = 5
_FREE = 1e-6


@dataclass(frozen=True, slots=True)
class Trial:
    """A question with what was seen and whether the first hit was right."""

    evidence: Evidence
    right: bool
    source: Source
    importance: float = 1.0
    """On top of its source's: a customer's thumb counts less than an agent's verdict."""
    group: int = 0
    """Trials made from one question share it, so that no fold sees half of it."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration with what it was chosen by: golden questions and confidences that never saw them."""

    calibration: Calibration
    confidence: tuple[float, ...] = ()
    right: tuple[bool, ...] = ()
    lowest_promise: float = 1.0
    """The lowest target that these questions can promise; 1 without golden questions."""
    ece_before: float = float("nan")
    """Calibration error on the golden questions of the confidence that the library had before …"""
    ece_after: float = float("nan")
    """… and of the new one, on folds that it has not seen."""
    curve: tuple[Point, ...] = field(default=())
    stand_ins: int = 0
    """How many of them are golden questions asked once more, with their article hidden."""
    keeps_lowest: bool = False
    """Whether the answer threshold is the one that `lowest_promise` is promised for."""

    @property
    def golden(self) -> int:
        return len(self.right) - self.stand_ins


def fit(trials: Sequence[Trial], prior: Calibration, target: float = TARGET_ERROR) -> Fitted:
    """The calibration for these trials, whatever kinds there are; without any it is the prior at another target."""
    own = [trial for trial in trials if trial.source.startswith("own")]
    asked = [trial for trial in trials if not trial.source.startswith("own")]
    start = _from_own_texts(own, prior)
    if any(trial.source == "golden" for trial in asked):
        return _from_golden(asked, start, prior, target)
    weights, bias = start
    if asked:
        x, y, w = _arrays(asked)
        pull = PULL_OF_TEXTS if w.sum() >= FEW_VERDICTS else PULL_OF_PRIOR
        weights, bias = _logistic(x, y, w, start, pull, pull)
    calibration = replace(
        prior, weights=_rounded(weights), bias=round(bias, 3), target=target, promised=False
    )
    if not own:
        return Fitted(replace(calibration, answer_threshold=_moved(prior, target)))
    x, y, w = _arrays(own)
    answer = max(round(risk.believed(_sigmoid(x @ weights + bias), w, target), 3), _moved(prior, target))
    return Fitted(replace(calibration, answer_threshold=answer, basis="own texts"))


def prior_from(trials: Sequence[Trial], target: float = TARGET_ERROR) -> Calibration:
    """A calibration to start other libraries from, from the golden questions of one."""
    nothing = Calibration((0.0,) * FEATURES, 0.0, 1.0, 0.0, 0.0)
    asked = [trial for trial in trials if not trial.source.startswith("own")]
    start = (np.zeros(FEATURES), 0.0)
    fitted = _from_golden(asked, start, nothing, target, PULL_OF_NOTHING, gently=False).calibration
    return replace(fitted, promised=False, basis="prior")


def _from_own_texts(own: Sequence[Trial], prior: Calibration) -> tuple[Floats, float]:
    """The prior turned towards what tells right from wrong in this library."""
    weights = np.array(prior.weights)
    if not own:
        return weights, prior.bias
    return _logistic(*_arrays(own), (weights, prior.bias), PULL_OF_PRIOR, PULL_OF_PRIOR_ON_BIAS)


def _from_golden(
    asked: Sequence[Trial],
    start: tuple[Floats, float],
    prior: Calibration,
    target: float,
    pull: float = PULL_OF_TEXTS,
    gently: bool = True,
) -> Fitted:
    x, y, w = _arrays(asked)
    golden = np.array([trial.source in ("golden", "stand-in") for trial in asked])
    stand_ins = sum(trial.source == "stand-in" for trial in asked)
    few = gently and golden.sum() - stand_ins < FEW
    pulls = (PULL_OF_PRIOR, PULL_OF_PRIOR_ON_BIAS) if few else (pull, _FREE)
    unseen, scaled, (slope, offset) = _cross_fitted(asked, start, pulls, few)
    weights, bias = _logistic(x, y, w, start, *pulls)
    confidence, right = _sigmoid(slope * unseen[golden] + offset), y[golden] > 0
    chosen = _chosen(confidence, right, prior, target, few)
    calibration = Calibration(
        _rounded(slope * weights),
        round(slope * bias + offset, 3),
        answer_threshold=math.floor(chosen.answer * 1e6) / 1e6,
        clarify_threshold=round(chosen.clarify, 3),
        nearness_floor=prior.nearness_floor if few else _floor(asked, prior),
        target=target,
        promised=chosen.promised,
        basis="golden questions",
    )
    before = np.array([prior.confidence(trial.evidence) for trial in asked])[golden]
    return Fitted(
        calibration,
        tuple(float(value) for value in confidence.round(4)),
        tuple(bool(value) for value in right),
        chosen.lowest_promise,
        risk.ece(before, right),
        risk.ece(scaled[golden], right),
        tuple(risk.curve(confidence, right)),
        stand_ins,
        chosen.keeps_lowest,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    answer: float
    clarify: float
    promised: bool = False
    lowest_promise: float = 1.0
    keeps_lowest: bool = False


def _chosen(confidence: Floats, right: Bools, prior: Calibration, target: float, few: bool) -> _Chosen:
    """The thresholds. A few questions choose none: where the prior's lie is better known."""
    if few:
        answer = _moved(prior, target)
        return _Chosen(answer, min(prior.clarify_threshold, answer))
    lowest = risk.lowest_promise(confidence, right, least=LEAST)
    strictest = _promised(confidence, right, prior, target, lowest)
    promised = _promised(confidence, right, prior, target, target)
    answer = _unpromised(confidence, right, prior, target, strictest) if promised is None else promised
    clarify = prior.clarify_threshold
    if right.any():
        clarify = min(float(np.quantile(confidence[right], HELD_BACK)), max(clarify, answer / 2))
    kept = promised is None and answer == strictest
    return _Chosen(answer, min(clarify, answer), promised is not None, lowest, kept)


def _cross_fitted(
    asked: Sequence[Trial], start: tuple[Floats, float], pulls: tuple[float, float], few: bool
) -> tuple[Floats, Floats, tuple[float, float]]:
    """Totals that no weights were fitted to; the confidences that no scaling was fitted to either; the scaling.

    A few questions are too few for a scaling of their own.
    """
    x, y, w = _arrays(asked)
    counted = np.array([trial.source in ("golden", "stand-in", "judged") for trial in asked])
    _, groups = np.unique([trial.group for trial in asked], return_inverse=True)
    folds = min(FOLDS, int(groups.max()) + 1)
    fold = np.random.default_rng(0).permutation(groups.max() + 1)[groups] % folds
    unseen, scaled = np.zeros(len(y)), np.zeros(len(y))
    for k in range(folds):
        seen = fold != k
        weights, bias = _logistic(x[seen], y[seen], w[seen], start, *pulls) if seen.any() else start
        unseen[~seen] = x[~seen] @ weights + bias
    if few:
        return unseen, _sigmoid(unseen), (1.0, 0.0)
    for k in range(folds):
        others = counted & (fold != k)
        slope, offset = _scaled(unseen[others], y[others], w[others])
        scaled[fold == k] = _sigmoid(slope * unseen[fold == k] + offset)
    return unseen, scaled, _scaled(unseen[counted], y[counted], w[counted])


def _promised(
    confidence: Floats, right: Bools, prior: Calibration, target: float, promise: float
) -> float | None:
    """The threshold that `promise` can be promised for, as near to the prior's as makes no difference to it."""
    point = risk.promised(confidence, right, promise, least=LEAST)
    return risk.nearest(confidence, point.threshold, _moved(prior, target)) if point else None


def _unpromised(
    confidence: Floats, right: Bools, prior: Calibration, target: float, strictest: float | None
) -> float:
    """The threshold at a target that cannot be promised: where it seems to hold, and no lower than the prior's and than
    the lowest promise's, so that a stricter target never answers more. What is all but sure is answered in any case."""
    moved, estimated = _moved(prior, target), risk.estimated(confidence, right, target)
    estimated = min(risk.nearest(confidence, estimated, moved), 1 - target / 2)
    return max(estimated, moved, strictest or 0.0)


def _moved(prior: Calibration, target: float) -> float:
    """The prior's answer threshold at another target, when nothing is known but its own: as far as the odds move."""
    if prior.answer_threshold >= 1:
        return LEAST
    odds = prior.answer_threshold / (1 - prior.answer_threshold)
    odds *= prior.target / (1 - prior.target) * (1 - target) / target
    return round(max(odds / (1 + odds), prior.clarify_threshold, LEAST), 3)


def _floor(asked: Sequence[Trial], prior: Calibration) -> float:
    near = [trial.evidence.nearness for trial in asked if trial.source == "golden" and trial.right]
    if not near:
        return prior.nearness_floor
    floor = round(float(np.quantile(near, FOREIGN_HELD_BACK)), 3)
    return min(floor, prior.nearness_floor or floor) if len(near) < ENOUGH_FOR_A_FLOOR else floor


def _arrays(trials: Sequence[Trial]) -> tuple[Floats, Floats, Floats]:
    """Features [n, FEATURES], right [n], importance [n]."""
    x = np.array([astuple(trial.evidence) for trial in trials], dtype=np.float64)
    y = np.array([trial.right for trial in trials], dtype=np.float64)
    w = np.array([IMPORTANCE[trial.source] * trial.importance for trial in trials])
    return x.reshape(len(trials), FEATURES), y, w


def _scaled(total: Floats, y: Floats, w: Floats) -> tuple[float, float]:
    """Platt's slope and offset on questions that people asked, pulled to 1 and 0. The slope is never negative: when the
    evidence tells nothing, confidence says the same of every question."""
    slope, offset = _logistic(total[:, None], y, w, (np.ones(1), 0.0), 1.0, _FREE)
    if slope[0] > 0:
        return float(slope[0]), offset
    share = (float((w * y).sum()) + 1) / (float(w.sum()) + 2)
    return 0.0, math.log(share / (1 - share))


def _logistic(
    x: Floats, y: Floats, w: Floats, start: tuple[Floats, float], pull: float, pull_of_bias: float
) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression pulled towards `start`, by Newton's method with halved steps.

    Features are standardised, so that the pull is the same for all; the bias is the one at their mean.
    """
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = np.column_stack([(x - mean) / spread, np.ones(len(x))])
    origin = np.append(start[0] * spread, start[1] + start[0] @ mean)
    penalty = np.append(np.full(x.shape[1], pull), pull_of_bias)

    def loss(theta: Floats) -> float:
        total = design @ theta
        return float(w @ (np.logaddexp(0, total) - y * total) + penalty @ (theta - origin) ** 2 / 2)

    theta = origin.copy()
    now = loss(theta)
    for _ in range(50):
        p = _sigmoid(design @ theta)
        gradient = design.T @ (w * (p - y)) + penalty * (theta - origin)
        hessian = (design * (w * p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        while (after := loss(theta - step)) > now and float(np.abs(step).max()) > 1e-9:
            step /= 2
        theta, now = theta - step, after
        if float(np.abs(step).max()) < 1e-7:
            break
    weights: Floats = theta[:-1] / spread
    return weights, float(theta[-1] - weights @ mean)


def _rounded(weights: Floats) -> tuple[float, ...]:
    return tuple(round(float(weight), 3) for weight in weights)


def _sigmoid(total: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(total, -30, 30)))
