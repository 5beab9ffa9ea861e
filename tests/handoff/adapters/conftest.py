import pytest

from handoff.adapters.store_sql import SqlStore
from tests.handoff.adapters.chats import begin


@pytest.fixture
async def chats(store: SqlStore) -> list[str]:
    await store.write(lambda tx: tx.add_customer("k1", "hash"))
    names = [f"chat{n}" for n in range(5)]
    for name in names:
        await store.write(begin(name))
    return names
