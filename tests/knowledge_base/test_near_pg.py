"""A library whose vectors are searched by Postgres: it says what the exact one says, and keeps up with every change."""

import itertools
import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sqlalchemy import Engine, text

from knowledge_base import index
from knowledge_base.answer_log import SqlAnswerLog
from knowledge_base.answering import Findings, find
from knowledge_base.errors import StoreUnavailable
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.near_pg import PgNearTexts
from knowledge_base.store import SqlArticleStore
from knowledge_base.stored_views import StoredViews
from knowledge_base.wire import DraftIn
from tests.knowledge_base.fakes import WordEncoder

SYLLABLES = (("ba", "ko", "ri", "du"), ("ten", "mul", "sor"), ("a", "i", "um", "ek"))
WORDS = ["".join(syllables) for syllables in itertools.product(*SYLLABLES)]
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def few_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "AT_HAND", 4)


@pytest.fixture
def near(postgres_engine: Engine) -> PgNearTexts:
    return PgNearTexts(postgres_engine, "default", "words", WordEncoder.dimensions)


@pytest.fixture
def articles(postgres_engine: Engine) -> SqlArticleStore:
    return SqlArticleStore("default", postgres_engine)


@pytest.fixture
def library(articles: SqlArticleStore, near: PgNearTexts, postgres_engine: Engine) -> Iterator[Library]:
    log = SqlAnswerLog("default", postgres_engine)
    library = Library(articles, LiveIndex(articles, WordEncoder(), near), Markdown(), log)
    yield library
    library.close()


def drafts(count: int) -> list[DraftIn]:
    chance = random.Random(5)

    def words(number: int) -> str:
        return " ".join(chance.sample(WORDS, number)).capitalize()

    return [
        DraftIn(
            title=words(3),
            questions=[f"{words(4)}?"] if number % 2 else [],
            body="\n\n".join(f"## {words(2)}\n\n{words(7)}. {words(6)}. {words(6)}." for _ in range(3)),
        )
        for number in range(count)
    ]


def fill(library: Library, count: int) -> list[str]:
    ids = [library.create(draft, by="Edith").id for draft in drafts(count)]
    for article_id in ids:
        library.publish(article_id)
    return ids


def found(live: LiveIndex, question: str) -> Findings:
    return find(live.current(), live.question(question), [], (), 3)


def test_it_finds_what_the_exact_index_finds(
    library: Library, articles: SqlArticleStore, near: PgNearTexts
) -> None:
    fill(library, 60)
    stored, exact = LiveIndex(articles, WordEncoder(), near), LiveIndex(articles, WordEncoder())
    views = stored.current().views
    assert isinstance(views, StoredViews)
    assert len(views.here_passages.rows) < len(views.owner) / 4
    chance = random.Random(9)
    questions = [" ".join(chance.sample(WORDS, 5)) for _ in range(40)]
    pairs = [(found(stored, question), found(exact, question)) for question in questions]
    same = [mine.hits[0].passage_id == theirs.hits[0].passage_id for mine, theirs in pairs]
    assert np.mean(same) >= 0.9
    assert np.mean([mine.decision == theirs.decision for mine, theirs in pairs]) >= 0.9
    assert np.mean([abs(mine.confidence - theirs.confidence) for mine, theirs in pairs]) < 0.05


def test_with_everything_at_hand_it_is_the_exact_index(
    library: Library, articles: SqlArticleStore, near: PgNearTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "AT_HAND", 1_000)
    fill(library, 12)
    stored, exact = LiveIndex(articles, WordEncoder(), near), LiveIndex(articles, WordEncoder())
    for question in WORDS[:10]:
        assert found(stored, question) == found(exact, question)


