from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from knowledge_base.article import Content
from knowledge_base.errors import Invalid, NotFound, NothingToPublish, SlugTaken, StaleDraft
from knowledge_base.library import Library, Put
from knowledge_base.wire import AnswerRequest, ArticleState, DraftIn, TestRequest
from tests.knowledge_base.conftest import BOOTS, RETURNS, STOVES

Publish = Callable[[DraftIn], str]


def slugs(library: Library, question: str) -> list[str]:
    return [hit.article_slug for hit in library.search(question).hits]


def changed(draft: DraftIn, **values: object) -> DraftIn:
    return draft.model_copy(update=values)


def test_a_draft_is_seen_by_nobody(library: Library) -> None:
    article = library.create(RETURNS, by="Edith")
    assert (article.state, article.slug, article.passages_live) == ("draft", "return-an-item", 0)
    assert library.search("return an item").hits == []
    assert library.suggest("return").articles == library.articles().articles == []
    with pytest.raises(NotFound):
        library.read("return-an-item")


def test_publishing_answers_at_once_and_proves_it(library: Library) -> None:
    article = library.create(RETURNS, by="Edith")
    reply = library.publish(article.id)
    assert (reply.article.state, reply.passages, reply.article.passages_live) == ("published", 2, 2)
    assert reply.answering_since == reply.article.answering_since
    assert reply.index_version == library.snapshot().version
    hit = library.search("where do I print the label").hits[0]
    assert (hit.article_slug, hit.heading, hit.url) == (
        "return-an-item",
        "Label",
        "/help/return-an-item#label",
    )
    assert hit.html == "<p>Print the label from your order page.</p>"
    assert library.read("return-an-item").html.count("<h2") == 2
    assert library.passage(hit.passage_id).text == hit.text


def test_a_topic_for_a_person_says_so_in_every_hit_from_its_publication_on(library: Library) -> None:
    article = library.create(changed(RETURNS, always_person=True), by="Edith")
    library.publish(article.id)
    hit = library.search("where do I print the label").hits[0]
    assert article.always_person
    assert hit.always_person
    assert library.passage(hit.passage_id).always_person
    library.save(article.id, changed(RETURNS, always_person=False, base_revision=1), by="Edith")
    assert library.search("where do I print the label").hits[0].always_person
    assert library.revision(article.id, 1).always_person
    library.publish(article.id)
    assert not library.search("where do I print the label").hits[0].always_person


def test_retiring_is_immediate_everywhere(library: Library, publish: Publish) -> None:
    article_id = publish(RETURNS)
    passage_id = library.search("print the label").hits[0].passage_id
    retired = library.retire(article_id)
    assert (retired.state, retired.passages_live, retired.answering_since) == ("retired", 0, None)
    assert library.search("print the label").hits == []
    assert library.suggest("return").articles == library.articles().articles == []
    for gone in (lambda: library.read("return-an-item"), lambda: library.passage(passage_id)):
        with pytest.raises(NotFound):
            gone()
    assert library.publish(article_id).article.state == "published"


def test_customers_see_the_published_words_until_the_draft_is_published(
    library: Library, publish: Publish
) -> None:
    article_id = publish(RETURNS)
    saved = library.save(article_id, changed(RETURNS, body="Only thirty days.", base_revision=1), by="Mara")
    assert (saved.state, saved.latest_revision, saved.published_revision) == ("changed", 2, 1)
    assert "sixty" in library.read("return-an-item").html
    library.publish(article_id)
    assert "thirty" in library.read("return-an-item").html
    assert "sixty" not in library.search("how many days to return").hits[0].text


def test_two_editors_do_not_overwrite_each_other(library: Library) -> None:
    article = library.create(RETURNS, by="Edith")
    library.save(article.id, changed(RETURNS, body="Mara's words", base_revision=1), by="Mara")
    with pytest.raises(StaleDraft, match="Mara"):
        library.save(article.id, changed(RETURNS, body="Edith's words", base_revision=1), by="Edith")
    with pytest.raises(Invalid):
        library.save(article.id, RETURNS, by="Edith")
    assert library.open(article.id).body == "Mara's words\n"


def test_an_address_is_free_until_published_and_fixed_then(library: Library) -> None:
    article = library.create(RETURNS, by="Edith")
    moved = library.save(article.id, changed(RETURNS, slug="returns", base_revision=1), by="Edith")
    assert moved.slug == "returns"
    library.publish(article.id)
    with pytest.raises(Invalid, match="address"):
        library.save(article.id, changed(RETURNS, slug="back", base_revision=2), by="Edith")
    with pytest.raises(SlugTaken):
        library.create(changed(RETURNS, slug="returns"), by="Edith")


@pytest.mark.parametrize("body", ["", "## Only a heading", "---"])
def test_an_article_that_says_nothing_is_not_published(library: Library, body: str) -> None:
    article = library.create(changed(RETURNS, body=body), by="Edith")
    with pytest.raises(Invalid):
        library.publish(article.id)


def test_publishing_the_same_revision_twice_is_refused(library: Library, publish: Publish) -> None:
    article_id = publish(RETURNS)
    with pytest.raises(NothingToPublish):
        library.publish(article_id)


