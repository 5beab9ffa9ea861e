"""The agent's socket: what the console sends, and what only the console gets."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from handoff.protocol.customer import Limits
from handoff.protocol.events import Event
from handoff.protocol.packet import Packet
from handoff.protocol.parts import (
    VERSION,
    AgentCard,
    Cmid,
    Id,
    Inbound,
    Outbound,
    Outcome,
    Owner,
    Reason,
    Seq,
    Text,
    Verdict,
)
from handoff.protocol.shared import Accepted, Bye, Head, Ping, Rejected, Typing


class AgentHello(Inbound):
    type: Literal["hello"] = "hello"
    version: int = VERSION


class AgentWatch(Inbound):
    type: Literal["watch"] = "watch"
    conversation: Id
    epoch: Id | None = None
    seq: Seq = 0


class AgentUnwatch(Inbound):
    type: Literal["unwatch"] = "unwatch"
    conversation: Id


class AgentClaim(Inbound):
    """Take this waiting conversation, or without one the next in order."""

    type: Literal["claim"] = "claim"
    cmid: Cmid
    conversation: Id | None = None


class AgentSend(Inbound):
    type: Literal["send"] = "send"
    cmid: Cmid
    conversation: Id
    fence: int
    text: Text


class AgentNote(Inbound):
    type: Literal["note"] = "note"
    cmid: Cmid
    conversation: Id
    text: Text


class AgentJudge(Inbound):
    """Whether an answer of the bot was right. Any agent may judge, whoever has the conversation; the last one holds."""

    type: Literal["judge"] = "judge"
    cmid: Cmid
    conversation: Id
    answer_seq: Seq
    verdict: Verdict


class AgentReturnToBot(Inbound):
    type: Literal["return_to_bot"] = "return_to_bot"
    cmid: Cmid
    conversation: Id
    fence: int


class AgentRequeue(Inbound):
    """Give the conversation back to the queue, at its original place."""

    type: Literal["requeue"] = "requeue"
    cmid: Cmid
    conversation: Id
    fence: int


class AgentResolve(Inbound):
    type: Literal["resolve"] = "resolve"
    cmid: Cmid
    conversation: Id
    fence: int
    outcome: Outcome


class AgentAvailable(Inbound):
    """Whether this agent takes new conversations."""

    type: Literal["available"] = "available"
    available: bool


class AgentTyping(Inbound):
    type: Literal["typing"] = "typing"
    conversation: Id


AgentFrame = Annotated[
    AgentHello
    | AgentWatch
    | AgentUnwatch
    | AgentClaim
    | AgentSend
    | AgentNote
    | AgentJudge
    | AgentReturnToBot
    | AgentRequeue
    | AgentResolve
    | AgentAvailable
    | AgentTyping
    | Ping,
    Field(discriminator="type"),
]


class AgentWelcome(Outbound):
    type: Literal["welcome"] = "welcome"
    version: int = VERSION
    agent: AgentCard
    max_chats: int
    available: bool
    limits: Limits = Limits()


class Watching(Outbound):
    """Answer to `watch`; the events after the asked seq follow. `resumed` false: forget the log, it follows whole."""

    type: Literal["watching"] = "watching"
    conversation: Id
    epoch: Id
    head: int
    resumed: bool


class QueueRow(Outbound):
    """One live handoff: waiting for somebody, or with an agent."""

    conversation: Id
    state: Literal["waiting", "active"]
    customer_name: str
    reason: Reason
    priority: int
    last_text: str
    last_from: Literal["customer", "bot", "agent"]
    last_at: datetime
    waiting_since: datetime | None = Field(
        description="First customer message without an answer by a person."
    )
    agent: AgentCard | None
    customer_online: bool


class QueueState(Outbound):
    """The whole queue, sent on connecting and at every change. A lower version than the last one seen is old."""

    type: Literal["queue"] = "queue"
    version: int
    rows: list[QueueRow]
    agents: list[AgentCard] = Field(description="Agents online and available.")
    mine_active: int
    max_chats: int


class ConversationStatus(Outbound):
    """How a watched conversation stands now: whose it is, and the fence that writes need."""

    type: Literal["status"] = "status"
    conversation: Id
    owner: Owner
    fence: int
    agent: AgentCard | None
    customer_name: str
    customer_online: bool
    outcome: Outcome | None
    packet: Packet | None = Field(
        default=None,
        description="The latest packet, following what the customer says until an agent joins. Null: as in the log.",
    )


AgentOutFrame = Annotated[
    AgentWelcome
    | Event
    | Watching
    | Accepted
    | Rejected
    | Head
    | QueueState
    | ConversationStatus
    | Typing
    | Bye,
    Field(discriminator="type"),
]

AGENT_FRAMES: TypeAdapter[AgentFrame] = TypeAdapter(AgentFrame)
