"""The library: what editors do to articles, and what customers and the bot get from them.

Every write is one transaction of the store, then the index is swapped, then the answer is read back from the index.
This module knows ports only: no SQL, no model, no HTTP. Its methods block; callers on an event loop use threads.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from knowledge_base.answering import Findings, answer, hit_of, summary_of
from knowledge_base.article import Article, Content, Passage, Revision, checked_slug, passages_of, slug_of
from knowledge_base.errors import Invalid, NotFound, NothingToPublish
from knowledge_base.language import noticed
from knowledge_base.ports import (
    AnswerLog,
    ArticleStore,
    HabitStore,
    Publication,
    Renderer,
    SearchIndex,
    Snapshot,
)
from knowledge_base.ranking import Question
from knowledge_base.suggester import Suggester
from knowledge_base.tally import Tally
from knowledge_base.trust import Trust
from knowledge_base.wire import (
    AnswerReply,
    AnswerRequest,
    ArticleList,
    ArticleState,
    DraftIn,
    EditorArticle,
    EditorList,
    EditorRow,
    Hit,
    Outcomes,
    PreviewReply,
    PublicArticle,
    PublishReply,
    RevisionList,
    RevisionOut,
    RevisionRow,
    SearchReply,
    SuggestReply,
    TestRequest,
    Verdict,
)


class Put(StrEnum):
    """What importing did to an article."""

    CREATED = "created"
    CHANGED = "changed"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"


class Library:
    def __init__(
        self, store: ArticleStore, index: SearchIndex, renderer: Renderer, answers: AnswerLog
    ) -> None:
        self._store = store
        self._index = index
        self._renderer = renderer
        self.trust = Trust(answers, store, index)
        self._suggester = Suggester(index)

    # What customers see

    def search(self, query: str, limit: int = 5) -> SearchReply:
        """Published passages for a question, best first, with the decision the bot would take."""
        began = time.perf_counter()
        snapshot = self._index.current()
        return _search_reply(snapshot, query, self._find(snapshot, query, limit=limit), began)

    def suggest(
        self,
        typed: str,
        page: str = "",
        limit: int = 3,
        *,
        seen: Sequence[str] = (),
        read: Sequence[str] = (),
        searching: bool = False,
    ) -> SuggestReply:
        """Articles for a half-typed question, or for the page (its path and title) while nothing is typed.

        `seen` and `read` are slugs: neither is suggested again, and what is near to something read rises. Somebody who is
        `searching` gets weaker fits too, and what they have seen.
        """
        return self._suggester.suggest(typed, page, limit, seen, read, searching)

    def note(self, outcomes: Outcomes) -> None:
        """Counts what became of suggestions, for those who come after; returns at once, and is written a moment later."""
        self._suggester.note(outcomes)

    def articles(self) -> ArticleList:
        """All published articles, by category and title."""
        found = [summary_of(publication) for publication in self._index.current().articles()]
        return ArticleList(articles=sorted(found, key=lambda item: (item.category, item.title)))

    def read(self, slug: str) -> PublicArticle:
        """A published article; raises NotFound for any other."""
        for publication in self._index.current().articles():
            if publication.article.slug == slug:
                html = self._renderer.html(publication.content.body)
                return PublicArticle(**summary_of(publication).model_dump(), html=html)
        raise NotFound("There is no such article.")

    # What the bot asks

    def answer(self, request: AnswerRequest) -> AnswerReply:
        """Hits for the bot's turn; knows the conversation's earlier questions and rejected passages.

        The answer is logged, and the first hit carries its id: what people say about it is about that hit.
        """
        snapshot = self._index.current()
        found = self._find(snapshot, request.question, request.asked, request.exclude, request.limit)
        answer_id = self.trust.note(snapshot, request.question, found)
        language = noticed(request.question)
        first = [hit.model_copy(update={"answer_id": answer_id}) for hit in found.hits[:1]]
        return AnswerReply(
            decision=found.decision,
            confidence=found.confidence,
            hits=[*first, *found.hits[1:]],
            language=language,
            foreign=bool(language and snapshot.language) and language != snapshot.language,
            ambiguous=found.ambiguous,
            answer_id=answer_id,
        )

    def judge(self, answer_id: str, verdict: Verdict, by: str, at: datetime | None = None) -> None:
        """What a customer (`by` is then "customer") or one of the staff says about a logged answer; raises NotFound."""
        self.trust.judge(answer_id, verdict, by, at or datetime.now(UTC))

    def passage(self, passage_id: str) -> Hit:
        """One published passage; raises NotFound when its article was retired or says something else by now."""
        place = self._index.current().find(passage_id)
        if place is None:
            raise NotFound("This passage is no longer published.")
        return hit_of(*place, score=0.0)

    # What editors do

    def rows(self, state: ArticleState | None = None, words: str = "") -> EditorList:
        """Every article, the one saved last first; `words` must all occur in title, slug or category."""
        wanted = words.lower().split()
        found = [
            article
            for article in self._store.articles()
            if (state is None or article.state == state) and all(word in _label(article) for word in wanted)
        ]
        return EditorList(articles=[EditorRow(**_row(article)) for article in found])

    def open(self, article_id: str) -> EditorArticle:
        return self._opened(self._store.article(article_id))

    def create(self, draft: DraftIn, by: str, at: datetime | None = None) -> EditorArticle:
        """A new draft; its address is made from the title unless given."""
        content = _content(draft)
        slug = checked_slug(draft.slug or slug_of(content.title))
        return self._opened(self._store.create(slug, content, by, at or datetime.now(UTC)))

    def save(self, article_id: str, draft: DraftIn, by: str, at: datetime | None = None) -> EditorArticle:
        """A new revision on top of `draft.base_revision`; raises StaleDraft when that is not the latest."""
        if draft.base_revision is None:
            raise Invalid("Say which revision this draft is based on.")
        before = self._store.article(article_id)
        slug = checked_slug(draft.slug or before.slug)
        if slug != before.slug and before.slug_is_fixed:
            raise Invalid("The address of an article stays the same once it was published.")
        parts = (slug, _content(draft), by, at or datetime.now(UTC))
        return self._opened(self._store.save_draft(article_id, draft.base_revision, *parts))

    def publish(self, article_id: str) -> PublishReply:
        """Shows the latest revision to customers; the reply is read back from the index that answers."""
        began = time.perf_counter()
        article = self._store.article(article_id)
        if article.published == article.latest:
            raise NothingToPublish("Customers already see the latest revision.")
        self._publish(article)
        snapshot = self._index.refresh()
        live = snapshot.article(article.id)
        if live is None or live.article.answering_since is None:  # somebody was quicker to retire it
            raise NotFound("The article was retired in the same moment.")
        return PublishReply(
            article=self._opened(live.article),
            answering_since=live.article.answering_since,
            passages=len(live.passages),
            index_version=snapshot.version,
            took_ms=_milliseconds(began),
        )

    def retire(self, article_id: str) -> EditorArticle:
        """Takes the article away from customers, at once; its revisions stay."""
        self._store.retire(article_id)
        self._index.refresh()
        return self.open(article_id)

    def revisions(self, article_id: str) -> RevisionList:
        """Newest first."""
        article = self._store.article(article_id)
        found = self._store.revisions(article_id)
        return RevisionList(revisions=[RevisionRow(**_revision(article, revision)) for revision in found])

    def revision(self, article_id: str, number: int) -> RevisionOut:
        article, revision = self._store.article(article_id), self._revision(article_id, number)
        content = revision.content
        return RevisionOut(
            **_revision(article, revision),
            summary=content.summary,
            category=content.category,
            questions=list(content.questions),
            body=content.body,
            always_person=content.always_person,
            html=self._renderer.html(content.body),
        )

    def restore(self, article_id: str, number: int, by: str) -> EditorArticle:
        """Makes an old revision the newest draft; what customers see does not change."""
        article, old = self._store.article(article_id), self._revision(article_id, number)
        moment = datetime.now(UTC)
        saved = self._store.save_draft(
            article.id, article.latest.number, article.slug, old.content, by, moment
        )
        return self._opened(saved)

    def preview(self, body: str) -> PreviewReply:
        return PreviewReply(html=self._renderer.html(body))

    def test(self, request: TestRequest) -> SearchReply:
        """Like search; with `draft_of`, as if that article's draft were published."""
        began = time.perf_counter()
        snapshot = self._index.current()
        if request.draft_of is not None:
            article = self._store.article(request.draft_of)
            content = article.latest.content
            snapshot = self._index.with_draft(article, content, self._passages(article.id, content))
        found = self._find(snapshot, request.question, limit=request.limit)
        return _search_reply(snapshot, request.question, found, began)

    # What the operator does

    def count_habits(self, habits: HabitStore) -> None:
        """From now on counts what helped whom where, and ranks suggestions by it."""
        self._suggester.count(Tally(habits))

    def serve(self) -> None:
        """From now on nobody who asks waits for what other processes change, nor for suggestions to be made ready."""
        self._index.watch()
        self._suggester.prepare_beside()

    def snapshot(self) -> Snapshot:
        """What is searched now; for evaluation and calibration."""
        return self._index.current()

    def snapshot_with(self, publications: Sequence[Publication]) -> Snapshot:
        """What would be searched if these articles said something else; for calibration, changes nothing."""
        return self._index.with_others(publications)

    def question(self, text: str) -> Question:
        """A customer's words as the ranking wants them."""
        return self._index.question(text)

    def close(self) -> None:
        """Writes what waits to be logged or counted and closes the store; may be called twice."""
        self.trust.close()
        self._suggester.close()
        self._index.close()
        self._store.close()

    def put(self, slug: str, content: Content, by: str, at: datetime | None, publish: bool) -> Put:
        """Brings the article at `slug` to this content, for importing many; call `refresh` after the last.

        `at` is when its words were last checked, None keeps what is known. Nothing is written when nothing differs.
        """
        try:
            article = self._store.article_at(slug)
        except NotFound:
            article = self._store.create(slug, content, by, at or datetime.now(UTC))
            outcome = Put.CREATED
        else:
            same = article.latest.content == content and at in (None, article.latest.saved_at)
            outcome = Put.UNCHANGED if same else Put.CHANGED
            if not same:
                moment = at or datetime.now(UTC)
                article = self._store.save_draft(article.id, article.latest.number, slug, content, by, moment)
        if publish and (article.published != article.latest or self._cut_otherwise(article)):
            self._publish(article)
            outcome = Put.PUBLISHED if outcome is Put.UNCHANGED else outcome
        return outcome

    def refresh(self) -> None:
        """Makes what was put visible."""
        self._index.refresh()

    def drafts(self) -> list[Article]:
        """Every article that is not retired, for export."""
        return [article for article in self._store.articles() if not article.retired]

    def _publish(self, article: Article) -> None:
        content = article.latest.content
        passages = self._passages(article.id, content)
        if not passages:
            raise Invalid("An article without any text cannot be published.")
        vectors = self._index.vectors(content, passages)
        self._store.publish(article.id, article.latest.number, passages, self._index.encoder, vectors)

    def _find(
        self,
        snapshot: Snapshot,
        text: str,
        asked: list[str] | None = None,
        exclude: list[str] | None = None,
        limit: int = 5,
    ) -> Findings:
        return answer(snapshot, self._index.question, text, asked or [], frozenset(exclude or ()), limit)

    def _cut_otherwise(self, article: Article) -> bool:
        """Whether the passages that are live were cut by other rules than today's."""
        live = self._index.current().article(article.id)
        return live is not None and live.passages != self._passages(article.id, live.content)

    def _passages(self, article_id: str, content: Content) -> tuple[Passage, ...]:
        return passages_of(article_id, self._renderer.excerpts(content.body))

    def _revision(self, article_id: str, number: int) -> Revision:
        for revision in self._store.revisions(article_id):
            if revision.number == number:
                return revision
        raise NotFound("There is no such revision.")

    def _opened(self, article: Article) -> EditorArticle:
        content = article.latest.content
        live = self._index.current().article(article.id)
        return EditorArticle(
            **_row(article),
            summary=content.summary,
            questions=list(content.questions),
            body=content.body,
            always_person=content.always_person,
            html=self._renderer.html(content.body),
            passages_live=len(live.passages) if live else 0,
            answering_since=article.answering_since,
        )


