"""What share of answers may be wrong, and what can be promised about it: bounds, thresholds, curves, replay.

Everything here is arithmetic on confidences and on whether the first hit was right; numpy is all it needs. A promise
holds for new questions like the ones it was made from, with probability SURETY over the draw of those questions. This
module must not know where confidences come from.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SURETY = 0.9
"""How often a promise has to hold: nine times in ten that questions are drawn and thresholds fitted to them."""
STARTS = (0.1, 0.2, 0.4)
"""Shares of the questions at which a sequence of tests begins; each start is given an equal part of what may go wrong."""
STEP = 0.025
"""Every test of a sequence answers this share of the questions more than the one before."""
ECE_BINS = 10
BISECTIONS = 30

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from `threshold` on leads to."""

    threshold: float
    answered: float
    """Share of the questions, 0 to 1."""
    error: float
    """Share of wrong ones among the answered."""
    bound: float
    """What `error` stays under with probability SURETY on new questions, at this one threshold."""
    count: int
    """Questions answered."""


def upper_bound(wrong: int, answered: int, surety: float = SURETY) -> float:
    """Clopper and Pearson: the error rate above which so few wrong answers would come up less often than 1 - surety."""
    if wrong >= answered:
        return 1.0
    k = np.arange(wrong + 1)
    ways = np.append(0.0, np.cumsum(np.log((answered - k[:-1]) / k[1:])))  # log of n over k
    low, high = wrong / answered, 1.0
    for _ in range(BISECTIONS):
        rate = (low + high) / 2
        logs = ways + k * math.log(rate) + (answered - k) * math.log1p(-rate)
        at_most = math.exp(logs.max()) * float(np.exp(logs - logs.max()).sum())
        low, high = (rate, high) if at_most > 1 - surety else (low, rate)
    return high


def promised(
    confidence: Floats, right: Bools, target: float, surety: float = SURETY, least: float = 0.0
) -> Point | None:
    """The lowest threshold at which at most `target` of the answers being wrong can be promised; None if there is none.

    Learn then test: from each start thresholds are tested downwards until one fails, so that many thresholds are looked
    at and the promise still holds. `bound` of the point is the target. No threshold is below `least`.
    """
    best: Point | None = None
    for start in _sequences(len(confidence)):
        for count in start:
            point = _at_count(confidence, right, count, 1 - (1 - surety) / len(STARTS))
            if point is None or point.bound > target or point.threshold < least:
                break
            if best is None or point.count > best.count:
                best = point
    return best and Point(best.threshold, best.answered, best.error, target, best.count)


def nearest(confidence: Floats, threshold: float, wanted: float) -> float:
    """Of all thresholds that answer the same questions as `threshold` does, the one nearest to `wanted`."""
    below = confidence[confidence < threshold]
    lowest = float(below.max()) + 1e-6 if len(below) else 0.0
    return min(threshold, max(wanted, lowest))


def lowest_promise(confidence: Floats, right: Bools, surety: float = SURETY, least: float = 0.0) -> float:
    """The lowest target for which there is any threshold to promise; 1 when there is none."""
    starts = [next(iter(sequence)) for sequence in _sequences(len(confidence))]
    points = [_at_count(confidence, right, count, 1 - (1 - surety) / len(STARTS)) for count in starts]
    return min((point.bound for point in points if point and point.threshold >= least), default=1.0)


def estimated(confidence: Floats, right: Bools, target: float) -> float:
    """The lowest threshold whose error seems to be within `target`, promised or not; above 1 when there is none.

    One wrong answer more than were seen is assumed, so that a handful of lucky ones prove nothing.
    """
    if not len(confidence):
        return 1.01
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1)
    error = (np.cumsum(~right[order]) + 1) / (counts + 2)
    ranked = confidence[order]
    last_of_its_kind = np.append(ranked[1:] < ranked[:-1], True)
    within = np.flatnonzero((error <= target) & last_of_its_kind)
    return float(ranked[within[-1]]) if len(within) else 1.01


