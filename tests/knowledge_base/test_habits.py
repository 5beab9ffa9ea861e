"""What may be concluded from what helped, and how it is kept, on SQLite and Postgres."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from knowledge_base import habit_store, visits
from knowledge_base.article import Content
from knowledge_base.errors import StoreUnavailable
from knowledge_base.habit_store import SqlHabitStore
from knowledge_base.habits import HALF_LIFE_DAYS, MOST_BOOST, SITE, Counts, boosts, page_key, proven
from knowledge_base.store import SqlArticleStore
from knowledge_base.tally import MOST_WAITING, Tally
from knowledge_base.visits import Visits

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ids(database: Engine) -> dict[str, str]:
    articles = SqlArticleStore("default", database)
    return {
        slug: articles.create(slug, Content(slug, "Text.\n"), "Edith", NOON).id for slug in ("boots", "tents")
    }


@pytest.fixture
def kept(database: Engine) -> SqlHabitStore:
    return SqlHabitStore("default", database)


@pytest.mark.parametrize(
    ("page", "key"),
    [
        ("/orders/204817/items?token=abc#x Your order", "/orders/*/items"),
        ("/tents/ridge-2 Ridge 2", "/tents/ridge-2"),
        ("/u/jane.doe@example.com", "/u/*"),
        ("/a/3f2504e0-4f89-11d3/b", "/a/*/b"),
        ("/SHOP/Boots;jsessionid=1", "/shop/boots"),
        ("/customers/anna-lindholm/orders Orders", "/customers/*/orders"),
        ("/anna.lindholm/wishlist", "/*/wishlist"),
        ("/returns/index.html", "/returns/index.html"),
        ("/a/b/c/d/e/f", "/a/b/c/d"),
        (f"/{'x' * 60}", "/*"),
        ("/%D0%B0/..", "/*/*"),
        ("/ Fernhill", "/"),
        ("Only a title", SITE),
        ("", SITE),
    ],
)
def test_a_page_is_counted_by_its_kind_without_ids(page: str, key: str) -> None:
    assert page_key(page) == key


def test_a_few_clicks_move_little_and_many_never_more_than_so_much() -> None:
    usual = {"a": Counts(shown=500, helped=50), "b": Counts(shown=500, helped=50)}
    few = boosts({"a": Counts(shown=3, opened=3, helped=3)}, usual)
    many = boosts({"a": Counts(shown=300, opened=200, helped=150)}, usual)
    assert 0 < few["a"] - few["b"] < 0.6
    assert many["a"] == MOST_BOOST
    assert boosts({"a": Counts(shown=400, dismissed=400)}, usual)["a"] < 0
    assert boosts({}, {}) == {}


def test_what_is_proven_needs_people_and_worth() -> None:
    here = {
        "few": Counts(shown=29, opened=29, helped=29),
        "sent away": Counts(shown=40, opened=30, helped=20, dismissed=60),
        "ignored": Counts(shown=900, opened=20),
        "good": Counts(shown=40, opened=30, helped=20),
        "fair": Counts(shown=40, opened=30, helped=4),
    }
    assert proven(here, here) == ["good", "fair"]
    assert proven({}, here) == []


def test_what_was_sent_away_is_worth_less() -> None:
    assert Counts(shown=9, helped=1, dismissed=8).worth < 0 < Counts(shown=9, helped=1).worth
    assert Counts(dismissed=3).trials == 3


def test_old_habits_fade() -> None:
    old = Counts(8, 4, 2, 1)
    assert old.faded(HALF_LIFE_DAYS * 86_400) == Counts(4, 2, 1, 0.5)
    assert old.faded(-5) == old


def test_counts_are_added_and_fade_between(kept: SqlHabitStore, ids: dict[str, str]) -> None:
    kept.add({("/x", "boots"): Counts(shown=4, helped=2), ("", "nobody"): Counts(shown=1)}, NOON)
    later = NOON + timedelta(days=HALF_LIFE_DAYS)
    kept.add({("/x", "boots"): Counts(shown=1), ("", "boots"): Counts(opened=1)}, later)
    found = kept.all(later)
    assert found["/x"][ids["boots"]] == Counts(shown=3, helped=1)
    assert found[""][ids["boots"]] == Counts(opened=1)
    assert set(found) == {"/x", ""}
    assert SqlHabitStore("other", kept._reading).all(later) == {}


def test_strangers_cannot_fill_the_table_with_pages(
    kept: SqlHabitStore, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(habit_store, "MOST_PAGES", 2)
    for page in ("/a", "/b", "/c"):
        kept.add({(page, "boots"): Counts(shown=1), ("", "boots"): Counts(shown=1)}, NOON)
    found = kept.all(NOON)
    assert found[""][ids["boots"]].shown == 3
    assert len(found) == 2
    kept.tidy(NOON + timedelta(days=HALF_LIFE_DAYS * 10))
    assert kept.all(NOON) == {}


def test_two_writers_lose_nothing(kept: SqlHabitStore, ids: dict[str, str]) -> None:
    kept.add({("", "boots"): Counts(shown=1)}, NOON)

    def write() -> None:
        for _ in range(10):
            kept.add({("", "boots"): Counts(shown=1)}, NOON)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert kept.all(NOON)[""][ids["boots"]].shown == 31


def test_the_tally_writes_in_batches_and_off_the_answering_path(
    kept: SqlHabitStore, ids: dict[str, str], database: Engine
) -> None:
    writing: list[str] = []
    event.listen(
        database,
        "before_cursor_execute",
        lambda *call: writing.append(threading.current_thread().name) if "habit" in call[2] else None,
    )
    tally = Tally(kept, now=lambda: NOON, every=60)
    for number in range(50):
        tally.note("/tents/17", {"shown": ["boots", "tents"], "opened": ["boots"]}, f"visit-{number}")
        tally.boosts("/tents/17")
    assert threading.current_thread().name not in writing
    tally.close()
    counts = kept.all(NOON)
    assert counts[""][ids["boots"]] == Counts(shown=50, opened=50)
    assert counts["/tents/*"][ids["tents"]].shown == 46, "the first visits of a page stay out"
    assert len(writing) < 40


def test_the_tally_keeps_what_cannot_be_written_and_never_fails(
    ids: dict[str, str], kept: SqlHabitStore
) -> None:
    class Away:
        away = True

        def add(self, counted: dict[tuple[str, str], Counts], at: datetime) -> None:
            if self.away:
                raise StoreUnavailable("away")
            kept.add(counted, at)

        def all(self, at: datetime) -> dict[str, dict[str, Counts]]:
            if self.away:
                raise StoreUnavailable("away")
            return kept.all(at)

        def tidy(self, at: datetime) -> None:
            kept.tidy(at)

    store = Away()
    tally = Tally(store, now=lambda: NOON, every=60)  # type: ignore[arg-type]  # a double
    tally.note("", {"helped": ["boots"]})
    tally.flush()
    assert tally.proven("") == []
    assert tally.boosts("/x") == {}
    store.away = False
    tally.flush()
    assert kept.all(NOON)[""][ids["boots"]].helped == 1
    assert tally.boosts("/x")[ids["boots"]] > 0
    for number in range(MOST_WAITING + 10):
        tally.note("", {"shown": [f"slug-{number}"]}, f"visit-{number}")
    assert len(tally._waiting) == MOST_WAITING
    tally.close()
    tally.close()


def test_who_writes_waits_until_another_thread_has_written(kept: SqlHabitStore, ids: dict[str, str]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        def add(self, counted: dict[tuple[str, str], Counts], at: datetime) -> None:
            begun.set()
            assert go_on.wait(30)
            kept.add(counted, at)

        all, tidy = kept.all, kept.tidy

    tally = Tally(Slow(), now=lambda: NOON, every=60)  # type: ignore[arg-type]  # a double
    tally.note("", {"helped": ["boots"]}, "a")
    assert begun.wait(30)  # the thread of its own has taken this one
    flushing = threading.Thread(target=tally.flush)
    flushing.start()
    flushing.join(0.3)
    assert flushing.is_alive(), "it returned although what was noted is not written"
    go_on.set()
    flushing.join(30)
    assert kept.all(NOON)[SITE][ids["boots"]].helped == 1
    tally.close()


def test_one_visit_counts_once_and_proves_nothing(kept: SqlHabitStore, ids: dict[str, str]) -> None:
    tally = Tally(kept, now=lambda: NOON, every=60)
    for visit in ("", "a"):
        for _ in range(40):
            tally.note("/", {"helped": ["boots"]}, visit)
            tally.note("/anna-lindholm/orders", {"shown": ["tents"]}, visit)
    tally.flush()
    counts = kept.all(NOON)
    assert set(counts) == {SITE}
    assert counts[SITE] == {ids["boots"]: Counts(helped=2), ids["tents"]: Counts(shown=2)}
    for number in range(40):
        tally.note("/welcome", {"helped": ["boots"]}, f"visit-{number}")
    tally.flush()
    assert tally.proven("/welcome") == [ids["boots"]]
    assert tally.proven("/") == tally.proven("/checkout") == tally.proven("Only a title") == []
    tally.close()


def test_what_visits_told_takes_only_so_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_VISITS", 3)
    monkeypatch.setattr(visits, "MOST_PAGES", 3)
    monkeypatch.setattr(visits, "MOST_TOLD", 2)
    known = Visits()
    for number in range(9):
        known.is_new(f"v{number}", "shown", "boots")
        known.is_shared("v", f"/p{number}")
    assert (len(known._told), len(known._on_page)) == (3, 3)
    assert [known.is_new("v8", "shown", slug) for slug in ("boots", "tents", "lamps")] == [False, True, False]
