from datetime import UTC, datetime, timedelta

import pytest

from handoff import desk as desk_module
from handoff.conversation import Owner, Ownership
from handoff.errors import CmidReused, IllegalMove, NotFound
from handoff.ports import PLACES_TOPIC, QUEUE_TOPIC, TURNS_TOPIC, Json, conversation_topic
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import House, ScriptedBot

CONTACT: Json = {"name": "Ida Brandt", "email": "ida@example.org", "about": "A torn flysheet"}


async def reply(house: House, bot: ScriptedBot, conversation_id: str, *, text: str = "Where is it?") -> None:
    """One whole turn of the bot."""
    async with house.bot_at_work():
        await house.desk.send(conversation_id, text, house.cmid())
        await house.replied(conversation_id)


# hello


async def test_a_stranger_gets_a_token_and_a_conversation(house: House) -> None:
    seat = await house.seat(locale="de", page={"url": "/tents", "title": "Tents"})
    assert len(seat.token) >= 32
    assert (seat.head, seat.resumed) == (0, False)
    record = await house.store.read(lambda tx: tx.conversation(seat.conversation_id))
    assert (record.locale, record.page["url"], record.ownership.owner) == ("de", "/tents", Owner.BOT)


async def test_the_token_itself_is_not_stored(house: House) -> None:
    seat = await house.seat()
    assert await house.store.read(lambda tx: tx.customer_by_token(seat.token)) is None
    assert await house.store.read(lambda tx: tx.customer_by_token(desk_module.hashed(seat.token)))


async def test_coming_back_resumes_the_same_log(house: House) -> None:
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Hello", "c1")
    again = await house.seat(token=seat.token, conversation=seat.conversation_id, epoch=seat.epoch, seq=1)
    assert (again.token, again.conversation_id, again.head, again.resumed) == (
        seat.token, seat.conversation_id, 1, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed", [{"epoch": "other"}, {"seq": 2}, {"conversation": "other"}, {"epoch": None}]
)
async def test_what_does_not_fit_is_not_resumed(house: House, changed: Json) -> None:
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Hello", "c1")
    asked = {"token": seat.token, "conversation": seat.conversation_id, "epoch": seat.epoch, "seq": 1}
    assert not (await house.seat(**(asked | changed))).resumed


async def test_an_unknown_token_is_a_stranger_with_a_token_of_ours(house: House) -> None:
    seat = await house.seat(token="made-up-by-somebody")
    assert seat.token != "made-up-by-somebody"


async def test_a_foreign_conversation_is_never_opened(house: House) -> None:
    theirs, mine = await house.seat(), await house.seat()
    got = await house.seat(token=mine.token, conversation=theirs.conversation_id, epoch=theirs.epoch)
    assert got.conversation_id == mine.conversation_id
    assert not got.resumed
    with pytest.raises(NotFound):
        await house.desk.customer_of(mine.token, theirs.conversation_id)
    with pytest.raises(NotFound):
        await house.desk.customer_of("nobody", theirs.conversation_id)
    assert await house.desk.customer_of(theirs.token, theirs.conversation_id) == theirs.customer_id


async def test_a_closed_conversation_is_taken_up_for_half_a_day_and_then_a_new_one_begins(
    house: House,
) -> None:
    seat = await house.seat()
    await house.desk.close(seat.conversation_id, "c1")
    assert (await house.seat(token=seat.token)).conversation_id == seat.conversation_id
    long_ago = datetime.now(UTC) - desk_module.NEW_AFTER - timedelta(minutes=1)
    await house.store.write(lambda tx: tx.update_conversation(seat.conversation_id, last_at=long_ago))
    assert (await house.seat(token=seat.token)).conversation_id != seat.conversation_id


async def test_an_open_conversation_is_never_too_old(house: House) -> None:
    seat = await house.seat()
    long_ago = datetime.now(UTC) - timedelta(days=400)
    await house.store.write(lambda tx: tx.update_conversation(seat.conversation_id, last_at=long_ago))
    assert (await house.seat(token=seat.token)).conversation_id == seat.conversation_id


# sending


async def test_a_message_is_numbered_and_given_to_the_bot(house: House) -> None:
    seat = await house.seat()
    bell = house.doorbell.subscribe(
        conversation_topic(seat.conversation_id), TURNS_TOPIC, QUEUE_TOPIC, PLACES_TOPIC
    )
    receipt = await house.desk.send(seat.conversation_id, "Where is my parcel?", "c1")
    assert (receipt.seq, receipt.dup) == (1, False)
    assert await house.store.read(lambda tx: tx.turn_open(seat.conversation_id))
    assert (await bell.wait(1))[0] >= {conversation_topic(seat.conversation_id), TURNS_TOPIC}
    assert (await house.status(seat.conversation_id)).bot_thinking


