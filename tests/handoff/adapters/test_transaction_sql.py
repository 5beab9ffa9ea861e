import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from handoff.adapters import store_postgres, store_sqlite
from handoff.adapters import tables as t
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Ownership
from handoff.errors import BadInput, CmidReused, NotFound, StoreUnavailable
from handoff.log import CUSTOMER
from handoff.ports import AgentRecord, Author, Json, Transaction
from tests.handoff.adapters.chats import connection_of, say
from tests.handoff.checks import seq_is_gapless


@pytest.fixture
def store(any_store: SqlStore) -> SqlStore:
    """The contract holds on both databases."""
    return any_store


# the log


async def crowd(store: SqlStore, chats: list[str]) -> None:
    """200 appends at once to five conversations, every tenth of which changes its mind."""

    def change(n: int) -> Callable[[Transaction], int]:
        def run(tx: Transaction) -> int:
            seq = tx.append(chats[n % 5], CUSTOMER, "message", {"text": f"line {n}"}, f"c{n}")
            if n % 10 == 3:
                raise BadInput("changed my mind")
            return seq

        return run

    told = await asyncio.gather(*(store.write(change(n)) for n in range(200)), return_exceptions=True)
    assert sum(isinstance(answer, BadInput) for answer in told) == 20


def check(tx: Transaction, chats: list[str]) -> None:
    for chat in chats:
        seq_is_gapless(tx.events(chat, 0, 1_000), tx.conversation(chat).last_seq)


async def test_seq_is_gapless_under_a_crowd(store: SqlStore, chats: list[str]) -> None:
    await crowd(store, chats)
    await store.read(lambda tx: check(tx, chats))
    assert await store.read(lambda tx: sum(tx.heads(chats).values())) == 180


class SequenceTransaction(SqlTransaction):
    """Broken on purpose: numbers events from a counter outside the transaction, as a database sequence would."""

    counters: dict[str, int]

    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        seq = self.counters[conversation_id] = self.counters.get(conversation_id, 0) + 1
        self.update_conversation(conversation_id, last_seq=seq - 1)
        return super().append(conversation_id, author, kind, body, cmid)


async def test_the_same_check_catches_a_counter_outside_the_transaction(
    store: SqlStore, chats: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SequenceTransaction, "counters", {}, raising=False)
    for module in (store_sqlite, store_postgres):
        monkeypatch.setattr(module, "SqlTransaction", SequenceTransaction)
    await crowd(store, chats)
    with pytest.raises(AssertionError, match="gap"):
        await store.read(lambda tx: check(tx, chats))


async def test_a_cmid_is_unique_in_the_database_itself(store: SqlStore, chats: list[str]) -> None:
    await store.write(say(chats[0], "Hello", "c1"))
    with pytest.raises(CmidReused):
        await store.write(say(chats[0], "Hello", "c1"))
    await store.write(say(chats[1], "Hello", "c1"))
    await store.write(lambda tx: tx.append(chats[0], Author("bot", "Fern"), "message", {"text": "Hi"}, "c1"))
    await store.write(say(chats[0], "without"))
    await store.write(say(chats[0], "without"))
    assert await store.read(lambda tx: tx.conversation(chats[0]).last_seq) == 4


async def test_events_come_in_pages(store: SqlStore, chats: list[str]) -> None:
    for n in range(7):
        await store.write(say(chats[0], f"line {n}"))
    assert [e.seq for e in await store.read(lambda tx: tx.events(chats[0], 2, 3))] == [3, 4, 5]
    assert [e.seq for e in await store.read(lambda tx: tx.events(chats[0], 5, 99))] == [6, 7]
    assert await store.read(lambda tx: tx.events(chats[0], 7, 99)) == []


async def test_times_are_aware_utc(store: SqlStore, chats: list[str]) -> None:
    await store.write(say(chats[0], "Hello"))
    at = (await store.read(lambda tx: tx.events(chats[0], 0, 1)))[0].at
    assert at.utcoffset() is not None
    with pytest.raises(StatementError, match="naive time"):
        await store.write(lambda tx: tx.update_conversation(chats[0], waiting_since=at.replace(tzinfo=None)))


