"""Two gateway processes on one Postgres and one Redis: a customer on the one, their agent on the other.

Whatever becomes of Redis, a message costs at most two seconds more, none is lost, and nobody waits for Redis.
`test_two_gateways_control.py` shows that without the polls the same story fails.
"""

import asyncio
import json
import statistics
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.handoff.app.shops import (
    REPAIR_SECONDS,
    USUAL_SECONDS,
    Shop,
    Trouble,
    asleep,
    chat,
    flushed,
    full,
    killed,
    killed_for_a_moment,
    opened,
    ready,
    split,
    talk,
    unsubscribed,
)  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(postgres_for_two: str) -> AsyncIterator[Shop]:
    async with opened(postgres_for_two, polls=True) as shop:
        yield shop


async def test_a_customer_here_talks_to_an_agent_there(shop: Shop) -> None:
    await talk(shop, None, 1)  # the first ones find everything cold
    took = await talk(shop, None, 2)
    assert statistics.median(took["up"]) < 0.6, "by ring: by looking it would be a second"


async def test_typing_travels(shop: Shop) -> None:
    async with chat(shop) as (customer, agent):
        await customer.socket.send(json.dumps({"type": "typing"}))
        seen = await agent.until(lambda f: f["type"] == "typing")
        assert (seen["role"], seen["conversation"]) == ("customer", customer.conversation)
        await agent.socket.send(json.dumps({"type": "typing", "conversation": customer.conversation}))
        assert (await customer.until(lambda f: f["type"] == "typing"))["role"] == "agent"


async def test_sign_ins_are_counted_together(shop: Shop) -> None:
    """Each alone would let ten through; Redis may be too slow for one or the other."""
    codes = []
    for number in range(24):
        gateway = (shop.one, shop.two)[number % 2]
        async with httpx.AsyncClient(base_url=gateway.base, trust_env=False) as http:
            form = {"email": "nobody@example.org", "password": "a guess"}
            codes.append((await http.post("/api/signin", json=form, timeout=10)).status_code)
    assert 10 <= codes.count(401) < 16
    assert set(codes) == {401, 429}


@pytest.mark.parametrize("trouble", [killed, killed_for_a_moment, flushed, unsubscribed, asleep, full, split])
async def test_whatever_becomes_of_redis_messages_go_on(shop: Shop, trouble: Trouble) -> None:
    usual, took = await talk(shop, None, 1.5), await talk(shop, trouble, 3)
    await ready(shop)
    accepted = max(USUAL_SECONDS, 3 * max(usual["accepted"]))
    assert max(took["accepted"]) < accepted, "nobody waits for Redis"
    there = max(USUAL_SECONDS, 3 * max(usual["up"] + usual["down"]))
    assert max(took["up"] + took["down"]) < REPAIR_SECONDS + there
    assert "Traceback" not in shop.one.log() + shop.two.log()


async def test_receipts_travel_while_redis_is_dead(shop: Shop) -> None:
    await asyncio.to_thread(shop.redis.kill)
    try:
        await ready(shop, one=False, two=False)
        async with chat(shop) as (customer, agent):
            await agent.act("send", customer.conversation, text="Do you see this?")
            said = await customer.event("message", text="Do you see this?")
            await customer.send("ack", seq=said["seq"], read=said["seq"])
            await agent.until(lambda f: f["type"] == "status" and f.get("read_seq") == said["seq"])
            seen = len(customer.frames)
            await customer.say("Yes")
            answer = await agent.event("message", text="Yes")
            await agent.send("ack", conversation=customer.conversation, seq=answer["seq"], read=answer["seq"])
            await customer.until(lambda f: f["type"] == "status" and f["read_seq"] == answer["seq"], seen)
    finally:
        await asyncio.to_thread(shop.redis.restart)
        await ready(shop)


async def test_the_log_says_when_redis_is_away(shop: Shop) -> None:
    await asyncio.to_thread(shop.redis.kill)
    await ready(shop, one=False, two=False)
    await asyncio.to_thread(shop.redis.restart)
    await ready(shop)
    for gateway in (shop.one, shop.two):
        assert "redis.away" in gateway.log()
        assert "redis.here" in gateway.log()
