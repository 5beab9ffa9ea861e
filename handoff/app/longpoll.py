"""The customer's link over plain requests: the same sessions as a websocket, with a box where the frames gather.

Each request is a resume of its own, so any gateway may answer the next one, and nothing is kept in between.
"""

import asyncio
import hashlib
import json

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from handoff.app.customer_session import Customers, CustomerSession
from handoff.app.customer_socket import hangup_of
from handoff.app.link import Hangup
from handoff.app.origin import origin
from handoff.app.switchboard import Switchboard
from handoff.errors import HandoffError
from handoff.protocol import MAX_FRAME, CustomerPoll, CustomerStatus, CustomerWelcome, Head, PollReply
from handoff.protocol.closing import TOO_BIG

PATH = "/api/customer/poll"


class Mailbox:
    """An outlet that keeps what it is given, and says when there is something worth a reply."""

    def __init__(self, shown: str | None) -> None:
        """`shown`: the status that the reader has. None: whatever comes first is not news by itself."""
        self.frames: list[BaseModel] = []
        self.news = asyncio.Event()
        self.shown = shown

    def send(self, frame: BaseModel, text: str | None = None) -> None:
        self.frames.append(frame)
        if isinstance(frame, CustomerStatus):
            status = hashlib.blake2b(frame.model_dump_json().encode(), digest_size=12).hexdigest()
            if self.shown is not None and status != self.shown:
                self.news.set()
            self.shown = status
        elif not isinstance(frame, CustomerWelcome | Head):
            self.news.set()

    def hang_up(self, hangup: Hangup) -> None:
        self.send(hangup.bye)

    async def room(self) -> None:
        """What is in the log fits: a reply ends with it."""

    def text(self) -> str:
        frames = ",".join(frame.model_dump_json() for frame in self.frames)
        return f'{{"frames":[{frames}],"shown":{json.dumps(self.shown or "")}}}'


def create_router(customers: Customers, switchboard: Switchboard) -> APIRouter:
    router = APIRouter(tags=["customers"])

    @router.post(PATH, response_model=PollReply)
    async def poll(asked: CustomerPoll, request: Request) -> Response:
        """Says hello, takes frames, and answers with what a socket would have been sent."""
        address = origin(request.scope)
        box = Mailbox(asked.shown)
        try:
            with switchboard.line(address):
                session = await customers.seated(asked.hello, address, box)
                try:
                    await _converse(session, asked, box, request)
                finally:
                    session.leave()
        except Hangup as hangup:
            box.hang_up(hangup)
        except HandoffError as error:
            box.hang_up(hangup_of(error))
        return Response(box.text(), media_type="application/json")

    return router


async def _converse(session: CustomerSession, asked: CustomerPoll, box: Mailbox, request: Request) -> None:
    await session.settled()
    if asked.hello.conversation is None:
        box.news.set()  # who has nothing yet waits for nothing
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
