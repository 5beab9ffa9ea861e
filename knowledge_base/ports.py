"""What the library needs from the world, as protocols; adapters in store, encoder, markdown and index fulfil them.

This module must not know which database, model or parser is behind them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from knowledge_base.article import Article, Content, Excerpt, Passage, Revision
from knowledge_base.confidence import Calibration
from knowledge_base.habits import Counts
from knowledge_base.ranking import Question, Vector, Views


class Encoder(Protocol):
    sha256: str
    """Names the model; vectors of different encoders must never meet."""
    dimensions: int

    def encode(self, text: str) -> Vector:
        """The unit vector of one text."""
        ...

    def vocabulary(self) -> Mapping[str, int]:
        """The words that it knows whole, with a rank that is lowest for the commonest."""
        ...


class Renderer(Protocol):
    def html(self, body: str) -> str:
        """Sanitised HTML of a markdown body."""
        ...

    def excerpts(self, body: str) -> tuple[Excerpt, ...]:
        """The body cut into passages."""
        ...


@dataclass(frozen=True, slots=True)
class Publication:
    """An article as customers see it, with the vectors that are stored for it, by text key."""

    article: Article
    content: Content
    passages: tuple[Passage, ...]
    vectors: Mapping[str, Vector]


Part = Literal["passage", "place", "statement", "wording"]
"""What a vector is of."""


class NearTexts(Protocol):
    """The vectors of live articles in a database that searches them. Raises StoreUnavailable."""

    def kept(self) -> dict[str, str]:
        """The stamp of each article whose vectors it has."""
        ...

    def keep(self, article_id: str, stamp: str, vectors: Mapping[Part, Mapping[str, Vector]]) -> None:
        """Takes in an article's vectors, by part and text key, in place of those it had."""
        ...

    def forget(self, article_ids: Sequence[str]) -> None: ...

    def nearest(self, part: Part, vector: Vector, most: int) -> dict[str, float]:
        """Text keys of this part with their cosines, the nearest ones; a few of them may be missed."""
        ...

    def cosines(self, vector: Vector, keys: Sequence[str]) -> dict[str, float]:
        """The cosine of each of these texts that is there."""
        ...

    def vectors(self, keys: Sequence[str]) -> dict[str, Vector]: ...

    def close(self) -> None: ...


class ArticleStore(Protocol):
    """Articles of one site. Each method is one transaction; ids that are not there raise NotFound."""

    def create(self, slug: str, content: Content, by: str, at: datetime) -> Article:
        """A new article with revision 1 as its draft; raises SlugTaken."""
        ...

    def save_draft(
        self, article_id: str, base_revision: int, slug: str, content: Content, by: str, at: datetime
    ) -> Article:
        """Adds a revision; raises StaleDraft unless `base_revision` is the latest, and SlugTaken."""
        ...

    def article(self, article_id: str) -> Article: ...

    def article_at(self, slug: str) -> Article: ...

    def articles(self) -> list[Article]:
        """All articles, the one saved last first."""
        ...

    def revisions(self, article_id: str) -> list[Revision]:
        """Newest first."""
        ...

    def publish(
        self,
        article_id: str,
        number: int,
        passages: Sequence[Passage],
        encoder: str,
        vectors: Mapping[str, Vector],
    ) -> int:
        """Makes revision `number` what customers see; returns the new index version.

        Raises StaleDraft when `number` is no longer the latest revision.
        """
        ...

    def retire(self, article_id: str) -> int:
        """Takes the article and its passages away from customers; returns the new index version."""
        ...

    def index_version(self) -> int:
        """A number that grows with every change of what customers see."""
        ...

    def live_stamps(self) -> dict[str, str]:
        """For each live article id a stamp that changes with every publication."""
        ...

    def publications(self, article_ids: Iterable[str], encoder: str) -> list[Publication]:
        """What customers see of these articles, with the vectors of this encoder."""
        ...

    def add_vectors(self, article_id: str, encoder: str, vectors: Mapping[str, Vector]) -> None:
        """Stores vectors of a live article and drops those of other encoders."""
        ...

    def calibration(self) -> str | None:
        """The site's own calibration as JSON, None when it was never fitted."""
        ...

    def save_calibration(self, calibration: str) -> int:
        """Stores the site's calibration; returns the new index version."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoggedAnswer:
    """One question with what was decided on it. It names no conversation and no customer."""

    id: str
    at: datetime
    question: str
    evidence: Mapping[str, float]
    confidence: float
    decision: str
    passage_id: str | None
    article_id: str | None
    judgements: tuple[Judgement, ...] = ()


class AnswerLog(Protocol):
    """What was answered, for one site, and what people said about it."""

    def write(self, answer: LoggedAnswer) -> bool:
        """Takes it in without waiting and without failing; False when it will not be kept. What was taken in within the
        last second is lost when the process dies."""
        ...

    def judge(self, answer_id: str, judgement: Judgement) -> None:
        """Stores what one person says, in place of what they said before; raises NotFound."""
        ...

    def answers(self, since: datetime, judged_only: bool = False) -> Iterator[LoggedAnswer]:
        """Oldest first, with their judgements; read as they are asked for."""
        ...

    def judgements(self, since: datetime | None = None) -> int:
        """How many there are, or have come after `since`."""
        ...

    def fit(self) -> tuple[datetime, str] | None:
        """What the site's calibration was fitted to, as it was saved, and when."""
        ...

    def save_fit(self, fit: str, at: datetime) -> None: ...

    def close(self) -> None:
        """Writes what is waiting; may be called twice."""
        ...


