"""What was said and thought about one matter has no part in the next."""

import pytest

from handoff.ports import Json
from handoff.protocol import Packet
from tests.handoff.fakes import House, ScriptedBot, answers, says
from tests.handoff.test_desk import reply

ALONE: Json = {"want": None, "about": None, "tried": None}


async def packets(house: House, chat: str) -> list[Packet]:
    return [
        Packet.model_validate(event.body["packet"])
        for event in await house.log(chat)
        if event.kind == "packet"
    ]


async def rejected(house: House, bot: ScriptedBot, chat: str, text: str) -> None:
    """One answer, and a thumb down for it."""
    bot.script = [answers()]
    await reply(house, bot, chat, text=text)
    await house.desk.feedback(chat, (await house.last(chat)).seq, False, house.cmid())


async def test_thumbs_of_a_solved_matter_count_no_more(house: House, bot: ScriptedBot) -> None:
    mara = await house.add_agent()
    chat = (await house.seat()).conversation_id
    await rejected(house, bot, chat, "How do I return boots?")
    await rejected(house, bot, chat, "Where is the label then?")
    assert (await house.status(chat)).owner == "queue"
    await house.queue.claim(mara, chat, "claim")
    await house.queue.resolve(mara, chat, (await house.ownership(chat)).fence, "solved", "done")
    await rejected(house, bot, chat, "Do you ship to Norway?")
    assert (await house.status(chat)).owner == "bot"
    await rejected(house, bot, chat, "And to Sweden?")
    assert (await house.status(chat)).owner == "queue"
    assert [packet.reason for packet in await packets(house, chat)] == ["rejected_twice"] * 2


async def test_thumbs_of_before_the_end_count_no_more(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    chat = (await house.seat()).conversation_id
    await rejected(house, bot, chat, "How do I return boots?")
    await house.desk.close(chat, "bye")
    await rejected(house, bot, chat, "Do you ship to Norway?")
    assert (await house.status(chat)).owner == "bot"


async def test_a_corrected_card_is_of_the_matter_it_was_corrected_in(house: House, bot: ScriptedBot) -> None:
    mara = await house.add_agent()
    chat, fence = await house.claimed_chat(mara)
    await house.desk.correct_card(chat, ALONE | {"want": "Exchange the blue tent"}, house.cmid())
    await house.queue.return_to_bot(mara, chat, fence, house.cmid())
    await reply(house, bot, chat, text="My stove leaks gas, is that dangerous?")
    await house.desk.ask_person(chat, house.cmid())
    assert [packet.corrections for packet in await packets(house, chat)] == [[], []]


async def test_what_was_asked_back_may_be_asked_back_after_a_new_beginning(
    house: House, bot: ScriptedBot
) -> None:
    chat = (await house.seat()).conversation_id
    slots: Json = {
        "clarified": ["what is it about"],
        "rejected": ["p1"],
        "offered": ["p2"],
        "order_number": "FH-1",
    }
    bot.script = [says("What is it about?", wish="asking", slots=slots)]
    await reply(house, bot, chat, text="it broke")
    await house.desk.close(chat, "bye")
    await reply(house, bot, chat, text="I have a question")
    assert bot.requests[-1].slots == {"order_number": "FH-1"}


@pytest.mark.parametrize("reopened", [False, True])
async def test_the_evidence_is_the_message_that_asked(house: House, *, reopened: bool) -> None:
    await house.add_agent()
    chat = (await house.seat()).conversation_id
    if reopened:
        await house.desk.send(chat, "hello", house.cmid())
        await house.desk.close(chat, "bye")
    receipt = await house.desk.send(chat, "Can I speak to a human please", house.cmid())
    assert [one.seq for one in (await packets(house, chat))[0].evidence] == [receipt.seq]


async def test_another_size_is_another_question(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    chat = (await house.seat()).conversation_id
    bot.script = [answers(), answers()]
    for size in (42, 43):
        await reply(
            house, bot, chat, text=f"Do the Ridge boots in size {size} fit a wide foot with thick socks?"
        )
    assert (await house.status(chat)).owner == "bot"
