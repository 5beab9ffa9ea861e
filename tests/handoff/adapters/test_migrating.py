"""Migrations by several processes at once, and migrations that are killed half-way."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from handoff.adapters import engines, schema, tables
from handoff.adapters.engines import connect
from knowledge_base import database as library
from knowledge_base import tables as library_tables
from tests.handoff.adapters.processes import MIGRATE, Crew, forked, migrate_all, migrate_and_die, open_all
from tests.servers import PostgresServer

TABLES = {"handoff": tables.metadata, "library": library_tables.metadata}
VERSIONS = {"handoff": schema.VERSION_TABLE, "library": library.VERSION_TABLE}
GATEWAYS = 4
MOST_SECONDS = 180.0
STRIDE = 3
"""Statements from one kill to the next."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(
    request: pytest.FixtureRequest, folder: Path, postgres: PostgresServer
) -> Iterator[Callable[[], str]]:
    """Makes empty databases; gives their addresses."""
    made: list[str] = []

    def make() -> str:
        made.append(f"migrating_{len(made)}")
        if request.param == "sqlite":
            return f"sqlite:///{folder}/{made[-1]}.db"
        return postgres.create(made[-1])

    yield make
    if request.param == "postgres":
        for name in made:
            postgres.drop(name)


def is_whole(engine: Engine, which: str) -> bool:
    """Whether these tables are exactly those of the code; False when none of them is there."""
    known = set(TABLES[which].tables)
    there = known & set(inspect(engine).get_table_names())
    assert there in (set(), known), f"half a migration: {there}"
    if not there:
        return False
    with engine.connect() as connection:
        options = {
            "version_table": VERSIONS[which],
            "include_name": lambda name, kind, _: kind != "table" or name in known,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, TABLES[which]) == []
    return True


def started_at_once(url: str, *, locked: bool = True) -> list[bool]:
    """Whether each of some gateways could migrate."""
    return Crew(migrate_all, [(url, locked)] * GATEWAYS).results(MOST_SECONDS)


def test_gateways_that_start_at_once_migrate_once(empty: Callable[[], str]) -> None:
    for _ in range(3):
        url = empty()
        assert all(started_at_once(url))
        engine = connect(url)
        assert all(is_whole(engine, which) for which in MIGRATE)
        with engine.connect() as connection:
            for version in VERSIONS.values():
                assert connection.execute(text(f"SELECT count(*) FROM {version}")).scalar() == 1  # noqa: S608 - ours
        engine.dispose()


@pytest.mark.parametrize("which", MIGRATE)
def test_who_migrates_waits_longer_for_another_than_a_message_does(
    folder: Path, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(library, "BUSY_TIMEOUT_SECONDS", 0.1)
    url = f"sqlite:///{folder}/held.db"
    engine = connect(url).execution_options(writes=True)
    with ThreadPoolExecutor(1) as other:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE half_way (id INTEGER)"))
            migrating = other.submit(MIGRATE[which], url)
            with pytest.raises(TimeoutError):
                migrating.result(1.0)
        migrating.result(MOST_SECONDS)
    assert is_whole(engine, which)
    engine.dispose()


@pytest.mark.parametrize("which", MIGRATE)
def test_a_new_file_may_be_opened_by_many_at_once(folder: Path, which: str) -> None:
    """SQLite refuses all but one of those who ask for a write-ahead log, and does not wait."""
    urls = [f"sqlite:///{folder}/new{number}.db" for number in range(60)]
    Crew(open_all, [(urls, which)] * GATEWAYS).results(MOST_SECONDS)


@pytest.mark.parametrize("empty", ["postgres"], indirect=True)
def test_without_the_one_lock_some_of_them_fail(empty: Callable[[], str]) -> None:
    assert not all(well for _ in range(3) for well in started_at_once(empty(), locked=False))


@pytest.mark.slow
@pytest.mark.parametrize("which", MIGRATE)
def test_a_migration_that_is_killed_leaves_nothing_and_the_next_start_completes_it(
    empty: Callable[[], str], which: str
) -> None:
    """After a statement here and there in every migration."""
    killed, statement = 0, 1
    while True:
        url = empty()
        process = forked().Process(target=migrate_and_die, args=(url, which, statement))
        process.start()
        process.join(MOST_SECONDS)
        engine = connect(url)
        if process.exitcode == 0:
            assert is_whole(engine, which)
            engine.dispose()
            break
        assert process.exitcode == -signal.SIGKILL
        assert not is_whole(engine, which)
        MIGRATE[which](url)
        assert is_whole(engine, which)
        engine.dispose()
        killed, statement = killed + 1, statement + STRIDE
    assert killed * STRIDE > len(TABLES[which].tables)
    print(f"{which}: killed {killed} times")  # noqa: T201 - n belongs beside every zero


@pytest.mark.slow
def test_a_migration_of_a_used_database_that_is_killed_keeps_what_is_in_it(empty: Callable[[], str]) -> None:
    """The second migration changes tables that are in use already."""
    url = empty()
    schema.migrate(url, "0001")
    engine = connect(url).execution_options(writes=True)
    with engine.begin() as connection:
        connection.execute(text(A_CUSTOMER))
        connection.execute(text(A_CONVERSATION))
        connection.execute(text(A_HANDOFF))
    for statement in range(1, 1_000, STRIDE):
        process = forked().Process(target=migrate_and_die, args=(url, "handoff", statement))
        process.start()
        process.join(MOST_SECONDS)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT reason FROM handoff")).scalars().all()
        assert rows == ["asked"]
        if process.exitcode == 0:
            break
    assert statement > 10
    assert is_whole(engine, "handoff")
    engine.dispose()


A_CUSTOMER = "INSERT INTO customer (site_id, id, token_hash, created_at) VALUES ('default', 'k', 'h', '2026-11-22 12:00:00')"
A_CONVERSATION = """INSERT INTO conversation (site_id, id, customer_id, epoch, owner, fence, locale, page, slots, declined,
 rated, last_at, created_at) VALUES ('default', 'c', 'k', 'e', 'queue', 1, 'en', '{}', '{}', false, false,
 '2026-11-22 12:00:00', '2026-11-22 12:00:00')"""
A_HANDOFF = """INSERT INTO handoff (site_id, conversation_id, state, reason, priority, place, waiting_since, enqueued_at)
 VALUES ('default', 'c', 'waiting', 'asked', 0, 1, '2026-11-22 12:00:00', '2026-11-22 12:00:00')"""