class HabitStore(Protocol):
    """Counts of what helped on which kind of page, for one site. Each method is one transaction."""

    def add(self, counted: Mapping[tuple[str, str], Counts], at: datetime) -> None:
        """Adds counts by (page key, slug); unknown slugs are left out. Raises StoreUnavailable."""
        ...

    def all(self, at: datetime) -> dict[str, dict[str, Counts]]:
        """Counts by page key and article id, faded to `at`; raises StoreUnavailable."""
        ...

    def tidy(self, at: datetime) -> None:
        """Removes what has faded away."""
        ...


class Snapshot(Protocol):
    """What is searched; it never changes once made, so it may be read by any number of threads."""

    @property
    def version(self) -> int:
        """The store's index version that this snapshot shows."""
        ...

    @property
    def views(self) -> Views: ...

    @property
    def contest(self) -> Views:
        """The views, and after them those of articles that nobody is shown, while there are few to compare with."""
        ...

    @property
    def calibration(self) -> Calibration: ...

    @property
    def language(self) -> str:
        """What its articles are written in, ISO 639-1; empty when nobody can be sure."""
        ...

    @property
    def script(self) -> str:
        """The script of most of its letters; empty when there are none."""
        ...

    def place(self, position: int) -> tuple[Publication, Passage]:
        """The article and passage at a position of the views."""
        ...

    def find(self, passage_id: str) -> tuple[Publication, Passage] | None: ...

    def position(self, passage_id: str) -> int | None:
        """Where a passage stands in the views; None when it is not in them."""
        ...

    def article(self, article_id: str) -> Publication | None: ...

    def articles(self) -> Sequence[Publication]:
        """Every live article, in the numbering of `views.owner`."""
        ...


class SearchIndex(Protocol):
    encoder: str
    """Names the encoder whose vectors are in the index."""

    def current(self) -> Snapshot:
        """The snapshot that answers now; looks for changes of other processes at most once a second, unless `watch` does."""
        ...

    def watch(self) -> None:
        """From now on a thread looks for changes of other processes, and no caller of `current` waits for them."""
        ...

    def refresh(self) -> Snapshot:
        """Reads what changed in the store and swaps the snapshot."""
        ...

    def with_draft(self, article: Article, content: Content, passages: tuple[Passage, ...]) -> Snapshot:
        """The current snapshot as it would be if `content` were published; changes nothing."""
        ...

    def with_others(self, publications: Sequence[Publication]) -> Snapshot:
        """The current snapshot with these in place of what their articles say; vectors that are missing are made."""
        ...

    def vectors(self, content: Content, passages: Sequence[Passage]) -> dict[str, Vector]:
        """Everything of an article that has to be encoded, by text key."""
        ...

    def mended(self, text: str) -> str:
        """A customer's words with slips mended by what is published now; mending them again changes nothing."""
        ...

    def question(self, text: str) -> Question:
        """A customer's words as the ranking wants them."""
        ...

    def close(self) -> None:
        """Looks for changes no more; may be called twice."""
        ...
