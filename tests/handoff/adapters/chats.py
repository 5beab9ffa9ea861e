"""Short ways to begin conversations and to write into them."""

from collections.abc import Callable

from sqlalchemy import Connection

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
