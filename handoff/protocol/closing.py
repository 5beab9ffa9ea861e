"""Why a socket is closed, and what the page does then: one table, read by the gateway, the pages and the documents."""

from dataclasses import dataclass
from typing import Literal

Then = Literal["reconnect", "wait", "reload", "sign_in", "stop"]
"""What the page does: come back at its own pace, not before `retry_after_seconds`, or not by itself."""


@dataclass(frozen=True, slots=True)
class Closing:
    """One reason. `name` is the code of the `bye` that goes before the close."""

    code: int
    name: str
    then: Then
    message: str


INVALID_TEXT = Closing(1007, "invalid_text", "reconnect", "Frames are JSON text in UTF-8.")
TOO_BIG = Closing(1009, "too_big", "reconnect", "That frame is too big.")
BROKEN = Closing(1011, "internal_error", "reconnect", "Something went wrong on our side; reconnecting.")
RESTARTING = Closing(1012, "restarting", "wait", "The server restarts; reconnecting.")
UNAVAILABLE = Closing(1013, "store_unavailable", "wait", "The database does not answer; reconnecting.")
SLOW_READER = Closing(4008, "slow_reader", "reconnect", "The connection is too slow. Reconnecting helps.")
BAD_FRAME = Closing(4400, "bad_frame", "stop", "The first frame was not understood.")
NO_HELLO = Closing(4400, "no_hello", "stop", "Say hello first.")
NOT_BINARY = Closing(4400, "not_text", "stop", "Frames are JSON text.")
NOT_SIGNED_IN = Closing(4401, "not_signed_in", "sign_in", "Sign in first.")
NOT_ALLOWED = Closing(4401, "not_allowed", "sign_in", "Your account is not one of an agent.")
FOREIGN_ORIGIN = Closing(4403, "foreign_origin", "stop", "This website may not use this chat.")
TOO_LATE = Closing(4408, "hello_too_late", "reconnect", "Say hello within ten seconds.")
UNKNOWN_VERSION = Closing(
    4426, "unknown_version", "reload", "This page and the server do not fit together. Reload the page."
)
TOO_MANY = Closing(4429, "too_many", "wait", "There are too many connections. Close some, or wait a moment.")
RATE_LIMITED = Closing(4429, "rate_limited", "wait", "That was a lot at once. Wait a moment and try again.")

CLOSINGS = tuple(value for value in list(vars().values()) if isinstance(value, Closing))
"""All of them, in this order."""
