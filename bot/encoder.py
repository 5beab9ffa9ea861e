"""Sentence vectors from the one encoder artifact that both environments share.

Knows the artifact's files and how to tokenise for them. Must not know Rasa: the featurizer, the training of the
intent model and the benchmark all read vectors through here.
"""

import json
import os
from pathlib import Path
from typing import Dict, Iterable, List

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

DEFAULT_FOLDER = "var/encoder"
Vectors = npt.NDArray[np.float32]
"""One vector [dimensions], or one a row [n, dimensions]."""


class EncoderMissing(RuntimeError):
    """The artifact has not been made yet, or is not complete."""


def encoder_folder() -> Path:
    """Folder of the artifact: `FRONTDESK_ENCODER_DIR`, else `var/encoder`."""
    return Path(os.environ.get("FRONTDESK_ENCODER_DIR", DEFAULT_FOLDER))


class SentenceEncoder:
    """Turns one text into one unit vector. Safe to share: ONNX Runtime sessions may be run from any thread."""

    def __init__(self, folder: Path) -> None:
        missing = [
            name for name in ("encoder.json", "tokenizer.json", "model.onnx") if not (folder / name).is_file()
        ]
        if missing:
            raise EncoderMissing(
                f"no encoder in {folder} ({', '.join(missing)} missing): run `python -m knowledge_base encoder` first"
            )
        about = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
        self.dimensions: int = about["dimensions"]
        self.sha256: str = about["sha256"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(about["max_tokens"])
        options = onnxruntime.SessionOptions()
        # Rasa answers one turn at a time; more threads only take the second core away from the gateway.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        if "views" not in about:
            raise EncoderMissing(
                f"the encoder in {folder} is of an older make: run `python -m knowledge_base encoder`"
            )

    def vocabulary(self) -> Dict[str, int]:
        """Return the tokeniser's whole words and their ids; in BERT's list the commoner word has the lower id."""
        vocabulary: Dict[str, int] = self._tokenizer.get_vocab(with_added_tokens=False)
        return vocabulary

    def encode(self, text: str) -> Vectors:
        """Return the float32 unit vector of `text`, shape [dimensions]."""
        return self._run("sentence_embedding", text)

    def views(self, text: str) -> Vectors:
        """Return the sentence vector and what else one pass shows, unit vectors side by side, float32 [views]."""
        return self._run("views", text)

    def _run(self, output: str, text: str) -> Vectors:
        encoding = self._tokenizer.encode(text)
        inputs = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        }
        vector: Vectors = self._session.run([output], inputs)[0][0]
        return vector

    def encode_each(self, texts: Iterable[str]) -> Vectors:
        """Return float32 vectors of `texts`, shape [n, dimensions].

        One text a call, as in serving: int8 vectors change with what else is in the batch.
        """
        vectors: List[Vectors] = [self.encode(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, self.dimensions), dtype=np.float32)