def test_a_title_without_letters_needs_an_address(library: Library) -> None:
    with pytest.raises(Invalid):
        library.create(changed(RETURNS, title="帰る"), by="Edith")


def test_an_old_revision_comes_back_as_a_draft(library: Library, publish: Publish) -> None:
    article_id = publish(RETURNS)
    library.save(article_id, changed(RETURNS, title="Send back", base_revision=1), by="Mara")
    restored = library.restore(article_id, 1, by="Edith")
    assert (restored.latest_revision, restored.title, restored.state) == (3, "Return an item", "changed")
    rows = library.revisions(article_id).revisions
    assert [(row.number, row.saved_by, row.published) for row in rows] == [
        (3, "Edith", False),
        (2, "Mara", False),
        (1, "Edith", True),
    ]
    assert library.revision(article_id, 2).title == "Send back"
    with pytest.raises(NotFound):
        library.revision(article_id, 9)


def test_a_question_can_be_tested_against_a_draft(library: Library, publish: Publish) -> None:
    publish(STOVES)
    draft = library.create(BOOTS, by="Edith")
    question = "wax for leather boots"
    live = library.test(TestRequest(question=question))
    tried = library.test(TestRequest(question=question, draft_of=draft.id))
    assert [hit.article_slug for hit in live.hits] == ["light-a-gas-stove"]
    assert tried.hits[0].article_slug == "wax-leather-boots"
    assert tried.confidence > live.confidence
    assert slugs(library, question) == ["light-a-gas-stove"]


@pytest.mark.parametrize(
    ("state", "words", "found"),
    [
        (None, "", ["wax-leather-boots", "light-a-gas-stove", "return-an-item"]),
        ("published", "", ["return-an-item"]),
        ("draft", "gear WAX", ["wax-leather-boots"]),
        ("retired", "", []),
    ],
)
def test_editors_find_articles(
    library: Library, publish: Publish, state: ArticleState | None, words: str, found: list[str]
) -> None:
    publish(RETURNS)
    library.create(STOVES, by="Edith")
    library.create(BOOTS, by="Edith")
    assert [row.slug for row in library.rows(state, words).articles] == found


def test_an_answer_leaves_out_what_was_rejected(library: Library, publish: Publish) -> None:
    for draft in (RETURNS, STOVES, BOOTS):
        publish(draft)
    first = library.answer(AnswerRequest(question="print the label"))
    rejected = [hit.passage_id for hit in first.hits[:1]]
    second = library.answer(AnswerRequest(question="print the label", exclude=rejected))
    assert rejected[0] not in [hit.passage_id for hit in second.hits]
    assert second.confidence <= first.confidence
    everything = list(rejected)
    while hits := library.answer(AnswerRequest(question="print the label", exclude=everything)).hits:
        everything += [hit.passage_id for hit in hits]
    assert library.answer(AnswerRequest(question="print the label", exclude=everything)).decision == "none"


def test_an_answer_remembers_what_was_asked_before(library: Library, publish: Publish) -> None:
    for draft in (RETURNS, STOVES, BOOTS):
        publish(draft)
    vague = AnswerRequest(question="and what then", asked=["how do I light the gas stove"])
    assert library.answer(vague).hits[0].article_slug == "light-a-gas-stove"
    switched = AnswerRequest(question="wax leather boots", asked=["how do I light the gas stove"])
    assert library.answer(switched).hits[0].article_slug == "wax-leather-boots"


@pytest.mark.parametrize("question", ["", "   ", "???", "\u200b"])
def test_nothing_asked_is_nothing_found(library: Library, publish: Publish, question: str) -> None:
    publish(RETURNS)
    reply = library.search(question)
    assert (reply.decision, reply.confidence, reply.hits) == ("none", 0.0, [])


def test_an_empty_library_has_no_answer(library: Library) -> None:
    assert library.search("anything").decision == "none"
    assert library.suggest("any thing at all", page="/returns").articles == []


def test_putting_is_idempotent(library: Library) -> None:
    content = Content("Dry a tent", "Hang it.\n")
    then = datetime(2026, 10, 2, tzinfo=UTC)
    assert library.put("dry", content, "import", then, publish=False) is Put.CREATED
    assert library.put("dry", content, "import", then, publish=False) is Put.UNCHANGED
    assert library.put("dry", content, "import", None, publish=True) is Put.PUBLISHED
    assert library.put("dry", content, "import", None, publish=True) is Put.UNCHANGED
    assert library.put("dry", Content("Dry a tent", "Now.\n"), "import", None, publish=True) is Put.CHANGED
    library.refresh()
    assert "Now." in library.read("dry").html
    (article,) = library.drafts()
    library.retire(article.id)
    assert library.drafts() == []


def test_preview_is_what_readers_get(library: Library, publish: Publish) -> None:
    publish(RETURNS)
    assert library.preview(RETURNS.body).html == library.read("return-an-item").html


def test_another_language_than_the_librarys_is_told(library: Library, publish: Publish) -> None:
    for draft in (RETURNS, BOOTS, STOVES):
        publish(draft)
    assert not library.answer(AnswerRequest(question="How do I send my boots back to you?")).foreign
    german = library.answer(AnswerRequest(question="Wie kann ich meine Schuhe zurückschicken, bitte?"))
    assert (german.language, german.foreign) == ("de", True)
