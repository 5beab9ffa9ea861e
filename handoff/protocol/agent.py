"""The agent's socket: what the console sends, and what only the console gets."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from handoff.protocol.customer import Limits
from handoff.protocol.events import Event
from handoff.protocol.packet import Packet
from handoff.protocol.parts import (
    MAX_PRIORITY,
    MAX_TEXT,
    VERSION,
    AgentCard,
    Channel,
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
    Words,
)
from handoff.protocol.shared import Accepted, Ack, Bye, Head, Ping, Rejected, Typing


class AgentHello(Inbound):
    type: Literal["hello"] = "hello"
    version: int = VERSION
    oldest: int | None = None


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


class AgentDecline(Inbound):
    """Not me: an offered conversation goes to the next agent, a transfer stays where it is."""

    type: Literal["decline"] = "decline"
    cmid: Cmid
    conversation: Id


class AgentTransfer(Inbound):
    """Ask a colleague, or whoever has a skill, to take the conversation over. It stays with the sender until then."""

    type: Literal["transfer"] = "transfer"
    cmid: Cmid
    conversation: Id
    fence: int
    to_agent: Id | None = None
    to_skill: str = Field(default="", max_length=40)
    note: Words = Field(default="", max_length=MAX_TEXT)


class AgentAccept(Inbound):
    """Take the conversation that a colleague wants to pass on. An offered one is claimed."""

    type: Literal["accept"] = "accept"
    cmid: Cmid
    conversation: Id


class AgentTakeOver(Inbound):
    """A supervisor takes a conversation from whoever has it, as it was last seen: under its fence."""

    type: Literal["take_over"] = "take_over"
    cmid: Cmid
    conversation: Id
    fence: int


class AgentPrioritise(Inbound):
    type: Literal["prioritise"] = "prioritise"
    cmid: Cmid
    conversation: Id
    priority: int = Field(ge=-1, le=MAX_PRIORITY)


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
    | AgentAccept
    | AgentDecline
    | AgentTransfer
    | AgentTakeOver
    | AgentPrioritise
    | AgentSend
    | AgentNote
    | AgentJudge
    | AgentReturnToBot
    | AgentRequeue
    | AgentResolve
    | AgentAvailable
    | AgentTyping
    | Ack
    | Ping,
    Field(discriminator="type"),
]


class AgentWelcome(Outbound):
    type: Literal["welcome"] = "welcome"
    version: int = VERSION
    agent: AgentCard
    max_chats: int
    available: bool
    supervisor: bool = Field(default=False, description="May take over what others have.")
    routing: Literal["pick", "offer"] = Field(
        default="pick", description="Agents pick from the queue, or each conversation is offered to one."
    )
    limits: Limits = Limits()


class Watching(Outbound):
    """Answer to `watch`; the events after the asked seq follow. `resumed` false: forget the log, it follows whole."""

    type: Literal["watching"] = "watching"
    conversation: Id
    epoch: Id
    head: int
    resumed: bool


class Colleague(Outbound):
    """An agent as the others see them."""

    card: AgentCard
    skills: list[str]
    languages: list[str]
    online: bool
    available: bool
    active: int
    max_chats: int


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
    channel: Channel = "chat"
    skill: str = ""
    language: str = ""
    may_take: bool = Field(
        default=True, description="Whether the reader has the skill and the language for it."
    )
    known_agent: AgentCard | None = Field(default=None, description="Who had this customer before.")
    offered_to: AgentCard | None = None
    offer_seconds: float | None = Field(default=None, description="Left to take what is offered.")
    transfer_to: AgentCard | None = None
    transfer_skill: str = ""
    agent_away: bool = False


class QueueState(Outbound):
    """The whole queue, sent on connecting and at every change. A lower version than the last one seen is old."""

    type: Literal["queue"] = "queue"
    version: int
    rows: list[QueueRow]
    agents: list[AgentCard] = Field(description="Agents online and available.")
    mine_active: int
    max_chats: int
    colleagues: list[Colleague] = Field(default=[], description="Everybody with an account of an agent.")
    skills: list[str] = Field(default=[], description="Skills that some agent has.")


class Reach(Outbound):
    """How to reach a customer who is not on the page."""

    channel: Channel
    email: str = ""
    phone: str = ""
    call_at: str = Field(default="", description="When a call suits, in the customer's words.")
    letters: bool = Field(
        default=False,
        description="Replies go out as letters while they are gone; false: the agent has to write or call.",
    )
    letter: Literal["", "waiting", "sent", "failed"] = Field(
        default="", description="What became of the latest letter."
    )


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
    delivered_seq: int = Field(default=0, description="How far the customer's page has got the log.")
    read_seq: int = Field(default=0, description="How far the customer has seen it.")
    agent_away: bool = False
    reach: Reach | None = Field(default=None, description="Null while they left nothing to reach them by.")
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
