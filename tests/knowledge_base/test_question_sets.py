from pathlib import Path

import pytest

from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden
from knowledge_base.question_sets import read_questions, unknown_articles


def test_a_golden_question_may_name_the_sections_that_answer(tmp_path: Path) -> None:
    path = tmp_path / "questions.yml"
    path.write_text("- question: How long?\n  article: return-an-item\n  headings: [Time, Label]\n")
    assert read_questions(path)[0].headings == ("Time", "Label")


def test_golden_questions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.yml"
    path.write_text(
        "- question: Can I return it?\n  article: return-an-item\n- question: Who won?\n  article: null\n"
    )
    assert read_questions(path) == [Golden("Can I return it?", "return-an-item"), Golden("Who won?", None)]


@pytest.mark.parametrize(
    "text", ["- question: A", "a: b", "- question: 1\n  article: x", "- [", "just words"]
)
def test_questions_in_another_shape_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "questions.yml"
    path.write_text(text)
    with pytest.raises(Invalid):
        read_questions(path)


def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.yml"
    with pytest.raises(Invalid, match="no such file"):
        read_questions(path)
    path.write_bytes(b"- question: caf\xe9\n")
    with pytest.raises(Invalid, match="UTF-8"):
        read_questions(path)
    path.write_text("- question: A\n  article: x\n- question: 'B\n  article: y\n")
    with pytest.raises(Invalid, match=r"questions\.yml:\d+ is not YAML"):
        read_questions(path)


def test_articles_that_are_not_there_are_named_once() -> None:
    goldens = [Golden("a", "retuns"), Golden("b", "returns"), Golden("c", None), Golden("d", "retuns")]
    assert unknown_articles(goldens, {"returns"}) == ["retuns"]
