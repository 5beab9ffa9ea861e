"""What agents do to be rid of a conversation, and how long a wait is."""

import asyncio
from dataclasses import replace

import pytest
import structlog.testing

from handoff.adapters import store_sqlite
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Owner, Ownership
from handoff.log import Receipt
from handoff.ports import (
    PLACES_TOPIC,
    QUEUE_TOPIC,
    Author,
    HandoffRecord,
    Json,
    conversation_topic,
)
from handoff.protocol import Outcome
from tests.handoff.checks import all_is_well
from tests.handoff.fakes import House

AGENTS, CHATS, CAPACITY = 20, 50, 4


# letting go


async def test_requeued_keeps_its_place(house: House) -> None:
    agent = await house.add_agent()
    first, second = await house.waiting_chat(), await house.waiting_chat()
    before = await house.store.read(lambda tx: tx.live_handoff(first))
    receipt = await house.queue.claim(agent, first, "k1")
    await house.queue.send(agent, first, 2, "One moment", "m1")
    await house.queue.requeue(agent, first, 2, "r1")
    after = await house.store.read(lambda tx: tx.live_handoff(first))
    assert before
    assert after
    assert after == replace(before, enqueued_at=after.enqueued_at, passed_by=(agent,))
    status = await house.status(first)
    assert status.queue
    assert status.queue.position == 1
    assert receipt.seq < (await house.last(first)).seq
    assert [row.conversation for row in (await house.views.queue(agent)).rows] == [first, second]
    assert await house.notices(first) == ["queued", "joined", "requeued"]
    assert await house.busy(agent) == 0


@pytest.mark.parametrize(
    ("how", "owner", "notice"),
    [
        ("requeue", Owner.QUEUE, "requeued"),
        ("return_to_bot", Owner.BOT, "returned_to_bot"),
        ("resolve", Owner.CLOSED, "closed"),
    ],
)
async def test_letting_go_frees_the_seat_once(house: House, how: str, owner: Owner, notice: str) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    await house.claimed_chat(agent)

    async def let_go() -> Receipt:
        if how == "resolve":
            return await house.queue.resolve(agent, chat, fence, "follow_up", "x1")
        return await (house.queue.requeue if how == "requeue" else house.queue.return_to_bot)(
            agent, chat, fence, "x1"
        )

    first = await let_go()
    again = await let_go()
    assert (again.seq, again.dup) == (first.seq, True)
    assert (await house.notices(chat))[-1] == notice
    assert (await house.ownership(chat)).owner is owner
    assert await house.busy(agent) == 1
    await house.store.read(lambda tx: all_is_well(tx, [chat]))


@pytest.mark.parametrize("outcome", ["solved", "no_answer_needed", "follow_up", "spam"])
async def test_the_outcome_is_kept(house: House, outcome: Outcome) -> None:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    await house.queue.resolve(agent, chat, fence, outcome, "x1")
    assert (await house.views.conversation(chat)).outcome == outcome
    assert (await house.status(chat)).may_rate


async def test_what_an_absent_agent_held_goes_back(house: House) -> None:
    gone, here = await house.add_agent("Mara"), await house.add_agent("Tomas")
    lost = [(await house.claimed_chat(gone))[0] for _ in range(3)]
    kept, _ = await house.claimed_chat(here)
    bell = house.doorbell.subscribe(*map(conversation_topic, lost))
    assert sorted(await house.queue.requeue_of({gone})) == sorted(lost)
    assert (await bell.wait(1))[0] == set(map(conversation_topic, lost))
    assert await house.queue.requeue_of({gone}) == []
    assert (await house.busy(gone), await house.busy(here)) == (0, 1)
    assert "Mara lost the connection" in (await house.last(lost[0])).body["text"]
    await house.store.read(lambda tx: all_is_well(tx, [*lost, kept]))


