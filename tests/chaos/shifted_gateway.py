"""A gateway whose wall clock jumps by an hour, forth and back, every few seconds.

    python -m tests.chaos.shifted_gateway --port=8080

Only what the gateway reads of the wall clock is moved; leases, time-outs and the order of events must not care.
"""

import importlib
import runpy
import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

from tests.chaos.light_gateway import lighten

HOUR = 3_600.0
EVERY_SECONDS = 2.0
_time = time.time


def shift() -> float:
    """Seconds that the wall clock is wrong by just now: none, an hour, none, an hour less …"""
    return (0.0, HOUR, 0.0, -HOUR)[int(time.monotonic() / EVERY_SECONDS) % 4]


class _AnyDatetime(type):
    """What is a datetime stays one: only reading the clock differs."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class ShiftedDatetime(datetime, metaclass=_AnyDatetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return datetime.now(tz) + timedelta(seconds=shift())  # type: ignore[return-value]  # a plain one is wanted


def _shifted_time() -> float:
    return _time() + shift()


def jump() -> None:
    """Move the clocks of everything of ours that is imported."""
    for module in ("handoff.app.main", "handoff.app.server"):
        importlib.import_module(module)
    ours = [one for name, one in sys.modules.items() if name.startswith("handoff.")]
    for one in ours:
        names: dict[str, Any] = vars(one)
        if names.get("datetime") is datetime:
            names["datetime"] = ShiftedDatetime
        if names.get("time") is _time:
            names["time"] = _shifted_time
    time.time = _shifted_time


def main() -> None:
    lighten()
    jump()
    sys.argv = ["handoff", "serve", *sys.argv[1:]]
    runpy.run_module("handoff", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
