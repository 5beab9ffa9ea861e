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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from knowledge_base.article import Article, Content, Passage, text_key
from knowledge_base.asking import script_of
from knowledge_base.background import ARTICLES, ENOUGH
from knowledge_base.confidence import DEFAULT, Calibration
from knowledge_base.errors import StoreUnavailable
from knowledge_base.language import noticed
from knowledge_base.ports import ArticleStore, Encoder, Publication
from knowledge_base.ranking import (
    Lexicon,
    Matrix,
    Question,
    Vector,
    Views,
    words_of,
)
from knowledge_base.speller import words_of as spoken
from knowledge_base.spelling import spelling_of
from knowledge_base.statements import row_name, statements

LOOK_AGAIN_SECONDS = 1.0
"""How long a snapshot answers before the version is looked at: half of the 2 s promised to other processes."""
CLOSING_SECONDS = 5.0
SAMPLED_ARTICLES = 30
"""Enough to know in which language a library is written."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One article, ready to be searched."""

    stamp: str
    publication: Publication
    words: tuple[Counter[str], ...]
    """For each passage how often each word occurs in it, above it, and in the article's summary and questions."""
    seen: tuple["Seen", ...]
    """For each passage the keys of its vectors."""
    asked: tuple[str, ...]
    """The keys of the article's other wordings."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Under which keys a passage's vectors lie; to find a text's key takes longer than to find its vector."""

    whole: str
    place: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """An article of the background: it is compared with, and never shown."""

    said: Vector
    standing: Vector
    words: Counter[str]


@dataclass(frozen=True)
class Shelf:
    """The snapshot. `version` is the store's index version that it shows."""

    version: int
    entries: Mapping[str, Entry]
    dimensions: int
    calibration: Calibration = field(default=DEFAULT)
    background: tuple["Rival", ...] = ()
    """Stands in for the articles that a small library does not have."""

    @cached_property
    def views(self) -> Views:
        return self._views(())

    @cached_property
    def contest(self) -> Views:
        return self._views(self.background) if self.background else self.views

    def _views(self, rivals: Sequence["Rival"]) -> Views:
        said, stated, standing, wordings = list[Vector](), list[Vector](), list[Vector](), list[Vector]()
        owner, statement_owner, wording_owner = list[int](), list[int](), list[int]()
        words, place, places = list[Counter[str]](), list[int](), dict[str, int]()
        for number, entry in enumerate(self.entries.values()):
            vector = entry.publication.vectors
            for seen in entry.seen:
                said.append(vector[seen.whole])
                stated += [vector[key] for key in seen.statements]
                statement_owner += [len(owner)] * len(seen.statements)
                place.append(places.setdefault(seen.place, len(places)))
                if len(places) > len(standing):
                    standing.append(vector[seen.place])
                owner.append(number)
            wordings += [vector[key] for key in entry.asked]
            wording_owner += [number] * len(entry.asked)
            words += entry.words
        for number, rival in enumerate(rivals, start=len(self.entries)):
            said.append(rival.said)
            place.append(len(standing))
            standing.append(rival.standing)
            owner.append(number)
            words.append(rival.words)
        return Views(
            passages=self._matrix(said),
            statements=self._matrix(stated),
            places=self._matrix(standing),
            wordings=self._matrix(wordings),
            owner=np.array(owner, dtype=np.intp),
            statement_owner=np.array(statement_owner, dtype=np.intp),
            place=np.array(place, dtype=np.intp),
            wording_owner=np.array(wording_owner, dtype=np.intp),
            articles=len(self.entries) + len(rivals),
            lexicon=Lexicon(words),
        )

    def share_vectors(self) -> None:
        """Lets the entries see their rows of the matrices in place of vectors of their own, which takes half the memory.

        The same numbers under the same keys: whoever reads them meanwhile notices nothing.
        """
        views, position, stated, worded = self.views, 0, 0, 0
        for entry in self.entries.values():
            vectors = entry.publication.vectors
            if not isinstance(vectors, dict):
                raise TypeError("the vectors of a live article must be a dict")
            for seen in entry.seen:
                vectors[seen.whole] = views.passages[position]
                vectors[seen.place] = views.places[views.place[position]]
                for row, key in enumerate(seen.statements, start=stated):
                    vectors[key] = views.statements[row]
                position, stated = position + 1, stated + len(seen.statements)
            for row, key in enumerate(entry.asked, start=worded):
                vectors[key] = views.wordings[row]
            worded += len(entry.asked)

    @cached_property
    def language(self) -> str:
        heard = Counter(filter(None, map(noticed, self._sample)))
        return heard.most_common(1)[0][0] if heard else ""

    @cached_property
    def script(self) -> str:
        return script_of(" ".join(self._sample))

    @cached_property
    def _sample(self) -> list[str]:
        """What some of the articles begin with."""
        return [item.passages[0].text for item in self._articles[:SAMPLED_ARTICLES] if item.passages]

    def place(self, position: int) -> tuple[Publication, Passage]:
        return self._places[position]

    def find(self, passage_id: str) -> tuple[Publication, Passage] | None:
        position = self.position(passage_id)
        return None if position is None else self._places[position]

    def position(self, passage_id: str) -> int | None:
        return self._by_id.get(passage_id)

    def article(self, article_id: str) -> Publication | None:
        entry = self.entries.get(article_id)
        return entry.publication if entry else None

    def articles(self) -> Sequence[Publication]:
        return self._articles

    @cached_property
    def _articles(self) -> tuple[Publication, ...]:
        return tuple(entry.publication for entry in self.entries.values())

    @cached_property
    def _places(self) -> list[tuple[Publication, Passage]]:
        return [(publication, passage) for publication in self._articles for passage in publication.passages]

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {passage.id: position for position, (_, passage) in enumerate(self._places)}

    def _matrix(self, vectors: list[Vector]) -> Matrix:
        return np.array(vectors, dtype=np.float32).reshape(len(vectors), self.dimensions)


class LiveIndex:
    """Holds the current snapshot. Reading takes no lock; only one thread at a time looks for changes."""

    def __init__(self, store: ArticleStore, encoder: Encoder) -> None:
        """Reads the whole library; encodes only what has no vector of this encoder yet."""
        self.encoder = encoder.sha256
        self._encoder = encoder
        self._store = store
        self._lock = threading.Lock()
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
        kept = {
            key: before[key] for key, stamp in stamps.items() if key in before and before[key].stamp == stamp
        }
        fresh = self._store.publications([key for key in stamps if key not in kept], self.encoder)
        entries = {
            **kept,
            **{item.article.id: _entry(stamps[item.article.id], self._whole(item)) for item in fresh},
        }
        # Words stay known when their article goes: what was right once is no slip.
        self._spelling = self._spelling.with_words(spoken(map(_spoken, fresh)))
        stored = self._store.calibration()
        calibration = (Calibration.from_json(stored, self.encoder) if stored else None) or DEFAULT
        # A fixed order makes equal scores come out the same way in every process.
        background = self._background if 0 < len(entries) < ENOUGH else ()
        shelf = Shelf(
            version, dict(sorted(entries.items())), self._encoder.dimensions, calibration, background
        )
        shelf.contest  # noqa: B018  # built now, by the writer, and not by the first customer who asks
        shelf.share_vectors()
        shelf.find("")
        self._shelf, self._looked_at = shelf, time.monotonic()
        return shelf

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
