import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge_base import __main__ as command_line
from knowledge_base import own_texts
from knowledge_base.errors import EncoderMissing
from knowledge_base.library import Library
from knowledge_base.wire import AnswerRequest

Run = Callable[..., str]

GOOD = "---\ntitle: Return an item\nquestions:\n  - Can I send it back?\nupdated: 2026-10-02\n---\n\nWithin sixty days.\n"
OTHER = "# Light a gas stove\n\nOpen the valve and strike a match.\n"


@pytest.fixture
def run(library: Library, monkeypatch: pytest.MonkeyPatch) -> Run:
    @contextmanager
    def opened(*_: object) -> Iterator[Library]:
        yield library

    monkeypatch.setattr(command_line, "_library", opened)
    monkeypatch.setattr(command_line.out, "width", 200)

    def run(*arguments: object, exit_code: int = 0) -> str:
        result = CliRunner().invoke(command_line.app, [str(argument) for argument in arguments])
        assert result.exit_code == exit_code, result.output
        return result.output

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "returns").mkdir(parents=True)
    (folder / "returns" / "return-an-item.md").write_text(GOOD)
    (folder / "light-a-gas-stove.md").write_text(OTHER)
    return folder


def test_importing_twice_changes_nothing(run: Run, folder: Path, library: Library) -> None:
    assert "2 files: 2 created, 0 failed. 2 articles are live." in run("import", folder, "--publish")
    version = library.snapshot().version
    assert "2 files: 2 unchanged, 0 failed. 2 articles are live." in run("import", folder, "--publish")
    assert library.snapshot().version == version


def test_without_publish_articles_stay_drafts(run: Run, folder: Path) -> None:
    assert "0 articles are live" in run("import", folder)
    assert "2 published" in run("import", folder, "--publish")


def test_a_bad_file_does_not_stop_the_others(run: Run, folder: Path) -> None:
    (folder / "a-bad-one.md").write_text("---\ntitle: [never closed\n---\nText\n")
    said = run("import", folder, "--publish", exit_code=1)
    assert "a-bad-one.md: The front matter is not valid YAML" in said
    assert "3 files: 2 created, 1 failed. 2 articles are live." in said


def test_what_is_exported_can_be_imported_unchanged(run: Run, folder: Path, tmp_path: Path) -> None:
    run("import", folder, "--publish")
    written = run("export", tmp_path / "out")
    assert sorted(written.split()) == ["general/light-a-gas-stove.md", "returns/return-an-item.md"]
    said = run("import", tmp_path / "out", "--publish")
    assert "2 unchanged" in said


def test_searching_shows_what_the_bot_would_do(run: Run, folder: Path) -> None:
    run("import", folder, "--publish")
    said = run("search", "strike a match for the gas stove")
    assert "light-a-gas-stove" in said
    assert "confidence" in said


def test_a_library_is_measured_and_calibrated_with_its_own_questions(
    run: Run, folder: Path, tmp_path: Path, library: Library
) -> None:
    run("import", folder, "--publish")
    questions = tmp_path / "questions.yml"
    entries = [
        ("open the valve of a stove", "light-a-gas-stove"),
        ("how many days to return", "return-an-item"),
    ]
    unknown = ["who won the cup", "what is the capital", "sing me a song"]
    lines = [f"- question: {q} {n}\n  article: {a}" for n in range(6) for q, a in entries]
    lines += [f"- question: {q} {n}\n  article: null" for n in range(4) for q in unknown]
    questions.write_text("\n".join(lines))
    before = library.snapshot().calibration
    said = run("evaluate", questions, "--calibrate", "--show", "--target", "0.03")
    assert "nothing can be promised with 24 golden questions" in said
    assert "Calibration(weights=" in said
    assert library.snapshot().calibration == before
    said = run("evaluate", questions, "--calibrate", "--target", "0.03")
    calibration = library.snapshot().calibration
    assert (calibration.basis, calibration.target) == ("golden questions", 0.03)
    said = run("evaluate", questions)
    assert "n=12" in said
    assert "AUROC" in said
    run("import", folder, "--publish")
    assert library.snapshot().calibration == calibration


def test_a_handful_of_golden_questions_is_refused_kindly(run: Run, folder: Path, tmp_path: Path) -> None:
    run("import", folder, "--publish")
    questions = tmp_path / "questions.yml"
    questions.write_text("- question: how many days to return\n  article: return-an-item")
    said = run("evaluate", questions, "--calibrate", exit_code=2)
    assert "Write 10 golden questions at least" in said


def test_importing_fits_confidence_to_the_librarys_own_texts(
    run: Run, folder: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_texts, "FEWEST_ARTICLES", 2)
    run("import", folder)
    assert library.snapshot().calibration.basis == "prior"
    run("import", folder, "--publish")
    assert library.snapshot().calibration.basis == "own texts"
    assert "a promise needs golden questions" in run("curve")


def test_the_curve_and_a_replay_are_told_and_printed_as_json(
    run: Run, folder: Path, tmp_path: Path, library: Library
) -> None:
    run("import", folder, "--publish")
    questions = tmp_path / "questions.yml"
    right = [f"- question: strike a match for the stove {n}\n  article: light-a-gas-stove" for n in range(30)]
    unknown = [f"- question: who won the cup {n}\n  article: null" for n in range(30)]
    questions.write_text("\n".join([*right, *unknown]))
    run("evaluate", questions, "--calibrate", "--target", "0.2")
    assert "nine times in ten under" in run("curve")
    curve = json.loads(run("curve", "--json"))
    assert (curve["questions"], curve["target"], curve["curve"][-1]["answered"]) == (60, 0.2, 1.0)
    for number in range(3):
        library.answer(AnswerRequest(question=f"strike a match for the stove again {number}"))
    assert "of 3 questions answered" in run("replay", "--target", "0.05")
    found = json.loads(run("replay", "--target", "0.05", "--days", "1", "--minutes", "6", "--json"))
    assert (found["asked"], found["days"]) == (3, 1.0)
    assert "6 minutes" in found["assumption"]


def test_a_missing_encoder_says_how_to_make_it(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/frontdesk.db"
    arguments = ["search", "x", "--encoder-dir", str(tmp_path), "--database-url", database]
    result = CliRunner().invoke(command_line.app, arguments)
    assert result.exit_code == 2
    assert "python -m knowledge_base encoder" in result.output


def test_migrating_needs_no_encoder(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/frontdesk.db"
    assert CliRunner().invoke(command_line.app, ["migrate", "--database-url", database]).exit_code == 0
    assert (tmp_path / "frontdesk.db").exists()


def test_an_encoder_that_cannot_be_made_is_one_plain_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> bool:
        raise EncoderMissing("The model 'x' cannot be loaded from this machine.")

    monkeypatch.setattr("knowledge_base.encoder_export.export_encoder", missing)
    result = CliRunner().invoke(command_line.app, ["encoder", "--encoder-dir", str(tmp_path)])
    assert (result.exit_code, "cannot be loaded" in result.output) == (2, True)
