"""What the knowledge base says over HTTP: one model for each request and reply.

These models are the contract with the action server, the console, the editor and the widget; the TypeScript types
are generated from them. This module must not know about storage, ranking or web frameworks.

Requests ignore unknown fields, so that an older page keeps working. Replies forbid extras, so that a field that
nobody declared fails here and not in a browser. Times are aware UTC; scores and confidences lie in 0..1.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Decision = Literal["answer", "clarify", "none"]
ArticleState = Literal["draft", "published", "changed", "retired"]
"""`changed` is published with a newer draft beside it."""


Verdict = Literal["right", "wrong", "outdated"]
Basis = Literal["prior", "own texts", "golden questions"]
"""What a library's confidence was fitted to: nothing of its own, its own articles, or questions with known answers."""

Wording = Annotated[str, Field(max_length=300)]
Slugs = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=20)]
Asked = Annotated[str, Field(max_length=4000)]


class Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hit(Reply):
    """One passage of a published article that may answer the question."""

    passage_id: str
    article_slug: str
    article_title: str
    heading: str = Field(description="Heading above the passage, empty for the opening of an article.")
    text: str = Field(description="Plain text of the passage.")
    span: str = Field(
        default="",
        description="The words of `text` that answer, as they stand there; empty when the whole passage does.",
    )
    html: str = Field(description="Sanitised HTML of the passage.")
    score: float = Field(description="Fused score; comparable within one reply only.")
    url: str = Field(description="Path of the article in the help centre, with the heading as fragment.")
    updated_at: datetime
    always_person: bool = Field(
        default=False, description="Its topic always goes to a person: never the bot's last word."
    )
    answer_id: str | None = Field(
        default=None,
        description="The logged answer that showed it, so that it can be judged; null in a search.",
    )


class SearchReply(Reply):
    query: str
    decision: Decision
    confidence: float = Field(description="Calibrated probability that the first hit answers the question.")
    hits: list[Hit]
    took_ms: float
    answer_threshold: float
    clarify_threshold: float


class ArticleSummary(Reply):
    slug: str
    title: str
    summary: str
    category: str
    url: str
    updated_at: datetime


class SuggestReply(Reply):
    articles: list[ArticleSummary]
    because: Literal["typed", "page", "helped", "nothing"] = Field(
        default="nothing",
        description="Why these: what was typed, what the page is about, or what helped others who were there.",
    )


class Outcomes(Request):
    """What became of suggestions in one visit, told once each. Counted for the kind of page; nobody is named."""

    page: str = Field(default="", max_length=500, description="Path and title, as for suggestions.")
    visit: str = Field(
        default="",
        max_length=40,
        description="Made anew by each tab and kept in memory only, so that nothing counts twice.",
    )
    shown: Slugs = []
    opened: Slugs = []
    helped: Slugs = Field(default=[], description="The customer said so, or left solved after reading it.")
    dismissed: Slugs = []


class ArticleList(Reply):
    articles: list[ArticleSummary]


class PublicArticle(ArticleSummary):
    html: str


class AnswerRequest(Request):
    question: str = Field(min_length=1, max_length=4000)
    asked: list[Asked] = Field(
        default_factory=list, max_length=5, description="Earlier questions, oldest first."
    )
    exclude: list[str] = Field(
        default_factory=list, max_length=50, description="Passage ids already rejected."
    )
    limit: int = Field(default=3, ge=1, le=10)


class AnswerReply(Reply):
    decision: Decision
    confidence: float
    hits: list[Hit]
    language: str = Field(
        default="", description="Language of the question, ISO 639-1; empty when nobody can be sure."
    )
    foreign: bool = Field(
        default=False,
        description="Asked in another language than the library's; false when nobody can be sure.",
    )
    ambiguous: bool = Field(
        default=False, description="The first hits are of different articles and nearly level."
    )
    answer_id: str | None = Field(
        default=None, description="Names this answer in the log; nothing when none is kept."
    )


