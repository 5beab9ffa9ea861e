import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from handoff.adapters import engines
from handoff.adapters.store_sql import SqlStore
from handoff.errors import BadInput, NotFound, StoreUnavailable
from handoff.log import CUSTOMER
from handoff.ports import Transaction
from tests.handoff.adapters.chats import begin, connection_of, engine_of, say


async def same_commit(store: SqlStore, *changes: Callable[[Transaction], object]) -> Sequence[object]:
    """Run these in one group: the writer is held by a first change until all the others are queued."""
    hold = threading.Event()

    def first(tx: Transaction) -> object:
        return hold.wait(5)

    running: list[asyncio.Future[object]] = [asyncio.ensure_future(store.write(first))]
    await asyncio.sleep(0.05)
    running += [asyncio.ensure_future(store.write(change)) for change in changes]
    await asyncio.sleep(0.02)
    hold.set()
    return (await asyncio.gather(*running, return_exceptions=True))[1:]


@pytest.fixture
def commits(store: SqlStore) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Connection) -> None:
        seen.append("commit")

    event.listen(engine_of(store), "commit", note)
    yield seen
    event.remove(engine_of(store), "commit", note)


# durability


async def test_the_pragmas_that_durability_rests_on(store: SqlStore) -> None:
    def look(tx: Transaction) -> list[object]:
        return [
            connection_of(tx).execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    expected = ["wal", 2, 1, engines.BUSY_TIMEOUT_SECONDS * 1000]
    assert await store.read(look) == expected
    assert await store.write(look) == expected


async def test_what_was_written_is_there_for_another_process(
    store: SqlStore, chats: list[str], folder: Path
) -> None:
    await store.write(say(chats[0], "Hello", "c1"))
    with sqlite3.connect(folder / "frontdesk.db") as other:
        assert other.execute("SELECT seq, cmid FROM event").fetchall() == [(1, "c1")]
    other.close()


async def test_a_folder_that_is_missing_is_made(folder: Path) -> None:
    store = SqlStore(f"sqlite:///{folder}/deep/er/frontdesk.db")
    assert await store.read(lambda tx: connection_of(tx).execute(text("SELECT 1")).scalar()) == 1
    await store.close()


# group commit


async def test_waiting_changes_share_a_commit(store: SqlStore, chats: list[str], commits: list[str]) -> None:
    said = await same_commit(store, *(say(chats[0], f"line {n}") for n in range(20)))
    assert said == list(range(1, 21))
    assert len(commits) == 2


@pytest.mark.parametrize(
    "error", [BadInput("no"), ValueError("no"), KeyError("no"), RuntimeError("no"), NotFound("no")]
)
async def test_one_failing_change_does_not_fail_its_neighbours(
    store: SqlStore, chats: list[str], error: Exception
) -> None:
    def fails(tx: Transaction) -> None:
        tx.append(chats[0], CUSTOMER, "message", {"text": "never"})
        tx.touch_queue()
        raise error

    said = await same_commit(store, say(chats[0], "before"), fails, say(chats[0], "after"))
    assert said[0] == 1
    assert said[1] is error
    assert said[2] == 2
    log = await store.read(lambda tx: tx.events(chats[0], 0, 10))
    assert [event.body["text"] for event in log] == ["before", "after"]
    assert await store.read(lambda tx: tx.queue_version()) == 0


async def test_a_bug_that_no_future_takes_leaves_nobody_waiting(store: SqlStore, chats: list[str]) -> None:
    def runs_out(_tx: Transaction) -> object:
        return next(iter(()))

    async with asyncio.timeout(10):
        broken, *others = await same_commit(store, runs_out, *(say(chat, "hello") for chat in chats))
    assert isinstance(broken, RuntimeError)
    assert others == [1] * len(chats)


async def test_a_change_that_breaks_a_constraint_fails_alone(store: SqlStore, chats: list[str]) -> None:
    said = await same_commit(
        store,
        say(chats[0], "before"),
        begin(chats[1]),
        begin("x", "no such customer"),
        say(chats[0], "after"),
    )
    assert (said[0], said[3]) == (1, 2)
    for refused in said[1:3]:
        assert isinstance(refused, StoreUnavailable)
        assert isinstance(refused.__cause__, IntegrityError)


async def test_a_commit_that_fails_reaches_all_and_nothing_is_written(
    store: SqlStore, chats: list[str]
) -> None:
    failing = True

    def full_disk(connection: Connection) -> None:
        if failing:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk is full"))

    event.listen(engine_of(store), "commit", full_disk)
    told = await same_commit(store, say(chats[0], "one"), say(chats[1], "two"), begin("new"))
    assert [type(answer) for answer in told] == [StoreUnavailable] * 3
    failing = False
    assert await store.read(lambda tx: tx.events(chats[0], 0, 9)) == []
    with pytest.raises(NotFound):
        await store.read(lambda tx: tx.conversation("new"))
    assert await store.write(say(chats[0], "three")) == 1


async def test_trouble_of_the_database_itself_fails_the_whole_group(
    store: SqlStore, chats: list[str]
) -> None:
    def trouble(tx: Transaction) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("disk I/O error"))

    told = await same_commit(store, say(chats[0], "one"), trouble, say(chats[1], "two"))
    assert [type(answer) for answer in told] == [StoreUnavailable] * 3
    assert await store.write(say(chats[0], "again")) == 1


