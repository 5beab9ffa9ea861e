"""How long somebody at this place will wait: the P50 and P90, from the first customer on.

Two things are waited for: that enough conversations end, and that whoever is free takes the next. How long a
conversation takes is a guess at first (the setting `chat_seconds`, which counts as `GUESSED` conversations) and is
learned from those that ended lately; conversations of a full desk end one after the other at the pace of all seats
together. How fast a free agent takes one is learned from those who found a free seat.

The range contains what is not known about the pace itself: with few conversations seen it is wide. Pure arithmetic.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

GUESSED = 4.0
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


def wait_range(
    endings: int, seats: int, chat_seconds: float, took: Sequence[float], picked_up: Sequence[float]
) -> WaitRange | None:
    """The wait until `endings` conversations of `seats` ended and the next is taken; None with no seats.

    `took` are the lengths of conversations that ended lately, `picked_up` the waits of those who found a free seat, all
    in seconds.
    """
    if seats <= 0:
        return None
    waits = [*PICKED_UP, *picked_up]
    low, high = _middle_and_most(waits)
    if endings > 0:
        weight, seconds = GUESSED + len(took), GUESSED * chat_seconds + sum(took)
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
