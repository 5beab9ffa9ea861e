"""The peer: python-socketio as its documentation sets it up for several processes, with acknowledgements.

`python -m benchmarks.delivery.peer PORT REDIS_URL` serves one of its processes. Whoever connects names a room; what is
said in a room is passed on to everybody else in it, by way of Redis. Its server has no connection state recovery.
"""

import contextlib
import http.client
import subprocess
import sys
from typing import Any

import socketio  # type: ignore[import-not-found,import-untyped,unused-ignore]
import uvicorn

from tests.servers import LOOPBACK, _Server

ACK_SECONDS = 2
"""After which a client says it again, as in Socket.IO's page on delivery guarantees."""
AGAIN_SECONDS = 0.05


class PeerServer(_Server):
    """One process of it."""

    starts_within = 90.0

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        super().__init__()

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "benchmarks.delivery.peer", str(self.port), self._redis_url]

    def _started(self, log: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
        )

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=2)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", "/socket.io/?EIO=4&transport=polling")
            return connection.getresponse().status == 200
        return False


class PeerClient:
    """One participant; `got` is what it was told, in the order it came."""

    def __init__(self, port: int, room: str) -> None:
        self.got: list[str] = []
        self._url = f"http://{LOOPBACK}:{port}"
        self._room = room
        self._client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=1)
        self._client.on("said", self._said)

    async def start(self) -> None:
        await self._client.connect(self._url, auth={"room": self._room}, transports=["websocket"], retry=True)

    async def close(self) -> None:
        with contextlib.suppress(Exception):  # whatever is broken by now
            await self._client.shutdown()

    async def _said(self, data: dict[str, str]) -> None:
        self.got.append(data["text"])

    async def say(self, text: str) -> None:
        """Until it is acknowledged."""
        while True:
            try:
                await self._client.call("say", {"room": self._room, "text": text}, timeout=ACK_SECONDS)
            except (socketio.exceptions.SocketIOError, OSError):
                await self._client.sleep(AGAIN_SECONDS)
            else:
                return


def create_app(redis_url: str) -> Any:
    server = socketio.AsyncServer(
        async_mode="asgi", client_manager=socketio.AsyncRedisManager(redis_url), cors_allowed_origins="*"
    )

    @server.event  # type: ignore[untyped-decorator,unused-ignore]
    async def connect(sid: str, _environ: dict[str, Any], auth: dict[str, str] | None) -> None:
        if auth:
            await server.enter_room(sid, auth["room"])

    @server.event  # type: ignore[untyped-decorator,unused-ignore]
    async def say(sid: str, data: dict[str, str]) -> str:
        await server.emit("said", data, room=data["room"], skip_sid=sid)
        return "heard"

    return socketio.ASGIApp(server)


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[2]), host=LOOPBACK, port=int(sys.argv[1]), log_level="warning")
