"""Short runs with everything in place: what `make chaos` plays for longer."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import run
from tests.chaos.__main__ import as_json
from tests.chaos.checker import CHECKS
from tests.chaos.customer import Habits
from tests.chaos.processes import Keeper
from tests.chaos.run import play, ports_are_free
from tests.chaos.scene import Scene
from tests.chaos.schedule import Kind, Pace
from tests.chaos.weather import CALM

pytestmark = pytest.mark.slow
SHORT = Scene(
    seed=21, seconds=6.0, customers=6, pollers=2, twins=2, agents=2, polling_agents=1, fewest=60,
    habits=Habits(think_seconds=0.3), settle_seconds=180.0,
    pace=Pace(between=(1.0, 2.0), away=(0.2, 0.8), frozen=(0.5, 1.5)),
)  # fmt: skip


@pytest.mark.long
async def test_nothing_is_lost_on_sqlite(keeper: Keeper, tmp_path: Path) -> None:
    outcome = await play(SHORT, tmp_path, keeper)
    assert outcome.violations == []
    assert outcome.figures.accepted >= 60
    assert outcome.kills > 0
    assert ports_are_free(outcome.left_ports)


@pytest.mark.long
async def test_nothing_is_lost_between_two_gateways_on_postgres_and_redis(
    keeper: Keeper, tmp_path: Path
) -> None:
    scene = replace(SHORT, database="postgres", gateways=2, redis=True, routing="offer")
    outcome = await play(scene, tmp_path, keeper)
    assert outcome.violations == []
    assert outcome.figures.accepted >= 60


async def test_a_clock_that_jumps_by_an_hour_changes_nothing(keeper: Keeper, tmp_path: Path) -> None:
    scene = replace(
        SHORT,
        gateway=("tests.chaos.shifted_gateway",),
        clock_jumps=True,
        outer=CALM,
        kinds=(Kind.CUT,),
        seconds=9.0,
    )
    outcome = await play(scene, tmp_path, keeper)
    assert outcome.violations == []
    assert outcome.figures.moves["claim"] > 0


async def test_two_runs_with_one_seed_play_the_same_faults(keeper: Keeper, tmp_path: Path) -> None:
    scene = replace(SHORT, kinds=(Kind.CUT, Kind.REFUSE), outer=CALM, seconds=4.0, fewest=10)
    played = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        await asyncio.to_thread(folder.mkdir)
        outcome = await play(scene, folder, keeper)
        assert outcome.violations == []
        played.append(outcome.figures.faults)
    assert played[0] == played[1]
    assert played[0]


async def test_a_run_that_is_interrupted_tells_how_far_it_was_and_checks_what_there_is(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = replace(
        SHORT, outer=CALM, kinds=(Kind.CUT,), seconds=600.0, kills=300, fewest=10**6, routing="offer"
    )
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if "accepted" in line and " 0 accepted" not in line:
            scene.stop.set()

    monkeypatch.setattr(run, "LINE_SECONDS", 0.5)
    outcome = await play(scene, tmp_path, keeper, say)
    assert (outcome.violations, outcome.interrupted) == ([], True)
    assert scene.stop.is_set()
    told = json.loads(as_json(outcome, scene))
    assert told["accepted"] == outcome.figures.accepted > 0
    assert told["at_most"]["accepted_is_present"] == 3 / told["accepted"]
    assert set(told["checked"]) >= {check.__name__ for check in CHECKS} - {
        "something_happens",
        "becomes_quiet",
    }
