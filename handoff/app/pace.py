"""How often one reader may do something: a bucket that fills up evenly. Pure; the caller brings the time."""


class Pace:
    """`burst` at once, and `per_second` in the long run."""

    __slots__ = ("_at", "_burst", "_left", "_per_second")

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = self._left = burst
        self._per_second = per_second
        self._at = 0.0

    def wait(self, now: float) -> float:
        """Take one: 0 when it may pass, else the seconds until it might. `now` is monotonic."""
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._per_second
        self._left -= 1.0
        return 0.0
