"""Two gateway processes on one Postgres and one Redis, who talks through them, and what may happen to Redis meanwhile."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from redis.asyncio import Redis

from handoff import accounts
from handoff.adapters.store_sql import SqlStore
from tests.chaos.proxy import Proxy
from tests.chaos.weather import CALM
from tests.gateways import GatewayServer
from tests.handoff.app.clients import Agent, Client, Customer, DidNotCome, sign_in
from tests.handoff.app.conftest import _cheap_hash
from tests.servers import RedisServer

REPAIR_SECONDS = 2.0
"""What a lost ring may cost."""
USUAL_SECONDS = 1.0
"""What a message takes at most where all is well; more only on a machine that is busy with something else."""
EVERY_SECONDS = 0.1
Trouble = Callable[["Shop"], Any]


@dataclass
class Shop:
    """One installation: `one` and `two` are gateways, `link` is how `two` reaches Redis."""

    redis: RedisServer
    link: Proxy
    one: GatewayServer
    two: GatewayServer
    mara: httpx.Cookies

    @contextlib.asynccontextmanager
    async def control(self) -> AsyncIterator[Redis]:
        client = Redis.from_url(self.redis.url(), socket_timeout=20)
        yield client
        await client.aclose()


@contextlib.asynccontextmanager
async def opened(database: str, *, polls: bool) -> AsyncIterator[Shop]:
    store = SqlStore(database)
    if not await store.read(lambda tx: tx.agents()):
        await accounts.add_demo(store, _cheap_hash)
    await store.close()
    with RedisServer() as server:
        async with Proxy("redis", 1, CALM, [("127.0.0.1", server.port)]) as link:
            through = f"redis://127.0.0.1:{link.port}/0"
            one, two = await asyncio.gather(
                *(
                    asyncio.to_thread(GatewayServer, database, url, polls=polls)
                    for url in (server.url(), through)
                )
            )
            with one, two:
                mara = await sign_in(two.base, "mara@fernhill.example", accounts.DEMO_PASSWORD)
                shop = Shop(server, link, one, two, mara)
                await ready(shop)
                yield shop
                await asyncio.to_thread(one.stop)
                await asyncio.to_thread(two.stop)


async def parts(base: str) -> dict[str, bool]:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
        answer = await http.get("/readyz", timeout=5)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


async def ready(shop: Shop, *, one: bool = True, two: bool = True) -> None:
    """Wait until the gateways say of Redis what they should."""
    until = time.monotonic() + 15
    while (said := [(await parts(gateway.base))["redis"] for gateway in (shop.one, shop.two)]) != [one, two]:
        assert time.monotonic() < until, said
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def chat(shop: Shop) -> AsyncIterator[tuple[Customer, Agent]]:
    """A customer on the one gateway, and on the other the agent who has them."""
    async with Agent(shop.two.base, shop.mara) as agent, Customer(shop.one.base) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.claim(customer.conversation)
        try:
            yield customer, agent
        finally:
            await agent.act("resolve", customer.conversation, outcome="solved")


async def talk(shop: Shop, trouble: Trouble | None, seconds: float) -> dict[str, list[float]]:
    """How long each message took to be accepted, and to be there, while the trouble happens.

    For one that did not come in time while its reader waited: `math.inf`; all else that goes wrong fails here.
    """
    took: dict[str, list[float]] = {"accepted": [], "up": [], "down": []}
    async with chat(shop) as (customer, agent):
        began = time.monotonic()
        spoiling = asyncio.ensure_future(trouble(shop)) if trouble else None
        number = 0
        sending = []
        while time.monotonic() - began < seconds or (spoiling and not spoiling.done()):
            sending.append(asyncio.create_task(_both_ways(customer, agent, number, took)))
            number += 1
            await asyncio.sleep(EVERY_SECONDS)
        await asyncio.gather(*sending)
        if spoiling:
            await spoiling
        assert len(took["accepted"]) == 2 * number, "each was accepted, in both ways"
        if math.inf in took["up"] + took["down"]:
            return took
        expected = sorted(f"{way} {n}" for n in range(number) for way in ("up", "down"))
        for client in (customer, agent):  # also what each said itself; a log with a gap fails in the client
            while len(said := _said(client, customer.conversation)) < len(expected):
                await client.until(lambda f: f["type"] == "event", len(client.frames))
            assert sorted(said) == expected
    return took


def _said(client: Client, conversation: str) -> list[str]:
    return [event["text"] for event in client.logs[conversation] if event["kind"] == "message"]


async def _both_ways(customer: Customer, agent: Agent, number: int, took: dict[str, list[float]]) -> None:
    for sender, reader, way in ((customer, agent, "up"), (agent, customer, "down")):
        began = time.perf_counter()
        text = f"{way} {number}"
        fields = {"conversation": customer.conversation, "fence": agent.fence(customer.conversation)}
        cmid = await sender.send("send", text=text, **(fields if sender is agent else {}))
        await sender.accepted(cmid)
        took["accepted"].append(time.perf_counter() - began)
        try:
            await reader.event("message", text=text)
        except DidNotCome:
            took[way].append(math.inf)
        else:
            took[way].append(time.perf_counter() - began)


async def killed(shop: Shop) -> None:
    await asyncio.sleep(0.5)
    await asyncio.to_thread(shop.redis.kill)
    await ready(shop, one=False, two=False)
    await asyncio.sleep(2)
    await asyncio.to_thread(shop.redis.restart)


async def killed_for_a_moment(shop: Shop) -> None:
    for _ in range(5):
        await asyncio.sleep(0.5)
        await asyncio.to_thread(shop.redis.kill)
        await asyncio.to_thread(shop.redis.restart)


async def flushed(shop: Shop) -> None:
    async with shop.control() as client:
        for _ in range(10):
            await client.flushall()
            await asyncio.sleep(0.2)


async def unsubscribed(shop: Shop) -> None:
    async with shop.control() as client:
        for _ in range(10):
            await client.client_kill_filter(_type="pubsub")
            await asyncio.sleep(0.3)


async def asleep(shop: Shop) -> None:
    async with shop.control() as client:
        await asyncio.sleep(0.5)
        await client.execute_command("DEBUG", "SLEEP", "5")  # type: ignore[no-untyped-call]


async def full(shop: Shop) -> None:
    async with shop.control() as client:
        await client.config_set("maxmemory-policy", "noeviction")
        await client.config_set("maxmemory", "1")
        await asyncio.sleep(3)
        await client.config_set("maxmemory", "0")


async def split(shop: Shop) -> None:
    """`two` sees no Redis: first it hangs, then it refuses. `one` sees it all the time."""
    await asyncio.sleep(0.5)
    shop.link.silence("up", "down")
    await ready(shop, two=False)
    await asyncio.sleep(2)
    shop.link.refuse(True)
    shop.link.cut()
    await asyncio.sleep(2)
    await ready(shop, two=False)
    shop.link.silence()
    shop.link.refuse(False)
    shop.link.cut()
