"""What a run is: how many of each, on what, for how long, and how rough. Plain values, from the command line or a test."""

from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import Literal

from tests.chaos.agent import Manners
from tests.chaos.customer import Customer, Habits
from tests.chaos.schedule import Kind, Pace, Parts
from tests.chaos.stub_rasa import MODES
from tests.chaos.weather import INNER, ROUGH, Climate

Routing = Literal["pick", "offer"]
Database = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True)
class Scene:
    seed: int
    seconds: float
    """Of service, during which things break; what it takes to come back is not counted."""
    database: Database = "sqlite"
    gateways: int = 1
    bots: int = 2
    redis: bool = False
    customers: int = 16
    pollers: int = 0
    """Of the customers: they speak by requests alone."""
    twins: int = 3
    """Customers with a second tab."""
    agents: int = 4
    polling_agents: int = 0
    """Of the agents, likewise; the last ones."""
    supervisors: int = 1
    """Of the agents."""
    routing: Routing = "pick"
    max_chats: int = 4
    habits: Habits = field(default_factory=Habits)
    manners: Manners = field(default_factory=Manners)
    outer: Climate = ROUGH
    inner: Climate = INNER
    pace: Pace = field(default_factory=Pace)
    kinds: tuple[Kind, ...] = ()
    modes: dict[str, float] = field(default_factory=lambda: dict(MODES))
    warm: bool = True
    """Gateways are forked from a process that has imported everything; else each is a `python` of its own."""
    gateway: tuple[str, ...] = ("tests.chaos.light_gateway",)
    """The module to run and its arguments; `--port` is added."""
    customer: type[Customer] = Customer
    settings: dict[str, str] = field(default_factory=dict)
    """Settings of the gateways, without their prefix."""
    settle_seconds: float = 180.0
    """For everything to be settled once nothing breaks any more."""
    clock_jumps: bool = False
    fewest: int = 0
    """Accepted messages and actions: the run goes on until there are so many, on a slow machine for longer."""
    wanted: tuple[tuple[str, int], ...] = ()
    """Kinds of writes, and how many of each it goes on for as well."""
    kills: int = 0
    """Ends as soon as so many gateways were killed; 0: by the time alone."""

    most_seconds: float = float("inf")
    """By the wall: then it comes to rest, whatever it has done."""
    stop: Event = field(default_factory=Event, compare=False)
    """Set from outside: it comes to rest now."""

    def __post_init__(self) -> None:
        if self.database == "sqlite" and self.gateways > 1:
            raise ValueError("One gateway works on a SQLite file.")

    @property
    def parts(self) -> Parts:
        names = tuple(f"gateway-{number}" for number in range(1, self.gateways + 1))
        bots = tuple(f"bot-{number}" for number in range(1, self.bots + 1))
        inner = [*bots]
        if self.database == "postgres":
            inner += [f"{name}-postgres" for name in names]
        if self.redis:
            inner += [f"{name}-redis" for name in names]
        links = ("customers", "agents", *inner)
        return Parts(names, links, bots, self.redis, self.database == "postgres")


def routing_of(seed: int | str) -> Routing:
    """How conversations find their agent in a run of this seed."""
    return Random(f"{seed}:routing").choice(("pick", "offer"))


OFFER_SECONDS = 3.0
TURN_SECONDS = 3.0
TURN_TOTAL_SECONDS = 6.0
SILENCE_SECONDS = 30.0
"""Of a run whose turns are given 6 s: those, the lease of a gateway that died with the turn, and a busy machine."""
SETTINGS = {
    "TURN_SECONDS": str(TURN_SECONDS),
    "TURN_TOTAL_SECONDS": str(TURN_TOTAL_SECONDS),
    "OFFER_SECONDS": str(OFFER_SECONDS),
    "AGENT_AWAY_SECONDS": "2",
    "AGENT_GONE_SECONDS": "4",
    "DRAIN_SECONDS": "1",
    "FRAMES_PER_10_SECONDS": "100000",
    "CONVERSATIONS_PER_HOUR": "1000000",
    "CONNECTIONS_PER_ADDRESS": "100000",
    "MESSAGES_PER_MINUTE": "1000000",
    "HANDSHAKES_PER_MINUTE": "1000000",
}
"""Shorter than in earnest, so that minutes hold what days would."""
