"""How soon a message is there: through one gateway, across two on Postgres and Redis, and while Redis dies."""

import asyncio
import time

from benchmarks.delivery.figures import Row, percentile
from benchmarks.delivery.stage import Desk, Person, Stage, pairs, stage

PAIRS = 20
PER_SECOND = 100
CALMLY = 20
SECONDS = 8.0
ROUNDS = 2
DEATHS = 5
HINTS = 50
Talk = list[tuple[Person, Desk]]


async def talk(
    talkers: Talk, seconds: float, label: str, a_second: int = PER_SECOND
) -> tuple[list[float], list[float]]:
    """Milliseconds until accepted and until the agent has it, at so many messages a second over all pairs."""
    accepted: list[float] = []
    there: list[float] = []
    running: set[asyncio.Task[None]] = set()

    async def one(number: int) -> None:
        person, desk = talkers[number % len(talkers)]
        text = f"{label} {number}"
        arrival = desk.expect(f"text {text}")
        began = time.perf_counter()
        answer = person.say("send", text=text)
        arrival.add_done_callback(lambda _: there.append((time.perf_counter() - began) * 1_000))
        assert (await answer)["type"] == "accepted"
        accepted.append((time.perf_counter() - began) * 1_000)
        async with asyncio.timeout(30):
            await arrival

    began = time.perf_counter()
    for number in range(int(seconds * a_second)):
        await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        task = asyncio.create_task(one(number))
        running.add(task)
        task.add_done_callback(running.discard)
    while running:
        await asyncio.gather(*running)
    return accepted, there


async def delivery() -> list[Row]:
    """One gateway on SQLite at 100 a second; one on Postgres beside two with Redis between them at 20, where two cores
    are not yet full and the way through Redis can be seen."""
    kinds = {"sqlite": (False, 1, PER_SECOND), "one": (True, 1, CALMLY), "two": (True, 2, CALMLY)}
    p50: dict[str, list[float]] = {name: [] for name in kinds}
    p99: dict[str, list[float]] = {name: [] for name in kinds}
    accepted: list[float] = []
    for _ in range(ROUNDS):
        for name, (postgres, gateways, a_second) in kinds.items():
            async with stage(postgres=postgres, gateways=gateways) as shop:
                talkers = await pairs(shop, PAIRS)
                await talk(talkers, 1.0, "warm")
                took, there = await talk(talkers, SECONDS, "message", a_second)
            p50[name].append(percentile(there, 50))
            p99[name].append(percentile(there, 99))
            if name == "sqlite":
                accepted.append(percentile(took, 99))
    n, calm = int(SECONDS * PER_SECOND) * ROUNDS, int(SECONDS * CALMLY) * ROUNDS
    at = "customer to agent at 100 messages a second"
    across = f"across two gateways through Redis at {CALMLY}"
    beside = "one gateway, Postgres"
    return [
        Row(f"{at}, p50", "ms", p50["sqlite"], n),
        Row(f"{at}, p99", "ms", p99["sqlite"], n, "accepted, p99", accepted, 80),
        Row(f"{across}, p50", "ms", p50["two"], calm, beside, p50["one"], 10, "difference"),
        Row(f"{across}, p99", "ms", p99["two"], calm, beside, p99["one"]),
    ]  # fmt: skip


async def recovery() -> list[Row]:
    """Redis is killed and comes back empty, five times, while people talk across two gateways."""
    usual: list[float] = []
    worst: list[float] = []
    again: list[float] = []
    async with stage(postgres=True, gateways=2) as shop:
        talkers = await pairs(shop, PAIRS)
        await talk(talkers, 1.0, "warm")
        for number in range(DEATHS):
            _, there = await talk(talkers, 1.5, f"usual {number}")
            usual.append(max(there))
            talking = asyncio.create_task(talk(talkers, 5.0, f"death {number}"))
            await asyncio.sleep(0.5)
            again.append(await _death(shop, talkers, number))
            _, there = await talking
            worst.append(max(there))
    return [
        Row("slowest message while Redis is killed and comes back", "ms", worst, int(5 * PER_SECOND) * DEATHS,
            "with Redis", usual, 2_000, "difference"),
        Row("from Redis being back to rings through it", "ms", again, DEATHS),
    ]  # fmt: skip


async def _death(shop: Stage, talkers: Talk, number: int) -> float:
    """Milliseconds from the restart until typing, which only Redis carries, is seen on the other gateway."""
    assert shop.redis
    await asyncio.to_thread(shop.redis.kill)
    await asyncio.sleep(1.5)
    await asyncio.to_thread(shop.redis.restart)
    began = time.perf_counter()
    person, desk = talkers[number % len(talkers)]
    seen = desk.expect("typing")
    while not seen.done():
        person.line.say(b'{"type": "typing"}')
        await asyncio.wait([seen], timeout=HINTS / 1_000)
    return (time.perf_counter() - began) * 1_000
