"""One agent who clicks in several places at once, through several gateways, on each database."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from handoff.adapters.store_sql import SqlStore
from handoff.invariants import check
from handoff.log import Receipt
from handoff.ports import Author, Transaction
from handoff.queue import Queue
from tests.handoff.fakes import House
from tests.servers import PostgresServer

TIMES = 6


@pytest.fixture
async def gateways(picking: House, any_url: str) -> AsyncIterator[list[Queue]]:
    """Two on one database."""
    other = SqlStore(any_url)
    other.lease_clock = picking.clock
    yield [picking.queue, Queue(other, picking.doorbell)]
    await other.close()


async def test_one_click_for_the_next_takes_one_however_many_ways_it_comes(
    picking: House, gateways: list[Queue]
) -> None:
    house, agent = picking, await picking.add_agent(max_chats=40)
    for _ in range(3 * TIMES):
        await house.waiting_chat()
    for number in range(TIMES):
        clicks = (gateway.claim(agent, None, f"next{number}") for gateway in gateways for _ in range(2))
        told = await asyncio.gather(*clicks)
        assert len({(one.conversation, one.seq) for one in told}) == 1, "one click, several customers"
        assert [one.dup for one in told].count(False) == 1
    assert await house.busy(agent) == TIMES
    assert await house.store.read(check) == []


async def test_of_those_who_say_the_same_one_is_at_work(picking: House, any_url: str) -> None:
    mara, other = Author("agent", "Mara", "mara"), SqlStore(any_url)
    under_way: list[str] = []

    def change(tx: Transaction) -> int:
        tx.one_by_one(mara, "same")
        under_way.append("same")
        tx.queue_version()
        together = len(under_way)
        under_way.pop()
        return together

    stores = [picking.store, other] * TIMES
    together = await asyncio.gather(*(store.write(change) for store in stores))
    await other.close()
    assert set(together) == {1}


async def test_several_conversations_of_one_agent_are_taken_at_once_without_a_deadlock(
    postgres: PostgresServer, picking: House, gateways: list[Queue], any_url: str
) -> None:
    house, agent = picking, await picking.add_agent(max_chats=40)
    chats = [await house.waiting_chat() for _ in range(16)]
    told: list[Receipt] = []
    for size in (2, 4, 10):
        some, chats = chats[:size], chats[size:]
        claims = (gateways[n % 2].claim(agent, chat, f"{size}-{n}") for n, chat in enumerate(some))
        async with asyncio.timeout(8):
            told += await asyncio.gather(*claims)
    assert not any(one.dup for one in told)
    assert await house.busy(agent) == 16
    assert await house.store.read(check) == []
    if any_url.startswith("sqlite"):
        return
    for gateway in gateways:
        await gateway._store.close()  # what a connection counted is in the statistics when it is closed
    name = any_url.rpartition("/")[2]
    counted = dict(postgres.execute("SELECT datname, deadlocks FROM pg_stat_database"))
    assert counted[name] == 0
