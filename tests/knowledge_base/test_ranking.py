from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.ranking import (
    CANDIDATES,
    Lexicon,
    Question,
    Views,
    words_of,
)
from tests.knowledge_base.fakes import WordEncoder

WORDS = st.lists(st.sampled_from(["tent", "boot", "stove", "lamp", "wax", "gas"]), min_size=1, max_size=8)
TEXTS = ["dry a wet tent", "wax leather boots", "light a gas stove", "store a tent in winter"]


def views(texts: list[str], owner: list[int], wordings: dict[int, str] | None = None) -> Views:
    encoder, wordings = WordEncoder(), wordings or {}
    vectors = np.array([encoder.encode(text) for text in texts])
    asked = [encoder.encode(text) for text in wordings.values()]
    return Views(
        passages=vectors,
        statements=vectors[:0],
        places=vectors,
        wordings=np.array(asked, dtype=np.float32).reshape(len(asked), encoder.dimensions),
        owner=np.array(owner),
        statement_owner=np.array([], dtype=np.intp),
        place=np.arange(len(texts)),
        wording_owner=np.array(list(wordings), dtype=np.intp),
        articles=max(owner) + 1,
        lexicon=Lexicon([Counter(words_of(text)) for text in texts]),
    )


def question(text: str) -> Question:
    return Question(WordEncoder().encode(text), words_of(text))


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_no_passage_has_more_information_than_there_is(texts: list[list[str]], asked: list[str]) -> None:
    found, possible = Lexicon([Counter(text) for text in texts]).found(asked)
    assert found.shape == (len(texts),)
    assert ((found >= 0) & (found <= possible)).all()
    for text, score in zip(texts, found, strict=True):
        assert (score > 0) == bool(set(text) & set(asked))


def test_a_rare_word_counts_more_and_an_unknown_one_adds_nothing() -> None:
    lexicon = Lexicon([Counter(words_of(text)) for text in TEXTS])
    found, possible = lexicon.found(("tent", "winter"))
    assert found[3] > found[0] > found[1] == 0
    with_unknown, more = lexicon.found(("tent", "winter", "zebra"))
    assert (with_unknown == found).all()
    assert more > possible


def test_a_question_that_says_little_scores_little() -> None:
    library = views(TEXTS, [0, 1, 2, 3])
    vague, clear = library.match(question("gas")), library.match(question("gas stove light"))
    assert vague.fused.argmax() == clear.fused.argmax() == 2
    assert vague.fused.max() < clear.fused.max()
    assert vague.overlap[2] > 0.4


def test_several_questions_are_scored_like_each_by_itself() -> None:
    library, asked = views(TEXTS, [0, 0, 1, 2]), [question("wet tent"), question("wax"), question("?")]
    for together, alone in zip(library.matches(asked), map(library.match, asked), strict=True):
        assert np.allclose(together.fused, alone.fused, atol=1e-4)
        assert np.allclose(together.within, alone.within, atol=1e-5)


@given(st.permutations(range(4)))
def test_the_order_of_passages_does_not_matter(order: list[int]) -> None:
    asked = question("how to dry the tent")
    straight = views(TEXTS, [0, 1, 2, 3]).match(asked)
    shuffled = views([TEXTS[at] for at in order], list(range(4))).match(asked)
    assert np.allclose(straight.fused[order], shuffled.fused, atol=1e-4)
    assert np.allclose(straight.cosine[order], shuffled.cosine, atol=1e-6)


def test_the_passage_that_fits_comes_first_and_scores_are_centred() -> None:
    match = views(TEXTS, [0, 1, 2, 3]).match(question("wax for my boots"))
    assert match.fused.argmax() == 1
    assert abs(float(match.fused.mean())) < 1e-5


def test_a_stored_wording_lifts_its_article() -> None:
    asked = question("zelt trocknen")
    without = views(TEXTS, [0, 1, 2, 3]).match(asked)
    with_it = views(TEXTS, [0, 1, 2, 3], {2: "zelt trocknen"}).match(asked)
    assert with_it.fused.argmax() == 2
    assert with_it.cosine[2] == pytest.approx(1.0, abs=1e-5)
    assert with_it.fused[2] > without.fused[2]


def with_statements(library: Views, stated: dict[int, list[str]]) -> Views:
    vectors = [WordEncoder().encode(text) for texts in stated.values() for text in texts]
    owners = [at for at, texts in stated.items() for _ in texts]
    return replace(library, statements=np.array(vectors), statement_owner=np.array(owners))


def test_a_passage_is_found_by_one_of_its_statements() -> None:
    asked, library = question("postage norway"), views(["all about parcels", TEXTS[1], TEXTS[2]], [0, 1, 2])
    stated = with_statements(library, {0: ["postage belgium four", "postage norway nine"]})
    assert stated.match(asked).fused.argmax() == 0
    assert stated.match(asked).said[0] > library.match(asked).said[0]
    assert np.allclose(stated.match(asked).said[1:], library.match(asked).said[1:])


def test_the_passage_shown_says_it_or_comes_first() -> None:
    library = views(["dry a wet tent", "store a tent in winter", "dry a wet tent"], [0, 0, 0])
    assert library.shown(0, library.match(question("store in winter"))) == 1
    match = library.match(question("dry a tent"))
    assert library.shown(2, match) == 0
    match.fused[0] = -np.inf
    assert library.shown(2, match) == 2


def test_each_article_has_one_best_passage() -> None:
    library = views(TEXTS, [0, 1, 1, 0])
    scores = np.array([1.0, 5.0, 4.0, 2.0], dtype=np.float32)
    assert library.best_passages(scores) == [1, 3]
    scores[1] = scores[2] = -np.inf
    assert library.best_passages(scores) == [3]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Returns returned returning", ("return",) * 3),
        ("Café's boxes", ("cafe", "boxe")),
        ("bus glass", ("bus", "glass")),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize("count", [1, 10_000, 100_000])
def test_any_number_of_articles_is_ranked_exactly(count: int) -> None:
    noise = np.random.default_rng(7).standard_normal((count, 32)).astype(np.float32)
    vectors = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    every, none = np.arange(count), np.arange(0)
    lexicon = Lexicon([Counter() for _ in every])
    library = Views(vectors, vectors, vectors, vectors[:0], every, every, every, none, count, lexicon)
    wanted = count // 2
    match = library.match(Question(vectors[wanted], ()))
    assert library.best_passages(match.fused)[0] == wanted
    assert len(library.best_passages(match.fused)) == count


def test_the_nearest_statement_counts_in_the_best_passages_of_a_large_library() -> None:
    words = [f"word{number}" for number in range(CANDIDATES * 2)]
    library = views(words, list(range(len(words))))
    stated = with_statements(library, {at: [f"{word} in short", "nothing"] for at, word in enumerate(words)})
    asked = question("word200 in short")
    assert stated.match(asked).said[200] > library.match(asked).said[200]
    assert (stated.match(asked).said == library.match(asked).said).sum() == len(words) - CANDIDATES


def test_an_empty_library_matches_nothing() -> None:
    empty, none = np.zeros((0, 64), dtype=np.float32), np.arange(0)
    library = Views(empty, empty, empty, empty, none, none, none, none, 0, Lexicon([]))
    match = library.match(question("where is my tent"))
    assert match.fused.shape == (0,)
    assert library.best_passages(match.fused) == []
