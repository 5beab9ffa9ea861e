"""The handoff packet as it travels: one JSON document for one screen of the console."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from handoff.protocol.parts import Contact, Id, Outbound, Outcome, Page, Reason
from handoff.protocol.summary import Attempt, Correction, Evidence, Mood, Quote, SummaryFact
from knowledge_base.wire import Hit


class ScoredIntent(Outbound):
    name: str
    confidence: float


class Entity(Outbound):
    entity: str
    value: str


class TriedAnswer(Outbound):
    question: str
    hit: Hit
    confidence: float | None
    helpful: bool | None


class EarlierConversation(Outbound):
    conversation: Id
    started_at: datetime
    about: str
    outcome: Outcome | None


class Packet(Outbound):
    """All that an agent needs to go on without asking again, on one screen."""

    version: Literal[1] = 1
    reason: Reason
    reason_detail: str = Field(description="One sentence with the evidence.")
    summary: str = Field(description="All of it in a line or two of plain text.")
    questions: list[str]
    tried: list[TriedAnswer]
    intents: list[ScoredIntent]
    entities: list[Entity]
    slots: dict[str, str]
    contact: Contact | None
    page: Page
    locale: str
    earlier: list[EarlierConversation]
    waiting_since: datetime
    evidence: list[Evidence] = Field(default=[], description="Why a person was called, sentence by sentence.")
    wants: list[Quote] = Field(default=[], description="What they want in their own words, at most two.")
    facts: list[SummaryFact] = Field(default=[], description="What identifies the matter.")
    attempts: list[Attempt] = Field(default=[], description="What was tried, oldest first, and how it went.")
    mood: Mood = Mood()
    corrections: list[Correction] = Field(
        default=[],
        description="Lines that the customer corrected before; later ones are events of their own.",
    )
