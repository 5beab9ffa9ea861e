"""The agent's websocket: one for all open conversations. Thin I/O around a session, open while its sign-in holds."""

from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from handoff.app.agent_session import AgentSession, Consoles
from handoff.app.customer_socket import hangup_of
from handoff.app.inbound import agreed_version, parsed
from handoff.app.link import Hangup, Link, converse, first, received
from handoff.app.origin import origin
from handoff.app.signin import COOKIE, Sessions
from handoff.app.switchboard import Switchboard
from handoff.desk import hashed
from handoff.errors import HandoffError, NotAllowed, NotSignedIn
from handoff.ports import Store
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


class AgentSockets:
    """An ASGI application for one path."""

    def __init__(
        self, consoles: Consoles, store: Store, sessions: Sessions, switchboard: Switchboard
    ) -> None:
        self._consoles = consoles
        self._store = store
        self._sessions = sessions
        self._switchboard = switchboard
        self._signed_in: dict[Link, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await converse(scope, receive, send, self._talk)

    async def _talk(self, scope: Scope, receive: Receive, link: Link) -> None:
        address = origin(scope)
        connection = HTTPConnection(scope)
        with self._switchboard.line(address):
            if not self._sessions.own_origin(connection, missing_is_fine=False):
                raise Hangup(FOREIGN_ORIGIN, "Open the console from its own address.")
            self._switchboard.shake_hands(address)
            try:
                agent = await self._sessions.require(connection, "agent")
            except NotSignedIn as error:
                raise Hangup(NOT_SIGNED_IN) from error
            except NotAllowed as error:
                raise Hangup(NOT_ALLOWED) from error
            except HandoffError as error:
                raise hangup_of(error) from error
            version = _version(await first(receive))
            session = AgentSession(self._consoles, link, agent)
            self._signed_in[link] = hashed(connection.cookies[COOKIE])
            try:
                await session.begin(version)
                while True:
                    await session.take(await received(receive))
            finally:
                session.leave()
                del self._signed_in[link]

    async def check(self) -> None:
        """Hang up on everybody whose sign-in ended, or who is no agent any more: one read for all of them."""
        if not self._signed_in:
            return
        tokens = frozenset(self._signed_in.values())
        found = await self._store.read(lambda tx: {token: tx.session_agent(token) for token in tokens})
        agents = {token for token, agent in found.items() if agent is not None and "agent" in agent.roles}
        for link, token in list(self._signed_in.items()):
            if token not in agents and token in tokens:
                link.hang_up(Hangup(NOT_SIGNED_IN))


def _version(text: str) -> int:
    try:
        frame = parsed(AGENT_FRAMES, text)
    except ValidationError as error:
        raise Hangup(BAD_FRAME) from error
    if not isinstance(frame, AgentHello):
        raise Hangup(NO_HELLO)
    version = agreed_version(frame.version, frame.oldest)
    if isinstance(version, Closing):
        raise Hangup(version)
    return version
