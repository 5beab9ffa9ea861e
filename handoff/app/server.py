"""How the gateway is served: one set of options wherever it is started, a drain before the end, and no wait for the deaf."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from handoff.protocol import MAX_FRAME

PING_SECONDS = 20
"""A page that has not answered a ping for as long is gone."""
BACKLOG = 4_096
"""Connections that the system keeps for us while everybody comes at once."""


class Wire(WebSocketsSansIOProtocol):
    """A close does not wait for a reader who takes nothing: they would not read the goodbye either."""

    async def send(self, message: ASGISendEvent) -> None:
        if message["type"] == "websocket.close" and not self.writable.is_set():
            self.transport.abort()
            return
        await super().send(message)


class Server(uvicorn.Server):
    """Stops in two steps: nobody new comes in and everybody is let go, then the process ends."""

    def __init__(
        self, config: uvicorn.Config, app: FastAPI, listens: Callable[[str], None] = lambda _url: None
    ) -> None:
        super().__init__(config)
        self._app = app
        self._listens = listens

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self._listens(f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        drained = asyncio.ensure_future(self._app.state.sockets.drain())
        while not drained.done() and not self.force_exit:  # noqa: ASYNC110 - a second signal sets a plain flag
            await asyncio.sleep(0.05)
        drained.cancel()
        await super().shutdown(sockets)


def options() -> dict[str, Any]:
    """Options of uvicorn. Its own limit of a frame is wider than ours, so that a `bye` can say what was wrong."""
    return {
        "ws": Wire,
        "ws_max_size": MAX_FRAME + 1024,
        "ws_per_message_deflate": False,  # costs 40 KiB a socket, and lets secrets be guessed by size
        "ws_ping_interval": PING_SECONDS,
        "ws_ping_timeout": PING_SECONDS,
        "backlog": BACKLOG,
        "timeout_graceful_shutdown": 5,
        "log_config": None,  # its lines go where ours go, masked
        "access_log": False,
        "log_level": "warning",
    }


def serve(app: FastAPI, host: str, port: int, listens: Callable[[str], None]) -> None:
    """Until a signal says to stop. `listens` is told the address once the port is ours."""
    Server(uvicorn.Config(app, host=host, port=port, **options()), app, listens).run()
