"""What is measured, the same way for both servers: standing still, passing on what is typed, coming back all at once."""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.sockets.crowd import Line, dial
from benchmarks.sockets.servers import Server

AT_ONCE = 32
"""Handshakes under way at the same time while a crowd gathers."""
SETTLE_SECONDS = 5.0
WATCHED = 50
"""Conversations on one console."""


@dataclass(frozen=True, slots=True)
class Standing:
    kib: float
    """A socket, as the slope between a tenth of the crowd and all of it."""
    cpu_microseconds: float
    """A socket and second, as the same slope: what the process does by itself is no cost of a socket."""
    opened_per_second: float


@dataclass(frozen=True, slots=True)
class Storm:
    all_seconds: float
    """From the cut until the last one was back."""
    p50: float
    """Seconds from one's own dialling until everything missed was there."""
    p99: float
    cpu_milliseconds: float
    """A client that came back."""


@dataclass(slots=True)
class Visitor:
    """One client, and what it must remember to come back."""

    line: Line
    number: int
    welcome: dict[str, Any] | None = None


async def arrive(server: Server, number: int, known: Visitor | None = None) -> Visitor:
    """Open a line and wait until it is of use: an echo came back, or the log and the status are there."""
    line = await dial(server.port, "/ws/customer", number)
    visitor = Visitor(line, number)
    if server.name == "echo":
        line.say(b"hello")
        await line.heard(lambda text: text == b"hello")
        return visitor

    def remember(text: bytes) -> None:
        if text.startswith(b'{"type":"welcome"'):
            visitor.welcome = json.loads(text)

    line.on_text = remember
    hello: dict[str, Any] = {"type": "hello"}
    if known and known.welcome:
        hello |= {key: known.welcome[key] for key in ("token", "conversation", "epoch")} | {"seq": 0}
    line.say(json.dumps(hello).encode())
    await line.heard(is_status)
    line.on_text = None
    return visitor


def is_status(text: bytes) -> bool:
    return text.startswith(b'{"type":"status"')


async def crowd(server: Server, first: int, last: int) -> list[Visitor]:
    """Visitors with these numbers, each there and silent."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Visitor:
        async with gate:
            return await arrive(server, number)

    return list(await asyncio.gather(*(one(number) for number in range(first, last))))


async def standing(server: Server, connections: int, seconds: float) -> Standing:
    """What sockets cost that say nothing."""
    tenth = connections // 10
    visitors = await crowd(server, 0, tenth)
    await asyncio.sleep(SETTLE_SECONDS)
    small, idle = server.memory(), await _spent(server, seconds)
    began = time.perf_counter()
    visitors += await crowd(server, tenth, connections)
    opened = (connections - tenth) / (time.perf_counter() - began)
    await asyncio.sleep(SETTLE_SECONDS)
    large, busy = server.memory(), await _spent(server, seconds)
    assert not any(visitor.line.is_closed for visitor in visitors), "a silent socket was closed"
    more = connections - tenth
    return Standing((large - small) / 1024 / more, (busy - idle) / seconds / more * 1e6, opened)


async def _spent(server: Server, seconds: float) -> float:
    """Seconds of its processor in the next seconds."""
    before = server.cpu()
    await asyncio.sleep(seconds)
    return server.cpu() - before


async def relayed(server: Server, pairs: int, seconds: float) -> float:
    """Microseconds of the server's processor for one frame of typing, from one end to the other; each end one a second."""
    consoles = [] if server.name == "echo" else await _consoles(server, -(-pairs // WATCHED))
    visitors = await crowd(server, 0, pairs)
    for number, console in enumerate(consoles):
        await _watch(console, visitors[number * WATCHED : (number + 1) * WATCHED])
    await asyncio.sleep(SETTLE_SECONDS)
    idle = await _spent(server, seconds)
    ends = consoles or [visitor.line for visitor in visitors]
    arrived = Counter(b'{"type":"typing"')
    for line in ends:
        line.on_text = arrived
    before = server.cpu()
    sent = 0
    for second in range(round(seconds)):
        due = time.perf_counter() + 1.0
        for number, visitor in enumerate(visitors):
            await asyncio.sleep(
                0 if number % 10 else max(0.0, due - 1 + number / pairs - time.perf_counter())
            )
            visitor.line.say(b'{"type":"typing"}')
            sent += 1
        if second < round(seconds) - 1:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await asyncio.sleep(0.5)
    busy = server.cpu() - before
    assert arrived.frames >= sent * 0.98, f"only {arrived.frames} of {sent} frames arrived"
    return max(0.0, busy - idle) / sent * 1e6


class Counter:
    """Counts the frames that begin so."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning
        self.frames = 0

    def __call__(self, text: bytes) -> None:
        self.frames += text.startswith(self._beginning)


async def _consoles(server: Server, count: int) -> list[Line]:
    """Consoles of the demo's first agent."""
    from handoff import accounts

    base = f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
        account = {"email": accounts.DEMO_STAFF[0][0], "password": accounts.DEMO_PASSWORD}
        (await http.post("/api/signin", json=account)).raise_for_status()
        cookie = "; ".join(f"{item.name}={item.value}" for item in http.cookies.jar)
    consoles = [
        await dial(server.port, "/ws/agent", 0, (("Cookie", cookie), ("Origin", base))) for _ in range(count)
    ]
    for console in consoles:
        console.say(b'{"type":"hello"}')
        await console.heard(lambda text: text.startswith(b'{"type":"queue"'))
    return consoles


async def _watch(console: Line, visitors: Sequence[Visitor]) -> None:
    """Each of these asks for a person; then the console watches them."""
    for visitor in visitors:
        assert visitor.welcome
        visitor.line.say(f'{{"type":"ask_person","cmid":"p{visitor.number}"}}'.encode())
        await visitor.line.heard(lambda text: is_status(text) and b'"owner":"queue"' in text)
        watch = {"type": "watch", "conversation": visitor.welcome["conversation"]}
        console.say(json.dumps(watch).encode())
        await console.heard(is_status)


async def storm(server: Server, clients: int, over_seconds: float) -> Storm:
    """Cut everybody off at once; each dials again at some moment of the next seconds, having seen nothing of the log."""
    visitors = await crowd(server, 0, clients)
    if server.name != "echo":
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_talk(visitor, gate) for visitor in visitors))
    await asyncio.sleep(SETTLE_SECONDS)
    for visitor in visitors:
        visitor.line.hang_up()
    before, began = server.cpu(), time.perf_counter()
    chance = random.Random(2_000)

    async def back(visitor: Visitor) -> float:
        await asyncio.sleep(chance.random() * over_seconds)
        dialled = time.perf_counter()
        new = await arrive(server, visitor.number, visitor)
        assert server.name == "echo" or (new.welcome and new.welcome["resumed"]), "a log was forgotten"
        return time.perf_counter() - dialled

    taken = sorted(await asyncio.gather(*map(back, visitors)))
    took = time.perf_counter() - began
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return Storm(took, cuts[49], cuts[98], (server.cpu() - before) / clients * 1e3)


async def _talk(visitor: Visitor, gate: asyncio.Semaphore) -> None:
    """A question and its answer, so that there is something to come back to."""
    async with gate:
        visitor.line.say(b'{"type":"send","cmid":"q1","text":"Where is my parcel?"}')
        await visitor.line.heard(lambda text: b'"text":"Yes."' in text)
