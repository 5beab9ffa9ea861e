"""How long somebody at this place will wait: the P50 and P90, from the first customer on.

Two things are waited for: that enough conversations end, and that whoever is free takes the next. How long a
conversation takes is a guess at first (the setting `chat_seconds`, which counts as `GUESSED` conversations) and is
learned from how many ended lately while seats were taken for how long: those that go on count too, or only short ones
would be seen at a desk of many seats. Conversations of a full desk end one after the other at the pace of all seats
together. How fast a free agent takes one is learned from those who found a free seat.

The range contains what is not known about the pace itself: with few conversations seen it is wide. Pure arithmetic.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

GUESSED = 3.0
"""Conversations that the first guess weighs as much as."""
PICKED_UP = (8.0, 15.0, 25.0, 40.0, 90.0)
"""Seconds after which free agents took one, before any were seen."""
MOST_ENDINGS = 200
"""For more, the wait is taken to grow with their number."""


@dataclass(frozen=True, slots=True)
class WaitRange:
    low_seconds: int
    """One in two waits less."""
    high_seconds: int
    """Nine in ten wait less."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What was seen of a desk: so many conversations ended, while those and the others went on for so long together."""

    endings: int = 0
    seconds: float = 0.0


def pace_of(spans: Sequence[tuple[float, float | None]], most: int, within_seconds: float) -> Pace:
    """The pace of lately, from conversations that began and ended so many seconds ago; None for those that go on.

    `spans` are the `most` that ended last, not longer ago than `within_seconds`, and all that go on. With `most` of them
    it is seen from the end of the first on: what others did before that is not known, so nothing before it counts.
    """
    ended = [over for _, over in spans if over is not None]
    seen_for = max(ended) if len(ended) >= most else within_seconds
    seconds = sum(max(0.0, min(began, seen_for) - (over or 0.0)) for began, over in spans)
    return Pace(sum(over < seen_for for over in ended), seconds)


def wait_range(
    endings: int, seats: int, chat_seconds: float, pace: Pace, picked_up: Sequence[float]
) -> WaitRange | None:
    """The wait until `endings` conversations of `seats` ended and the next is taken; None with no seats.

    `pace` is that of the desk lately, `picked_up` are the waits, in seconds, of those who found a free seat.
    """
    if seats <= 0:
        return None
    waits = [*PICKED_UP, *picked_up]
    low, high = _middle_and_most(waits)
    if endings > 0:
        weight, seconds = GUESSED + pace.endings, GUESSED * chat_seconds + pace.seconds
        seconds += weight * fmean(waits)  # a seat stands empty until its agent takes the next
        half = _until_ended(endings, weight, seconds, 0.5) / seats
        most = _until_ended(endings, weight, seconds, 0.9) / seats
        low, high = half + low, half + low + math.hypot(most - half, high - low)
    return WaitRange(round(low), max(round(low), round(high)))


def _middle_and_most(waits: Sequence[float]) -> tuple[float, float]:
    deciles = quantiles(waits, n=10, method="inclusive")
    return deciles[4], deciles[8]


def _until_ended(endings: int, weight: float, seconds: float, share: float) -> float:
    """The quantile of the time until so many endings, one seat at work.

    The rate of endings is known from `weight` conversations that took `seconds` together (a gamma distribution), and
    so is the time, a mixture over that rate: time / (time + seconds) follows a beta distribution.
    """
    few = min(endings, MOST_ENDINGS)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _ended_by(middle, few, weight) < share:
            low = middle
        else:
            high = middle
    return seconds * low / (1 - low) * endings / few


def _ended_by(part: float, endings: int, weight: float) -> float:
    """P(Beta(endings, weight) <= part), as one minus the chance that fewer have ended."""
    term = still = math.pow(1 - part, weight)
    for ended in range(endings - 1):
        term *= part * (weight + ended) / (ended + 1)
        still += term
    return 1 - still
