"""What a durable accept costs: how many a second, what of it is the database's, and how it compares with a bare echo."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

import tests.servers
from benchmarks.delivery.figures import Row
from benchmarks.delivery.stage import Person, ask_for_persons, console, cpu_seconds, crowd, stage
from benchmarks.sockets.crowd import dial
from benchmarks.sockets.servers import Server
from handoff.adapters import prepared, store_sqlite
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.log import CUSTOMER
from handoff.ports import Transaction
from tests.servers import PostgresServer

WRITERS = 32
APPENDS = 2_400
ROUNDS = 3
TALKERS = 64
SECONDS = 4.0
TEXT = "Where is my parcel?"


async def durable() -> list[Row]:
    """Appends by 32 writers at once: our group commit, one commit each, and Postgres."""
    found: dict[str, list[float]] = {"group": [], "single": [], "postgres": []}
    tests.servers.MEMORY = Path("/nowhere")
    usual = store_sqlite.GROUP
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server:
        for number in range(ROUNDS):
            for name, group in (("group", usual), ("single", 1)):
                store_sqlite.GROUP = group
                found[name].append(await _appends(f"sqlite:///{Path(folder) / f'{name}-{number}.db'}"))
            found["postgres"].append(await _appends(server.create(f"round_{number}")))
    store_sqlite.GROUP = usual
    n = APPENDS * ROUNDS
    return [
        Row("durable appends, SQLite, group commit", "a second", found["group"], n, "one commit each",
            found["single"], 500, better="higher"),
        Row("durable appends, Postgres", "a second", found["postgres"], n, "SQLite, group commit",
            found["group"], 500, better="higher"),
    ]  # fmt: skip


async def _appends(url: str) -> float:
    await asyncio.to_thread(migrate, url)
    store = SqlStore(url)
    conversations = [await store.write(_begin) for _ in range(WRITERS)]

    async def writer(conversation: str) -> None:
        def change(tx: Transaction) -> int:
            return tx.append(conversation, CUSTOMER, "message", {"text": TEXT})

        for _ in range(APPENDS // WRITERS):
            await store.write(change)

    began = time.perf_counter()
    await asyncio.gather(*map(writer, conversations))
    seconds = time.perf_counter() - began
    await store.close()
    return APPENDS / seconds


def _begin(tx: Transaction) -> str:
    key = f"{time.monotonic_ns()}"
    tx.add_customer(key, key)
    tx.add_conversation(key, key, "e", "en", {})
    return key


async def accepts() -> list[Row]:
    """Whole accepts over sockets, by 64 customers who write as soon as they are answered, against as many echoes."""
    speed, cost, echoes, database = [], [], [], []
    n = 0
    for _ in range(ROUNDS):
        async with Server("echo") as server:
            lines = [await dial(server.port, "/ws/customer", number) for number in range(TALKERS)]
            frame = json.dumps({"type": "send", "cmid": "c1234567", "text": TEXT}).encode()

            async def echo(line: Any, frame: bytes = frame) -> None:
                line.say(frame)
                await line.heard(lambda text: text == frame)

            count, _, cpu = await _answered([lambda line=line: echo(line) for line in lines], server.cpu)
            echoes.append(cpu / count * 1e6)
        async with stage() as shop:
            agent = await console(shop, (await shop.hire(1, TALKERS))[0], shop.gateways[0].port)
            await asyncio.sleep(2.5)
            people = await crowd(shop.gateways[0].port, TALKERS)
            await ask_for_persons(people)
            for person in people:
                await agent.say("claim", conversation=person.conversation)
            agent.close()  # nobody reads along: what is measured is the accept
            await asyncio.sleep(0.5)
            writing = [lambda person=person: _accepted(person) for person in people]
            count, seconds, cpu = await _answered(writing, partial(cpu_seconds, shop.gateways[0]))
            speed.append(count / seconds)
            cost.append(cpu / count * 1e6)
            n += count
        database.append(await _split())
    parts: dict[str, list[float]] = {key: [part[key] for part in database] for key in database[0]}
    rows = [
        Row("accepts over sockets, 64 customers", "a second", speed, n, goal=500, better="higher"),
        Row("processor of an accept", "µs", cost, n, "of a bare echo", echoes, 15, "ratio"),
    ]
    whole = parts.pop("whole")
    for name, rounds in parts.items():
        rows.append(
            Row(
                f"of the change in the writer: {name}",
                "µs",
                rounds,
                SPLIT * ROUNDS,
                "the change as a whole",
                whole,
            )
        )
    return rows


async def _accepted(person: Person) -> None:
    answer = await person.say("send", text=TEXT)
    assert answer["type"] == "accepted", answer


async def _answered(turns: list[Callable[[], Any]], cpu: Callable[[], float]) -> tuple[int, float, float]:
    """How many turns were answered, in how many seconds, and what the server's processor took for them."""
    count = 0
    for turn in turns:
        await turn()
    began, used = time.perf_counter(), cpu()

    async def again(turn: Callable[[], Any]) -> None:
        nonlocal count
        while time.perf_counter() - began < SECONDS:
            await turn()
            count += 1

    await asyncio.gather(*map(again, turns))
    return count, time.perf_counter() - began, cpu() - used


