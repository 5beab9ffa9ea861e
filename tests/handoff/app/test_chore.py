import asyncio
import itertools
import time

from handoff.app.chore import Chore


async def test_work_that_is_asked_for_often_rests_and_is_done_once_more_at_the_end() -> None:
    done: list[float] = []

    async def work() -> None:
        done.append(time.monotonic())
        await asyncio.sleep(0.01)

    chore = Chore(work, lambda error: None, rest=10)
    asked = time.monotonic()
    for _ in range(20):
        chore.ask()
        await asyncio.sleep(0.01)
    last = time.monotonic()
    await chore.done()
    assert done[0] - asked < 0.1, "the first is done at once"
    assert 2 <= len(done) <= 5
    assert done[-1] >= last - 0.2
    assert min(after - before for before, after in itertools.pairwise(done)) > 0.05


async def test_a_rest_does_not_keep_what_comes_later() -> None:
    done: list[float] = []

    async def work() -> None:
        done.append(time.monotonic())

    chore = Chore(work, lambda error: None, rest=10)
    for _ in range(3):
        chore.ask()
        await chore.done()
        await asyncio.sleep(0.02)
    assert len(done) == 3


async def test_one_that_is_dropped_before_it_began_is_done() -> None:
    began: list[bool] = []

    async def work() -> None:
        began.append(True)

    chore = Chore(work, lambda error: None)
    chore.ask()
    chore.drop()
    async with asyncio.timeout(1):
        await chore.done()
    chore.ask()
    await asyncio.sleep(0)
    assert began == []
