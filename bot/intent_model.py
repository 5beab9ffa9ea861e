"""The mathematics of intents: text and its sentence vector in, honest probabilities out.

Two multinomial logistic regressions are added: one on the encoder's vector and the cues of `bot.cues` (what is meant),
and at half weight one on hashed character n-grams (what is written: it forgives typos). One temperature, fitted on
scores of examples that the model had not seen, turns the sum into probabilities that mean what they say.

Must not know Rasa. Stored as one npz of plain arrays: nothing here is ever unpickled.
"""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.cues import cue_row
from bot.encoder import Vectors

Indices = npt.NDArray[np.int32]
Classes = npt.NDArray[np.int64]

BUCKETS = 8192
"""Room for hashed n-grams; at some 1,000 short examples collisions are rare and 16,384 gained nothing."""
NGRAM_LENGTHS = (2, 3, 4)
CHARACTER_WEIGHT = 0.5
"""Half weight kept its gain on sets it was not chosen on, with and without typos."""
CUE_WEIGHT = 0.3
"""Beside a unit vector. Cross-validated log loss on our own examples: .383 without cues, .351 at .3, the same at .5."""
VECTOR_STRENGTH = 100.0
CHARACTER_STRENGTH = 30.0
"""Inverse regularisation of the two regressions, chosen by cross-validation on our own examples."""
FOLDS = 3
"""Two more make the fit a quarter longer; the calibration error was .020 with three and .015 with five."""
DIGIT = re.compile(r"\d")
ADDRESS = re.compile(r"\S+@\S+")


def character_row(text: str) -> Tuple[Indices, Vectors]:
    """Hash the character n-grams of `text`: (bucket indices int32, weights float32 with unit length).

    All digits and all e-mail addresses count as the same: one order number says no more than another.
    """
    shape = DIGIT.sub("0", ADDRESS.sub("@", text.lower()))
    padded = " " + " ".join(shape.split()) + " "
    grams = [padded[i : i + n] for n in NGRAM_LENGTHS for i in range(max(len(padded) - n + 1, 0))]
    buckets = [zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in grams]
    indices, counts = np.unique(np.array(buckets, dtype=np.int32), return_counts=True)
    weights = 1.0 + np.log(counts.astype(np.float32))
    length = float(np.linalg.norm(weights)) or 1.0
    return indices, (weights / length).astype(np.float32)


def character_matrix(texts: Sequence[str]) -> csr_matrix:
    """Stack the rows of `texts`: sparse float32, shape [n, BUCKETS]."""
    rows = [character_row(text) for text in texts]
    pointers = np.cumsum([0] + [len(indices) for indices, _ in rows])
    indices = np.concatenate([indices for indices, _ in rows]) if rows else np.zeros(0, dtype=np.int32)
    weights = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, dtype=np.float32)
    return csr_matrix((weights, indices, pointers), shape=(len(rows), BUCKETS))


def with_cues(texts: Sequence[str], vectors: Vectors) -> Vectors:
    """Put the cues of `texts` beside their vectors, shape [n, dimensions + cues]."""
    cues = np.stack([cue_row(text) for text in texts])
    return np.hstack([vectors, CUE_WEIGHT * cues]).astype(np.float32)


def softmax(scores: Vectors) -> Vectors:
    """Row-wise softmax, shape kept."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Vectors = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def fit_temperature(scores: Vectors, classes: Classes) -> float:
    """Return the temperature with the least log loss for out-of-fold `scores` [n, k] and true `classes` [n]."""

    def log_loss(temperature: float) -> float:
        probabilities = softmax(scores / temperature)[np.arange(len(classes)), classes]
        return float(-np.log(np.maximum(probabilities, 1e-12)).mean())

    return float(minimize_scalar(log_loss, bounds=(0.1, 10.0), method="bounded").x)


@dataclass(frozen=True)
class IntentModel:
    """Weights of the two regressions and the temperature; immutable once fitted."""

    intents: Tuple[str, ...]
    vector_weights: Vectors
    vector_bias: Vectors
    character_weights: Vectors
    character_bias: Vectors
    temperature: float

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Vectors, intents: Sequence[str]) -> "IntentModel":
        """Fit on n texts, their vectors [n, d] and intents, and calibrate on out-of-fold scores.

        Raises ValueError when there are fewer than two intents or an intent has fewer than `FOLDS` examples.
        """
        names = tuple(sorted(set(intents)))
        classes = np.array([names.index(intent) for intent in intents])
        if len(names) < 2 or np.bincount(classes).min() < FOLDS:
            raise ValueError(f"training needs two intents or more, each with at least {FOLDS} examples")
        characters = character_matrix(texts)
        meanings = with_cues(texts, vectors)
        scores = np.zeros((len(classes), len(names)), dtype=np.float32)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
        for train, held_out in folds.split(meanings, classes):
            part = _fit_parts(names, meanings[train], characters[train], classes[train])
            scores[held_out] = part.scores(meanings[held_out], characters[held_out])
        whole = _fit_parts(names, meanings, characters, classes)
        return cls(**{**whole.__dict__, "temperature": fit_temperature(scores, classes)})

    def scores(self, meanings: Vectors, characters: csr_matrix) -> Vectors:
        """Return raw scores, shape [n, intents]."""
        by_vector = meanings @ self.vector_weights + self.vector_bias
        by_character = characters @ self.character_weights + self.character_bias
        total: Vectors = by_vector + CHARACTER_WEIGHT * by_character
        return total

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Return calibrated probabilities, shape [n, intents]; rows sum to 1."""
        return softmax(self.scores(with_cues(texts, vectors), character_matrix(texts)) / self.temperature)

    def ranking(self, text: str, vector: Vectors) -> List[Tuple[str, float]]:
        """Return (intent, probability) for one text and its vector [d], the likeliest first."""
        row = self.probabilities([text], vector[np.newaxis, :])[0]
        return [(self.intents[i], float(row[i])) for i in np.argsort(-row)]

    def save(self, path: Path) -> None:
        """Write all arrays to `path` (npz)."""
        np.savez_compressed(path, **{**self.__dict__, "intents": np.array(self.intents)})

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Read what `save` wrote. Refuses pickled content."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        arrays["intents"] = tuple(str(name) for name in arrays["intents"])
        arrays["temperature"] = float(arrays["temperature"])
        return cls(**arrays)


def _fit_parts(
    names: Tuple[str, ...], meanings: Vectors, characters: csr_matrix, classes: Classes
) -> IntentModel:
    """Fit both regressions without calibration (temperature 1)."""
    by_vector = LogisticRegression(C=VECTOR_STRENGTH, max_iter=1000, multi_class="multinomial")
    by_vector.fit(meanings, classes)
    by_character = LogisticRegression(C=CHARACTER_STRENGTH, max_iter=100, tol=1e-3, multi_class="multinomial")
    by_character.fit(characters, classes)
    return IntentModel(
        intents=names,
        vector_weights=_per_intent(by_vector.coef_).T,
        vector_bias=_per_intent(by_vector.intercept_),
        character_weights=_per_intent(by_character.coef_).T,
        character_bias=_per_intent(by_character.intercept_),
        temperature=1.0,
    )


def _per_intent(fitted: Vectors) -> Vectors:
    """Give each intent its row: of two classes scikit-learn keeps the second one only, the first is its opposite."""
    rows = np.concatenate([-fitted, fitted]) if len(fitted) == 1 else fitted
    return rows.astype(np.float32)
