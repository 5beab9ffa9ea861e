"""The index that answers: an immutable snapshot of everything customers see, swapped whole when something changes.

Other processes change it too: their changes are noticed by the store's index version, looked at once a second; where
customers are served by a thread of its own, so that nobody who asks waits while a snapshot is made. This module must not
know how questions are decided on, nor any SQL.
"""

import logging
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from knowledge_base.article import Article, Content, Passage, text_key
from knowledge_base.background import ARTICLES, ENOUGH
from knowledge_base.confidence import DEFAULT, Calibration
from knowledge_base.errors import StoreUnavailable
from knowledge_base.ports import ArticleStore, Encoder, NearTexts, Part, Publication
from knowledge_base.ranking import (
    Question,
    Vector,
    words_of,
)
from knowledge_base.shelf import Entry, Rival, Seen, Shelf
from knowledge_base.speller import words_of as spoken
from knowledge_base.spelling import spelling_of
from knowledge_base.statements import row_name, statements

LOOK_AGAIN_SECONDS = 1.0
"""How long a snapshot answers before the version is looked at: half of the 2 s promised to other processes."""
CLOSING_SECONDS = 5.0
AT_HAND = 64
"""Articles whose vectors stay in memory where the others lie in a database: they stand for the library's average. A
library of no more is searched exactly."""
READ_AT_ONCE = 200
"""Articles read together: their vectors are in memory until the database has them."""

log = logging.getLogger(__name__)


