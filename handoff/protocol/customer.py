"""The customer's socket: what the widget sends, and what only the widget gets."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from handoff.protocol.events import Event
from handoff.protocol.parts import (
    MAX_FRAME,
    MAX_TEXT,
    VERSION,
    AgentCard,
    Cmid,
    Contact,
    Id,
    Inbound,
    Outbound,
    Owner,
    Page,
    Seq,
    Text,
    Words,
)
from handoff.protocol.shared import Accepted, Ack, Bye, Head, Ping, Rejected, Typing
from handoff.protocol.summary import Card, CardLines


class CustomerHello(Inbound):
    """First frame. Without token a new customer; without conversation the latest open one, or a new one."""

    type: Literal["hello"] = "hello"
    version: int = Field(default=VERSION, description="The newest protocol that the sender speaks.")
    oldest: int | None = Field(default=None, description="The oldest one it speaks; null: only `version`.")
    token: str | None = Field(default=None, max_length=200)
    conversation: Id | None = None
    epoch: Id | None = None
    seq: Seq = 0
    page: Page = Page()
    locale: str = Field(default="en", max_length=35)


class CustomerSend(Inbound):
    type: Literal["send"] = "send"
    cmid: Cmid
    text: Text


class CustomerChoose(Inbound):
    """A button of a `choices` event."""

    type: Literal["choose"] = "choose"
    cmid: Cmid
    choice_id: Id


class CustomerAskPerson(Inbound):
    """The "talk to a person" button. With nobody online the bot asks how to reach the customer."""

    type: Literal["ask_person"] = "ask_person"
    cmid: Cmid


class CustomerLeaveQueue(Inbound):
    """Stay with the bot, or (`solved`) leave because the question is sorted out."""

    type: Literal["leave_queue"] = "leave_queue"
    cmid: Cmid
    solved: bool = False


class CustomerFeedback(Inbound):
    type: Literal["feedback"] = "feedback"
    cmid: Cmid
    answer_seq: Seq
    helpful: bool


class CustomerContact(Inbound):
    type: Literal["contact"] = "contact"
    cmid: Cmid
    contact: Contact


class CustomerCorrectCard(CardLines):
    """Lines of the card as the customer wants them told, until the conversation is closed. Null leaves a line alone."""

    type: Literal["correct_card"] = "correct_card"
    cmid: Cmid


class CustomerRate(Inbound):
    type: Literal["rate"] = "rate"
    cmid: Cmid
    score: int = Field(ge=1, le=5)
    comment: Words = Field(default="", max_length=MAX_TEXT)


class CustomerClose(Inbound):
    type: Literal["close"] = "close"
    cmid: Cmid


class CustomerTyping(Inbound):
    type: Literal["typing"] = "typing"


CustomerFrame = Annotated[
    CustomerHello
    | CustomerSend
    | CustomerChoose
    | CustomerAskPerson
    | CustomerLeaveQueue
    | CustomerFeedback
    | CustomerContact
    | CustomerCorrectCard
    | CustomerRate
    | CustomerClose
    | CustomerTyping
    | Ack
    | Ping,
    Field(discriminator="type"),
]


class Limits(Outbound):
    text: int = MAX_TEXT
    frame: int = MAX_FRAME


class CustomerWelcome(Outbound):
    """`token` proves who this customer is from now on; keep it. Events after the asked seq follow, then `status`."""

    type: Literal["welcome"] = "welcome"
    version: int = Field(
        default=VERSION, description="What both speak: the newest that is known here and there."
    )
    token: str
    conversation: Id
    epoch: Id
    head: int
    resumed: bool = Field(
        description="Whether the asked epoch held; if not, forget the log: it follows from seq 1."
    )
    bot_name: str
    greeting: str
    limits: Limits = Limits()


class QueuePlace(Outbound):
    position: int = Field(ge=1)
    low_seconds: int | None = Field(
        description="P50 of the wait from this place, by the last served or a first guess; null while nobody is there."
    )
    high_seconds: int | None = Field(description="P90 of the same.")


class CustomerStatus(Outbound):
    """Where the customer stands now. Replaces the one before; has no seq and is not in the log."""

    type: Literal["status"] = "status"
    conversation: Id
    owner: Owner
    agent: AgentCard | None
    queue: QueuePlace | None
    agents_online: int
    bot_thinking: bool
    may_rate: bool
    agent_away: bool = Field(default=False, description="The agent lost the connection; they may come back.")
    read_seq: int = Field(default=0, description="How far a person has read this conversation.")
    may_leave_details: bool = Field(
        default=False, description="Nobody is there, or the wait is long: offer an e-mail or a call back."
    )
    card: Card | None = Field(
        default=None,
        description="What a person will be told; null while none is called, offered or on the way.",
    )


CustomerOutFrame = Annotated[
    CustomerWelcome | Event | Accepted | Rejected | Head | CustomerStatus | Typing | Bye,
    Field(discriminator="type"),
]

CUSTOMER_FRAMES: TypeAdapter[CustomerFrame] = TypeAdapter(CustomerFrame)
