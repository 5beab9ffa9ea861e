import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handoff.demo import supervisor as module
from handoff.demo.child import Program
from handoff.demo.supervisor import Supervisor, Watched
from tests.demo.processes import SERVER, eventually, free_port, is_running, program


class Ear:
    """Remembers what was said and who arrived."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.arrived: list[str] = []

    def supervise(self, programs: list[Program], folder: Path) -> Supervisor:
        return Supervisor(programs, folder, self.said.append, lambda p: self.arrived.append(p.name))


@contextmanager
def stopping_when(supervisor: Supervisor, true: Callable[[], bool]) -> Iterator[None]:
    """While the supervisor runs in this thread, another stops it once `true` is true, or after ten seconds."""
    reached: list[bool] = []

    def watch() -> None:
        reached.append(eventually(true, 10))
        supervisor.stop()

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    thread.join()
    assert reached == [True]


def pid_of(watched: Watched) -> int:
    assert watched.process is not None
    return watched.process.pid


def test_everything_arrives_and_nothing_is_left(tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    ear = Ear()
    names = ["The gateway", "The assistant"]
    programs = [
        program(tmp_path, SERVER.format(port=port, extra=""), name=name, port=port)
        for name, port in zip(names, ports, strict=True)
    ]
    supervisor = ear.supervise(programs, tmp_path)
    with stopping_when(supervisor, lambda: len(ear.arrived) == 2):
        supervisor.run()
    assert sorted(ear.arrived) == sorted(names)
    assert all("is ready" in line for line in ear.said)
    assert not any(is_running(pid_of(w)) for w in supervisor.watched)


def test_a_process_that_dies_is_said_so_and_started_again(tmp_path: Path) -> None:
    ear = Ear()
    dying = program(tmp_path, "import sys; print('the reason', flush=True); sys.exit(3)")
    supervisor = ear.supervise([dying], tmp_path)
    with stopping_when(supervisor, lambda: len(ear.said) == 2):
        supervisor.run()
    assert (
        ear.said[0]
        == "The program ended with code 3; starting it again in 1 s. (The program.log: the reason)"
    )
    assert "starting it again in 2 s" in ear.said[1]
    assert dying.log.read_text().count("the reason") == 2


def test_a_process_that_is_killed_comes_back(tmp_path: Path) -> None:
    port = free_port()
    ear = Ear()
    supervisor = ear.supervise([program(tmp_path, SERVER.format(port=port, extra=""), port=port)], tmp_path)
    killed: list[int] = []

    def again() -> bool:
        if len(ear.arrived) == 1 and not killed:
            killed.append(pid_of(supervisor.watched[0]))
            os.kill(killed[0], signal.SIGKILL)
        return len(ear.arrived) == 2

    with stopping_when(supervisor, again):
        supervisor.run()
    assert "was ended by signal 9" in ear.said[1]
    assert pid_of(supervisor.watched[0]) != killed[0]


def test_a_polite_signal_stops_everything(tmp_path: Path) -> None:
    ear = Ear()
    supervisor = ear.supervise([program(tmp_path, "import time; time.sleep(60)")], tmp_path)

    def terminate() -> None:
        assert eventually(lambda: supervisor.watched[0].process is not None)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=terminate)
    thread.start()
    supervisor.run()
    thread.join()
    assert not is_running(pid_of(supervisor.watched[0]))
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_process_that_will_not_go_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.5)
    stubborn = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf])
print(child.pid, flush=True)
time.sleep(60)
"""
    ear = Ear()
    supervisor = ear.supervise([program(tmp_path, stubborn)], tmp_path)
    log = supervisor.watched[0].program.log
    with stopping_when(supervisor, lambda: log.exists() and len(log.read_text().split()) == 2):
        supervisor.run()
    grandchild = int(next(word for word in log.read_text().split() if word.isdigit()))
    assert not is_running(pid_of(supervisor.watched[0]))
    assert eventually(lambda: not is_running(grandchild))


def test_a_slow_start_is_mentioned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW_START_SECONDS", 0.1)
    monkeypatch.setattr(module, "STARTING_CHECK_SECONDS", 0.05)
    ear = Ear()
    supervisor = ear.supervise([program(tmp_path, "import time; time.sleep(60)", port=free_port())], tmp_path)
    end = time.monotonic() + 0.7
    with stopping_when(supervisor, lambda: time.monotonic() > end):
        supervisor.run()
    assert ear.said == ["The program is taking unusually long. (The program.log is empty.)"]
