"""The customer's buttons: choices, thumbs, contact details."""

from collections.abc import Sequence

import pytest

from handoff import voice
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.errors import BadInput, NotFound
from handoff.log import LOG_WINDOW
from handoff.ports import EventRecord, Json, TurnReply
from handoff.readers import as_event
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import House, ScriptedBot, answers, asks_back, says
from tests.handoff.test_desk import reply

CONTACT: Json = {"name": "Ida Brandt", "email": "ida@example.org", "about": "A torn flysheet"}


# buttons, thumbs, details


async def test_a_button_sends_what_only_the_server_knows(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    bot.script = [asks_back("Tents", "Boots")]
    await reply(house, bot, seat.conversation_id)
    choices = (await house.last(seat.conversation_id)).body["choices"]
    assert [choice["label"] for choice in choices] == ["Tents", "Boots", voice.NONE_OF_THESE]
    assert all(set(choice) == {"id", "label"} for choice in choices)
    async with house.bot_at_work():
        await house.desk.choose(seat.conversation_id, choices[1]["id"], "c9")
        await house.replied(seat.conversation_id)
    assert bot.requests[-1].payload == {"intent": "choose_passage", "entities": {"passage_id": "Boots"}}
    assert bot.requests[-1].text is None


async def test_a_button_with_a_question_asks_it(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    also = {
        "label": "Pay by invoice?",
        "intent": "ask_this",
        "entities": {"question": "Can I pay by invoice?"},
    }
    shown = TurnReply(
        (*answers().messages, {"kind": "choices", "text": "You also asked:", "choices": [also]})
    )
    bot.script = [shown]
    await reply(house, bot, seat.conversation_id)
    choices = (await house.last(seat.conversation_id)).body["choices"]
    assert [choice["label"] for choice in choices] == ["Pay by invoice?"]
    async with house.bot_at_work():
        await house.desk.choose(seat.conversation_id, choices[0]["id"], "c9")
        await house.replied(seat.conversation_id)
    assert (bot.requests[-1].text, bot.requests[-1].payload) == ("Can I pay by invoice?", None)


async def test_only_the_button_that_turns_all_down_is_told_as_a_refusal(
    house: House, bot: ScriptedBot
) -> None:
    await house.add_agent()
    for place, end in ((1, "chosen"), (2, "none_fitted")):
        key = (await house.seat()).conversation_id
        bot.script = [asks_back("Tents", "Boots"), says("There.")]
        await reply(house, bot, key)
        choices = await house.last(key)
        assert "_none" not in as_event(choices, for_agent=True).model_dump()
        async with house.bot_at_work():
            await house.desk.choose(key, choices.body["choices"][place]["id"], house.cmid())
            await house.replied(key)
        await house.desk.ask_person(key, house.cmid())
        packet = next(event for event in await house.log(key) if event.kind == "packet").body["packet"]
        assert [one["end"] for one in packet["attempts"]] == [end]


async def test_a_button_of_somebody_else_is_not_there(house: House, bot: ScriptedBot) -> None:
    seat, other = await house.seat(), await house.seat()
    bot.script = [asks_back("Tents")]
    await reply(house, bot, seat.conversation_id)
    choice_id = (await house.last(seat.conversation_id)).body["choices"][0]["id"]
    with pytest.raises(NotFound):
        await house.desk.choose(other.conversation_id, choice_id, "c1")
    with pytest.raises(NotFound):
        await house.desk.choose(seat.conversation_id, "person", "c1")


async def test_only_an_answer_can_be_judged(house: House) -> None:
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Hello", "c1")
    for seq in (1, 2, 99):
        with pytest.raises(BadInput):
            await house.desk.feedback(seat.conversation_id, seq, False, f"f{seq}")


async def test_two_answers_that_did_not_help_call_a_person(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    seat = await house.seat()
    bot.script = [answers("One"), answers("Two")]
    for text, cmid in (("first?", "f1"), ("second?", "f2")):
        await reply(house, bot, seat.conversation_id, text=text)
        answer_seq = (await house.last(seat.conversation_id)).seq
        await house.desk.feedback(seat.conversation_id, answer_seq, False, cmid)
        await house.desk.feedback(seat.conversation_id, answer_seq, False, cmid + "-same-thumb-again")
    assert (await house.status(seat.conversation_id)).owner == "queue"
    assert await house.store.read(lambda tx: tx.latest_reason(seat.conversation_id)) == "rejected_twice"


async def test_a_thumb_that_is_turned_up_counts_no_more(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    seat = await house.seat()
    bot.script = [answers("One"), answers("Two")]
    await reply(house, bot, seat.conversation_id, text="first?")
    first = (await house.last(seat.conversation_id)).seq
    await house.desk.feedback(seat.conversation_id, first, False, "f1")
    await house.desk.feedback(seat.conversation_id, first, True, "f2")
    await reply(house, bot, seat.conversation_id, text="second?")
    await house.desk.feedback(seat.conversation_id, (await house.last(seat.conversation_id)).seq, False, "f3")
    assert (await house.status(seat.conversation_id)).owner == "bot"


async def test_one_rejection_leads_to_one_offer_however_often_it_is_repeated(
    house: House, bot: ScriptedBot
) -> None:
    seat = await house.seat()  # nobody is online: a person can only be offered
    bot.script = [answers("One"), answers("Two"), answers("Three")]
    seqs = []
    for text in ("first?", "second?", "third?"):
        await reply(house, bot, seat.conversation_id, text=text)
        seqs.append((await house.last(seat.conversation_id)).seq)

    async def offers_after(*thumbs: tuple[int, bool]) -> int:
        for seq, helpful in thumbs:
            await house.desk.feedback(seat.conversation_id, seq, helpful, house.cmid())
        return (await house.kinds(seat.conversation_id)).count("offer")

    one, two, three = seqs
    assert await offers_after((one, False), (one, False)) == 0
    assert await offers_after((two, False)) == 1
    assert await offers_after(*[(two, False)] * 4, (one, False)) == 1
    assert await offers_after(*[(two, True), (two, False)] * 3) == 1
    assert await offers_after((three, False)) == 1  # asked a breath ago


async def test_a_thumb_does_not_read_the_whole_log(
    house: House, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await house.seat()
    bot.script = [answers("One")]
    await reply(house, bot, seat.conversation_id)
    answer_seq = (await house.last(seat.conversation_id)).seq
    read: list[int] = []
    events = SqlTransaction.events

    def counted(tx: SqlTransaction, conversation_id: str, after: int, limit: int) -> Sequence[EventRecord]:
        read.append(limit)
        return events(tx, conversation_id, after, limit)

    monkeypatch.setattr(SqlTransaction, "events", counted)
    await house.desk.feedback(seat.conversation_id, answer_seq, False, "f1")
    assert read == [1, LOG_WINDOW]  # the judged answer, and what was said lately


async def test_details_are_queued_although_nobody_is_there(house: House) -> None:
    seat = await house.seat()
    await house.desk.leave_contact(seat.conversation_id, CONTACT, "c1")
    assert await house.notices(seat.conversation_id) == ["contact_received"]
    assert "ida@example.org" in (await house.last(seat.conversation_id)).body["text"]
    assert (await house.store.read(lambda tx: tx.customer(seat.customer_id))).name == "Ida Brandt"
    handoff = await house.store.read(lambda tx: tx.live_handoff(seat.conversation_id))
    assert handoff
    assert handoff.reason == "left_details"


async def test_details_left_after_the_end_are_not_lost(house: House) -> None:
    seat = await house.seat()
    await house.desk.close(seat.conversation_id, "bye")
    await house.desk.leave_contact(seat.conversation_id, CONTACT, "c1")
    assert await house.notices(seat.conversation_id) == ["closed", "reopened", "contact_received"]


async def test_details_left_while_waiting_do_not_queue_twice(house: House) -> None:
    await house.add_agent()
    conversation_id = await house.waiting_chat()
    await house.desk.leave_contact(conversation_id, CONTACT, "c9")
    await house.store.read(lambda tx: all_is_well(tx, [conversation_id]))
    assert (await house.ownership(conversation_id)).fence == 1


async def test_the_bot_may_be_called_again_after_an_agent_handed_back(house: House, bot: ScriptedBot) -> None:
    agent = await house.add_agent()
    conversation_id, fence = await house.claimed_chat(agent)
    await house.queue.return_to_bot(agent, conversation_id, fence, "back")
    bot.script = [says("Here I am.")]
    await reply(house, bot, conversation_id, text="Hello again")
    assert (await house.last(conversation_id)).body["text"] == "Here I am."
    await house.store.read(lambda tx: all_is_well(tx, [conversation_id]))


async def test_a_conversation_says_which_agent_has_it(house: House) -> None:
    agent = await house.add_agent("Tomas")
    conversation_id, _ = await house.claimed_chat(agent)
    status = await house.status(conversation_id)
    assert status.agent
    assert (status.agent.name, status.queue) == ("Tomas", None)
