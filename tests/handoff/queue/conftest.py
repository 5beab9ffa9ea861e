import pytest

from handoff.adapters.store_sql import SqlStore
from handoff.queue import Rules
from tests.handoff.fakes import STEADY, House, ScriptedBot

OFFER_SECONDS = 30.0


@pytest.fixture
async def picking(any_store: SqlStore, bot: ScriptedBot) -> House:
    """A house where agents pick, on each database."""
    return House(any_store, bot)


@pytest.fixture
async def offering(any_store: SqlStore, bot: ScriptedBot) -> House:
    """A house where each conversation is offered to one agent, on each database."""
    return House(any_store, bot, STEADY, Rules("offer", OFFER_SECONDS))
