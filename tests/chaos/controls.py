"""The negative controls: scenes in which a mechanism is missing, and what the checker has to say of them.

Each is as calm as it can be but for what the mechanism is there for, so that it fails for that reason and within seconds.
"""

from dataclasses import dataclass, replace

from tests.chaos.agent import Manners
from tests.chaos.customer import GreedyCustomer, Habits, NewCmidCustomer
from tests.chaos.scene import Scene
from tests.chaos.schedule import Kind, Pace
from tests.chaos.weather import CALM, Climate, End

BUSY = Habits(
    think_seconds=0.12, burst_chance=0.1, person_chance=0.25, leave_chance=0.0, close_chance=0.0, reload_chance=0.0,
    wander_chance=0.0,
)  # fmt: skip
EAGER = Manners(
    think_seconds=0.05,
    replies=3,
    requeue_share=0.4,
    return_share=0.3,
    crash_chance=0.0,
    sleep_chance=0.0,
    note_chance=0.0,
    transfer_share=0.0,
    prioritise_chance=0.0,
    take_over_chance=0.0,
    stale_share=0.0,
)
NORMAL = {"normal": 1.0}
ORDER = "first_come_first_served"
LOSES_ANSWERS = Climate(end_chance=0.8, most_bytes=4_000, ends=(End.RESET,))
"""Cuts connections early: a message is often written and its `accepted` lost."""
BASE = Scene(
    seed=5, seconds=4.0, bots=1, customers=8, twins=0, agents=3, habits=BUSY, manners=EAGER, outer=CALM, inner=CALM,
    pace=Pace(between=(60.0, 61.0)), modes=NORMAL, settle_seconds=12.0, fewest=150,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Control:
    scene: Scene
    fails: frozenset[str]
    """Invariants of which at least one must be broken; empty: all must hold."""
    beside: frozenset[str] | None = None
    """What the same lack may break as well; no other may be broken. None: whatever follows from it."""


def _without(mechanism: str, scene: Scene = BASE) -> Scene:
    return replace(scene, gateway=("tests.chaos.broken_gateway", f"--without={mechanism}"))


_UNCOMMITTED = _without(
    "accept_before_commit", replace(BASE, agents=0, seconds=2.0, fewest=40, settle_seconds=60.0)
)
_KILLED = replace(_UNCOMMITTED, kinds=(Kind.KILL_GATEWAY,), pace=Pace(between=(0.7, 1.2)))
_LOSING = replace(BASE, outer=LOSES_ANSWERS)
_SILENT = replace(
    BASE, kinds=(Kind.ONE_WAY,), pace=Pace(between=(0.8, 1.2), away=(1.2, 1.5)), seconds=6.0,
)  # fmt: skip
_SLOW_BOT = replace(
    BASE, modes={"slow": 1.0}, habits=replace(BUSY, person_chance=0.5), manners=replace(EAGER, stale_share=0.5), fewest=80
)  # fmt: skip
_CROWDED = replace(
    BASE, agents=10, customers=10, habits=replace(BUSY, person_chance=0.9, think_seconds=0.3), fewest=100
)
_QUIET = replace(BASE, settle_seconds=6.0)
_RESTLESS = replace(_QUIET, habits=replace(BUSY, wander_chance=0.15))

_WANTED = replace(BUSY, think_seconds=0.2, person_chance=0.9)
"""Everybody wants a person."""
_SCARCE = replace(
    BASE, agents=2, supervisors=0, max_chats=1, customers=10, habits=_WANTED, fewest=60, settle_seconds=180.0
)
"""And there are few, who let go of each soon: a long queue that moves."""
_GREEDY = replace(EAGER, beyond_share=1.0, replies=1_000)
_BACK = replace(EAGER, replies=1, requeue_share=1.0, return_share=0.0)
_GONE_SOON = replace(EAGER, replies=1, requeue_share=0.0, return_share=0.0)
_RUDE = replace(EAGER, ignore_share=1.0, decline_share=0.0, pick_chance=1.0, rude_share=1.0)
_MEDDLING = replace(
    EAGER, transfer_share=1.0, skill_share=0.0, ignore_share=1.0, decline_share=0.0, barge_chance=0.3
)
_WILLING = replace(_GONE_SOON, ignore_share=0.0, decline_share=0.0, pick_chance=0.0)

CONTROLS: dict[str, Control] = {
    "accept before commit": Control(_KILLED, frozenset({"accepted_is_present"}), beside=frozenset()),
    "read, then subscribe": Control(
        _without("subscribe_before_read", _RESTLESS), frozenset({"equal_at_rest", "becomes_quiet"})
    ),
    "no unique cmid": Control(_without("unique_cmid", _LOSING), frozenset({"exactly_once"})),
    "cmid forgotten after a second": Control(_without("lasting_cmid", _SILENT), frozenset({"exactly_once"})),
    "select, then update": Control(
        _without("atomic_claim", _CROWDED), frozenset({"one_owner", "nobody_vanishes"})
    ),
    "no fence": Control(
        _without("fence", _SLOW_BOT), frozenset({"bot_is_silent_after_claim", "no_stale_write"})
    ),
    "doorbell without polls": Control(
        _without("polls", _QUIET), frozenset({"equal_at_rest", "becomes_quiet"})
    ),
    "a new cmid at every try": Control(
        replace(_LOSING, customer=NewCmidCustomer), frozenset({"exactly_once"})
    ),
    "a client that applies beyond a gap": Control(
        replace(_without("frames"), customer=GreedyCustomer), frozenset({"applied_is_prefix"})
    ),
    "no capacity": Control(
        _without("capacity", replace(_SCARCE, manners=_GREEDY, wanted=(("claim", 6),))),
        frozenset({"capacity"}),
        beside=frozenset({"invariants.check"}),
    ),
    "who came last is next": Control(
        _without("order", replace(_SCARCE, manners=_GONE_SOON, wanted=(("claim", 10),))),
        frozenset({ORDER}),
        beside=frozenset(),
    ),
    "who came last is next, on Postgres": Control(
        _without(
            "order",
            replace(
                _SCARCE,
                database="postgres",
                manners=_GONE_SOON,
                seconds=2.0,
                fewest=40,
                wanted=(("claim", 7),),
            ),
        ),
        frozenset({ORDER}),
        beside=frozenset(),
    ),
    "no priorities": Control(
        _without(
            "priority",
            replace(
                _SCARCE,
                agents=1,
                seconds=10.0,
                wanted=(("prioritise", 6), ("claim", 12)),
                manners=replace(_GONE_SOON, prioritise_chance=0.1),
            ),
        ),
        frozenset({ORDER}),
        beside=frozenset(),
    ),
    "a requeue begins anew": Control(
        _without("lasting_place", replace(_SCARCE, manners=_BACK, wanted=(("requeue", 4), ("claim", 6)))),
        frozenset({"wait_clock"}),
        beside=frozenset({ORDER}),
    ),
    "who came last is asked first": Control(
        _without("offer_order", replace(_SCARCE, routing="offer", seconds=14.0, manners=_WILLING)),
        frozenset({"first_come_first_asked"}),
        beside=frozenset({ORDER}),
    ),
    "who came last is asked first, on Postgres": Control(
        _without(
            "offer_order",
            replace(_SCARCE, database="postgres", routing="offer", seconds=14.0, manners=_WILLING),
        ),
        frozenset({"first_come_first_asked"}),
        beside=frozenset({ORDER}),
    ),
    "anybody takes what one is asked": Control(
        _without(
            "consent",
            replace(_SCARCE, routing="offer", agents=4, max_chats=4, manners=_RUDE, wanted=(("claim", 4),)),
        ),
        frozenset({"only_who_is_asked"}),
        beside=frozenset(),
    ),
    "anybody takes over what one is asked": Control(
        _without(
            "transfer_consent",
            replace(
                _SCARCE, agents=4, max_chats=4, manners=_MEDDLING, wanted=(("transfer", 6), ("accept", 6))
            ),
        ),
        frozenset({"only_who_is_asked"}),
        beside=frozenset(),
    ),
    "taking over without a fence": Control(
        _without(
            "take_over_fence",
            replace(
                _SCARCE,
                supervisors=1,
                agents=3,
                max_chats=4,
                wanted=(("take_over", 8),),
                manners=replace(EAGER, stale_share=0.5, take_over_chance=0.5),
            ),
        ),
        frozenset({"no_stale_write"}),
        beside=frozenset(),
    ),
}
"""A few seconds each."""

MENDED: dict[str, Control] = {
    "few agents, much wanted, on Postgres": Control(
        replace(_SCARCE, database="postgres", manners=replace(_GONE_SOON, prioritise_chance=0.1)), frozenset()
    ),
    "few agents, much wanted": Control(
        replace(_SCARCE, manners=replace(_BACK, beyond_share=1.0, prioritise_chance=0.3, replies=2)),
        frozenset(),
    ),
    "few agents, who are asked": Control(
        replace(
            _SCARCE,
            routing="offer",
            seconds=10.0,
            supervisors=1,
            agents=3,
            max_chats=2,
            manners=replace(EAGER, stale_share=0.5, take_over_chance=0.2, transfer_share=0.3),
        ),
        frozenset(),
    ),
    "accepted before commit, and nobody is killed": Control(_UNCOMMITTED, frozenset()),
    "nothing is missing, and connections are cut": Control(
        replace(_LOSING, settle_seconds=120.0), frozenset()
    ),
    "rings are lost, and polls repair it": Control(
        _without("rings", replace(BASE, settle_seconds=120.0)), frozenset()
    ),
    "frames are lost, and the client asks again": Control(
        _without("frames", replace(BASE, settle_seconds=120.0)), frozenset()
    ),
}
"""The same scenes with the mechanism in place: without a violation, or the controls would prove nothing."""
