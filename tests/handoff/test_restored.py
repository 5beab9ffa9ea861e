"""A database that was put back from a backup: who read what is lost takes the log anew."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.adapters.restoring import renew
from handoff.adapters.store_sql import SqlStore
from handoff.log import log_for
from handoff.protocol import CustomerHello
from tests.handoff.adapters.chats import connection_of
from tests.handoff.fakes import House, ScriptedBot


@pytest.fixture
def any_house(any_store: SqlStore, bot: ScriptedBot) -> House:
    return House(any_store, bot)


async def rewound(house: House, conversation_id: str, seq: int) -> None:
    """As after the restoring of a backup: what came after `seq` is lost."""

    def change(tx: object) -> None:
        sql = connection_of(tx)  # type: ignore[arg-type]
        sql.exec_driver_sql(f"DELETE FROM event WHERE seq > {seq}")  # noqa: S608 - a number
        sql.exec_driver_sql(f"UPDATE conversation SET last_seq = {seq}")  # noqa: S608

    await house.store.write(change)


async def test_restored_gives_every_conversation_a_new_epoch(any_house: House, any_url: str) -> None:
    before = [await any_house.seat() for _ in range(3)]
    await any_house.desk.send(before[0].conversation_id, "Where is my parcel?", "c1")
    assert renew(any_url) == (3, 0)
    for seat in before:
        again = await any_house.seat(
            token=seat.token, conversation=seat.conversation_id, epoch=seat.epoch, seq=seat.head
        )
        assert again.conversation_id == seat.conversation_id
        assert again.epoch != seat.epoch
        assert not again.resumed
        once_more = await any_house.seat(
            token=seat.token, conversation=seat.conversation_id, epoch=again.epoch, seq=again.head
        )
        assert once_more.resumed


async def test_restored_ends_every_session(any_house: House, any_url: str) -> None:
    agent = await any_house.add_agent()
    later = datetime.now(UTC) + timedelta(hours=1)
    await any_house.store.write(lambda tx: tx.add_session("token", agent, later))
    assert renew(any_url) == (0, 1)
    assert await any_house.store.read(lambda tx: tx.session_agent("token")) is None


async def test_a_customer_who_has_more_than_there_is_gets_a_new_epoch_at_once(any_house: House) -> None:
    seat = await any_house.seat()
    for n in range(5):
        await any_house.desk.send(seat.conversation_id, f"line {n}", f"c{n}")
    head = (await any_house.seat(token=seat.token)).head
    await rewound(any_house, seat.conversation_id, 2)
    asked = {"token": seat.token, "conversation": seat.conversation_id, "epoch": seat.epoch, "seq": head}
    hello = CustomerHello.model_validate(asked)
    assert await any_house.store.read(lambda tx: any_house.desk.returning(tx, hello)) is None
    again = await any_house.seat(**asked)
    assert (again.head, again.resumed) == (2, False)
    assert again.epoch != seat.epoch
    # and whoever read as far, but comes when the log has grown beyond, is not taken for one who knows it
    for n in range(20):
        await any_house.desk.send(seat.conversation_id, f"new line {n}", f"d{n}")
    late = await any_house.seat(**asked)
    assert (late.epoch, late.resumed) == (again.epoch, False)


async def test_what_was_lost_and_is_sent_again_is_taken_once(any_house: House) -> None:
    """The browser still has it in its outbox: its answer was lost, then the database was."""
    seat = await any_house.seat()
    for n in range(3):
        await any_house.desk.send(seat.conversation_id, f"line {n}", f"c{n}")
    await rewound(any_house, seat.conversation_id, 1)
    sent = [await any_house.desk.send(seat.conversation_id, f"line {n}", f"c{n}") for n in range(3)]
    assert [(receipt.seq, receipt.dup) for receipt in sent] == [(1, True), (2, False), (3, False)]


async def test_an_agent_who_has_more_than_there_is_gets_a_new_epoch_too(any_house: House) -> None:
    seat = await any_house.seat()
    await any_house.desk.send(seat.conversation_id, "Hello", "c1")
    record, resumed = await any_house.store.write(lambda tx: log_for(tx, seat.conversation_id, seat.epoch, 1))
    assert (record.epoch, resumed) == (seat.epoch, True)
    record, resumed = await any_house.store.write(lambda tx: log_for(tx, seat.conversation_id, seat.epoch, 9))
    assert record.epoch != seat.epoch
    assert not resumed
    _, resumed = await any_house.store.write(lambda tx: log_for(tx, seat.conversation_id, "another", 0))
    assert not resumed


@pytest.mark.parametrize("said_so", [True, False])
async def test_without_saying_so_a_reader_of_lost_lines_would_keep_them(
    any_house: House, any_url: str, said_so: bool
) -> None:
    """The control: the log has grown beyond what the reader has before they come back."""
    seat = await any_house.seat()
    for n in range(5):
        await any_house.desk.send(seat.conversation_id, f"line {n}", f"c{n}")
    read = [event.body.get("text") for event in await any_house.log(seat.conversation_id)][:5]
    await rewound(any_house, seat.conversation_id, 2)
    if said_so:
        renew(any_url)
    for n in range(10):
        await any_house.desk.send(seat.conversation_id, f"new line {n}", f"d{n}")
    asked = {"token": seat.token, "conversation": seat.conversation_id, "epoch": seat.epoch, "seq": 5}
    late = await any_house.seat(**asked)
    log = [event.body.get("text") for event in await any_house.log(seat.conversation_id)]
    mixed = late.resumed and read != log[:5]
    assert mixed is not said_so
