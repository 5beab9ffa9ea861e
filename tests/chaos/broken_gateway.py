"""Gateways with one mechanism taken out: the checker has to find each of them.

    python -m tests.chaos.broken_gateway --without=fence --port=8080

What is taken out is taken out here, by replacing functions before the gateway is made: the product has no switch for it.
"""

import argparse
import asyncio
import json
import random
import runpy
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from tests.chaos import broken_queue
from tests.chaos.light_gateway import lighten
from tests.chaos.overtaking import note_overtaking

Json = dict[str, Any]
COMMIT_LATE_SECONDS = 0.08
TAKE_LATE_SECONDS = 0.15
RING_LATE_SECONDS = 1.0
"""Longer than a whole group of such commits takes."""
SUBSCRIBE_LATE_SECONDS = 30.0
LOST_RINGS = 0.25
LOST_FRAMES = 0.03


def _replace(owner: Any, name: str, function: Callable[..., Any]) -> None:
    setattr(owner, name, function)


def accept_before_commit() -> None:
    """Tells a customer "accepted" inside the transaction, a moment before it is committed. Without a kill nothing is
    wrong: it is committed as it was told, and rings wait until it is."""
    from handoff.adapters import store_sqlite
    from handoff.adapters.doorbell_local import LocalDoorbell

    attempt, settle, ring = store_sqlite._attempt, store_sqlite._settle, LocalDoorbell.ring

    def early(change: Any, connection: Any, tx: Any) -> tuple[Any, BaseException | None]:
        result, failure = attempt(change, connection, tx)
        if failure is None and "_customer_event" in getattr(change.run, "__qualname__", ""):
            change.loop.call_soon_threadsafe(settle, change.done, result, None)
            time.sleep(COMMIT_LATE_SECONDS)
        return result, failure

    def once(done: Any, result: Any, failure: BaseException | None) -> None:
        if not done.done():
            settle(done, result, failure)

    def late(self: Any, *topics: str) -> None:
        asyncio.get_running_loop().call_later(RING_LATE_SECONDS, ring, self, *topics)

    _replace(store_sqlite, "_attempt", early)
    _replace(store_sqlite, "_settle", once)
    _replace(LocalDoorbell, "ring", late)


def subscribe_before_read() -> None:
    """Reads, and subscribes a moment later; nothing repairs what fell in between."""
    from handoff.adapters.doorbell_local import LocalSubscription

    add = LocalSubscription.add

    def late(self: Any, topic: str) -> None:
        if not topic.startswith("conversation:"):
            add(self, topic)
            return
        asyncio.get_running_loop().call_later(SUBSCRIBE_LATE_SECONDS, add, self, topic)

    _replace(LocalSubscription, "add", late)
    _no_polls()
    _pass_frames(lambda frame: frame["type"] != "head")


def unique_cmid() -> None:
    """Every send is a new message."""
    from handoff.adapters.log_sql import LogRows

    _replace(LogRows, "find_cmid", lambda *_: None)
    _no_unique_cmid()


def lasting_cmid() -> None:
    """A cmid is forgotten after a second, as a cache forgets."""
    from handoff.adapters.log_sql import LogRows

    find = LogRows.find_cmid

    def forgetful(self: Any, conversation_id: str, author: Any, cmid: str) -> Any:
        found = find(self, conversation_id, author, cmid)
        old = found is not None and (datetime.now(UTC) - found.at).total_seconds() > 1.0
        return None if old else found

    _replace(LogRows, "find_cmid", forgetful)
    _no_unique_cmid()


