import math
from collections.abc import Callable

import pytest

from knowledge_base.confidence import DEFAULT, NO_EVIDENCE, Evidence
from knowledge_base.evaluation import (
    Golden,
    Outcome,
    ask,
    decisions,
    passage_found,
    recall,
    reciprocal_rank,
    separation,
)
from knowledge_base.library import Library
from knowledge_base.wire import DraftIn
from tests.knowledge_base.conftest import BOOTS, RETURNS, STOVES

SURE, UNSURE = Evidence(0.9, 0.9, 9.0, 0.9, 9.0), NO_EVIDENCE
KNOWN, FOREIGN = Golden("how to return", "return-an-item"), Golden("who won", None)


def test_figures_count_what_they_say() -> None:
    outcomes = [
        Outcome(KNOWN, 0, SURE),
        Outcome(KNOWN, 3, SURE),
        Outcome(KNOWN, None, UNSURE),
        Outcome(FOREIGN, None, SURE),
    ]
    assert recall(outcomes, 1).value == pytest.approx(1 / 3)
    assert recall(outcomes, 5).value == pytest.approx(2 / 3)
    assert reciprocal_rank(outcomes).value == pytest.approx((1 + 1 / 4) / 3)
    assert recall(outcomes, 1).n == 3
    taken = decisions(DEFAULT, outcomes)
    assert taken.answered.value == pytest.approx(3 / 4)
    assert taken.wrong.value == pytest.approx(2 / 3)
    assert taken.refused_answerable.value == pytest.approx(1 / 3)


def test_a_passage_counts_where_the_question_names_its_headings() -> None:
    named = Golden("how to return", "return-an-item", headings=("Label", "Time"))
    outcomes = [
        Outcome(named, 0, SURE, "Label"),
        Outcome(named, 0, SURE, "Money"),
        Outcome(named, 1, SURE, "Time"),
        Outcome(KNOWN, 0, SURE, "Label"),
    ]
    assert passage_found(outcomes).value == pytest.approx(1 / 3)


def test_an_interval_holds_its_value_and_nothing_is_no_number() -> None:
    figure = recall([Outcome(KNOWN, n % 3, SURE) for n in range(60)], 1)
    assert figure.low < figure.value < figure.high
    assert math.isnan(recall([], 1).value)


def test_separation_is_one_when_every_known_question_is_surer() -> None:
    known, foreign = [Outcome(KNOWN, 0, SURE)] * 3, [Outcome(FOREIGN, None, UNSURE)] * 2
    assert separation(DEFAULT, known, foreign) == 1.0
    assert separation(DEFAULT, known, known) == 0.5
    assert math.isnan(separation(DEFAULT, known, []))


def test_asking_finds_the_article_and_hiding_it_does_not(
    library: Library, publish: Callable[[DraftIn], str]
) -> None:
    for draft in (RETURNS, STOVES, BOOTS):
        publish(draft)
    goldens = [
        Golden("strike a match for the stove", "light-a-gas-stove"),
        Golden("and then", "wax-leather-boots", ("wax boots",)),
    ]
    assert [outcome.rank for outcome in ask(library, goldens)] == [0, 0]
    hidden = ask(library, goldens, hide_article=True)
    assert [outcome.rank for outcome in hidden] == [None, None]
    assert all(
        a.evidence.nearness > b.evidence.nearness for a, b in zip(ask(library, goldens), hidden, strict=True)
    )
