import asyncio
import itertools
from typing import TypeVar

import pytest

from handoff import voice
from handoff.adapters.store_sql import SqlStore
from handoff.conversation import Ownership
from handoff.errors import BotFailed
from handoff.patience import Patience
from handoff.ports import Json, TurnReply, TurnRequest
from handoff.readers import as_event
from tests.handoff.checks import all_is_well, bot_is_silent_while_an_agent_owns
from tests.handoff.fakes import HIT, House, ScriptedBot, answers, asks_back, says

T = TypeVar("T")
CONTACT = {
    "contact_name": "Ida Brandt",
    "contact_email": "ida@example.org",
    "contact_about": "A torn flysheet",
}


async def ask(house: House, conversation_id: str, text: str = "Where is it?") -> str:
    cmid = house.cmid()
    await house.desk.send(conversation_id, text, cmid)
    return cmid


async def one_turn(house: House, *script: object, bot: ScriptedBot, text: str = "Where is it?") -> str:
    bot.script = list(script)  # type: ignore[arg-type]
    seat = await house.seat()
    async with house.bot_at_work():
        await ask(house, seat.conversation_id, text)
        await house.replied(seat.conversation_id)
    return seat.conversation_id


# what a turn carries and leaves behind


async def test_a_turn_carries_all_that_a_fresh_bot_needs(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    slots = {"order": "FH-204817"}
    bot.script = [says("One", slots=slots, active_loop="contact_form"), says("Two")]
    async with house.bot_at_work():
        await ask(house, seat.conversation_id, "first")
        await house.replied(seat.conversation_id)
        await house.add_agent()
        cmid = await ask(house, seat.conversation_id, "second")
        await house.replied(seat.conversation_id)
    assert bot.requests[1] == TurnRequest(
        seat.conversation_id, cmid, "second", None, slots, "contact_form", True, ("first",)
    )


async def test_only_the_five_latest_questions_travel(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    async with house.bot_at_work():
        for n in range(8):
            await ask(house, seat.conversation_id, f"question {n}")
            await house.replied(seat.conversation_id)
    assert bot.requests[-1].asked == tuple(f"question {n}" for n in range(2, 7))


async def test_an_answer_carries_its_passage_and_score(house: House, bot: ScriptedBot) -> None:
    conversation_id = await one_turn(house, answers("Print it.", confidence=0.83), bot=bot)
    event = await house.last(conversation_id)
    assert (event.kind, event.author.name) == ("answer", voice.BOT_NAME)
    assert event.body == {"text": "Print it.", "hit": HIT, "confidence": 0.83}
    as_event(event, for_agent=False)


async def test_a_certain_reply_ends_the_wait_and_an_unsure_one_counts(house: House, bot: ScriptedBot) -> None:
    conversation_id = await one_turn(house, asks_back("A", wish="unsure"), bot=bot)
    record = await house.store.read(lambda tx: tx.conversation(conversation_id))
    assert record.unsure_in_a_row == 1
    assert record.waiting_since
    bot.script = [answers()]
    async with house.bot_at_work():
        await ask(house, conversation_id, "And the boots?")
        await house.replied(conversation_id)
    record = await house.store.read(lambda tx: tx.conversation(conversation_id))
    assert (record.unsure_in_a_row, record.waiting_since) == (0, None)


async def test_finding_nothing_twice_sends_for_a_person_although_one_was_offered(
    house: House, bot: ScriptedBot
) -> None:
    await house.add_agent()
    chat = await one_turn(house, says("I found nothing.", wish="unsure"), bot=bot)
    assert (await house.last(chat)).kind == "offer"
    bot.script = [says("You're welcome."), says("Nothing either.", wish="unsure")]
    async with house.bot_at_work():
        for text in ("thanks anyway", "Is there a museum near you?"):
            assert (await house.status(chat)).owner == "bot"
            await ask(house, chat, text)
            await house.replied(chat)
    assert await house.store.read(lambda tx: tx.latest_reason(chat)) == "low_confidence"


async def test_what_the_form_asked_twice_may_be_said_twice(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    form: Json = {"active_loop": "contact_form", "slots": {"requested_slot": "contact_email"}}
    seat = await house.seat()
    bot.script = [says("What is your e-mail address?", **form), *[says("That is none.", **form)] * 2]
    async with house.bot_at_work():
        for text in ("can I leave a note", "where is nora at example?", "where is nora at example?"):
            await ask(house, seat.conversation_id, text)
            await house.replied(seat.conversation_id)
    record = await house.store.read(lambda tx: tx.conversation(seat.conversation_id))
    assert (record.ownership.owner, record.active_loop) == ("bot", "contact_form")


async def test_unsure_twice_in_a_row_sends_for_a_person(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    conversation_id = await one_turn(house, asks_back("A", wish="unsure"), bot=bot)
    assert (await house.status(conversation_id)).owner == "bot"
    bot.script = [asks_back("B", wish="unsure")]
    async with house.bot_at_work():
        await ask(house, conversation_id, "I mean the one for tents")
        await house.replied(conversation_id)
    assert (await house.status(conversation_id)).owner == "queue"
    assert await house.store.read(lambda tx: tx.latest_reason(conversation_id)) == "low_confidence"


async def test_the_packet_says_on_what_the_decision_rests(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    conversation_id = await one_turn(house, answers(), bot=bot, text="Do you ship to Oslo?")
    bot.script = [answers()]
    async with house.bot_at_work():
        await ask(house, conversation_id, "but do you ship to Oslo")
        await house.replied(conversation_id)
    packet = next(e for e in await house.log(conversation_id) if e.kind == "packet").body["packet"]
    assert packet["reason"] == "same_question"
    assert packet["reason_detail"] == "They asked the same again after the bot's reply."
    assert packet["evidence"] == [{"text": packet["reason_detail"], "seq": 1}]


async def test_an_article_for_people_is_shown_and_a_person_is_called(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    recall = {"kind": "answer", "text": "Stop using it.", "hit": HIT | {"always_person": True}}
    conversation_id = await one_turn(house, TurnReply((recall,), confidence=0.9), bot=bot)
    assert (await house.kinds(conversation_id))[1:] == ["answer", "packet", "notice"]
    assert await house.store.read(lambda tx: tx.latest_reason(conversation_id)) == "always_person"


async def test_the_same_offer_is_not_repeated_at_once_and_its_reason_stays_inside(
    house: House, bot: ScriptedBot
) -> None:
    conversation_id = await one_turn(house, says("Hm.", wish="unsure"), bot=bot, text="xyzzy plugh")
    async with house.bot_at_work():
        for text in ("frotz gnusto", "rezrov blorb"):
            bot.script = [says("Hm.", wish="unsure")]
            await ask(house, conversation_id, text)
            await house.replied(conversation_id)
    log = await house.log(conversation_id)
    assert [event.kind for event in log].count("offer") == 1
    offer = next(event for event in log if event.kind == "offer")
    assert offer.body["_reason"] == "low_confidence"
    for for_agent in (True, False):
        assert "_reason" not in as_event(offer, for_agent=for_agent).model_dump_json()


async def test_what_may_ask_for_a_person_is_only_offered_one(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    unsure = says(
        "A person can help.", wish="person", intents=({"name": "ask_for_human", "confidence": 0.6},)
    )
    conversation_id = await one_turn(house, unsure, bot=bot, text="assistance")
    assert (await house.last(conversation_id)).kind == "offer"


@pytest.mark.parametrize(("wish", "online", "owner", "last"), [
    ("person", True, "queue", "notice"),
    ("person", False, "bot", "offer"),
    ("unsure", True, "bot", "offer"),
    ("language", True, "bot", "offer"),
    ("unsure", False, "bot", "offer"),
    ("frustrated", True, "queue", "notice"),
    ("policy", False, "bot", "offer"),
    (None, True, "bot", "message"),
])  # fmt: skip
async def test_a_wish_leads_where_the_triggers_say(
    house: House, bot: ScriptedBot, wish: str | None, online: bool, owner: str, last: str
) -> None:
    if online:
        await house.add_agent()
    conversation_id = await one_turn(house, says("Hm.", wish=wish), bot=bot)
    assert (await house.status(conversation_id)).owner == owner
    assert (await house.last(conversation_id)).kind == last
    if last == "offer":
        options = ["person" if online else "details", "stay"]
        assert (await house.last(conversation_id)).body["options"] == options


async def test_the_frustrated_go_first(house: House, bot: ScriptedBot) -> None:
    agent = await house.add_agent()
    await house.waiting_chat()
    conversation_id = await one_turn(house, says("I see.", wish="frustrated"), bot=bot)
    handoff = await house.store.read(lambda tx: tx.live_handoff(conversation_id))
    assert handoff
    assert (await house.queue.claim(agent, None, "next")).conversation == conversation_id


async def test_a_complete_form_is_queued_with_the_name(house: House, bot: ScriptedBot) -> None:
    conversation_id = await one_turn(house, says("Thank you.", wish="contact", slots=CONTACT), bot=bot)
    assert await house.notices(conversation_id) == ["contact_received"]
    packet = next(e for e in await house.log(conversation_id) if e.kind == "packet").body["packet"]
    left = {
        "name": "Ida Brandt",
        "email": "ida@example.org",
        "phone": "",
        "call_at": "",
        "about": "A torn flysheet",
    }
    assert packet["contact"] == left


@pytest.mark.parametrize("wrong", [
    {"contact_email": "not an address"},
    {"contact_email": None},
    {"contact_name": "N" * 300},
    {"contact_about": ""},
])  # fmt: skip
async def test_a_form_that_cannot_be_right_ends_neither_in_silence_nor_in_a_false_promise(
    house: House, bot: ScriptedBot, wrong: Json
) -> None:
    conversation_id = await one_turn(
        house, says("Thank you.", wish="contact", slots=CONTACT | wrong), bot=bot
    )
    last = await house.last(conversation_id)
    assert last.kind == "offer"
    assert "details" in last.body["options"]
    async with house.bot_at_work():
        await ask(house, conversation_id, "still there?")
        await house.replied(conversation_id)
    assert (await house.last(conversation_id)).body["text"] == "You said: still there?"


# one at a time, under the fence


async def test_one_turn_at_a_time_for_each_conversation_and_several_conversations_at_once(
    house: House, bot: ScriptedBot
) -> None:
    seats = [await house.seat() for _ in range(4)]
    bot.holding = True
    async with house.bot_at_work():
        for seat in seats:
            await ask(house, seat.conversation_id, "question 0")
            await bot.asked(seat.conversation_id)
        for seat, n in itertools.product(seats, (1, 2)):
            await ask(house, seat.conversation_id, f"question {n}")
        assert len(bot.requests) == 4
        bot.holding = False
        for seat in seats:
            bot.release(seat.conversation_id)
        for seat in seats:
            await house.replied(seat.conversation_id)
    assert set(bot.most_at_once.values()) == {1}
    for seat in seats:
        log = await house.log(seat.conversation_id)
        said = [event.body["text"] for event in log if event.author.role == "bot"]
        assert said == [f"You said: question {n}" for n in range(3)]


async def test_no_more_turns_at_once_than_allowed(store: SqlStore, bot: ScriptedBot) -> None:
    house = House(store, bot, Patience(at_once=2))
    seats = [await house.seat() for _ in range(5)]
    bot.holding = True
    async with house.bot_at_work():
        for seat in seats:
            await ask(house, seat.conversation_id)
        await bot.asked(seats[0].conversation_id)
        await asyncio.sleep(0.1)
        assert len(bot.requests) == 2
        bot.holding = False
        for seat in seats:
            bot.release(seat.conversation_id)
        for seat in seats:
            await house.replied(seat.conversation_id)
    assert len(bot.requests) == 5


async def late_reply(house: House, bot: ScriptedBot, reply: TurnReply) -> str:
    """The customer asks the bot, then for a person; an agent joins and writes; only then does the bot reply."""
    agent = await house.add_agent()
    seat = await house.seat()
    bot.holding = True
    bot.script = [reply]
    async with house.bot_at_work():
        await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
        await house.desk.ask_person(seat.conversation_id, "person")
        await house.queue.claim(agent, seat.conversation_id, "claim")
        await house.queue.send(agent, seat.conversation_id, 2, "Hello, Mara here.", "hello")
        bot.release(seat.conversation_id)
        await house.replied(seat.conversation_id)
    return seat.conversation_id


@pytest.mark.parametrize("reply", [
    says("Too late"), answers("Too late"), asks_back("Too late"), says("Too late", wish="person"),
    says("Too late", wish="contact", slots=CONTACT), says("Too late", slots={"order": "FH-1"}, active_loop="f"),
])  # fmt: skip
async def test_a_reply_after_a_claim_is_kept_for_agents_and_hidden_from_customers(
    house: House, bot: ScriptedBot, reply: TurnReply
) -> None:
    conversation_id = await late_reply(house, bot, reply)
    last = await house.last(conversation_id)
    assert last.kind == "suppressed"
    assert as_event(last, for_agent=True).kind == "suppressed"
    assert as_event(last, for_agent=False).model_dump(mode="json") == {
        "type": "event", "conversation": conversation_id, "seq": last.seq, "kind": "hidden",
    }  # fmt: skip
    await house.store.read(lambda tx: all_is_well(tx, [conversation_id]))
    record = await house.store.read(lambda tx: tx.conversation(conversation_id))
    assert (record.slots, record.active_loop, record.last_text) == ({}, None, "Hello, Mara here.")


async def test_the_same_check_catches_a_bot_that_ignores_the_fence(
    house: House, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ownership, "check_bot", lambda ownership, fence: None)
    conversation_id = await late_reply(house, bot, says("Too late"))
    log = await house.log(conversation_id)
    with pytest.raises(AssertionError, match="the bot spoke at seq"):
        bot_is_silent_while_an_agent_owns(log)


async def test_a_late_failure_says_nothing_to_anybody(house: House, bot: ScriptedBot) -> None:
    agent = await house.add_agent()
    seat = await house.seat()
    bot.holding = True
    bot.script = [BotFailed("no"), BotFailed("no")]
    async with house.bot_at_work():
        await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
        await house.desk.ask_person(seat.conversation_id, "person")
        await house.queue.claim(agent, seat.conversation_id, "claim")
        bot.holding = False
        bot.release(seat.conversation_id)
        await house.replied(seat.conversation_id)
    assert "offer" not in await house.kinds(seat.conversation_id)


async def test_a_reply_of_before_the_queue_is_stale_although_the_bot_is_back(
    house: House, bot: ScriptedBot
) -> None:
    await house.add_agent()
    seat = await house.seat()
    bot.holding = True
    async with house.bot_at_work():
        await ask(house, seat.conversation_id)
        await bot.asked(seat.conversation_id)
        await house.desk.ask_person(seat.conversation_id, "person")
        await house.desk.leave_queue(seat.conversation_id, False, "stay")
        bot.holding = False
        bot.release(seat.conversation_id)
        await house.replied(seat.conversation_id)
    kinds = await house.kinds(seat.conversation_id)
    assert kinds[-2:] == ["suppressed", "message"]  # the late one, and the one that was asked anew


async def test_the_bot_is_not_asked_what_an_agent_will_answer(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    seat = await house.seat()
    await ask(house, seat.conversation_id, "Where is it?")
    await house.desk.ask_person(seat.conversation_id, "person")
    async with house.bot_at_work():
        await house.replied(seat.conversation_id)
    assert bot.requests == []
    assert (await house.last(seat.conversation_id)).kind == "notice"
