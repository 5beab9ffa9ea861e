"""Many connections under one clock: beats, caps, drain, slow readers."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from starlette.types import Message

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.store_sql import SqlStore
from handoff.app import link as link_module
from handoff.app import switchboard as switchboard_module
from handoff.app.chore import Chore
from handoff.app.cursors import Cursors
from handoff.app.feed import Feed
from handoff.app.link import SEND_QUEUE, Hangup, Link
from handoff.app.switchboard import ROUNDS, Room, Switchboard
from handoff.log import CUSTOMER
from handoff.ports import PLACES_TOPIC, CursorRecord, Transaction, conversation_topic
from handoff.protocol import Head
from handoff.protocol.closing import SLOW_READER


class Wire:
    """The server's end of a websocket whose reader may be deaf."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.sent: list[Message] = []
        self._reads = asyncio.Event()
        if not deaf:
            self._reads.set()

    async def send(self, message: Any) -> None:
        if message["type"] != "websocket.close":
            await self._reads.wait()
        self.sent.append(message)

    @property
    def code(self) -> int | None:
        return next((message["code"] for message in self.sent if message["type"] == "websocket.close"), None)


class Reader:
    """A session that only counts."""

    def __init__(self, *feeds: Feed) -> None:
        self.wire = Wire()
        self.outlet = Link(self.wire.send)
        self.round = 0
        self.beats: list[dict[str, int]] = []
        self._feeds = feeds

    def feeds(self) -> Collection[Feed]:
        return self._feeds

    def beat(self, heads: dict[str, int]) -> None:
        self.beats.append(heads)

    def places_changed(self, agents_online: int) -> None:
        return None


def begin(tx: Transaction, key: str, length: int) -> None:
    tx.add_customer(f"customer of {key}", key)
    tx.add_conversation(key, f"customer of {key}", "e", "en", {})
    for number in range(length):
        tx.append(key, CUSTOMER, "message", {"text": str(number)})


def board(store: SqlStore, **room: int) -> Switchboard:
    limits = {"connections": 100, "of_address": 100, "handshakes_per_minute": 100} | room
    return Switchboard(store, LocalDoorbell(), Room(**limits))


async def test_everybody_is_told_once_in_all_rounds_and_a_shorter_log_ends_the_socket(
    store: SqlStore,
) -> None:
    await store.write(lambda tx: begin(tx, "a", 3))
    switchboard = board(store)
    right, ahead = Reader(Feed("a", 1, for_agent=False)), Reader(Feed("a", 9, for_agent=False))
    switchboard.join(right)
    switchboard.join(ahead)
    for _ in range(ROUNDS):
        await switchboard.beat()
    assert right.beats == [{"a": 3}]
    assert not ahead.beats
    await ahead.outlet.ended()
    assert ahead.wire.code == 1012
    switchboard.leave(right)
    for _ in range(ROUNDS):
        await switchboard.beat()
    assert len(right.beats) == 1


async def test_what_every_reader_of_a_log_was_sent(store: SqlStore) -> None:
    switchboard, one, other = board(store), Feed("a", 4, for_agent=False), Feed("a", 2, for_agent=True)
    assert switchboard.sent("a") is None
    switchboard.follow(one)
    switchboard.follow(other)
    assert switchboard.sent("a") == 2
    switchboard.unfollow(other)
    assert switchboard.sent("a") == 4


