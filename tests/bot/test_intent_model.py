from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.characters import BUCKETS, character_matrix
from bot.cues import CUES, cue_row
from bot.intent_model import IntentModel, Scope, fit_temperature, softmax
from bot.likeness import MOST_LANDMARKS, folds_of, landmarks, regress

INTENTS = ("ask_for_human", "ask_question", "greet")
WORDS = ("talk to an agent", "how long is delivery", "hello there")


def examples(
    each: int = 20,
) -> tuple[list[str], "np.ndarray[tuple[int, int], np.dtype[np.float32]]", list[str]]:
    """Three clouds of vectors with texts to match."""
    random = np.random.default_rng(7)
    centres = np.eye(3, 8, dtype=np.float32)
    texts = [f"{WORDS[k]} {n}" for k in range(3) for n in range(each)]
    vectors = np.repeat(centres, each, axis=0) + random.normal(0, 0.2, (3 * each, 8)).astype(np.float32)
    return texts, vectors, [intent for intent in INTENTS for _ in range(each)]


def test_learns_and_ranks() -> None:
    texts, vectors, intents = examples()
    model = IntentModel.fit(texts, vectors, intents)
    ranking = model.ranking("may I talk to an agent", np.eye(1, 8, dtype=np.float32)[0])
    assert ranking[0][0] == "ask_for_human"
    assert sum(probability for _, probability in ranking) == pytest.approx(1, abs=1e-5)
    assert [p for _, p in ranking] == sorted((p for _, p in ranking), reverse=True)


def test_is_stored_without_pickle_and_comes_back_the_same(tmp_path: Path) -> None:
    texts, vectors, intents = examples()
    model = IntentModel.fit(texts, vectors, intents)
    model.save(tmp_path / "intents.npz")
    again = IntentModel.load(tmp_path / "intents.npz")
    assert np.array_equal(again.probabilities(texts, vectors), model.probabilities(texts, vectors))
    np.savez(tmp_path / "evil.npz", intents=np.array([object()], dtype=object), temperature=np.array(1.0))
    with pytest.raises(ValueError, match="allow_pickle"):
        IntentModel.load(tmp_path / "evil.npz")


def test_training_twice_gives_the_same_model() -> None:
    one, two = (IntentModel.fit(*examples()) for _ in range(2))
    assert one.temperature == two.temperature
    assert np.array_equal(one.weights, two.weights)
    assert one.scope.threshold == two.scope.threshold


def test_refuses_one_intent() -> None:
    texts, vectors, intents = examples()
    with pytest.raises(ValueError, match="at least two intents"):
        IntentModel.fit(texts[:20], vectors[:20], intents[:20])


@pytest.mark.parametrize("each", [1, 2, 5])
def test_tiny_sets_train(each: int) -> None:
    texts, vectors, intents = examples(each)
    model = IntentModel.fit(texts[: 2 * each], vectors[: 2 * each], intents[: 2 * each])
    reading = model.read("may I talk to an agent", np.eye(1, 8, dtype=np.float32)[0])
    assert reading.ranking[0][0] == "ask_for_human"
    assert np.isfinite([reading.score, model.scope.threshold, model.temperature]).all()


def clouds(
    n: int, seed: int, spread: float = 0.25
) -> tuple[list[str], "np.ndarray[tuple[int, int], np.dtype[np.float32]]", list[str]]:
    """`n` messages around six intents in 32 dimensions; the words say nothing."""
    random = np.random.default_rng(seed)
    classes = random.integers(0, 6, n)
    vectors = np.eye(6, 32)[classes] + random.normal(0, spread, (n, 32))
    return (
        [f"message {seed} {i}" for i in range(n)],
        vectors.astype(np.float32),
        [f"intent {c}" for c in classes],
    )


def scope_scores(model: IntentModel, texts: list[str], vectors: Any) -> Any:
    return np.array([model.read(text, vector).score for text, vector in zip(texts, vectors, strict=True)])


def test_one_in_twenty_in_scope_falls_below_the_threshold_and_nearly_all_else() -> None:
    model = IntentModel.fit(*clouds(600, 1))
    texts, vectors, intents = clouds(800, 2)
    below = scope_scores(model, texts, vectors) < model.scope.threshold
    assert below.mean() == pytest.approx(0.05, abs=0.025)
    foreign = np.random.default_rng(3).normal(0, 0.3, (200, 32)).astype(np.float32)
    assert (scope_scores(model, ["elsewhere"] * 200, foreign) < model.scope.threshold).mean() > 0.6
    found = [
        model.ranking(text, vector)[0][0] for text, vector in zip(texts[:200], vectors[:200], strict=True)
    ]
    assert np.mean([one == two for one, two in zip(found, intents, strict=False)]) > 0.9


def test_shuffled_labels_score_at_chance() -> None:
    texts, vectors, intents = clouds(600, 1)
    np.random.default_rng(5).shuffle(intents)
    model = IntentModel.fit(texts, vectors, intents)
    texts, vectors, truth = clouds(600, 2)
    probabilities = model.probabilities(texts, vectors)
    found = [model.intents[i] for i in probabilities.argmax(axis=1)]
    assert np.mean([one == two for one, two in zip(found, truth, strict=True)]) == pytest.approx(
        1 / 6, abs=0.08
    )
    assert probabilities.max(axis=1).mean() < 0.35, "and says so"


def test_unseen_scores_are_those_of_a_model_without_the_fold() -> None:
    random = np.random.default_rng(7)
    features = random.normal(0, 1, (30, 6)).astype(np.float32)
    alike, targets = (
        (features @ features.T).astype(np.float32),
        np.eye(2, dtype=np.float32)[np.arange(30) % 2],
    )
    rows, folds = np.arange(30), np.arange(30) % 10
    _, (unseen,) = regress(alike, rows, targets, [folds])
    rest, gone = np.flatnonzero(folds != 4), np.flatnonzero(folds == 4)
    without, _ = regress(alike[np.ix_(rest, rest)], np.arange(27), targets[rest], [])
    assert alike[np.ix_(gone, rest)] @ without == pytest.approx(unseen[gone], abs=1e-3)