def _content(draft: DraftIn) -> Content:
    questions = tuple(draft.questions)
    content = Content(draft.title, draft.body, draft.summary, draft.category, questions, draft.always_person)
    return content.tidied()


def _label(article: Article) -> str:
    content = article.latest.content
    return f"{content.title} {article.slug} {content.category}".lower()


def _row(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "slug": article.slug,
        "title": article.latest.content.title,
        "category": article.latest.content.category,
        "state": article.state.value,
        "latest_revision": article.latest.number,
        "published_revision": article.published.number if article.published else None,
        "updated_at": article.latest.saved_at,
        "updated_by": article.latest.saved_by,
    }


def _revision(article: Article, revision: Revision) -> dict[str, object]:
    return {
        "number": revision.number,
        "title": revision.content.title,
        "saved_at": revision.saved_at,
        "saved_by": revision.saved_by,
        "published": article.published is not None and article.published.number == revision.number,
    }


def _search_reply(snapshot: Snapshot, query: str, found: Findings, began: float) -> SearchReply:
    return SearchReply(
        query=query,
        decision=found.decision,
        confidence=found.confidence,
        hits=list(found.hits),
        took_ms=_milliseconds(began),
        answer_threshold=snapshot.calibration.answer_threshold,
        clarify_threshold=snapshot.calibration.clarify_threshold,
    )


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
