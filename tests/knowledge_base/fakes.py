"""Doubles for the knowledge base's tests."""

import hashlib
from collections import Counter

import numpy as np

from knowledge_base.ranking import Vector, words_of


class WordEncoder:
    """Texts that share words get near vectors; deterministic and quick. Counts what it was asked to encode."""

    dimensions = 64

    def __init__(self, sha256: str = "words", vocabulary: tuple[str, ...] = ()) -> None:
        self.sha256 = sha256
        self._vocabulary = vocabulary
        self.encoded: Counter[str] = Counter()

    def encode(self, text: str) -> Vector:
        self.encoded[text] += 1
        total = np.full(self.dimensions, 0.01)
        for word in words_of(text):
            seed = int.from_bytes(hashlib.sha256(f"{self.sha256}{word}".encode()).digest()[:8])
            total += np.random.default_rng(seed).standard_normal(self.dimensions)
        vector: Vector = (total / np.linalg.norm(total)).astype(np.float32)
        return vector

    def vocabulary(self) -> dict[str, int]:
        """Without words nothing is mended."""
        return {word: rank for rank, word in enumerate(self._vocabulary)}
