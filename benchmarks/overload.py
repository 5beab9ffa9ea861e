"""What customers see when they ask several times as much as the assistants can answer, and whether people still get through.

    .venv/bin/python -m benchmarks.overload
    .venv/bin/python -m benchmarks.overload --rasa http://127.0.0.1:5005,http://127.0.0.1:5006 --capacity 30

Without `--rasa` stand-ins answer, one turn at a time each. The product's own desk, outbox, pool and store, in one process.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog

from handoff.adapters.bot_pool import BotPool
from handoff.adapters.bot_rasa import rasa_pool
from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.app.settings import Settings
from handoff.desk import Desk
from handoff.patience import Patience
from handoff.ports import AgentRecord, EventRecord, TurnReply, TurnRequest
from handoff.protocol import CustomerHello
from handoff.queue import Queue
from handoff.readers import as_event
from handoff.turns import Turns

SEEN = frozenset({"message", "answer", "choices", "offer", "notice"})
HUMAN_EVERY_SECONDS = 0.25
QUESTION = "How long does delivery take to Norway?"


class PacedAssistant:
    """Thinks about one turn at a time, for so long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thinking = asyncio.Lock()

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        async with self._thinking:
            await asyncio.sleep(self._seconds)
        return TurnReply(({"kind": "text", "text": f"You said: {request.text}"},))

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        return None

    async def health(self, timeout_seconds: float) -> None: ...
    async def ready(self) -> int:
        return 1

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """What one run came to. Silences are the customers', human times are from asking for a person to the agent's word."""

    customers: int
    capacity_a_second: float
    asked_a_second: float
    longest_silence_seconds: float
    silence_p50_seconds: float
    silence_p99_seconds: float
    answered: int
    offered_a_person: int
    told_that_it_takes_longer: int
    left_in_silence: int
    human_idle_p50_ms: float
    human_idle_p99_ms: float
    human_overload_p50_ms: float
    human_overload_p99_ms: float
    cores: int


class Scene:
    def __init__(self, store: SqlStore, pool: BotPool) -> None:
        doorbell = LocalDoorbell()
        self.store, self.pool = store, pool
        self.desk = Desk(store, doorbell, turns_in_line=Settings.model_fields["turns_in_line"].default)
        self.queue = Queue(store, doorbell)
        self.turns = Turns(store, doorbell, pool, Patience(at_once=max(Patience().at_once, pool.room)))
        self.chats: list[str] = []
        self._count = itertools.count()

    async def agent(self) -> None:
        mara = AgentRecord(
            "mara", "mara@fernhill.example", "Mara", "Knows tents", ("agent",), 1_000_000, 0, True
        )
        await self.store.write(lambda tx: tx.add_agent(mara))

    async def somebody_asks(self) -> None:
        seat = await self.desk.hello(CustomerHello())
        await self.desk.send(seat.conversation_id, QUESTION, "c1")
        self.chats.append(seat.conversation_id)

    async def customers(self, a_second: float, seconds: float) -> None:
        """An even stream of new customers, each with one question."""
        began, asking = time.monotonic(), []
        for n in range(round(a_second * seconds)):
            await asyncio.sleep(max(0.0, began + n / a_second - time.monotonic()))
            asking.append(asyncio.create_task(self.somebody_asks()))
        await asyncio.gather(*asking)

    async def people(self, seconds: float) -> list[float]:
        """Again and again somebody asks for a person, is claimed, and hears from the agent. Milliseconds each took."""
        took, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            await self.store.write(lambda tx: tx.seen("agent", ["mara"], "benchmark"))
            cmid = f"p{next(self._count)}"
            chat = (await self.desk.hello(CustomerHello())).conversation_id
            began = time.perf_counter()
            await self.desk.ask_person(chat, cmid)
            await self.queue.claim("mara", chat, cmid)
            fence = (await self.store.read(lambda tx, chat=chat: tx.conversation(chat).ownership)).fence  # type: ignore[misc]
            await self.queue.send("mara", chat, fence, "Hello, Mara here.", cmid + "r")
            took.append((time.perf_counter() - began) * 1e3)
            await asyncio.sleep(HUMAN_EVERY_SECONDS)
        return took

    async def settled(self) -> None:
        async with asyncio.timeout(60):
            for chat in self.chats:
                while await self.store.read(lambda tx, chat=chat: tx.turn_open(chat)):  # type: ignore[misc]  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    async def logs(self) -> list[Sequence[EventRecord]]:
        return [await self.store.read(lambda tx, chat=chat: tx.events(chat, 0, 50)) for chat in self.chats]  # type: ignore[misc]


def silences(log: Sequence[EventRecord]) -> tuple[float, list[str]]:
    """The longest time in which this customer saw nothing while something was owed, and what they saw."""
    asked = log[0]
    seen = [e for e in log[1:] if as_event(e, for_agent=False).kind in SEEN]
    times: list[datetime] = [asked.at, *(event.at for event in seen)]
    gaps = [(after - before).total_seconds() for before, after in itertools.pairwise(times)]
    return max(gaps, default=float("inf")), [str(event.body.get("code", event.kind)) for event in seen]


async def run(given: argparse.Namespace, folder: Path) -> Outcome:
    url = f"sqlite:///{folder / 'overload.db'}"
    migrate(url)
    store = SqlStore(url)
    paced = {
        f"assistant-{n}": PacedAssistant(given.assistants / given.capacity) for n in range(given.assistants)
    }
    pool = (
        rasa_pool(given.rasa, os.environ.get("FRONTDESK_SERVICE_SECRET", ""))
        if given.rasa
        else BotPool(paced)
    )
    scene = Scene(store, pool)
    await scene.agent()
    work = [asyncio.create_task(_forever(part)) for part in (scene.turns.run(), pool.run())]
    idle = await scene.people(given.idle_seconds)
    rate = given.capacity * given.times
    busy, _ = await asyncio.gather(scene.people(given.seconds), scene.customers(rate, given.seconds))
    await scene.settled()
    found = [silences(log) for log in await scene.logs()]
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await pool.close()
    await store.close()
    quiet = sorted(gap for gap, _ in found)
    saw = Counter(kind for _, kinds in found for kind in kinds)
    return Outcome(
        len(found), given.capacity, rate, quiet[-1], _at(quiet, 0.5), _at(quiet, 0.99),
        saw["message"] + saw["answer"] + saw["choices"], saw["offer"], saw["still_working"],
        sum(not kinds for _, kinds in found),
        _at(idle, 0.5), _at(idle, 0.99), _at(busy, 0.5), _at(busy, 0.99), os.cpu_count() or 0,
    )  # fmt: skip


async def _forever(part: Awaitable[None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await part


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rasa", default="", help="real assistants, addresses with commas")
    parser.add_argument("--capacity", type=float, default=30.0, help="turns a second that all of them answer")
    parser.add_argument("--assistants", type=int, default=1, help="stand-ins, without --rasa")
    parser.add_argument("--times", type=float, default=3.0, help="how many times the capacity is asked")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--idle-seconds", type=float, default=10.0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(run(given, Path(folder)))
    for name, value in asdict(outcome).items():
        print(
            f"{name.replace('_', ' '):28} {value:,.1f}"
            if isinstance(value, float)
            else f"{name.replace('_', ' '):28} {value:,}"
        )
    if given.json:
        given.json.write_text(json.dumps(asdict(outcome), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
