"""What breaks, and when. Pure: a seed and the parts that there are give the same list every time.

Doing it is `tests.chaos.stage`'s. Kinds that need a part which is not there are left out, so that one seed gives another
schedule on SQLite than on Postgres; both are repeatable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    KILL_GATEWAY = "kill_gateway"
    """kill -9, and started again."""
    STOP_GATEWAY = "stop_gateway"
    """SIGTERM, waited for, and started again: a deployment."""
    FREEZE_GATEWAY = "freeze_gateway"
    """SIGSTOP, and SIGCONT after the seconds."""
    KILL_BOT = "kill_bot"
    FREEZE_BOT = "freeze_bot"
    KILL_REDIS = "kill_redis"
    """kill -9, down for the seconds, then started empty."""
    FLUSH_REDIS = "flush_redis"
    DROP_SUBSCRIBERS = "drop_subscribers"
    """Redis ends every subscription."""
    KILL_DATABASE = "kill_database"
    """kill -9 of the whole of Postgres, down for the seconds."""
    END_BACKENDS = "end_backends"
    """Postgres ends every connection, some of them in the middle of a transaction."""
    CUT = "cut"
    """Every connection of a link is reset."""
    SILENCE = "silence"
    """A link swallows everything for the seconds."""
    ONE_WAY = "one_way"
    """One direction of a link swallows everything for the seconds."""
    REFUSE = "refuse"
    """A link takes no new connection for the seconds."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Names of what can break."""

    gateways: tuple[str, ...]
    links: tuple[str, ...]
    bots: tuple[str, ...] = ()
    redis: bool = False
    postgres: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    at: float
    """Seconds after the start."""
    kind: Kind
    target: str
    seconds: float = 0.0
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from one fault to the next, and how long a part is away; both are bounds of even spreads."""

    between: tuple[float, float] = (1.0, 4.0)
    away: tuple[float, float] = (0.2, 3.0)
    frozen: tuple[float, float] = (0.5, 9.0)
    """Longer than leases last, at times."""
    kill_weight: float = 6.0
    """How often a gateway is killed, against the weights of all else."""


_WEIGHTS: dict[Kind, float] = {
    Kind.STOP_GATEWAY: 1.0,
    Kind.FREEZE_GATEWAY: 1.5,
    Kind.KILL_BOT: 1.0,
    Kind.FREEZE_BOT: 0.7,
    Kind.KILL_REDIS: 1.0,
    Kind.FLUSH_REDIS: 0.7,
    Kind.DROP_SUBSCRIBERS: 0.7,
    Kind.KILL_DATABASE: 0.7,
    Kind.END_BACKENDS: 1.0,
    Kind.CUT: 2.0,
    Kind.SILENCE: 0.7,
    Kind.ONE_WAY: 0.7,
    Kind.REFUSE: 0.5,
}


def _targets(parts: Parts) -> dict[Kind, Sequence[str]]:
    redis = ("redis",) if parts.redis else ()
    database = ("postgres",) if parts.postgres else ()
    possible: dict[Kind, Sequence[str]] = {
        Kind.KILL_GATEWAY: parts.gateways,
        Kind.STOP_GATEWAY: parts.gateways,
        Kind.FREEZE_GATEWAY: parts.gateways,
        Kind.KILL_BOT: parts.bots,
        Kind.FREEZE_BOT: parts.bots,
        Kind.KILL_REDIS: redis,
        Kind.FLUSH_REDIS: redis,
        Kind.DROP_SUBSCRIBERS: redis,
        Kind.KILL_DATABASE: database,
        Kind.END_BACKENDS: database,
        Kind.CUT: parts.links,
        Kind.SILENCE: parts.links,
        Kind.ONE_WAY: parts.links,
        Kind.REFUSE: parts.links,
    }
    return {kind: targets for kind, targets in possible.items() if targets}


def schedule(
    seed: int | str, seconds: float, parts: Parts, pace: Pace | None = None, kinds: Sequence[Kind] = ()
) -> tuple[Fault, ...]:
    """The faults of a run of `seconds`, in order of time. `kinds` names the only ones wanted; none: all."""
    pace = pace or Pace()
    rng = Random(f"{seed}:faults")
    targets = {kind: found for kind, found in _targets(parts).items() if not kinds or kind in kinds}
    if not targets:
        return ()
    names = list(targets)
    weights = [pace.kill_weight if name is Kind.KILL_GATEWAY else _WEIGHTS[name] for name in names]
    faults = []
    at = rng.uniform(*pace.between)
    while at < seconds:
        kind = rng.choices(names, weights)[0]
        frozen = kind in (Kind.FREEZE_GATEWAY, Kind.FREEZE_BOT)
        away = rng.uniform(*(pace.frozen if frozen else pace.away))
        ways = (rng.choice(("up", "down")),) if kind is Kind.ONE_WAY else ("up", "down")
        target = rng.choice(targets[kind])
        faults.append(Fault(round(at, 3), kind, target, round(away, 3), ways))
        at += rng.uniform(*pace.between)
    return tuple(faults)
