from pathlib import Path

import numpy as np
import pytest

from bot.cues import CUES, cue_row
from bot.intent_model import BUCKETS, IntentModel, character_matrix, fit_temperature, softmax

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
    assert np.array_equal(one.vector_weights, two.vector_weights)


def test_refuses_too_few_examples() -> None:
    texts, vectors, intents = examples(each=2)
    with pytest.raises(ValueError, match="at least"):
        IntentModel.fit(texts, vectors, intents)


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


@pytest.mark.parametrize("text", ["", " ", "?", "日本語", "🙂" * 50])
def test_odd_texts_have_features(text: str) -> None:
    assert np.isfinite(character_matrix([text]).toarray()).all()
    assert cue_row(text).shape == (len(CUES),)


def test_cues_tell_who_is_wanted() -> None:
    wanted, topic = cue_row("put me through to your customer service"), cue_row("help me with an invoice")
    assert wanted.sum() > topic.sum()


@pytest.mark.parametrize(
    "text", ["to " * 2_000, "talk " + "x " * 2_000, "9" * 4_000, "put " * 1_000, "@" * 4_000]
)
def test_cues_are_quick_on_hostile_texts(text: str) -> None:
    import time

    began = time.perf_counter()
    cue_row(text[:4_000])
    assert time.perf_counter() - began < 0.25
