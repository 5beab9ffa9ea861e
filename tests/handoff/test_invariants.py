"""Each rule of `handoff.invariants` finds what breaks it, and a desk at work breaks none."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from handoff.adapters import tables as t
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.transaction_sql import SqlTransaction
from handoff.conversation import Owner, Ownership
from handoff.invariants import LATE_SECONDS, Since, check
from handoff.ports import Transaction
from tests.handoff.fakes import House, ScriptedBot


@pytest.fixture
async def house(any_store: SqlStore, bot: ScriptedBot) -> House:
    return House(any_store, bot)


async def at_work(house: House) -> tuple[str, str, str]:
    """A desk with one who waits, one with Mara whom Tomas is asked to take over, and one with the bot."""
    await house.add_agent("Mara", max_chats=2)
    await house.add_agent("Tomas", max_chats=2)
    waiting = await house.waiting_chat()
    held, fence = await house.claimed_chat("mara")
    await house.queue.transfer("mara", held, fence, "tomas", "", "", "t1")
    asking = (await house.seat()).conversation_id
    await house.desk.send(asking, "Where is my parcel?", "q1")
    return waiting, held, asking


async def test_a_desk_at_work_breaks_nothing(house: House) -> None:
    await at_work(house)
    assert await house.store.read(check) == []


def rows(tx: Transaction, statement: Any) -> None:
    assert isinstance(tx, SqlTransaction)
    tx._connection.execute(statement)


def handoff_of(conversation: str) -> Any:
    return update(t.handoff).where(t.handoff.c.conversation_id == conversation)


def too_many_seats(tx: Transaction, _w: str, _h: str, _a: str) -> None:
    tx.take_seat("mara")


def two_handoffs(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, text("DROP INDEX uq_handoff_live"))
    tx.add_handoff(waiting, "asked_for_person", 0, datetime.now(UTC), 0)


def another_owner(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    tx.set_owner(waiting, Ownership(Owner.BOT, 9))


def another_agent(tx: Transaction, _w: str, held: str, _a: str) -> None:
    tx.set_owner(held, Ownership(Owner.AGENT, 9, "tomas"))


def an_owner_without_a_handoff(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, handoff_of(waiting).values(state="done"))


def a_gap(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, delete(t.event).where(t.event.c.conversation_id == waiting, t.event.c.seq == 2))


def a_counter_behind(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    tx.update_conversation(waiting, last_seq=1)


def a_fence_of_tomorrow(tx: Transaction, _w: str, _h: str, asking: str) -> None:
    tx.update_conversation(asking, fence=-1)


def more_than_room(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, update(t.agent).where(t.agent.c.id == "tomas").values(max_chats=1))
    rows(tx, handoff_of(waiting).values(offered_to="tomas", offer_until=tx.clock() + 9))


def nobody_at_it(tx: Transaction, _w: str, _h: str, asking: str) -> None:
    rows(tx, update(t.bot_turn).values(state="failed"))
    tx.update_conversation(asking, last_at=datetime.now(UTC) - timedelta(minutes=5))


def an_offer_nobody_ends(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, handoff_of(waiting).values(offered_to="mara", offer_until=tx.clock() - LATE_SECONDS - 1))


def a_transfer_nobody_ends(tx: Transaction, _w: str, held: str, _a: str) -> None:
    rows(tx, handoff_of(held).values(transfer_until=tx.clock() - LATE_SECONDS - 1))


def a_turn_nobody_takes_again(tx: Transaction, _w: str, _h: str, _a: str) -> None:
    late = tx.clock() - LATE_SECONDS - 1
    rows(tx, update(t.bot_turn).values(state="running", worker="gone", lease_until=late))


def a_letter_nobody_takes_again(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    tx.add_mail(waiting, "reply:x:1", "ida@example.org", "S", "T", 0)
    rows(tx, update(t.mail).values(lease_until=tx.clock() - LATE_SECONDS - 1))


def an_offer_of_what_is_taken(tx: Transaction, _w: str, held: str, _a: str) -> None:
    rows(tx, handoff_of(held).values(offer_until=tx.clock() + 9))


def away_from_nobody(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, handoff_of(waiting).values(agent_away=True))


def an_offer_without_an_end(tx: Transaction, waiting: str, _h: str, _a: str) -> None:
    rows(tx, handoff_of(waiting).values(offered_to="mara", offer_until=None))


def a_wish_without_an_end(tx: Transaction, _w: str, held: str, _a: str) -> None:
    rows(tx, handoff_of(held).values(transfer_until=None))


@pytest.mark.parametrize(
    ("plant", "rule"),
    [
        (too_many_seats, "seats"), (two_handoffs, "one_handoff"), (another_owner, "owner"), (another_agent, "owner"),
        (an_owner_without_a_handoff, "owner"), (a_gap, "gapless"), (a_counter_behind, "gapless"),
        (a_fence_of_tomorrow, "fences"), (more_than_room, "capacity"), (nobody_at_it, "nobody_forgotten"),
        (an_offer_nobody_ends, "leases"), (a_transfer_nobody_ends, "leases"), (a_turn_nobody_takes_again, "leases"),
        (a_letter_nobody_takes_again, "leases"), (an_offer_of_what_is_taken, "asked"), (away_from_nobody, "asked"),
        (an_offer_without_an_end, "asked"), (a_wish_without_an_end, "asked"),
    ],
)  # fmt: skip
async def test_each_rule_finds_what_breaks_it(
    house: House, plant: Callable[[Transaction, str, str, str], None], rule: str
) -> None:
    chats = await at_work(house)
    await house.store.write(lambda tx: plant(tx, *chats))
    found = await house.store.read(check)
    assert rule in {one.rule for one in found}, found
    assert all(one.sentence.endswith(".") for one in found)


async def test_a_conversation_with_somebody_who_is_gone_is_found_by_who_knows_that(house: House) -> None:
    _, held, _ = await at_work(house)
    (found,) = await house.store.read(lambda tx: check(tx, Since(absent={"mara"})))
    assert (found.rule, held in found.sentence) == ("nobody_forgotten", True)


async def test_logs_that_have_been_counted_are_not_counted_again(house: House) -> None:
    waiting, *_ = await at_work(house)
    await house.store.write(lambda tx: a_gap(tx, waiting, "", ""))
    later = Since(logs=datetime.now(UTC) + timedelta(seconds=60))
    assert await house.store.read(lambda tx: check(tx, later)) == []
