"""Everything that a run is played on: database, Redis, stand-ins for Rasa, gateways, and a proxy on every link.

It does what the schedule says and notes it. `service` in the history is up while a gateway serves and the database is there.
"""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import Awaitable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from handoff.app.settings import Settings
from tests.chaos import overtaking
from tests.chaos.history import History
from tests.chaos.processes import ROOT, Child, Keeper
from tests.chaos.proxy import Proxy
from tests.chaos.scene import SETTINGS, Scene
from tests.chaos.schedule import Fault, Kind
from tests.chaos.weather import CALM
from tests.servers import PostgresServer, RedisServer, free_port

STOP_SECONDS = 15.0
"""A gateway that was asked to stop is gone by then."""
READY_SECONDS = 2.0
LOOK_SECONDS = 0.2
"""Between looks at what ended by itself."""
LIFELESS_SECONDS = 20.0
"""Service that nobody gets anything from for so long is left to the next fault all the same."""


class Stage:
    """An async context manager. `base` and `desk_base` are what customers and agents connect to."""

    def __init__(self, scene: Scene, history: History, folder: Path, keeper: Keeper | None = None) -> None:
        self.scene = scene
        self.history = history
        self.folder = folder
        self.secret = secrets.token_urlsafe(24)
        self.kills = 0
        self.ended_by_themselves = 0
        self.proxies: dict[str, Proxy] = {}
        self.gateways: dict[str, Child] = {}
        self.bots: dict[str, Child] = {}
        self.postgres: PostgresServer | None = None
        self.redis: RedisServer | None = None
        self.database_url = f"sqlite:///{folder}/frontdesk.db"
        self.broken: set[str] = set()
        """Links that nobody can be served through just now."""
        self._away: set[str] = set()
        """Servers that are killed just now."""
        self._ready: set[str] = set()
        """Gateways that said so lately."""
        self._holds = 0
        self._was_up = False
        self._up_since = time.monotonic()
        self._accepted_before = 0
        self._under_way: set[asyncio.Future[object]] = set()
        self._closing = contextlib.AsyncExitStack()
        self._borrowed = keeper
        self._keeper = keeper or Keeper(warm=scene.warm)

    async def __aenter__(self) -> Self:
        try:
            if self._borrowed is None:
                self._closing.enter_context(self._keeper)
            else:
                self._closing.push_async_callback(self._end_all)
            await self._open()
        except BaseException:
            await self._closing.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._under_way.copy():
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._closing.aclose()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.proxies['customers'].port}"

    @property
    def desk_base(self) -> str:
        return f"http://127.0.0.1:{self.proxies['agents'].port}"

    async def _open(self) -> None:
        scene = self.scene
        if scene.database == "postgres":
            self.postgres = self._closing.enter_context(await asyncio.to_thread(PostgresServer))
            self.database_url = self.postgres.create("chaos")
        if scene.redis:
            self.redis = self._closing.enter_context(await asyncio.to_thread(RedisServer))
        for name in scene.parts.bots:
            port = free_port()
            modes = ",".join(f"{mode}={weight}" for mode, weight in scene.modes.items())
            arguments = [
                "tests.chaos.stub_rasa",
                f"--port={port}",
                f"--seed={scene.seed}",
                f"--modes={modes}",
            ]
            self.bots[name] = self._child(name, port, [*arguments, "--late-seconds=5"], self.settings())
            await self._link(name, port, inner=True)
        for name in scene.parts.gateways:
            await self._add_gateway(name)
        for link in ("customers", "agents"):
            await self._link(link, *(child.port for child in self.gateways.values()))

    async def _link(self, name: str, *ports: int, inner: bool = False) -> Proxy:
        climate = self.scene.inner if inner else self.scene.outer
        upstreams = [("127.0.0.1", port) for port in ports]
        stalled = partial(self._stalled, name) if name.endswith("-postgres") else None
        proxy = Proxy(name, self.scene.seed, climate, upstreams, stalled=stalled)
        self.proxies[name] = await self._closing.enter_async_context(proxy)
        return proxy

    def _stalled(self, name: str) -> None:
        """A single connection hears nothing any more, as its plan has it. Nobody knows when either side gives it up."""
        self._holds += 1
        self.history.note("stage", "held", text=f"{name} connection {self._holds}")

    async def _add_gateway(self, name: str) -> None:
        env = self.settings()
        if self.postgres:
            proxy = await self._link(f"{name}-postgres", self.postgres.port, inner=True)
            env["FRONTDESK_DATABASE_URL"] = f"postgresql+asyncpg://postgres@127.0.0.1:{proxy.port}/chaos"
            env[overtaking.FILE] = str(self.folder / overtaking.NOTES)
        if self.redis:
            proxy = await self._link(f"{name}-redis", self.redis.port, inner=True)
            env["FRONTDESK_REDIS_URL"] = f"redis://127.0.0.1:{proxy.port}/0"
        port = free_port()
        self.gateways[name] = self._child(name, port, [*self.scene.gateway, f"--port={port}"], env)

    def _child(self, name: str, port: int, arguments: list[str], env: dict[str, str]) -> Child:
        return Child(self._keeper, name, port, arguments, env, self.folder / f"{name}.log")

    def settings(self) -> dict[str, str]:
        """The environment of a gateway of this stage."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FRONTDESK_")}
        rasas = ",".join(
            f"http://127.0.0.1:{proxy.port}"
            for name, proxy in self.proxies.items()
            if name.startswith("bot-")
        )
        given = {
            **SETTINGS, **self.scene.settings, "DATABASE_URL": self.database_url, "SERVICE_SECRET": self.secret,
            "RASA_URL": rasas or "http://127.0.0.1:1", "ENCODER_DIR": str(ROOT / "var" / "encoder"),
            "ROUTING": self.scene.routing,
        }  # fmt: skip
        known = {key: value for key, value in given.items() if key.lower() in Settings.model_fields}
        return kept | {f"FRONTDESK_{key}": value for key, value in known.items()} | {"OMP_NUM_THREADS": "1"}

    async def start(self) -> None:
        """Bring everything up; returns once it serves."""
        for child in [*self.bots.values(), *self.gateways.values()]:
            child.start()
        for child in [*self.bots.values(), *self.gateways.values()]:
            if not await child.ready() and not await self._anew(child):
                log = (self.folder / f"{child.name}.log").read_text("utf-8", "replace")
                raise RuntimeError(f"{child.name} does not start:\n{log[-3000:]}")
        self._watching = asyncio.ensure_future(self.watch())
        self._closing.push_async_callback(self._watch_no_more)

    async def _watch_no_more(self) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)

    # how it stands

    async def watch(self) -> None:
        """Ask every gateway again and again whether it is ready: on a machine without a moment for it, nobody serves."""
        while True:
            for name, gateway in self.gateways.items():
                ready = (
                    gateway.serving and not gateway.frozen and await gateway.answers("/readyz", READY_SECONDS)
                )
                (self._ready.add if ready else self._ready.discard)(name)
            self.notice()
            await asyncio.sleep(0.2)

    @property
    def up(self) -> bool:
        serving = any(
            gateway.serving and not gateway.frozen and name in self._ready
            for name, gateway in self.gateways.items()
        )
        return serving and not self.broken and "postgres" not in self._away

    def supervise(self) -> None:
        """Start again what ended by itself or does not come up, as a service manager does: a gateway may find no database
        when it starts, or its link to it may fall silent just then."""
        for child in (*self.gateways.values(), *self.bots.values()):
            if child.change.locked():
                continue
            if not child.alive:
                self.ended_by_themselves += 1
                child.start()
                self._later(child.ready())
            elif child.is_stuck:
                self._later(self._anew(child))
        self.notice()

    async def _anew(self, child: Child) -> bool:
        async with child.change:
            self.ended_by_themselves += 1
            await child.kill()
            child.start()
        return await child.ready()

    def notice(self) -> None:
        """Write down that service came or went."""
        if self.up != self._was_up:
            self._was_up = self.up
            self._up_since, self._accepted_before = time.monotonic(), self.history.counts["accepted"]
            self.history.note("service", "up" if self.up else "down")

    # what breaks

    async def play(self, faults: tuple[Fault, ...]) -> None:
        """Do what the schedule says. Its clock stands still while there is no service, and after it came back until
        something is accepted again: so every fault meets people who are writing, however slow the machine is."""
        clock = looked = 0.0
        last = began = time.monotonic()
        for fault in faults:
            while clock < fault.at:
                if last - began > self.scene.most_seconds or self.scene.stop.is_set():
                    return
                await asyncio.sleep(0.02)
                now = time.monotonic()
                if now > looked + LOOK_SECONDS:
                    self.supervise()
                    looked = now
                clock += (now - last) if self.up and self._lively(now) else 0.0
                last = now
            self.history.note(
                "stage", "fault", kind=fault.kind, text=fault.target, more={"seconds": fault.seconds}
            )
            self._later(self._do(fault))
            enough = self.history.counts["accepted"] >= self.scene.fewest
            if self.scene.kills and self.kills >= self.scene.kills and enough:
                return

    def _lively(self, now: float) -> bool:
        return (
            self.history.counts["accepted"] > self._accepted_before or now - self._up_since > LIFELESS_SECONDS
        )

    def _later(self, work: Awaitable[object]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _do(self, fault: Fault) -> None:
        match fault.kind:
            case Kind.KILL_GATEWAY:
                await self._kill_gateway(self.gateways[fault.target])
            case Kind.STOP_GATEWAY:
                await self._stop_gateway(self.gateways[fault.target])
            case Kind.FREEZE_GATEWAY:
                await self._freeze(self.gateways[fault.target], fault.seconds)
            case Kind.KILL_BOT:
                await self._kill_bot(self.bots[fault.target], fault.seconds)
            case Kind.FREEZE_BOT:
                await self._freeze(self.bots[fault.target], fault.seconds)
            case Kind.CUT | Kind.SILENCE | Kind.ONE_WAY | Kind.REFUSE:
                await self._spoil(self.proxies[fault.target], fault)
            case _:
                await self._break_store(fault)
        self.notice()

    async def _kill_gateway(self, gateway: Child) -> None:
        async with gateway.change:
            self.kills += 1
            await gateway.kill()
            self.notice()
            gateway.start()
        await gateway.ready()

    async def _stop_gateway(self, gateway: Child) -> None:
        if not gateway.serving:
            return
        async with gateway.change:
            if not await gateway.stop(STOP_SECONDS):
                self.history.note("stage", "late_stop", text=gateway.name)
            self.notice()
            gateway.start()
        await gateway.ready()

    async def _freeze(self, child: Child, seconds: float) -> None:
        starts = child.starts
        with self._holding(child.name):
            child.freeze(True)
            self.notice()
            await asyncio.sleep(seconds)
            if child.starts == starts:
                child.freeze(False)

    async def _kill_bot(self, bot: Child, seconds: float) -> None:
        async with bot.change:
            await bot.kill()
            await asyncio.sleep(seconds)
            bot.start()
        await bot.ready()

    async def _spoil(self, proxy: Proxy, fault: Fault) -> None:
        if fault.kind is Kind.CUT:
            proxy.cut()
            return
        if fault.kind is Kind.REFUSE:
            proxy.refuse(True)
        else:
            proxy.silence(*fault.ways)
        lost = f"{fault.target} {fault.at}"
        if fault.target in ("customers", "agents") or fault.target.endswith("-postgres"):
            self.broken.add(lost)  # nobody can be served through it
            self.notice()
        with self._holding(fault.target):
            await asyncio.sleep(fault.seconds)
        proxy.refuse(False)
        proxy.silence()
        self.broken.discard(lost)

    @contextlib.contextmanager
    def _holding(self, name: str) -> Iterator[None]:
        """While a gateway, or its link to the database, is held up; whatever it had begun may keep rows locked."""
        if not name.startswith("gateway-") or name.endswith("-redis"):
            yield
            return
        self._holds += 1
        text = f"{name} {self._holds}"
        self.history.note("stage", "held", text=text)
        try:
            yield
        finally:
            self.history.note("stage", "released", text=text)

    async def _break_store(self, fault: Fault) -> None:
        server: PostgresServer | RedisServer | None = None
        match fault.kind:
            case Kind.FLUSH_REDIS | Kind.DROP_SUBSCRIBERS if self.redis:
                command = (
                    b"FLUSHALL\r\n" if fault.kind is Kind.FLUSH_REDIS else b"CLIENT KILL TYPE pubsub\r\n"
                )
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.redis.port)
                    writer.write(command)
                    await writer.drain()
                    writer.close()
            case Kind.END_BACKENDS if self.postgres and "postgres" not in self._away:
                end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'chaos'"
                with contextlib.suppress(Exception):  # it may be away just now
                    await asyncio.to_thread(self.postgres.execute, end)
            case Kind.KILL_REDIS:
                server = self.redis
            case Kind.KILL_DATABASE:
                server = self.postgres
        if server is None or fault.target in self._away:
            return
        self._away.add(fault.target)
        self.notice()
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(fault.seconds)
        await asyncio.to_thread(server.restart)
        self._away.discard(fault.target)

    # the end

    async def mend(self) -> None:
        """Let everything that is under way come to its end, bring back what is away, and spoil no new connection."""
        for proxy in self.proxies.values():
            proxy.climate = CALM
        while self._under_way or not all(
            child.serving for child in (*self.gateways.values(), *self.bots.values())
        ):
            await asyncio.sleep(0.1)
            self.supervise()
        self.history.note("stage", "mended")

    async def _end_all(self) -> None:
        for child in (*self.gateways.values(), *self.bots.values()):
            await child.kill()

    async def stop(self) -> list[str]:
        """End the gateways in peace; the names of those that did not end in time."""
        late = [name for name, gateway in self.gateways.items() if not await gateway.stop(STOP_SECONDS)]
        for bot in self.bots.values():
            await bot.stop(5)
        for note in overtaking.noted(self.folder / overtaking.NOTES):
            self.history.note("gateway", "passed", cmid=note.pop("cmid"), more=note)
        return late
