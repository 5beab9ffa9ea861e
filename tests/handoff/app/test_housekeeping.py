"""One round of housekeeping, without a clock."""

from datetime import timedelta

import pytest

from handoff.adapters import presence_sql
from handoff.adapters.store_sql import SqlStore
from handoff.app.housekeeping import Housekeeping
from handoff.queue import letting_go
from tests.handoff.fakes import House, ScriptedBot


@pytest.fixture
def house(store: SqlStore, bot: ScriptedBot) -> House:
    return House(store, bot)


def housekeeping(house: House) -> Housekeeping:
    return Housekeeping(house.store, house.queue, house.attendance, away_seconds=60, gone_seconds=120)


async def test_a_chat_whose_customer_is_gone_for_a_day_leaves_the_queue(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.add_agent()
    waiting = await house.waiting_chat("Is anybody there?")
    keeper = housekeeping(house)
    await keeper.tidy()
    assert (await house.ownership(waiting)).owner == "queue"
    monkeypatch.setattr(letting_go, "ABANDONED", timedelta(seconds=-1))
    await keeper.tidy()
    assert (await house.ownership(waiting)).owner == "closed"


async def test_agents_hear_that_a_waiting_customer_came_or_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence_sql, "RELOAD_SECONDS", 0)
    await house.add_agent()
    waiting = await house.waiting_chat("Is anybody there?")
    customer = (await house.store.read(lambda tx: tx.conversation(waiting))).customer_id
    bystander = await house.seat()
    customers = house.customers
    keeper = housekeeping(house)
    await keeper.look()
    bell = house.doorbell.subscribe("queue", "places", f"conversation:{waiting}")
    for move in (customers.enter, customers.leave):
        customers.enter(bystander.customer_id)
        await keeper.look()
        await bell.wait(0)
        move(customer)
        await keeper.look()
        rung, _ = await bell.wait(0.1)
        assert rung == {"queue", f"conversation:{waiting}"}
    await keeper.look()
    assert await bell.wait(0) == (set(), [])
    bell.close()


async def test_while_somebody_waits_the_queue_is_looked_at_again_although_nothing_happened(
    house: House,
) -> None:
    await house.add_agent()
    keeper = housekeeping(house)
    bell = house.doorbell.subscribe("queue", "places")
    await keeper.look_anew()
    assert await bell.wait(0) == (set(), [])
    await house.waiting_chat("Is anybody there?")
    await bell.wait(0)
    before = await house.store.read(lambda tx: tx.queue_version())
    await keeper.look_anew()
    assert (await bell.wait(0.1))[0] == {"queue", "places"}
    assert await house.store.read(lambda tx: tx.queue_version()) > before
    bell.close()
