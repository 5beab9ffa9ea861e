"""Keeps measuring on one processor core, and training on all of them. Runs under both Pythons."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

CAN_PIN = hasattr(os, "sched_setaffinity")
"""Linux can; elsewhere measuring is merely single-threaded."""
EVERY_CORE = os.sched_getaffinity(0) if CAN_PIN else frozenset[int]()


def pinned() -> None:
    """Stay on one core, where the system can do that: not always the same one, should several measure at once."""
    if CAN_PIN:
        os.sched_setaffinity(0, {sorted(EVERY_CORE)[os.getpid() % len(EVERY_CORE)]})


@contextmanager
def every_core() -> Iterator[None]:
    """What is started within the block may use every core that this process had when it began."""
    if not CAN_PIN:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, EVERY_CORE)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