class DraftIn(Request):
    """The editable part of an article. `base_revision` is the revision the editor started from."""

    title: str = Field(min_length=1, max_length=200)
    slug: str | None = Field(default=None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)
    summary: str = Field(default="", max_length=300)
    category: str = Field(default="", max_length=60)
    questions: list[Wording] = Field(
        default_factory=list, max_length=50, description="Other wordings customers use."
    )
    body: str = Field(max_length=100_000, description="Markdown.")
    always_person: bool = Field(default=False, description="Always hand this topic to a person.")
    base_revision: int | None = None


class EditorRow(Reply):
    id: str
    slug: str
    title: str
    category: str
    state: ArticleState
    latest_revision: int
    published_revision: int | None
    updated_at: datetime
    updated_by: str


class EditorList(Reply):
    articles: list[EditorRow]


class EditorArticle(EditorRow):
    summary: str
    questions: list[str]
    body: str
    always_person: bool
    html: str
    passages_live: int
    answering_since: datetime | None


class PublishReply(Reply):
    """Proof of being live: read back from the index that answers, not assumed."""

    article: EditorArticle
    answering_since: datetime
    passages: int
    index_version: int
    took_ms: float


class RevisionRow(Reply):
    number: int
    title: str
    saved_at: datetime
    saved_by: str
    published: bool = Field(description="Whether customers see this revision now.")


class RevisionList(Reply):
    revisions: list[RevisionRow]


class RevisionOut(RevisionRow):
    summary: str
    category: str
    questions: list[str]
    body: str
    always_person: bool
    html: str


class PreviewRequest(Request):
    body: str = Field(max_length=100_000)


class PreviewReply(Reply):
    html: str


class TestRequest(Request):
    __test__ = False  # not a test class, whatever pytest thinks of its name

    question: str = Field(min_length=1, max_length=4000)
    limit: int = Field(default=5, ge=1, le=10)
    draft_of: str | None = Field(
        default=None, description="Article id: answer as if its draft were published."
    )


class JudgementIn(Request):
    """What somebody says about an answer: the first hit was right, was wrong, or says what is no longer true."""

    verdict: Verdict
    by: str = Field(min_length=1, max_length=200, description="`customer`, or who among the staff.")


class TargetIn(Request):
    target: float = Field(gt=0, lt=0.5, description="Share of wrong answers that may be given.")


class CurvePoint(Reply):
    """What answering from this confidence on leads to, on golden questions that the weights have not seen."""

    threshold: float
    answered: float = Field(description="Share of the questions.")
    error: float = Field(description="Share of wrong ones among the answered.")
    bound: float = Field(description="What the error stays under, nine times in ten, at this point alone.")
    count: int


class ConfidenceReply(Reply):
    """How far confidence can be trusted in this library. Numbers that need golden questions are null without them."""

    basis: Basis
    target: float
    promised: bool = Field(description="Whether the target holds for new questions, nine times in ten.")
    says: str = Field(description="The same in one sentence for people.")
    lowest_promise: float | None = Field(description="The lowest target these questions can promise.")
    answer_threshold: float
    clarify_threshold: float
    questions: int = Field(description="Golden questions it was fitted to.")
    own_texts: int = Field(description="Wordings, titles and headings of the library it was fitted to.")
    judgements: int = Field(description="Verdicts of customers and agents it was fitted to.")
    ece_before: float | None = Field(description="Calibration error of the prior on the golden questions.")
    ece_after: float | None = Field(description="The same for the fitted confidence, cross-fitted.")
    fitted_at: datetime | None
    curve: list[CurvePoint]


class ReplayReply(Reply):
    """What another target would have done to the questions of the last days, against today's threshold."""

    target: float
    promised: bool
    days: float
    answer_threshold: float
    asked: int
    answered: int
    more_answered: int
    more_wrong: float = Field(description="Estimated by confidence, by verdicts where there are any.")
    judged_right: int = Field(description="Verdicts among those that would have been answered.")
    judged_wrong: int
    agent_minutes: float = Field(description="Saved; negative when they would have been spent.")
    assumption: str = Field(description="What the minutes rest on, in one sentence.")


class Problem(Reply):
    """The body of every error: a code for programs, one plain sentence for people."""

    code: str
    message: str
    retryable: bool
