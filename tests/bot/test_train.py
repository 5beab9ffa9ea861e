"""A project's training files: every mistake has its file and line, and a sound folder becomes Rasa's command."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.train import OWN_DATA, ROOT, command, main, model_name
from bot.training_files import mistakes_in, training_files

SOUND = """version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello there
    - good morning
- intent: ask_price
  examples: |
    - what does it cost
    - how much is that
"""


def lay(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_our_own_data_and_a_sound_folder_hold_no_mistake(tmp_path: Path) -> None:
    assert [str(mistake) for mistake in mistakes_in(OWN_DATA)] == []
    assert mistakes_in(lay(tmp_path, nlu=SOUND)) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (SOUND + "- intent: bye\n  examples: |\n    - see you\n", 13, "needs at least 2"),
        (SOUND + "- intent: bye\n  examples: |\n    - see you\n    -\n", 14, "is empty"),
        (SOUND + "- intent: bye\n  examples: |\n    - see you\n    - Hello  there\n", 14, "'greet' at"),
        (SOUND + "- intent: bye\n  exampels: |\n    - see you\n", 12, "`exampels` is no key"),
        (SOUND + "- intent: bye\n", 11, "has no examples"),
        (
            SOUND + "- intent: bye\n  examples: |\n    see you\n    - so long\n    - bye\n",
            13,
            "must begin with",
        ),
        (SOUND + "- examples: |\n    - see you\n", 11, "needs one of intent"),
        (SOUND + "- greet\n", 11, "must have keys"),
        (SOUND + "nul:\n- intent: x\n", 11, "`nul` is no key"),
        (SOUND.replace("ask_price", "greet"), 5, "at least two intents"),
        ('version: "3.1"\nnlu:\n- intent: "greet\n', 4, "this is not YAML"),
        ("- greet\n", 1, "must begin with keys"),
        ("nlu: hello\n", 1, "followed by a list"),
        (SOUND + "rules:\n- rule: x\n  stepz: []\n", 13, "`stepz` is no key"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    told = [str(mistake) for mistake in mistakes_in(lay(tmp_path, nlu=text))]
    assert any(t.startswith(f"{tmp_path / 'nlu.yml'}:{line}: ") and says in t for t in told), told


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    lay(tmp_path, nlu=SOUND)
    (tmp_path / "other.yml").write_bytes(b"version: 1\n\xff\n")
    assert [str(m) for m in mistakes_in(tmp_path)] == [f"{tmp_path / 'other.yml'}:2: this is not UTF-8 text"]


def test_contradictions_stop_the_training_unless_it_is_lenient(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, nlu=SOUND.replace("how much is that", "hello there"))
    assert main([str(tmp_path), "--check-only"]) == 2
    assert "nlu.yml:10: " in capsys.readouterr().err
    assert main([str(tmp_path), "--check-only", "--lenient"]) == 0
    assert main([str(tmp_path / "nowhere")]) == 2


def configured(command: list[str]) -> Any:
    return yaml.safe_load(Path(command[command.index("--config") + 1]).read_text(encoding="utf-8"))


def test_a_folder_becomes_a_command(tmp_path: Path) -> None:
    data, scratch = tmp_path / "data", tmp_path / "scratch"
    data.mkdir()
    scratch.mkdir()
    lay(data, nlu=SOUND)
    only_nlu = command(data, tmp_path, "m", scratch)
    assert only_nlu[only_nlu.index("train") + 1] == "nlu"
    assert configured(only_nlu)["pipeline"] == yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"]
    lay(data, rules="rules:\n- rule: hi\n  steps:\n  - intent: greet\n  - action: utter_hi\n")
    whole = command(data, tmp_path, "m", scratch)
    assert str(scratch / "domain.yml") in whole
    assert "utter_hi" in (scratch / "domain.yml").read_text(encoding="utf-8")
    lay(data, domain="intents: [greet]\n", config="pipeline: [{name: A}]\npolicies: [{name: B}]\n")
    own = command(data, tmp_path, "m", scratch)
    assert str(data / "domain.yml") in own
    assert str(data / "config.yml") in own
    assert str(data / "config.yml") not in own[own.index("--data") : own.index("--config")]


def project(folder: Path) -> Path:
    """A project as Rasa lays it out, with everything that a new one has."""
    files = {
        "config.yml": "recipe: default.v1\nassistant_id: bakery\nlanguage: en\npipeline:\npolicies:\n",
        "credentials.yml": "rest:\nrasa:\n  url: http://localhost:5002/api\n",
        "endpoints.yml": "action_endpoint:\n  url: http://localhost:5055/webhook\n",
        "domain.yml": """version: "3.1"
intents: [greet, order_bread, chitchat]
entities: [loaf]
slots:
  loaf:
    type: text
    mappings: [{type: from_entity, entity: loaf}]
