"""The figures of a run: how much happened, how fast everybody was back, and what n zeroes are worth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from tests.chaos.checked import checked
from tests.chaos.checks_queue import handed_over
from tests.chaos.history import Dump, Record, seconds_of


@dataclass(frozen=True, slots=True)
class Figures:
    """`resumed` are seconds from a lost link to the next welcome, `delivered` from being written to being seen."""

    sent: int
    accepted: int
    refused: int
    events: int
    seen: int
    conversations: int
    links: int
    faults: dict[str, int]
    moves: dict[str, int]
    checked: dict[str, int]
    """By invariant: how many things it was held against."""
    resumed: tuple[float, ...] = field(repr=False)
    delivered: tuple[float, ...] = field(repr=False)

    @property
    def resumed_p99(self) -> float:
        return quantiles(self.resumed, n=100, method="inclusive")[98] if len(self.resumed) > 1 else 0.0

    def lines(self) -> list[str]:
        moves = ", ".join(f"{name} {count}" for name, count in sorted(self.moves.items()))
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return [
            f"messages and actions: {self.sent} written, {self.accepted} accepted, {self.refused} refused for good",
            f"log: {self.events} events in {self.conversations} conversations, applied {self.seen} times by their readers",
            f"links: {self.links} opened; lost to welcome again {_spread(self.resumed)}",
            f"written to seen {_spread(self.delivered)}",
            f"changes of owner: {moves or 'none'}",
            f"faults: {faults or 'none'}",
            "checked: " + ", ".join(f"{name} {count}" for name, count in self.checked.items()),
        ]


def figures(records: Sequence[Record], dump: Dump) -> Figures:
    what = Counter(record.what for record in records)
    refused = sum(record.what == "rejected" and not record.more["retryable"] for record in records)
    return Figures(
        sent=what["send"],
        accepted=len({record.cmid for record in records if record.what == "accepted"}),
        refused=refused,
        events=sum(map(len, dump.events.values())),
        seen=what["event"],
        conversations=len(dump.conversations),
        links=what["connected"],
        faults=dict(Counter(record.kind for record in records if record.what == "fault")),
        moves=dict(handed_over(dump)),
        checked=checked(records, dump),
        resumed=tuple(_resumed(records)),
        delivered=tuple(_delivered(records, dump)),
    )


def _resumed(records: Sequence[Record]) -> list[float]:
    """A stay away on purpose (a closed laptop) is the participant's own and is counted like any other."""
    found = []
    lost: dict[str, float] = {}
    for record in records:
        if record.what == "lost":
            lost.setdefault(record.who, record.t)
        elif record.what in ("welcome", "queue") and record.who in lost:
            found.append(record.t - lost.pop(record.who))
    return found


def _delivered(records: Sequence[Record], dump: Dump) -> list[float]:
    """To customers, of what was written after they first came: a log that is read late says nothing about delivery."""
    offset = next((record.more["wall"] - record.t for record in records if record.what == "begin"), 0.0)
    at = {
        (conversation, event["seq"]): seconds_of(event["at"])
        for conversation, events in dump.events.items() for event in events
    }  # fmt: skip
    came: dict[str, float] = {}
    first: dict[tuple[str, str, int], float] = {}
    for record in records:
        if record.what == "welcome":
            came.setdefault(record.who, record.t + offset)
        elif record.what == "event" and record.who in came:
            first.setdefault((record.who, record.conversation, record.seq), record.t + offset)
    known = ((who, at.get((conversation, seq)), seen) for (who, conversation, seq), seen in first.items())
    return [seen - written for who, written, seen in known if written is not None and written > came[who]]


def spread(samples: Sequence[float]) -> dict[str, float]:
    """Seconds at the 50th, 95th and 99th percentile and the longest; empty for too few."""
    if len(samples) < 2:
        return {}
    cuts = quantiles(samples, n=100, method="inclusive")
    shares = {f"p{share}": round(cuts[share - 1], 3) for share in (50, 95, 99)}
    return {**shares, "longest": round(max(samples), 3)}


def _spread(samples: Sequence[float]) -> str:
    shares = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in spread(samples).items())
    return f"{shares} (n={len(samples)})" if shares else "(too few)"


def at_most(trials: int) -> float:
    """The rate that zero failures in so many independent trials leave possible, at 95 %."""
    return 3 / trials if trials else 1.0
