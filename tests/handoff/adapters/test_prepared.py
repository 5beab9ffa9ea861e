"""What goes to the driver directly has to be what SQLAlchemy would have made of it, values, rows and errors."""

import asyncio
import inspect
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.util import await_only

from handoff.adapters import tables as t
from handoff.adapters.prepared import Prepared
from handoff.adapters.store_sql import SqlStore
from handoff.conversation import Ownership
from handoff.errors import BadInput, StoreUnavailable
from handoff.log import CUSTOMER
from handoff.ports import AgentRecord, Transaction
from tests.handoff.adapters.chats import begin, connection_of, say

AGENT = AgentRecord("a1", "mara@fernhill.example", "Mara", "", ("agent",), 2, 1, True, "", ("tents",), ("de",),
                    datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC))  # fmt: skip


@pytest.fixture
async def store(any_store: SqlStore) -> SqlStore:
    await any_store.write(lambda tx: tx.add_customer("k1", "hash"))
    await any_store.write(begin("chat0"))
    return any_store


@pytest.mark.parametrize("table", ["conversation", "agent", "bot_turn", "event", "handoff"])
async def test_rows_are_those_of_sqlalchemy(store: SqlStore, table: str) -> None:
    def fill(tx: Transaction) -> None:
        tx.add_agent(AGENT)
        say("chat0", "Grüße 🏔", "c1")(tx)
        tx.add_turn("chat0", "c1", None, {"intent": "x", "entities": {"n": [1, None, "ü"]}}, 0)
        tx.add_turn("chat0", "c2", "text", None, 0)
        tx.add_handoff("chat0", "asked_for_person", 1, datetime.now(UTC), 0, skill="tents")

    await store.write(fill)
    asked = select(t.metadata.tables[table]).where(t.metadata.tables[table].c.site_id == bindparam("site"))

    def look(tx: Transaction) -> None:
        sql = connection_of(tx)
        usual = [dict(row) for row in sql.execute(asked, {"site": "default"}).mappings()]
        assert list(Prepared(asked).run(sql, {"site": "default"}).rows) == usual
        assert usual

    await store.read(look)


async def test_values_of_a_statement_itself_and_values_that_come_later(store: SqlStore) -> None:
    closed = Prepared(
        update(t.conversation)
        .where(t.conversation.c.id == bindparam("its"), t.conversation.c.owner == "bot")
        .values(
            owner="closed", outcome=None, declined=True, slots=bindparam("slots"), last_at=bindparam("now")
        )
        .returning(t.conversation.c.slots, t.conversation.c.declined)
    )
    values = {"its": "chat0", "slots": {"a": [1]}, "now": datetime.now(UTC)}

    def change(tx: Transaction) -> list[object]:
        return [dict(row) for _ in range(2) for row in closed.run(connection_of(tx), values).rows]

    assert await store.write(change) == [{"slots": {"a": [1]}, "declined": True}]


async def test_errors_are_those_of_sqlalchemy(store: SqlStore) -> None:
    twice = Prepared(
        insert(t.customer).values(
            {name: bindparam(name) for name in ("site_id", "id", "token_hash", "created_at")}
        )
    )
    values = {"site_id": "default", "id": "k1", "token_hash": "other", "created_at": datetime.now(UTC)}

    def attempt(tx: Transaction) -> None:
        with pytest.raises(IntegrityError):
            tx.apart(lambda: twice.run(connection_of(tx), values))
        with pytest.raises(StatementError, match="naive time"):
            twice.run(connection_of(tx), values | {"created_at": datetime(2026, 11, 22)})  # noqa: DTZ001 - that is it
        assert connection_of(tx).execute(text("SELECT count(*) FROM customer")).scalar() == 1

    await store.write(attempt)


def test_the_private_name_of_sqlalchemy_that_it_needs_is_there() -> None:
    """If this fails after an upgrade: docs/decisions/0011 says what it is for."""
    found = inspect.signature(Connection._handle_dbapi_exception)
    assert list(found.parameters)[:6] == ["self", "e", "statement", "parameters", "cursor", "context"]