responses:
  utter_greet:
  - text: Good morning from the bakery.
  utter_order:
  - text: I will put a loaf aside.
session_config:
  session_expiration_time: 60
  carry_over_slots_to_new_session: true
""",
        "data/nlu.yml": """version: "3.1"
nlu:
- intent: greet
  metadata:
    sentiment: neutral
  examples: |
    - morning, bakers
    - good day to the bakery
- intent: order_bread
  examples:
  - text: |
      put a [rye](loaf) loaf aside for me
    metadata:
      channel: phone
  - text: |
      two [oat]{"entity": "loaf", "value": "oat"} loaves for Friday
- intent: chitchat/ask_flour
  examples: |
    - what flour is in it
    - which mill does your flour come from
- synonym: rye
  examples: |
    - dark bread
- regex: loaf_number
  examples: |
    - L\\d{3}
- lookup: loaf
  examples: |
    - rye
    - spelt
responses:
  utter_chitchat/ask_flour:
  - text: Stone-ground, from the mill by the bridge.
""",
        "data/rules.yml": """rules:
- rule: Say good morning
  metadata: {owner: counter}
  conversation_start: true
  steps:
  - intent: greet
  - action: utter_greet
""",
        "data/stories.yml": """stories:
- story: Bread in the speaker's own words
  metadata: {owner: counter}
  steps:
  - user: |
      put a loaf aside
    intent: order_bread
  - slot_was_set:
    - loaf: rye
  - action: utter_order
  - checkpoint: ordered
- story: Later
  steps:
  - checkpoint: ordered
  - or:
    - intent: greet
    - intent: order_bread
  - bot: See you tomorrow.
""",
        "tests/test_stories.yml": "stories:\n- story: t\n  stepz: []\n",
        ".github/workflows/build.yml": "on: push\njobs: {}\n",
        "docker-compose.yml": "services: {}\n",
        "actions/settings.yml": "anything: 1\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_project_as_rasa_lays_it_out_is_taken_as_it_is(tmp_path: Path) -> None:
    rasa, scratch = project(tmp_path / "bakery"), tmp_path / "scratch"
    scratch.mkdir()
    assert [str(mistake) for mistake in mistakes_in(rasa)] == []
    made = command(rasa, tmp_path, "m", scratch)
    data = made[made.index("--data") + 1 : made.index("--config")]
    assert data == [str(rasa / "data" / name) for name in ("nlu.yml", "rules.yml", "stories.yml")]
    assert made[made.index("--domain") + 1] == str(rasa / "domain.yml")
    assert configured(made)["assistant_id"] == "bakery"
    assert configured(made)["pipeline"], "an empty pipeline is no wish for none"
    assert "core_fallback_action_name" not in str(configured(made)), "their domain lacks our action"


def test_mistakes_in_such_a_project_are_told(tmp_path: Path) -> None:
    rasa = project(tmp_path)
    (rasa / "data" / "more.yml").write_text(
        "nlu:\n- intent: bye\n  exampels: |\n    - bye\n", encoding="utf-8"
    )
    (rasa / "domain.yml").write_text("intents: [greet]\nresponces: {}\n", encoding="utf-8")
    told = "\n".join(str(mistake) for mistake in mistakes_in(rasa))
    assert f"{rasa / 'data' / 'more.yml'}:3: `exampels` is no key" in told
    assert f"{rasa / 'domain.yml'}:2: `responces` is no key" in told


def test_a_folder_without_data_is_searched_but_not_where_nothing_is_trained(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "data").rename(tmp_path / "training")
    assert [str(mistake) for mistake in mistakes_in(tmp_path)] == []
    names = {path.name for path in training_files(tmp_path)}
    assert {"nlu.yml", "rules.yml", "stories.yml"} <= names
    assert not names & {"credentials.yml", "endpoints.yml", "domain.yml", "test_stories.yml", "build.yml"}


def test_a_domain_in_several_files_becomes_one_folder(tmp_path: Path) -> None:
    rasa, scratch = project(tmp_path / "bakery"), tmp_path / "scratch"
    scratch.mkdir()
    (rasa / "domain_words.yml").write_text(
        "responses: {utter_bye: [{text: Until tomorrow.}]}\n", encoding="utf-8"
    )
    made = command(rasa, tmp_path, "m", scratch)
    assert len(list(Path(made[made.index("--domain") + 1]).glob("*.yml"))) == 2


def test_another_projects_model_does_not_take_the_place_of_the_one_that_runs(tmp_path: Path) -> None:
    assert model_name(OWN_DATA) == "frontdesk"
    assert model_name(tmp_path / "bakery") == "bakery"
    assert model_name(tmp_path / "frontdesk") != "frontdesk"
