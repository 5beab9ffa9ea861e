"""Postgres behind a link over which nothing comes any more: neither a start nor a stop waits for it for long."""

import asyncio
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from handoff.adapters import engines, store_postgres
from handoff.adapters.engines import connect
from handoff.adapters.store_sql import SqlStore
from handoff.ports import Transaction
from knowledge_base import database
from tests.chaos.proxy import Proxy
from tests.chaos.weather import CALM
from tests.handoff.adapters.chats import connection_of


def behind(url: str, proxy: Proxy) -> str:
    """The address of the same database by way of `proxy`."""
    place, _, name = url.rpartition("/")
    user = place.rpartition("//")[2].rpartition("@")[0]
    return f"postgresql+asyncpg://{user}@127.0.0.1:{proxy.port}/{name}"


def upstream(url: str) -> tuple[str, int]:
    host, _, port = url.rpartition("/")[0].rpartition("@")[2].rpartition(":")
    return host, int(port)


def slowly(tx: Transaction) -> None:
    connection_of(tx).execute(text("SELECT pg_sleep(0.1)"))


async def test_a_store_closes_though_its_connections_are_silent(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_postgres, "GOODBYE_SECONDS", 0.5)
    async with Proxy("database", 1, CALM, [upstream(postgres_url)]) as proxy:
        store = SqlStore(behind(postgres_url, proxy))
        await asyncio.gather(*(ask(slowly) for _ in range(3) for ask in (store.read, store.write)))
        proxy.silence("up", "down")
        began = time.monotonic()
        await store.close()
        assert time.monotonic() - began < store_postgres.ANSWER_SECONDS


@pytest.mark.parametrize("who", ["handoff", "library"])
async def test_whoever_starts_over_a_silent_link_fails_and_does_not_hang(
    postgres_url: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engines.BOUNDED, "connect_timeout", 2)
    monkeypatch.setitem(database.BOUNDED, "connect_timeout", 2)
    async with Proxy("database", 1, CALM, [upstream(postgres_url)]) as proxy:
        proxy.silence("up", "down")
        url = behind(postgres_url, proxy)
        engine = connect(url) if who == "handoff" else database.open_engine(url)
        with pytest.raises(OperationalError):
            async with asyncio.timeout(30):
                await asyncio.to_thread(engine.connect)
        engine.dispose()
