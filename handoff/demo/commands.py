"""Runs one command of a step.

Its output goes to var/logs/setup.log, its latest line to the screen, its failure into one sentence.
"""

import re
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handoff.demo.child import signal_group, spawn
from handoff.demo.settings import DemoError

# how pip, uv, npm and apt say that nothing answered
NETWORK_SIGNS = (
    "dns error",
    "error sending request",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Could not resolve",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ConnectTimeout",
)
NO_NETWORK = (
    "A package registry cannot be reached. The first set-up needs the network; connect and run this again."
)
TAIL_LINES = 15
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class CommandError(DemoError):
    """A command of the set-up failed; `tail` is the end of what it printed."""

    def __init__(self, sentence: str, tail: Sequence[str]) -> None:
        super().__init__(sentence)
        self.tail = tuple(tail)


def sentence_for(tail: Sequence[str], otherwise: str) -> str:
    """The sentence for a failed command: about the network when its output says so, else `otherwise`."""
    return NO_NETWORK if any(sign in line for line in tail for sign in NETWORK_SIGNS) else otherwise


@dataclass
class Runner:
    """Runs commands in one folder with one environment; tells `report` each line as it comes."""

    folder: Path
    environment: Mapping[str, str]
    log: Path
    report: Callable[[str], None]

    def __call__(self, command: Sequence[str], otherwise: str, **more: str) -> list[str]:
        """Run `command`, with `more` added to its environment; returns the lines that it printed.

        Raises CommandError, with `otherwise` as its sentence, when the command fails.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        tail: deque[str] = deque(maxlen=TAIL_LINES)
        output: list[str] = []
        process = spawn(
            command, folder=self.folder, environment={**self.environment, **more}, output=subprocess.PIPE
        )
        try:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"$ {' '.join(command)}\n")
                for line in self._lines(process):
                    log.write(line + "\n")
                    output.append(line)
                    if line.strip():
                        tail.append(line)
                        self.report(line.strip())
            code = process.wait()
        finally:
            # a step that was interrupted leaves nothing running
            signal_group(process, signal.SIGKILL)
            process.wait()
        if code != 0:
            raise CommandError(sentence_for(tail, otherwise), tail)
        return output

    @staticmethod
    def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
        assert process.stdout is not None  # noqa: S101 - we asked for a pipe
        with process.stdout as output:
            for raw in output:
                # a progress bar writes one line over and over: only its last state is worth keeping
                yield COLOURS.sub("", raw.decode(errors="replace").rstrip().rsplit("\r", 1)[-1])
