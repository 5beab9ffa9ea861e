import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from handoff.demo.commands import NO_NETWORK, CommandError, Runner, sentence_for
from tests.demo.processes import eventually, is_running


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    return Runner(tmp_path, dict(os.environ), tmp_path / "logs" / "setup.log", lambda line: None)


def test_lines_are_reported_kept_and_logged(run: Runner) -> None:
    seen: list[str] = []
    run.report = seen.append
    code = "import os; print('one'); print(); print(os.environ['WORD'])"
    assert run([sys.executable, "-c", code], "no", WORD="two") == ["one", "", "two"]
    assert seen == ["one", "two"]
    assert "one\n\ntwo\n" in run.log.read_text()


def test_progress_bars_and_colours_are_reduced_to_words(run: Runner) -> None:
    assert run([sys.executable, "-c", r"print('0 %\r50 %\r\x1b[92m100 %\x1b[0m')"], "no") == ["100 %"]


def test_a_failure_is_one_sentence_and_the_end_of_the_output(run: Runner) -> None:
    with pytest.raises(CommandError, match="It did not work") as failure:
        run([sys.executable, "-c", "for i in range(40): print(i)\nraise SystemExit(2)"], "It did not work.")
    assert failure.value.tail == tuple(str(n) for n in range(25, 40))


@pytest.mark.parametrize(
    "line",
    [
        "  cause: dns error",
        "npm error code EAI_AGAIN",
        "Temporary failure resolving 'deb.example.org'",
        "NewConnectionError: Failed to establish a new connection",
    ],
)
def test_a_missing_network_is_recognised(line: str) -> None:
    assert sentence_for(["Installing", line], "otherwise") == NO_NETWORK


def test_another_failure_is_not_blamed_on_the_network() -> None:
    assert sentence_for(["SyntaxError: invalid syntax"], "otherwise") == "otherwise"


def test_a_program_that_does_not_exist_is_a_failure(run: Runner) -> None:
    with pytest.raises(CommandError, match="gone"):
        run(["/nonexistent/program"], "It is gone.")


def test_an_interrupted_step_leaves_nothing_running(run: Runner) -> None:
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    run.report = interrupt
    with pytest.raises(KeyboardInterrupt):
        run([sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], "no")
    assert eventually(lambda: not is_running(pids[0]))