async def test_a_database_that_somebody_else_holds_is_said_to_be_unavailable(
    store: SqlStore, chats: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_SECONDS", 0)
    hasty = SqlStore(f"sqlite:///{folder}/frontdesk.db")
    holder = sqlite3.connect(folder / "frontdesk.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        await hasty.write(say(chats[0], "no"))
    assert await hasty.read(lambda tx: tx.conversation(chats[0]).last_seq) == 0  # readers never wait
    holder.execute("ROLLBACK")
    holder.close()
    assert await hasty.write(say(chats[0], "yes")) == 1
    await hasty.close()


async def test_nobody_hears_before_the_commit(store: SqlStore, chats: list[str]) -> None:
    answered = asyncio.Event()
    seen: list[bool] = []

    def look(connection: Connection) -> None:
        seen.append(answered.is_set())

    event.listen(engine_of(store), "commit", look)
    writing = asyncio.ensure_future(store.write(say(chats[0], "Hello")))
    writing.add_done_callback(lambda _: answered.set())
    await writing
    assert seen == [False]


async def test_a_caller_who_went_away_does_not_stop_the_writer(store: SqlStore, chats: list[str]) -> None:
    hold = threading.Event()
    writing = asyncio.ensure_future(store.write(lambda tx: hold.wait(5)))
    await asyncio.sleep(0.02)
    writing.cancel()
    hold.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.write(say(chats[0], "still here")) == 1


async def test_a_reader_sees_one_moment(store: SqlStore, chats: list[str]) -> None:
    started, go_on = threading.Event(), threading.Event()

    def query(tx: Transaction) -> tuple[int, int]:
        before = tx.conversation(chats[0]).last_seq
        started.set()
        go_on.wait(5)
        return before, tx.conversation(chats[0]).last_seq

    reading = asyncio.ensure_future(store.read(query))
    await asyncio.to_thread(started.wait, 5)
    await store.write(say(chats[0], "meanwhile"))
    go_on.set()
    assert await reading == (0, 0)


async def test_a_reader_that_fails_leaves_nothing_behind(store: SqlStore, chats: list[str]) -> None:
    def sneaky(tx: Transaction) -> None:
        say(chats[0], "sneaky")(tx)
        raise BadInput("no")

    with pytest.raises(BadInput):
        await store.read(sneaky)
    assert await store.read(lambda tx: tx.events(chats[0], 0, 9)) == []


# closing


async def test_a_closed_store_says_so_and_what_was_asked_before_is_done(
    database_url: str, chats: list[str]
) -> None:
    store = SqlStore(database_url)
    writing = [asyncio.ensure_future(store.write(say(chats[0], f"line {n}"))) for n in range(100)]
    await asyncio.sleep(0)
    await store.close()
    await store.close()
    assert await asyncio.gather(*writing) == list(range(1, 101))
    with pytest.raises(StoreUnavailable):
        await store.write(say(chats[0], "late"))
    with pytest.raises(StoreUnavailable):
        await store.read(lambda tx: tx.agents())
