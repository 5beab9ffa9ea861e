"""How fast the assistant trains, starts and answers. Runs in .venv-rasa, from the repository's root:

    .venv-rasa/bin/python -m benchmarks.assistant

Trains, starts the real processes with a library that answers at once, and times real turns; `--rasas 2` starts two of them
and says how many turns a second one answers, and both together. How well it understands is measured by `benchmarks.answers`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from tests.bot.assistant_processes import Assistant, Conversation

ROOT = Path(__file__).resolve().parents[1]


AT_ONCE = 8
"""Turns that a gateway gives to one Rasa at once."""


def speed(*, training: bool, rasas: int = 1) -> None:
    """Train if asked, start the real processes, and time turns."""
    if training:
        train()
    with tempfile.TemporaryDirectory() as logs:
        assistant = Assistant(Path(logs), rasas)
        try:
            print(f"start until well: {assistant.started_seconds:.1f} s")
            for number in range(10):
                Conversation(assistant, f"warm-{number}").say("how long does delivery take?")
            measure(assistant, Conversation)
            for many in range(1, rasas + 1):
                throughput(assistant, many)
            print(
                f"memory: Rasa {_megabytes(assistant.rasa.pid)} MB, actions {_megabytes(assistant.actions.pid)} MB"
            )
        finally:
            assistant.stop()


def train() -> None:
    """Time Rasa's own command, with an empty cache, into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml"]
        command += ["--data", "bot/data", "--out", out, "--fixed-model-name", "timed"]
        began = time.monotonic()
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0"}
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environment)
        size = (Path(out) / "timed.tar.gz").stat().st_size / 1e6
        print(f"training: {time.monotonic() - began:.1f} s, model {size:.1f} MB")


def measure(assistant: Any, conversation: Any) -> None:
    """Print latencies over HTTP, one customer at a time; the stand-in library answers at once."""

    def timed(customers: Sequence[Any], texts: Sequence[str]) -> list[float]:
        return [_seconds(lambda c=c, t=t: c.say(t)) for c, t in zip(customers, texts, strict=True)]

    fresh = [conversation(assistant, f"greet-{n}") for n in range(100)]
    print(f"greeting, fresh customer (n=100): {_percentiles(timed(fresh, ['hello'] * 100))}")
    fresh = [conversation(assistant, f"ask-{n}") for n in range(100)]
    questions = [f"how much is delivery for {n} parcels?" for n in range(200)]
    print(f"question with an action, fresh customer (n=100): {_percentiles(timed(fresh, questions[:100]))}")
    one = conversation(assistant, "long")
    times = timed([one] * 200, questions)
    print(
        f"question, one customer, turns 1-20: {_percentiles(times[:20])}; turns 181-200: {_percentiles(times[180:])}"
    )
    form = conversation(assistant, "form", agents_online=False)
    form.say("I'd like to leave a message")
    print(f"question inside the form (n=50): {_percentiles(timed([form] * 50, questions[:50]))}")


def throughput(assistant: Any, rasas: int, seconds: float = 15.0) -> None:
    """Print how many questions with an action the first `rasas` answer together, with as many at once as a gateway asks.

    The CPU time of a turn says what a core of their own would do, however busy this machine is.
    """
    processes = [*(rasa.pid for rasa in assistant.rasas[:rasas]), assistant.actions.pid]
    before, began = [_cpu_seconds(pid) for pid in processes], time.monotonic()

    def keeps_asking(number: int) -> int:
        customer = Conversation(assistant, f"busy-{rasas}-{number}", rasa=number % rasas)
        while time.monotonic() < began + seconds:
            customer.say(f"how much is delivery for {customer.turns + 2} parcels?")
        return customer.turns

    with ThreadPoolExecutor(AT_ONCE * rasas) as customers:
        turns = sum(customers.map(keeps_asking, range(AT_ONCE * rasas)))
    took = time.monotonic() - began
    *of_rasa, of_actions = [_cpu_seconds(p) - b for p, b in zip(processes, before, strict=True)]
    print(
        f"{rasas} Rasa, {AT_ONCE * rasas} at once (n={turns}): {turns / took:.1f} turns/s on {os.cpu_count()} cores; "
        f"CPU a turn: Rasa {sum(of_rasa) / turns * 1e3:.1f} ms, actions {of_actions / turns * 1e3:.1f} ms"
    )


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _percentiles(seconds: Sequence[float]) -> str:
    return f"p50 {np.percentile(seconds, 50) * 1e3:.1f} ms, p95 {np.percentile(seconds, 95) * 1e3:.1f} ms"


def _megabytes(pid: int) -> int:
    """Resident memory of a process (Linux), in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--no-training", action="store_true", help="time the model that is there")
    parser.add_argument("--rasas", type=int, default=1, help="how many to start")
    given = parser.parse_args()
    speed(training=not given.no_training, rasas=given.rasas)


if __name__ == "__main__":
    main()
