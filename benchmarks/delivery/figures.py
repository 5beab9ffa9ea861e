"""Rows of a report: a figure, the named alternative from the same run, and the goal; as a table and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """`rounds` and `alternative_rounds` hold a value a round; what is shown is their median."""

    metric: str
    unit: str
    rounds: Sequence[float]
    n: int
    alternative: str = ""
    alternative_rounds: Sequence[float] = ()
    goal: float | None = None
    goal_of: str = "value"
    """value, ratio or difference: of the value to its alternative."""
    better: str = "lower"

    @property
    def value(self) -> float:
        return statistics.median(self.rounds)

    @property
    def other(self) -> float | None:
        return statistics.median(self.alternative_rounds) if self.alternative_rounds else None

    @property
    def ratio(self) -> float | None:
        return self.value / self.other if self.other else None

    @property
    def met(self) -> bool | None:
        """None where there is no goal, or nothing to hold it against."""
        judged = {
            "value": self.value,
            "ratio": self.ratio,
            "difference": None if self.other is None else self.value - self.other,
        }[self.goal_of]
        if self.goal is None or judged is None:
            return None
        return judged <= self.goal if self.better == "lower" else judged >= self.goal

    def as_json(self) -> dict[str, object]:
        return {
            "metric": self.metric, "unit": self.unit, "value": self.value, "rounds": list(self.rounds), "n": self.n,
            "alternative": self.alternative, "alternative_value": self.other,
            "alternative_rounds": list(self.alternative_rounds), "ratio": self.ratio,
            "goal": self.goal, "goal_of": self.goal_of, "better": self.better, "met": self.met,
        }  # fmt: skip


def percentile(values: Sequence[float], percent: int) -> float:
    """Of two values or more."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def hardware() -> str:
    """With how busy the machine is otherwise: figures of a busy one are worth less."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {names[0] if names else platform.processor()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load {load}"
    )


def table(rows: Sequence[Row]) -> Table:
    shown = Table("measured", "unit", "median", "alternative", "its", "ratio", "goal", "met", "n", box=None)
    for row in rows:
        sign = "≤" if row.better == "lower" else "≥"
        of = {"value": "", "ratio": " ×", "difference": " more"}[row.goal_of]
        shown.add_row(
            row.metric, row.unit, _number(row.value), row.alternative, _number(row.other),
            f"{row.ratio:.2f}" if row.ratio is not None else "",
            f"{sign} {row.goal:g}{of}" if row.goal is not None else "",
            {True: "yes", False: "no", None: ""}[row.met], f"{row.n:,}",
        )  # fmt: skip
    return shown


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def write(path: Path, rows: Sequence[Row], seconds: float) -> None:
    report = {"hardware": hardware(), "seconds": round(seconds), "rows": [row.as_json() for row in rows]}
    path.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
