"""Real processes around one database: gateways without sockets, stand-ins for Rasa, and customers who only look."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.store_sql import SqlStore
from handoff.desk import Desk
from handoff.patience import Patience
from handoff.ports import EventRecord
from handoff.presence import Board
from handoff.protocol import CustomerHello
from handoff.queue import Queue
from handoff.readers import as_event
from tests.handoff.processes.turn_worker import SECRET

ROOT = Path(__file__).resolve().parents[3]
SEEN = frozenset({"message", "answer", "choices", "offer", "notice"})
QUICK = Patience(turn_seconds=8, heard_seconds=0.5, notice_seconds=6, total_seconds=10, lease_seconds=1.0,
                 renew_seconds=0.25, look_seconds=0.1, retry_seconds=0.2)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    def __init__(self, *arguments: str) -> None:
        environment = os.environ | {"FRONTDESK_SERVICE_SECRET": SECRET, "OMP_NUM_THREADS": "1"}
        self.child = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def signal(self, number: signal.Signals) -> None:
        self.child.send_signal(number)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.child.send_signal(signal.SIGCONT)
            self.child.kill()
        self.child.wait(10)
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    async def ready(self) -> None:
        assert self.child.stdout
        assert await asyncio.to_thread(self.child.stdout.readline) == b"ready\n"

    def go(self) -> None:
        assert self.child.stdin
        self.child.stdin.write(b"go\n")
        self.child.stdin.flush()

    async def ended(self, seconds: float = 15) -> int:
        return await asyncio.to_thread(self.child.wait, seconds)


class Rasa(Process):
    """`modes` as in `tests.chaos.stub_rasa`."""

    def __init__(self, modes: str = "normal", port: int | None = None) -> None:
        self.port = port or free_port()
        super().__init__(
            "tests.chaos.stub_rasa", "--port", str(self.port), "--modes", modes, "--late-seconds", "3"
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def listens(self) -> "Rasa":
        for _ in range(500):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", self.port))[1].close()
                return self
            await asyncio.sleep(0.02)
        raise AssertionError("the stand-in for Rasa does not listen")


class Town:
    """Everything that a test started; `close` ends it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.store = SqlStore(url)
        doorbell = LocalDoorbell()
        self.desk, self.queue = Desk(self.store, doorbell), Queue(self.store, doorbell)
        self.agents = Board()
        self._processes: list[Process] = []

    async def close(self) -> None:
        for process in self._processes:
            process.kill()
        await self.store.close()

    async def rasa(self, modes: str = "normal", port: int | None = None) -> Rasa:
        rasa = Rasa(modes, port)
        self._processes.append(rasa)
        return await rasa.listens()

    async def gateways(
        self, rasas: Sequence[Rasa], *, die: Sequence[str | None] = (None, None), naive: bool = False,
        patience: Patience = QUICK,
    ) -> list[Process]:  # fmt: skip
        """As many as `die` has moments; each is ready and begins when it is told to go."""
        gateways = []
        for moment in die:
            arguments = ["--database", self.url, "--rasa", ",".join(rasa.url for rasa in rasas)]
            arguments += ["--patience", json.dumps(asdict(patience))]
            arguments += [*(["--die", moment] if moment else []), *(["--naive"] if naive else [])]
            gateways.append(Process("tests.handoff.processes.turn_worker", *arguments))
        self._processes += gateways
        await asyncio.gather(*(gateway.ready() for gateway in gateways))
        return gateways

    async def asks(self, text: str = "Hello") -> str:
        seat = await self.desk.hello(CustomerHello())
        await self.desk.send(seat.conversation_id, text, "c1")
        return seat.conversation_id

    async def log(self, chat: str) -> Sequence[EventRecord]:
        return await self.store.read(lambda tx: tx.events(chat, 0, 1_000))

    async def answers(self, chat: str) -> list[str]:
        """What the bot said where the customer sees it."""
        return [one for one in await self.seen(chat) if one not in SEEN]

    async def seen(self, chat: str) -> list[str]:
        """What the customer sees besides their own messages: kinds, and texts of the bot."""
        events = [(event, as_event(event, for_agent=False)) for event in await self.log(chat)]
        return [
            str(event.body["text"]) if event.kind == "message" else event.kind
            for event, shown in events
            if event.author.role != "customer" and shown.kind in SEEN
        ]

    async def until_seen(self, chat: str, seconds: float = 15.0) -> float:
        """Wait until the customer sees anything; seconds since the call."""
        return await self._until(chat, seconds, bool)

    async def until_answered(self, chat: str, seconds: float = 15.0) -> float:
        """Wait until the bot answered or a person is offered."""
        return await self._until(chat, seconds, lambda seen: any(one != "notice" for one in seen))

    async def _until(self, chat: str, seconds: float, enough: Callable[[list[str]], bool]) -> float:
        began = time.monotonic()
        while not enough(await self.seen(chat)):
            assert time.monotonic() - began < seconds, f"nothing in {seconds} s: {await self.seen(chat)}"
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def until_taken(self, chat: str) -> None:
        """Wait until a gateway asks the bot."""
        for _ in range(300):
            turns = await self.store.read(lambda tx: tx.open_turns(chat))
            if [turn.state for turn in turns] == ["running"]:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("nobody took the turn")
