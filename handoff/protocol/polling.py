"""The customer's link where websockets are blocked: the same frames, carried by requests that wait for news."""

from typing import Any

from pydantic import Field

from handoff.protocol.customer import CustomerHello, CustomerOutFrame
from handoff.protocol.parts import Inbound, Outbound

MOST_FRAMES = 20
"""Frames in one request."""
LONGEST_WAIT_SECONDS = 25.0


class CustomerPoll(Inbound):
    """`POST /api/customer/poll`: hello, then frames as on a socket. Answered when there is news, or after the wait.

    To send without waiting for the request under way, send another one with `wait_seconds` 0: events may then come
    twice, and are dropped by their seq.
    """

    hello: CustomerHello
    frames: list[Any] = Field(
        default=[], max_length=MOST_FRAMES, description="Frames as on a socket, but hello."
    )
    wait_seconds: float = Field(default=0.0, ge=0, le=LONGEST_WAIT_SECONDS)
    shown: str | None = Field(
        default=None, max_length=40, description="From the last reply: the status that the page has."
    )


class PollReply(Outbound):
    """What a socket would have been sent: `welcome` first, and `bye` last where a socket would have been closed."""

    frames: list[CustomerOutFrame]
    shown: str = Field(description="For the next request.")
