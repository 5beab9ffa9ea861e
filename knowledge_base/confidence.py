"""How sure an answer is: a small logistic model over what the ranking saw, fitted to a library's golden questions.

Confidence is the probability that the first hit answers the question. Cosine tells foreign topics, the peak tells
near misses; both stay in. This module must not know about articles, storage or encoders; numpy is all it needs.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ranking import Match

Decision = Literal["answer", "clarify", "none"]

TARGET_ERROR = 0.1
"""At most this share of what is answered may be wrong …"""
HELD_BACK = 0.1
"""… and at most this share of right first hits may get neither an answer nor a choice."""
FOREIGN_HELD_BACK = 0.05
"""At most this share of right first hits may lie below the floor that keeps foreign topics out."""
RIDGE = 0.05
"""Pulls weights to zero; a golden set has a hundred questions, not thousands."""
NEIGHBOURS = 10
FOLDS = 5
SURE_COSINE = 0.7
"""A question whose best passage is this near needs no help from earlier ones."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first hit. All features grow with sureness."""

    said: float
    """Cosine of what the first hit says, -1 to 1."""
    standing: float
    """Best cosine of its title and headings and of its article's other wordings, -1 to 1."""
    peak: float
    """Its fused score above the mean of the articles on ranks 2 to 10, in scales."""
    overlap: float
    """Share of the question's information found in its words, 0 to 1."""
    margin: float
    """Its fused score above that of the next article, in scales."""

    @property
    def nearness(self) -> float:
        """Raw cosines together: tells a foreign topic, whatever the other passages score."""
        return self.said + self.standing / 2


FEATURES = len(fields(Evidence))
NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights for the features in the order of Evidence, and where the decisions lie."""

    weights: tuple[float, ...]
    bias: float
    answer_threshold: float
    clarify_threshold: float
    nearness_floor: float
    """Below this a question is foreign, however much the first hit stands out."""

    def confidence(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that the first hit answers the question."""
        total = self.bias + sum(w * x for w, x in zip(self.weights, astuple(evidence), strict=True))
        return float(1.0 / (1.0 + np.exp(-np.clip(total, -30, 30))))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Calibration | None":
        """None when it was fitted to other evidence than is gathered now: it must then be fitted again."""
        values = json.loads(text)
        if set(values) != {field.name for field in fields(cls)} or len(values["weights"]) != FEATURES:
            return None
        return cls(**{**values, "weights": tuple(values["weights"])})


DEFAULT = Calibration((1.36, 1.676, 0.436, 0.484, 0.512), -3.302, 0.591, 0.226, 0.481)
"""Until a library has its own. Made from the demo's library and its 495 golden questions, 123 of them without an
answer, by: python -m knowledge_base calibrate knowledge_base/demo/questions.yml --show"""


def evidence_of(match: Match, best: Sequence[int]) -> Evidence:
    """Evidence for the first of `best`, the best passages of the articles in order."""
    if not best:
        return NO_EVIDENCE
    top, others = best[0], match.fused[list(best[1:NEIGHBOURS])]
    first = float(match.fused[top])
    return Evidence(
        said=float(match.said[top]),
        standing=float(match.standing[top]),
        peak=first - float(others.mean()) if len(others) else 0.0,
        overlap=float(match.overlap[top]),
        margin=first - float(others[0]) if len(others) else 0.0,
    )


def fit(evidence: Sequence[Evidence], right: Sequence[bool], importance: Sequence[float]) -> Calibration:
    """The calibration of a library from what was seen for its golden questions.

    `right` says whether the first hit was the right one; `importance` is 1 for a question people asked, less for one
    made up by hiding its article. Thresholds come from confidences of questions that a fold's weights have not seen,
    counting asked questions only. Raises ValueError unless there are both right and wrong first hits.
    """
    x, y, w = _features(evidence), np.array(right, dtype=np.float64), np.array(importance, dtype=np.float64)
    if y.min(initial=1) == y.max(initial=0):
        raise ValueError("Calibration needs questions with and without an answer in the library.")
    unseen = np.zeros(len(y))
    fold = np.random.default_rng(0).permutation(len(y)) % FOLDS
    for k in range(FOLDS):
        weights, bias = _logistic(x[fold != k], y[fold != k], w[fold != k])
        unseen[fold == k] = _sigmoid(x[fold == k] @ weights + bias)
    weights, bias = _logistic(x, y, w)
    asked = w >= 1
    answer, clarify = _thresholds(unseen[asked], y[asked] > 0)
    near = [
        item.nearness
        for item, of, is_right in zip(evidence, importance, right, strict=True)
        if of >= 1 and is_right
    ]
    floor = float(np.quantile(near, FOREIGN_HELD_BACK)) if near else 0.0
    rounded = tuple(round(float(weight), 3) for weight in weights)
    return Calibration(rounded, round(bias, 3), round(answer, 3), round(clarify, 3), round(floor, 3))


def _features(evidence: Sequence[Evidence]) -> NDArray[np.float64]:
    return np.array([astuple(item) for item in evidence], dtype=np.float64).reshape(len(evidence), FEATURES)


def _logistic(
    x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a ridge logistic regression on standardised features, by Newton's method."""
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = np.column_stack([(x - mean) / spread, np.ones(len(x))])
    penalty = np.diag([RIDGE * w.sum() / 10] * x.shape[1] + [1e-6])
    theta = np.zeros(design.shape[1])
    for _ in range(50):
        p = _sigmoid(design @ theta)
        gradient = design.T @ (w * (p - y)) + penalty @ theta
        hessian = (design * (w * p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, gradient)
        theta -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    weights = theta[:-1] / spread
    return weights, float(theta[-1] - weights @ mean)


def _thresholds(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """The lowest answer threshold within TARGET_ERROR, and the clarify threshold that holds back as few right hits."""
    order = np.argsort(-confidence)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(wrong <= TARGET_ERROR)
    answer = float(confidence[order[within[-1]]]) if len(within) else float(confidence.max())
    clarify = float(np.quantile(confidence[right], HELD_BACK))
    return answer, min(clarify, answer)


def _sigmoid(total: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(total, -30, 30)))


def sureness(evidence: Evidence) -> float:
    """How much a question says by itself, 0 to 1: the gate that keeps an old topic from pulling a new question back.

    Cosine serves better than confidence here: the same recall in mid-conversation, and six points more right first
    hits when the topic has changed (doc2dial, 600 later turns, and 295 first turns behind a foreign conversation).
    """
    nearest = max(evidence.said, evidence.standing, 0.0)
    return min(nearest / SURE_COSINE, 1.0) ** 2


def decide(evidence: Evidence, calibration: Calibration) -> Decision:
    """Answer, ask which of the hits was meant, or say honestly that nothing was found."""
    confidence = calibration.confidence(evidence)
    if evidence.nearness < calibration.nearness_floor:
        return "none"
    if confidence >= calibration.answer_threshold:
        return "answer"
    return "clarify" if confidence >= calibration.clarify_threshold else "none"
