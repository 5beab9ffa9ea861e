"""Of 10,000 messages over connections that are cut at random bytes: how many are lost, shown twice, out of order.

Here and with python-socketio: two server processes, Redis, the same seeds, the same climate, 50 pairs on either side.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchmarks.delivery.figures import Row
from benchmarks.delivery.peer import PeerClient, PeerServer
from benchmarks.delivery.stage import pairs, stage
from benchmarks.delivery.stubborn import Reader, Writer
from tests.chaos.proxy import Proxy
from tests.chaos.weather import Climate, End
from tests.servers import LOOPBACK, RedisServer

PAIRS = 50
EACH = 200
SEED = 20_261_122
CLIMATE = Climate(end_chance=1.0, most_bytes=60_000, ends=(End.RESET, End.CLOSE))
"""Every connection is cut, after 20 kB in one of its directions at the latest, often in the middle of a frame."""
QUIET_SECONDS = 8.0
"""Nothing more came for so long: what is missing now is lost."""
MOST_SECONDS = 900.0
"""Where not everything was accepted by then, there is nothing to count."""
Say = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    lost: int
    twice: int
    out_of_order: int
    connections: int
    seconds: float


async def cuts() -> list[Row]:
    peer, ours = await _peer(), await _ours()
    n = PAIRS * EACH
    other = "python-socketio"
    return [
        Row("lost under cuts", f"of {n:,}", [ours.lost], n, other, [peer.lost], 0),
        Row("shown twice under cuts", f"of {n:,}", [ours.twice], n, other, [peer.twice], 0),
        Row("shown out of order under cuts", f"of {n:,}", [ours.out_of_order], n, other, [peer.out_of_order], 0),
        Row("connections made meanwhile", "", [ours.connections], n, other, [peer.connections]),
        Row("until all were accepted", "s", [ours.seconds], n, other, [peer.seconds]),
    ]  # fmt: skip


async def _ours() -> Outcome:
    async with stage(postgres=True, gateways=2) as shop:
        talkers = await pairs(shop, PAIRS)
        upstreams = [(LOOPBACK, gateway.port) for gateway in shop.gateways]
        async with (
            Proxy("customer", SEED, CLIMATE, upstreams[:1]) as up,
            Proxy("agent", SEED, CLIMATE, upstreams[1:]) as down,
        ):
            writers, readers = [], []
            for number, ((person, desk), agent) in enumerate(zip(talkers, shop.agents, strict=True)):
                person.close()
                desk.close()
                writers.append(Writer(up.port, person.welcome, number))
                headers = shop.headers(agent, down.port)
                epoch = person.welcome["epoch"]
                readers.append(Reader(down.port, person.conversation, epoch, headers, -number))
            running = [asyncio.create_task(client.run()) for client in (*writers, *readers)]
            seconds = await _write([writer.say for writer in writers])
            await _quiet(lambda: sum(len(reader.got) for reader in readers))
            for task in running:
                task.cancel()
            return _outcome([reader.got for reader in readers], up.connections + down.connections, seconds)


async def _peer() -> Outcome:
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(RedisServer())
        servers = [stack.enter_context(await asyncio.to_thread(PeerServer, redis.url())) for _ in range(2)]
        upstreams = [(LOOPBACK, server.port) for server in servers]
        async with (
            Proxy("customer", SEED, CLIMATE, upstreams[:1]) as up,
            Proxy("agent", SEED, CLIMATE, upstreams[1:]) as down,
        ):
            writers = [PeerClient(up.port, f"room {number}") for number in range(PAIRS)]
            readers = [PeerClient(down.port, f"room {number}") for number in range(PAIRS)]
            await asyncio.gather(*(client.start() for client in (*writers, *readers)))
            seconds = await _write([writer.say for writer in writers])
            await _quiet(lambda: sum(len(reader.got) for reader in readers))
            outcome = _outcome([reader.got for reader in readers], up.connections + down.connections, seconds)
            await asyncio.gather(*(client.close() for client in (*writers, *readers)))
            return outcome


async def _write(sayings: Sequence[Say]) -> float:
    """Everybody says theirs, each after the one before was acknowledged. How long that took; TimeoutError beyond reason."""

    async def one(say: Say) -> None:
        for number in range(EACH):
            await say(f"{number}")

    began = time.perf_counter()
    async with asyncio.timeout(MOST_SECONDS):
        await asyncio.gather(*map(one, sayings))
    return time.perf_counter() - began


async def _quiet(count: Callable[[], int]) -> None:
    """Wait until everything is there, or nothing more has come for a while."""
    last, since = count(), time.monotonic()
    while last < PAIRS * EACH and time.monotonic() - since < QUIET_SECONDS:
        await asyncio.sleep(0.2)
        if count() != last:
            last, since = count(), time.monotonic()
    await asyncio.sleep(1.0)  # for what comes twice


def _outcome(logs: Sequence[Sequence[str]], connections: int, seconds: float) -> Outcome:
    lost, twice, late = map(sum, zip(*map(_judged, logs), strict=True))
    return Outcome(lost, twice, late, connections, seconds)


def _judged(log: Sequence[str]) -> tuple[int, int, int]:
    """Of one conversation: messages that never came, that came again, that came after a later one for the first time."""
    seen: set[int] = set()
    late = 0
    for number in map(int, log):
        late += number not in seen and bool(seen) and number < max(seen)
        seen.add(number)
    return EACH - len(seen), len(log) - len(seen), late
