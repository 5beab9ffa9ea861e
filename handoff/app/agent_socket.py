"""The agent's websocket: one for all open conversations. Thin I/O around a session, open while its sign-in holds.

`StaffDoor` lets in who is signed in, and whoever comes by long-polls through it too.
"""

import contextlib
from collections.abc import AsyncIterator

from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from handoff.app.agent_session import AgentSession, Consoles
from handoff.app.customer_socket import hangup_of
from handoff.app.inbound import agreed_version, parsed
from handoff.app.link import Hangup, Link, Outlet, converse, first, received
from handoff.app.origin import origin
from handoff.app.signin import COOKIE, Sessions
from handoff.app.switchboard import Switchboard
from handoff.desk import hashed
from handoff.errors import HandoffError, NotAllowed, NotSignedIn
from handoff.ports import AgentRecord, Store
from handoff.protocol import AGENT_FRAMES, AgentHello
from handoff.protocol.closing import (
    BAD_FRAME,
    FOREIGN_ORIGIN,
    NO_HELLO,
    NOT_ALLOWED,
    NOT_SIGNED_IN,
    Closing,
)

SESSION_SECONDS = 5.0
"""A sign-in that has ended closes the console's socket within this."""


class StaffDoor:
    """Lets agents in, by the cookie of their sign-in and from our own pages, and out when it ends."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._inside: dict[Outlet, str] = {}

    @contextlib.asynccontextmanager
    async def let_in(self, connection: HTTPConnection, outlet: Outlet) -> AsyncIterator[AgentRecord]:
        """Raises Hangup for whom it is closed."""
        try:
            agent = await self._sessions.require(connection, "agent")
        except NotSignedIn as error:
            raise Hangup(NOT_SIGNED_IN) from error
        except NotAllowed as error:
            raise Hangup(NOT_ALLOWED) from error
        except HandoffError as error:
            raise hangup_of(error) from error
        self._inside[outlet] = hashed(connection.cookies[COOKIE])
        try:
            yield agent
        finally:
            del self._inside[outlet]

    def check_origin(self, connection: HTTPConnection) -> None:
        """Raises Hangup for other websites, and for what is no page."""
        if not self._sessions.own_origin(connection, missing_is_fine=False):
            raise Hangup(FOREIGN_ORIGIN, "Open the console from its own address.")

    async def check(self) -> None:
        """Hang up on everybody whose sign-in ended, or who is no agent any more: one read for all of them."""
        if not self._inside:
            return
        tokens = frozenset(self._inside.values())
        found = await self._store.read(lambda tx: {token: tx.session_agent(token) for token in tokens})
        agents = {token for token, agent in found.items() if agent is not None and "agent" in agent.roles}
        for outlet, token in list(self._inside.items()):
            if token not in agents and token in tokens:
                outlet.hang_up(Hangup(NOT_SIGNED_IN))


class AgentSockets:
    """An ASGI application for one path."""

    def __init__(self, consoles: Consoles, door: StaffDoor, switchboard: Switchboard) -> None:
        self._consoles = consoles
        self._door = door
        self._switchboard = switchboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await converse(scope, receive, send, self._talk)

    async def _talk(self, scope: Scope, receive: Receive, link: Link) -> None:
        address = origin(scope)
        connection = HTTPConnection(scope)
        with self._switchboard.line(address):
            self._door.check_origin(connection)
            self._switchboard.shake_hands(address)
            async with self._door.let_in(connection, link) as agent:
                version = agreed(_hello(await first(receive)))
                session = AgentSession(self._consoles, link, agent)
                try:
                    await session.begin(version)
                    while True:
                        await session.take(await received(receive))
                finally:
                    session.leave()


def agreed(hello: AgentHello) -> int:
    """The version to speak. Raises Hangup where there is none."""
    version = agreed_version(hello.version, hello.oldest)
    if isinstance(version, Closing):
        raise Hangup(version)
    return version


def _hello(text: str) -> AgentHello:
    try:
        frame = parsed(AGENT_FRAMES, text)
    except ValidationError as error:
        raise Hangup(BAD_FRAME) from error
    if not isinstance(frame, AgentHello):
        raise Hangup(NO_HELLO)
    return frame
