"""How long to wait before a process that died is started again. Pure: is told the time, reads no clock."""

from dataclasses import dataclass, field

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
# a process that has been well for this long is forgiven its earlier deaths
FORGIVEN_AFTER_SECONDS = 60.0


@dataclass
class Backoff:
    """1, 2, 4 … 30 seconds between restarts; back to 1 once the process stayed well for a minute."""

    deaths: int = 0
    well_since: float | None = field(default=None)

    def well(self, now: float) -> None:
        """The process answered its health check at `now` (seconds of a monotonic clock)."""
        if self.well_since is None:
            self.well_since = now
        elif now - self.well_since >= FORGIVEN_AFTER_SECONDS:
            self.deaths = 0

    def died(self, now: float) -> float:
        """The process died at `now`; returns the seconds to wait before it is started again."""
        if self.well_since is not None and now - self.well_since >= FORGIVEN_AFTER_SECONDS:
            self.deaths = 0
        self.well_since = None
        self.deaths += 1
        # the exponent is bounded so that a process that dies for days cannot overflow it
        return min(FIRST_WAIT_SECONDS * 2.0 ** min(self.deaths - 1, 10), LONGEST_WAIT_SECONDS)
