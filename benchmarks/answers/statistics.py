"""What every figure is made of: bootstrap intervals, AUROC, correlation, percentiles.

Plain arrays in, numbers out. This module must not know what is measured.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.evaluation import Figure
from knowledge_base.risk import auroc

__all__ = [
    "RESAMPLES",
    "SEED",
    "Figure",
    "Floats",
    "Rows",
    "auroc_figure",
    "bootstrap",
    "correlation",
    "f1",
    "percentiles",
    "quantile_threshold",
    "share",
]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
RESAMPLES = 1000
SEED = 7


def bootstrap(score: Callable[[Rows], float], n: int, resamples: int = RESAMPLES) -> Figure:
    """`score` of all n rows, and the middle 95 % of its values on rows drawn with replacement."""
    if not n:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    source = np.random.default_rng(SEED)
    values = np.array([score(source.integers(0, n, n)) for _ in range(resamples)])
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, (2.5, 97.5)) if len(known) else (float("nan"), float("nan"))
    return Figure(float(score(np.arange(n))), float(low), float(high), n)


def share(values: Sequence[bool] | Sequence[float] | NDArray[np.bool_] | Floats) -> Figure:
    """The mean with its interval."""
    sample = np.asarray(values, dtype=np.float64)
    if not len(sample):
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    drawn = np.random.default_rng(SEED)
    means = [float(sample[drawn.integers(0, len(sample), len(sample))].mean()) for _ in range(RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return Figure(float(sample.mean()), float(low), float(high), len(sample))


def auroc_figure(scores: Floats, positive: NDArray[np.bool_]) -> Figure:
    """How often a positive row scores above a negative one, ties half. nan when one side is empty."""

    def score(rows: Rows) -> float:
        drawn, good = scores[rows], positive[rows]
        return auroc(drawn[good], drawn[~good])

    return bootstrap(score, len(scores))


def correlation(truth: Sequence[str], said: Sequence[str]) -> Figure:
    """Matthews' correlation over any number of classes, 0 for guessing and 1 for never wrong."""
    names = sorted({*truth, *said})
    number = {name: place for place, name in enumerate(names)}
    t, s = (np.array([number[name] for name in column], dtype=np.int64) for column in (truth, said))

    def score(rows: Rows) -> float:
        tk, sk = (np.bincount(column[rows], minlength=len(names)).astype(float) for column in (t, s))
        right, n = float((t[rows] == s[rows]).sum()), float(len(rows))
        spread = (n * n - float(sk @ sk)) * (n * n - float(tk @ tk))
        return (right * n - float(tk @ sk)) / float(np.sqrt(spread)) if spread > 0 else 0.0

    return bootstrap(score, len(t))


def f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> Figure:
    """F1 of two columns of yes and no."""

    def score(rows: Rows) -> float:
        both = int((truth[rows] & said[rows]).sum())
        return 2 * both / max(int(truth[rows].sum() + said[rows].sum()), 1)

    return bootstrap(score, len(truth))


def quantile_threshold(scores: Floats, below: float) -> float:
    """The score that a share `below` of `scores` lies under."""
    return float(np.quantile(scores, below))


def percentiles(milliseconds: Sequence[float]) -> tuple[float | None, float | None]:
    """p50 and p95, None where nothing was timed."""
    if not milliseconds:
        return None, None
    p50, p95 = np.percentile(np.asarray(milliseconds, dtype=np.float64), (50, 95))
    return float(p50), float(p95)