async def test_one_broken_row_does_not_keep_the_others_with_an_absent_agent(house: House) -> None:
    gone = await house.add_agent("Mara")
    chats = [(await house.claimed_chat(gone))[0] for _ in range(3)]
    broken = chats[0]
    # a conversation that says "closed" while its handoff says "active", as no move of ours leaves it
    await house.store.write(lambda tx: tx.set_owner(broken, Ownership(Owner.CLOSED, 9)))
    with structlog.testing.capture_logs() as logs:
        for moved in (chats[1:], []):
            assert await house.queue.requeue_of({gone}) == moved
    assert [entry["conversation"] for entry in logs if entry["log_level"] == "error"] == [broken] * 2
    assert [(await house.ownership(chat)).owner for chat in chats[1:]] == [Owner.QUEUE] * 2
    assert await house.notices(broken) == ["queued", "joined"]
    assert await house.busy(gone) == 1


async def test_a_claim_while_the_agent_is_being_given_up_ends_consistent(house: House) -> None:
    agent = await house.add_agent(max_chats=50)
    chats = [await house.waiting_chat() for _ in range(20)]
    runs = [house.queue.claim(agent, chat, f"k{n}") for n, chat in enumerate(chats)]
    await asyncio.gather(*runs[:10], house.queue.requeue_of({agent}), *runs[10:])
    await house.store.read(lambda tx: all_is_well(tx, chats))


async def test_being_away_is_seen_by_all(house: House) -> None:
    agent = await house.add_agent()
    bell = house.doorbell.subscribe(PLACES_TOPIC, QUEUE_TOPIC)
    before = (await house.views.queue(agent)).version
    await house.queue.set_available(agent, False)
    queue = await house.views.queue(agent)
    assert queue.agents == []
    assert queue.version > before
    assert (await bell.wait(1))[0] == {PLACES_TOPIC, QUEUE_TOPIC}
    await house.queue.presence_changed()
    assert (await house.views.queue(agent)).version > queue.version


# how long it takes


async def test_the_time_with_an_agent_is_no_wait(house: House) -> None:
    agent = await house.add_agent(max_chats=9)
    earlier = await house.waiting_chat()
    chat = await house.waiting_chat()
    await house.queue.claim(agent, earlier, "k0")
    await house.queue.claim(agent, chat, "k1")
    queued_at = (await handoff_of(house, chat)).enqueued_at
    await asyncio.sleep(0.3)  # a chat of some length
    await house.queue.requeue(agent, chat, 2, "r1")
    again = await handoff_of(house, chat)
    assert (again.enqueued_at - queued_at).total_seconds() >= 0.3
    assert again.place == 0  # somebody has room at once
    await house.queue.claim(agent, chat, "k2")
    served = await house.store.read(lambda tx: tx.served(queued_at, 5))
    again_taken = max(served, key=lambda one: one.taken_at)
    assert again_taken.waited_seconds < 0.3
    assert (again_taken.place, again_taken.ended_at) == (0, None)


async def handoff_of(house: House, conversation_id: str) -> HandoffRecord:
    handoff = await house.store.read(lambda tx: tx.live_handoff(conversation_id))
    assert handoff
    return handoff


# without the mechanism


class ForgetfulTransaction(SqlTransaction):
    """Broken on purpose: does not know which messages it has seen, and stores them without their cmid."""

    def find_cmid(self, *_: object) -> None:
        return None

    def append(
        self, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        return super().append(conversation_id, author, kind, body, None)


async def repeat_everything(house: House) -> str:
    agent = await house.add_agent()
    chat, fence = await house.claimed_chat(agent)
    for _ in range(2):
        await house.desk.send(chat, "Is anybody there?", "said")
        await house.queue.send(agent, chat, fence, "Yes, I am.", "replied")
    return chat


async def test_repeated_messages_are_in_the_log_once(house: House) -> None:
    chat = await repeat_everything(house)
    await house.store.read(lambda tx: all_is_well(tx, [chat]))


async def test_the_same_check_catches_a_store_that_ignores_cmids(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_sqlite, "SqlTransaction", ForgetfulTransaction)
    chat = await repeat_everything(house)
    with pytest.raises(AssertionError, match="in the log twice"):
        await house.store.read(lambda tx: all_is_well(tx, [chat]))
