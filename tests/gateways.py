"""Real gateway processes for tests, several on one database and one Redis.

    with GatewayServer(database_url, redis_url) as gateway:
        Customer(gateway.base)

The app is the product's own; only the library is small, so that it starts in a second. `polls=False` takes away what
repairs lost rings: a test that still passes then proves nothing.
"""

import asyncio
import http.client
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from tests.servers import LOOPBACK, _Server

ROOT = Path(__file__).parents[1]


class GatewayServer(_Server):
    """A gateway on a free port. `settings` are FRONTDESK_… variables by their lower-case names."""

    starts_within = 90.0

    def __init__(
        self, database_url: str, redis_url: str = "", *, polls: bool = True, **settings: str
    ) -> None:
        self._polls = polls
        given = {
            "database_url": database_url, "redis_url": redis_url, "service_secret": "a-secret-of-the-tests",
            "rasa_url": f"http://{LOOPBACK}:1", "drain_seconds": "0", "frames_per_10_seconds": "100000",
            "messages_per_minute": "1000000",
        } | settings  # fmt: skip
        self._environment = os.environ | {f"FRONTDESK_{key.upper()}": value for key, value in given.items()}
        super().__init__()

    @property
    def base(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def _command(self) -> list[str]:
        without = [] if self._polls else ["--without-polls"]
        return [sys.executable, "-m", "tests.gateways", str(self.port), *without]

    def _ready(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _started(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command(), cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            process_group=0,
        )  # fmt: skip


async def _never() -> None:
    await asyncio.Event().wait()


def serve(port: int, without_polls: Annotated[bool, typer.Option()] = False) -> None:
    import uvicorn

    from handoff.app.main import create_app
    from handoff.app.polls import Polls
    from handoff.app.server import Server, options
    from handoff.app.settings import load_settings
    from knowledge_base.answer_log import SqlAnswerLog
    from knowledge_base.database import migrate, open_engine
    from knowledge_base.index import LiveIndex
    from knowledge_base.library import Library
    from knowledge_base.markdown import Markdown
    from knowledge_base.store import SqlArticleStore
    from tests.knowledge_base.fakes import WordEncoder

    if without_polls:
        Polls.run = lambda _self: _never()  # type: ignore[assignment, method-assign]
    settings = load_settings()
    engine = open_engine(settings.database_url)
    migrate(engine)
    articles = SqlArticleStore(settings.site_id, engine)
    library = Library(
        articles, LiveIndex(articles, WordEncoder()), Markdown(), SqlAnswerLog(settings.site_id, engine)
    )
    app = create_app(settings, library=library)
    Server(uvicorn.Config(app, host=LOOPBACK, port=port, **options()), app).run()


if __name__ == "__main__":
    typer.run(serve)
