"""Each conversation is offered to one agent, then to the next."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.adapters.handoffs_sql import HandoffRows
from handoff.conversation import Owner
from handoff.errors import AtCapacity, CmidReused, NotAllowed, NotFound
from handoff.invariants import check
from handoff.ports import HandoffRecord
from handoff.queue import operations
from handoff.queue.operations import Rules
from tests.handoff.fakes import House
from tests.handoff.queue.conftest import OFFER_SECONDS


async def offered_to(house: House, chat: str) -> str | None:
    return (await house.handoff(chat)).offered_to


async def test_an_offer_goes_to_who_has_fewest_and_then_to_who_was_idle_longest(offering: House) -> None:
    house = offering
    busy, idle, fresh = [await house.add_agent(name) for name in ("Anna", "Bert", "Cleo")]
    chat, fence = await house.claimed_chat(idle)
    await house.queue.resolve(idle, chat, fence, "solved", "done")
    await house.claimed_chat(busy)
    first, second, third = [await house.waiting_chat() for _ in range(3)]
    assert await house.queue.offer_waiting() == 3
    assert [await offered_to(house, one) for one in (first, second)] == [fresh, idle]
    assert await offered_to(house, third) in (busy, fresh, idle)
    row = (await house.views.queue(fresh)).rows[0]
    assert row.offered_to
    assert (row.offered_to.id, row.offer_seconds) == (fresh, OFFER_SECONDS)
    assert await house.assigned(first) == ["offered"]
    assert await house.store.read(check) == []


async def test_who_knows_the_customer_is_asked_first_where_free(offering: House) -> None:
    house = offering
    mara = await house.add_agent("Mara")
    seat = await house.seat()
    chat = seat.conversation_id
    await house.desk.ask_person(chat, "c1")
    await house.queue.claim(mara, chat, "k1")
    await house.queue.resolve(mara, chat, 2, "solved", "x1")
    await house.claimed_chat(mara)
    await house.add_agent("Anna")
    await house.desk.ask_person(chat, "c2")
    await house.queue.offer_waiting()
    assert await offered_to(house, chat) == mara
    row = next(row for row in (await house.views.queue(mara)).rows if row.conversation == chat)
    assert row.known_agent
    assert row.known_agent.id == mara


async def test_whoever_declines_is_not_asked_again_until_all_were(offering: House) -> None:
    house = offering
    agents = [await house.add_agent(name) for name in ("Anna", "Bert", "Cleo")]
    chat = await house.waiting_chat()
    asked = []
    for turn in range(3):
        await house.queue.offer_waiting()
        asked.append(str(await offered_to(house, chat)))
        await house.queue.decline(asked[-1], chat, f"no{turn}")
    assert sorted(asked) == agents
    await house.queue.offer_waiting()  # all were asked: a pause
    assert await offered_to(house, chat) is None
    assert await house.queue.offer_waiting() == 0
    await house.passes(OFFER_SECONDS + 1)
    assert await house.queue.let_pass() == 1
    await house.queue.offer_waiting()
    assert await offered_to(house, chat) == asked[0]


async def test_an_offer_that_nobody_answers_is_passed_on(offering: House) -> None:
    house = offering
    await house.add_agent("Anna"), await house.add_agent("Bert")
    chat = await house.waiting_chat()
    await house.queue.offer_waiting()
    await house.passes(OFFER_SECONDS - 1)
    assert await house.queue.let_pass() == 0
    await house.passes(2)
    assert await house.queue.let_pass() == 1
    await house.queue.offer_waiting()
    assert (await house.handoff(chat)).passed_by == ("anna",)
    assert await offered_to(house, chat) == "bert"
    assert await house.assigned(chat) == ["offered", "offer_passed", "offered"]
    with pytest.raises(NotFound, match="no longer offered to you"):
        await house.queue.decline("anna", chat, "late")


async def test_an_offer_of_before_a_reboot_is_over(offering: House) -> None:
    house = offering
    await house.add_agent("Anna")
    await house.waiting_chat()
    await house.queue.offer_waiting()
    house.clock.seconds = 5.0
    assert await house.queue.let_pass() == 1


async def test_an_offer_to_somebody_who_leaves_is_passed_on_at_once(offering: House) -> None:
    house = offering
    await house.add_agent("Anna"), await house.add_agent("Bert")
    chat = await house.waiting_chat()
    await house.queue.offer_waiting()
    await house.queue.set_available("anna", False)
    await house.queue.let_pass()
    await house.queue.offer_waiting()
    assert await offered_to(house, chat) == "bert"


async def test_accepting_is_claiming_and_a_seat_was_kept(offering: House) -> None:
    house = offering
    agent = await house.add_agent("Anna", max_chats=1)
    offered, other = await house.waiting_chat(), await house.waiting_chat()
    await house.queue.offer_waiting()
    assert await offered_to(house, other) is None, "there is one seat"
    with pytest.raises(AtCapacity, match="asked to take"):
        await house.queue.claim(agent, other, "k1")
    receipt = await house.queue.accept(agent, offered, "k2")
    assert (await house.queue.accept(agent, offered, "k2")).seq == receipt.seq
    assert (await house.ownership(offered)).agent_id == agent
    assert (await house.handoff(offered)).offer_until is None
    assert await house.store.read(check) == []


async def test_what_is_offered_to_somebody_else_is_not_taken(offering: House) -> None:
    house = offering
    await house.add_agent("Anna")
    chat = await house.waiting_chat()
    await house.queue.offer_waiting()
    other = await house.add_agent("Bert")
    boss = await house.add_agent("Sue", roles=("agent", "supervisor"))
    for which in (chat, None):
        with pytest.raises((NotAllowed, NotFound)):
            await house.queue.claim(other, which, "k1")
    await house.queue.claim(boss, chat, "k2")
    assert (await house.ownership(chat)).owner is Owner.AGENT


async def test_what_was_offered_to_somebody_else_since_the_claim_looked_is_not_taken(
    offering: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another gateway's offer is committed between the look and the lock."""
    house = offering
    await house.add_agent("Anna")
    offered = await house.waiting_chat()
    await house.queue.offer_waiting()
    other = await house.add_agent("Bert")
    look = HandoffRows.waiting

    def before_it_was_offered(rows: HandoffRows, limit: int | None = None) -> Sequence[HandoffRecord]:
        return [replace(one, offered_to=None) for one in look(rows, limit)]

    monkeypatch.setattr(HandoffRows, "waiting", before_it_was_offered)
    with pytest.raises(NotFound):
        await house.queue.claim(other, None, "k1")
    free = await house.waiting_chat()
    assert (await house.queue.claim(other, None, "k2")).conversation == free
    assert (await house.ownership(offered)).owner is Owner.QUEUE


