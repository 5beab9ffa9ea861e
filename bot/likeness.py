"""How like two messages are, and a regression that rests on it. Must not know intents, Rasa or files.

`Likeness` measures messages against a fixed set of examples: by meaning (encoder views and cues) and, at a tenth, by
spelling. `regress` is kernel ridge regression: its value for a class is near 1 where a message is like that class's
examples and unlike the others', and near 0 far from everything. So one number tells both which class and whether any,
and what it would have said of each example without having seen it comes exactly, in closed form, with the fit.
"""

from dataclasses import dataclass
from typing import Sequence, Tuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.sparse import csr_matrix

from bot.characters import BUCKETS, character_matrix
from bot.cues import cue_row
from bot.encoder import Vectors

SHARPNESS = 2.0
"""e-fold per unit of cosine. 1, 2 and 3 were level on held-out intents of other people's sets, 6 was worse."""
CHARACTER_WEIGHT = 0.1
"""Beside likeness of meaning, which counts 1."""
CUE_WEIGHT = 0.1
"""Beside a vector of unit length. Our own examples gain at .1 and no more at .3, which costs other sets half a point."""
SMOOTHING = 0.2
"""Added to the diagonal: how much an example may be wrong."""
MOST_LANDMARKS = 4_000
"""Of more examples than this, so many, spread over the classes, are compared with; all are learned from."""
BLOCK = 2_000


def unit(rows: Vectors) -> Vectors:
    """Scale rows to length 1; rows of zeros stay."""
    lengths = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    scaled: Vectors = (rows / lengths).astype(np.float32)
    return scaled


def with_cues(texts: Sequence[str], vectors: Vectors) -> Vectors:
    """Put the cues of `texts` beside their vectors, which get unit length: [n, dimensions + cues]."""
    cues = np.stack([cue_row(text) for text in texts])
    return np.hstack([unit(vectors), CUE_WEIGHT * cues]).astype(np.float32)


@dataclass(frozen=True)
class Likeness:
    """The examples that messages are compared with: `meanings` [m, d] of unit length around `centre` [d]."""

    centre: Vectors
    meanings: Vectors
    spellings: csr_matrix

    @classmethod
    def to(cls, texts: Sequence[str], vectors: Vectors, chosen: "np.ndarray") -> "Likeness":  # type: ignore[type-arg]
        """Compare with the `chosen` rows of the examples, around the centre of all of them."""
        rows = with_cues(texts, vectors)
        centre = rows.mean(axis=0)
        spellings = character_matrix([texts[i] for i in chosen])
        return cls(centre, unit(rows[chosen] - centre), spellings)

    def of(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Return the likeness of each text to each example, float32 [n, m], at most 1.1, about 0 for strangers."""
        meanings = unit(with_cues(texts, vectors) - self.centre)
        # without the constant that is in exp: what is like nothing gets nothing, not every intent's share
        by_meaning = np.expm1(SHARPNESS * (meanings @ self.meanings.T)) / np.expm1(SHARPNESS)
        written = character_matrix(texts)
        # one message is ten times as quick written out in full, thousands are not
        by_spelling = (
            self.spellings @ written.toarray().T
            if len(texts) < BLOCK // 100
            else (self.spellings @ written.T).toarray()
        ).T
        both: Vectors = (by_meaning + CHARACTER_WEIGHT * by_spelling).astype(np.float32)
        return both

    def arrays(self) -> "dict[str, np.ndarray]":  # type: ignore[type-arg]
        """Return plain arrays to store."""
        return {
            "centre": self.centre,
            "meanings": self.meanings,
            "spelling_weights": self.spellings.data,
            "spelling_buckets": self.spellings.indices,
            "spelling_starts": self.spellings.indptr,
        }

    @classmethod
    def of_arrays(cls, stored: "dict[str, np.ndarray]") -> "Likeness":  # type: ignore[type-arg]
        """Undo `arrays`."""
        parts = (stored["spelling_weights"], stored["spelling_buckets"], stored["spelling_starts"])
        shape = (len(stored["meanings"]), BUCKETS)
        return cls(stored["centre"], stored["meanings"], csr_matrix(parts, shape=shape))


def landmarks(classes: "np.ndarray", most: int = MOST_LANDMARKS) -> "np.ndarray":  # type: ignore[type-arg]
    """Choose at most `most` rows, evenly over the classes and the same every time; in order."""
    if len(classes) <= most:
        return np.arange(len(classes))
    shuffled = np.random.default_rng(7).permutation(len(classes))
    turn = np.zeros(len(classes), dtype=np.int64)
    for each in np.unique(classes):
        own = shuffled[classes[shuffled] == each]
        turn[own] = np.arange(len(own))
    # everybody's first example, then everybody's second …
    order = shuffled[np.argsort(turn[shuffled], kind="stable")]
    return np.sort(order[:most])


def regress(alike: Vectors, chosen: "np.ndarray", targets: Vectors) -> Tuple[Vectors, Vectors]:  # type: ignore[type-arg]
    """Fit `targets` [n, k] on likeness `alike` [n, m] to the `chosen` m of the n rows.

    Returns weights [m, k] and what each row would have got without itself in training [n, k].
    """
    if len(chosen) == len(alike):
        factor = cho_factor(alike.astype(np.float64) + SMOOTHING * np.eye(len(alike)), lower=True)
        inverse = cho_solve(factor, np.eye(len(alike)))
        weights = inverse @ targets
        unseen = targets - weights / np.diag(inverse)[:, np.newaxis]
        return weights.astype(np.float32), unseen.astype(np.float32)
    among = alike[chosen].astype(np.float64)
    normal = SMOOTHING * among + 1e-6 * np.eye(len(chosen))
    for start in range(0, len(alike), BLOCK):
        block = alike[start : start + BLOCK]
        normal += block.T @ block
    lower = np.linalg.cholesky(normal)
    weights = cho_solve((lower, True), alike.T @ targets)
    fitted, leverage = alike @ weights, np.zeros(len(alike))
    for start in range(0, len(alike), BLOCK):
        half = solve_triangular(lower, alike[start : start + BLOCK].T, lower=True)
        leverage[start : start + BLOCK] = (half**2).sum(axis=0)
    share = np.minimum(leverage, 0.999)[:, np.newaxis]
    unseen = (fitted - share * targets) / (1 - share)
    return weights.astype(np.float32), unseen.astype(np.float32)
