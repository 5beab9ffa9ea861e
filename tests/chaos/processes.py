"""The processes of a run: started, signalled and waited for through `tests.chaos.keeper`."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 30.0
START_SECONDS = 60.0
"""Within which a process listens, on a busy machine."""


class Keeper:
    """A context manager; on leaving, every process that was started through it has ended."""

    def __init__(self, *, warm: bool) -> None:
        self._warm = warm
        self._started: set[int] = set()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.chaos.keeper", *(["--warm"] if self._warm else [])]
        env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # a busy machine; what the run found is worth more than a soft end
            for pid in self._started:  # their numbers are theirs as long as their parent lives
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def start(self, arguments: list[str], env: dict[str, str], log: Path) -> int:
        """Run `python -m <arguments>`; its pid. Its output is added to `log`."""
        request = {
            "do": "start", "arguments": arguments, "env": env, "folder": str(ROOT),
            "log": str(log), "fork": self._warm,
        }  # fmt: skip
        pid = int(self._ask(request)["pid"])
        self._started.add(pid)
        return pid

    def signal(self, pid: int, number: int) -> bool:
        """Whether it still ran."""
        return self._alive({"do": "signal", "pid": pid, "signal": int(number)})

    async def ended(self, pid: int, within_seconds: float) -> bool:
        """Whether the process ends in time."""
        for _ in range(max(1, int(within_seconds / 0.02))):
            if not self._alive({"do": "alive", "pid": pid}):
                return True
            await asyncio.sleep(0.02)
        return False

    def _alive(self, request: dict[str, Any]) -> bool:
        """Whether the process still runs; one that has ended was waited for, and its number may be given again."""
        alive = bool(self._ask(request)["alive"])
        if not alive:
            self._started.discard(request["pid"])
        return alive

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


class Child:
    """One process that is killed and started again on the same port."""

    def __init__(
        self, keeper: Keeper, name: str, port: int, arguments: list[str], env: dict[str, str], log: Path
    ) -> None:
        self.name = name
        self.port = port
        self.serving = False
        self.frozen = False
        self.starts = 0
        self._started_at = 0.0
        self.change = asyncio.Lock()
        """Held while it is ended and started anew."""
        self._keeper = keeper
        self._arguments = arguments
        self._env = env
        self._log = log
        self._pid = 0

    def start(self) -> None:
        self.starts += 1
        self._started_at = time.monotonic()
        self.serving = self.frozen = False
        self._pid = self._keeper.start(self._arguments, self._env, self._log)

    async def ready(self, within_seconds: float = START_SECONDS) -> bool:
        """Wait until it listens. False when it ended, was started anew meanwhile, or never came up."""
        pid = self._pid
        for _ in range(int(within_seconds / 0.05)):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                self.serving = pid == self._pid
                return self.serving
            if pid != self._pid or not self.alive:
                return False
        return False

    async def answers(self, path: str, within_seconds: float) -> bool:
        """Whether a GET of this path gets 200 in time."""
        try:
            async with asyncio.timeout(within_seconds):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                with contextlib.closing(writer):
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: chaos\r\nConnection: close\r\n\r\n".encode())
                    return (await reader.readline()).split()[1:2] == [b"200"]
        except (OSError, TimeoutError):
            return False

    async def kill(self) -> None:
        """kill -9: whatever it was doing, it does not do any more."""
        self.serving = False
        self._keeper.signal(self._pid, signal.SIGKILL)
        await self._keeper.ended(self._pid, 10)

    async def stop(self, within_seconds: float) -> bool:
        """SIGTERM; whether it ended in time. One that did not is killed."""
        self._keeper.signal(self._pid, signal.SIGCONT)
        self._keeper.signal(self._pid, signal.SIGTERM)
        in_time = await self._keeper.ended(self._pid, within_seconds)
        self.serving = False
        if not in_time:
            await self.kill()
        return in_time

    def freeze(self, frozen: bool) -> None:
        self.frozen = frozen
        self._keeper.signal(self._pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    @property
    def alive(self) -> bool:
        return self._keeper.signal(self._pid, 0) if self._pid else False

    @property
    def is_stuck(self) -> bool:
        """It should serve by now."""
        late = time.monotonic() - self._started_at > START_SECONDS
        return late and not self.serving and not self.frozen
