"""Our Rasa components through Rasa's own storage: trained, stored, loaded, asked."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import EncoderMissing, SentenceEncoder, encoder_folder
from bot.encoder_featurizer import MENDED_TEXT, EncoderFeaturizer
from bot.intent_classifier import CalibratedIntentClassifier

EXAMPLES = {
    "ask_for_human": [
        "talk to an agent",
        "I want a person please",
        "may I talk to a person",
        "get me a human agent",
        "let me speak to somebody",
        "I need to talk to somebody",
    ],
    "ask_question": [
        "how long does delivery take",
        "what does delivery cost",
        "how much is delivery to Spain",
        "do you deliver on Saturday",
        "when is my delivery",
        "is delivery free",
    ],
}
CONTEXT = ExecutionContext(GraphSchema({}), node_name="component")


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    try:
        return SentenceEncoder(encoder_folder())
    except EncoderMissing as missing:
        pytest.skip(str(missing))


def training_data() -> TrainingData:
    messages = [Message.build(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return TrainingData(training_examples=messages)


def test_says_which_command_makes_the_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_ENCODER_DIR", str(tmp_path))
    with pytest.raises(EncoderMissing, match="python -m knowledge_base encoder"):
        SentenceEncoder(encoder_folder())
    assert EncoderFeaturizer.fingerprint_addon({}) is None


def test_vectors_are_of_unit_length_and_near_in_meaning(encoder: SentenceEncoder) -> None:
    one, two, other = encoder.encode_each(
        ["Where is my parcel?", "My package has not come", "The lamp is too dim"]
    )
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-3)
    assert one @ two > one @ other + 0.2
    assert one.dtype == np.float32
    assert np.isfinite(encoder.encode("word " * 4_000)).all()


def test_views_begin_with_the_sentence_vector(encoder: SentenceEncoder) -> None:
    views = encoder.views("Where is my parcel?")
    assert np.array_equal(views[: encoder.dimensions], encoder.encode("Where is my parcel?"))
    lengths = np.linalg.norm(views.reshape(-1, encoder.dimensions), axis=1)
    assert lengths == pytest.approx(1, abs=1e-3)


def test_trained_stored_loaded_and_asked(encoder: SentenceEncoder, tmp_path: Path) -> None:
    storage = LocalModelStorage.create(tmp_path)
    words, intents = Resource("words"), Resource("intents")
    data = training_data()
    featurizer = EncoderFeaturizer.create(EncoderFeaturizer.get_default_config(), storage, words, CONTEXT)
    featurizer.train(data)
    featurizer.process_training_data(data)
    CalibratedIntentClassifier.create({}, storage, intents, CONTEXT).train(data)

    message = Message.build("I want to speek to an agnet")
    config: dict[str, Any] = EncoderFeaturizer.get_default_config()
    EncoderFeaturizer.load(config, storage, words, CONTEXT).process([message])
    CalibratedIntentClassifier.load({"ranking_length": 2}, storage, intents, CONTEXT).process([message])
    assert message.get(MENDED_TEXT) == "I want to speak to an agent"
    assert message.get("text") == "I want to speek to an agnet", "what people see stays as typed"
    assert message.get("intent")["name"] == "ask_for_human"
    assert len(message.get("intent_ranking")) == 2
    assert message.get("scope")["score"] >= message.get("scope")["threshold"]

    foreign = Message.build("The committee has postponed the vote on fisheries")
    EncoderFeaturizer.load(config, storage, words, CONTEXT).process([foreign])
    classifier = CalibratedIntentClassifier.load({"ranking_length": 2}, storage, intents, CONTEXT)
    classifier.process([foreign])
    assert foreign.get("scope")["score"] < foreign.get("scope")["threshold"]
    assert foreign.get("intent")["name"] == "nlu_fallback"
    assert foreign.get("intent_ranking")[0]["name"] in EXAMPLES, "the ranking keeps the trained intents"

    undecided = CalibratedIntentClassifier.load({"ambiguity_threshold": 0.999}, storage, intents, CONTEXT)
    between = Message.build("talk about delivery with a person")
    EncoderFeaturizer.load(config, storage, words, CONTEXT).process([between])
    undecided.process([between])
    assert between.get("intent")["name"] == "nlu_fallback"


def test_an_untrained_or_misplaced_classifier_says_so(encoder: SentenceEncoder, tmp_path: Path) -> None:
    classifier = CalibratedIntentClassifier.create(
        {}, LocalModelStorage.create(tmp_path), Resource("x"), CONTEXT
    )
    with pytest.raises(RuntimeError, match="before it was trained"):
        classifier.process([Message.build("hi")])
    with pytest.raises(RuntimeError, match="EncoderFeaturizer must run before"):
        classifier.train(training_data())


def test_refuses_a_ranking_of_one() -> None:
    with pytest.raises(ValueError, match="ranking_length"):
        CalibratedIntentClassifier.validate_config({"ranking_length": 1})
    with pytest.raises(ValueError, match="ambiguity_threshold"):
        CalibratedIntentClassifier.validate_config({"ambiguity_threshold": 1})
