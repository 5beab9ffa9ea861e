"""What a claim notes of those that it passed over: rows that were locked just then, and rows that were not."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Move, Ownership
from handoff.ports import AgentRecord, Author, Transaction
from tests.chaos import overtaking
from tests.handoff.adapters.chats import begin
from tests.servers import PostgresServer

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHATS = ("first", "second", "third")
MARA = Author("agent", "mara")
_LOCK = text("SELECT 1 FROM conversation WHERE id = 'first' FOR NO KEY UPDATE")
_WRITE = text("UPDATE conversation SET last_text = 'still there' WHERE id = 'first'")


@pytest.fixture(scope="module")
def migrated(postgres: PostgresServer) -> str:
    migrate(postgres.create("overtaking"))
    return "overtaking"


@pytest.fixture
def url(postgres: PostgresServer, migrated: str) -> Iterator[str]:
    yield postgres.create("overtaking_now", migrated)
    postgres.drop("overtaking_now")


def _fill(tx: Transaction) -> None:
    tx.add_customer("k1", "hash")
    tx.add_agent(AgentRecord("mara", "mara@shop.example", "Mara", "", ("agent",), 3, 0, True))
    for number, name in enumerate(CHATS):
        begin(name)(tx)
        tx.add_handoff(name, "asked_for_person", 0, NOON + timedelta(seconds=number), 1)
        tx.set_owner(name, Ownership().after(Move.ENQUEUE))


class _Another:
    """Another gateway's transaction on the first one. `ends` says when: before the claim, or just after it chose."""

    def __init__(self, connection: Connection, *statements: Any) -> None:
        self._connection = connection
        for statement in statements:
            connection.execute(statement)

    def ends(self) -> None:
        self._connection.commit()


@pytest.mark.parametrize("ends", ["before", "after the choice", "never"])
@pytest.mark.parametrize("statements", [(_LOCK,), (_LOCK, _WRITE)], ids=["locks", "writes"])
async def test_only_what_was_held_when_the_claim_chose_counts_as_held(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, statements: Sequence[Any]
) -> None:
    choose, notes = SqlTransaction.next_waiting, tmp_path / "notes"
    engine = create_engine(url.replace("+asyncpg", "+psycopg"))
    store = SqlStore(url)
    await store.write(_fill)

    with engine.connect() as connection:
        another = _Another(connection, *statements)

        def chosen(self: Any, handoff_ids: Sequence[int], *, patient: bool = False) -> Any:
            """Never the first, whether somebody holds it or not."""
            found = choose(self, handoff_ids[1:], patient=patient)
            if ends == "after the choice":
                another.ends()
            return found

        if ends == "before":
            another.ends()
        monkeypatch.setenv(overtaking.FILE, str(notes))
        monkeypatch.setattr(SqlTransaction, "one_by_one", SqlTransaction.one_by_one)
        monkeypatch.setattr(SqlTransaction, "next_waiting", chosen)
        overtaking.note_overtaking()

        def claim(tx: Transaction) -> list[int]:
            tx.one_by_one(MARA, "c1")
            ids = [one.id for one in tx.waiting()]
            found = tx.next_waiting(ids)
            assert found is not None
            assert found.id == ids[1]
            return ids

        first, second, _third = await store.write(claim)
    await store.close()
    engine.dispose()
    held = ends != "before"
    (note,) = overtaking.noted(notes)
    free, locked = ([], [first]) if held else ([first], [])
    assert note == {"cmid": "c1", "chosen": second, "free": free, "locked": locked}, json.dumps(note)
