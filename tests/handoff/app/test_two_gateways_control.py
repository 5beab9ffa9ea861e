"""The negative control of `test_two_gateways.py`: rings alone, and nobody who looks for what they did not tell."""

import statistics
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.handoff.app.shops import (
    REPAIR_SECONDS,
    USUAL_SECONDS,
    Shop,
    Trouble,
    killed,
    opened,
    ready,
    split,
    talk,
)

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def blind(postgres_for_two: str) -> AsyncIterator[Shop]:
    async with opened(postgres_for_two, polls=False) as shop:
        yield shop


async def test_with_redis_there_rings_are_enough(blind: Shop) -> None:
    await talk(blind, None, 1)  # the first ones find everything cold
    took = await talk(blind, None, 2)
    assert statistics.median(took["up"] + took["down"]) < USUAL_SECONDS


@pytest.mark.parametrize("trouble", [killed, split])
async def test_without_the_polls_messages_do_not_come_in_time(blind: Shop, trouble: Trouble) -> None:
    """Everything is accepted, and some reader waits longer than polls would let them, or for nothing at all."""
    took = await talk(blind, trouble, 3)
    await ready(blind)
    assert max(took["up"] + took["down"]) > USUAL_SECONDS + REPAIR_SECONDS
