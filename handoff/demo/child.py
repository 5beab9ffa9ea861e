"""One process: started in a group of its own, tied to our life, watched, stopped with all that it started."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from handoff.demo.settings import LOOPBACK

TETHER = Path(__file__).with_name("tether.py")
# a health check that takes longer is as good as none; loopback answers in milliseconds
HEALTH_TIMEOUT_SECONDS = 2.0
HTTP_OK = 200


def spawn(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], output: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start `command` as leader of a new process group, without a keyboard; on Linux it ends when we end."""
    # -I -S: the tether needs no packages and must not read the child's PYTHON variables
    tethered = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command]
    return subprocess.Popen(
        tethered,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        process_group=0,
    )


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the process and everything it started; a group that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


@dataclass(frozen=True)
class Health:
    """Where a process says that it is ready: 200 means yes."""

    port: int
    path: str
    headers: Mapping[str, str]

    def is_well(self) -> bool:
        """Ask once; anything but 200 within two seconds is a no."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=HEALTH_TIMEOUT_SECONDS)
        try:
            connection.request("GET", self.path, headers=dict(self.headers))
            return connection.getresponse().status == HTTP_OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@dataclass(frozen=True)
class Program:
    """What the supervisor runs: a name for people, the command, its environment, its health, its log, its pace."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health: Health
    log: Path
    start_hint: str = "starting"

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        """Start it, its output appended to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            return spawn(self.command, folder=folder, environment=self.environment, output=output)

    def last_line(self) -> str:
        """The last line of its log that says something, at most 160 characters; empty when there is none."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 4096))
                lines = log.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return next((line.strip()[:160] for line in reversed(lines) if line.strip()), "")
