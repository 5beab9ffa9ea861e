from collections import Counter
from itertools import pairwise

from tests.chaos.schedule import Fault, Kind, Pace, Parts, schedule

PARTS = Parts(("one", "two"), ("customer", "agent"), ("rasa",), redis=True, postgres=True)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert schedule(7, 120, PARTS) == schedule(7, 120, PARTS)
    assert schedule(7, 120, PARTS) != schedule(8, 120, PARTS)


def test_a_longer_run_begins_as_the_shorter_one() -> None:
    short = schedule(7, 60, PARTS)
    assert schedule(7, 600, PARTS)[: len(short)] == short


def test_every_kind_comes_up_and_none_that_has_no_part() -> None:
    assert {fault.kind for fault in schedule(1, 2_000, PARTS)} == set(Kind)
    alone = schedule(1, 2_000, Parts(("one",), ("customer",)))
    assert {fault.target for fault in alone} == {"one", "customer"}


def test_faults_keep_to_their_pace_and_to_the_time() -> None:
    faults = schedule(3, 300, PARTS, Pace(between=(0.2, 3.0), away=(0.1, 0.4), frozen=(1.0, 2.0)))
    gaps = [later.at - earlier.at for earlier, later in pairwise(faults)]
    assert all(0.19 < gap < 3.01 for gap in gaps)
    assert faults[-1].at < 300

    def fits(fault: Fault) -> bool:
        frozen = fault.kind in (Kind.FREEZE_GATEWAY, Kind.FREEZE_BOT)
        return (1.0 if frozen else 0.1) <= fault.seconds <= (2.0 if frozen else 0.4)

    assert all(fits(fault) for fault in faults)


def test_only_the_wanted_kinds() -> None:
    faults = schedule(3, 600, PARTS, kinds=(Kind.KILL_GATEWAY, Kind.CUT))
    counted = Counter(fault.kind for fault in faults)
    assert set(counted) == {Kind.KILL_GATEWAY, Kind.CUT}
    assert counted[Kind.KILL_GATEWAY] > counted[Kind.CUT]
    assert schedule(3, 600, Parts((), ()), kinds=(Kind.CUT,)) == ()
