"""What a socket costs, against a bare echo of the same framework. From the repository's root:

    .venv/bin/python -m benchmarks.sockets [--json FILE] [--connections N] [--rounds N] [--only NAME …]

Each server runs in a process of its own, and so does this load. Rounds take turns; a figure is the median of them.
"""

import argparse
import asyncio
import json
import platform
import resource
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.sockets import measures
from benchmarks.sockets.servers import Server

SPARE_FILES = 500
"""Descriptors that a process needs beside its sockets."""
NAMES = ("echo", "gateway")
out = Console(width=150, highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Row:
    metric: str
    unit: str
    echo: Sequence[float]
    gateway: Sequence[float]
    n: int
    most_ratio: float | None = None
    most: float | None = None

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.echo), statistics.median(self.gateway)

    @property
    def ratio(self) -> float | None:
        echo, gateway = self.medians
        return gateway / echo if echo else None

    @property
    def met(self) -> bool | None:
        """None where no goal was set."""
        if self.most is not None:
            return self.medians[1] <= self.most
        if self.most_ratio is not None and self.ratio is not None:
            return round(self.ratio, 2) <= self.most_ratio
        return None

    def as_json(self) -> dict[str, object]:
        echo, gateway = self.medians
        return {
            "metric": self.metric, "unit": self.unit, "echo": echo, "gateway": gateway, "ratio": self.ratio,
            "echo_rounds": list(self.echo), "gateway_rounds": list(self.gateway), "n": self.n,
            "goal": self.most if self.most is not None else self.most_ratio,
            "goal_of": "gateway" if self.most is not None else "ratio", "better": "lower", "met": self.met,
        }  # fmt: skip


def main() -> None:
    arguments = _arguments()
    connections = _allowed(arguments.connections)
    rows: list[Row] = []
    for name, measuring in (("idle", _idle), ("relay", _relay), ("storm", _storm)):
        if not arguments.only or name in arguments.only:
            rows += asyncio.run(measuring(arguments, connections))
    out.print(_table(rows))
    out.print(f"{arguments.rounds} rounds, medians; {_hardware()}")
    if arguments.json:
        report = {
            "hardware": _hardware(),
            "rounds": arguments.rounds,
            "rows": [row.as_json() for row in rows],
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


async def _idle(arguments: argparse.Namespace, connections: int) -> list[Row]:
    found: dict[str, list[measures.Standing]] = {name: [] for name in NAMES}
    for _ in range(arguments.rounds):
        for name in NAMES:
            async with Server(name) as server:
                found[name].append(await measures.standing(server, connections, arguments.seconds))
            out.print(f"idle, {name}: {found[name][-1]}")
    echo, gateway = found["echo"], found["gateway"]
    return [
        Row("memory of an idle socket", "KiB", [f.kib for f in echo], [f.kib for f in gateway], connections, 1.5),
        Row(
            "processor of an idle socket", "µs a second", [f.cpu_microseconds for f in echo],
            [f.cpu_microseconds for f in gateway], connections, 2.0,
        ),
        Row(
            "sockets opened, newcomers", "a second", [f.opened_per_second for f in echo],
            [f.opened_per_second for f in gateway], connections,
        ),
    ]  # fmt: skip


async def _relay(arguments: argparse.Namespace, _connections: int) -> list[Row]:
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(arguments.rounds):
        for name in NAMES:
            async with Server(name) as server:
                found[name].append(await measures.relayed(server, arguments.pairs, arguments.relay_seconds))
            out.print(f"relayed, {name}: {found[name][-1]:.1f} µs")
    frames = round(arguments.pairs * arguments.relay_seconds)
    return [
        Row(
            "typing, customer to agent, against an echo",
            "µs a frame",
            found["echo"],
            found["gateway"],
            frames,
            2.0,
        )
    ]


async def _storm(arguments: argparse.Namespace, _connections: int) -> list[Row]:
    found: dict[str, list[measures.Storm]] = {name: [] for name in NAMES}
    for _ in range(arguments.rounds):
        for name in NAMES:
            async with Server(name) as server:
                found[name].append(await measures.storm(server, arguments.clients, arguments.storm_seconds))
            out.print(f"storm, {name}: {found[name][-1]}")
    title = f"storm over {arguments.storm_seconds:g} s, "
    return [
        Row(title + unit_of, unit, [part(f) for f in found["echo"]], [part(f) for f in found["gateway"]],
            arguments.clients, most=most)
        for unit_of, unit, part, most in (
            ("until the last is back", "s", lambda f: f.all_seconds, None),
            ("one's own return, p50", "s", lambda f: f.p50, None),
            ("one's own return, p99", "s", lambda f: f.p99, 5.0),
            ("processor of a return", "ms", lambda f: f.cpu_milliseconds, None),
        )
    ]  # fmt: skip


def _allowed(connections: int) -> int:
    """As many as this process may open files for; its children have the same limit."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if hard != resource.RLIM_INFINITY and hard < wanted:
        out.print(
            f"Only {hard} files may be open here: {hard - SPARE_FILES} connections in place of {connections}."
        )
        wanted = hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted - SPARE_FILES


def _table(rows: Sequence[Row]) -> Table:
    table = Table("measured", "unit", "bare echo", "gateway", "ratio", "goal", "met", "n", box=None)
    for row in rows:
        goal = (
            f"≤ {row.most:g}" if row.most is not None else f"≤ {row.most_ratio:g} ×" if row.most_ratio else ""
        )
        met = "" if row.met is None else "yes" if row.met else "no"
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else "–"
        echo, gateway = (f"{value:,.2f}" for value in row.medians)
        table.add_row(row.metric, row.unit, echo, gateway, ratio, goal, met, f"{row.n:,}")
    return table


def _hardware() -> str:
    names = [
        line
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        if line.startswith("model name")
    ]
    processor = names[0].partition(":")[2].strip() if names else platform.processor()
    return f"{len(names)} cores, {processor}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a socket costs, against a bare echo.")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    parser.add_argument("--connections", type=int, default=10_000, help="idle sockets in one process")
    parser.add_argument("--seconds", type=float, default=40.0, help="how long they are watched: whole pings")
    parser.add_argument("--pairs", type=int, default=200, help="customers who type, once a second each")
    parser.add_argument("--relay-seconds", type=float, default=15.0)
    parser.add_argument("--clients", type=int, default=2_000, help="clients in the storm")
    parser.add_argument(
        "--storm-seconds", type=float, default=5.0, help="over which they dial again; 0: at once"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=("idle", "relay", "storm"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
