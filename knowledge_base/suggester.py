"""Suggestions as they are asked for: the shelf that fits the current snapshot, this visit, and what helped others.

This module must not know how articles are ranked (`suggesting.py`) or counts kept (`tally.py`).
"""

import contextlib
import threading
from collections.abc import Sequence
from functools import lru_cache

from knowledge_base import suggesting
from knowledge_base.answering import article_url, summary_of
from knowledge_base.ports import SearchIndex, Snapshot
from knowledge_base.ranking import Question, plain_words
from knowledge_base.strangers import SENTENCES
from knowledge_base.suggesting import Shelf, Visit
from knowledge_base.tally import Tally
from knowledge_base.wire import Outcomes, SuggestReply

BREATH_SECONDS = 0.001
"""Between two of the texts that a shelf made beside the answering is measured with: those who ask come first."""
FIRST_SECONDS, CLOSING_SECONDS = 5.0, 2.0
REMEMBERED = 1_024
"""Vectors of pages, titles and unrelated texts, which come back with every change of the library; 1.6 MB."""


class Suggester:
    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._tally: Tally | None = None
        self._known = lru_cache(REMEMBERED)(index.question)
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._beside = False
        self._preparing: threading.Thread | None = None
        self._closed = threading.Event()

    def suggest(
        self,
        typed: str,
        page: str,
        limit: int,
        seen: Sequence[str] = (),
        read: Sequence[str] = (),
        searching: bool = False,
    ) -> SuggestReply:
        """Articles for what is typed, or for the page while nothing is; none rather than a bad one.

        `searching` says that the customer looks for articles: then one that was seen comes again, and a weaker fit will do.
        """
        snapshot = self._index.current()
        shelf = self._ready(snapshot) or (self._first() if searching else None)
        if shelf is None:
            return SuggestReply(articles=[], because="nothing")
        read = [*read, *_open_article(shelf, page)]
        visit = Visit(
            page,
            () if searching else frozenset(seen),
            () if searching else read,
            self._tally.boosts(page) if self._tally else {},
        )
        if plain_words(typed):
            numbers = suggesting.for_typing(shelf, typed, visit, self._index.question, limit, searching)
            return self._reply(shelf, snapshot, numbers, "typed")
        if typed.strip():
            return SuggestReply(articles=[], because="nothing")
        numbers = suggesting.for_page(shelf, visit, self._ask, limit)
        return (
            self._reply(shelf, snapshot, numbers, "page")
            if numbers
            else self._helpful(shelf, snapshot, visit, limit)
        )

    def count(self, tally: Tally) -> None:
        """Without one nothing is counted, and articles are known by their words only."""
        self._tally = tally

    def note(self, outcomes: Outcomes) -> None:
        """Counts what became of suggestions; slugs that are not published are left out when they are written."""
        kinds = {"shown": outcomes.shown, "opened": outcomes.opened}
        kinds |= {"helped": outcomes.helped, "dismissed": outcomes.dismissed}
        if self._tally:
            self._tally.note(outcomes.page, kinds, outcomes.visit)

    def prepare_beside(self) -> None:
        """From now on shelves are made by a thread, the first one now; until one is ready the one before serves."""
        self._beside = True
        self._ready(self._index.current())

    def close(self) -> None:
        """Writes the counts that wait; may be called twice."""
        self._closed.set()
        if self._preparing is not None:
            self._preparing.join(timeout=CLOSING_SECONDS)
        if self._tally:
            self._tally.close()

    def _helpful(self, shelf: Shelf, snapshot: Snapshot, visit: Visit, limit: int) -> SuggestReply:
        """What helped others here, where no word of the page speaks for an article."""
        if self._tally is None:
            return SuggestReply(articles=[], because="nothing")
        gone = {*visit.seen, *visit.read}
        known = [shelf.by_id[article] for article in self._tally.proven(visit.page) if article in shelf.by_id]
        numbers = [number for number in known if shelf.slugs[number] not in gone]
        return self._reply(shelf, snapshot, numbers[:limit], "helped")

    def _reply(self, shelf: Shelf, snapshot: Snapshot, numbers: list[int], because: str) -> SuggestReply:
        """Nothing that was retired since the shelf was made, and everything in its newest words."""
        ids = [shelf.snapshot.articles()[number].article.id for number in numbers]
        live = [publication for article in ids if (publication := snapshot.article(article)) is not None]
        found = [summary_of(publication) for publication in live]
        return SuggestReply.model_validate({"articles": found, "because": because if found else "nothing"})

    def _ask(self, text: str) -> Question:
        """Remembered by its mended words: how they are mended changes with what is published."""
        return self._known(self._index.mended(text))

    def _ready(self, snapshot: Snapshot) -> Shelf | None:
        """The shelf of this snapshot; beside the answering perhaps an older one, or none yet."""
        shelf = self._shelf
        if shelf is not None and shelf.snapshot is snapshot:
            return shelf
        with self._lock:
            if not self._beside:
                if self._shelf is None or self._shelf.snapshot is not snapshot:
                    self._shelf = suggesting.ready(snapshot, self._ask, SENTENCES)
            elif not self._closed.is_set() and (self._preparing is None or not self._preparing.is_alive()):
                self._preparing = threading.Thread(target=self._prepare, name="suggestions", daemon=True)
                self._preparing.start()
        return self._shelf

    def _first(self) -> Shelf | None:
        """The first shelf; whoever searches waits for it, whoever types does not."""
        if self._preparing is not None:
            self._preparing.join(timeout=FIRST_SECONDS)
        return self._shelf

    def _prepare(self) -> None:
        """New articles show first, by the floors of before where there are any; then the floors are measured anew."""
        snapshot, before = self._index.current(), self._shelf
        if before is not None and before.slugs:
            self._shelf = suggesting.reshelved(snapshot, before)
        with contextlib.suppress(_Closed):
            self._shelf = suggesting.ready(snapshot, self._gently, SENTENCES)

    def _gently(self, text: str) -> Question:
        if self._closed.wait(BREATH_SECONDS):
            raise _Closed
        return self._ask(text)


class _Closed(Exception):  # no error: nobody needs the shelf any more
    pass


def _open_article(shelf: Shelf, page: str) -> list[str]:
    """The slug of the article that the page is, if it is one: whoever is there reads it."""
    path = page.split(" ", 1)[0].rstrip("/")
    slug = path.rpartition("/")[2]
    return [slug] if slug in shelf.by_slug and article_url(slug) == path else []
