"""A run that did less than was asked of it proves less, and says so."""

from dataclasses import replace

from tests.chaos.history import Dump, Record
from tests.chaos.report import figures
from tests.chaos.run import missed
from tests.chaos.scene import Scene
from tests.chaos.schedule import Pace

ASKED = Scene(seed=1, seconds=1.0, kills=2, fewest=1, pace=Pace(between=(60.0, 61.0)))
ACCEPTED = Record(t=1.0, who="customer1", what="accepted", cmid="c1", seq=1)


def _missed(scene: Scene, records: list[Record], kills: int) -> list[str]:
    return [one.what for one in missed(scene, figures(records, Dump({}, {})), kills)]


def test_as_much_as_asked_is_enough() -> None:
    assert _missed(ASKED, [ACCEPTED], 2) == []


def test_fewer_kills_and_fewer_accepted_are_named() -> None:
    assert _missed(ASKED, [], 1) == [
        "1 kills of gateways, where 2 were asked for",
        "0 accepted, where 1 were asked for",
    ]


def test_a_schedule_of_which_nothing_was_played_is_named() -> None:
    rough = replace(ASKED, seconds=10.0, pace=Pace(between=(1.0, 2.0)))
    assert _missed(rough, [ACCEPTED], 2) == ["nothing broke, where the schedule has faults"]
