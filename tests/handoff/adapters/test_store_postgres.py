"""What Postgres alone can do to a store: several at once, broken off in the middle, gone, back again."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from sqlalchemy import text

from handoff.adapters import engines, store_postgres
from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.desk import Desk
from handoff.errors import BadInput, StoreUnavailable
from handoff.log import CUSTOMER
from handoff.ports import Transaction
from handoff.protocol import CustomerHello
from tests.handoff.adapters.chats import begin, connection_of, say
from tests.servers import PostgresServer

DIE = """CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$"""
DIE_AT_COMMIT = """CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION die()"""


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(postgres_url)
    yield store
    await store.close()


@pytest.fixture
async def other(postgres_url: str) -> AsyncIterator[SqlStore]:
    """The store of another gateway on the same database."""
    other = SqlStore(postgres_url)
    yield other
    await other.close()


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """One that may be killed."""
    with PostgresServer() as server:
        migrate(server.create("kept"))
        yield server


def shown(name: str) -> Callable[[Transaction], str]:
    return lambda tx: str(connection_of(tx).execute(text(f"SHOW {name}")).scalar())


def first_time(act: Callable[[Transaction], object]) -> Callable[[Transaction], int]:
    """A change that says "Hello" in chat0 and lets `act` happen to it the first time; how often it ran."""
    runs = 0

    def change(tx: Transaction) -> int:
        nonlocal runs
        runs += 1
        tx.append("chat0", CUSTOMER, "message", {"text": "Hello"})
        if runs == 1:
            act(tx)
        return runs

    return change


def fails_with(code: str) -> Callable[[Transaction], object]:
    block = f"DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '{code}'; END $$"
    return lambda tx: connection_of(tx).execute(text(block))


def dies(tx: Transaction) -> None:
    """The server ends this connection, in the middle of the transaction."""
    connection_of(tx).execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


# settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("synchronous_commit", "on"),
        ("statement_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "15s"),
        ("fsync", "on"),
    ],
)
async def test_the_settings_that_durability_rests_on(store: SqlStore, name: str, value: str) -> None:
    assert await store.write(shown(name)) == value
    assert await store.read(shown(name)) == value


async def test_a_reader_sees_one_moment_and_writes_nothing(store: SqlStore, chats: list[str]) -> None:
    started = asyncio.Event()

    def query(tx: Transaction) -> tuple[int, int]:
        before = tx.conversation(chats[0]).last_seq
        started.set()
        connection_of(tx).execute(text("SELECT pg_sleep(0.3)"))
        return before, tx.conversation(chats[0]).last_seq

    reading = asyncio.ensure_future(store.read(query))
    await started.wait()
    await store.write(say(chats[0], "meanwhile"))
    assert await reading == (0, 0)
    with pytest.raises(StoreUnavailable):
        await store.read(say(chats[0], "sneaky"))
    assert await store.read(lambda tx: tx.conversation(chats[0]).last_seq) == 1


# several at once


async def test_two_gateways_number_one_log_without_gaps(
    store: SqlStore, other: SqlStore, chats: list[str]
) -> None:
    writes = [each.write(say(chats[0], f"line {n}")) for n in range(100) for each in (store, other)]
    assert sorted(await asyncio.gather(*writes)) == list(range(1, 201))
    log = await other.read(lambda tx: tx.events(chats[0], 0, 500))
    assert [event.seq for event in log] == list(range(1, 201))


async def test_the_same_message_through_two_gateways_at_once_is_one(store: SqlStore, other: SqlStore) -> None:
    desks = [Desk(each, LocalDoorbell()) for each in (store, other)]
    seat = await desks[0].hello(CustomerHello())
    for n in range(20):
        sent = [desk.send(seat.conversation_id, f"Where is parcel {n}?", f"c{n}") for desk in desks * 2]
        receipts = await asyncio.gather(*sent)
        assert len({receipt.seq for receipt in receipts}) == 1
        assert sorted(receipt.dup for receipt in receipts) == [False, True, True, True]
    log = await store.read(lambda tx: tx.events(seat.conversation_id, 0, 500))
    assert [event.cmid for event in log if event.author == CUSTOMER] == [f"c{n}" for n in range(20)]


async def test_two_tabs_that_begin_at_once_find_one_conversation(store: SqlStore, other: SqlStore) -> None:
    desks = [Desk(each, LocalDoorbell()) for each in (store, other)]
    token = (await desks[0].hello(CustomerHello())).token
    await store.write(lambda tx: connection_of(tx).execute(text("DELETE FROM conversation")))
    seats = await asyncio.gather(*(desk.hello(CustomerHello(token=token)) for desk in desks * 3))
    assert len({seat.conversation_id for seat in seats}) == 1


async def test_no_more_connections_than_the_pool_has(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(tx: Transaction) -> int:
        connection_of(tx).execute(text("SELECT pg_sleep(0.03)"))
        ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return int(connection_of(tx).execute(text(ours)).scalar() or 0)

    most = max(await asyncio.gather(*(store.write(busy) for _ in range(40))))
    assert most == store_postgres.CONNECTIONS


async def test_who_waits_too_long_for_a_connection_may_try_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_postgres, "CONNECTIONS", 1)
    monkeypatch.setattr(store_postgres, "WAIT_SECONDS", 0.1)
    store = SqlStore(postgres_url)
    slow = asyncio.ensure_future(
        store.write(lambda tx: connection_of(tx).execute(text("SELECT pg_sleep(0.6)")))
    )
    await asyncio.sleep(0.2)
    with pytest.raises(StoreUnavailable) as refused:
        await store.write(lambda tx: tx.queue_version())
    assert refused.value.retryable
    await slow
    await store.close()


async def test_every_change_of_the_queue_counts_however_many_come_at_once(
    store: SqlStore, other: SqlStore
) -> None:
    for times in (1, 2):
        await asyncio.gather(*(each.write(lambda tx: tx.touch_queue()) for each in (store, other) * 20))
        assert await store.read(lambda tx: tx.queue_version()) == 40 * times


async def test_changes_of_the_queue_do_not_wait_for_each_other(store: SqlStore, other: SqlStore) -> None:
    """Each is counted when it is committed: who sees more changes has a higher version."""
    touched = "SELECT pg_backend_pid() % 256"
    seen: list[int] = []

    def slow(tx: Transaction) -> object:
        tx.touch_queue()
        connection_of(tx).execute(text("SELECT pg_sleep(0.5)"))
        return connection_of(tx).execute(text(touched)).scalar()

    def quick(tx: Transaction) -> object:
        tx.touch_queue()
        return connection_of(tx).execute(text(touched)).scalar()

    writing = asyncio.ensure_future(store.write(slow))
    await asyncio.sleep(0.1)
    quick_part = await other.write(quick)
    waited = writing.done()
    seen.append(await other.read(lambda tx: tx.queue_version()))
    assert waited == (quick_part == await writing)  # two connections of one part, once in a long while
    seen.append(await store.read(lambda tx: tx.queue_version()))
    assert seen == [2, 2] if waited else seen == [1, 2]


async def test_connections_are_given_to_who_came_first(store: SqlStore) -> None:
    """Many who ask again at once must not let others wait until their time is out."""
    waited: list[float] = []

    async def asks_again_and_again() -> None:
        for _ in range(20):
            began = time.monotonic()
            await store.write(lambda tx: tx.queue_version())
            waited.append(time.monotonic() - began)

    await asyncio.gather(*(asks_again_and_again() for _ in range(60)))
    waited.sort()
    assert waited[-1] < 1.0 + 10 * waited[len(waited) // 2]


# broken off in the middle


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "23505"])
async def test_what_the_database_wants_again_is_done_again(
    store: SqlStore, chats: list[str], code: str
) -> None:
    assert await store.write(first_time(fails_with(code))) == 2
    assert len(await store.read(lambda tx: tx.events("chat0", 0, 9))) == 1


async def test_a_connection_that_dies_in_a_transaction_costs_nothing(
    store: SqlStore, chats: list[str]
) -> None:
    assert await store.write(first_time(dies)) == 2
    assert len(await store.read(lambda tx: tx.events("chat0", 0, 9))) == 1


async def test_it_is_not_tried_for_ever(store: SqlStore, chats: list[str]) -> None:
    runs = 0

    def always(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        dies(tx)

    with pytest.raises(StoreUnavailable) as refused:
        await store.write(always)
    assert refused.value.retryable
    assert runs == store_postgres.ATTEMPTS


async def test_a_commit_that_nobody_answers_is_not_repeated(store: SqlStore, chats: list[str]) -> None:
    """The server dies while it commits: it may have kept the change or not, so only the sender may send it again."""
    await store.write(lambda tx: connection_of(tx).execute(text(DIE)))
    await store.write(lambda tx: connection_of(tx).execute(text(DIE_AT_COMMIT)))
    runs = 0

    def change(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        say("chat0", "Hello", "c1")(tx)

    with pytest.raises(StoreUnavailable):
        await store.write(change)
    assert runs == 1
    await store.write(lambda tx: connection_of(tx).execute(text("DROP TRIGGER at_commit ON event")))
    assert await store.write(say("chat0", "Hello", "c1")) == 1


async def test_a_deadlock_is_dissolved_and_both_are_done(
    store: SqlStore, other: SqlStore, chats: list[str]
) -> None:
    def crossing(first: str, then: str) -> Callable[[Transaction], None]:
        def change(tx: Transaction) -> None:
            tx.conversation(first)
            connection_of(tx).execute(text("SELECT pg_sleep(0.2)"))
            tx.append(then, CUSTOMER, "message", {"text": f"from {first}"})
            tx.append(first, CUSTOMER, "message", {"text": f"to {then}"})

        return change

    await asyncio.gather(store.write(crossing("chat0", "chat1")), other.write(crossing("chat1", "chat0")))
    heads = await store.read(lambda tx: tx.heads(["chat0", "chat1"]))
    assert heads == {"chat0": 2, "chat1": 2}


async def test_its_own_errors_pass_through_and_leave_nothing(store: SqlStore, chats: list[str]) -> None:
    def refused(tx: Transaction) -> None:
        say("chat0", "never")(tx)
        raise BadInput("no")

    with pytest.raises(BadInput):
        await store.write(refused)
    with pytest.raises(StoreUnavailable):
        await store.write(begin("chat0"))
    assert await store.read(lambda tx: tx.events("chat0", 0, 9)) == []


@pytest.mark.parametrize("value", [{"locale": "en\x00"}, {"last_seq": 2**40}, {"locale": "e" * 1_000}])
async def test_what_no_column_holds_is_refused_and_not_told_as_an_outage(
    store: SqlStore, chats: list[str], value: dict[str, object]
) -> None:
    with pytest.raises(BadInput, match="cannot be stored") as refused:
        await store.write(lambda tx: tx.update_conversation("chat0", **value))
    assert not refused.value.retryable
    with pytest.raises(BadInput):
        await store.read(lambda tx: tx.customer_by_token("\x00"))


async def test_a_statement_that_takes_too_long_is_ended(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "STATEMENT_SECONDS", 1)
    store = SqlStore(postgres_url)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await store.write(lambda tx: connection_of(tx).execute(text("SELECT pg_sleep(30)")))
    assert time.monotonic() - began < 5
    await store.close()


async def test_a_caller_who_went_away_does_not_break_the_change_off(
    store: SqlStore, chats: list[str]
) -> None:
    def slow(tx: Transaction) -> None:
        connection_of(tx).execute(text("SELECT pg_sleep(0.2)"))
        say("chat0", "still said")(tx)

    writing = asyncio.ensure_future(store.write(slow))
    await asyncio.sleep(0.05)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.write(say("chat0", "next")) in (1, 2)
    await store.close()  # which waits for what is under way
    with pytest.raises(StoreUnavailable):
        await store.write(say("chat0", "late"))


# the server is gone


@pytest.mark.slow
async def test_killed_and_started_again_it_has_all_that_was_accepted(own_server: PostgresServer) -> None:
    store = SqlStore(own_server.url("kept"))
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    await store.write(begin("chat0"))
    accepted: list[str] = []
    refused = 0
    stop = False

    async def customer(number: int) -> None:
        nonlocal refused
        said = 0
        while not stop:
            cmid = f"{number}-{said}"
            try:
                await store.write(lambda tx, cmid=cmid: _say_once(tx, cmid))  # type: ignore[misc]
            except StoreUnavailable:
                refused += 1
                await asyncio.sleep(0.02)
                continue
            accepted.append(cmid)
            said += 1

    customers = [asyncio.ensure_future(customer(n)) for n in range(8)]
    for _ in range(5):
        await asyncio.sleep(0.3)
        before = len(accepted)
        await asyncio.to_thread(own_server.kill)
        await asyncio.sleep(0.2)
        assert len(accepted) - before < 100
        await asyncio.to_thread(own_server.restart)
    await asyncio.sleep(0.5)
    stop = True
    await asyncio.gather(*customers)
    log = await store.read(lambda tx: tx.events("chat0", 0, 1_000_000))
    assert refused
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    stored = [event.cmid for event in log]
    assert len(stored) == len(set(stored))
    assert set(accepted) <= set(stored)
    await store.close()


def _say_once(tx: Transaction, cmid: str) -> None:
    if tx.find_cmid("chat0", CUSTOMER, cmid) is None:
        tx.append("chat0", CUSTOMER, "message", {"text": cmid}, cmid)
