"""Keeps the three processes running until it is told to stop, then leaves nothing behind.

The gateway, the action server and Rasa are started together; the gateway answers first, so pages show while
the assistant is still loading. A process that dies is said so and started again with growing pauses.
"""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handoff.demo.backoff import Backoff
from handoff.demo.child import Program, signal_group

LOOK_SECONDS = 0.2
# while something is starting, ask often; afterwards only the back-off wants to know
STARTING_CHECK_SECONDS = 0.5
READY_CHECK_SECONDS = 5.0
# Rasa takes 15 to 30 s on two cores; after this long a person deserves a word
SLOW_START_SECONDS = 120.0
# between the polite signal and the other one
GRACE_SECONDS = 8.0

Say = Callable[[str], None]


@dataclass
class Watched:
    """One program and what is known about its process."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    started_at: float = 0.0
    start_at: float = 0.0
    check_at: float = 0.0
    said_slow: bool = False
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Runs programs from `folder`; `say` shows one line, `arrived` is called when a program becomes ready."""

    def __init__(
        self, programs: Iterable[Program], folder: Path, say: Say, arrived: Callable[[Program], None]
    ) -> None:
        self.watched = [Watched(program) for program in programs]
        self._folder = folder
        self._say = say
        self._arrived = arrived
        self._stop = threading.Event()

    def stop(self, *_: object) -> None:
        """Ask `run` to end; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Start everything, watch it until `stop` is called or a stop signal comes, then stop everything."""
        kept = {
            number: signal.signal(number, self.stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            while not self._stop.is_set():
                for watched in self.watched:
                    self._look(watched, time.monotonic())
                self._stop.wait(LOOK_SECONDS)
        finally:
            stop_all([w.process for w in self.watched if w.process])
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _look(self, watched: Watched, now: float) -> None:
        if watched.process is None:
            if now >= watched.start_at:
                self._start(watched, now)
        elif (code := watched.process.poll()) is not None:
            self._bury(watched, code, now)
        elif now >= watched.check_at:
            self._check(watched, now)

    def _start(self, watched: Watched, now: float) -> None:
        watched.process = watched.program.start(self._folder)
        watched.ready, watched.said_slow = False, False
        watched.started_at, watched.check_at = now, now + STARTING_CHECK_SECONDS

    def _bury(self, watched: Watched, code: int, now: float) -> None:
        if watched.process:
            signal_group(watched.process, signal.SIGKILL)  # what it started itself
        watched.process = None
        wait = watched.backoff.died(now)
        watched.start_at = now + wait
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        self._say(
            f"{watched.program.name} {how}; starting it again in {wait:.0f} s. "
            + last_words(watched.program, self._folder)
        )

    def _check(self, watched: Watched, now: float) -> None:
        well = watched.program.health.is_well()
        if well:
            watched.backoff.well(now)
        if well and not watched.ready:
            watched.ready = True
            self._say(f"{watched.program.name} is ready after {now - watched.started_at:.0f} s.")
            self._arrived(watched.program)
        if not watched.ready and not watched.said_slow and now - watched.started_at > SLOW_START_SECONDS:
            watched.said_slow = True
            words = last_words(watched.program, self._folder)
            self._say(f"{watched.program.name} is taking unusually long. {words}")
        watched.check_at = now + (READY_CHECK_SECONDS if watched.ready else STARTING_CHECK_SECONDS)


def last_words(program: Program, folder: Path) -> str:
    """Where the program's log is and the last thing it says."""
    line = program.last_line()
    log = program.log.relative_to(folder) if program.log.is_relative_to(folder) else program.log
    return f"({log}: {line})" if line else f"({log} is empty.)"


def stop_all(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the processes and everything they started: politely first, after eight seconds for certain."""
    for process in processes:
        signal_group(process, signal.SIGTERM)
    end = time.monotonic() + GRACE_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for process in processes:
        signal_group(process, signal.SIGKILL)
        process.wait()
