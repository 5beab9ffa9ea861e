from pathlib import Path

import pytest

from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden
from knowledge_base.question_sets import (
    doc2dial_rows,
    read_covidfaq,
    read_doc2dial,
    read_questions,
    with_topic_switched,
)


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


def test_doc2dial_is_read_whole(eval_dir: Path) -> None:
    pages = read_doc2dial(eval_dir / "doc2dial")
    assert (len(pages.articles), len(pages.first_turns), len(pages.later_turns)) == (101, 295, 1448)
    assert all(golden.article in pages.articles for golden in pages.later_turns)
    assert not any("agent:" in golden.question for golden in pages.first_turns)


def test_a_switched_topic_is_another_one_and_always_the_same(eval_dir: Path) -> None:
    pages = read_doc2dial(eval_dir / "doc2dial")
    switched = with_topic_switched(pages)
    assert [golden.question for golden in switched] == [golden.question for golden in pages.first_turns]
    assert {len(golden.asked) for golden in switched} == {3}
    assert switched == with_topic_switched(pages)
    assert [len(rows) for rows in doc2dial_rows(pages).values()] == [295, 1448, 1448, 295]


def test_covidfaq_is_read_whole(eval_dir: Path) -> None:
    short = read_covidfaq(eval_dir / "CovidFAQ")
    assert (len(short.articles), len(short.first_turns)) == (67, 1387)
