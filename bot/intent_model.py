"""The mathematics of intents: text and its vector in; honest probabilities, and whether any intent is meant, out.

Messages are compared with the examples (`bot.likeness`). One temperature, fitted on scores of examples as if they and
their near-duplicates had not been seen, turns scores into probabilities that mean what they say. `Scope` adds to the
likeliest intent's score how near the message is to the middle of that intent's examples; the 5 % quantile of the sum
over examples as if not seen is the threshold: one in twenty messages falls below, if they are worded as the examples.

Must not know Rasa. Stored as one npz of plain arrays: nothing here is ever unpickled.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from bot.encoder import Vectors
from bot.likeness import MOST_LANDMARKS, Likeness, folds_of, landmarks, regress, unit

Classes = npt.NDArray[np.int64]

FALSE_HANDOFFS = 0.05
"""Share of examples that, unseen, fall below the threshold. Customers who word things otherwise fall below more often."""
DEALS = 4
"""How often few examples are dealt into folds: how they fall moves the threshold."""
CENTRE_WEIGHT = 0.5
"""Of nearness to the middle, beside the intent's score, both standardised. .3 to .8 were level on held-out intents."""

LEAST_SPREAD = 0.1
"""Of a handful of examples both signals may be level by chance, and the next message would look exceptional."""


def softmax(scores: Vectors) -> Vectors:
    """Row-wise softmax, shape kept."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Vectors = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def fit_temperature(scores: Vectors, classes: Classes) -> float:
    """Return the temperature with the least log loss for out-of-fold `scores` [n, k] and true `classes` [n]."""

    def log_loss(logarithm: float) -> float:
        probabilities = softmax(scores / np.exp(logarithm))[np.arange(len(classes)), classes]
        return float(-np.log(np.maximum(probabilities, 1e-12)).mean())

    return float(np.exp(minimize_scalar(log_loss, bounds=(np.log(0.02), np.log(10)), method="bounded").x))


@dataclass(frozen=True)
class Scope:
    """Scores whether a message is in scope, and its likeliest intent the one that is meant."""

    middles: Vectors
    """Unit vectors [intents, e], the means of the intents' sentence vectors."""
    usual: Vectors
    """[2, 2]: mean and spread of score and nearness, for examples as if they had not been seen."""
    threshold: float

    @classmethod
    def fit(cls, sentences: Vectors, classes: Classes, deals: Sequence[Tuple[Classes, Vectors]]) -> "Scope":
        """Fit on sentence vectors [n, e] and, for each deal, folds [n] and scores without the fold [n, k]."""
        members = np.eye(deals[0][1].shape[1], dtype=np.float32)[classes]
        sums = members.T @ sentences
        signals = np.concatenate([_signals(sentences, members, sums, *deal) for deal in deals])
        usual = np.stack([signals.mean(axis=0), np.maximum(signals.std(axis=0), LEAST_SPREAD)]).astype(
            np.float32
        )
        blank = cls(unit(sums), usual, 0.0)
        threshold = float(np.quantile(blank._weighed(signals), FALSE_HANDOFFS))
        return cls(blank.middles, usual, threshold)

    def score(self, sentences: Vectors, scores: Vectors) -> Vectors:
        """Return one score for each of n messages: sentence vectors [n, e], intents' scores [n, k]."""
        nearness = (self.middles[scores.argmax(axis=1)] * sentences).sum(axis=1)
        return self._weighed(np.stack([scores.max(axis=1), nearness], axis=1))

    def _weighed(self, signals: Vectors) -> Vectors:
        standardised = (signals - self.usual[0]) / self.usual[1]
        total: Vectors = standardised @ np.array([1.0, CENTRE_WEIGHT], dtype=np.float32)
        return total


def _signals(sentences: Vectors, members: Vectors, sums: Vectors, folds: Classes, unseen: Vectors) -> Vectors:
    """Score and nearness to the middle [n, 2] of examples, both as if their folds had not been seen."""
    nearness = np.empty(len(sentences), dtype=np.float32)
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        rest = sums - members[rows].T @ sentences[rows]
        # an intent that is all in one fold keeps its middle
        gone = members[rows].sum(axis=0) >= members.sum(axis=0)
        middles = unit(np.where(gone[:, np.newaxis], sums, rest))
        nearness[rows] = (middles[unseen[rows].argmax(axis=1)] * sentences[rows]).sum(axis=1)
    return np.stack([unseen.max(axis=1), nearness], axis=1)