async def test_a_read_from_before_a_ring_tells_nobody_else_what_it_saw(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, doorbell = ["mara", "tom"], LocalDoorbell()
    monkeypatch.setattr("handoff.app.switchboard.present", lambda _tx: list(there))
    switchboard = Switchboard(store, doorbell, Room(9, 9, 9))
    early = switchboard.online_count()
    doorbell.ring(PLACES_TOPIC)
    assert await store.read(early) == 2, "it saw how things stood when it began"
    there.clear()
    assert await store.read(switchboard.online_count()) == 0
    there.append("mara")
    assert await store.read(switchboard.online_count()) == 0, "counted anew after a ring only"


async def test_lines_are_counted_and_one_that_ends_makes_room(store: SqlStore) -> None:
    switchboard = board(store, of_address=1)
    with switchboard.line("here"):
        with pytest.raises(Hangup, match="too_many"), switchboard.line("here"):
            pass
        with switchboard.line("there"):
            pass
    with switchboard.line("here"):
        pass


async def test_an_address_that_knocks_without_end_waits(store: SqlStore) -> None:
    switchboard = board(store, handshakes_per_minute=3)
    for _ in range(3):
        switchboard.shake_hands("here")
    with pytest.raises(Hangup, match="rate_limited") as refused:
        switchboard.shake_hands("here")
    assert refused.value.bye.retry_after_seconds
    switchboard.shake_hands("there")


async def test_many_addresses_do_not_make_one_that_knocks_be_forgotten(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard_module, "MOST_ADDRESSES", 5)
    switchboard, refused = board(store, handshakes_per_minute=2), 0
    for number in range(50):
        switchboard.shake_hands(f"crowd {number}")
        try:
            switchboard.shake_hands("here")
        except Hangup:
            refused += 1
    assert refused == 48


async def test_a_drain_lets_everybody_go_by_and_by_and_takes_nobody_new(store: SqlStore) -> None:
    switchboard, readers = board(store), [Reader() for _ in range(6)]
    for reader in readers:
        switchboard.join(reader)
    draining = asyncio.create_task(switchboard.drain(0.3))
    await asyncio.sleep(0.05)
    assert any(reader.wire.code is None for reader in readers)
    with pytest.raises(Hangup, match="restarting"), switchboard.line("here"):
        pass
    await draining
    await asyncio.gather(*(reader.outlet.ended() for reader in readers))
    assert {reader.wire.code for reader in readers} == {1012}


async def test_a_deaf_reader_is_cut_off_and_holds_no_more_than_the_queue() -> None:
    wire = Wire(deaf=True)
    link = Link(wire.send)
    for seq in range(SEND_QUEUE + 50):
        link.send(Head(conversation=None, seq=seq))
    await link.ended()
    assert wire.code == SLOW_READER.code
    assert not wire.sent[:-1]


async def test_room_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "ROOM_SECONDS", 0.05)
    wire = Wire(deaf=True)
    link = Link(wire.send)
    for seq in range(SEND_QUEUE // 2 + 2):
        link.send(Head(conversation=None, seq=seq))
    with pytest.raises(link_module.Gone):
        await link.room()
    await link.ended()
    assert wire.code == SLOW_READER.code


async def test_frames_go_out_in_order() -> None:
    wire = Wire()
    link = Link(wire.send)
    for seq in range(50):
        link.send(Head(conversation=None, seq=seq))
        if seq % 7 == 0:
            await asyncio.sleep(0)
    link.hang_up(Hangup(SLOW_READER))
    await link.ended()
    texts = [message["text"] for message in wire.sent if message["type"] == "websocket.send"]
    assert texts == [f'{{"type":"head","conversation":null,"seq":{seq}}}' for seq in range(len(texts))]


async def test_a_chore_asked_for_many_times_is_done_once_more() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.01)

    chore = Chore(work, failed=lambda error: pytest.fail(str(error)))
    for _ in range(10):
        chore.ask()
    await asyncio.sleep(0)
    for _ in range(10):
        chore.ask()
    await chore.done()
    assert runs == 2
    chore.drop()
    chore.ask()
    await chore.done()
    assert runs == 2


async def test_cursors_are_written_together_and_only_forward(store: SqlStore) -> None:
    await store.write(lambda tx: begin(tx, "b", 3))
    doorbell = LocalDoorbell()
    hints: list[Any] = []
    doorbell.subscribe(conversation_topic("b"), heard=lambda _topic, hint: hints.append(hint))
    cursors = Cursors(store, doorbell)
    for delivered, read in ((2, 1), (3, 0), (1, 1)):
        cursors.move("b", "customer", delivered, read)
    await cursors.flush()
    await cursors.flush()
    assert hints == [{"cursor": "customer", "delivered": "3", "read": "1"}]
    cursors.move("b", "customer", 1, 0)
    await cursors.flush()
    found = await store.read(lambda tx: tx.cursor("b", "customer"))
    assert found == CursorRecord("b", "customer", 3, 1)
