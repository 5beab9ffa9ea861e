"""A conversation is passed on only to somebody who takes it, and taken over only as it was seen."""

import asyncio

import pytest

from handoff.conversation import Owner, Ownership
from handoff.errors import (
    AlreadyTaken,
    AtCapacity,
    BadInput,
    HandoffError,
    IllegalMove,
    NotAllowed,
    NotFound,
    StaleFence,
)
from handoff.invariants import check
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import House

SECONDS = 30.0


async def two(house: House, **more: object) -> tuple[str, str, str, int]:
    """Mara has a conversation, Tomas is there."""
    mara, tomas = await house.add_agent("Mara"), await house.add_agent("Tomas", **more)  # type: ignore[arg-type]
    chat, fence = await house.claimed_chat(mara)
    return mara, tomas, chat, fence


async def ask(house: House, chat: str, fence: int, cmid: str = "t1", **whom: str) -> None:
    await house.queue.transfer(
        "mara", chat, fence, whom.get("to"), whom.get("skill", ""), whom.get("note", ""), cmid
    )


async def test_it_stays_with_the_sender_until_it_is_accepted(picking: House) -> None:
    house = picking
    mara, tomas, chat, fence = await two(house)
    before = await house.handoff(chat)
    await ask(house, chat, fence, to=tomas, note="Paid twice, please look.")
    assert await house.ownership(chat) == Ownership(Owner.AGENT, fence, mara)
    await house.queue.send(mara, chat, fence, "One moment, please.", "m1")
    row = (await house.views.queue(tomas)).rows[0]
    assert row.transfer_to
    assert (row.transfer_to.id, row.offer_seconds) == (tomas, SECONDS)
    first = await house.queue.accept(tomas, chat, "a1")
    assert (await house.queue.accept(tomas, chat, "a1")).seq == first.seq
    assert await house.ownership(chat) == Ownership(Owner.AGENT, fence + 1, tomas)
    with pytest.raises(StaleFence):
        await house.queue.send(mara, chat, fence, "Late", "m2")
    assert (await house.busy(mara), await house.busy(tomas)) == (0, 1)
    after = await house.handoff(chat)
    assert (after.waiting_since, after.claimed_at) == (before.waiting_since, before.claimed_at)
    assert await house.assigned(chat) == ["transfer_offered", "transfer_accepted"]
    told = (await house.last(chat)).body
    assert (told["code"], told["text"]) == ("passed_on", "Tomas takes over from Mara. Knows Tomas.")
    assert [event.body["text"] for event in await house.log(chat) if event.kind == "note"] == [
        "Paid twice, please look."
    ]
    await house.store.read(lambda tx: all_is_well(tx, [chat]))
    assert await house.store.read(check) == []


@pytest.mark.parametrize("who", ["tomas", "mara"])
async def test_declined_or_taken_back_it_stays_where_it_is(picking: House, who: str) -> None:
    house = picking
    _, tomas, chat, fence = await two(house)
    await ask(house, chat, fence, to=tomas)
    first = await house.queue.decline(who, chat, "d1")
    assert (await house.queue.decline(who, chat, "d1")).seq == first.seq
    assert await house.ownership(chat) == Ownership(Owner.AGENT, fence, "mara")
    assert await house.assigned(chat) == ["transfer_offered", "transfer_declined"]
    with pytest.raises(AlreadyTaken, match="no longer asked"):
        await house.queue.accept(tomas, chat, "a1")
    assert await house.store.read(check) == []


async def test_in_time_or_not_at_all(picking: House) -> None:
    house = picking
    _, tomas, chat, fence = await two(house)
    await ask(house, chat, fence, to=tomas)
    await house.passes(SECONDS + 1)
    assert await house.queue.let_pass() == 1
    assert await house.queue.let_pass() == 0
    with pytest.raises(AlreadyTaken):
        await house.queue.accept(tomas, chat, "a1")
    assert await house.assigned(chat) == ["transfer_offered", "transfer_passed"]
    assert await house.ownership(chat) == Ownership(Owner.AGENT, fence, "mara")


async def test_a_skill_is_asked_until_one_takes_it_or_all_decline(picking: House) -> None:
    house = picking
    _, tomas, chat, fence = await two(house, skills=("payments",))
    anna = await house.add_agent("Anna", skills=("payments",))
    other = await house.add_agent("Bert")
    await ask(house, chat, fence, skill="Payments")
    with pytest.raises(AlreadyTaken):
        await house.queue.accept(other, chat, "a0")
    await house.queue.decline(tomas, chat, "d1")
    assert (await house.handoff(chat)).transfer_skill == "payments"
    await house.queue.decline(anna, chat, "d2")
    assert (await house.handoff(chat)).transfer_until is None, "nobody is left to ask"
    await ask(house, chat, fence, "t2", skill="payments")
    await house.queue.accept(anna, chat, "a1")
    assert (await house.ownership(chat)).agent_id == anna
    assert await house.store.read(check) == []


