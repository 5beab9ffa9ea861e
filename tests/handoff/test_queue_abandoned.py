"""Who is gone for good does not wait for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from handoff.adapters import tables as t
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Owner
from handoff.ports import PLACES_TOPIC, QUEUE_TOPIC, Transaction, conversation_topic
from handoff.queue.letting_go import ABANDONED
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import House


@pytest.fixture
async def agent(house: House) -> str:
    return await house.add_agent(max_chats=9)


async def silent_chat(house: House, seconds: float = ABANDONED.total_seconds() + 60) -> str:
    """A conversation in the queue in which nothing happened for so long."""
    chat = await house.waiting_chat()
    await let_pass(house, chat, seconds)
    return chat


async def let_pass(house: House, chat: str, seconds: float) -> None:
    before = datetime.now(UTC) - timedelta(seconds=seconds)

    def change(tx: Transaction) -> None:
        assert isinstance(tx, SqlTransaction)
        tx._connection.execute(
            update(t.handoff).where(t.handoff.c.conversation_id == chat).values(enqueued_at=before)
        )
        tx.update_conversation(chat, last_at=before)

    await house.store.write(change)


async def customer_of(house: House, chat: str) -> str:
    return (await house.store.read(lambda tx: tx.conversation(chat))).customer_id


async def test_after_a_day_the_entry_goes_and_the_log_says_so(house: House, agent: str) -> None:
    chat, other = await silent_chat(house), await house.waiting_chat()
    bell = house.doorbell.subscribe(QUEUE_TOPIC, PLACES_TOPIC, conversation_topic(chat))
    assert await house.queue.drop_abandoned() == [chat]
    assert (await bell.wait(0))[0] == {QUEUE_TOPIC, PLACES_TOPIC, conversation_topic(chat)}
    assert (await house.ownership(chat)).owner is Owner.CLOSED
    assert await house.notices(chat) == ["queued", "closed"]
    assert (await house.views.conversation(chat)).outcome is None
    assert [row.conversation for row in (await house.views.queue(agent)).rows] == [other]
    await house.store.read(lambda tx: all_is_well(tx, [chat, other]))
    assert await house.queue.drop_abandoned() == []


async def test_before_that_it_waits(house: House, agent: str) -> None:
    await silent_chat(house, ABANDONED.total_seconds() - 60)
    assert await house.queue.drop_abandoned() == []


async def test_who_is_there_waits(house: House, agent: str) -> None:
    chat = await silent_chat(house)
    house.customers.enter(await customer_of(house, chat))
    await house.attendance.note()
    assert await house.queue.drop_abandoned() == []
    assert (await house.ownership(chat)).owner is Owner.QUEUE


async def test_who_can_be_written_to_waits(house: House, agent: str) -> None:
    chat = await silent_chat(house)
    customer = await customer_of(house, chat)
    await house.store.write(lambda tx: tx.name_customer(customer, "Ida", "ida@example.org"))
    assert await house.queue.drop_abandoned() == []


async def test_who_wrote_since_waits(house: House, agent: str) -> None:
    chat = await silent_chat(house)
    await house.desk.send(chat, "Is anybody there?", "later")
    assert await house.queue.drop_abandoned() == []


async def test_what_an_agent_has_is_theirs_to_end(house: House, agent: str) -> None:
    chat, _ = await house.claimed_chat(agent)
    await let_pass(house, chat, ABANDONED.total_seconds() + 60)
    assert await house.queue.drop_abandoned() == []
    assert (await house.ownership(chat)).owner is Owner.AGENT
