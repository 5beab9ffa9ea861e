"""Turns text into unit vectors with ONNX Runtime, from the artifact that `encoder_export.py` wrote.

One text a call: int8 activations are scaled over the whole batch, so the same text would get another vector in other
company. This module must not know about articles, storage or torch.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer  # type: ignore[import-untyped]  # has no types of its own

from knowledge_base.errors import EncoderMissing
from knowledge_base.ranking import Vector

CACHED_TEXTS = 512
"""Vectors of the latest questions: earlier questions of a conversation come back with every turn. 0.8 MB."""


class OnnxEncoder:
    """Encodes one text in about 2–3 ms on one core. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Loads model.onnx, tokenizer.json and encoder.json; raises EncoderMissing when one is not there."""
        try:
            card = json.loads((folder / "encoder.json").read_text())
            self.sha256 = str(card["sha256"])
            self.dimensions = int(card["dimensions"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(int(card["max_tokens"]))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except (
            Exception
        ) as exc:  # three libraries, each with errors of its own, and one remedy for all of them
            raise EncoderMissing(
                f"No usable encoder in {folder}; make it with: python -m knowledge_base encoder"
            ) from exc
        self._cached = lru_cache(maxsize=CACHED_TEXTS)(self._encode)

    def encode(self, text: str) -> Vector:
        """The unit vector of one text, float32 of shape [dimensions]; read-only."""
        return self._cached(text)

    def vocabulary(self) -> dict[str, int]:
        """The tokeniser's whole words and their ids; in BERT's list the commoner word has the lower id."""
        vocabulary = self._tokenizer.get_vocab(with_added_tokens=False)
        return {word: rank for word, rank in vocabulary.items() if word.isalpha()}

    def _encode(self, text: str) -> Vector:
        tokens = self._tokenizer.encode(text)
        feed = {
            "input_ids": np.array([tokens.ids], dtype=np.int64),
            "attention_mask": np.array([tokens.attention_mask], dtype=np.int64),
        }
        vector: Vector = np.asarray(self._session.run(["sentence_embedding"], feed)[0][0], dtype=np.float32)
        vector.flags.writeable = False
        return vector
