"""Rasa component: writes found entities the one way the rest of the product spells them.

`fh 204817`, `#204817` and `FH204817` all become `FH-204817`; e-mail addresses lose their capitals, telephone numbers
their blanks. Positions stay those of the text. Must not know where the entities came from.
"""

import re
from typing import Any, Callable, Dict, List, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, ENTITY_ATTRIBUTE_VALUE
from rasa.shared.nlu.training_data.message import Message


def spell_order_number(value: str) -> str:
    """`fh 204817` → `FH-204817`; anything without six digits stays as it is."""
    digits = re.sub(r"\D", "", value)
    return f"FH-{digits}" if len(digits) == 6 else value


def spell_phone(value: str) -> str:
    """`+32 470/12.34.56` → `+32470123456`."""
    digits = re.sub(r"\D", "", value)
    return f"+{digits}" if value.lstrip().startswith("+") else digits


def spell_email(value: str) -> str:
    """Lower case: no mail provider in use tells addresses apart by case."""
    return value.lower()


SPELLINGS: Dict[str, Callable[[str], str]] = {
    "order_number": spell_order_number,
    "phone": spell_phone,
    "email": spell_email,
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityNormaliser(GraphComponent, EntityExtractorMixin):
    """Rewrites the values of entities that earlier extractors found."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return []

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityNormaliser":
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Rewrite in place; a message without entities stays untouched."""
        for message in messages:
            for entity in message.get(ENTITIES) or []:
                spell = SPELLINGS.get(entity[ENTITY_ATTRIBUTE_TYPE])
                if spell is not None:
                    entity[ENTITY_ATTRIBUTE_VALUE] = spell(str(entity[ENTITY_ATTRIBUTE_VALUE]))
        return messages
