"""How a text is written, as opposed to what it means: hashed character n-grams, which forgive typos.

Must not know intents. Rows have unit length, so that products of two rows are cosines.
"""

import re
import zlib
from typing import Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.encoder import Vectors

Indices = npt.NDArray[np.int32]

BUCKETS = 8192
"""Room for hashed n-grams; at some 1,000 short examples collisions are rare and 16,384 gained nothing."""
NGRAM_LENGTHS = (2, 3, 4)
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
