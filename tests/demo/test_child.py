import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from handoff.demo.child import signal_group, spawn
from tests.demo.processes import SERVER, eventually, free_port, is_running, program

ROOT = Path(__file__).resolve().parents[2]


def test_a_child_leads_a_group_of_its_own(tmp_path: Path) -> None:
    child = spawn(
        [sys.executable, "-c", "import os; print(os.getpgrp() == os.getpid(), os.getcwd())"],
        folder=tmp_path,
        environment=os.environ,
        output=subprocess.PIPE,
    )
    printed, _ = child.communicate(timeout=10)
    assert printed.decode().split() == ["True", str(tmp_path)]


def test_a_child_reads_no_keyboard(tmp_path: Path) -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    child = spawn(
        [sys.executable, "-c", code], folder=tmp_path, environment=os.environ, output=subprocess.PIPE
    )
    assert child.communicate(timeout=10)[0].decode().strip() == "''"


def test_a_group_that_is_gone_can_be_signalled(tmp_path: Path) -> None:
    child = spawn(
        [sys.executable, "-c", ""], folder=tmp_path, environment=os.environ, output=subprocess.DEVNULL
    )
    child.wait(timeout=10)
    signal_group(child, signal.SIGTERM)
    assert child.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_parent_that_is_killed_outright_leaves_no_child(tmp_path: Path) -> None:
    parent = f"""
    import os, subprocess, sys, time
    sys.path.insert(0, {str(ROOT)!r})
    from pathlib import Path
    from handoff.demo.child import spawn
    child = spawn([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"],
                  folder=Path("."), environment=os.environ, output=subprocess.PIPE)
    child.stdout.readline()
    print(child.pid, flush=True)
    time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(parent)], cwd=tmp_path, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert is_running(child)
        process.kill()
    assert eventually(lambda: not is_running(child))


def test_health_is_200_and_nothing_else(tmp_path: Path) -> None:
    port = free_port()
    well = program(tmp_path, SERVER.format(port=port, extra=""), port=port)
    assert not well.health.is_well()
    process = well.start(tmp_path)
    try:
        assert eventually(well.health.is_well)
        wrong = program(tmp_path, "", port=port, word="wrong")
        assert not wrong.health.is_well()
    finally:
        signal_group(process, signal.SIGKILL)
        process.wait()


def test_the_last_line_that_says_something(tmp_path: Path) -> None:
    quiet = program(tmp_path, "")
    assert quiet.last_line() == ""
    quiet.log.write_bytes(b"first\n" + b"x" * 9000 + b"\nthe end \xff\n\n  \n")
    assert quiet.last_line().startswith("the end")
    quiet.log.write_text("y" * 500)
    assert len(quiet.last_line()) == 160
