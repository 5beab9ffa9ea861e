"""The words of the protocol and the small things that frames are made of."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

VERSION = 1
"""The newest protocol that this gateway speaks."""
OLDEST_VERSION = 1
"""The oldest one that it still understands."""
MAX_TEXT = 4_000
"""Characters of one message."""
MAX_FRAME = 65_536
"""Bytes of one frame."""
MAX_DEPTH = 16
"""Brackets within brackets in one frame."""
MAX_SEQ = 2**53 - 1
"""The largest whole number that a browser knows exactly."""

Owner = Literal["bot", "queue", "agent", "closed"]
Reason = Literal[
    "asked_for_person",
    "low_confidence",
    "repeated_failure",  # no longer given; packets of before still say it
    "same_question",
    "rejected_twice",
    "frustration",
    "policy_topic",
    "always_person",
    "other_language",
    "bot_unavailable",
    "left_details",
    "back_to_queue",
]
Verdict = Literal["right", "wrong", "outdated"]
Outcome = Literal["solved", "no_answer_needed", "follow_up", "spam"]
OfferOption = Literal["person", "details", "stay"]
NoticeCode = Literal[
    "queued",
    "nobody_online",
    "joined",
    "left",
    "requeued",
    "returned_to_bot",
    "left_queue",
    "closed",
    "reopened",
    "bot_unavailable",
    "contact_received",
    "still_working",
    "passed_on",
    "agent_away",
]
Channel = Literal["chat", "email", "call"]
"""How the customer of a handoff is reached: here and now, or later by what they left."""
AssignmentCode = Literal[
    "offered",
    "declined",
    "offer_passed",
    "transfer_offered",
    "transfer_accepted",
    "transfer_declined",
    "transfer_passed",
    "taken_over",
    "away",
    "back",
    "priority",
]
MAX_PRIORITY = 3

Cmid = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""Client message id: the sender invents it, keeps it until `accepted`, and repeats it on every retry."""
Id = Annotated[str, Field(min_length=1, max_length=64)]
Seq = Annotated[int, Field(ge=0, le=MAX_SEQ)]


def _printable(value: object) -> object:
    return value.replace("\x00", "") if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_printable)]
"""Without NUL, which no database column takes and no person reads."""
Text = Annotated[Words, Field(min_length=1, max_length=MAX_TEXT)]


class Inbound(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


class Outbound(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Inbound):
    """Where the customer is on the website. Shown to agents, never trusted."""

    url: Words = Field(default="", max_length=500)
    title: Words = Field(default="", max_length=200)
    referrer: Words = Field(default="", max_length=500)


class AgentCard(Outbound):
    """A person, not a logo: what a customer sees of an agent."""

    id: Id
    name: str
    about: str


class Actor(Outbound):
    role: Literal["customer", "bot", "agent", "system"]
    name: str
    agent_id: str | None = None


class Choice(Outbound):
    id: Id = Field(description="Opaque; only the server knows what it stands for.")
    label: str


class Contact(Inbound):
    """How to reach somebody later: by e-mail, by telephone, or both."""

    name: Words = Field(min_length=1, max_length=100)
    email: str = Field(default="", max_length=200, pattern=r"^([^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+)?$")
    phone: Words = Field(default="", max_length=40, pattern=r"^(\+?[0-9 ()/.-]{5,39})?$")
    call_at: Words = Field(
        default="", max_length=100, description="When a call suits, in the customer's words."
    )
    about: Text

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not self.email and not self.phone:
            raise ValueError("Leave an e-mail address or a telephone number")
        return self
