from pathlib import Path

import pytest
import spacy
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot.entity_normaliser import EntityNormaliser, spell_email, spell_order_number, spell_phone
from bot.spacy_pipeline import build

CATALOGUE = """
- {sku: T-1, name: Kestrel 2 tent, kind: tent}
- {sku: J-1, name: Moorland jacket, kind: jacket}
"""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Language:
    """The pipeline as written to and read from disk."""
    folder = tmp_path_factory.mktemp("spacy")
    (folder / "products.yml").write_text(CATALOGUE)
    build(catalogue=folder / "products.yml").to_disk(folder / "pipeline")
    return spacy.load(folder / "pipeline")


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("where is FH-204817?", "order_number", "FH-204817"),
        ("fh204817 please", "order_number", "fh204817"),
        ("it is FH 204817.", "order_number", "FH 204817"),
        ("order #204817", "order_number", "#204817"),
        ("my number is 204817", "order_number", "204817"),
        ("mail anna.berg@example.org today", "email", "anna.berg@example.org"),
        ("call +32 470 12 34 56", "phone", "+32 470 12 34 56"),
        ("call 0470/12.34.56 please", "phone", "0470/12.34.56"),
        ("ring +4791234567", "phone", "+4791234567"),
        ("it cost €49", "money", "€49"),
        ("I paid 49,95 EUR", "money", "49,95 EUR"),
        ("20 euros too much", "money", "20 euros"),
        ("since 12 March 2026", "date", "12 March 2026"),
        ("on March 3rd", "date", "March 3rd"),
        ("on 12/03/2026", "date", "12/03/2026"),
        ("it came yesterday", "date", "yesterday"),
        ("by next Friday", "date", "next Friday"),
        ("my kestrel 2 leaks", "product", "kestrel 2"),
        ("the Kestrel 2 tent leaks", "product", "Kestrel 2 tent"),
        ("is the moorland jacket warm", "product", "moorland jacket"),
    ],
)
def test_finds(pipeline: Language, text: str, label: str, found: str) -> None:
    assert (label, found) in [(entity.label_, entity.text) for entity in pipeline(text).ents]


@pytest.mark.parametrize(
    "text", ["it may rain on the moorland", "two people and a dog", "size 42 or 43", "a 4 season tent"]
)
def test_leaves_ordinary_words_alone(pipeline: Language, text: str) -> None:
    assert pipeline(text).ents == ()


def test_splits_sentences(pipeline: Language) -> None:
    assert len(list(pipeline("My tent leaks. What can I do?").sents)) == 2


def test_does_without_a_catalogue() -> None:
    assert build(catalogue=Path("nowhere.yml"))("my FH-204817").ents[0].label_ == "order_number"


def test_a_trained_pipeline_keeps_its_own_parts(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "base")
    assert build(str(tmp_path / "base"), None).pipe_names == ["entity_ruler"]


def test_one_spelling() -> None:
    assert {spell_order_number(v) for v in ("fh 204817", "#204817", "FH-204817", "204817")} == {"FH-204817"}
    assert spell_order_number("FH-20") == "FH-20"
    assert spell_phone("+32 470/12.34.56") == "+32470123456"
    assert spell_phone("0470 12 34 56") == "0470123456"
    assert spell_email("Anna@Example.ORG") == "anna@example.org"


def test_normalising_keeps_positions_and_other_entities() -> None:
    message = Message({"text": "fh 204817 yesterday"})
    message.set(
        ENTITIES,
        [
            {"entity": "order_number", "value": "fh 204817", "start": 0, "end": 9},
            {"entity": "date", "value": "yesterday", "start": 10, "end": 19},
        ],
    )
    EntityNormaliser().process([message, Message({"text": "hi"})])
    assert message.get(ENTITIES) == [
        {"entity": "order_number", "value": "FH-204817", "start": 0, "end": 9},
        {"entity": "date", "value": "yesterday", "start": 10, "end": 19},
    ]
