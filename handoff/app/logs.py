"""Structured logs, one JSON object a line, without anything that people wrote.

An error is logged by its class and by where it happened. Its message and its variables stay out: they carry what
customers typed, and tokens.
"""

import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

FRAMES = 12
"""Innermost places of a traceback that are worth a line."""


def configure_logs() -> None:
    """From here on every `structlog` logger of this process writes that way. Safe to repeat."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _error,
            structlog.processors.JSONRenderer(),
        ]
    )


def _error(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = sys.exception() if given is True else given
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["where"] = _places(error.__traceback__)
        if error.__cause__ is not None:
            event["cause"] = f"{type(error.__cause__).__module__}.{type(error.__cause__).__qualname__}"
    return event


def _places(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{place.filename.rpartition('/')[2]}:{place.lineno} {place.name}" for place in found]
