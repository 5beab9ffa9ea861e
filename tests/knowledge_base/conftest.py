import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge_base.answer_log import SqlAnswerLog
from knowledge_base.article import Content
from knowledge_base.database import migrate, open_engine
from knowledge_base.encoder_export import export_encoder
from knowledge_base.index import LiveIndex
from knowledge_base.library import Library
from knowledge_base.markdown import Markdown
from knowledge_base.store import SqlArticleStore
from knowledge_base.wire import DraftIn
from tests.knowledge_base.fakes import WordEncoder
from tests.servers import PostgresServer

RETURNS = DraftIn(
    title="Return an item",
    category="Returns",
    summary="How to send something back.",
    questions=["How do I send something back?"],
    body="## Time\n\nYou may return unused gear within sixty days.\n\n## Label\n\nPrint the label from your order page.",
)
STOVES = DraftIn(
    title="Light a gas stove", category="Gear", body="Open the valve a little and strike a match."
)
BOOTS = DraftIn(
    title="Wax leather boots", category="Gear", body="Brush the boots, then rub warm wax into the seams."
)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the tables and nothing in them, to copy from: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(migrated: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "frontdesk.db"
    shutil.copy(migrated, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The same on Postgres: the name of a database to make copies of."""
    engine = open_engine(postgres.create("library_empty"))
    migrate(engine)
    engine.dispose()
    return "library_empty"


@pytest.fixture
def postgres_engine(postgres: PostgresServer, migrated_postgres: str) -> Iterator[Engine]:
    name = f"library_{secrets.token_hex(6)}"
    engine = open_engine(postgres.create(name, migrated_postgres))
    yield engine
    engine.dispose()
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Engine:
    """For tests that must hold on both databases."""
    name = "engine" if request.param == "sqlite" else "postgres_engine"
    engine = request.getfixturevalue(name)
    assert isinstance(engine, Engine)
    return engine


@pytest.fixture
def store(engine: Engine) -> SqlArticleStore:
    return SqlArticleStore("default", engine)


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def answers(engine: Engine) -> Iterator[SqlAnswerLog]:
    answers = SqlAnswerLog("default", engine)
    yield answers
    answers.close()


@pytest.fixture
def library(store: SqlArticleStore, encoder: WordEncoder, answers: SqlAnswerLog) -> Library:
    return Library(store, LiveIndex(store, encoder), Markdown(), answers)


@pytest.fixture
def publish(library: Library) -> Callable[[DraftIn], str]:
    """Creates and publishes an article; gives its id."""

    def publish(draft: DraftIn) -> str:
        article = library.create(draft, by="Edith")
        library.publish(article.id)
        return article.id

    return publish


@pytest.fixture
def content() -> Content:
    return Content(
        "Return an item", "Send it back within sixty days.\n", "How to.", "Returns", ("Can I return it?",)
    )


@pytest.fixture(scope="session")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real encoder, made once; only for tests marked slow."""
    folder = tmp_path_factory.mktemp("encoder")
    assert export_encoder(folder) is True
    return folder
