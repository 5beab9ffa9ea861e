"""Rasa component: the shared encoder's views as one dense feature of every message.

Training only collects the site's words for the speller. Must not know about intents.
"""

import json
from typing import Any, Dict, List, Mapping, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import SentenceEncoder, encoder_folder
from knowledge_base.speller import Speller, counts_of

WORDS_FILE = "words.json"
MENDED_TEXT = "mended_text"
"""Where later components find the text as the encoder read it."""
SENTENCE_DIMENSIONS = "sentence_dimensions"
"""Where they find how many of the feature's columns, the first ones, are the sentence vector."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature, shape [1, views], float32: see SentenceEncoder.views."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """A tokenizer: Rasa wants one before any featurizer."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[str]:
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {**DenseFeaturizer.get_default_config()}

    def __init__(
        self,
        config: Dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        encoder: SentenceEncoder,
        site_words: Optional[Mapping[str, int]] = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._encoder = encoder
        self._speller = Speller(encoder.vocabulary(), site_words or {})

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EncoderFeaturizer":
        """Open the artifact; raises EncoderMissing when set-up has not made it yet."""
        encoder = SentenceEncoder(encoder_folder())
        return cls(config, execution_context.node_name, model_storage, resource, encoder)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EncoderFeaturizer":
        """Open the artifact and the site's words."""
        encoder = SentenceEncoder(encoder_folder())
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        return cls(config, execution_context.node_name, model_storage, resource, encoder, words)

    def train(self, training_data: TrainingData) -> Resource:
        """Store how often the examples say each word."""
        words = counts_of(message.get(TEXT) or "" for message in training_data.training_examples)
        self._speller = Speller(self._encoder.vocabulary(), words)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text(json.dumps(words, sort_keys=True), encoding="utf-8")
        return self._resource

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Another encoder means other vectors: the hash keeps Rasa's training cache honest."""
        about = encoder_folder() / "encoder.json"
        return about.read_text(encoding="utf-8") if about.is_file() else None

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the mended text and its vector to each message that has text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                mended = self._speller.mend(text)
                message.set(MENDED_TEXT, mended)
                vector = self._encoder.views(mended)[np.newaxis, :]
                message.set(SENTENCE_DIMENSIONS, self._encoder.dimensions)
                message.add_features(
                    Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._config[FEATURIZER_CLASS_ALIAS])
                )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing to configure here: the folder comes from the environment."""
