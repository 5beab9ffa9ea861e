import pytest

from handoff import views
from handoff.errors import NotFound
from tests.handoff.fakes import House


async def test_the_queue_shows_who_waits_and_who_is_taken(house: House) -> None:
    agent = await house.add_agent(max_chats=3)
    taken, _ = await house.claimed_chat(agent)
    waits = await house.waiting_chat("My tent leaks")
    queue = await house.views.queue(agent)
    assert [(row.conversation, row.state) for row in queue.rows] == [(waits, "waiting"), (taken, "active")]
    assert queue.rows[0].last_text == "My tent leaks"
    assert (queue.rows[0].last_from, queue.rows[0].agent, queue.rows[0].reason) == (
        "customer", None, "asked_for_person",
    )  # fmt: skip
    assert queue.rows[1].agent
    assert queue.rows[1].agent.id == agent
    assert (queue.mine_active, queue.max_chats) == (1, 3)
    assert [card.id for card in queue.agents] == [agent]


async def test_every_change_raises_the_version(house: House) -> None:
    agent = await house.add_agent()
    versions = [(await house.views.queue(agent)).version]
    chat = await house.waiting_chat()
    versions.append((await house.views.queue(agent)).version)
    await house.queue.claim(agent, chat, "k1")
    versions.append((await house.views.queue(agent)).version)
    await house.queue.send(agent, chat, 2, "Hi", "m1")
    versions.append((await house.views.queue(agent)).version)
    await house.desk.send(chat, "Hello", "c9")
    versions.append((await house.views.queue(agent)).version)
    await house.queue.resolve(agent, chat, 2, "solved", "x1")
    versions.append((await house.views.queue(agent)).version)
    assert versions == sorted(set(versions))


async def test_a_reply_of_the_bot_after_a_wish_raises_the_version(house: House) -> None:
    agent = await house.add_agent()
    before = (await house.views.queue(agent)).version
    seat = await house.seat()
    await house.desk.ask_person(seat.conversation_id, "c1")
    assert (await house.views.queue(agent)).version > before


async def test_whether_the_customer_is_still_there(house: House) -> None:
    agent = await house.add_agent()
    chat, _ = await house.claimed_chat(agent)
    customer = (await house.store.read(lambda tx: tx.conversation(chat))).customer_id
    assert not (await house.views.conversation(chat)).customer_online
    house.customers.enter(customer)
    assert (await house.views.conversation(chat)).customer_online
    assert (await house.views.queue(agent)).rows[0].customer_online


async def test_a_conversation_says_whose_it_is_and_the_fence(house: House) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    status = await house.views.conversation(chat)
    assert (status.owner, status.fence, status.outcome) == ("agent", fence, None)
    assert status.agent
    assert status.agent.id == agent
    await house.queue.resolve(agent, chat, fence, "follow_up", "x1")
    status = await house.views.conversation(chat)
    assert (status.owner, status.fence, status.agent, status.outcome) == (
        "closed",
        fence + 1,
        None,
        "follow_up",
    )


async def test_what_never_came_to_a_person_is_not_for_agents(house: House) -> None:
    agent = await house.add_agent()
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Between me and the bot", "c1")
    with pytest.raises(NotFound):
        await house.views.conversation(seat.conversation_id)
    with pytest.raises(NotFound):
        await house.views.conversation("nowhere")
    assert (await house.views.conversations(agent, only_mine=False)).conversations == []


async def test_recent_are_all_that_came_to_a_person_the_latest_first(house: House) -> None:
    mara, tomas = await house.add_agent("Mara"), await house.add_agent("Tomas")
    first, _ = await house.claimed_chat(mara)
    second, _ = await house.claimed_chat(tomas)
    third = await house.waiting_chat()
    await house.desk.send(first, "And another thing", "later")
    listed = (await house.views.conversations(mara, only_mine=False)).conversations
    assert [row.conversation for row in listed] == [first, third, second]
    assert [row.agent.id if row.agent else None for row in listed] == [mara, None, tomas]
    assert listed[0].reason == "asked_for_person"
    mine = (await house.views.conversations(mara, only_mine=True)).conversations
    assert [row.conversation for row in mine] == [first]


async def test_a_quiet_chat_of_mine_does_not_fall_off_the_list(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_RECENT", 3)
    mara = await house.add_agent("Mara")
    quiet, _ = await house.claimed_chat(mara)
    for _ in range(4):
        await house.waiting_chat()
    mine = (await house.views.conversations(mara, only_mine=True)).conversations
    assert [row.conversation for row in mine] == [quiet]
