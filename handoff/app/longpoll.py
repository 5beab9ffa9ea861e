"""The link over plain requests: the same sessions as a websocket, with a box where the frames gather.

Each request is a resume of its own, so any gateway may answer the next one, and nothing is kept in between.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from handoff.app.agent_session import AgentSession, Consoles
from handoff.app.agent_socket import StaffDoor, agreed
from handoff.app.customer_session import Customers
from handoff.app.customer_socket import hangup_of
from handoff.app.link import Hangup
from handoff.app.origin import origin
from handoff.app.switchboard import Switchboard
from handoff.errors import HandoffError
from handoff.presence import Board
from handoff.protocol import (
    MAX_FRAME,
    AgentPoll,
    AgentPollReply,
    AgentWelcome,
    ConversationStatus,
    CustomerPoll,
    CustomerStatus,
    CustomerWelcome,
    Head,
    PollReply,
    QueueState,
    Rejected,
    Watching,
)
from handoff.protocol.closing import TOO_BIG

CUSTOMERS = "/api/customer/poll"
AGENTS = "/api/agent/poll"
PATHS = frozenset({CUSTOMERS, AGENTS})
QUEUE_SECONDS = 5.0
"""A console that cannot be shown the queue by then is answered without it."""
LINGER_SECONDS = 5.0
"""An agent counts as here for this long after a reply: the next request is on its way."""


class Mailbox:
    """An outlet that keeps what it is given, and says when there is something worth a reply.

    How things stand (statuses, the queue) is told whole each time, and is news only if the reader has it otherwise.
    """

    def __init__(self, had: str | None) -> None:
        """`had`: what the reader was shown. None: whatever comes first is not news by itself."""
        self.news = asyncio.Event()
        self.queue_came = asyncio.Event()
        self._had = had
        self._frames: list[str] = []
        self._standing: dict[str, str] = {}
        self._compares = False

    def send(self, frame: BaseModel, text: str | None = None) -> None:
        self._frames.append(text or frame.model_dump_json())
        if (standing := self._as_standing(frame)) is not None:
            changes = self._standing.get(standing[0]) != standing[1]
            self._standing |= [standing]
            if changes and self._compares:
                self.news.set()
        elif not isinstance(frame, CustomerWelcome | AgentWelcome | Watching | Head):
            self.news.set()
        if isinstance(frame, QueueState):
            self.queue_came.set()

    def _as_standing(self, frame: BaseModel) -> tuple[str, str] | None:
        """What it tells the state of, and that state."""
        match frame:
            case CustomerStatus() | ConversationStatus():
                return frame.conversation, frame.model_dump_json()
            case QueueState():  # its version and the seconds of offers change while it stays the same
                running = {"version": True, "rows": {"__all__": {"offer_seconds"}}}
                return "queue", frame.model_dump_json(exclude=running)  # type: ignore[arg-type]
            case Rejected() if not self._compares:  # what it asked to follow is refused as before
                return f"refused {frame.conversation}", frame.message
        return None

    def compare(self) -> None:
        """Everything is here that a socket would begin with: from now on any change is news."""
        self._compares = True
        if self._had is not None and self._had != self.shown():
            self.news.set()

    def shown(self) -> str:
        whole = json.dumps(sorted(self._standing.items()))
        return hashlib.blake2b(whole.encode(), digest_size=12).hexdigest()

    def hang_up(self, hangup: Hangup) -> None:
        self.send(hangup.bye)

    async def room(self) -> None:
        """What is in the log fits: a reply ends with it."""

    def reply(self) -> Response:
        text = f'{{"frames":[{",".join(self._frames)}],"shown":{json.dumps(self.shown())}}}'
        return Response(text, media_type="application/json")


def create_router(
    customers: Customers, consoles: Consoles, door: StaffDoor, switchboard: Switchboard
) -> APIRouter:
    router = APIRouter()

    async def answered(box: Mailbox, request: Request, talk: Callable[[str], Awaitable[None]]) -> Response:
        address = origin(request.scope)
        try:
            with switchboard.line(address):
                await talk(address)
        except Hangup as hangup:
            box.hang_up(hangup)
        except HandoffError as error:
            box.hang_up(hangup_of(error))
        return box.reply()

    @router.post(CUSTOMERS, response_model=PollReply, tags=["customers"])
    async def poll(asked: CustomerPoll, request: Request) -> Response:
        """Says hello, takes frames, and answers with what a socket would have been sent."""
        box = Mailbox(asked.shown)

        async def talk(address: str) -> None:
            session = await customers.seated(asked.hello, address, box)
            try:
                await session.settled()
                if asked.hello.conversation is None:
                    box.news.set()  # who has nothing yet waits for nothing
                await _converse(session, asked, box, request)
            finally:
                session.leave()

        return await answered(box, request, talk)

    @router.post(AGENTS, response_model=AgentPollReply, tags=["staff"])
    async def poll_of_agent(asked: AgentPoll, request: Request) -> Response:
        """The same for a console: signed in by its cookie, and from our own pages only."""
        box = Mailbox(asked.shown)

        async def talk(_address: str) -> None:
            door.check_origin(request)
            async with door.let_in(request, box) as agent:
                version = agreed(asked.hello)
                session = AgentSession(consoles, box, agent, consoles.pace_of(agent.id))
                try:
                    await session.begin(version)
                    for watch in asked.hello.watches:
                        await session.follow(watch)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(QUEUE_SECONDS):
                            await box.queue_came.wait()
                    await session.settled()
                    await _converse(session, asked, box, request)
                finally:
                    _stay_a_moment(consoles.attendance.agents, agent.id)
                    session.leave()

        return await answered(box, request, talk)

    return router


class _Session(Protocol):
    async def settled(self) -> None: ...
    async def take(self, text: str) -> None: ...


async def _converse(
    session: _Session, asked: CustomerPoll | AgentPoll, box: Mailbox, request: Request
) -> None:
    box.compare()
    for frame in asked.frames:
        text = json.dumps(frame)
        if len(text) > MAX_FRAME:
            raise Hangup(TOO_BIG)
        await session.take(text)
    waits = [asyncio.ensure_future(box.news.wait()), asyncio.ensure_future(_gone(request))]
    try:
        await asyncio.wait(waits, timeout=asked.wait_seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    await session.settled()


async def _gone(request: Request) -> None:
    """Until whoever asked is no longer there."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _stay_a_moment(board: Board, agent_id: str) -> None:
    board.enter(agent_id)
    asyncio.get_running_loop().call_later(LINGER_SECONDS, board.leave, agent_id)
