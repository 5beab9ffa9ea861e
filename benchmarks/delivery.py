"""How quickly a message is safe, and how quickly it is there: `.venv/bin/python benchmarks/delivery.py`.

Safe: durable appends by 32 writers at once, our group commit against one commit for each message, on the same disk
in the same run, in turns. There: customer to agent and back over real websockets, through a gateway in this process,
at a steady pace.
"""

import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.table import Table

from handoff import accounts
from handoff.adapters import store_sql
from handoff.adapters.schema import migrate
from handoff.adapters.store_sql import SqlStore
from handoff.app.main import create_app
from handoff.app.settings import Settings
from handoff.app.signin import hash_password
from handoff.log import CUSTOMER
from handoff.ports import Transaction, TurnReply, TurnRequest
from tests.handoff.app.clients import Agent, Customer, loopback_listener, sign_in

WRITERS = 32
APPENDS = 3_000
ROUNDS = 5
MESSAGES = 400
PER_SECOND = 50


class SilentBot:
    """Never asked here: every conversation belongs to an agent."""

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        return TurnReply(messages=({"kind": "text", "text": "…"},))

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        return None

    async def ready(self) -> bool:
        return True

    async def close(self) -> None:
        return None


async def appends(url: str, group: int) -> float:
    """Messages a second that are committed, `group` at most in one commit."""
    store_sql.GROUP = group
    store = SqlStore(url)

    def begin(tx: Transaction) -> str:
        key = f"{time.monotonic_ns()}"
        tx.add_customer(key, key)
        tx.add_conversation(key, key, "e", "en", {})
        return key

    conversations = [await store.write(begin) for _ in range(WRITERS)]

    async def writer(conversation: str) -> None:
        def change(tx: Transaction) -> int:
            return tx.append(conversation, CUSTOMER, "message", {"text": "Where is my parcel?"})

        for _ in range(APPENDS // WRITERS):
            await store.write(change)

    began = time.perf_counter()
    await asyncio.gather(*map(writer, conversations))
    seconds = time.perf_counter() - began
    await store.close()
    return (APPENDS // WRITERS) * WRITERS / seconds


async def delivered(url: str) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds until accepted, from customer to agent, and from agent to customer."""
    listener = loopback_listener()
    settings = Settings(database_url=url, service_secret=secrets.token_hex(16), frames_per_10_seconds=100_000)  # type: ignore[arg-type]
    app = create_app(settings, SilentBot())
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", ws="websockets-sansio", ws_per_message_deflate=False)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.05)
    cookies = await sign_in(base, "mara@fernhill.example", accounts.DEMO_PASSWORD)
    async with Agent(base, cookies) as agent, Customer(base) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.claim(customer.conversation)
        fence = agent.fence(customer.conversation)
        accepted, up, down = [], [], []
        for number in range(MESSAGES):
            began = time.perf_counter()
            cmid = await customer.send("send", text=f"up {number}")
            arrival = asyncio.create_task(agent.event("message", text=f"up {number}"))
            await customer.accepted(cmid)
            accepted.append((time.perf_counter() - began) * 1000)
            await arrival
            up.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            await agent.send("send", conversation=customer.conversation, fence=fence, text=f"down {number}")
            await customer.event("message", text=f"down {number}")
            down.append((time.perf_counter() - began) * 1000)
            agent.frames, customer.frames = agent.frames[-50:], customer.frames[-50:]
            await asyncio.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - began)))
    server.should_exit = True
    await task
    return accepted, up, down


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        new_database: Callable[[str], str] = lambda name: f"sqlite:///{Path(folder) / name}.db"  # noqa: E731
        grouped, single = [], []
        for round_ in range(ROUNDS):
            for group, speeds in ((64, grouped), (1, single)):
                url = new_database(f"append-{group}-{round_}")
                migrate(url)
                speeds.append(await appends(url, group))
        store_sql.GROUP = 64
        safe = Table(
            "durable appends", "median per second", "lowest", "highest", title=f"{ROUNDS} rounds of {APPENDS}"
        )
        for name, speeds in (("group commit", grouped), ("one commit each", single)):
            safe.add_row(
                name, f"{statistics.median(speeds):,.0f}", f"{min(speeds):,.0f}", f"{max(speeds):,.0f}"
            )
        console.print(safe)
        console.print(f"ratio of medians: {statistics.median(grouped) / statistics.median(single):.2f}")
        url = new_database("delivery")
        migrate(url)
        store = SqlStore(url)
        await accounts.add_demo(store, hash_password)
        await store.close()
        there = Table(
            "milliseconds", "p50", "p95", "p99", title=f"{MESSAGES} messages each way, {PER_SECOND} a second"
        )
        for name, values in zip(
            ("accepted", "customer → agent", "agent → customer"), await delivered(url), strict=True
        ):
            there.add_row(name, *(f"{percentile(values, p):.1f}" for p in (50, 95, 99)))
        console.print(there)


if __name__ == "__main__":
    asyncio.run(main())