async def test_the_same_cmid_is_the_same_message_and_asks_the_bot_once(
    house: House, bot: ScriptedBot
) -> None:
    seat = await house.seat()
    first = await house.desk.send(seat.conversation_id, "Hello", "c1")
    again = await house.desk.send(seat.conversation_id, "Hello", "c1")
    assert (again.seq, again.dup) == (first.seq, True)
    async with house.bot_at_work():
        await house.replied(seat.conversation_id)
    assert [request.cmid for request in bot.requests] == ["c1"]
    assert await house.kinds(seat.conversation_id) == ["message", "message"]


async def test_the_same_cmid_with_other_words_is_refused_and_writes_nothing(house: House) -> None:
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Hello", "c1")
    with pytest.raises(CmidReused):
        await house.desk.send(seat.conversation_id, "Good-bye", "c1")
    with pytest.raises(CmidReused):
        await house.desk.ask_person(seat.conversation_id, "c1")
    assert len(await house.log(seat.conversation_id)) == 1


async def test_two_customers_may_use_the_same_cmid(house: House) -> None:
    one, other = await house.seat(), await house.seat()
    await house.desk.send(one.conversation_id, "Hello", "c1")
    assert not (await house.desk.send(other.conversation_id, "Hello", "c1")).dup


async def test_an_unknown_conversation_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        await house.desk.send("nowhere", "Hello", "c1")
    with pytest.raises(NotFound):
        await house.desk.status("nowhere")


@pytest.mark.parametrize("word", ["Get me a human", "agent please"])
async def test_asking_in_words_queues_at_once_and_never_asks_the_bot(
    house: House, bot: ScriptedBot, word: str
) -> None:
    await house.add_agent()
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, word, "c1")
    assert await house.kinds(seat.conversation_id) == ["message", "packet", "notice"]
    assert (await house.status(seat.conversation_id)).owner == "queue"
    assert not await house.store.read(lambda tx: tx.turn_open(seat.conversation_id))


@pytest.mark.parametrize(("asked_for", "text", "owner"), [
    ("contact_name", "I want to talk to a person about a refund", "queue"),
    ("contact_email", "no, just get me a human", "queue"),
    ("contact_about", "human please", "queue"),
    ("contact_about", "Please have somebody call me about my torn flysheet", "bot"),
    ("contact_name", "Call me Ida", "bot"),
])  # fmt: skip
async def test_a_person_is_called_also_in_the_middle_of_a_form(
    house: House, asked_for: str, text: str, owner: str
) -> None:
    await house.add_agent()
    seat = await house.seat()
    form = {"active_loop": "contact_form", "slots": {"requested_slot": asked_for}}
    await house.store.write(lambda tx: tx.update_conversation(seat.conversation_id, **form))
    await house.desk.send(seat.conversation_id, text, "c1")
    assert (await house.status(seat.conversation_id)).owner == owner
    left = await house.store.read(lambda tx: tx.conversation(seat.conversation_id))
    assert (left.active_loop is None) == (owner == "queue")


