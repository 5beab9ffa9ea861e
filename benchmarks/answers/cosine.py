"""The rival of the handoff decision: one threshold on the cosine of the nearest training example.

This module must not know what the product decides.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.statistics import Floats
from knowledge_base.encoder import OnnxEncoder

Vectors = NDArray[np.float32]
CHUNK = 1000
MISSED, FALSE = 5.0, 1.0
"""What it costs to keep a message that nobody can answer, and to hand off one that the bot could have."""


def vectors_of(texts: Sequence[str], encoder: OnnxEncoder, kept: Path) -> Vectors:
    """One row a text; taken from the folder `kept` where the same texts were encoded before."""
    digest = hashlib.sha256("\0".join([encoder.sha256, *texts]).encode("utf-8", "surrogatepass")).hexdigest()[
        :16
    ]
    path = kept / f"vectors-{digest}.npy"
    if path.is_file():
        stored: Vectors = np.load(path, allow_pickle=False)
        return stored
    rows = np.array([encoder.encode(text) for text in texts], dtype=np.float32)
    kept.mkdir(parents=True, exist_ok=True)
    np.save(path, rows)
    return rows


def nearest(rows: Vectors, examples: Vectors, *, themselves: bool = False) -> Floats:
    """The cosine of each row's nearest example; with `themselves` the nearest other one."""
    found = np.empty(len(rows))
    for start in range(0, len(rows), CHUNK):
        cosines = rows[start : start + CHUNK] @ examples.T
        if themselves:
            at = np.arange(len(cosines))
            cosines[at, start + at] = -1.0
        found[start : start + CHUNK] = cosines.max(axis=1)
    return found


def costs(handed_off: NDArray[np.bool_], out_of_scope: NDArray[np.bool_]) -> Floats:
    """Cost of each decision."""
    return np.where(out_of_scope, np.where(handed_off, 0.0, MISSED), np.where(handed_off, FALSE, 0.0))


def cheapest_threshold(scores: Floats, out_of_scope: NDArray[np.bool_]) -> float:
    """The threshold below which to hand off that would have cost least here: nobody can know it beforehand."""
    order = np.argsort(scores)
    outside = out_of_scope[order]
    # handing off the first k: the missed ones are the out-of-scope rows after k
    missed = np.concatenate([[0], np.cumsum(outside)])
    total = MISSED * (outside.sum() - missed) + FALSE * np.concatenate([[0], np.cumsum(~outside)])
    k = int(np.argmin(total))
    return float(scores[order[k]]) if k < len(scores) else float("inf")
