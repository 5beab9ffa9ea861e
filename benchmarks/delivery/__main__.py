"""What delivery costs, how long it takes, and what is lost. From the repository's root:

    .venv/bin/python -m benchmarks.delivery [--part NAME …] [--json FILE]

Servers run in processes of their own on this machine, and so does this load. Each figure stands beside its named
alternative from the same run; rounds take turns, and what is shown is their median.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from benchmarks.delivery import accepts, cuts, desks, talking
from benchmarks.delivery.figures import Row, hardware, table, write

PARTS: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    "durable": accepts.durable,
    "accepts": accepts.accepts,
    "delivery": talking.delivery,
    "recovery": talking.recovery,
    "claims": desks.claims,
    "handoffs": desks.handoffs,
    "cuts": cuts.cuts,
}
out = Console(width=160, highlight=False, soft_wrap=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What delivery costs, how long it takes, and what is lost.")
    parser.add_argument("--part", action="append", choices=tuple(PARTS), help="only this; may be repeated")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    arguments = parser.parse_args()
    began = time.perf_counter()
    rows: list[Row] = []
    for name, part in PARTS.items():
        if not arguments.part or name in arguments.part:
            started = time.perf_counter()
            rows += asyncio.run(part())
            out.print(f"{name}: {time.perf_counter() - started:.0f} s")
    out.print(table(rows))
    out.print(hardware())
    if arguments.json:
        write(arguments.json, rows, time.perf_counter() - began)


if __name__ == "__main__":
    main()
