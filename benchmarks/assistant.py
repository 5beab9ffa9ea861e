"""How fast the assistant trains, starts and answers. Runs in .venv-rasa, from the repository's root:

    .venv-rasa/bin/python -m benchmarks.assistant

Trains, starts the real processes with a library that answers at once, and times real turns. How well it understands is
measured by `benchmarks.answers`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bot.assistant_processes import Assistant, Conversation

ROOT = Path(__file__).resolve().parents[1]


def speed(*, training: bool) -> None:
    """Train if asked, start the real processes, and time turns."""
    if training:
        train()
    with tempfile.TemporaryDirectory() as logs:
        assistant = Assistant(Path(logs))
        try:
            print(f"start until well: {assistant.started_seconds:.1f} s")
            for number in range(10):
                Conversation(assistant, f"warm-{number}").say("how long does delivery take?")
            measure(assistant, Conversation)
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
    speed(training=not parser.parse_args().no_training)


if __name__ == "__main__":
    main()
