"""The log as a reader sees it: one model for each kind of event."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from handoff.protocol.packet import Packet
from handoff.protocol.parts import (
    Actor,
    AgentCard,
    AssignmentCode,
    Choice,
    Contact,
    Id,
    NoticeCode,
    OfferOption,
    Outbound,
    Verdict,
)
from knowledge_base.wire import Hit


class EventFields(Outbound):
    type: Literal["event"] = "event"
    conversation: Id
    seq: int = Field(ge=1)


class VisibleEvent(EventFields):
    actor: Actor
    at: datetime
    cmid: str | None = None


class MessageEvent(VisibleEvent):
    kind: Literal["message"] = "message"
    text: str


class AnswerEvent(VisibleEvent):
    """The bot answers with a passage and says where it comes from."""

    kind: Literal["answer"] = "answer"
    text: str
    hit: Hit
    confidence: float | None


class ChoicesEvent(VisibleEvent):
    """Did you mean …? The last choice is always "None of these"."""

    kind: Literal["choices"] = "choices"
    text: str
    choices: list[Choice]


class ChosenEvent(VisibleEvent):
    kind: Literal["chosen"] = "chosen"
    choice_id: Id
    label: str


class OfferEvent(VisibleEvent):
    """The bot offers a person; the customer decides."""

    kind: Literal["offer"] = "offer"
    text: str
    options: list[OfferOption]


class NoticeEvent(VisibleEvent):
    """A quiet line in the middle of the log: queued, joined, left, closed …"""

    kind: Literal["notice"] = "notice"
    code: NoticeCode
    text: str
    agent: AgentCard | None = None


class FeedbackEvent(VisibleEvent):
    kind: Literal["feedback"] = "feedback"
    answer_seq: int
    helpful: bool


class ContactEvent(VisibleEvent):
    kind: Literal["contact"] = "contact"
    contact: Contact


class CorrectionEvent(VisibleEvent):
    """The customer corrected what the person is told. Null stays as it was, empty is left out."""

    kind: Literal["correction"] = "correction"
    want: str | None
    about: str | None
    tried: str | None


class RatingEvent(VisibleEvent):
    kind: Literal["rating"] = "rating"
    score: int
    comment: str


class NoteEvent(VisibleEvent):
    """Between agents; a customer gets `hidden`."""

    kind: Literal["note"] = "note"
    text: str


class PacketEvent(VisibleEvent):
    """For agents; a customer gets `hidden`."""

    kind: Literal["packet"] = "packet"
    packet: Packet


class AssignmentEvent(VisibleEvent):
    """Who was asked to take the conversation and what became of it. For agents; a customer gets `hidden`."""

    kind: Literal["assignment"] = "assignment"
    code: AssignmentCode
    text: str
    agent: AgentCard | None = None


class VerdictEvent(VisibleEvent):
    """An agent judged an answer of the bot; the latest verdict holds. For agents; a customer gets `hidden`."""

    kind: Literal["verdict"] = "verdict"
    answer_seq: int
    verdict: Verdict


class SuppressedEvent(VisibleEvent):
    """A bot reply that came after an agent had taken over: kept for agents, never shown to a customer."""

    kind: Literal["suppressed"] = "suppressed"
    text: str


class HiddenEvent(EventFields):
    """Keeps `seq` gapless for a reader who may not see this event: no body, no actor, no time."""

    kind: Literal["hidden"] = "hidden"


Event = Annotated[
    MessageEvent
    | AnswerEvent
    | ChoicesEvent
    | ChosenEvent
    | OfferEvent
    | NoticeEvent
    | FeedbackEvent
    | ContactEvent
    | CorrectionEvent
    | RatingEvent
    | NoteEvent
    | PacketEvent
    | AssignmentEvent
    | VerdictEvent
    | SuppressedEvent
    | HiddenEvent,
    Field(discriminator="kind"),
]

EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