def test_near_duplicates_are_left_out_together() -> None:
    random = np.random.default_rng(7)
    classes = np.repeat([0, 1], 40)
    rows = random.normal(0, 1, (80, 24)).astype(np.float32)
    rows[1::2] = rows[::2] + random.normal(0, 0.05, (40, 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    folds = folds_of(rows, classes)
    assert (folds[::2] == folds[1::2]).all()
    assert sorted(np.unique(folds)) == [0, 1, 2, 3, 4]
    assert np.bincount(folds[:40]).tolist() == [8] * 5
    assert (folds == folds_of(rows, classes)).all(), "the same every time"
    # what is there nearly twice looks well known unless both go
    model = IntentModel.fit([f"word {i}" for i in range(80)], rows, [str(c) for c in classes])
    fresh = random.normal(0, 1, (400, 24)).astype(np.float32)
    others = [f"word {i}" for i in range(100, 500)]
    assert (scope_scores(model, others, fresh) < model.scope.threshold).mean() < 0.2


def test_many_examples_are_learned_from_through_landmarks() -> None:
    _, vectors, intents = clouds(400, 1)
    classes = np.array([int(intent[-1]) for intent in intents])
    chosen = landmarks(classes, 60)
    assert len(set(chosen)) == 60
    assert np.bincount(classes[chosen]).min() == 10
    assert len(landmarks(classes)) == 400 < MOST_LANDMARKS
    unit_rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = np.exp(2 * (unit_rows @ unit_rows.T - 1)).astype(np.float32)
    targets = np.eye(6, dtype=np.float32)[classes]
    folds = np.arange(400) % 5
    some, (unseen,) = regress(alike[:, chosen], chosen, targets, [folds])
    whole, (exact,) = regress(alike, np.arange(400), targets, [folds])
    assert ((alike[:, chosen] @ some).argmax(1) == (alike @ whole).argmax(1)).mean() > 0.95
    assert np.abs(unseen.max(1) - exact.max(1)).mean() < 0.15
    rest, kept = np.flatnonzero(folds != 3), chosen[folds[chosen] != 3]
    without, _ = regress(alike[np.ix_(rest, kept)], np.searchsorted(rest, kept), targets[rest], [])
    assert alike[np.ix_(folds == 3, kept)] @ without == pytest.approx(unseen[folds == 3], abs=1e-2)


def test_nearness_counts_for_the_intent_that_was_found() -> None:
    sentences = np.repeat(np.eye(2, dtype=np.float32), 10, axis=0)
    classes = np.repeat([0, 1], 10)
    folds = np.arange(20) % 5
    scope = Scope.fit(sentences, classes, [(folds, np.eye(2, dtype=np.float32)[classes])])
    scores = np.array([[0.9, 0.1]], dtype=np.float32)
    assert scope.score(sentences[:1], scores)[0] > scope.score(sentences[-1:], scores)[0]


def test_the_temperature_makes_overconfidence_honest() -> None:
    """Scores that are right in 70 of 100 cases but claim 95 % have to be cooled to about 70 %."""
    random = np.random.default_rng(7)
    classes = random.integers(0, 2, 4_000)
    guessed = np.where(random.random(4_000) < 0.7, classes, 1 - classes)
    scores = np.zeros((4_000, 2), dtype=np.float32)
    scores[np.arange(4_000), guessed] = 3.0
    assert softmax(scores)[:, :].max() > 0.95
    temperature = fit_temperature(scores, classes)
    assert softmax(scores / temperature).max() == pytest.approx(0.7, abs=0.02)


def test_characters_forgive_typos_and_forget_digits() -> None:
    rows = character_matrix(["where is my parcel", "where is my pracel", "can I wash a jacket"])
    alike = (rows @ rows.T).toarray()
    assert rows.shape == (3, BUCKETS)
    assert alike[0, 0] == pytest.approx(1, abs=1e-5)
    assert alike[0, 1] > 2 * alike[0, 2]
    order = character_matrix(["FH-204817", "fh-999999", "a@b.org", "someone@else.example"])
    assert (order[0] != order[1]).nnz == 0
    assert (order[2] != order[3]).nnz == 0


@pytest.mark.parametrize(
    "text", ["", " ", "?", "x", "日本語", "🙂" * 50, "\ud800", "word " * 800, "a" * 4_000]
)
def test_odd_texts_have_features_and_are_read(text: str) -> None:
    assert np.isfinite(character_matrix([text]).toarray()).all()
    reading = IntentModel.fit(*examples()).read(text, np.zeros(8, dtype=np.float32))
    assert np.isfinite([reading.score, *(p for _, p in reading.ranking)]).all()
    assert cue_row(text).shape == (len(CUES),)


def test_cues_tell_who_is_wanted() -> None:
    wanted, topic = cue_row("put me through to your customer service"), cue_row("help me with an invoice")
    assert wanted.sum() > topic.sum()
    declined, asked = cue_row("I never want to speak to a human"), cue_row("I want to speak to a human")
    assert declined.sum() > asked.sum()


@pytest.mark.parametrize(
    "text", ["to " * 2_000, "talk " + "x " * 2_000, "9" * 4_000, "put " * 1_000, "@" * 4_000]
)
def test_cues_are_quick_on_hostile_texts(text: str) -> None:
    import time

    began = time.perf_counter()
    cue_row(text[:4_000])
    assert time.perf_counter() - began < 0.25
