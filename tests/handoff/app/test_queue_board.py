"""One read for all consoles: everybody gets every last state, and never an older one after a newer."""

import asyncio
from dataclasses import dataclass, field

import pytest
from pydantic import BaseModel

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.app import queue_board
from handoff.app.link import Hangup
from handoff.app.queue_board import QueueBoard
from handoff.errors import StoreUnavailable
from handoff.lineup import Lineup
from handoff.ports import QUEUE_TOPIC
from handoff.protocol import QueueState
from tests.handoff.fakes import House
from tests.handoff.test_lineup import agent, lineup


@dataclass(eq=False)
class Console:
    versions: list[int] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)
    ended: Hangup | None = None

    def send(self, frame: BaseModel, text: str | None = None) -> None:
        assert isinstance(frame, QueueState)
        self.versions.append(frame.version)
        self.texts.append(text)

    def hang_up(self, hangup: Hangup) -> None:
        self.ended = hangup

    async def room(self) -> None: ...


class Queue:
    """What stands in the store: `version`. A read begins, and ends when it is let."""

    def __init__(self) -> None:
        self.version = 1
        self.reads = 0
        self.fails = False
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def lineup(self) -> Lineup:
        self.reads += 1
        version = self.version
        await self.may_end.wait()
        if self.fails:
            raise StoreUnavailable("Not now.")
        return lineup(agent("mara"), agent("tomas"), version=version)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def doorbell() -> LocalDoorbell:
    return LocalDoorbell()


@pytest.fixture
def board(queue: Queue, doorbell: LocalDoorbell) -> QueueBoard:
    return QueueBoard(queue, doorbell)


async def until(consoles: list[Console], version: int) -> None:
    async with asyncio.timeout(5):
        while True:
            if all(console.versions[-1:] == [version] for console in consoles):
                return
            await asyncio.sleep(0.001)


async def test_one_read_serves_all(queue: Queue, board: QueueBoard, doorbell: LocalDoorbell) -> None:
    consoles = [Console() for _ in range(20)]
    for console in consoles:
        board.join(console, "mara")
    await until(consoles, 1)
    assert queue.reads == 1
    assert len({id(console.texts[-1]) for console in consoles}) == 1
    queue.version = 2
    doorbell.ring(QUEUE_TOPIC)
    doorbell.ring(QUEUE_TOPIC)
    await until(consoles, 2)
    assert queue.reads == 2


async def test_what_changes_while_it_is_read_is_read_again(
    queue: Queue, board: QueueBoard, doorbell: LocalDoorbell
) -> None:
    queue.may_end.clear()
    console = Console()
    board.join(console, "mara")
    await asyncio.sleep(0)
    queue.version = 2
    for _ in range(10):
        doorbell.ring(QUEUE_TOPIC)
    queue.may_end.set()
    await until([console], 2)
    assert (console.versions, queue.reads) == ([1, 2], 2)


async def test_who_comes_while_it_is_read_gets_the_next_one(queue: Queue, board: QueueBoard) -> None:
    queue.may_end.clear()
    early, late = Console(), Console()
    board.join(early, "mara")
    await asyncio.sleep(0)
    queue.version = 2
    board.join(late, "tomas")
    queue.may_end.set()
    await until([late], 2)
    assert (early.versions, late.versions, queue.reads) == ([1], [2], 2)


async def test_who_comes_while_the_store_is_away_is_shown_the_queue_with_all_who_are_due(
    queue: Queue, board: QueueBoard, doorbell: LocalDoorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_board, "AGAIN_SECONDS", 0.01)
    early, late = Console(), Console()
    board.join(early, "mara")
    await until([early], 1)
    queue.fails = True
    queue.version = 2
    doorbell.ring(QUEUE_TOPIC)
    board.join(late, "tomas")
    await asyncio.sleep(0.005)
    queue.fails = False
    await until([early, late], 2)
    assert (early.versions, late.versions) == ([1, 2], [2])


async def test_who_left_is_shown_nothing(queue: Queue, board: QueueBoard, doorbell: LocalDoorbell) -> None:
    stays, leaves = Console(), Console()
    board.join(stays, "mara")
    board.join(leaves, "tomas")
    board.leave(leaves)
    await until([stays], 1)
    board.leave(stays)
    doorbell.ring(QUEUE_TOPIC)
    await asyncio.sleep(0.01)
    assert (leaves.versions, queue.reads) == ([], 1)
    board.join(leaves, "tomas")
    await until([leaves], 1)


async def test_who_left_while_it_was_read_is_not_kept(queue: Queue, board: QueueBoard) -> None:
    queue.may_end.clear()
    for _ in range(3):
        console = Console()
        board.join(console, "mara")
        await asyncio.sleep(0.01)
        board.leave(console)
        await asyncio.sleep(0.01)
    assert not board._newcomers


async def test_a_store_that_is_away_is_asked_again(
    queue: Queue, board: QueueBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_board, "AGAIN_SECONDS", 0.01)
    queue.fails = True
    console = Console()
    board.join(console, "mara")
    await asyncio.sleep(0.005)
    queue.fails = False
    await until([console], 1)


async def test_an_account_that_was_removed_ends_its_console_alone(board: QueueBoard) -> None:
    gone, stays = Console(), Console()
    board.join(gone, "removed")
    board.join(stays, "mara")
    await until([stays], 1)
    assert gone.ended
    assert gone.versions == []


async def test_both_consoles_see_a_claim(house: House) -> None:
    mara, tomas = await house.add_agent("Mara"), await house.add_agent("Tomas")
    board, consoles = QueueBoard(house.views, house.doorbell), [Console(), Console()]
    board.join(consoles[0], mara)
    board.join(consoles[1], tomas)
    chat = await house.waiting_chat()
    await house.queue.claim(tomas, chat, "k1")
    await until(consoles, (await house.views.queue(mara)).version)
    assert consoles[0].versions == sorted(set(consoles[0].versions))
    for console, active in zip(consoles, (0, 1), strict=True):
        state = QueueState.model_validate_json(console.texts[-1] or "")
        assert (state.mine_active, state.rows[0].state) == (active, "active")
        board.leave(console)
