"""Text from outside becomes a frame, or an error in one plain sentence: bounded in size and depth before it is parsed."""

import json
import re
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from handoff.protocol import MAX_DEPTH, OLDEST_VERSION, VERSION, Cmid
from handoff.protocol.closing import UNKNOWN_VERSION, Closing

F = TypeVar("F")
_CMID: TypeAdapter[str] = TypeAdapter(Cmid)
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""A whole string, one that never ends, or a bracket: one pass, whatever the text is."""


def parsed(adapter: TypeAdapter[F], text: str) -> F:
    """The frame. Raises pydantic's ValidationError, also for what is nested too deep."""
    if text.count("[") + text.count("{") > MAX_DEPTH and depth(text) > MAX_DEPTH:
        too_deep = PydanticCustomError("too_deep", "The frame is nested too deep")
        raise ValidationError.from_exception_data("frame", [{"type": too_deep, "input": None}])
    return adapter.validate_json(text)


def depth(text: str) -> int:
    """How deep brackets are nested in JSON, those within strings left out."""
    deepest = level = 0
    for mark in _MARKS.finditer(text):
        if (bracket := mark.group()) in ("[", "{"):
            level += 1
            deepest = max(deepest, level)
        elif bracket in ("]", "}"):
            level -= 1
    return deepest


def cmid_of(text: str) -> str | None:
    """The cmid of a frame that was refused, so that its sender knows which one. None when it has none."""
    try:
        frame = json.loads(text)
        return _CMID.validate_python(frame.get("cmid") if isinstance(frame, dict) else None)
    except (ValueError, RecursionError, ValidationError):
        return None


def agreed_version(version: int, oldest: int | None) -> int | Closing:
    """The newest version that both speak; without one, why the socket is closed."""
    newest = min(version, VERSION)
    speaks = version if oldest is None else oldest
    return newest if newest >= max(speaks, OLDEST_VERSION) else UNKNOWN_VERSION
