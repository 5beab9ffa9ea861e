import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Owner, Ownership
from handoff.errors import (
    AlreadyTaken,
    AtCapacity,
    CmidReused,
    HandoffError,
    NotAllowed,
    NotFound,
    StaleFence,
)
from handoff.log import Receipt, agent_author
from handoff.ports import (
    PLACES_TOPIC,
    QUEUE_TOPIC,
    AgentRecord,
    EventRecord,
    Transaction,
    conversation_topic,
)
from handoff.queue import Queue
from tests.handoff.checks import all_is_well, one_agent_at_a_time
from tests.handoff.fakes import House

AGENTS, CHATS, CAPACITY = 20, 50, 4


async def rush(
    house: House, queue: Queue, agents_in_all: int = AGENTS, chats_in_all: int = CHATS
) -> tuple[list[str], list[HandoffError]]:
    """20 agents run for the same 50 chats, all at once; what they were told who did not get one."""
    agents = [await house.add_agent(f"Agent {n}", max_chats=CAPACITY) for n in range(agents_in_all)]
    chats = [await house.waiting_chat(f"Help {n}") for n in range(chats_in_all)]
    runs = [
        queue.claim(agent, chat, f"{agent}-{chat}".replace(" ", "-")) for chat in chats for agent in agents
    ]
    told = await asyncio.gather(*runs, return_exceptions=True)
    return chats, [answer for answer in told if isinstance(answer, HandoffError)]


async def test_of_many_agents_exactly_one_gets_each_chat(house: House) -> None:
    chats, refusals = await rush(house, house.queue)
    await house.store.read(lambda tx: all_is_well(tx, chats))
    owners = Counter([(await house.ownership(chat)).agent_id for chat in chats])
    assert sum(owners.values()) == CHATS
    assert None not in owners
    assert max(owners.values()) <= CAPACITY
    assert len(refusals) == AGENTS * CHATS - CHATS
    assert {type(refusal) for refusal in refusals} == {AlreadyTaken, AtCapacity}
    names = [refusal.message for refusal in refusals if isinstance(refusal, AlreadyTaken)]
    assert names
    assert all(" already has this conversation." in name and name.startswith("Agent ") for name in names)


class LookThenTake(Queue):
    """Broken on purpose: looks whether the chat is free, and takes it in a second step."""

    async def claim(self, agent_id: str, conversation_id: str | None, cmid: str) -> Receipt:
        def look(tx: Transaction) -> int:
            handoff = tx.live_handoff(str(conversation_id))
            if handoff is None or handoff.state != "waiting":
                raise AlreadyTaken("Somebody already has this conversation.")
            return handoff.id

        def take(tx: Transaction) -> Receipt:
            agent = tx.agent(agent_id)
            if not tx.take_seat(agent_id):
                raise AtCapacity("Full.")
            before = tx.conversation(str(conversation_id)).ownership
            tx.claim(handoff_id, agent_id)
            tx.set_owner(str(conversation_id), Ownership(Owner.AGENT, before.fence + 1, agent_id))
            body = {"code": "joined", "text": "Joined."}
            return Receipt(
                str(conversation_id),
                tx.append(str(conversation_id), agent_author(agent), "notice", body, cmid),
            )

        handoff_id = await self._store.read(look)
        return await self._store.write(take)


async def test_the_same_check_catches_a_claim_that_looks_first(house: House) -> None:
    chats, _ = await rush(house, LookThenTake(house.store, house.doorbell), 8, 8)
    with pytest.raises(AssertionError):
        await house.store.read(lambda tx: all_is_well(tx, chats))


async def test_the_check_itself_sees_two_agents_in_one_log(house: House) -> None:
    at = datetime.now(UTC)
    log = [
        EventRecord(
            "c", seq, agent_author(await agent_record(house, name)), "notice", {"code": "joined"}, None, at
        )
        for seq, name in enumerate(("Mara", "Tomas"), 1)
    ]
    with pytest.raises(AssertionError, match="Tomas joined although Mara"):
        one_agent_at_a_time(log)


async def agent_record(house: House, name: str) -> AgentRecord:
    agent_id = await house.add_agent(name)
    return await house.store.read(lambda tx: tx.agent(agent_id))


