"""What agents notice: how long a claim takes when all want the next one, and how soon who asks for a person is seen."""

import asyncio
import time
from random import Random

from benchmarks.delivery.figures import Row, percentile
from benchmarks.delivery.stage import Desk, ask_for_persons, console, crowd, customer, stage

AGENTS = 50
ALONE = 20
AT_RANDOM = 80
A_SECOND = 20
"""Claims of all 50 together: twice what a desk of that size needs."""
ROUNDS = 2
ASKING = 60


async def claims() -> list[Row]:
    """50 consoles: all press "Take next" in the same moment, or at random, 20 a second. Beside them one agent alone."""
    rows = []
    for name, postgres in (("SQLite", False), ("Postgres", True)):
        alone: list[float] = []
        moment: list[float] = []
        random_: list[float] = []
        for number in range(ROUNDS):
            async with stage(postgres=postgres) as shop:
                port = shop.gateways[0].port
                desks = [await console(shop, agent, port) for agent in await shop.hire(AGENTS, 100)]
                await asyncio.sleep(2.5)
                await ask_for_persons(await crowd(port, ALONE + AGENTS + AT_RANDOM))
                await asyncio.sleep(1.0)
                one = [await _claim(desks[0]) for _ in range(ALONE)]
                await asyncio.sleep(0.5)
                all_ = list(await asyncio.gather(*map(_claim, desks)))
                await asyncio.sleep(1.0)
                some = await _at_random(desks, Random(number))
            for figures, took in ((alone, one), (moment, all_), (random_, some)):
                figures.append(percentile(took, 99))
        n = AGENTS * ROUNDS
        one_agent = "one agent alone, p99"
        rows += [
            Row(f"claim, {AGENTS} agents at random, {A_SECOND} a second, {name}, p99", "ms", random_, AT_RANDOM * ROUNDS,
                one_agent, alone, 50),
            Row(f"claim, {AGENTS} agents in the same moment, {name}, p99", "ms", moment, n, one_agent, alone, 50),
        ]  # fmt: skip
    return rows


async def _claim(desk: Desk) -> float:
    """Milliseconds until the next one is this agent's."""
    began = time.perf_counter()
    answer = await desk.say("claim")
    assert answer["type"] == "accepted", answer
    return (time.perf_counter() - began) * 1_000


async def _at_random(desks: list[Desk], random: Random) -> list[float]:
    claiming = []
    for _ in range(AT_RANDOM):
        claiming.append(asyncio.create_task(_claim(random.choice(desks))))
        await asyncio.sleep(random.expovariate(A_SECOND))
    return list(await asyncio.gather(*claiming))


async def handoffs() -> list[Row]:
    """From "I want a person" to the row on a console, one after the other."""
    rows = []
    for name, postgres, gateways in (("one gateway, SQLite", False, 1), ("two gateways, Postgres", True, 2)):
        visible: list[float] = []
        accepted: list[float] = []
        for _ in range(ROUNDS):
            async with stage(postgres=postgres, gateways=gateways) as shop:
                desk = await console(shop, (await shop.hire(1, 100))[0], shop.gateways[-1].port)
                await asyncio.sleep(2.5)
                seen: list[float] = []
                told: list[float] = []
                for number in range(ASKING):
                    person = await customer(shop.gateways[0].port, number)
                    shown = desk.expect(f"waiting {person.conversation}")
                    began = time.perf_counter()
                    await person.say("ask_person")
                    told.append((time.perf_counter() - began) * 1_000)
                    await shown
                    seen.append((time.perf_counter() - began) * 1_000)
            visible.append(percentile(seen, 99))
            accepted.append(percentile(told, 99))
        rows.append(
            Row(f"asked to seen on a console, {name}, p99", "ms", visible, ASKING * ROUNDS, "accepted, p99",
                accepted, 200)
        )  # fmt: skip
    return rows
