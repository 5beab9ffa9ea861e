"""Logs, one JSON object a line, without anything that people wrote.

An error is logged by its class and by where it happened. Its message and its variables stay out: they carry what
customers typed, and tokens. Addresses lose what follows their `?`. Whatever else a line says passes through `mask`, which
hides personal data, both in our own lines and in those of the libraries that write to Python's `logging`.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from types import TracebackType
from typing import Any

import structlog

FRAMES = 12
"""Innermost places of a traceback that are worth a line."""
PLAIN = frozenset({"timestamp", "level", "conversation", "where"})
"""Made by us alone, and never masked: an id that happens to be all digits has to stay one."""
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"'?]+")
Mask = Callable[[str], str]
Processor = Callable[[object, str, MutableMapping[str, Any]], MutableMapping[str, Any]]


def configure_logs(mask: Mask) -> None:
    """From here on every logger of this process writes that way. Safe to repeat."""
    structlog.configure(processors=_processors(mask))
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Lines)]:
        root.removeHandler(handler)
    root.addHandler(_Lines(mask))


def _processors(mask: Mask) -> list[Any]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _error,
        _masking(mask),
        structlog.processors.JSONRenderer(default=lambda value: mask(repr(value))),
    ]


class _Lines(logging.Handler):
    """Writes what libraries log to standard error, in the same form."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._processors = _processors(mask)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line: Any = {"event": record.getMessage(), "logger": record.name}
            if record.exc_info:
                line["exc_info"] = record.exc_info[1]
            for processor in self._processors:
                line = processor(None, record.levelname.lower(), line)
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is where lines come out
        except Exception:  # noqa: BLE001 - a line that cannot be written must not stop what it tells of
            print('{"event": "log.failed"}', file=sys.stderr, flush=True)  # noqa: T201 - and it must be noticed


def _masking(mask: Mask) -> Processor:
    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return mask(_QUERY.sub("?[query]", value))
        if isinstance(value, Mapping):
            return {clean(key): clean(inner) for key, inner in value.items()}
        if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
            return [clean(inner) for inner in value]
        return value

    def processor(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: value if key in PLAIN else clean(value) for key, value in event.items()}

    return processor


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
