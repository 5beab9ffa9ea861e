import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from tests.handoff.fakes import MEMORY, QUICK, House, ScriptedBot
from tests.servers import PostgresServer

settings.register_profile(
    "handoff", database=None, deadline=None
)  # leaves no folder behind; two cores are often busy
settings.load_profile("handoff")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the tables and nothing in them, to copy from: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where databases lie: in memory where the system has such a place, because every commit waits for the disk."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture
def database_url(migrated: Path, folder: Path) -> str:
    path = folder / "frontdesk.db"
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The same on Postgres: the name of a database to make copies of."""
    migrate(postgres.create("handoff_empty"))
    return "handoff_empty"


@pytest.fixture
def postgres_url(postgres: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """A database of one's own on Postgres, with the tables and nothing in them."""
    name = f"handoff_{secrets.token_hex(6)}"
    yield postgres.create(name, migrated_postgres)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def any_url(request: pytest.FixtureRequest) -> str:
    """For tests that must hold on both databases."""
    return str(request.getfixturevalue("database_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def any_store(any_url: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(any_url)
    yield store
    await store.close()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database_url)
    yield store
    await store.close()


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
async def house(store: SqlStore, bot: ScriptedBot) -> House:
    return House(store, bot)


@pytest.fixture
async def hasty(store: SqlStore, bot: ScriptedBot) -> House:
    """A house in which the time for an answer does run out."""
    return House(store, bot, QUICK)
