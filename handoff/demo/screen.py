"""What is shown on the terminal while things are set up and started.

On a terminal: a bar over all steps, the current step with its time and its latest line. Where output goes to
a file: one plain line when a step begins and one when it ends.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

DETAIL_WIDTH = 100


class Screen:
    """Tells one person how far it is. Use as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._progress = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            # takes what is left of the line, so that a long one does not squeeze the others
            TextColumn(
                "[dim]{task.fields[detail]}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
            ),
            console=self.console,
            expand=True,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._step: TaskID | None = None
        self._all: TaskID | None = None

    def __enter__(self) -> "Screen":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def say(self, text: str, style: str = "") -> None:
        """One line that stays."""
        self.console.print(escape(text), style=style or None, soft_wrap=True)

    def detail(self, line: str) -> None:
        """The latest line of the current step."""
        if self._step is not None:
            self._progress.update(self._step, detail=escape(line[:DETAIL_WIDTH]))

    def plan(self, count: int) -> None:
        """`count` steps are about to be taken."""
        self._all = self._progress.add_task("Setting up", total=count, detail="")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Around one step that has something to do."""
        began = time.monotonic()
        if not self.console.is_terminal:
            self.say(f"{title} …")
        self._step = self._progress.add_task(title, total=None, detail="")
        try:
            yield
        except BaseException:
            self.say(f"✗ {title}", "red")
            raise
        finally:
            self._progress.remove_task(self._step)
            self._step = None
        self.say(f"✓ {title} ({time.monotonic() - began:.0f} s)")
        self.passed()

    def passed(self) -> None:
        """One step is done, or had nothing to do."""
        if self._all is not None:
            self._progress.advance(self._all)

    def waiting(self, name: str, detail: str) -> TaskID:
        """A process is starting; returns what `arrived` wants to know."""
        return self._progress.add_task(escape(name), total=None, detail=detail)

    def arrived(self, waiting: TaskID) -> None:
        """That process is ready, or is not waited for any more."""
        self._progress.remove_task(waiting)
