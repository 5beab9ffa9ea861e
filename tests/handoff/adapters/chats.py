"""Short ways to begin conversations and to write into them."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from handoff.adapters.store_sql import SqlStore
from handoff.adapters.store_sqlite import SqliteStore
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.log import CUSTOMER
from handoff.ports import Transaction


def begin(conversation_id: str, customer_id: str = "k1") -> Callable[[Transaction], None]:
    def change(tx: Transaction) -> None:
        tx.add_conversation(conversation_id, customer_id, "epoch", "en", {})

    return change


def say(conversation_id: str, words: str, cmid: str | None = None) -> Callable[[Transaction], int]:
    return lambda tx: tx.append(conversation_id, CUSTOMER, "message", {"text": words}, cmid)


def connection_of(tx: Transaction) -> Connection:
    assert isinstance(tx, SqlTransaction)
    return tx._connection


def engine_of(store: SqlStore) -> Engine:
    """The engine of a store on SQLite."""
    assert isinstance(store.database, SqliteStore)
    return store.database._engine
