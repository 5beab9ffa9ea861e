"""Rasa component: ranks intents with the calibrated model of `bot.intent_model`, and says when none is meant.

Knows where Rasa keeps texts, features and trained files. Must not know how probabilities are made, nor what the
intents mean.
"""

from typing import Any, Dict, List, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import Vectors
from bot.encoder_featurizer import MENDED_TEXT, SENTENCE_DIMENSIONS, EncoderFeaturizer
from bot.intent_model import IntentModel

MODEL_FILE = "intents.npz"
SCOPE = "scope"
"""Property of a parsed message: {"score": …, "threshold": …}. Below the threshold the message is out of scope."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking` and `scope`.

    Confidences in the ranking are probabilities, calibrated on examples as if unseen; they sum to 1 over all intents. Of a
    message that is out of scope, or between two intents that are as likely, the intent is `nlu_fallback`, and the ranking
    stays as it was.
    """

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return [EncoderFeaturizer]

    @staticmethod
    def required_packages() -> List[str]:
        return ["scipy"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        # The console shows five intents; more would only make every stored event longer.
        return {"ranking_length": 5, "ambiguity_threshold": 0.0}

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[IntentModel] = None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CalibratedIntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CalibratedIntentClassifier":
        """Open the trained model. A missing file raises: a bot that understands nothing must not start."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder / MODEL_FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has both a text and an intent, and store the result."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        vectors = np.concatenate([_sentence_vector(example) for example in examples])
        texts = [example.get(MENDED_TEXT) for example in examples]
        dimensions = examples[0].get(SENTENCE_DIMENSIONS) if examples else None
        intents = [example.get(INTENT) for example in examples]
        self._model = IntentModel.fit(texts, vectors, intents, dimensions)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / MODEL_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Rank the intents of each message that has text."""
        if self._model is None:
            raise RuntimeError("the intent classifier was asked before it was trained")
        for message in messages:
            text = message.get(MENDED_TEXT)
            if not text:
                continue
            reading = self._model.read(text, _sentence_vector(message)[0])
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: probability}
                for name, probability in reading.ranking
            ]
            threshold = self._model.scope.threshold
            lead = reading.ranking[0][1] - reading.ranking[1][1]
            unsure = reading.score < threshold or lead < self._config["ambiguity_threshold"]
            message.set(INTENT, _fallback(ranking[0]) if unsure else ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True)
            message.set(SCOPE, {"score": reading.score, "threshold": threshold}, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples alone: no later component learns from predictions."""
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        length = config.get("ranking_length", 5)
        if not isinstance(length, int) or length < 2:
            raise ValueError("ranking_length must be a whole number of at least 2")
        ambiguity = config.get("ambiguity_threshold", 0.0)
        if not isinstance(ambiguity, (int, float)) or not 0 <= ambiguity < 1:
            raise ValueError("ambiguity_threshold must be a number from 0 to below 1")


def _fallback(likeliest: Dict[str, Any]) -> Dict[str, Any]:
    """Return the fallback intent, as sure as the likeliest intent is not."""
    return {
        INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME,
        PREDICTED_CONFIDENCE_KEY: 1.0 - likeliest[PREDICTED_CONFIDENCE_KEY],
    }


def _sentence_vector(message: Message) -> Vectors:
    """Return the encoder's vector of a message, float32 [1, d]; raises when the featurizer did not run."""
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise RuntimeError("no sentence vector: EncoderFeaturizer must run before the intent classifier")
    vector: Vectors = sentence.features
    return vector
