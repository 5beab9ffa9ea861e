"""The customer's websocket: thin I/O around a session."""

from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from handoff.app.customer_session import Customers
from handoff.app.inbound import parsed
from handoff.app.link import Hangup, Link, converse, first, received
from handoff.app.origin import origin
from handoff.app.signin import Sessions
from handoff.app.switchboard import Switchboard
from handoff.errors import HandoffError
from handoff.protocol import CUSTOMER_FRAMES, CustomerHello
from handoff.protocol.closing import BAD_FRAME, FOREIGN_ORIGIN, NO_HELLO, UNAVAILABLE

_WAIT_SECONDS = 2.0


def hangup_of(error: HandoffError) -> Hangup:
    """For an error that let nobody in: come back later where that may help."""
    closing = UNAVAILABLE if error.retryable else BAD_FRAME
    return Hangup(closing, error.message, name=error.code, wait=_WAIT_SECONDS if error.retryable else None)


class CustomerSockets:
    """An ASGI application for one path."""

    def __init__(self, customers: Customers, sessions: Sessions, switchboard: Switchboard) -> None:
        self._customers = customers
        self._sessions = sessions
        self._switchboard = switchboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await converse(scope, receive, send, self._talk)

    async def _talk(self, scope: Scope, receive: Receive, link: Link) -> None:
        address = origin(scope)
        with self._switchboard.line(address):
            if not self._sessions.may_embed(HTTPConnection(scope)):
                raise Hangup(FOREIGN_ORIGIN)
            self._switchboard.shake_hands(address)
            hello = _hello(await first(receive))
            try:
                session = await self._customers.seated(hello, address, link)
            except HandoffError as error:
                raise hangup_of(error) from error
            del hello
            try:
                while True:
                    await session.take(await received(receive))
            finally:
                session.leave()


def _hello(text: str) -> CustomerHello:
    try:
        frame = parsed(CUSTOMER_FRAMES, text)
    except ValidationError as error:
        raise Hangup(BAD_FRAME) from error
    if not isinstance(frame, CustomerHello):
        raise Hangup(NO_HELLO)
    return frame
