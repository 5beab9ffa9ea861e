"""What the network does to one connection: latency, jitter, slices, cuts, stalls. Pure, and by the seed alone.

`plan_of` names the fate of the n-th connection of a link before it is made; `Passage` says when each piece of what was
read may go on. Neither knows a socket or a clock.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class End(StrEnum):
    """What happens to a direction that has let through as many bytes as it may."""

    NEVER = "never"
    RESET = "reset"
    """Both directions end at once, without a farewell."""
    CLOSE = "close"
    """An ordinary end of the stream."""
    HOLE = "hole"
    """Both directions swallow everything and nobody is told."""
    ONE_WAY = "one_way"
    """This direction alone swallows everything."""


@dataclass(frozen=True, slots=True)
class Climate:
    """How rough a link is. Chances are per connection, seconds are bounds of even spreads."""

    latency_seconds: float = 0.0
    jitter_seconds: float = 0.0
    late_chance: float = 1.0
    """Of having latency and jitter at all."""
    slice_chance: float = 0.0
    """Pieces of 1 to 40 bytes instead of whole chunks."""
    end_chance: float = 0.0
    """Of a cut, a stall or an end after some bytes, in one of the two directions."""
    most_bytes: int = 40_000
    """Before such an end comes."""
    ends: tuple[End, ...] = (End.RESET, End.CLOSE, End.HOLE, End.ONE_WAY)


CALM = Climate()
ROUGH = Climate(
    latency_seconds=0.02, jitter_seconds=0.03, slice_chance=0.2, end_chance=0.5, most_bytes=60_000
)
"""Of customers and agents: half of the connections end within 60 kB."""
INNER = Climate(
    latency_seconds=0.001,
    jitter_seconds=0.003,
    late_chance=0.25,
    slice_chance=0.05,
    end_chance=0.05,
    most_bytes=400_000,
    ends=(End.RESET, End.CLOSE, End.ONE_WAY),
)
"""Between our own processes: rarely late or broken, and then at any byte. A transaction crosses such a link a dozen times:
were all of them late, locks would be held for longer than on any machine."""


@dataclass(frozen=True, slots=True)
class Course:
    """One direction of one connection."""

    seed: str
    latency_seconds: float = 0.0
    jitter_seconds: float = 0.0
    sliced: bool = False
    end: End = End.NEVER
    bytes_before_end: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The fate of one connection; `choice` decides between several servers, evenly in [0, 1)."""

    up: Course
    down: Course
    choice: float = 0.0


def plan_of(seed: int | str, link: str, number: int, climate: Climate) -> Plan:
    """The plan of connection `number` of `link`. The same arguments give the same plan, whatever happened meanwhile."""
    rng = Random(f"{seed}:{link}:{number}")
    ends = rng.random() < climate.end_chance
    upwards = rng.random() < 0.5
    end = rng.choice(climate.ends)
    # often right at the start, in the handshake or the first frames: small numbers are as likely as big ones
    limit = int(climate.most_bytes ** rng.random())
    late = rng.random() < climate.late_chance
    courses = [
        Course(
            seed=f"{seed}:{link}:{number}:{way}",
            latency_seconds=rng.uniform(0.0, climate.latency_seconds) * late,
            jitter_seconds=rng.uniform(0.0, climate.jitter_seconds) * late,
            sliced=rng.random() < climate.slice_chance,
            end=end if ends and upwards == (way == "up") else End.NEVER,
            bytes_before_end=limit,
        )
        for way in ("up", "down")
    ]
    return Plan(courses[0], courses[1], rng.random())


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that may go on at `due` seconds."""

    due: float
    data: bytes


@dataclass(slots=True)
class Passage:
    """Applies a course to what comes in. `take` is given the moment at which the data were read."""

    course: Course
    passed: int = 0
    ended: bool = False
    _last_due: float = 0.0
    _rng: Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = Random(self.course.seed)

    def take(self, data: bytes, now: float) -> list[Piece]:
        """The pieces that go on, in order, none before the one in front of it. `ended` once the limit is reached."""
        if self.ended:
            return []
        if self.course.end is not End.NEVER:
            room = self.course.bytes_before_end - self.passed
            if len(data) >= room:
                data, self.ended = data[:room], True
        self.passed += len(data)
        return [Piece(self._due(now), piece) for piece in self._slices(data)]

    def _slices(self, data: bytes) -> list[bytes]:
        if not self.course.sliced:
            return [data] if data else []
        pieces = []
        at = 0
        while at < len(data):
            size = self._rng.randint(1, 40) if at < 400 else len(data)  # the rest of a long chunk goes as one
            pieces.append(data[at : at + size])
            at += size
        return pieces

    def _due(self, now: float) -> float:
        wait = self.course.latency_seconds + self._rng.uniform(0.0, self.course.jitter_seconds)
        self._last_due = max(self._last_due, now + wait)
        return self._last_due
