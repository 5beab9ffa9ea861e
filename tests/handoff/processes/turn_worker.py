"""A gateway without sockets: takes bot turns from a database and asks real assistants over HTTP, until it is killed.

It says that it is ready, and begins when it is told to by a line.

    python -m tests.handoff.processes.turn_worker --database URL --rasa URL,URL --patience '{"lease_seconds": 1}'

`--die` names the moment of the first turn in which it kills itself; `--naive` takes out what keeps two from answering.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from handoff.adapters.bot_rasa import rasa_pool
from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.log_sql import LogRows
from handoff.adapters.store_sql import SqlStore
from handoff.adapters.turns_sql import TurnRows
from handoff.bot_replies import BOT, Replies
from handoff.patience import Patience
from handoff.ports import Author, Json, Transaction, TurnRecord, TurnReply, TurnRequest
from handoff.turns import Turns

SECRET = "a-secret-of-the-tests"
MOMENTS = ("before_call", "during", "after_reply", "before_commit", "after_commit")
Ask = Callable[[TurnRequest, float], Awaitable[TurnReply]]


class Asks(Protocol):
    turn: Ask


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment: str, bot: Asks, doorbell: LocalDoorbell) -> None:
    """Arrange that this process kills itself at `moment` of its first turn."""
    ask, write, ring = bot.turn, Replies.write, doorbell.ring
    written: list[int] = []

    async def turn(request: TurnRequest, timeout_seconds: float) -> TurnReply:
        if moment == "before_call":
            die()
        asking = asyncio.ensure_future(ask(request, timeout_seconds))
        if moment == "during":
            await asyncio.sleep(0.1)
            die()
        reply = await asking
        if moment == "after_reply":
            die()
        return reply

    def writing(replies: Replies, tx: Transaction, turn: TurnRecord, reply: TurnReply) -> tuple[str, ...]:
        topics = write(replies, tx, turn, reply)
        if moment == "before_commit":
            die()
        written.append(turn.id)
        return topics

    def ringing(*topics: str) -> None:
        if moment == "after_commit" and written:
            die()
        ring(*topics)

    bot.turn = turn
    Replies.write = writing  # type: ignore[method-assign,assignment]
    doorbell.ring = ringing  # type: ignore[method-assign]


def be_naive() -> None:
    """Whoever has a reply writes it: no look at the attempt, and no cmid that the table knows already.

    Leases are renewed as ever, or one gateway alone would take its own turn again and again.
    """
    finish, renew, append = TurnRows.finish_turn, TurnRows.renew_turns, LogRows.append

    def finish_turn(rows: Any, turn: TurnRecord, reply: Json | None) -> bool:
        finish(rows, turn, reply)
        return True

    def append_without_cmid(
        rows: Any, conversation_id: str, author: Author, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        return int(append(rows, conversation_id, author, kind, body, None if author == BOT else cmid))

    def renew_turns(rows: Any, worker: str, turn_ids: Collection[int], lease_seconds: float) -> set[int]:
        renew(rows, worker, turn_ids, lease_seconds)
        return set(turn_ids)

    TurnRows.finish_turn = finish_turn  # type: ignore[method-assign,assignment]
    TurnRows.renew_turns = renew_turns  # type: ignore[method-assign,assignment]
    LogRows.append = append_without_cmid  # type: ignore[method-assign,assignment]


async def work(database: str, rasa: str, patience: Patience, moment: str | None) -> None:
    store, doorbell, pool = SqlStore(database), LocalDoorbell(), rasa_pool(rasa, SECRET)
    if moment:
        die_at(moment, pool, doorbell)  # type: ignore[arg-type]
    turns = Turns(store, doorbell, pool, patience)
    print("ready", flush=True)  # noqa: T201 - whoever started it waits for this line
    await asyncio.to_thread(sys.stdin.readline)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    tasks = [asyncio.create_task(turns.run()), asyncio.create_task(pool.run())]
    await stopped.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await pool.close()
    await store.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--rasa", required=True)
    parser.add_argument("--patience", type=json.loads, default={})
    parser.add_argument("--die", choices=MOMENTS)
    parser.add_argument("--naive", action="store_true")
    given = parser.parse_args()
    if given.naive:
        be_naive()
    asyncio.run(work(given.database, given.rasa, Patience(**given.patience), given.die))


if __name__ == "__main__":
    main()
