"""What travels on both sockets alike."""

from typing import Literal

from pydantic import Field

from handoff.protocol.parts import Id, Inbound, Outbound, Seq


class Ping(Inbound):
    """Answered by `head`: the cheapest way to learn that a link is alive."""

    type: Literal["ping"] = "ping"


class Ack(Inbound):
    """The reader has everything up to `seq`, and has `read` it up to there. Cumulative; never answered."""

    type: Literal["ack"] = "ack"
    conversation: Id | None = Field(default=None, description="Needed on the agent's socket only.")
    seq: Seq
    read: Seq = 0


class Accepted(Outbound):
    """Sent only after COMMIT. `dup` when this cmid had been accepted before."""

    type: Literal["accepted"] = "accepted"
    cmid: str
    conversation: Id
    seq: int
    dup: bool


class Rejected(Outbound):
    """Nothing was written. `message` is one plain sentence for whoever can act on it."""

    type: Literal["rejected"] = "rejected"
    cmid: str | None
    conversation: Id | None = None
    code: str
    message: str
    retryable: bool
    retry_after_seconds: float | None = None


class Head(Outbound):
    """The newest seq. A reader who is behind says hello (or watch) again."""

    type: Literal["head"] = "head"
    conversation: Id | None
    seq: int


class Typing(Outbound):
    type: Literal["typing"] = "typing"
    conversation: Id
    role: Literal["customer", "bot", "agent"]
    name: str


class Bye(Outbound):
    """The last frame before the gateway closes the socket."""

    type: Literal["bye"] = "bye"
    code: str
    message: str
    retry_after_seconds: float | None = None
