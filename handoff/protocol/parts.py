"""The words of the protocol and the small things that frames are made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

VERSION = 1
MAX_TEXT = 4_000
"""Characters of one message."""
MAX_FRAME = 65_536
"""Bytes of one frame."""
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
]

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
    name: Words = Field(min_length=1, max_length=100)
    email: str = Field(min_length=3, max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")
    about: Text
