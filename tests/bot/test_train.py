"""A project's training files: every mistake has its file and line, and a sound folder becomes Rasa's command."""

from pathlib import Path

import pytest

from bot.train import OWN_DATA, ROOT, command, main
from bot.training_files import mistakes_in

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


def test_a_folder_becomes_a_command(tmp_path: Path) -> None:
    data, scratch = tmp_path / "data", tmp_path / "scratch"
    data.mkdir()
    scratch.mkdir()
    lay(data, nlu=SOUND)
    only_nlu = command(data, tmp_path, "m", scratch)
    assert only_nlu[only_nlu.index("train") + 1] == "nlu"
    assert str(ROOT / "config.yml") in only_nlu
    lay(data, rules="rules:\n- rule: hi\n  steps:\n  - intent: greet\n  - action: utter_hi\n")
    whole = command(data, tmp_path, "m", scratch)
    assert str(scratch / "domain.yml") in whole
    assert "utter_hi" in (scratch / "domain.yml").read_text(encoding="utf-8")
    lay(data, domain="intents: [greet]\n", config="pipeline: []\n")
    own = command(data, tmp_path, "m", scratch)
    assert str(data / "domain.yml") in own
    assert str(data / "config.yml") in own
    assert str(data / "config.yml") not in own[own.index("--data") : own.index("--config")]
