"""The contract of every article store, on SQLite and Postgres."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine

from knowledge_base.article import Content, Passage, State
from knowledge_base.errors import NotFound, SlugTaken, StaleDraft
from knowledge_base.store import SqlArticleStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSAGES = (
    Passage("p1", (), "", "Send it back.", "<p>1</p>"),
    Passage("p2", ("A", "B"), "b", "Label.", "<p>2</p>"),
)
VECTORS = {"key": np.array([0.6, 0.8], dtype=np.float32)}


@pytest.fixture
def kept(database: Engine) -> SqlArticleStore:
    return SqlArticleStore("default", database)


def created(store: SqlArticleStore, content: Content, slug: str = "return-an-item") -> str:
    return store.create(slug, content, "Edith", NOON).id


def test_a_new_article_is_a_draft_that_is_read_back_whole(kept: SqlArticleStore, content: Content) -> None:
    article = kept.create("return-an-item", content, "Edith", NOON)
    assert (article.state, article.latest.content, article.latest.saved_at) == (State.DRAFT, content, NOON)
    assert kept.article(article.id) == kept.article_at("return-an-item") == article
    assert kept.articles() == [article]


def test_an_address_belongs_to_one_article(kept: SqlArticleStore, content: Content) -> None:
    first, second = created(kept, content), created(kept, content, "other")
    with pytest.raises(SlugTaken):
        created(kept, content)
    with pytest.raises(SlugTaken):
        kept.save_draft(second, 1, "return-an-item", content, "Edith", NOON)
    assert kept.save_draft(first, 1, "return-an-item", content, "Edith", NOON).latest.number == 2


def test_a_draft_on_an_old_revision_is_refused_and_changes_nothing(
    kept: SqlArticleStore, content: Content
) -> None:
    article_id = created(kept, content)
    kept.save_draft(article_id, 1, "return-an-item", replace(content, body="Two\n"), "Edith", NOON)
    before = kept.article(article_id)
    for base in (1, 3):
        with pytest.raises(StaleDraft, match="Edith"):
            kept.save_draft(article_id, base, "return-an-item", replace(content, body="Lost\n"), "Mara", NOON)
    with pytest.raises(StaleDraft):
        kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    assert kept.article(article_id) == before
    assert [revision.number for revision in kept.revisions(article_id)] == [2, 1]


def test_publishing_shows_passages_and_vectors(kept: SqlArticleStore, content: Content) -> None:
    article_id = created(kept, content)
    version = kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    article = kept.article(article_id)
    assert (article.state, kept.index_version()) == (State.PUBLISHED, version)
    (publication,) = kept.publications([article_id], "e")
    assert (publication.passages, publication.content, publication.article) == (PASSAGES, content, article)
    assert publication.vectors["key"].tolist() == VECTORS["key"].tolist()
    assert kept.publications([article_id], "another encoder")[0].vectors == {}


def test_a_draft_beside_a_publication_does_not_show(kept: SqlArticleStore, content: Content) -> None:
    article_id = created(kept, content)
    version = kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    stamps = kept.live_stamps()
    changed = kept.save_draft(article_id, 1, "return-an-item", replace(content, body="Two\n"), "Edith", NOON)
    assert changed.state is State.CHANGED
    assert kept.publications([article_id], "e")[0].content == content
    assert (kept.index_version(), kept.live_stamps()) == (version, stamps)


def test_publishing_again_replaces_everything_and_changes_the_stamp(
    kept: SqlArticleStore, content: Content
) -> None:
    article_id = created(kept, content)
    first = kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    stamps = kept.live_stamps()
    assert kept.publish(article_id, 1, PASSAGES[:1], "e", {}) == first + 1
    (publication,) = kept.publications([article_id], "e")
    assert (publication.passages, publication.vectors) == (PASSAGES[:1], {})
    assert kept.live_stamps() != stamps


def test_retiring_leaves_nothing_for_customers_and_everything_for_editors(
    kept: SqlArticleStore, content: Content
) -> None:
    article_id = created(kept, content)
    before = kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    assert kept.retire(article_id) == before + 1
    assert (kept.article(article_id).state, kept.live_stamps()) == (State.RETIRED, {})
    assert kept.publications([article_id], "e") == []
    assert len(kept.revisions(article_id)) == 1
    kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    assert kept.article(article_id).state is State.PUBLISHED


def test_vectors_of_another_encoder_make_place(kept: SqlArticleStore, content: Content) -> None:
    article_id = created(kept, content)
    kept.publish(article_id, 1, PASSAGES, "old", VECTORS)
    kept.add_vectors(article_id, "new", VECTORS)
    kept.add_vectors(article_id, "new", VECTORS)
    assert list(kept.publications([article_id], "new")[0].vectors) == ["key"]
    assert kept.publications([article_id], "old")[0].vectors == {}
    kept.retire(article_id)
    kept.add_vectors(article_id, "new", VECTORS)
    kept.publish(article_id, 1, PASSAGES, "old", {})
    assert kept.publications([article_id], "new")[0].vectors == {}


def test_what_is_not_there_is_not_found(kept: SqlArticleStore, content: Content) -> None:
    for call in (kept.article, kept.article_at, kept.revisions, kept.retire):
        with pytest.raises(NotFound):
            call("nobody")
    with pytest.raises(NotFound):
        kept.publish("nobody", 1, PASSAGES, "e", VECTORS)
    assert (kept.publications(["nobody"], "e"), kept.index_version(), kept.calibration()) == ([], 0, None)


def test_a_calibration_is_kept_and_counts_as_a_change(kept: SqlArticleStore) -> None:
    assert kept.save_calibration("{}") == 1
    assert kept.save_calibration('{"a": 1}') == 2
    assert kept.calibration() == '{"a": 1}'


def test_sites_do_not_see_each_other(kept: SqlArticleStore, database: Engine, content: Content) -> None:
    other = SqlArticleStore("other", database)
    article_id = created(kept, content)
    kept.publish(article_id, 1, PASSAGES, "e", VECTORS)
    assert (other.articles(), other.live_stamps(), other.index_version()) == ([], {}, 0)
    assert other.publications([article_id], "e") == []
    with pytest.raises(NotFound):
        other.retire(article_id)
    created(other, content)
    assert kept.article(article_id).state is State.PUBLISHED


def test_of_many_editors_who_save_at_once_one_wins(kept: SqlArticleStore, content: Content) -> None:
    article_id = created(kept, content)
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def save(name: str) -> None:
        start.wait()
        try:
            kept.save_draft(article_id, 1, "return-an-item", content, name, NOON)
        except StaleDraft:
            outcomes.append("stale")
        else:
            outcomes.append("saved")

    threads = [threading.Thread(target=save, args=(f"editor {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved"] + ["stale"] * 7
    assert kept.article(article_id).latest.number == 2
    kept.close()
    kept.close()