@dataclass(frozen=True)
class Reading:
    """What the model makes of one message."""

    ranking: List[Tuple[str, float]]
    """Every intent with its probability, the likeliest first."""
    score: float
    """How surely the message is one of the intents, and the likeliest one; compare with the scope's threshold."""


@dataclass(frozen=True)
class IntentModel:
    """What messages are compared with, weights [m, intents], temperature and scope; immutable once fitted."""

    intents: Tuple[str, ...]
    likeness: Likeness
    weights: Vectors
    temperature: float
    scope: Scope

    @classmethod
    def fit(
        cls, texts: Sequence[str], vectors: Vectors, intents: Sequence[str], sentence: Optional[int] = None
    ) -> "IntentModel":
        """Fit on n texts, their vectors [n, d] and intents. Raises ValueError for fewer than two intents.

        The first `sentence` columns of the vectors are the sentence vector; all of them when not given.
        """
        names = tuple(sorted(set(intents)))
        if len(names) < 2:
            raise ValueError("training needs examples of at least two intents")
        # what is there twice would count as evidence that the model had not seen
        once = sorted(
            {(text, intent): i for i, (text, intent) in enumerate(zip(texts, intents, strict=True))}.values()
        )
        texts, vectors, number = [texts[i] for i in once], vectors[once], {n: i for i, n in enumerate(names)}
        classes: Classes = np.array([number[intents[i]] for i in once])
        chosen = landmarks(classes)
        likeness = Likeness.to(texts, vectors, chosen)
        targets = np.eye(len(names), dtype=np.float32)[classes]
        sentences = unit(vectors[:, :sentence])
        dealt = range(DEALS if len(classes) <= MOST_LANDMARKS else 1)
        folds = [folds_of(sentences, classes, seed) for seed in dealt]
        weights, unseen = regress(likeness.of(texts, vectors), chosen, targets, folds)
        temperature = fit_temperature(np.concatenate(unseen), np.tile(classes, len(unseen)))
        scope = Scope.fit(sentences, classes, list(zip(folds, unseen, strict=True)))
        return cls(names, likeness, weights, temperature, scope)

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Return scores, shape [n, intents]: about 1 for what is like an intent's examples, about 0 for the rest."""
        total: Vectors = self.likeness.of(texts, vectors) @ self.weights
        return total

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Return calibrated probabilities, shape [n, intents]; rows sum to 1."""
        return softmax(self.scores(texts, vectors) / self.temperature)

    def read(self, text: str, vector: Vectors) -> Reading:
        """Rank the intents of one text with its vector [d], and score whether it is in scope."""
        row = vector[np.newaxis, :]
        scores = self.scores([text], row)
        likely = softmax(scores / self.temperature)[0]
        ranking = [(self.intents[i], float(likely[i])) for i in np.argsort(-likely, kind="stable")]
        sentence = unit(row[:, : self.scope.middles.shape[1]])
        return Reading(ranking, float(self.scope.score(sentence, scores)[0]))

    def ranking(self, text: str, vector: Vectors) -> List[Tuple[str, float]]:
        """Return (intent, probability) for one text and its vector [d], the likeliest first."""
        return self.read(text, vector).ranking

    def save(self, path: Path) -> None:
        """Write all arrays to `path` (npz)."""
        np.savez_compressed(
            path,
            intents=np.array(self.intents),
            weights=self.weights,
            temperature=self.temperature,
            middles=self.scope.middles,
            usual=self.scope.usual,
            threshold=self.scope.threshold,
            **self.likeness.arrays(),
        )

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Read what `save` wrote. Refuses pickled content."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return cls(
            intents=tuple(str(name) for name in arrays["intents"]),
            likeness=Likeness.of_arrays(arrays),
            weights=arrays["weights"],
            temperature=float(arrays["temperature"]),
            scope=Scope(arrays["middles"], arrays["usual"], float(arrays["threshold"])),
        )