def test_the_words_that_answer_are_marked_there_too(
    library: Library, articles: SqlArticleStore, near: PgNearTexts
) -> None:
    fill(library, 20)
    stored, exact = LiveIndex(articles, WordEncoder(), near), LiveIndex(articles, WordEncoder())
    spans = [
        (mine.hits[0].span, theirs.hits[0].span)
        for question in (" ".join(WORDS[at : at + 4]) for at in range(0, 40, 4))
        if (mine := found(stored, question)).hits[0].passage_id
        == (theirs := found(exact, question)).hits[0].passage_id
    ]
    assert len(spans) >= 5
    assert np.mean([mine == theirs for mine, theirs in spans]) >= 0.8


def test_what_is_published_changed_or_retired_shows_at_once(library: Library, near: PgNearTexts) -> None:
    ids = fill(library, 10)
    fresh = library.create(DraftIn(title="Wax leather boots", body="Brush the boots first."), by="Edith")
    assert not any(hit.article_title == "Wax leather boots" for hit in library.search("boots wax").hits)
    library.publish(fresh.id)
    assert library.search("how do I wax leather boots").hits[0].article_title == "Wax leather boots"
    library.retire(fresh.id)
    assert not any(hit.article_title == "Wax leather boots" for hit in library.search("leather boots").hits)
    assert near.kept().keys() == set(ids)


def test_a_draft_is_tried_before_it_is_published(library: Library) -> None:
    fill(library, 8)
    draft = library.create(DraftIn(title="Wax leather boots", body="Brush the boots first."), by="Edith")
    live = library._index
    assert isinstance(live, LiveIndex)
    content = draft_content(library, draft.id)
    shelf = live.with_draft(*content)
    assert (
        find(shelf, live.question("wax leather boots"), [], (), 1).hits[0].article_title
        == "Wax leather boots"
    )


def draft_content(library: Library, article_id: str) -> tuple:  # type: ignore[type-arg]
    article = library._store.article(article_id)
    return article, article.latest.content, library._passages(article_id, article.latest.content)


def test_a_second_process_takes_over_the_vectors_and_sees_the_news(
    library: Library, articles: SqlArticleStore, near: PgNearTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, 8)
    stored: list[str] = []
    monkeypatch.setattr(near, "keep", lambda article_id, *_: stored.append(article_id))
    other = LiveIndex(articles, WordEncoder(), near)
    assert stored == []
    monkeypatch.undo()
    extra = library.create(DraftIn(title="Wax leather boots", body="Brush the boots first."), by="Edith")
    library.publish(extra.id)
    assert found_by(other.refresh, other, "wax leather boots") == "Wax leather boots"


def found_by(refresh: Callable[[], object], live: LiveIndex, question: str) -> str:
    refresh()
    return found(live, question).hits[0].article_title


def test_vectors_that_were_wiped_come_back_with_the_next_start(
    library: Library, articles: SqlArticleStore, near: PgNearTexts, postgres_engine: Engine
) -> None:
    fill(library, 8)
    with postgres_engine.begin() as sql:
        sql.execute(text("DROP TABLE knowledge_near, knowledge_near_article"))
    again = PgNearTexts(postgres_engine, "default", "words", WordEncoder.dimensions)
    live = LiveIndex(articles, WordEncoder(), again)
    assert len(again.kept()) == 8
    assert found(live, WORDS[0]).hits


def test_sqlite_has_none_and_says_so(engine: Engine) -> None:
    with pytest.raises(StoreUnavailable, match="FRONTDESK_VECTOR_INDEX"):
        PgNearTexts(engine, "default", "words", WordEncoder.dimensions)


def test_half_precision_is_precise_enough(near: PgNearTexts) -> None:
    encoder = WordEncoder()
    vectors = {word: encoder.encode(word) for word in WORDS[:20]}
    near.keep("a1", "1", {"passage": vectors})
    asked = encoder.encode(WORDS[3])
    cosines = near.cosines(asked, list(vectors))
    assert all(abs(cosines[word] - float(vectors[word] @ asked)) < 2e-3 for word in vectors)
    assert next(iter(near.nearest("passage", asked, 5))) == WORDS[3]
    assert near.nearest("place", asked, 5) == {}
