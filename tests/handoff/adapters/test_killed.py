"""F17, F19, F20: processes killed while they commit, a full disk, a database that somebody else holds.

Nothing that was accepted is ever missing. `--kills 300` kills more often.
"""

import asyncio
import contextlib
import random
import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handoff.adapters.engines import BUSY_TIMEOUT_SECONDS
from handoff.adapters.store_sql import SqlStore
from handoff.errors import StoreUnavailable
from handoff.ports import Transaction
from tests.handoff.adapters.chats import begin
from tests.handoff.adapters.processes import forked
from tests.handoff.adapters.writing import CHATS, say_once, write_for_ever


@pytest.fixture
async def four_chats(any_store: SqlStore) -> SqlStore:
    await any_store.write(lambda tx: tx.add_customer("k1", "hash"))
    for n in range(CHATS):
        await any_store.write(begin(f"chat{n}"))
    return any_store


def accepted(output: Path) -> list[str]:
    """Whole lines only: what was cut in the middle was not heard."""
    return [line.strip() for line in output.read_text().splitlines(keepends=True) if line.endswith("\n")]


def stored(tx: Transaction) -> dict[str, int]:
    """Every cmid with its turns; the logs are looked at on the way."""
    found: dict[str, int] = {}
    for n in range(CHATS):
        log = tx.events(f"chat{n}", 0, 1_000_000)
        head = tx.conversation(f"chat{n}").last_seq
        assert [event.seq for event in log] == list(range(1, head + 1)), "the log has a gap"
        turns = [turn.cmid for turn in tx.open_turns(f"chat{n}")]
        assert sorted(turns) == sorted(str(event.cmid) for event in log), "half a change"
        for event in log:
            assert event.cmid not in found, "a message is there twice"
            found[str(event.cmid)] = event.seq
    return found


async def killed_again_and_again(url: str, folder: Path, kills: int, *, early: bool = False) -> set[str]:
    """What all the writers that were killed had said was accepted."""
    chance, told = random.Random(19), set()
    for number in range(kills):
        output = folder / f"{number}.txt"
        output.touch()
        writer = forked().Process(target=write_for_ever, args=(url, number, output, early))
        writer.start()
        async with asyncio.timeout(60):
            while not output.stat().st_size:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.005)
        await asyncio.sleep(chance.uniform(0, 0.2))
        writer.kill()
        writer.join()
        told.update(accepted(output))
        if url.startswith("sqlite"):
            assert is_whole(url)
    return told


def is_whole(url: str) -> bool:
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@pytest.mark.slow
async def test_killed_while_it_commits_it_keeps_what_it_accepted(
    four_chats: SqlStore, any_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = int(request.config.getoption("--kills"))
    told = await killed_again_and_again(any_url, tmp_path, kills)
    missing = told - (await four_chats.read(stored)).keys()
    bound = f"lost in a kill: below {3 / kills:.1%} with 95 % confidence"
    print(f"{any_url[:8]}: {kills} kills, {len(told):,} accepted, {len(missing)} missing; {bound}")  # noqa: T201
    assert len(told) > kills
    assert missing == set()


@pytest.mark.slow
async def test_the_same_check_catches_who_says_so_before_the_commit(
    four_chats: SqlStore, any_url: str, tmp_path: Path
) -> None:
    told = await killed_again_and_again(any_url, tmp_path, 5, early=True)
    assert told - (await four_chats.read(stored)).keys()


# a full disk


@pytest.fixture
def little_room(database_url: str) -> Iterator[Callable[[int], None]]:
    """Lets no file of this process grow beyond so many bytes more than the database has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = Path(database_url.removeprefix("sqlite:///"))

    def limit(more: int) -> None:
        size = max(path.stat().st_size, Path(f"{path}-wal").stat().st_size)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + more, hard))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, ignored)


async def test_on_a_full_disk_nothing_is_accepted_and_with_room_everything_again(
    store: SqlStore, little_room: Callable[[int], None], database_url: str
) -> None:
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    for n in range(CHATS):
        await store.write(begin(f"chat{n}"))
    told, refused = set(), 0
    little_room(100_000)
    for n in range(60):
        try:
            await say_once(store, "chat0", f"c{n}", "x" * 4_000)
            told.add(f"c{n}")
        except StoreUnavailable as error:
            assert error.retryable  # noqa: PT017 - most do not raise
            refused += 1
    assert told
    assert refused
    assert set(await store.read(stored)) == told
    little_room(1 << 30)
    for n in range(60):
        await say_once(store, "chat0", f"c{n}", "x" * 4_000)
    assert set(await store.read(stored)) == {f"c{n}" for n in range(60)}
    assert is_whole(database_url)


# somebody else holds it


@pytest.mark.parametrize(("held_seconds", "waits"), [(1.0, True), (BUSY_TIMEOUT_SECONDS + 2.0, False)])
@pytest.mark.slow
async def test_a_locked_file_is_waited_for_but_not_for_ever(
    store: SqlStore, database_url: str, held_seconds: float, waits: bool
) -> None:
    """As while a backup tool holds it. Readers do not notice."""
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    await store.write(begin("chat0"))
    holder = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    writing = asyncio.ensure_future(say_once(store, "chat0", "c1"))
    assert await store.read(lambda tx: tx.conversation("chat0").last_seq) == 0
    if waits:
        await asyncio.sleep(held_seconds)
        holder.execute("ROLLBACK")
        assert await writing == 1
    else:
        with pytest.raises(StoreUnavailable) as refused:
            await writing
        assert refused.value.retryable
        assert BUSY_TIMEOUT_SECONDS - 1 < time.monotonic() - began < held_seconds + 3
        holder.execute("ROLLBACK")
        assert await say_once(store, "chat0", "c1") == 1
    holder.close()


async def test_a_long_reader_and_a_backup_do_not_stop_the_writer(
    store: SqlStore, database_url: str, folder: Path
) -> None:
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    await store.write(begin("chat0"))
    reader = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM event").fetchone() == (0,)
    for n in range(20):
        await say_once(store, "chat0", f"c{n}")
    with sqlite3.connect(folder / "copy.db") as copy:
        reader.execute("COMMIT")
        reader.backup(copy)
        assert copy.execute("SELECT count(*) FROM event").fetchone() == (20,)
    copy.close()
    reader.close()
