"""What the tests of the assistant share: Rasa, imported with its own warnings let through, and our domain."""

import os
import warnings
from pathlib import Path

import pytest

os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
with warnings.catch_warnings():
    # Rasa 3.6 and TensorFlow 2.12 use much that newer libraries call deprecated; nothing of ours is imported here
    warnings.simplefilter("ignore")
    import rasa.core.agent
    import rasa.core.channels.channel
    import rasa.core.policies.rule_policy
    import rasa.engine.recipes.default_recipe
    import rasa.shared.importers.importer
    import rasa_sdk.endpoint
    import spacy
    from rasa.shared.core.domain import Domain

assert rasa.core.agent
assert rasa_sdk.endpoint
assert spacy.__name__

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def domain() -> Domain:
    """The assistant's own domain. Rasa reads its YAML with a package that warns about itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Domain.load(str(ROOT / "domain.yml"))