@pytest.mark.parametrize("missing", ["customer", "conversation", "agent", "turn", "append", "choice"])
async def test_what_is_not_there_is_not_found(store: SqlStore, missing: str) -> None:
    calls: dict[str, Callable[[Transaction], object]] = {
        "customer": lambda tx: tx.customer("nobody"),
        "conversation": lambda tx: tx.conversation("nowhere"),
        "agent": lambda tx: tx.agent("nobody"),
        "turn": lambda tx: tx.turn(99),
        "append": say("nowhere", "Hello"),
        "choice": lambda tx: tx.choice("nowhere", "x"),
    }
    with pytest.raises(NotFound):
        await store.write(calls[missing])


# what the tables themselves refuse


AGENT = AgentRecord("a1", "mara@fernhill.example", "Mara", "", ("agent",), 1, 0, True)


@pytest.mark.parametrize("statement", [
    "UPDATE conversation SET owner = 'agent' WHERE id = 'chat0'",
    "UPDATE conversation SET agent_id = 'a1' WHERE id = 'chat0'",
    "UPDATE agent SET active_chats = 2",
    "UPDATE agent SET active_chats = -1",
    "UPDATE handoff SET state = 'active'",
    ("INSERT INTO handoff (site_id, conversation_id, state, reason, priority, place, waiting_since, enqueued_at)"
    " SELECT site_id, conversation_id, 'waiting', reason, 0, 1, waiting_since, enqueued_at FROM handoff"),
    "UPDATE bot_turn SET state = 'running'",
    ("INSERT INTO event (site_id, conversation_id, seq, author, author_role, author_name, kind, body, at)"
    " SELECT site_id, conversation_id, seq, 'bot', 'bot', 'Fern', kind, body, at FROM event"),
])  # fmt: skip
async def test_the_tables_refuse_what_must_never_be(
    store: SqlStore, chats: list[str], statement: str
) -> None:
    def prepare(tx: Transaction) -> None:
        tx.add_agent(AGENT)
        tx.append(chats[0], CUSTOMER, "message", {"text": "Hello"})
        tx.add_handoff(chats[0], "asked_for_person", 0, tx.conversation(chats[0]).created_at, 1)
        tx.add_turn(chats[0], "c1", "one", None, 0)
        tx.add_turn(chats[0], "c2", "two", None, 0)

    await store.write(prepare)
    with pytest.raises(StoreUnavailable):
        await store.write(lambda tx: connection_of(tx).execute(text(statement)))


async def test_every_table_belongs_to_a_site() -> None:
    assert all("site_id" in table.c for table in t.metadata.sorted_tables if table.name != "site")


async def test_sites_do_not_see_each_other(store: SqlStore, chats: list[str], any_url: str) -> None:
    await store.write(say(chats[0], "Hello", "c1"))
    await store.write(lambda tx: tx.add_agent(AGENT))
    await store.write(lambda tx: tx.touch_queue())
    await store.write(lambda tx: tx.add_turn(chats[0], "c1", "Hello", None, 0))
    other = SqlStore(any_url, "other")
    with pytest.raises(NotFound):
        await other.read(lambda tx: tx.conversation(chats[0]))
    with pytest.raises(NotFound):
        await other.write(say(chats[0], "intruder"))
    assert await other.read(lambda tx: tx.events(chats[0], 0, 9)) == []
    assert await other.read(lambda tx: tx.agents()) == []
    assert await other.read(lambda tx: tx.agent_by_email(AGENT.email)) is None
    assert await other.read(lambda tx: tx.customer_by_token("hash")) is None
    assert await other.read(lambda tx: tx.queue_version()) == 0
    assert await other.read(lambda tx: dict(tx.heads(chats))) == {}
    assert await other.write(lambda tx: tx.take_turn("worker", 6)) is None
    await other.write(lambda tx: tx.set_owner(chats[0], Ownership(fence=9)))
    assert await store.read(lambda tx: tx.conversation(chats[0]).ownership.fence) == 0
    await other.close()
