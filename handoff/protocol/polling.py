"""The link where websockets are blocked: the same frames, carried by requests that wait for news."""

from typing import Annotated, Any

from pydantic import Field

from handoff.protocol.agent import AgentHello, AgentOutFrame, AgentWatch
from handoff.protocol.customer import CustomerHello, CustomerOutFrame
from handoff.protocol.parts import Inbound, Outbound

MOST_FRAMES = 20
"""Frames in one request."""
MOST_WATCHES = 50
"""Conversations that one request of an agent follows."""
LONGEST_WAIT_SECONDS = 25.0
Frames = Annotated[list[Any], Field(max_length=MOST_FRAMES, description="Frames as on a socket, but hello.")]
Wait = Annotated[float, Field(ge=0, le=LONGEST_WAIT_SECONDS)]
Had = Annotated[
    str | None, Field(max_length=40, description="From the last reply: how things stand as the page has it.")
]
Shown = Annotated[str, Field(description="For the next request.")]


class CustomerPoll(Inbound):
    """`POST /api/customer/poll`: hello, then frames as on a socket. Answered when there is news, or after the wait.

    To send without waiting for the request under way, send another one with `wait_seconds` 0: events may then come
    twice, and are dropped by their seq.
    """

    hello: CustomerHello
    frames: Frames = Field(default=[])
    wait_seconds: Wait = 0.0
    shown: Had = None


class PollReply(Outbound):
    """What a socket would have been sent: `welcome` first, and `bye` last where a socket would have been closed."""

    frames: list[CustomerOutFrame]
    shown: Shown


class AgentPollHello(AgentHello):
    """With every request: what the page follows, and how much of it it has."""

    watches: list[AgentWatch] = Field(default=[], max_length=MOST_WATCHES)


class AgentPoll(Inbound):
    """`POST /api/agent/poll`: the same for a console, signed in by its cookie; `watches` in its hello: what it follows."""

    hello: AgentPollHello
    frames: Frames = Field(default=[])
    wait_seconds: Wait = 0.0
    shown: Had = None


class AgentPollReply(Outbound):
    """The same for a console: the whole queue and the status of what it follows come with every reply."""

    frames: list[AgentOutFrame]
    shown: Shown
