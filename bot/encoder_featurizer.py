"""Rasa component: the shared encoder's sentence vector as a dense feature of every message.

Must not know about intents. It is not trained: a new artifact means training again, which Rasa's cache would miss, so
the artifact's hash is part of the component's stored configuration (see `fingerprint_addon`).
"""

from typing import Any, Dict, List, Optional, Type

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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature, shape [1, dimensions], float32."""

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

    def __init__(self, config: Dict[str, Any], name: str, encoder: SentenceEncoder) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EncoderFeaturizer":
        """Open the artifact; raises EncoderMissing when set-up has not made it yet."""
        return cls(config, execution_context.node_name, SentenceEncoder(encoder_folder()))

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Another encoder means other vectors: the hash keeps Rasa's training cache honest."""
        about = encoder_folder() / "encoder.json"
        return about.read_text(encoding="utf-8") if about.is_file() else None

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the vector to each message that has text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                vector = self._encoder.encode(text)[np.newaxis, :]
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
