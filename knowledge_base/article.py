"""What an article is: its content, its revisions, its state, and the passages that answers are made of.

Pure data and rules. This module must not know about storage, markdown, vectors or web frameworks; the standard
library is all it imports.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from knowledge_base.errors import Invalid

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_LENGTH = 100
TITLE_LENGTH = 200


class State(StrEnum):
    DRAFT = "draft"
    """Never published."""
    PUBLISHED = "published"
    """Customers see the latest revision."""
    CHANGED = "changed"
    """Customers see a revision, and a newer draft lies beside it."""
    RETIRED = "retired"
    """Was taken away from customers; a draft saved afterwards stays unseen until it is published."""


@dataclass(frozen=True, slots=True)
class Content:
    """The part of an article that an editor writes. `body` is markdown."""

    title: str
    body: str
    summary: str = ""
    category: str = ""
    questions: tuple[str, ...] = ()
    """Other wordings in which customers ask for this article."""
    always_person: bool = False
    """The bot may show this article, but a person is called for its topic."""

    def tidied(self) -> "Content":
        """The same content without stray blanks and repeated questions; raises Invalid when there is no title."""
        title = " ".join(self.title.split())
        if not title or len(title) > TITLE_LENGTH:
            raise Invalid(f"An article needs a title of 1 to {TITLE_LENGTH} characters.")
        questions = dict.fromkeys(" ".join(question.split()) for question in self.questions)
        return replace(
            self,
            title=title,
            body=self.body.replace("\r\n", "\n").strip() + "\n",
            summary=" ".join(self.summary.split()),
            category=self.category.strip(),
            questions=tuple(question for question in questions if question),
        )


@dataclass(frozen=True, slots=True)
class Revision:
    number: int
    """1, 2, 3 … within the article, without gaps."""
    content: Content
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    slug: str
    latest: Revision
    published: Revision | None
    """What customers see; None before the first publication and after retirement."""
    answering_since: datetime | None
    """When the published revision went live; None when nothing is."""
    retired: bool

    @property
    def state(self) -> State:
        if self.published is None:
            return State.RETIRED if self.retired else State.DRAFT
        return State.PUBLISHED if self.published.number == self.latest.number else State.CHANGED

    @property
    def slug_is_fixed(self) -> bool:
        """Once published, an address may be in bookmarks and mails: it never changes again."""
        return self.published is not None or self.retired


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one article, about 60 to 180 words, that can be shown as an answer."""

    id: str
    path: tuple[str, ...]
    """Headings above the passage, outermost first; empty for the opening of an article."""
    fragment: str
    """Anchor of the nearest heading in the article's HTML, without `#`; empty for the opening."""
    text: str
    html: str
    """Sanitised."""

    @property
    def heading(self) -> str:
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage as it was cut out of a body, before it belongs to an article."""

    path: tuple[str, ...]
    fragment: str
    text: str
    html: str


def passages_of(article_id: str, excerpts: tuple[Excerpt, ...]) -> tuple[Passage, ...]:
    """Gives each excerpt an id made of what it says, so that an unchanged passage keeps its id when republished."""
    seen: dict[str, int] = {}
    passages = []
    for excerpt in excerpts:
        said = "\x1f".join((article_id, *excerpt.path, excerpt.text))
        seen[said] = seen.get(said, 0) + 1
        digest = hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest()
        passages.append(Passage(digest[:20], excerpt.path, excerpt.fragment, excerpt.text, excerpt.html))
    return tuple(passages)


def slug_of(words: str) -> str:
    """The address made of a title or heading: `Wash & care` gives `wash-care`; empty when no letter is left."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:SLUG_LENGTH].rstrip("-")


def checked_slug(slug: str) -> str:
    """The slug itself; raises Invalid unless it is lower-case words joined by single hyphens."""
    if len(slug) > SLUG_LENGTH or not SLUG.fullmatch(slug):
        raise Invalid("An address is made of lower-case letters, digits and single hyphens.")
    return slug


def text_key(text: str) -> str:
    """Under which the vector of a text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()
