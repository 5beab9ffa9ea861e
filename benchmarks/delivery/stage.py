"""An installation to measure: one or two gateway processes on SQLite or on Postgres and Redis, with agents and customers.

Databases lie on the disk, not in memory: what is measured waits for it. Gateways are the product's own app, with a small
library and no assistant; bounds against abuse are far away.
"""

import asyncio
import contextlib
import itertools
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import tests.servers
from benchmarks.sockets.crowd import Line, dial
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.app.signin import COOKIE
from handoff.desk import hashed
from handoff.ports import AgentRecord, Transaction
from tests.gateways import GatewayServer
from tests.servers import PostgresServer, RedisServer

BEYOND_MEASURE = str(10**9)
AT_ONCE = 16
"""Newcomers who come in at the same time while the stage is set."""
TICKS = os.sysconf("SC_CLK_TCK")
Frame = dict[str, Any]
_numbers = itertools.count()


@dataclass
class Stage:
    """`bases` are the ports of the gateways; `agents` maps agent ids to session tokens."""

    store: SqlStore
    gateways: list[GatewayServer]
    redis: RedisServer | None
    agents: dict[str, str] = field(default_factory=dict)

    async def hire(self, count: int, most_chats: int) -> list[str]:
        """New agents, signed in; their ids."""
        tokens = {f"agent-{secrets.token_hex(4)}": secrets.token_urlsafe(24) for _ in range(count)}

        def change(tx: Transaction) -> None:
            for key, token in tokens.items():
                tx.add_agent(
                    AgentRecord(
                        key, f"{key}@fernhill.example", "Mara", "", ("agent",), most_chats, 0, True, "-"
                    )
                )
                tx.add_session(hashed(token), key, datetime.now(UTC) + timedelta(days=1))

        await self.store.write(change)
        self.agents |= tokens
        return list(tokens)

    def headers(self, agent: str, port: int) -> list[tuple[str, str]]:
        return [("Origin", f"http://127.0.0.1:{port}"), ("Cookie", f"{COOKIE}={self.agents[agent]}")]


@contextlib.asynccontextmanager
async def stage(*, postgres: bool = False, gateways: int = 1) -> AsyncIterator[Stage]:
    tests.servers.MEMORY = Path("/nowhere")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'frontdesk.db'}"
        if postgres:
            url = stack.enter_context(PostgresServer()).create("frontdesk")
        redis = stack.enter_context(RedisServer()) if gateways > 1 else None
        await asyncio.to_thread(migrate, url)
        bounds: dict[str, Any] = dict.fromkeys(
            ("conversations_per_hour", "handshakes_per_minute", "connections_per_address",
             "frames_per_10_seconds", "messages_per_minute"), BEYOND_MEASURE,
        )  # fmt: skip
        started = [
            await asyncio.to_thread(partial(GatewayServer, url, redis.url() if redis else "", **bounds))
            for _ in range(gateways)
        ]
        for gateway in started:
            stack.enter_context(gateway)
        store = SqlStore(url)
        await asyncio.sleep(1.5)  # what a gateway does at its start is no cost of a message
        try:
            yield Stage(store, started, redis)
        finally:
            await store.close()
            for gateway in started:
                await asyncio.to_thread(gateway.kill)


def cpu_seconds(gateway: GatewayServer) -> float:
    """Of all its threads so far."""
    fields = Path(f"/proc/{gateway.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Person:
    """One line to a gateway, and futures for what is expected on it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.conversation = ""
        self.welcome: Frame = {}
        self.fence = 0
        self._expected: dict[str, asyncio.Future[Frame]] = {}
        line.on_text = self._heard

    def _heard(self, text: bytes) -> None:
        frame = json.loads(text)
        for key in self.keys(frame):
            future = self._expected.pop(key, None)
            if future and not future.done():
                future.set_result(frame)

    def keys(self, frame: Frame) -> list[str]:
        """What a frame may be waited for as."""
        keys = [str(frame["type"])]
        if frame["type"] in ("accepted", "rejected"):
            keys.append(f"answer {frame['cmid']}")
        if frame["type"] == "event" and frame.get("kind") == "message":
            keys.append(f"text {frame['text']}")
        return keys

    def expect(self, key: str) -> "asyncio.Future[Frame]":
        return self._expected.setdefault(key, asyncio.get_running_loop().create_future())

    def say(self, type_: str, **fields: Any) -> "asyncio.Future[Frame]":
        """Send a frame; what answers it."""
        cmid = f"c{next(_numbers)}"
        answer = self.expect(f"answer {cmid}")
        self.line.say(json.dumps({"type": type_, "cmid": cmid, **fields}).encode())
        return answer

    def greet(self, **fields: Any) -> None:
        self.line.say(json.dumps({"type": "hello", **fields}).encode())

    def close(self) -> None:
        self.line.hang_up()


class Desk(Person):
    """A console; `rows` are the conversations that wait, as last shown."""

    rows: frozenset[str] = frozenset()

    def keys(self, frame: Frame) -> list[str]:
        if frame["type"] == "queue":
            self.rows = frozenset(row["conversation"] for row in frame["rows"] if row["state"] == "waiting")
            return ["queue", *(f"waiting {key}" for key in self.rows)]
        if frame["type"] == "status":
            self.fence = frame["fence"]
        return super().keys(frame)


async def customer(port: int, number: int = 0) -> Person:
    person = Person(await dial(port, "/ws/customer", number))
    welcome = person.expect("welcome")
    person.greet()
    person.welcome = await welcome
    person.conversation = person.welcome["conversation"]
    return person


async def console(shop: Stage, agent: str, port: int) -> Desk:
    desk = Desk(await dial(port, "/ws/agent", 0, shop.headers(agent, port)))
    shown = desk.expect("queue")
    desk.greet()
    await shown
    return desk


async def crowd(port: int, count: int) -> list[Person]:
    """Customers who just came."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Person:
        async with gate:
            return await customer(port, number)

    return list(await asyncio.gather(*map(one, range(count))))


async def ask_for_persons(people: list[Person]) -> None:
    """All of them wait in the queue then. Needs an agent who is here."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(person: Person) -> None:
        async with gate:
            answer = await person.say("ask_person")
            assert answer["type"] == "accepted", answer

    await asyncio.gather(*map(one, people))


async def pairs(shop: Stage, count: int) -> list[tuple[Person, Desk]]:
    """Customers on the first gateway, each with an agent of their own on the last one."""
    first, last = shop.gateways[0].port, shop.gateways[-1].port
    agents = await shop.hire(count, 2)
    desks = [await console(shop, agent, last) for agent in agents]
    await asyncio.sleep(2.5)  # until every gateway knows that they are here
    people = await crowd(first, count)
    await ask_for_persons(people)
    for person, desk in zip(people, desks, strict=True):
        answer = await desk.say("claim", conversation=person.conversation)
        assert answer["type"] == "accepted", answer
        watching = desk.expect("watching")
        desk.line.say(json.dumps({"type": "watch", "conversation": person.conversation}).encode())
        await watching
        desk.conversation = person.conversation
    return list(zip(people, desks, strict=True))