async def test_declining_twice_is_declining_once(offering: House) -> None:
    house = offering
    await house.add_agent("Anna")
    chat = await house.waiting_chat()
    await house.queue.offer_waiting()
    first = await house.queue.decline("anna", chat, "no")
    again = await house.queue.decline("anna", chat, "no")
    assert (again.seq, again.dup) == (first.seq, True)
    with pytest.raises(CmidReused):
        await house.queue.prioritise("anna", chat, 1, "no")


async def test_several_gateways_offer_each_conversation_once(offering: House) -> None:
    house = offering
    for name in ("Anna", "Bert", "Cleo"):
        await house.add_agent(name, max_chats=2)
    chats = [await house.waiting_chat() for _ in range(8)]
    gateways = [
        operations.Queue(house.store, house.doorbell, Rules("offer", OFFER_SECONDS)) for _ in range(4)
    ]
    await asyncio.gather(*(gateway.offer_waiting() for gateway in gateways for _ in range(2)))
    offers = [await offered_to(house, chat) for chat in chats]
    assert sum(one is not None for one in offers) == 6
    assert max([(await house.assigned(chat)).count("offered") for chat in chats]) == 1
    assert await house.store.read(check) == []
    await house.passes(OFFER_SECONDS + 1)
    passed = await asyncio.gather(*(gateway.let_pass() for gateway in gateways))
    assert sum(passed) == 6