SPLIT = 1_500


async def _split() -> dict[str, float]:
    """Where the time of a customer's message goes in the writing thread, in groups of 32: microseconds a message."""
    from handoff.adapters.doorbell_local import LocalDoorbell
    from handoff.desk import Desk
    from handoff.protocol import CustomerHello

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'split.db'}"
        await asyncio.to_thread(migrate, url)
        store = SqlStore(url)
        desk = Desk(store, LocalDoorbell())
        seats = [await desk.hello(CustomerHello()) for _ in range(WRITERS)]

        def away_from_the_bot(tx: Transaction) -> None:
            for seat in seats:
                ownership = tx.conversation(seat.conversation_id).ownership
                tx.set_owner(seat.conversation_id, type(ownership)("queue", ownership.fence + 1, None))

        await store.write(away_from_the_bot)
        spent = _Spent(store.database._engine)  # type: ignore[arg-type]
        original = store_sqlite._attempt
        store_sqlite._attempt = spent.timed(original)

        async def writer(number: int) -> None:
            for turn in range(SPLIT // WRITERS):
                await desk.send(seats[number].conversation_id, TEXT, f"c{number}-{turn}")

        await asyncio.gather(*map(writer, range(WRITERS)))
        store_sqlite._attempt = original
        await store.close()
    return spent.a_message((SPLIT // WRITERS) * WRITERS)


class _Spent:
    """Seconds that the writing thread spent in the driver, in COMMIT, and in changes as a whole."""

    def __init__(self, engine: Engine) -> None:
        self.driver = self.commit = self.change = 0.0
        self._began = 0.0
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        driven = prepared._driven

        def drive(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return driven(*arguments)
            finally:
                self.driver += time.perf_counter() - began

        prepared._driven = drive
        commit = engine.dialect.do_commit

        def timed(connection: Any) -> None:
            began = time.perf_counter()
            commit(connection)
            self.commit += time.perf_counter() - began

        engine.dialect.do_commit = timed  # type: ignore[method-assign]

    def _before(self, *_: Any) -> None:
        self._began = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.driver += time.perf_counter() - self._began

    def timed(self, attempt: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return attempt(*arguments)
            finally:
                self.change += time.perf_counter() - began

        return run

    def a_message(self, count: int) -> dict[str, float]:
        micro = 1e6 / count
        return {
            "whole": (self.change + self.commit) * micro,
            "building statements, rules, rows": max(0.0, self.change - self.driver) * micro,
            "the driver": self.driver * micro,
            "COMMIT with fsync, shared by a group": self.commit * micro,
        }
