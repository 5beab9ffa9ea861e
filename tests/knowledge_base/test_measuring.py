from pathlib import Path

import pytest

from knowledge_base.evaluation import ask, recall
from knowledge_base.measuring import library_of
from knowledge_base.question_sets import read_covidfaq, read_doc2dial


@pytest.mark.slow
def test_long_pages_are_found_better_than_by_cosine_alone(eval_dir: Path, artifact: Path) -> None:
    pages = read_doc2dial(eval_dir / "doc2dial")
    with library_of(pages.articles, artifact) as library:
        outcomes = ask(library, pages.first_turns)
    assert recall(outcomes, 1).value > 0.70  # cosine alone .676
    assert recall(outcomes, 5).value > 0.93  # cosine alone .919


@pytest.mark.slow
def test_short_answers_are_found_better_than_by_cosine_alone(eval_dir: Path, artifact: Path) -> None:
    short = read_covidfaq(eval_dir / "CovidFAQ")
    with library_of(short.articles, artifact) as library:
        outcomes = ask(library, short.first_turns)
    assert recall(outcomes, 1).value > 0.50  # cosine alone .479
    assert recall(outcomes, 5).value > 0.90  # cosine alone .894
