"""Joins what connections need: the switchboard, the cursors, the paths of sockets and polls. `main` takes it as one part."""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from handoff.app import longpoll
from handoff.app.agent_frames import AgentFrames
from handoff.app.agent_session import Consoles
from handoff.app.agent_socket import SESSION_SECONDS, AgentSockets, StaffDoor
from handoff.app.cursors import FLUSH_SECONDS, Cursors
from handoff.app.customer_session import Allowed, Customers
from handoff.app.customer_socket import CustomerSockets
from handoff.app.limits import Limiter
from handoff.app.settings import Settings
from handoff.app.signin import Sessions
from handoff.app.switchboard import Room, Switchboard, every
from handoff.desk import Desk
from handoff.judging import Judging
from handoff.ports import Doorbell, Store
from handoff.presence import Attendance
from handoff.queue import Queue
from handoff.views import Views


class Sockets:
    def __init__(
        self, settings: Settings, store: Store, doorbell: Doorbell, desk: Desk, queue: Queue, views: Views, judging: Judging,
        attendance: Attendance, sessions: Sessions, limiter: Limiter,
    ) -> None:  # fmt: skip
        pace = settings.frames_per_10_seconds
        room = Room(
            settings.most_connections, settings.connections_per_address, settings.handshakes_per_minute
        )
        self.switchboard = Switchboard(store, doorbell, room)
        self._cursors = Cursors(store, doorbell)
        allowed = Allowed(pace, settings.messages_per_minute, settings.conversations_per_hour)
        self._customers = Customers(
            store, doorbell, desk, attendance.customers, limiter, self.switchboard, self._cursors, allowed
        )
        frames = AgentFrames(queue, judging)
        self._consoles = Consoles(
            store, doorbell, queue, views, frames, attendance, self.switchboard, self._cursors, pace
        )
        self._door = StaffDoor(store, sessions)
        self._customer = CustomerSockets(self._customers, sessions, self.switchboard)
        self._agent = AgentSockets(self._consoles, self._door, self.switchboard)
        self._drain_seconds = settings.drain_seconds

    def routes(self) -> Sequence[BaseRoute]:
        """What is asked over plain requests."""
        return longpoll.create_router(self._customers, self._consoles, self._door, self.switchboard).routes

    def paths(self) -> Mapping[str, ASGIApp]:
        return {"/ws/customer": self._customer, "/ws/agent": self._agent}

    async def run(self) -> None:
        """What happens by the clock, for all connections together."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self.switchboard.run())
            parts.create_task(every(FLUSH_SECONDS, self._cursors.flush))
            parts.create_task(every(SESSION_SECONDS, self._door.check))

    async def drain(self) -> None:
        """Let go of everybody, before the process ends."""
        await self.switchboard.drain(self._drain_seconds)
        await self._cursors.flush()


class Door:
    """Middleware that leads websockets straight to their applications: what requests go through holds memory for each."""

    def __init__(self, app: ASGIApp, paths: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._paths.get(scope["path"]) if scope["type"] == "websocket" else None
        await (path or self._app)(scope, receive, send)
