"""The two servers that are compared, each in a process of its own and under the same settings of uvicorn.

`python -m benchmarks.sockets.servers echo FOLDER` prints its port and serves until it is ended.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

BEYOND_MEASURE = 1_000_000_000
"""What is limited by address or by hour is not what is measured here."""


def echo() -> FastAPI:
    """As the framework's first page on websockets shows it."""
    app = FastAPI()

    @app.websocket("/ws/customer")
    async def serve(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect:
            return

    return app


def gateway(folder: Path) -> FastAPI:
    """The product on SQLite, with demo accounts, a bot that says one word and a library without an encoder."""
    from handoff import accounts
    from handoff.adapters.schema import migrate
    from handoff.adapters.store_sql import SqlStore
    from handoff.app.main import create_app
    from handoff.app.settings import Settings
    from handoff.app.signin import hash_password
    from knowledge_base.answer_log import SqlAnswerLog
    from knowledge_base.database import migrate as migrate_library
    from knowledge_base.database import open_engine
    from knowledge_base.index import LiveIndex
    from knowledge_base.library import Library
    from knowledge_base.markdown import Markdown
    from knowledge_base.store import SqlArticleStore
    from tests.knowledge_base.fakes import WordEncoder

    url = f"sqlite:///{folder / 'frontdesk.db'}"
    migrate(url)

    async def staff() -> None:
        store = SqlStore(url)
        await accounts.add_demo(store, hash_password)
        await store.close()

    asyncio.run(staff())
    engine = open_engine(url)
    migrate_library(engine)
    articles = SqlArticleStore("default", engine)
    library = Library(
        articles, LiveIndex(articles, WordEncoder()), Markdown(), SqlAnswerLog("default", engine)
    )
    settings = Settings.model_validate(
        {
            "database_url": url, "service_secret": "x" * 32, "conversations_per_hour": BEYOND_MEASURE,
            "connections_per_address": BEYOND_MEASURE, "handshakes_per_minute": BEYOND_MEASURE, "dist_dir": folder,
        }
    )  # fmt: skip
    return create_app(settings, OneWord(), library)


class OneWord:
    """A bot that costs nothing."""

    async def turn(self, request: Any, timeout_seconds: float) -> Any:
        from handoff.ports import TurnReply

        return TurnReply(messages=({"kind": "text", "text": "Yes."},))

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> None:
        return None

    async def ready(self) -> bool:
        return True

    async def close(self) -> None:
        return None


class Server:
    """One of them in a process of its own, and what that process takes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = tempfile.TemporaryDirectory()
        self.port = 0

    async def __aenter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.sockets.servers", self.name, self._folder.name]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
        assert self._process.stdout
        line = await asyncio.to_thread(self._process.stdout.readline)
        self.port = int(line)
        for _ in range(100):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                break
        await asyncio.sleep(1.0)  # what it does at its start is no cost of a socket
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        self._folder.cleanup()

    def memory(self) -> int:
        """Bytes of it that are in memory now."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds of processor that it has taken so far, to a hundredth."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(name: str, folder: str) -> None:
    from handoff.app.server import options

    app = echo() if name == "echo" else gateway(Path(folder))
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2_048)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, **options())).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
