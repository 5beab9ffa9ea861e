"""What is suggested, and what is not, in a library whose articles share few words."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from knowledge_base import suggesting
from knowledge_base.beginnings import Beginnings, is_unfinished, weighted_words
from knowledge_base.habit_store import SqlHabitStore
from knowledge_base.habits import Counts
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.ranking import plain_words
from knowledge_base.store import SqlArticleStore
from knowledge_base.strangers import SENTENCES
from knowledge_base.suggester import Suggester
from knowledge_base.suggesting import page_texts, ready
from knowledge_base.wire import DraftIn, Outcomes
from tests.knowledge_base.fakes import WordEncoder

Publish = Callable[[DraftIn], str]

SHOP = {
    "Return an item": "Pack the unused goods and print the label from your orders.",
    "Refund time": "Refunds for unused goods reach your card five days after the warehouse has the parcel.",
    "Light a gas stove": "Open the valve a little and strike a match.",
    "Wax leather boots": "Brush the boots, then rub warm wax into the seams.",
    "Pitch a tent": "Peg the corners, then raise the poles and tighten the guy lines.",
    "Pay by invoice": "Companies may pay within thirty days by bank transfer.",
    "Track a parcel": "The courier shows where the parcel travels on a map.",
    "Wash a sleeping bag": "Use a mild soap in a large drum and tumble it with balls.",
    "Join the trail club": "Members collect points with every purchase.",
    "Choose a backpack": "Measure your torso before choosing a frame.",
}


@pytest.fixture
def shop(library: Library, publish: Publish, engine: Engine) -> Iterator[Library]:
    for title, body in SHOP.items():
        publish(DraftIn(title=title, body=body))
    library.count_habits(SqlHabitStore("default", engine))
    yield library
    library.close()


def slugs(library: Library, typed: str, page: str = "", **visit: object) -> list[str]:
    return [article.slug for article in library.suggest(typed, page, 3, **visit).articles]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("wax le", "wax-leather-boots"),
        ("open the valve and strike a ma", "light-a-gas-stove"),
        ("the courier shows where the parcel trav", "track-a-parcel"),
        ("wash sleepi", "wash-a-sleeping-bag"),
    ],
)
def test_half_a_question_is_enough(shop: Library, typed: str, first: str) -> None:
    reply = shop.suggest(typed)
    assert (reply.articles[0].slug, reply.because) == (first, "typed")


@pytest.mark.parametrize(
    "typed", ["", "w", "how do", "🙂🙂", "???", "Как вернуть", "what is the capital of Mongolia", "x" * 1_000]
)
def test_nothing_is_better_than_something_bad(shop: Library, typed: str) -> None:
    reply = shop.suggest(typed)
    assert (reply.articles, reply.because) == ([], "nothing")


def test_few_unrelated_texts_reach_the_floor(shop: Library) -> None:
    shown = [sentence for sentence in SENTENCES if slugs(shop, sentence)]
    assert len(shown) <= 0.05 * len(SENTENCES)
    shelf = ready(shop.snapshot(), shop.question, SENTENCES)
    assert 0 < shelf.low_floor <= shelf.floor


def test_an_empty_library_and_one_article_are_fine(library: Library, publish: Publish) -> None:
    assert slugs(library, "return an item") == slugs(library, "", "/returns") == []
    publish(DraftIn(title="Return an item", body=SHOP["Return an item"]))
    assert slugs(library, "return an item pack the unused goods") == ["return-an-item"]


def test_what_changed_or_was_retired_shows_at_once(shop: Library) -> None:
    assert slugs(shop, "wax leather boots") == ["wax-leather-boots"]
    article = shop.rows(words="wax").articles[0]
    shop.retire(article.id)
    assert slugs(shop, "wax leather boots") == []


def test_nobody_who_types_waits_for_a_shelf(
    library: Library, publish: Publish, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(DraftIn(title="Return an item", body=SHOP["Return an item"]))
    makers: set[str] = set()
    ready = suggesting.ready

    def noted(*parts: Any) -> suggesting.Shelf:
        makers.add(threading.current_thread().name)
        return ready(*parts)

    monkeypatch.setattr(suggesting, "ready", noted)
    library.serve()

    def within_seconds(wanted: list[str]) -> bool:
        end = time.monotonic() + 10
        while slugs(library, "return an item") != wanted and time.monotonic() < end:
            time.sleep(0.01)
        return slugs(library, "return an item") == wanted

    assert within_seconds(["return-an-item"])
    publish(DraftIn(title="Print a ticket", body="Tickets come as a file."))
    assert slugs(library, "return an item") == ["return-an-item"], "the old shelf serves meanwhile"
    library.retire(next(row.id for row in library.rows().articles if row.slug == "return-an-item"))
    assert slugs(library, "return an item") == []
    library.close()
    assert makers == {"suggestions"}


def test_whoever_searches_waits_for_the_first_shelf(library: Library, publish: Publish) -> None:
    publish(DraftIn(title="Return an item", body=SHOP["Return an item"]))
    library.serve()
    assert slugs(library, "return an item", searching=True) == ["return-an-item"]
    library.close()


def test_what_was_remembered_is_mended_by_what_is_published_now(
    store: SqlArticleStore, publish: Publish
) -> None:
    publish(DraftIn(title="Wax boots", body="Wax the tents and lanterns too."))
    live = LiveIndex(store, WordEncoder(vocabulary=("boots", "wax", "lantern")))
    suggester = Suggester(live)
    assert suggester._ask("lanternn").words == suggester._ask("lantern").words
    publish(DraftIn(title="Lanternn", body="The Lanternn is our new lamp."))
    live.refresh()
    assert suggester._ask("lanternn").words == live.question("lanternn").words == ("lanternn",)


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("/guides/gas-stove Light your stove · Shop", "light-a-gas-stove"),
        ("/leather-boots Leather boots | Shop", "wax-leather-boots"),
        ("Pitch a tent - Shop", "pitch-a-tent"),
    ],
)
def test_a_page_suggests_what_it_is_about(shop: Library, page: str, first: str) -> None:
    reply = shop.suggest("", page)
    assert (reply.articles[0].slug, reply.because) == (first, "page")


@pytest.mark.parametrize("page", ["", "/", "/ Shop · Return an item", "/42", "/careers Careers", "/%00?<>"])
def test_a_page_about_nothing_here_suggests_nothing(shop: Library, page: str) -> None:
    assert shop.suggest("", page).because == "nothing"


def test_a_page_says_what_it_is_about_in_its_path_and_its_title() -> None:
    assert page_texts("/shop/tents-2024/17 Tents – Fernhill") == ["shop tents", "tents"]
    assert page_texts("/help?x=1 Help") == ["help x", "help"]
    assert page_texts("/ Fernhill · Gear") == page_texts("") == []


def test_the_page_lets_a_weaker_word_do(shop: Library) -> None:
    assert slugs(shop, "map courier") == []
    assert slugs(shop, "map courier", "/tracking Track a parcel · Shop")[0] == "track-a-parcel"


def test_nothing_is_suggested_twice_unless_it_is_searched_for(shop: Library) -> None:
    typed = "wax leather boots"
    assert slugs(shop, typed, seen=["wax-leather-boots"]) == []
    assert slugs(shop, typed, read=["wax-leather-boots"]) == []
    assert slugs(shop, "", "/leather-boots", seen=["wax-leather-boots"]) == []
    assert slugs(shop, typed, seen=["wax-leather-boots"], searching=True) == ["wax-leather-boots"]
    assert slugs(shop, typed, seen=["", "no such", "x" * 500]) == ["wax-leather-boots"]


def test_an_open_article_counts_as_read(shop: Library) -> None:
    page = "/help/wax-leather-boots Wax leather boots · Shop help"
    assert "wax-leather-boots" not in slugs(shop, "", page)
    assert slugs(shop, "wax leather boots", page) == []


def test_near_topics_of_what_was_read_rise(library: Library, publish: Publish) -> None:
    for body in ("alpha beta gamma", "delta epsilon zeta"):
        publish(DraftIn(title=f"Lamp {body[:5]}", body=f"A lamp. {body}."))
    publish(DraftIn(title="Guide", body="alpha beta gamma, all there is to alpha beta gamma."))
    publish(DraftIn(title="Manual", body="delta epsilon zeta, all there is to delta epsilon zeta."))
    typed = "lamp alpha delta"
    after_guide, after_manual = slugs(library, typed, read=["guide"]), slugs(library, typed, read=["manual"])
    assert (after_guide[0], after_manual[0]) == ("lamp-alpha", "lamp-delta")


def test_what_helped_others_on_a_page_is_offered_there_and_nowhere_else_at_first(
    shop: Library, engine: Engine
) -> None:
    page = "/welcome"
    assert shop.suggest("", page).because == "nothing"
    store = SqlHabitStore("default", engine)
    store.add(
        {("/welcome", "join-the-trail-club"): Counts(shown=40, opened=20, helped=10)}, datetime.now(UTC)
    )
    shop.count_habits(store)
    tally = shop._suggester._tally
    assert tally is not None
    tally.flush()
    reply = shop.suggest("", page)
    assert ([article.slug for article in reply.articles], reply.because) == (
        ["join-the-trail-club"],
        "helped",
    )
    assert shop.suggest("", page, seen=["join-the-trail-club"]).because == "nothing"
    assert shop.suggest("", "/other").because == "nothing"


def test_outcomes_reach_the_counts(shop: Library, engine: Engine) -> None:
    shown, helped = ["pitch-a-tent", "nonsense"], ["pitch-a-tent"]
    for visit in "abcdee":
        shop.note(Outcomes(page="/help/12345", visit=visit, shown=shown, helped=helped))
    shop.close()
    counts = SqlHabitStore("default", engine).all(datetime.now(UTC) + timedelta(seconds=1))
    (article,) = [row.id for row in shop.rows().articles if row.slug == "pitch-a-tent"]
    assert set(counts[""]) == {article}
    assert counts[""][article].helped == pytest.approx(5, rel=1e-4)
    assert counts["/help/*"][article].helped == pytest.approx(1, rel=1e-4)


def test_beginnings_of_words() -> None:
    words = Beginnings(
        [{"sleeping": 1.0, "bag": 1.0, "the": 0.3}, {"sleeve": 0.5, "the": 0.3}, {"tent": 1.0}]
    )
    assert words.completed("wash my sleep") == "wash my sleeping"
    assert words.completed("the ba") == "the bag"
    assert words.completed("wash my qz") == "wash my"
    assert words.completed("wash my qzx1") == "wash my qzx1"
    assert words.completed("tent ") == "tent"
    assert words.completed("") == ""
    said = words.said("slee")
    assert said.share.tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert said.information[0] == pytest.approx(2 * said.information[1])
    assert words.said("slee ").share.tolist() == [0.0, 0.0, 0.0]
    assert words.said("bags tents ").share[0] == pytest.approx(words.said("bags tents ").share[2])
    assert not is_unfinished("tent ")
    assert Beginnings([]).completed("ten") == ""


@given(st.lists(st.text("abc ", max_size=12), min_size=1, max_size=5), st.text("abc", min_size=2, max_size=4))
def test_an_unfinished_word_stands_for_every_word_that_it_begins(titles: list[str], typed: str) -> None:
    words = Beginnings([weighted_words([(title, 1.0)]) for title in titles])
    begun = [any(word.startswith(typed) for word in plain_words(title)) for title in titles]
    assert [share > 0 for share in words.said(typed).share] == begun
