from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.ranking import (
    LEXICAL_WEIGHT,
    SHORT_LEXICAL_WEIGHT,
    Lexicon,
    Match,
    Prefixes,
    Question,
    Views,
    lexical_weight,
    plain_words,
    with_history,
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
        headings=vectors,
        wordings=np.array(asked, dtype=np.float32).reshape(len(asked), encoder.dimensions),
        owner=np.array(owner),
        statement_owner=np.array([], dtype=np.intp),
        wording_owner=np.array(list(wordings), dtype=np.intp),
        articles=max(owner) + 1,
        lexicon=Lexicon([Counter(words_of(text)) for text in texts]),
        prefixes=Prefixes([]),
    )


def question(text: str) -> Question:
    return Question(WordEncoder().encode(text), words_of(text))


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_overlap_is_a_share(texts: list[list[str]], asked: list[str]) -> None:
    scores = Lexicon([Counter(text) for text in texts]).scores(asked)
    assert scores.shape == (len(texts),)
    assert ((scores >= 0) & (scores <= 1)).all()
    for text, score in zip(texts, scores, strict=True):
        assert (score > 0) == bool(set(text) & set(asked))


def test_a_rare_word_counts_more_and_an_unknown_one_lowers_every_score() -> None:
    lexicon = Lexicon([Counter(words_of(text)) for text in TEXTS])
    scores = lexicon.scores(("tent", "winter"))
    assert scores[3] > scores[0] > scores[1] == 0
    assert (lexicon.scores(("tent", "winter", "zebra")) <= scores).all()


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


def test_history_helps_a_vague_question_and_leaves_a_sure_one_alone() -> None:
    library = views(TEXTS, [0, 1, 2, 3])
    now, before = library.match(question("and how long")), [library.match(question("light the gas stove"))]
    assert with_history(now, before, sureness=0.0).fused.argmax() == 2
    assert (with_history(now, before, sureness=1.0).fused == now.fused).all()


@given(st.floats(0, 1))
def test_the_latest_earlier_question_weighs_most(sureness: float) -> None:
    zero = np.zeros(2, dtype=np.float32)
    old, late = (np.array(pair, dtype=np.float32) for pair in ([1, 0], [0, 1]))
    fused = with_history(
        Match(zero, zero, zero, zero, zero), [Match(*[old] * 5), Match(*[late] * 5)], sureness
    ).fused
    assert fused[1] >= fused[0]


@given(st.lists(st.text("abc ", max_size=12), max_size=5), st.text("abc ", max_size=6))
def test_prefixes_are_what_a_person_would_count(titles: list[str], typed: str) -> None:
    scores = Prefixes([[(title, 1.0)] for title in titles]).scores(typed)
    begun = plain_words(typed)
    for title, score in zip(titles, scores, strict=True):
        hits = [any(word.startswith(start) for word in plain_words(title)) for start in begun]
        assert score == pytest.approx(sum(hits) / max(len(begun), 1))


@pytest.mark.parametrize(
    ("lengths", "weight"),
    [([10, 20], SHORT_LEXICAL_WEIGHT), ([60], 0.375), ([100, 300], LEXICAL_WEIGHT), ([], LEXICAL_WEIGHT)],
)
def test_short_answers_get_less_lexical_weight(lengths: list[int], weight: float) -> None:
    assert lexical_weight(lengths) == pytest.approx(weight)


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


def test_ten_thousand_passages_are_ranked_exactly() -> None:
    noise = np.random.default_rng(7).standard_normal((10_000, 384)).astype(np.float32)
    vectors = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    owner = np.arange(10_000)
    empty = np.zeros((0, 384), dtype=np.float32)
    lexicon = Lexicon([Counter() for _ in owner])
    library = Views(
        vectors, empty, vectors, empty, owner, owner[:0], owner[:0], 10_000, lexicon, Prefixes([])
    )
    match = library.match(Question(vectors[4321], ()))
    assert library.best_passages(match.fused)[0] == 4321
