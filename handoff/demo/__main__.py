"""`python -m handoff.demo setup | tools | demo`, as bootstrap.py and the Makefile call it."""

import argparse
import fcntl
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import TaskID

from handoff.demo.child import Program
from handoff.demo.commands import CommandError, Runner
from handoff.demo.programs import programs
from handoff.demo.screen import Screen
from handoff.demo.settings import DemoError, Places, Ports, read_ports, require_free, tool_environment, url
from handoff.demo.steps import Goal, plan
from handoff.demo.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """Two set-ups in one folder would install over each other: the second says so and ends."""
    places.var.mkdir(exist_ok=True)
    with (places.var / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError("Another set-up is running in this folder; wait until it is done.") from None
        yield


def set_up(goal: Goal, places: Places, screen: Screen) -> None:
    """Take every step that is not done yet; raises DemoError with a sentence when one fails."""
    run = Runner(places.root, tool_environment(), places.logs / "setup.log", screen.detail)
    with alone(places):
        steps = plan(goal, places, os.environ)
        screen.plan(len(steps))
        done_already = 0
        for step in steps:
            if step.is_done():
                done_already += 1
                screen.passed()
                continue
            with screen.step(step.title):
                step.run(run)
        if done_already == len(steps):
            screen.say("Everything is set up already.")


def welcome(screen: Screen, places: Places, ports: Ports) -> None:
    """Where to look and how to sign in."""
    home = url(ports.gateway)
    screen.say("")
    for name, path in (("Demo shop", "/"), ("Agents", "/console"), ("Editors", "/editor")):
        screen.say(f"  {name:10} {home}{path}", "bold")
    accounts = places.var / "demo-accounts.txt"
    if accounts.exists():
        screen.say("")
        for line in accounts.read_text(encoding="utf-8").splitlines():
            screen.say(f"  {line}")
    screen.say("")
    screen.say("Ctrl-C stops everything. Logs are in var/logs/.", "dim")


def demo(places: Places) -> None:
    """Set up what is missing, then run the demo until it is stopped."""
    ports = read_ports(os.environ)
    require_free(ports)
    with Screen() as screen:
        set_up("demo", places, screen)
    # somebody may have taken one while we were installing
    require_free(ports)
    with Screen() as screen:
        started = programs(places, ports, secrets.token_urlsafe(32))
        rows: dict[str, TaskID] = {}

        def arrived(program: Program) -> None:
            if program.name in rows:
                screen.arrived(rows.pop(program.name))
            if program is started[0]:
                welcome(screen, places, ports)

        for program in started:
            program.log.unlink(missing_ok=True)
            rows[program.name] = screen.waiting(program.name, program.start_hint)
        supervisor = Supervisor(started, places.root, screen.say, arrived)
        supervisor.run()
        screen.say("Stopped.")


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C, a polite end and a closed terminal raise KeyboardInterrupt once; what comes after it changes nothing.

    A closed terminal hangs up more than once, and the second time must not interrupt the ending of what a step had
    started. Who said nohup does not mean the terminal.
    """
    kept = {number: signal.getsignal(number) for number in ENDINGS}
    ending = False

    def end(*_: object) -> None:
        nonlocal ending
        ending = True
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in ENDINGS:
        if kept[number] is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    finally:
        if not ending:  # a process that is on its way out stays deaf: the last signal may come late
            for number, handler in kept.items():
                signal.signal(number, handler)


def main(arguments: list[str] | None = None) -> int:
    """0 when it went well or was stopped, 1 after one sentence about what did not."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=__doc__)
    parser.add_argument("goal", choices=("setup", "tools", "demo"))
    goal: Goal = parser.parse_args(arguments).goal
    try:
        with interruptible():
            if goal == "demo":
                demo(Places(ROOT))
            else:
                with Screen() as screen:
                    set_up(goal, Places(ROOT), screen)
    except DemoError as error:
        if isinstance(error, CommandError) and error.tail:
            print("\n".join(error.tail), file=sys.stderr)  # noqa: T201 - another program's words, as they are
        print(error, file=sys.stderr)  # noqa: T201 - one sentence, also where rich is not wanted
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
