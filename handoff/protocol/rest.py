"""What console and widget ask over plain HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from handoff.protocol.events import Event
from handoff.protocol.parts import AgentCard, Id, Inbound, Outbound, Outcome, Owner, Reason


class SignIn(Inbound):
    model_config = ConfigDict(str_strip_whitespace=False)  # a password may begin with a blank

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
    password: str = Field(min_length=1, max_length=200)


class Me(Outbound):
    id: Id
    name: str
    email: str
    about: str
    roles: list[Literal["agent", "editor", "supervisor"]]


class History(Outbound):
    """A page of the log, oldest first: the same rows that a socket sends."""

    conversation: Id
    epoch: Id
    head: int
    events: list[Event]


class ConversationSummary(Outbound):
    conversation: Id
    owner: Owner
    customer_name: str
    reason: Reason | None
    outcome: Outcome | None
    last_text: str
    last_at: datetime
    agent: AgentCard | None


class ConversationList(Outbound):
    conversations: list[ConversationSummary]
