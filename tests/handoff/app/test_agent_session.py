"""A console on a slow line: it is waited for as long as it reads, however many logs it comes back to."""

import asyncio
import json
from functools import partial

from starlette.types import Message

from handoff.app.agent_frames import AgentFrames
from handoff.app.agent_session import AgentSession, Consoles
from handoff.app.cursors import Cursors
from handoff.app.link import SEND_QUEUE, Link
from handoff.app.switchboard import Room, Switchboard
from handoff.judging import Judging
from handoff.log import CUSTOMER
from handoff.ports import Transaction
from tests.handoff.fakes import House

LINES = 90
"""A page holds more: no log waits for room within itself."""


def fill(conversation_id: str, tx: Transaction) -> None:
    for number in range(LINES):
        tx.append(conversation_id, CUSTOMER, "message", {"text": f"line {number}"}, f"line-{number}")


async def test_a_console_that_reads_slowly_gets_all_of_its_logs(house: House) -> None:
    mara = await house.add_agent()
    chats = [(await house.claimed_chat(mara))[0] for _ in range(4)]
    for chat in chats:
        await house.store.write(partial(fill, chat))
    assert LINES * len(chats) > SEND_QUEUE
    got: list[Message] = []

    async def slowly(message: Message) -> None:
        await asyncio.sleep(0.002)
        got.append(message)

    def lines() -> int:
        frames = [json.loads(message["text"]) for message in got if message["type"] == "websocket.send"]
        return sum(str(frame.get("text", "")).startswith("line ") for frame in frames)

    switchboard = Switchboard(house.store, house.doorbell, Room(9, 9, 9))
    frames = AgentFrames(house.queue, Judging(house.store, house.doorbell))
    cursors = Cursors(house.store, house.doorbell)
    consoles = Consoles(
        house.store,
        house.doorbell,
        house.queue,
        house.views,
        frames,
        house.attendance,
        switchboard,
        cursors,
        60,
    )
    agent = await house.store.read(lambda tx: tx.agent(mara))
    session = AgentSession(consoles, Link(slowly), agent)
    await session.begin(1)
    for chat in chats:
        await session.take(json.dumps({"type": "watch", "conversation": chat, "seq": 0}))
    async with asyncio.timeout(10):
        while lines() < LINES * len(chats):
            assert not [message for message in got if message["type"] == "websocket.close"]
            await asyncio.sleep(0.05)
    session.leave()
