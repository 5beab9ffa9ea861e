"""Agents who lose the connection: shown as away, told to be back, and what they had goes back in time."""

import asyncio

import pytest

from handoff.conversation import Owner
from handoff.errors import StaleFence
from handoff.invariants import check
from tests.handoff.fakes import House

AWAY, GONE = 60.0, 120.0


async def look(house: House) -> None:
    """What every gateway does every two seconds; three of them."""

    async def one() -> None:
        await house.queue.mark_away(house.attendance, AWAY)
        await house.queue.requeue_of(await house.queue.gone(house.attendance, GONE))

    await asyncio.gather(one(), one(), one())


async def vanishes(house: House, agent: str, seconds: float) -> None:
    """The laptop is shut."""
    house.agents.leave(agent)
    await house.attendance.note()
    await house.passes(seconds)
    await look(house)


async def test_away_is_shown_to_both_sides_and_then_the_place_is_kept(picking: House) -> None:
    house = picking
    await house.add_agent("Mara")
    other = await house.add_agent("Tomas")
    chat, fence = await house.claimed_chat("mara")
    later = await house.waiting_chat()
    before = await house.handoff(chat)
    await vanishes(house, "mara", AWAY - 5)
    assert "agent_away" not in await house.notices(chat)
    await house.passes(10)
    await look(house)
    assert (await house.notices(chat)).count("agent_away") == 1
    status = await house.status(chat)
    assert (status.owner, status.agent_away, status.may_leave_details) == ("agent", True, True)
    assert (await house.views.queue(other)).rows[-1].agent_away
    assert (await house.views.conversation(chat)).agent_away
    await house.passes(GONE - AWAY)
    await look(house)
    assert (await house.notices(chat)).count("left") == 1
    handoff, owner = await house.handoff(chat), await house.ownership(chat)
    assert (owner.owner, owner.fence) == (Owner.QUEUE, fence + 1)
    assert (handoff.waiting_since, handoff.known_agent_id) == (before.waiting_since, "mara")
    assert (await house.status(later)).queue
    assert [row.conversation for row in (await house.views.queue(other)).rows] == [chat, later]
    with pytest.raises(StaleFence):
        await house.queue.send("mara", chat, fence, "I am back", "m1")
    assert await house.store.read(check) == []


async def test_who_comes_back_in_time_keeps_the_conversation(picking: House) -> None:
    house = picking
    await house.add_agent("Mara")
    chat, fence = await house.claimed_chat("mara")
    await vanishes(house, "mara", AWAY + 5)
    await house.arrives("mara")
    await look(house)
    assert await house.assigned(chat) == ["back"]
    assert not (await house.status(chat)).agent_away
    await house.passes(GONE)
    await look(house)
    assert (await house.ownership(chat)).fence == fence
    await house.queue.send("mara", chat, fence, "Here I am again.", "m1")


async def test_the_wait_of_the_customer_goes_on_through_everything(picking: House) -> None:
    house = picking
    for name in ("Mara", "Tomas"):
        await house.add_agent(name)
    chat = await house.waiting_chat()
    since = (await house.store.read(lambda tx: tx.conversation(chat))).waiting_since
    assert since
    await house.queue.claim("mara", chat, "k1")
    await house.queue.transfer("mara", chat, 2, "tomas", "", "", "t1")
    await house.queue.accept("tomas", chat, "a1")
    await house.queue.requeue("tomas", chat, 3, "r1")
    await house.queue.claim("mara", chat, "k2")
    await vanishes(house, "mara", GONE + 5)
    conversation = await house.store.read(lambda tx: tx.conversation(chat))
    assert conversation.waiting_since == since
    assert (await house.handoff(chat)).waiting_since == since
    row = (await house.views.queue("tomas")).rows[0]
    assert row.waiting_since == since
