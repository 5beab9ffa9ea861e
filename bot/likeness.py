"""How like two messages are, and a regression that rests on it. Must not know intents, Rasa or files.

`Likeness` measures messages against a fixed set of examples: by meaning (encoder views and cues) and, at a tenth, by
spelling. `regress` is kernel ridge regression: its value for a class is near 1 where a message is like that class's
examples and unlike the others', and near 0 far from everything. So one number tells both which class and whether any,
and what it would have said of an example without having seen it and its like comes in closed form with the fit.
"""

from dataclasses import dataclass
from typing import Iterator, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
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
FOLDS = 5
NEAR_DUPLICATE = 0.9
"""Cosine of two examples of a class from which on having seen one is having seen the other."""


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


Rows = npt.NDArray[np.int64]


def regress(
    alike: Vectors, chosen: Rows, targets: Vectors, deals: Sequence[Rows]
) -> Tuple[Vectors, List[Vectors]]:
    """Fit `targets` [n, k] on likeness `alike` [n, m] to the `chosen` m of the n rows.

    Returns weights [m, k] and, for each deal of the rows into folds [n], what each row would have got without its
    whole fold in training [n, k].
    """
    if len(chosen) < len(alike):
        return _regress_on_some(alike, chosen, targets, deals)
    factor = cho_factor(alike.astype(np.float64) + SMOOTHING * np.eye(len(alike)), lower=True)
    inverse = cho_solve(factor, np.eye(len(alike)))
    weights = inverse @ targets
    said = []
    for folds in deals:
        unseen = np.empty(targets.shape, dtype=np.float32)
        for rows in _each(folds):
            # exact: as if the fold had never been there
            unseen[rows] = targets[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], weights[rows])
        said.append(unseen)
    return weights.astype(np.float32), said


def _regress_on_some(
    alike: Vectors, chosen: Rows, targets: Vectors, deals: Sequence[Rows]
) -> Tuple[Vectors, List[Vectors]]:
    """Fit again without each fold and what is compared with of it: no message is ever one of the chosen."""

    def solved(products: Vectors, sums: Vectors, kept: Rows) -> Vectors:
        normal = products[np.ix_(kept, kept)].astype(np.float64)
        normal += SMOOTHING * alike[np.ix_(chosen[kept], kept)] + 1e-6 * np.eye(len(kept))
        factor = cho_factor(normal, lower=True, overwrite_a=True, check_finite=False)
        found: Vectors = cho_solve(factor, sums[kept].astype(np.float64)).astype(np.float32)
        return found

    every, said = np.arange(len(chosen)), []
    products, sums = alike.T @ alike, alike.T @ targets
    for folds in deals:
        unseen = np.empty(targets.shape, dtype=np.float32)
        for rows in _each(folds):
            gone, kept = alike[rows], np.flatnonzero(folds[chosen] != folds[rows[0]])
            weights = solved(products - gone.T @ gone, sums - gone.T @ targets[rows], kept)
            unseen[rows] = gone[:, kept] @ weights
        said.append(unseen)
    return solved(products, sums, every), said


def _each(folds: Rows) -> Iterator[Rows]:
    for fold in np.unique(folds):
        yield np.flatnonzero(folds == fold)


def folds_of(rows: Vectors, classes: Rows, seed: int = 0) -> Rows:
    """Deal the examples [n, e], of unit length, into FOLDS [n]; a class's near-duplicates go into one."""
    source = np.random.default_rng(seed)
    folds, first = np.empty(len(classes), dtype=np.int64), 0
    for each in np.unique(classes):
        own = source.permutation(np.flatnonzero(classes == each))
        near = rows[own] @ rows[own].T > NEAR_DUPLICATE
        free, sizes = np.ones(len(own), dtype=bool), np.zeros(FOLDS)
        for i in range(len(own)):
            if free[i]:
                group = near[i] & free
                group[i] = True
                # the emptiest; of equals another one for every class, as many classes are smaller than FOLDS
                fold = (int(np.argmin(np.roll(sizes, -first))) + first) % FOLDS
                folds[own[group]] = fold
                sizes[fold] += group.sum()
                free &= ~group
        first += len(own)
    return folds
