"""Who is woken by what: one message must not wake everybody who is connected."""

import asyncio

import pytest

from handoff.ports import PLACES_TOPIC, QUEUE_TOPIC, TURNS_TOPIC, Json, conversation_topic
from handoff.protocol import Contact
from tests.handoff.fakes import House, ScriptedBot, says

CONTACT: Json = Contact(name="Ida", email="ida@example.org", about="A torn flysheet").model_dump()
QUEUE_AND_PLACES = {QUEUE_TOPIC, PLACES_TOPIC}


class Bells:
    """Which of the two bells that many hear have rung since the last question."""

    def __init__(self, house: House) -> None:
        self._bell = house.doorbell.subscribe(QUEUE_TOPIC, PLACES_TOPIC)

    async def rung(self, seconds: float = 0) -> set[str]:
        return (await self._bell.wait(seconds))[0]


@pytest.fixture
async def agent(house: House) -> str:
    return await house.add_agent()


async def test_talking_with_the_bot_wakes_nobody_else(house: House, bot: ScriptedBot, agent: str) -> None:
    seat, bells = await house.seat(), Bells(house)
    version = (await house.views.queue(agent)).version
    own = house.doorbell.subscribe(conversation_topic(seat.conversation_id), TURNS_TOPIC)
    await house.desk.send(seat.conversation_id, "Where is it?", "c1")
    assert (await own.wait(0))[0] == {conversation_topic(seat.conversation_id), TURNS_TOPIC}
    async with house.bot_at_work(), asyncio.timeout(4):
        while conversation_topic(seat.conversation_id) not in (await own.wait(1))[0]:
            pass
    assert (await house.last(seat.conversation_id)).author.role == "bot"
    await house.desk.leave_queue(seat.conversation_id, False, "stay")
    await house.desk.close(seat.conversation_id, "bye")
    await house.desk.rate(seat.conversation_id, 5, "", "rated")
    await house.desk.send(seat.conversation_id, "One more thing", "c2")
    assert await bells.rung() == set()
    assert (await house.views.queue(agent)).version == version


async def test_what_a_waiting_customer_writes_changes_a_row_and_no_place(house: House, agent: str) -> None:
    chat, bells = await house.waiting_chat(), Bells(house)
    await bells.rung()
    await house.desk.send(chat, "Are you there?", "more")
    assert await bells.rung() == {QUEUE_TOPIC}
    await house.desk.leave_contact(chat, CONTACT, "details")
    assert await bells.rung() == {QUEUE_TOPIC}


async def test_what_an_agents_customer_does_changes_a_row_and_no_place(house: House, agent: str) -> None:
    chat, fence = await house.claimed_chat(agent)
    bells = Bells(house)
    await bells.rung()
    await house.desk.send(chat, "Hello?", "more")
    assert await bells.rung() == {QUEUE_TOPIC}
    await house.queue.send(agent, chat, fence, "Hello, Mara here.", "m1")
    assert await bells.rung() == {QUEUE_TOPIC}
    await house.queue.note(agent, chat, "A regular.", "n1")
    assert await bells.rung() == {QUEUE_TOPIC}
    await house.desk.close(chat, "bye")
    assert await bells.rung() == {QUEUE_TOPIC}
    await house.queue.note(agent, chat, "Gone.", "n2")
    assert await bells.rung() == set()


@pytest.mark.parametrize("how", ["stay", "sorted", "close"])
async def test_coming_and_leaving_moves_the_others(house: House, agent: str, how: str) -> None:
    seat, bells = await house.seat(), Bells(house)
    await house.desk.ask_person(seat.conversation_id, "person")
    assert await bells.rung() == QUEUE_AND_PLACES
    if how == "close":
        await house.desk.close(seat.conversation_id, how)
    else:
        await house.desk.leave_queue(seat.conversation_id, how == "sorted", how)
    assert await bells.rung() == QUEUE_AND_PLACES


async def test_asking_again_after_the_end_moves_the_others(house: House, agent: str) -> None:
    seat = await house.seat()
    await house.desk.close(seat.conversation_id, "bye")
    bells = Bells(house)
    await house.desk.ask_person(seat.conversation_id, "person")
    assert await bells.rung() == QUEUE_AND_PLACES


async def test_a_repeated_message_wakes_nobody_else(house: House, agent: str) -> None:
    seat = await house.seat()
    await house.desk.ask_person(seat.conversation_id, "person")
    bells = Bells(house)
    assert (await house.desk.ask_person(seat.conversation_id, "person")).dup
    assert await bells.rung() == set()


async def test_the_bot_moves_the_others_only_when_it_sends_for_a_person(
    house: House, bot: ScriptedBot, agent: str
) -> None:
    seat, bells = await house.seat(), Bells(house)
    bot.script = [says("I see.", wish="frustrated")]
    async with house.bot_at_work():
        await house.desk.send(seat.conversation_id, "This is useless", "c1")
        assert await bells.rung(4) == QUEUE_AND_PLACES
