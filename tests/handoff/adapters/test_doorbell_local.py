import asyncio
import time

import pytest

from handoff.adapters.doorbell_local import MOST_HINTS, LocalDoorbell


async def test_a_ring_is_heard_by_who_listens_to_its_topic() -> None:
    doorbell = LocalDoorbell()
    one, other = doorbell.subscribe("a", "b"), doorbell.subscribe("c")
    doorbell.ring("a", "c", "nobody")
    assert await one.wait(1) == ({"a"}, [])
    assert await other.wait(1) == ({"c"}, [])


async def test_rings_before_the_wait_are_not_lost_and_many_are_one() -> None:
    doorbell = LocalDoorbell()
    bell = doorbell.subscribe("a", "b")
    for _ in range(100):
        doorbell.ring("a", "b")
    assert await bell.wait(1) == ({"a", "b"}, [])
    assert await bell.wait(0.01) == (set(), [])


async def test_a_ring_wakes_who_waits() -> None:
    doorbell = LocalDoorbell()
    bell = doorbell.subscribe("a")
    waiting = asyncio.create_task(bell.wait(5))
    await asyncio.sleep(0)
    doorbell.ring("a")
    began = time.monotonic()
    assert await waiting == ({"a"}, [])
    assert time.monotonic() - began < 1


async def test_nothing_comes_back_when_the_time_is_over() -> None:
    assert await LocalDoorbell().subscribe("a").wait(0.01) == (set(), [])


@pytest.mark.parametrize("ring_first", [True, False])
async def test_a_ring_does_not_swallow_a_cancellation(ring_first: bool) -> None:
    doorbell = LocalDoorbell()
    bell = doorbell.subscribe("a")
    waiting = asyncio.create_task(bell.wait(5))
    await asyncio.sleep(0.01)
    if ring_first:
        doorbell.ring("a")
        waiting.cancel()
    else:
        waiting.cancel()
        doorbell.ring("a")
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_hints_are_whispered_and_only_the_latest_are_kept() -> None:
    doorbell = LocalDoorbell()
    bell = doorbell.subscribe("a")
    doorbell.whisper("b", {"n": -1})
    for n in range(MOST_HINTS + 5):
        doorbell.whisper("a", {"n": n})
    rung, hints = await bell.wait(1)
    assert rung == set()
    assert [hint["n"] for hint in hints] == list(range(5, MOST_HINTS + 5))
    assert await bell.wait(0.01) == (set(), [])


async def test_topics_come_and_go() -> None:
    doorbell = LocalDoorbell()
    bell = doorbell.subscribe("a")
    bell.add("b")
    bell.remove("a")
    bell.remove("never-there")
    doorbell.ring("a", "b")
    assert await bell.wait(1) == ({"b"}, [])
    assert doorbell.listened() == {"b"}


async def test_who_closed_hears_nothing_and_leaves_nothing_behind() -> None:
    doorbell = LocalDoorbell()
    bell, other = doorbell.subscribe("a", "b"), doorbell.subscribe("a")
    bell.close()
    bell.close()
    assert doorbell.listened() == {"a"}
    doorbell.ring("a", "b")
    assert await bell.wait(0.01) == (set(), [])
    assert await other.wait(1) == ({"a"}, [])
    other.close()
    assert doorbell.listened() == set()
    assert not doorbell.listeners