@pytest.mark.parametrize("looks", [(2, None), (3, None), (4, None)])
async def test_those_in_front_who_nobody_free_may_take_hold_up_nobody_behind_them(
    offering: House, monkeypatch: pytest.MonkeyPatch, looks: tuple[int, None]
) -> None:
    """However far is looked at first: all that a free seat is for are offered it."""
    monkeypatch.setattr(operations, "OFFER_LOOKS", looks)
    house = offering
    german = await house.add_agent("Gerda", languages=("de",), max_chats=1)
    held = await needing(house, language="de")
    await house.queue.claim(german, held, "k1")
    english = await house.add_agent("Ellen", languages=("en",), max_chats=2)
    front = [await needing(house, language="de") for _ in range(3)]
    behind = [await needing(house, language="en") for _ in range(3)]
    assert await house.queue.offer_waiting() == 2
    assert [await offered_to(house, one) for one in behind] == [english, english, None]
    assert {await offered_to(house, one) for one in front} == {None}
    long_ago = datetime.now(UTC) - timedelta(seconds=700)
    handoff = await house.handoff(front[2])
    await house.store.write(lambda tx: tx.update_handoff(handoff.id, enqueued_at=long_ago))
    await house.queue.claim(english, behind[0], "k2")
    await house.queue.decline(english, behind[1], "no")
    await house.queue.offer_waiting()
    assert await offered_to(house, front[2]) == english, (
        "open to all by now, although others who need it are not"
    )


async def test_where_agents_pick_nothing_is_offered(picking: House) -> None:
    await picking.add_agent("Anna")
    chat = await picking.waiting_chat()
    assert await picking.queue.offer_waiting() == 0
    assert await offered_to(picking, chat) is None


# skills and languages


async def needing(house: House, **needs: str) -> str:
    chat = await house.waiting_chat()
    handoff = await house.handoff(chat)
    await house.store.write(lambda tx: tx.update_handoff(handoff.id, **needs))
    return chat


@pytest.mark.parametrize(
    ("needs", "has", "says"),
    [
        ({"skill": "payments"}, {"skills": ("payments",)}, "the skill “payments”"),
        ({"language": "de"}, {"languages": ("de", "en")}, "speaks “de”"),
    ],
)
async def test_a_skill_or_a_language_says_who_may_take_it(
    picking: House, needs: dict[str, str], has: dict[str, Any], says: str
) -> None:
    house = picking
    able = await house.add_agent("Anna", **has)
    other = await house.add_agent("Bert", languages=("fr", "en"))
    boss = await house.add_agent("Sue", roles=("agent", "supervisor"), languages=("fr", "en"))
    chat, free = await needing(house, **needs), await house.waiting_chat()
    with pytest.raises(NotAllowed, match=says):
        await house.queue.claim(other, chat, "k1")
    rows = {row.conversation: row.may_take for row in (await house.views.queue(other)).rows}
    assert rows == {chat: False, free: True}
    assert (await house.queue.claim(other, None, "k2")).conversation == free, "the next one that is for them"
    with pytest.raises(NotFound, match="Nobody is waiting whom you may take"):
        await house.queue.claim(other, None, "k3")
    who = able if "skill" in needs else boss
    assert (await house.queue.claim(who, None, "k4")).conversation == chat


async def test_what_nobody_has_restricts_nobody(picking: House) -> None:
    agent = await picking.add_agent("Anna", languages=("fr",))
    chat = await needing(picking, skill="payments", language="de")
    assert (await picking.queue.claim(agent, None, "k1")).conversation == chat


@pytest.mark.parametrize(("there", "seconds", "opens"), [
    (False, 60, False), (False, 130, True), (True, 130, False), (True, 700, True),
])  # fmt: skip
async def test_nobody_waits_for_a_skill_for_ever(
    picking: House, there: bool, seconds: float, opens: bool
) -> None:
    house = picking
    await house.add_agent("Anna", skills=("payments",), online=there)
    other = await house.add_agent("Bert")
    chat = await needing(house, skill="payments")
    handoff = await house.handoff(chat)
    since = datetime.now(UTC) - timedelta(seconds=seconds)
    await house.store.write(lambda tx: tx.update_handoff(handoff.id, enqueued_at=since))
    if not opens:
        with pytest.raises(NotAllowed):
            await house.queue.claim(other, chat, "k1")
    else:
        await house.queue.claim(other, chat, "k1")
