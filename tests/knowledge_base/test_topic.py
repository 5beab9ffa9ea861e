from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.ranking import Match, Views
from knowledge_base.topic import shares, with_earlier
from tests.knowledge_base.test_ranking import question, views

TEXTS = [
    "Return an item: send unused gear back within sixty days",
    "Use a gift card: cards pay for anything and end after sixty days",
    "Wax leather boots with warm wax",
    "Light a gas stove: open the valve a little",
]
LIBRARY = views(TEXTS, [0, 1, 2, 3])


def first_of(library: Views, now: str, *asked: str) -> int:
    earlier = [library.match(question(text)) for text in asked]
    return int(with_earlier(library, library.match(question(now)), earlier).fused.argmax())


def test_a_follow_up_stays_with_the_topic() -> None:
    assert first_of(LIBRARY, "after how many days", "can I return an item, unused gear") == 0
    assert first_of(LIBRARY, "after how many days", "use a gift card to pay") == 1
    assert first_of(LIBRARY, "and for gift cards?", "can I return an item") == 1


def test_a_clear_question_leaves_the_topic_at_once() -> None:
    long_about_boots = ["wax my boots", "warm wax for leather boots", "leather boots"]
    assert first_of(LIBRARY, "open the valve of my gas stove", *long_about_boots) == 3
    assert first_of(LIBRARY, "thanks", *long_about_boots) == 2


def test_vague_questions_add_up() -> None:
    assert first_of(LIBRARY, "which days", "send it", "is that unused gear") == 0


def test_an_article_that_is_out_of_the_question_gives_its_topic_to_nobody() -> None:
    now, before = map(LIBRARY.match, map(question, ("and how long", "light the gas stove, open the valve")))
    now.fused[3] = -np.inf
    never = replace(before, fused=np.append(before.fused[:3], np.float32(-9)))
    after = with_earlier(LIBRARY, now, [before])
    assert after.fused[3] == -np.inf
    assert np.allclose(after.fused[:3], with_earlier(LIBRARY, now, [never]).fused[:3])


def test_nothing_asked_before_changes_nothing() -> None:
    now = LIBRARY.match(question("wax"))
    assert with_earlier(LIBRARY, now, []) is now
    everything_out = replace(now, fused=np.full(4, -np.inf, dtype=np.float32))
    assert with_earlier(LIBRARY, everything_out, [now]) is everything_out


SCORES = st.lists(st.floats(-20, 20, width=32), min_size=4, max_size=4)


@given(SCORES)
def test_shares_add_up_to_one_and_keep_the_order(scores: list[float]) -> None:
    share = shares(np.array(scores, dtype=np.float32))
    assert share.sum() == pytest.approx(1)
    assert (np.argsort(share[np.argsort(scores)]) == np.arange(4)).all() or len(set(share)) < 4


@given(SCORES, st.lists(SCORES, min_size=1, max_size=5))
def test_an_old_topic_lifts_nothing_beyond_the_chance_that_it_was_left(
    now: list[float], earlier: list[list[float]]
) -> None:
    matches = [Match(*[np.array(scores, dtype=np.float32)] * 5) for scores in (now, *earlier)]
    after = with_earlier(LIBRARY, matches[0], matches[1:])
    lift = after.fused - matches[0].fused
    assert (lift >= 0).all()
    assert lift.max() <= 0.65 * np.log(0.8 * 4 / 0.2 + 1) + 1e-4


def test_the_latest_earlier_question_weighs_most() -> None:
    def match(*scores: float) -> Match:
        return Match(*[np.array(scores, dtype=np.float32)] * 5)

    after = with_earlier(LIBRARY, match(0, 0, 0, 0), [match(3, 0, 0, 0), match(0, 3, 0, 0)])
    assert after.fused.argmax() == 1


def test_no_article_has_all_shares_and_none_has_any() -> None:
    assert shares(np.full(3, -np.inf)).tolist() == [0, 0, 0]
    assert shares(np.array([1.0, -np.inf])).tolist() == [1, 0]
