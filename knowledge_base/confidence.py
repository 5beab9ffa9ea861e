"""How sure an answer is: a small logistic model over what the ranking saw, with the thresholds of the decisions.

Confidence is the probability that the first hit answers the question. Cosine tells foreign topics, the peaks tell
near misses; both stay in. How a library gets its own weights is in `fitting.py`. This module must not know about
articles, storage or encoders; numpy is all it needs.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from typing import Literal

import numpy as np

from knowledge_base.ranking import TEMPERATURE, Match, Scores

Decision = Literal["answer", "clarify", "none"]
Basis = Literal["prior", "own texts", "golden questions"]
"""What a calibration was fitted to. Only golden questions allow a promise."""

TARGET_ERROR = 0.1
"""Unless the operator says otherwise, at most this share of what is answered may be wrong."""
NEIGHBOURS = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first hit. A peak is how far it stands above the best nine of the other articles."""

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
    said_peak: float = 0.0
    standing_peak: float = 0.0
    overlap_peak: float = 0.0
    share: float = 0.0
    """Its article's chance among all articles, if one of them answers, 0 to 1."""

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
    target: float = TARGET_ERROR
    """At most this share of wrong answers was asked for …"""
    promised: bool = False
    """… and whether that can be promised for new questions, or is only estimated."""
    basis: Basis = "prior"

    def confidence(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that the first hit answers the question."""
        total = self.bias + sum(w * x for w, x in zip(self.weights, astuple(evidence), strict=True))
        return 1.0 / (1.0 + math.exp(-min(max(total, -30.0), 30.0)))

    def to_json(self, encoder: str) -> str:
        """`encoder` is the hash of the one it was fitted with."""
        return json.dumps({**asdict(self), "encoder": encoder})

    @classmethod
    def from_json(cls, text: str, encoder: str) -> "Calibration | None":
        """None when it was fitted to other evidence than is gathered now, or with another encoder: it must then be fitted
        again."""
        values = json.loads(text)
        if values.pop("encoder", None) != encoder or set(values) != {field.name for field in fields(cls)}:
            return None
        if len(values["weights"]) != FEATURES:
            return None
        return cls(**{**values, "weights": tuple(values["weights"])})


DEFAULT = Calibration(
    (1.164, 1.085, 0.256, 1.384, 0.344, -0.304, 2.51, 3.095, 1.376), -3.468, 0.798, 0.258, 0.489
)
"""The prior: where every library starts, and what pulls on its weights while its own questions are few. Printed by
`python -m knowledge_base evaluate knowledge_base/demo/questions.yml --calibrate --show` in the demo's library."""


def evidence_of(match: Match, best: Sequence[int]) -> Evidence:
    """Evidence for the first of `best`, the best passages of the articles in order."""
    if not best:
        return NO_EVIDENCE
    order = np.array(best)
    fused = match.fused[order]
    return Evidence(
        said=float(match.said[order[0]]),
        standing=float(match.standing[order[0]]),
        peak=float(fused[0] - fused[1:NEIGHBOURS].mean()) if len(order) > 1 else 0.0,
        overlap=float(match.overlap[order[0]]),
        margin=float(fused[0] - fused[1]) if len(order) > 1 else 0.0,
        said_peak=_peak(match.said[order]),
        standing_peak=_peak(match.standing[order]),
        overlap_peak=_peak(match.overlap[order]),
        share=float(1 / np.exp((fused - fused[0]) / TEMPERATURE).sum()),
    )


def _peak(scores: Scores) -> float:
    """The first one's score above the mean of the best nine of the others; 0 when there are no others."""
    others = scores[1:]
    if len(others) >= NEIGHBOURS:
        others = np.partition(others, 1 - NEIGHBOURS)[1 - NEIGHBOURS :]
    return float(scores[0] - others.mean()) if len(others) else 0.0


def decide(evidence: Evidence, calibration: Calibration) -> Decision:
    """Answer, ask which of the hits was meant, or say honestly that nothing was found."""
    confidence = calibration.confidence(evidence)
    if evidence.nearness < calibration.nearness_floor:
        return "none"
    if confidence >= calibration.answer_threshold:
        return "answer"
    return "clarify" if confidence >= calibration.clarify_threshold else "none"
