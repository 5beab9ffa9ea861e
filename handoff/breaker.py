"""The circuit breaker of one process that is asked over a wire: after some failures in a row it is let alone for a while.

closed → open after `most` points of failure; open → half open when its rest is over: one call may try; that call closes it
or opens it for twice as long. Pure but for the clock that it is given.
"""

import time
from collections.abc import Callable
from enum import StrEnum

REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 8.0
"""Well below the time after which a customer is offered a person: whoever came back is asked again soon."""
MOST_POINTS = 3


class Failure(StrEnum):
    GONE = "gone"
    """Nobody listens, or it says itself that it is not ready."""
    SILENT = "silent"
    """No answer in time."""
    WRONG = "wrong"
    """It answered, with an error or nonsense: that may lie in the one question."""


POINTS = {Failure.GONE: 3.0, Failure.SILENT: 1.5, Failure.WRONG: 0.6}
"""One that is gone is gone; two silences or five errors in a row say the same."""


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """`allows` before each call, then `worked` or `failed`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._points = 0.0
        self._rest = REST_SECONDS
        self._until: float | None = None
        self._trying = False
        self._because: Failure | None = None

    @property
    def gone(self) -> bool:
        """Whether it was let alone because nobody listened: one that listens again may be asked again."""
        return self._until is not None and self._because is Failure.GONE

    @property
    def circuit(self) -> Circuit:
        if self._until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if self._clock() < self._until else Circuit.HALF_OPEN

    def allows(self) -> bool:
        """Whether a call may be made now. Changes nothing: `begin` does."""
        match self.circuit:
            case Circuit.CLOSED:
                return True
            case Circuit.HALF_OPEN:
                return not self._trying
        return False

    def begin(self) -> None:
        """A call is made: half open, it is the one that tries."""
        self._trying = self.circuit is Circuit.HALF_OPEN

    def worked(self) -> None:
        self._points, self._rest, self._until, self._trying = 0.0, REST_SECONDS, None, False

    def failed(self, failure: Failure) -> None:
        """Raises the points; opens the circuit when they are too many, or when the one call that tried failed."""
        if self.circuit is Circuit.OPEN:  # a call from before it opened: known already
            return
        again = self._until is not None
        self._because = failure
        self._points += POINTS[failure]
        if again or self._points >= MOST_POINTS:
            self._rest = min(self._rest * 2, LONGEST_REST_SECONDS) if again else REST_SECONDS
            self._until, self._trying = self._clock() + self._rest, False

    def cancelled(self) -> None:
        """The call was given up by us: it says nothing."""
        self._trying = False
