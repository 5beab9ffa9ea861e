"""A real gateway on a free port, with a bot that says what the test wants and a library of three articles."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Engine

from handoff import accounts
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.app.main import create_app
from handoff.app.server import Server, options
from handoff.app.settings import Settings
from handoff.errors import BotError
from handoff.ports import TurnReply, TurnRequest
from handoff.triggers import Wish
from knowledge_base.answer_log import SqlAnswerLog
from knowledge_base.database import migrate as migrate_library
from knowledge_base.database import open_engine
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.store import SqlArticleStore
from knowledge_base.wire import DraftIn
from tests.handoff.app.clients import loopback_listener, sign_in
from tests.knowledge_base.fakes import WordEncoder
from tests.servers import PostgresServer

SECRET = "a-secret-of-the-tests"


def text_reply(text: str, wish: Wish | None = None) -> TurnReply:
    return TurnReply(messages=({"kind": "text", "text": text},), wish=wish)


@dataclass
class Bot:
    """Echoes, unless `answer` says otherwise."""

    answer: Callable[[TurnRequest], TurnReply | BotError | Awaitable[TurnReply]] | None = None
    requests: list[TurnRequest] = field(default_factory=list)

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        self.requests.append(request)
        reply = (
            self.answer(request)
            if self.answer
            else text_reply(f"You said: {request.text or request.payload}")
        )
        if isinstance(reply, BotError):
            raise reply
        return reply if isinstance(reply, TurnReply) else await reply

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        return None

    async def ready(self) -> bool:
        return True

    async def close(self) -> None:
        return None


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the demo's staff and three articles, to copy from."""
    path = tmp_path_factory.mktemp("stocked") / "frontdesk.db"
    stock(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def stocked_postgres(postgres: PostgresServer) -> str:
    """The same on Postgres: the name of a database to make copies of."""
    stock(postgres.create("stocked"))
    return "stocked"


def stock(url: str) -> None:
    migrate(url)

    async def staff() -> None:
        store = SqlStore(url)
        await accounts.add_demo(store, _cheap_hash)
        await store.close()

    asyncio.run(staff())
    engine = open_engine(url)
    migrate_library(engine)
    library = _library(engine)
    for title, body in (
        ("Return an item", "You may return unused gear within sixty days."),
        ("Track a parcel", "Open your order page and press Track."),
        ("Light a stove", "Open the valve a little and strike a match."),
    ):
        library.publish(library.create(DraftIn(title=title, body=body), by="Edith").id)
    engine.dispose()


def _library(engine: Engine) -> Library:
    articles = SqlArticleStore("default", engine)
    log = SqlAnswerLog("default", engine)
    return Library(articles, LiveIndex(articles, WordEncoder()), Markdown(), log)


def _cheap_hash(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """On SQLite; on Postgres where a test is parametrised so."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("stocked"), tmp_path / "frontdesk.db")
        yield _settings(f"sqlite:///{tmp_path}/frontdesk.db", tmp_path)
        return
    template, server = request.getfixturevalue("stocked_postgres"), request.getfixturevalue("postgres")
    name = f"gateway_{secrets.token_hex(6)}"
    yield _settings(server.create(name, template), tmp_path)
    server.drop(name)


def _settings(database_url: str, tmp_path: Path) -> Settings:
    dist = tmp_path / "dist"
    dist.mkdir()
    return Settings(
        database_url=database_url, service_secret=SECRET, dist_dir=dist, turn_seconds=2, turn_total_seconds=3,
        agent_gone_seconds=1, conversations_per_hour=12, messages_per_minute=100_000, drain_seconds=0,
        allowed_origins=["https://shop.example"],
    )  # fmt: skip


@pytest.fixture
async def gateway(settings: Settings, bot: Bot) -> AsyncIterator[str]:
    """The address of a running gateway."""
    engine = open_engine(settings.database_url)
    app = create_app(settings, bot, _library(engine))
    listener = loopback_listener()
    server = Server(uvicorn.Config(app, **options() | {"timeout_graceful_shutdown": 1}), app)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
        if task.done():
            task.result()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
    engine.dispose()


@pytest.fixture(scope="module")
def postgres_for_two(postgres: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """A database on Postgres for all tests of a module: several gateways take seconds to start."""
    name = f"gateways_{secrets.token_hex(6)}"
    yield postgres.create(name, migrated_postgres)
    postgres.drop(name)


@pytest.fixture
async def mara(gateway: str) -> object:
    return await sign_in(gateway, "mara@fernhill.example", accounts.DEMO_PASSWORD)


@pytest.fixture
async def tomas(gateway: str) -> object:
    return await sign_in(gateway, "tomas@fernhill.example", accounts.DEMO_PASSWORD)


@pytest.fixture
async def edith(gateway: str) -> object:
    return await sign_in(gateway, "edith@fernhill.example", accounts.DEMO_PASSWORD)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast suite needs no server: whatever starts a gateway is slow by that alone."""
    for item in items:
        if "gateway" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