def believed(confidence: Floats, weight: Floats, target: float) -> float:
    """The lowest threshold above which confidence itself expects at most `target` wrong; above 1 when there is none."""
    if not len(confidence):
        return 1.01
    order = np.argsort(-confidence, kind="stable")
    expected = np.cumsum(weight[order] * (1 - confidence[order])) / np.cumsum(weight[order])
    within = np.flatnonzero(expected <= target)
    return float(confidence[order[within[-1]]]) if len(within) else 1.01


def curve(confidence: Floats, right: Bools, points: int = 20) -> list[Point]:
    """Risk over coverage, the fewest answered first; equally confident questions are answered together."""
    counts = sorted({max(1, round(len(confidence) * step / points)) for step in range(1, points + 1)})
    found = [_at_count(confidence, right, count, SURETY) for count in counts if len(confidence)]
    return list({point.count: point for point in found if point}.values())


def ece(confidence: Floats, right: Bools) -> float:
    """Expected calibration error: how far confidence is from the share that is right, over bins of equal size."""
    if not len(confidence):
        return float("nan")
    order = np.argsort(confidence, kind="stable")
    bins = [part for part in np.array_split(order, ECE_BINS) if len(part)]
    gaps = [len(part) * abs(float(confidence[part].mean() - right[part].mean())) for part in bins]
    return sum(gaps) / len(order)


def auroc(high: Floats, low: Floats) -> float:
    """How often one of `high` is above one of `low`, ties half; 0.5 is chance, nan when either is empty."""
    if not len(high) or not len(low):
        return float("nan")
    ordered = np.sort(low)
    below, up_to = (np.searchsorted(ordered, high, side) for side in ("left", "right"))
    return float((below + up_to).sum() / (2 * len(high) * len(low)))


@dataclass(frozen=True, slots=True)
class Logged:
    """One question from the log, with its confidence as it would be today."""

    confidence: float
    answered: bool
    """What was decided when it was asked."""
    verdict: bool | None
    """Whether people said that it was right; None when nobody said."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What another threshold would have done to logged questions, against what today's threshold does."""

    asked: int
    answered: int
    more_answered: int
    """Against today's threshold; negative when fewer would have been answered."""
    more_wrong: float
    """Estimated from confidences; what people said replaces the estimate where they said something."""
    judged_right: int
    judged_wrong: int
    """Among those that would have been answered."""
    agent_minutes: float
    """Saved, or spent when negative: a question that is answered rightly does not come to an agent."""


def replay(logged: Sequence[Logged], today: float, then: float, minutes: float) -> Replay:
    """Today's and another answer threshold on the same questions; an answered question saves an agent `minutes`."""
    sign = 1 if then <= today else -1
    low, high = min(today, then), max(today, then)
    between = [item for item in logged if low <= item.confidence < high]
    answered = [item for item in logged if item.confidence >= then]
    wrong = sum(1 - item.confidence if item.verdict is None else float(not item.verdict) for item in between)
    return Replay(
        asked=len(logged),
        answered=len(answered),
        more_answered=sign * len(between),
        more_wrong=sign * wrong,
        judged_right=sum(item.verdict is True for item in answered),
        judged_wrong=sum(item.verdict is False for item in answered),
        agent_minutes=sign * (len(between) - wrong) * minutes,
    )


def _sequences(count: int) -> list[list[int]]:
    """For each start the numbers of questions answered, growing."""
    sequences = []
    for start in STARTS:
        steps = range(round((1 - start) / STEP) + 1)
        sequences.append(list(dict.fromkeys(max(1, round(count * (start + STEP * step))) for step in steps)))
    return sequences if count else []


def _at_count(confidence: Floats, right: Bools, count: int, surety: float) -> Point | None:
    """The point at which the `count` most confident are answered, and with them all that are as confident."""
    if not 0 < count <= len(confidence):
        return None
    threshold = float(np.sort(confidence)[-count])
    answered = confidence >= threshold
    total, wrong = int(answered.sum()), int((answered & ~right).sum())
    return Point(threshold, total / len(confidence), wrong / total, upper_bound(wrong, total, surety), total)