def atomic_claim() -> None:
    """Looks who waits, and takes it in a second step, a moment later, without looking again."""
    from sqlalchemy import update

    from handoff import voice
    from handoff.adapters import tables as t
    from handoff.conversation import Owner, Ownership
    from handoff.log import Receipt, agent_author, card
    from handoff.queue import Queue

    async def naive(self: Any, agent_id: str, conversation_id: str | None, cmid: str) -> Receipt:
        def look(tx: Any) -> Any:
            waiting = [one for one in tx.waiting() if conversation_id in (None, one.conversation_id)]
            return waiting[0] if waiting else None

        chosen = await self._store.read(look)
        await asyncio.sleep(TAKE_LATE_SECONDS)
        if chosen is None:
            from handoff.errors import NotFound

            raise NotFound("Nobody is waiting.")

        def take(tx: Any) -> Receipt:
            agent = tx.agent(agent_id)
            mine = update(t.handoff).where(t.handoff.c.id == chosen.id)
            tx._run(mine.values(state="active", agent_id=agent_id, claimed_at=datetime.now(UTC)))
            tx.take_seat(agent_id)
            conversation = tx.conversation(chosen.conversation_id)
            tx.set_owner(conversation.id, Ownership(Owner.AGENT, conversation.ownership.fence + 1, agent_id))
            text = voice.JOINED.format(name=agent.name, about=agent.about)
            body = {"code": "joined", "text": text, "agent": card(agent).model_dump()}
            seq = tx.append(conversation.id, agent_author(agent), "notice", body, cmid)
            tx.touch_queue()
            return Receipt(conversation.id, seq)

        receipt: Receipt = await self._store.write(take)
        self._rung(receipt)
        return receipt

    _replace(Queue, "claim", naive)


def fence() -> None:
    """Whoever once had the conversation may write into it."""
    from handoff.conversation import Ownership

    _replace(Ownership, "check_agent", lambda *_: None)
    _replace(Ownership, "check_bot", lambda *_: None)


def polls() -> None:
    """A quarter of the rings is lost, and nobody looks without one."""
    rings()
    _no_polls()
    _pass_frames(lambda frame: frame["type"] != "head")


def rings() -> None:
    """A quarter of the rings is lost. Alone, this changes nothing but the time: polls and heads repair it."""
    from handoff.adapters.doorbell_local import LocalDoorbell

    ring = LocalDoorbell.ring

    def lossy(self: Any, *topics: str) -> None:
        ring(self, *(topic for topic in topics if random.random() > LOST_RINGS))

    _replace(LocalDoorbell, "ring", lossy)


def frames() -> None:
    """Some events are never sent. Alone, this changes nothing but the time: a client that sees the gap asks again."""
    _pass_frames(lambda frame: frame["type"] != "event" or random.random() > LOST_FRAMES)


def _no_unique_cmid() -> None:
    """A second event under the same cmid is written, as it would be without the unique index."""
    from sqlalchemy import select

    from handoff.adapters import tables as t
    from handoff.adapters.log_sql import LogRows

    append = LogRows.append

    def again(
        self: Any, conversation_id: str, author: Any, kind: str, body: Json, cmid: str | None = None
    ) -> int:
        c = t.event.c
        same = select(c.seq).where(
            c.conversation_id == conversation_id, c.author == author.key, c.cmid == cmid
        )
        if cmid is not None and self._one(same.limit(1)) is not None:
            cmid = f"{cmid[:50]}~{time.monotonic_ns() % 10**10}"
        return append(self, conversation_id, author, kind, body, cmid)

    _replace(LogRows, "append", again)


def _no_polls() -> None:
    from handoff.app.polls import Polls

    async def never(_self: Any) -> None:
        await asyncio.Event().wait()

    _replace(Polls, "run", never)


Message = MutableMapping[str, Any]


def _pass_frames(wanted: Callable[[Json], bool]) -> None:
    """Only frames that are wanted leave the gateway; the others are lost without a trace."""
    from handoff.app import main

    create = main.create_app

    def created(*arguments: Any, **more: Any) -> Any:
        app = create(*arguments, **more)

        async def filtered(
            scope: Message,
            receive: Callable[[], Awaitable[Message]],
            send: Callable[[Message], Awaitable[None]],
        ) -> None:
            async def passed(message: Message) -> None:
                if message["type"] != "websocket.send" or wanted(json.loads(message["text"])):
                    await send(message)

            await app(scope, receive, passed)

        return filtered

    _replace(main, "create_app", created)


WITHOUT: dict[str, Callable[[], None]] = {
    broken.__name__: broken
    for broken in (
        accept_before_commit, subscribe_before_read, unique_cmid, lasting_cmid, atomic_claim, fence, polls, rings, frames,
        *broken_queue.BROKEN,
    )
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", choices=WITHOUT, required=True)
    given, rest = parser.parse_known_args()
    lighten()
    WITHOUT[given.without]()
    note_overtaking()
    sys.argv = ["handoff", "serve", *rest]
    runpy.run_module("handoff", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