async def test_many_who_say_next_get_different_chats(house: House) -> None:
    agents = [await house.add_agent(f"Agent {n}", max_chats=2) for n in range(10)]
    chats = [await house.waiting_chat() for _ in range(12)]
    told = await asyncio.gather(
        *(house.queue.claim(agent, None, f"next-{n}") for agent in agents for n in range(3)),
        return_exceptions=True,
    )
    got = [answer.conversation for answer in told if isinstance(answer, Receipt)]
    assert sorted(got) == sorted(chats)
    assert Counter(type(answer).__name__ for answer in told if isinstance(answer, HandoffError)).keys() <= {
        "AtCapacity", "NotFound",
    }  # fmt: skip
    await house.store.read(lambda tx: all_is_well(tx, chats))


# claiming


async def test_claiming_rings_and_tells_the_customer_who_came(house: House) -> None:
    agent = await house.add_agent("Mara")
    chat = await house.waiting_chat()
    bell = house.doorbell.subscribe(conversation_topic(chat), QUEUE_TOPIC, PLACES_TOPIC)
    await house.queue.claim(agent, chat, "k1")
    assert (await bell.wait(1))[0] == {conversation_topic(chat), QUEUE_TOPIC, PLACES_TOPIC}
    joined = await house.last(chat)
    assert joined.body["text"] == "Mara joined. Knows Mara."
    assert joined.body["agent"]["id"] == agent
    assert joined.author.role == "agent"


