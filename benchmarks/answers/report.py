"""The table of results, for people and as JSON. This module must not know how a figure came about."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.answers.goals import Goal, goal_of
from benchmarks.answers.statistics import Figure, percentiles


@dataclass(frozen=True, slots=True)
class Row:
    set: str
    metric: str
    figure: Figure
    goal: Goal
    p50_ms: float | None = None
    p95_ms: float | None = None

    @property
    def met(self) -> bool | None:
        """None where no goal was set or nothing was measured."""
        if self.goal.goal is None or math.isnan(self.figure.value):
            return None
        # what the table shows decides: no goal is missed by what nobody can read
        value = round(self.figure.value, 3)
        return value >= self.goal.goal if self.goal.higher_is_better else value <= self.goal.goal

    def as_json(self) -> dict[str, object]:
        return {
            "set": self.set,
            "metric": self.metric,
            "value": _number(self.figure.value),
            "low": _number(self.figure.low),
            "high": _number(self.figure.high),
            "par": self.goal.par,
            "goal": self.goal.goal,
            "better": "higher" if self.goal.higher_is_better else "lower",
            "met": self.met,
            "n": self.figure.n,
            "p50_ms": _number(self.p50_ms),
            "p95_ms": _number(self.p95_ms),
        }


def row(
    name: str,
    metric: str,
    figure: Figure,
    milliseconds: Sequence[float] = (),
    *,
    goal: Goal | None = None,
    lower_is_better: bool = False,
) -> Row:
    """A row with the par and the goal of its set, where the set has any."""
    p50, p95 = percentiles(milliseconds)
    known = goal or goal_of(name, metric) or Goal(None, None, higher_is_better=not lower_is_better)
    return Row(name, metric, figure, known, p50, p95)


def show(rows: Sequence[Row], out: Console) -> None:
    table = Table("set", "metric", "value", "95 %", "par", "goal", "met", "n", "p50 ms", "p95 ms", box=None)
    before = ""
    for item in rows:
        if item.set != before and before:
            table.add_section()
        before = item.set
        sign = "" if item.goal.higher_is_better else "≤ "
        table.add_row(
            item.set,
            item.metric,
            _shown(item.figure.value),
            f"{_shown(item.figure.low)} – {_shown(item.figure.high)}",
            _shown(item.goal.par),
            "" if item.goal.goal is None else sign + _shown(item.goal.goal),
            {None: "", True: "yes", False: "no"}[item.met],
            str(item.figure.n),
            _milliseconds(item.p50_ms),
            _milliseconds(item.p95_ms),
        )
    out.print(table)
    judged = [item.met for item in rows if item.met is not None]
    out.print(f"{sum(judged)} of {len(judged)} goals met.")


def write_json(rows: Sequence[Row], path: Path) -> None:
    path.write_text(json.dumps([item.as_json() for item in rows], indent=1) + "\n", encoding="utf-8")


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 5)


def _shown(value: float | None) -> str:
    if value is None or math.isnan(value):
        return ""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
