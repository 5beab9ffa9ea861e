"""What those who wait are told, and what they may do instead."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.adapters.store_sql import SqlStore
from handoff.desk import Desk
from handoff.protocol import Contact
from handoff.waiting import Waits
from tests.handoff.fakes import House, ScriptedBot


@pytest.fixture
async def house(any_store: SqlStore, bot: ScriptedBot) -> House:
    return House(any_store, bot)


def contact(**told: str) -> dict[str, str]:
    return Contact.model_validate({"name": "Ida", "about": "My tent leaks"} | told).model_dump()


async def test_the_place_and_the_range_are_those_of_the_desk(house: House) -> None:
    await house.add_agent("Mara", max_chats=1)
    first = await house.waiting_chat()
    free = (await house.status(first)).queue
    await house.queue.claim("mara", first, "k1")
    second, third = await house.waiting_chat(), await house.waiting_chat()
    here, behind = (await house.status(second)).queue, (await house.status(third)).queue
    assert free
    assert here
    assert behind
    assert [place.position for place in (free, here, behind)] == [1, 1, 2]
    lows = [place.low_seconds for place in (free, here, behind)]
    assert lows == sorted(lows)  # type: ignore[type-var]
    assert free.low_seconds is not None
    assert free.low_seconds < 60
    assert here.low_seconds is not None
    assert here.low_seconds > 60


async def test_a_conversation_that_goes_on_makes_the_wait_longer_and_one_that_ended_tells_its_length(
    house: House,
) -> None:
    """Half an hour with an agent, and no end of it: who waits for that seat is not told of five minutes."""
    await house.add_agent("Mara", max_chats=1)
    first = await house.waiting_chat()
    await house.queue.claim("mara", first, "k1")
    chat, handoff = await house.waiting_chat(), await house.handoff(first)

    async def told() -> int:
        queue = (await house.status(chat)).queue
        assert queue
        assert queue.low_seconds is not None
        return queue.low_seconds

    at_once = await told()
    before = datetime.now(UTC) - timedelta(minutes=30)
    times = {"claimed_at": before, "enqueued_at": before}
    await house.store.write(lambda tx: tx.update_handoff(handoff.id, **times))
    assert await told() > 1.5 * at_once
    for n in range(6):
        short, fence = await house.waiting_chat(), 2
        await house.queue.prioritise("mara", short, 1, f"p{n}")
        if n == 0:
            await house.queue.resolve("mara", first, fence, "solved", "x0")
        await house.queue.claim("mara", short, f"k{n + 2}")
        await house.queue.resolve("mara", short, fence, "solved", f"x{n + 2}")
    blocker, _ = await house.claimed_chat("mara")
    served = await house.store.read(lambda tx: tx.served(before, 3))
    assert [one.ended_at is None for one in served] == [False, False, False, True]
    assert (await house.handoff(blocker)).state == "active"
    assert await told() < at_once, "six took no time at all"
    assert await house.store.read(lambda tx: tx.served(datetime.now(UTC), 3)) == served[3:]


async def test_while_nobody_is_there_nothing_is_promised_and_an_address_may_be_left(house: House) -> None:
    agent = await house.add_agent("Mara")
    chat = await house.waiting_chat()
    assert not (await house.status(chat)).may_leave_details
    await house.queue.set_available(agent, False)
    status = await house.status(chat)
    assert status.queue
    assert (status.queue.position, status.queue.low_seconds, status.queue.high_seconds) == (1, None, None)
    assert status.may_leave_details


async def test_a_long_wait_is_said_to_be_long(house: House) -> None:
    await house.add_agent("Mara", max_chats=1)
    await house.claimed_chat("mara")
    chat = await house.waiting_chat()
    assert not (await house.status(chat)).may_leave_details
    slow = Desk(house.store, house.doorbell, waits=Waits(chat_seconds=3_000))
    assert (await slow.status(chat)).may_leave_details, "it is expected to be long"
    handoff = await house.handoff(chat)
    before = datetime.now(UTC) - timedelta(seconds=700)
    await house.store.write(lambda tx: tx.update_handoff(handoff.id, waiting_since=before))
    assert (await house.status(chat)).may_leave_details, "it has been long"


@pytest.mark.parametrize(
    ("told", "channel", "says"),
    [
        ({"email": "ida@example.org"}, "email", "write to ida@example.org"),
        ({"phone": "+32 470 12 34 56"}, "call", "call +32 470 12 34 56"),
        (
            {"email": "ida@example.org", "phone": "0470 123456", "call_at": "after five"},
            "call",
            "call 0470 123456 (after five) or write to ida@example.org",
        ),
        ({"email": "ida@example.org", "phone": "0470 123456"}, "email", "write to ida@example.org"),
    ],
)
async def test_an_address_is_left_and_the_place_is_kept(
    house: House, told: dict[str, str], channel: str, says: str
) -> None:
    agent = await house.add_agent("Mara", max_chats=1)
    chat, later = await house.waiting_chat(), await house.waiting_chat()
    before = await house.handoff(chat)
    await house.desk.leave_contact(chat, contact(**told), "d1")
    last = await house.last(chat)
    assert (last.body["code"], says in last.body["text"]) == ("contact_received", True)
    after = await house.handoff(chat)
    assert (after.channel, after.waiting_since, after.priority) == (
        channel,
        before.waiting_since,
        before.priority,
    )
    rows = (await house.views.queue(agent)).rows
    assert [(row.conversation, row.channel) for row in rows] == [(chat, channel), (later, "chat")]
    reach = (await house.views.conversation(chat)).reach
    assert reach
    assert (reach.channel, reach.email, reach.phone) == (
        channel,
        told.get("email", ""),
        told.get("phone", ""),
    )
    assert reach.call_at == told.get("call_at", "")
    await house.queue.claim(agent, None, "k1")
    assert (await house.handoff(chat)).channel == channel


async def test_with_nobody_there_a_telephone_is_enough(house: House) -> None:
    seat = await house.seat(locale="de-AT")
    await house.desk.leave_contact(seat.conversation_id, contact(phone="+32 470 12 34 56"), "d1")
    status = await house.status(seat.conversation_id)
    assert (status.owner, status.may_leave_details) == ("queue", True)
    handoff = await house.handoff(seat.conversation_id)
    assert (handoff.channel, handoff.language) == ("call", "de")


async def test_who_had_the_customer_before_is_known(house: House) -> None:
    for name in ("Mara", "Tomas"):
        await house.add_agent(name)
    seat = await house.seat()
    for number, who in enumerate(("mara", "tomas")):
        await house.desk.ask_person(seat.conversation_id, f"p{number}")
        fence = (await house.ownership(seat.conversation_id)).fence
        await house.queue.claim(who, seat.conversation_id, f"k{number}")
        await house.queue.resolve(who, seat.conversation_id, fence + 1, "solved", f"x{number}")
    await house.desk.ask_person(seat.conversation_id, "p9")
    assert (await house.handoff(seat.conversation_id)).known_agent_id == "tomas"