async def test_next_is_priority_and_then_the_longest_wait(house: House) -> None:
    agent = await house.add_agent(max_chats=9)
    chats = [await house.waiting_chat() for _ in range(4)]
    now = datetime.now(UTC)
    ranks = {chats[0]: (0, 10), chats[1]: (0, 300), chats[2]: (1, 1), chats[3]: (1, 2)}

    def arrange(tx: Transaction) -> None:
        assert isinstance(tx, SqlTransaction)
        for handoff in tx.waiting():
            priority, seconds = ranks[handoff.conversation_id]
            tx._connection.exec_driver_sql(
                "UPDATE handoff SET priority = ?, waiting_since = ? WHERE id = ?",
                (priority, (now - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f"), handoff.id),
            )

    await house.store.write(arrange)
    assert [row.conversation for row in (await house.views.queue(agent)).rows] == [
        chats[n] for n in (3, 2, 1, 0)
    ]
    got = [(await house.queue.claim(agent, None, f"n{n}")).conversation for n in range(4)]
    assert got == [chats[n] for n in (3, 2, 1, 0)]


async def test_next_with_the_same_cmid_takes_one_chat(house: House) -> None:
    agent = await house.add_agent()
    await house.waiting_chat()
    await house.waiting_chat()
    first = await house.queue.claim(agent, None, "next")
    again = await house.queue.claim(agent, None, "next")
    assert (again.conversation, again.seq, again.dup) == (first.conversation, first.seq, True)
    assert await house.busy(agent) == 1


async def test_next_repeated_after_the_chat_was_lost_is_still_the_same_request(house: House) -> None:
    agent = await house.add_agent()
    chat = await house.waiting_chat()
    first = await house.queue.claim(agent, None, "next")
    await house.queue.requeue_of({agent})
    again = await house.queue.claim(agent, None, "next")
    assert (again.conversation, again.seq, again.dup) == (chat, first.seq, True)
    assert await house.busy(agent) == 0


async def test_a_claim_repeated_after_the_end_is_still_the_same_request(house: House) -> None:
    agent = await house.add_agent()
    chat = await house.waiting_chat()
    first = await house.queue.claim(agent, chat, "k1")
    await house.queue.resolve(agent, chat, 2, "solved", "k2")
    again = await house.queue.claim(agent, chat, "k1")
    assert (again.seq, again.dup) == (first.seq, True)
    assert (await house.ownership(chat)).owner is Owner.CLOSED


async def test_one_cmid_cannot_claim_two_chats(house: House) -> None:
    agent = await house.add_agent()
    one, other = await house.waiting_chat(), await house.waiting_chat()
    await house.queue.claim(agent, one, "k1")
    with pytest.raises(CmidReused):
        await house.queue.claim(agent, other, "k1")
    assert await house.busy(agent) == 1


async def test_claiming_what_one_has_changes_nothing(house: House) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    assert (await house.queue.claim(agent, chat, "again")).dup
    assert (await house.ownership(chat)).fence == fence
    assert await house.busy(agent) == 1


async def test_what_nobody_waits_in_cannot_be_claimed(house: House) -> None:
    agent = await house.add_agent()
    seat = await house.seat()
    with pytest.raises(NotFound, match="Nobody is waiting"):
        await house.queue.claim(agent, None, "k0")
    with pytest.raises(NotFound):
        await house.queue.claim(agent, seat.conversation_id, "k1")
    with pytest.raises(NotFound):
        await house.queue.claim(agent, "nowhere", "k2")
    with pytest.raises(NotFound):
        await house.queue.claim("nobody", None, "k3")


async def test_the_loser_is_told_who_has_it(house: House) -> None:
    mara, tomas = await house.add_agent("Mara"), await house.add_agent("Tomas")
    chat, _ = await house.claimed_chat(mara)
    with pytest.raises(AlreadyTaken) as refused:
        await house.queue.claim(tomas, chat, "k9")
    assert refused.value.message == "Mara already has this conversation."
    assert await house.busy(tomas) == 0


async def test_who_takes_none_now_is_given_none(house: House) -> None:
    agent = await house.add_agent()
    mine, _ = await house.claimed_chat(agent)
    chat = await house.waiting_chat()
    await house.queue.set_available(agent, False)
    for which in (chat, None):
        with pytest.raises(NotAllowed, match="Switch yourself to available first"):
            await house.queue.claim(agent, which, "k9")
    assert (await house.ownership(chat)).owner is Owner.QUEUE
    assert (await house.queue.claim(agent, mine, "again")).dup  # what they have stays theirs
    await house.queue.set_available(agent, True)
    assert (await house.queue.claim(agent, None, "k9")).conversation == chat


async def test_a_full_agent_keeps_the_chat_in_the_queue(house: House) -> None:
    agent = await house.add_agent(max_chats=1)
    await house.claimed_chat(agent)
    chat = await house.waiting_chat()
    with pytest.raises(AtCapacity):
        await house.queue.claim(agent, chat, "k9")
    assert (await house.ownership(chat)).owner is Owner.QUEUE
    await house.store.read(lambda tx: all_is_well(tx, [chat]))


# writing


async def test_a_reply_stops_the_wait_clock_and_repeats_safely(house: House) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    first = await house.queue.send(agent, chat, fence, "Hello, Mara here.", "m1")
    again = await house.queue.send(agent, chat, fence, "Hello, Mara here.", "m1")
    assert (again.seq, again.dup) == (first.seq, True)
    assert (await house.store.read(lambda tx: tx.conversation(chat))).waiting_since is None
    with pytest.raises(CmidReused):
        await house.queue.send(agent, chat, fence, "Something else", "m1")
    with pytest.raises(CmidReused):
        await house.queue.note(agent, chat, "Hello, Mara here.", "m1")


@pytest.mark.parametrize("off", [-1, 1, 100])
async def test_a_stale_fence_writes_nothing(house: House, off: int) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    before = await house.log(chat)
    for write in (
        house.queue.send(agent, chat, fence + off, "Hi", "m1"),
        house.queue.requeue(agent, chat, fence + off, "m2"),
        house.queue.return_to_bot(agent, chat, fence + off, "m3"),
        house.queue.resolve(agent, chat, fence + off, "solved", "m4"),
    ):
        with pytest.raises(StaleFence):
            await write
    assert await house.log(chat) == before


async def test_nobody_writes_in_a_colleagues_chat_except_a_note(house: House) -> None:
    mara, tomas = await house.add_agent("Mara"), await house.add_agent("Tomas")
    chat, fence = await house.claimed_chat(mara)
    for write in (
        house.queue.send(tomas, chat, fence, "Hi", "m1"),
        house.queue.requeue(tomas, chat, fence, "m2"),
        house.queue.resolve(tomas, chat, fence, "solved", "m4"),
    ):
        with pytest.raises(StaleFence):
            await write
    note = await house.queue.note(tomas, chat, "I know this customer.", "n1")
    assert (await house.last(chat)).kind == "note"
    assert (await house.queue.note(tomas, chat, "I know this customer.", "n1")).seq == note.seq


async def test_a_note_in_a_chat_that_never_came_to_a_person_is_refused(house: House) -> None:
    agent = await house.add_agent()
    seat = await house.seat()
    await house.desk.send(seat.conversation_id, "Between me and the bot", "c1")
    before = await house.log(seat.conversation_id)
    for where in (seat.conversation_id, "nowhere"):
        with pytest.raises(NotFound, match="There is no such conversation"):
            await house.queue.note(agent, where, "I know this customer.", "n1")
    assert await house.log(seat.conversation_id) == before


async def test_a_fence_of_before_a_requeue_is_stale_for_ever(house: House) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    await house.queue.requeue(agent, chat, fence, "r1")
    await house.queue.claim(agent, chat, "again")
    with pytest.raises(StaleFence):
        await house.queue.send(agent, chat, fence, "Late", "m1")
    await house.queue.send(agent, chat, fence + 2, "Here again", "m2")
