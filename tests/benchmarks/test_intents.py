import numpy as np
import pytest

from benchmarks.answers.intents import HINDSIGHT, SAME_RULE, Ledger, _scope
from benchmarks.answers.sets import Example, IntentSet
from benchmarks.answers.training import Reply, Scope

INSIDE = IntentSet("any", [], [Example(f"q{i}", "a") for i in range(20)], {"near": ["z"]})


def reply(intent: str, score: float) -> Reply:
    return Reply(intent, "a", 0.9, Scope(score, 0.0), 1.0)


def test_what_the_assistant_decided_is_measured_and_not_its_score_alone() -> None:
    assert reply("nlu_fallback", 2.0).handed_off, "between two intents, for one"
    assert not reply("a", -2.0).handed_off


def test_recall_stands_with_its_false_handoffs_and_with_the_level_in_hindsight() -> None:
    inside = [reply("nlu_fallback" if i < 2 else "a", i / 10) for i in range(20)]
    outside = [reply("nlu_fallback", -1.0), reply("a", 0.05), reply("a", 1.5), reply("a", 1.5)]
    rows = {row.metric: row.figure.value for row in _scope(INSIDE, inside, "near", outside)}
    assert rows["recall, near, at 0.100 false handoffs (shipped)"] == 0.25
    assert rows["recall, near, at 0.05 false handoffs (in hindsight)"] == 0.5


def test_pooled_costs_weigh_every_set_the_same() -> None:
    ledger = Ledger()
    ledger.entries[SAME_RULE] += [(np.zeros(1000), np.ones(1000)), (np.full(10, 1.0), np.full(10, 1.0))]
    ledger.entries[HINDSIGHT] += [(np.full(10, 1.0), np.full(10, 4.0))]
    values = [row.figure.value for row in ledger.pooled()]
    assert values == pytest.approx([0.5, 0.75])
    assert list(Ledger().pooled()) == []
