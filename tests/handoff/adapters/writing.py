"""A process that writes as fast as it can and says what was accepted, until it is killed."""

import asyncio
import os
from pathlib import Path

from handoff.adapters.store_sql import SqlStore
from handoff.errors import StoreUnavailable
from handoff.log import CUSTOMER
from handoff.ports import Transaction

CHATS = 4
AT_ONCE = 8


async def say_once(store: SqlStore, chat: str, cmid: str, text: str = "") -> int:
    """As a customer's message comes in: known by its cmid, or new; and a turn for the bot beside it."""

    def change(tx: Transaction) -> int:
        known = tx.find_cmid(chat, CUSTOMER, cmid)
        if known:
            return known.seq
        seq = tx.append(chat, CUSTOMER, "message", {"text": text or cmid}, cmid)
        tx.add_turn(chat, cmid, cmid, None, 0)
        return seq

    return await store.write(change)


async def _write_for_ever(url: str, process: int, output: int, early: bool) -> None:
    store = SqlStore(url)

    async def customer(number: int) -> None:
        said = 0
        while True:
            cmid = f"{process}-{number}-{said}"
            if early:
                os.write(output, f"{cmid}\n".encode())
            try:
                await say_once(store, f"chat{number % CHATS}", cmid)
            except StoreUnavailable:
                await asyncio.sleep(0.01)
                continue
            if not early:
                os.write(output, f"{cmid}\n".encode())
            said += 1

    await asyncio.gather(*map(customer, range(AT_ONCE)))


def write_for_ever(url: str, process: int, output: Path, early: bool) -> None:
    """Until it is killed: writes, and then says so in `output`; `early`: the other way round."""
    asyncio.run(_write_for_ever(url, process, os.open(output, os.O_WRONLY | os.O_APPEND), early))