async def test_only_to_somebody_who_can_take_it(picking: House) -> None:
    house = picking
    mara, tomas, chat, fence = await two(house, max_chats=1)
    await house.add_agent("Anna", online=False)
    await house.claimed_chat(tomas)
    for whom, error, says in (
        ({"to": tomas}, NotAllowed, "no room"),
        ({"to": "anna"}, NotAllowed, "not there"),
        ({"to": "nobody"}, NotFound, "no such agent"),
        ({"to": mara}, BadInput, "already"),
        ({"skill": "payments"}, NotAllowed, "Nobody who has the skill"),
        ({}, BadInput, "a colleague or to a skill"),
    ):
        with pytest.raises(error, match=says):
            await ask(house, chat, fence, **whom)
    with pytest.raises(StaleFence):
        await ask(house, chat, fence + 1, to=tomas)
    assert await house.assigned(chat) == []


async def test_a_seat_is_kept_for_who_is_asked(picking: House) -> None:
    house = picking
    _, tomas, chat, fence = await two(house, max_chats=1)
    waiting = await house.waiting_chat()
    await ask(house, chat, fence, to=tomas)
    with pytest.raises(AtCapacity):
        await house.queue.claim(tomas, waiting, "k1")
    await house.queue.accept(tomas, chat, "a1")
    assert await house.store.read(check) == []


async def test_what_the_sender_ends_is_asked_of_nobody(picking: House) -> None:
    house = picking
    mara, tomas, chat, fence = await two(house)
    await ask(house, chat, fence, to=tomas)
    await house.queue.requeue(mara, chat, fence, "r1")
    with pytest.raises(HandoffError):
        await house.queue.decline(tomas, chat, "d1")
    handoff = await house.handoff(chat)
    assert (handoff.transfer_to, handoff.transfer_until) == (None, None)


# a supervisor


async def test_a_supervisor_takes_over_what_they_saw(picking: House) -> None:
    house = picking
    mara, tomas, chat, fence = await two(house)
    boss = await house.add_agent("Sue", roles=("agent", "supervisor"))
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        await house.queue.take_over(tomas, chat, fence, "o1")
    with pytest.raises(StaleFence):
        await house.queue.take_over(boss, chat, fence - 1, "o2")
    first = await house.queue.take_over(boss, chat, fence, "o3")
    again = await house.queue.take_over(boss, chat, fence, "o3")
    assert (again.seq, again.dup) == (first.seq, True)
    assert await house.ownership(chat) == Ownership(Owner.AGENT, fence + 1, boss)
    assert await house.assigned(chat) == ["taken_over"]
    assert "passed_on" in await house.notices(chat)
    with pytest.raises(StaleFence):
        await house.queue.resolve(mara, chat, fence, "solved", "x1")
    await house.store.read(lambda tx: all_is_well(tx, [chat]))
    assert await house.store.read(check) == []


async def test_two_supervisors_do_not_take_it_from_each_other(picking: House) -> None:
    house = picking
    _, _, chat, fence = await two(house)
    bosses = [await house.add_agent(name, roles=("agent", "supervisor")) for name in ("Sue", "Sam", "Sid")]
    told = await asyncio.gather(
        *(house.queue.take_over(boss, chat, fence, f"o-{boss}") for boss in bosses), return_exceptions=True
    )
    assert sum(isinstance(answer, StaleFence) for answer in told) == 2, told
    assert (await house.ownership(chat)).fence == fence + 1
    assert await house.store.read(check) == []


async def test_what_waits_is_joined_as_always_and_what_the_bot_has_is_not_taken(picking: House) -> None:
    house = picking
    boss = await house.add_agent("Sue", roles=("agent", "supervisor"))
    chat = await house.waiting_chat()
    await house.queue.take_over(boss, chat, 1, "o1")
    assert await house.notices(chat) == ["queued", "joined"]
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Hello", "c1")
    with pytest.raises(IllegalMove):
        await house.queue.take_over(boss, seat.conversation_id, 0, "o2")


# priority


async def test_the_priority_decides_who_is_next_and_comes_before_time(picking: House) -> None:
    house = picking
    agent = await house.add_agent("Mara", max_chats=9)
    chats = [await house.waiting_chat() for _ in range(4)]
    await house.queue.prioritise(agent, chats[2], 2, "p1")
    first = await house.queue.prioritise(agent, chats[3], 2, "p2")
    assert (await house.queue.prioritise(agent, chats[3], 2, "p2")).seq == first.seq
    await house.queue.prioritise(agent, chats[0], -1, "p3")
    order = [chats[2], chats[3], chats[1], chats[0]]
    assert [row.conversation for row in (await house.views.queue(agent)).rows] == order
    places = [(await house.status(chat)).queue for chat in order]
    assert [place.position for place in places if place] == [1, 2, 3, 4]
    taken = [(await house.queue.claim(agent, None, f"k{n}")).conversation for n in range(4)]
    assert taken == order
    assert (await house.log(chats[2]))[-2].body["text"] == "Mara set the priority to high."