async def test_a_lost_connection_is_told_to_the_pool_and_the_change_runs_again(
    store: SqlStore, any_url: str, request: pytest.FixtureRequest
) -> None:
    if any_url.startswith("sqlite"):
        return  # a file is never lost
    server, runs = request.getfixturevalue("postgres"), 0

    def change(tx: Transaction) -> int:
        nonlocal runs
        runs += 1
        if runs == 1:
            pid = connection_of(tx).execute(text("SELECT pg_backend_pid()")).scalar()
            server.execute(f"SELECT pg_terminate_backend({pid}, 5000)")
        return say("chat0", "Hello")(tx)

    assert await store.write(change) == 1
    assert runs == 2


# what a transaction knows of conversations it has read


def changes() -> dict[str, Callable[[Transaction], object]]:
    def undone(tx: Transaction) -> None:
        def work() -> None:
            tx.update_conversation("chat0", active_loop="never")
            tx.append("chat0", CUSTOMER, "message", {"text": "never"})
            tx.conversation("chat0")
            raise BadInput("no")

        with pytest.raises(BadInput):
            tx.apart(work)

    return {
        "append": say("chat0", "Hello", "c1"),
        "note": lambda tx: tx.append("chat0", CUSTOMER, "note", {"text": "Hello"}),
        "owner": lambda tx: tx.set_owner("chat0", Ownership(fence=7)),
        "values": lambda tx: tx.update_conversation(
            "chat0", waiting_since=datetime.now(UTC), slots={"a": {"b": 1}}, unsure_in_a_row=2, rated=True
        ),
        "undone": undone,
    }


@pytest.mark.parametrize("change", changes())
async def test_a_conversation_read_before_a_change_is_read_as_it_is_now(store: SqlStore, change: str) -> None:
    def act(tx: Transaction) -> object:
        tx.conversation("chat0")
        changes()[change](tx)
        return tx.conversation("chat0")

    said = await store.write(act)
    assert said == await store.read(lambda tx: tx.conversation("chat0"))


async def test_what_a_change_that_failed_knew_dies_with_it(store: SqlStore) -> None:
    def fails(tx: Transaction) -> None:
        tx.update_conversation("chat0", active_loop="never")
        tx.conversation("chat0")
        raise BadInput("no")

    with pytest.raises(BadInput):
        await store.write(fails)
    assert await store.write(lambda tx: tx.conversation("chat0").active_loop) is None


async def test_a_statement_that_the_database_refuses_undoes_its_change_alone(store: SqlStore) -> None:
    with pytest.raises(StoreUnavailable):
        await store.write(begin("chat0"))
    assert await store.write(say("chat0", "Hello")) == 1


async def test_what_was_prepared_before_a_migration_is_prepared_anew(postgres_url: str) -> None:
    """Postgres refuses statements whose columns have another type by now, on every connection that knows them."""
    store, other = SqlStore(postgres_url), SqlStore(postgres_url)
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    await store.write(begin("chat0"))

    def look(tx: Transaction) -> str:
        return tx.conversation("chat0").locale

    async def crowd() -> list[str]:
        looks = [ask(look) for _ in range(12) for ask in (store.read, store.write)]
        return await asyncio.gather(*looks)

    before = await crowd()
    wider = text("ALTER TABLE conversation ALTER COLUMN locale TYPE varchar(60)")

    def migrate(tx: Transaction) -> None:
        connection_of(tx).execute(wider)

    await other.write(migrate)
    assert await crowd() == before
    await store.close()
    await other.close()


async def test_a_lock_goes_with_the_savepoint_that_took_it(postgres_url: str) -> None:
    store, other = SqlStore(postgres_url), SqlStore(postgres_url)
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    await store.write(begin("chat0"))
    free = text("SELECT 1 FROM conversation FOR NO KEY UPDATE SKIP LOCKED")

    def is_free(tx: Transaction) -> bool:
        return connection_of(tx).execute(free).scalar() is not None

    def change(tx: Transaction) -> list[bool]:
        def fails() -> None:
            tx.conversation("chat0")
            raise BadInput("no")

        with pytest.raises(BadInput):
            tx.apart(fails)
        seen = [await_only(other.write(is_free))]
        tx.conversation("chat0")
        return [*seen, await_only(other.write(is_free))]

    assert await store.write(change) == [True, False]
    await store.close()
    await other.close()
