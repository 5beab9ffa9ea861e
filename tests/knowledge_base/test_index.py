import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine

from knowledge_base import index
from knowledge_base.article import Content, passages_of
from knowledge_base.background import ARTICLES
from knowledge_base.confidence import DEFAULT
from knowledge_base.errors import StoreUnavailable
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.ports import Publication
from knowledge_base.shelf import Shelf
from knowledge_base.store import SqlArticleStore
from knowledge_base.wire import DraftIn
from tests.knowledge_base.conftest import BOOTS, RETURNS, STOVES
from tests.knowledge_base.fakes import WordEncoder

Publish = Callable[[DraftIn], str]
BACKGROUND = {text for title, said in ARTICLES for text in (title, f"{title}\n{said}")}


def test_start_up_encodes_nothing_that_has_a_vector(store: SqlArticleStore, publish: Publish) -> None:
    publish(RETURNS)
    again = WordEncoder()
    assert len(LiveIndex(store, again).current().articles()) == 1
    assert set(again.encoded) == BACKGROUND


def test_another_encoder_makes_all_vectors_anew_and_keeps_them(
    store: SqlArticleStore, publish: Publish
) -> None:
    article_id = publish(RETURNS)
    other = WordEncoder("other")
    LiveIndex(store, other)
    # two passages seen from two sides, and one other wording
    assert len(set(other.encoded) - BACKGROUND) == 5
    assert set(other.encoded.values()) == {1}
    assert len(store.publications([article_id], "other")[0].vectors) == 5
    assert store.publications([article_id], "words")[0].vectors == {}


def test_only_a_changed_article_is_read_again(
    store: SqlArticleStore, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(RETURNS)
    live = LiveIndex(store, WordEncoder())
    read: list[str] = []
    publications = store.publications

    def noted(article_ids: list[str], encoder: str) -> list[Publication]:
        read.extend(article_ids)
        return publications(article_ids, encoder)

    monkeypatch.setattr(store, "publications", noted)
    stoves = publish(STOVES)
    read.clear()
    assert len(live.refresh().articles()) == 2
    assert read == [stoves]


def test_changes_of_another_process_are_noticed(
    engine: Engine, library: Library, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = LiveIndex(SqlArticleStore("default", engine), WordEncoder())
    article_id = publish(RETURNS)
    assert elsewhere.current().articles() == ()  # not looked yet: at most one look a second
    monkeypatch.setattr(index, "LOOK_AGAIN_SECONDS", 0.0)
    assert len(elsewhere.current().articles()) == 1
    library.retire(article_id)
    assert elsewhere.current().articles() == ()


def test_a_watched_index_sees_them_by_itself_and_lets_nobody_wait(
    engine: Engine, library: Library, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "LOOK_AGAIN_SECONDS", 0.01)
    elsewhere = LiveIndex(SqlArticleStore("default", engine), WordEncoder())
    readers: set[str] = set()
    read = elsewhere._read

    def noted() -> Shelf:
        readers.add(threading.current_thread().name)
        return read()

    monkeypatch.setattr(elsewhere, "_read", noted)
    elsewhere.watch()
    publish(RETURNS)
    end = time.monotonic() + 5
    while not elsewhere._shelf.articles() and time.monotonic() < end:
        time.sleep(0.01)
    assert len(elsewhere.current().articles()) == 1
    assert readers == {"index"}
    elsewhere.close()
    elsewhere.close()


def test_the_vectors_of_a_snapshot_are_held_once(store: SqlArticleStore, publish: Publish) -> None:
    publish(RETURNS)
    publish(STOVES)
    live = LiveIndex(store, WordEncoder())
    for more in (BOOTS, None):
        shelf = live.refresh()
        matrices = [shelf.views.passages, shelf.views.statements, shelf.views.places, shelf.views.wordings]
        fresh = {
            item.article.id: item.vectors for item in store.publications(list(shelf.entries), live.encoder)
        }
        for publication in shelf.articles():
            for key, vector in publication.vectors.items():
                assert any(np.shares_memory(vector, matrix) for matrix in matrices)
                assert np.array_equal(vector, fresh[publication.article.id][key])
        if more:
            publish(more)


def test_an_old_snapshot_goes_on_answering_unchanged(library: Library, publish: Publish) -> None:
    article_id = publish(RETURNS)
    before = library.snapshot()
    library.retire(article_id)
    assert [item.article.id for item in before.articles()] == [article_id]
    assert len(before.views.passages) == 2
    assert library.snapshot().version == before.version + 1


def test_a_silent_database_does_not_stop_answers(
    store: SqlArticleStore,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(BOOTS)
    live = LiveIndex(store, WordEncoder())

    def silent() -> int:
        raise StoreUnavailable("down")

    monkeypatch.setattr(store, "index_version", silent)
    monkeypatch.setattr(index, "LOOK_AGAIN_SECONDS", 0.0)
    assert len(live.current().articles()) == 1
    assert "answering from version" in caplog.text


def test_a_draft_can_be_tried_without_anybody_seeing_it(store: SqlArticleStore, publish: Publish) -> None:
    article_id = publish(RETURNS)
    live = LiveIndex(store, WordEncoder())
    content = Content("Return an item", "Only within thirty days.")
    passages = passages_of(article_id, Markdown().excerpts(content.body))
    tried = live.with_draft(store.article(article_id), content, passages)
    assert [passage.text for _, passage in map(tried.place, range(1))] == ["Only within thirty days."]
    assert len(live.current().views.passages) == 2


def test_a_stored_calibration_takes_the_place_of_the_shipped_one(
    library: Library, store: SqlArticleStore
) -> None:
    assert library.snapshot().calibration == DEFAULT
    own = replace(DEFAULT, bias=-1.0, answer_threshold=0.9)
    store.save_calibration(own.to_json("words"))
    library.refresh()
    assert library.snapshot().calibration == LiveIndex(store, WordEncoder()).current().calibration == own
    assert LiveIndex(store, WordEncoder("other")).current().calibration == DEFAULT


def test_each_statement_of_a_passage_has_a_vector_with_its_place(
    store: SqlArticleStore, publish: Publish
) -> None:
    rows = "| Country | Days | Cost |\n|---|---|---|\n| Norway | 5 | nine |\n| Belgium | 2 | four |"
    publish(DraftIn(title="Delivery", category="Delivery", body=f"## Per country\n\n{rows}"))
    encoder = WordEncoder("other")
    views = LiveIndex(store, encoder).current().views
    assert views.statements.shape[0] == 2
    assert views.statement_owner.tolist() == [0, 0]
    assert "Delivery Per country: Norway" in encoder.encoded


def test_a_mistyped_question_is_searched_as_it_was_meant(
    store: SqlArticleStore, publish: Publish, library: Library
) -> None:
    publish(STOVES)
    live = LiveIndex(store, WordEncoder(vocabulary=("where", "pasta", "open", "waxes")))
    assert live.question("lihgt teh sotve").words == ("light", "teh", "stove")
    assert live.question("where is pasta").words == ("where", "is", "pasta")
    assert live.question("waxis").words == live.question("waxes").words
    publish(BOOTS.model_copy(update={"body": "Waxis is the name of our wax."}))
    live.refresh()
    assert live.question("waxis").words == ("waxis",)