async def test_asking_with_nobody_there_asks_how_to_reach_them(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    async with house.bot_at_work():
        await house.desk.ask_person(seat.conversation_id, "c1")
        await house.replied(seat.conversation_id)
    assert bot.requests[0].payload == {"intent": "ask_for_human", "entities": {}}
    assert not bot.requests[0].agents_online
    assert (await house.status(seat.conversation_id)).owner == "bot"


@pytest.mark.parametrize("who", [{"roles": ("editor",)}, {"online": False}])
async def test_an_editor_or_an_absent_agent_is_nobody(house: House, who: Json) -> None:
    await house.add_agent(**who)
    seat = await house.seat()
    await house.desk.ask_person(seat.conversation_id, "c1")
    assert (await house.status(seat.conversation_id)).owner == "bot"
    assert (await house.status(seat.conversation_id)).agents_online == 0


async def test_an_agent_who_takes_a_break_is_nobody(house: House) -> None:
    agent = await house.add_agent()
    await house.queue.set_available(agent, False)
    seat = await house.seat()
    await house.desk.ask_person(seat.conversation_id, "c1")
    assert (await house.status(seat.conversation_id)).owner == "bot"


async def test_queued_tells_the_place_and_hides_the_packet(house: House) -> None:
    await house.add_agent()
    await house.waiting_chat()
    seat = await house.seat()
    await house.desk.ask_person(seat.conversation_id, "c1")
    status = await house.status(seat.conversation_id)
    assert (status.owner, status.agents_online, status.bot_thinking) == ("queue", 1, False)
    assert status.queue
    assert status.queue.position == 2
    assert status.queue.low_seconds
    assert status.queue.high_seconds
    assert status.queue.low_seconds < status.queue.high_seconds
    assert await house.notices(seat.conversation_id) == ["queued"]


async def test_what_a_waiting_customer_writes_waits_too(house: House) -> None:
    await house.add_agent()
    conversation_id = await house.waiting_chat()
    await house.desk.send(conversation_id, "Are you there?", "more")
    await house.desk.ask_person(conversation_id, "more2")
    assert (await house.ownership(conversation_id)).fence == 1
    assert await house.notices(conversation_id) == ["queued"]
    await house.store.read(lambda tx: all_is_well(tx, [conversation_id]))


async def test_the_wait_begins_with_the_first_unanswered_message(house: House, bot: ScriptedBot) -> None:
    await house.add_agent()
    seat = await house.seat()
    await reply(house, bot, seat.conversation_id)
    record = await house.store.read(lambda tx: tx.conversation(seat.conversation_id))
    assert record.waiting_since is None
    await house.desk.send(seat.conversation_id, "and the poles?", house.cmid())
    began = (await house.store.read(lambda tx: tx.conversation(seat.conversation_id))).waiting_since
    await house.desk.send(seat.conversation_id, "hello?", house.cmid())
    await house.desk.ask_person(seat.conversation_id, house.cmid())
    handoff = await house.store.read(lambda tx: tx.live_handoff(seat.conversation_id))
    assert handoff
    assert handoff.waiting_since == began


# leaving, closing, coming again


async def test_staying_with_the_bot_leaves_the_queue(house: House) -> None:
    await house.add_agent()
    conversation_id = await house.waiting_chat()
    await house.desk.leave_queue(conversation_id, False, "stay")
    assert await house.ownership(conversation_id) == Ownership(Owner.BOT, 2)
    assert await house.notices(conversation_id) == ["queued", "left_queue"]
    assert await house.store.read(lambda tx: tx.live_handoff(conversation_id)) is None
    assert (await house.store.read(lambda tx: tx.conversation(conversation_id))).declined


async def test_leaving_solved_closes(house: House) -> None:
    await house.add_agent()
    conversation_id = await house.waiting_chat()
    await house.desk.leave_queue(conversation_id, True, "sorted")
    status = await house.status(conversation_id)
    assert (status.owner, status.may_rate) == ("closed", True)
    record = await house.store.read(lambda tx: tx.conversation(conversation_id))
    assert (record.outcome, record.waiting_since) == ("solved", None)


async def test_leaving_the_queue_twice_is_leaving_it_once(house: House) -> None:
    await house.add_agent()
    conversation_id = await house.waiting_chat()
    first = await house.desk.leave_queue(conversation_id, False, "stay")
    assert (await house.desk.leave_queue(conversation_id, False, "stay")).seq == first.seq
    await house.desk.leave_queue(conversation_id, False, "stay-again")
    assert (await house.ownership(conversation_id)).fence == 2


async def test_staying_while_an_agent_is_there_does_not_send_the_agent_away(house: House) -> None:
    agent = await house.add_agent()
    conversation_id, fence = await house.claimed_chat(agent)
    await house.desk.leave_queue(conversation_id, False, "stay")
    assert (await house.ownership(conversation_id)).fence == fence
    assert await house.busy(agent) == 1


@pytest.mark.parametrize("how", ["close", "solved"])
async def test_a_customer_who_ends_it_frees_the_agent(house: House, how: str) -> None:
    agent = await house.add_agent()
    conversation_id, _ = await house.claimed_chat(agent)
    if how == "close":
        await house.desk.close(conversation_id, "bye")
    else:
        await house.desk.leave_queue(conversation_id, True, "bye")
    assert await house.busy(agent) == 0
    await house.store.read(lambda tx: all_is_well(tx, [conversation_id]))


async def test_writing_again_reopens_with_the_bot(house: House, bot: ScriptedBot) -> None:
    seat = await house.seat()
    await house.desk.close(seat.conversation_id, "bye")
    await house.desk.close(seat.conversation_id, "bye-again")
    assert (await house.ownership(seat.conversation_id)).fence == 1
    await reply(house, bot, seat.conversation_id, text="One more thing")
    assert await house.notices(seat.conversation_id) == ["closed", "reopened"]
    assert (await house.last(seat.conversation_id)).author.role == "bot"


async def test_asking_for_a_person_after_the_end_reopens_and_queues(house: House) -> None:
    await house.add_agent()
    seat = await house.seat()
    await house.desk.close(seat.conversation_id, "bye")
    await house.desk.ask_person(seat.conversation_id, "c2")
    assert await house.notices(seat.conversation_id) == ["closed", "reopened", "queued"]
    assert (await house.ownership(seat.conversation_id)).fence == 3


async def test_a_rating_once_for_each_time_it_was_closed(house: House) -> None:
    seat = await house.seat()
    with pytest.raises(IllegalMove):
        await house.desk.rate(seat.conversation_id, 5, "", "r0")
    assert await house.log(seat.conversation_id) == []
    await house.desk.close(seat.conversation_id, "bye")
    first = await house.desk.rate(seat.conversation_id, 5, "Quick", "r1")
    assert (await house.desk.rate(seat.conversation_id, 5, "Quick", "r1")).seq == first.seq
    with pytest.raises(IllegalMove):
        await house.desk.rate(seat.conversation_id, 1, "", "r2")
    assert not (await house.status(seat.conversation_id)).may_rate
    await house.desk.send(seat.conversation_id, "again", "c2")
    await house.desk.close(seat.conversation_id, "bye2")
    await house.desk.rate(seat.conversation_id, 2, "", "r3")
