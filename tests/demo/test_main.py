import io
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from handoff.demo import __main__ as launcher
from handoff.demo.commands import CommandError
from handoff.demo.programs import programs
from handoff.demo.screen import Screen
from handoff.demo.settings import LOOPBACK, DemoError, Places, read_ports
from handoff.demo.steps import Step
from tests.demo.processes import eventually, free_port, is_running

ENVIRONMENT = {"FRONTDESK_PORT": "9000", "FRONTDESK_RASA_PORT": "9001", "FRONTDESK_ACTIONS_PORT": "9002"}


def test_a_second_set_up_in_the_same_folder_waits_for_nobody(tmp_path: Path) -> None:
    places = Places(tmp_path)
    with launcher.alone(places), pytest.raises(DemoError, match="Another set-up"), launcher.alone(places):
        pass
    with launcher.alone(places):
        pass  # the first one is through


def test_a_taken_port_is_said_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher, "plan", lambda *_: pytest.fail("nothing may be planned"))
    monkeypatch.setenv("FRONTDESK_ACTIONS_PORT", str(free_port()))
    monkeypatch.setenv("FRONTDESK_RASA_PORT", str(free_port()))
    with socket.create_server((LOOPBACK, 0)) as server:
        server_port = server.getsockname()[1]
        monkeypatch.setenv("FRONTDESK_PORT", str(server_port))
        assert launcher.main(["demo"]) == 1
    assert capsys.readouterr().err.startswith(f"Port {server_port} is taken")


def test_a_failed_step_shows_the_end_of_its_output_and_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise CommandError("It could not be done.", ["the last line"])

    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    monkeypatch.setattr(launcher, "plan", lambda *_: [Step("A step", lambda: False, fail)])
    assert launcher.main(["setup"]) == 1
    assert capsys.readouterr().err == "the last line\nIt could not be done.\n"


SET_UP = """
import signal, sys
from pathlib import Path
from handoff.demo import __main__ as launcher
from handoff.demo.steps import Step
launcher.ROOT = Path(sys.argv[1])
for number in launcher.ENDINGS:  # whoever runs these tests may ignore some
    signal.signal(number, signal.SIG_DFL)
script = "sleep 60 & echo $! $$ > pids.part; mv pids.part pids; wait"
launcher.plan = lambda *_: [Step("A step", lambda: False, lambda run: run(["sh", "-c", script], "no"))]
sys.exit(launcher.main(["setup"]))
"""


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_who_closes_the_terminal_leaves_nothing_of_a_step_running(
    tmp_path: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SET_UP, str(tmp_path)],
        cwd=launcher.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as setting_up:
        assert eventually((tmp_path / "pids").exists)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert all(map(is_running, pids))
        for _ in range(3):  # the kernel says it, and the shell says it again
            setting_up.send_signal(number)
        assert setting_up.wait(8) == 130
        assert setting_up.stderr
        assert setting_up.stderr.read() == b""
    assert eventually(lambda: not any(map(is_running, pids)))


def test_who_asked_not_to_hear_of_the_terminal_does_not() -> None:
    kept = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with launcher.interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, kept)


def test_what_is_done_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Step("A step", lambda: True, lambda _: pytest.fail("it was done"))
    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    monkeypatch.setattr(launcher, "plan", lambda *_: [step])
    assert launcher.main(["setup"]) == 0
    assert "set up already" in capsys.readouterr().out


def test_the_welcome_names_the_pages_and_the_staff(tmp_path: Path) -> None:
    page = io.StringIO()
    places = Places(tmp_path)
    places.var.mkdir()
    (places.var / "demo-accounts.txt").write_text("mara@fernhill.example  secret\n")
    launcher.welcome(Screen(Console(file=page, width=100)), places, read_ports(ENVIRONMENT))
    for part in ("http://127.0.0.1:9000/", "9000/console", "9000/editor", "mara@fernhill.example  secret"):
        assert part in page.getvalue()


def test_each_program_is_told_its_own_port_and_where_the_others_are(tmp_path: Path) -> None:
    gateway, assistant, actions = programs(Places(tmp_path), read_ports(ENVIRONMENT), "s3cret", ENVIRONMENT)
    names = ("FRONTDESK_PORT", "FRONTDESK_RASA_PORT", "FRONTDESK_ACTIONS_PORT")
    assert [{n: p.environment.get(n) for n in names} for p in (gateway, assistant, actions)] == [
        {"FRONTDESK_PORT": "9000", "FRONTDESK_RASA_PORT": None, "FRONTDESK_ACTIONS_PORT": None},
        {"FRONTDESK_PORT": None, "FRONTDESK_RASA_PORT": None, "FRONTDESK_ACTIONS_PORT": None},
        {"FRONTDESK_PORT": None, "FRONTDESK_RASA_PORT": None, "FRONTDESK_ACTIONS_PORT": "9002"},
    ]
    assert gateway.environment["FRONTDESK_RASA_URL"] == "http://127.0.0.1:9001"
    assert assistant.environment["FRONTDESK_ACTION_URL"] == "http://127.0.0.1:9002/webhook"
    assert actions.environment["FRONTDESK_GATEWAY_URL"] == "http://127.0.0.1:9000"
    assert {p.environment["FRONTDESK_SERVICE_SECRET"] for p in (gateway, assistant, actions)} == {"s3cret"}


def test_no_secret_is_on_a_command_line(tmp_path: Path) -> None:
    """Every user of the machine can read command lines."""
    for program in programs(Places(tmp_path), read_ports(ENVIRONMENT), "s3cret", ENVIRONMENT):
        assert "s3cret" not in " ".join(program.command)


def test_rasa_listens_on_loopback(tmp_path: Path) -> None:
    command = programs(Places(tmp_path), read_ports(ENVIRONMENT), "s3cret", ENVIRONMENT)[1].command
    assert command[command.index("-i") + 1] == LOOPBACK
