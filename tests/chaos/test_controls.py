"""Negative controls: where a mechanism is missing, the checker finds it. And where it is not, it finds nothing."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.chaos.controls import CONTROLS, MENDED
from tests.chaos.processes import Keeper
from tests.chaos.run import play, ports_are_free

pytestmark = pytest.mark.slow
QUICK = {
    "accept before commit", "no unique cmid", "select, then update", "no fence", "no capacity",
    "who came last is next, on Postgres", "a requeue begins anew",
}  # fmt: skip
"""Played with every `make test`; the others with `make chaos-long`."""


def _by_length(names: Iterable[str]) -> list[object]:
    return [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in names]


@pytest.mark.parametrize("name", _by_length(CONTROLS))
async def test_what_is_missing_is_found(name: str, keeper: Keeper, tmp_path: Path) -> None:
    control = CONTROLS[name]
    outcome = await play(control.scene, tmp_path, keeper)
    found = {violation.invariant for violation in outcome.violations}
    assert found & control.fails, outcome
    assert control.beside is None or found <= control.fails | control.beside, outcome


@pytest.mark.parametrize("name", _by_length(MENDED))
async def test_with_everything_in_place_nothing_is_found(name: str, keeper: Keeper, tmp_path: Path) -> None:
    outcome = await play(MENDED[name].scene, tmp_path, keeper)
    assert outcome.violations == []
    assert outcome.figures.accepted > 50
    assert ports_are_free(outcome.left_ports)