class LiveIndex:
    """Holds the current snapshot. Reading takes no lock; only one thread at a time looks for changes."""

    def __init__(self, store: ArticleStore, encoder: Encoder, near: NearTexts | None = None) -> None:
        """Reads the whole library; encodes only what has no vector of this encoder yet.

        With `near` the vectors are searched there, and memory holds the words and texts alone.
        """
        self.encoder = encoder.sha256
        self._encoder = encoder
        self._store = store
        self._lock = threading.Lock()
        self._near = near
        self._shelf = Shelf(-1, {}, encoder.dimensions)
        self._spelling = spelling_of(encoder.vocabulary())
        self._looked_at = 0.0
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None
        self.refresh()

    def current(self) -> Shelf:
        if self._watcher is None and time.monotonic() - self._looked_at > LOOK_AGAIN_SECONDS:
            self._look()
        return self._shelf

    def watch(self) -> None:
        """From now on a thread looks for changes of other processes, and no caller of `current` waits for them."""
        with self._lock:
            if self._watcher is None and not self._closed.is_set():
                arguments = (weakref.ref(self), self._closed)
                self._watcher = threading.Thread(target=_watch, args=arguments, name="index", daemon=True)
                self._watcher.start()

    def close(self) -> None:
        """Looks for changes no more; may be called twice."""
        self._closed.set()
        if self._watcher is not None:
            self._watcher.join(timeout=CLOSING_SECONDS)
        if self._near is not None:
            self._near.close()

    def _look(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                if self._store.index_version() != self._shelf.version:
                    self._read()
                self._looked_at = time.monotonic()
            except StoreUnavailable:
                log.warning(
                    "The index cannot be checked for changes; answering from version %d.", self._shelf.version
                )
            finally:
                self._lock.release()

    def refresh(self) -> Shelf:
        with self._lock:
            return self._read()

    def with_draft(self, article: Article, content: Content, passages: tuple[Passage, ...]) -> Shelf:
        return self.with_others([Publication(article, content, passages, {})])

    def with_others(self, publications: Sequence[Publication]) -> Shelf:
        now = self.current()
        changed = {item.article.id: _entry("draft", self._encoded(item)) for item in publications}
        return replace(now, entries={**now.entries, **changed})

    def vectors(self, content: Content, passages: Sequence[Passage]) -> dict[str, Vector]:
        return {text_key(text): self._encoder.encode(text) for text in _texts(content, passages)}

    def mended(self, text: str) -> str:
        return self._spelling.mend(text)

    def question(self, text: str) -> Question:
        mended = self.mended(text)
        return Question(self._encoder.encode(mended), words_of(mended))

    def _read(self) -> Shelf:
        # The version first: a change that comes while the rest is read is then seen again, not missed.
        version, stamps, before = self._store.index_version(), self._store.live_stamps(), self._shelf.entries
        if self._near is not None:
            self._forget_gone(self._near, stamps)
        at_hand = set(stamps) if self._near is None else _at_hand(stamps)
        kept = {
            key: before[key] for key, stamp in stamps.items() if key in before and before[key].stamp == stamp
        }
        kept = {key: entry for key, entry in kept.items() if key not in at_hand or entry.publication.vectors}
        missing = [key for key in stamps if key not in kept]
        fresh = dict[str, Entry]()
        for start in range(0, len(missing), READ_AT_ONCE):
            batch = self._store.publications(missing[start : start + READ_AT_ONCE], self.encoder)
            whole = {item.article.id: _entry(stamps[item.article.id], self._whole(item)) for item in batch}
            fresh |= self._stored(whole, at_hand)
        entries = {**self._without_vectors(kept, at_hand), **fresh}
        # Words stay known when their article goes: what was right once is no slip.
        self._spelling = self._spelling.with_words(
            spoken(_spoken(entry.publication) for entry in fresh.values())
        )
        stored = self._store.calibration()
        calibration = (Calibration.from_json(stored, self.encoder) if stored else None) or DEFAULT
        # A fixed order makes equal scores come out the same way in every process.
        background = self._background if 0 < len(entries) < ENOUGH else ()
        shelf = Shelf(
            version,
            dict(sorted(entries.items())),
            self._encoder.dimensions,
            calibration,
            background,
            self._near,
        )
        shelf.contest  # noqa: B018  # built now, by the writer, and not by the first customer who asks
        if self._near is None:
            shelf.share_vectors()
        shelf.find("")
        self._shelf, self._looked_at = shelf, time.monotonic()
        return shelf

    def _forget_gone(self, near: NearTexts, stamps: Mapping[str, str]) -> None:
        gone = near.kept().keys() - stamps.keys()
        if gone:
            near.forget(sorted(gone))

    def _stored(self, entries: dict[str, Entry], at_hand: set[str]) -> dict[str, Entry]:
        """The entries, whose vectors the database has by now."""
        if self._near is None:
            return entries
        kept = self._near.kept()
        for key, entry in entries.items():
            if kept.get(key) != entry.stamp:
                self._near.keep(key, entry.stamp, _parts(entry))
        return self._without_vectors(entries, at_hand)

    def _without_vectors(self, entries: dict[str, Entry], at_hand: set[str]) -> dict[str, Entry]:
        """The entries; of those that are not at hand the vectors are left to the database."""
        return {
            key: entry
            if key in at_hand or not entry.publication.vectors
            else replace(entry, publication=replace(entry.publication, vectors={}))
            for key, entry in entries.items()
        }

    @cached_property
    def _background(self) -> tuple[Rival, ...]:
        encode = self._encoder.encode
        return tuple(
            Rival(encode(text), encode(title), Counter(words_of(text)))
            for title, said in ARTICLES
            for text in (f"{title}\n{said}",)
        )

    def _whole(self, publication: Publication) -> Publication:
        """The publication with all its vectors; those of another encoder are made anew and stored."""
        whole = self._encoded(publication)
        if whole is not publication:
            missing = {key: whole.vectors[key] for key in whole.vectors.keys() - publication.vectors.keys()}
            self._store.add_vectors(publication.article.id, self.encoder, missing)
        return whole

    def _encoded(self, publication: Publication) -> Publication:
        """The publication with a vector for each of its texts; itself when none is missing."""
        texts = {text_key(text): text for text in _texts(publication.content, publication.passages)}
        missing = {
            key: self._encoder.encode(text) for key, text in texts.items() if key not in publication.vectors
        }
        return replace(publication, vectors={**publication.vectors, **missing}) if missing else publication


def _watch(found: "weakref.ref[LiveIndex]", closed: threading.Event) -> None:
    """Ends with the index, even where nobody closed it."""
    while not closed.wait(LOOK_AGAIN_SECONDS):
        live = found()
        if live is None:
            return
        try:
            live._look()
        except Exception:  # the next look may succeed; without this thread nothing new would ever be seen
            log.exception("The index could not be brought up to date; it goes on answering as it was.")
        del live


def full_text(content: Content, passage: Passage) -> str:
    """What is encoded for a passage: title, headings and text."""
    return f"{place_text(content, passage)}\n{passage.text}"


def statement_texts(content: Content, passage: Passage) -> list[str]:
    """What is encoded for each statement of a passage; it would mean little without its title and headings.

    Of a table row only the first cell: its figures drown what the row is about.
    """
    place = place_text(content, passage)
    return [
        f"{place}: {name}" if (name := row_name(statement)) else f"{statement}; {place}"
        for statement in statements(passage.text)
    ]


def place_text(content: Content, passage: Passage) -> str:
    """What is encoded for where a passage stands: title and headings."""
    return " ".join((content.title, *passage.path))


def _texts(content: Content, passages: Sequence[Passage]) -> list[str]:
    texts = [
        text
        for passage in passages
        for text in (
            full_text(content, passage),
            place_text(content, passage),
            *statement_texts(content, passage),
        )
    ]
    return [*texts, *content.questions]


def _spoken(publication: Publication) -> str:
    """All that an article says to customers."""
    content = publication.content
    bodies = (f"{place_text(content, passage)} {passage.text}" for passage in publication.passages)
    return " ".join((content.title, content.summary, content.category, *content.questions, *bodies))


def _entry(stamp: str, publication: Publication) -> Entry:
    content = publication.content
    # What customers call an article helps every passage of it; its vector views keep the passages apart.
    called = Counter(words_of(" ".join((content.summary, *content.questions))))
    words = tuple(called + Counter(words_of(full_text(content, passage))) for passage in publication.passages)
    seen = tuple(
        Seen(
            text_key(full_text(content, passage)),
            text_key(place_text(content, passage)),
            tuple(map(text_key, statement_texts(content, passage))),
        )
        for passage in publication.passages
    )
    return Entry(stamp, publication, words, seen, tuple(map(text_key, content.questions)))


def _at_hand(article_ids: Iterable[str]) -> set[str]:
    """A sample that stays nearly the same as the library grows: ids are random."""
    return set(sorted(article_ids, key=text_key)[:AT_HAND])


def _parts(entry: Entry) -> dict[Part, dict[str, Vector]]:
    keys: dict[Part, Iterable[str]] = {
        "passage": [seen.whole for seen in entry.seen],
        "place": [seen.place for seen in entry.seen],
        "statement": [key for seen in entry.seen for key in seen.statements],
        "wording": entry.asked,
    }
    return {part: {key: entry.publication.vectors[key] for key in listed} for part, listed in keys.items()}
