"""How sure an answer is: a small logistic model over what the ranking saw, fitted to a library's golden questions.

Confidence is the probability that the first hit answers the question. Cosine tells foreign topics, the peak tells
near misses; both stay in. This module must not know about articles, storage or encoders; numpy is all it needs.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ranking import Match, Views

Decision = Literal["answer", "clarify", "none"]

TARGET_ERROR = 0.05
"""At most this share of what is answered may be wrong, and of what could be answered may be held back."""
RIDGE = 0.05
"""Pulls weights to zero; a golden set has a hundred questions, not thousands."""
NEIGHBOURS = 10
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first hit. All features grow with sureness."""

    cosine: float
    """Best raw cosine of the first hit, -1 to 1."""
    peak: float
    """Its fused score above the mean of the articles on ranks 2 to 10, in scales."""
    overlap: float
    """Share of the question's information found in its words, 0 to 1."""
    margin: float
    """Its fused score above that of the next article, in scales."""


NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights for the four features in the order of Evidence, and the two thresholds."""

    weights: tuple[float, float, float, float]
    bias: float
    answer_threshold: float
    clarify_threshold: float

    def confidence(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that the first hit answers the question."""
        total = self.bias + sum(w * x for w, x in zip(self.weights, astuple(evidence), strict=True))
        return float(1.0 / (1.0 + np.exp(-np.clip(total, -30, 30))))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Calibration":
        values = json.loads(text)
        return cls(**{**values, "weights": tuple(values["weights"])})


DEFAULT = Calibration((6.0, 0.6, 2.0, 0.4), -5.5, 0.6, 0.3)


def evidence_of(views: Views, match: Match, best: Sequence[int]) -> Evidence:
    """Evidence for the first of `best`, the best passages of the articles in order."""
    if not best:
        return NO_EVIDENCE
    top, others = best[0], match.fused[list(best[1:NEIGHBOURS])]
    first = float(match.fused[top])
    return Evidence(
        cosine=float(match.cosine[top]),
        peak=first - float(others.mean()) if len(others) else 0.0,
        overlap=float(match.overlap[top]),
        margin=first - float(others[0]) if len(others) else 0.0,
    )


def decide(confidence: float, calibration: Calibration) -> Decision:
    """Answer, ask which of the hits was meant, or say honestly that nothing was found."""
    if confidence >= calibration.answer_threshold:
        return "answer"
    return "clarify" if confidence >= calibration.clarify_threshold else "none"
