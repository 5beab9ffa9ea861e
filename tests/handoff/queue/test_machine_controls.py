"""Without one of its mechanisms, the desk no longer does what its model does."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.adapters.agents_sql import AgentRows
from handoff.adapters.handoffs_sql import HandoffRows
from handoff.routing import Staff
from tests.handoff.queue.test_machine import DeskMachine, on_sqlite


def keeps_no_seat(*_: object, **__: object) -> dict[str, int]:
    return {}


def frees_no_seat(*_: object) -> None: ...


def back_at_the_end(self: HandoffRows, handoff_id: int, passed_by: Sequence[str], place: int) -> None:
    RELEASE(self, handoff_id, passed_by, place)
    self.update_handoff(handoff_id, waiting_since=datetime.now(UTC))


def anybody_may(*_: object) -> str:
    return ""


RELEASE = HandoffRows.release


def nobody_keeps_a_seat(machine: DeskMachine) -> None:
    for agent in ("bert", "sue"):
        machine.takes_a_break(agent, False)
    for chat in (0, 1):
        machine.wants_a_person(chat, False)
    for _ in range(2):
        machine.the_clock_looks()


def a_seat_stays_taken(machine: DeskMachine) -> None:
    machine.wants_a_person(0, False)
    machine.takes_this_one("anna", 0)
    machine.lets_go(0, "resolve", False)
    machine.nothing_is_out_of_place()


def a_place_is_lost(machine: DeskMachine) -> None:
    for chat in (0, 1):
        machine.wants_a_person(chat, False)
    machine.takes_this_one("bert", 0)
    machine.lets_go(0, "requeue", False)
    machine.the_order_is_by_priority_and_then_by_who_began_to_wait()


def the_wrong_one_takes_it(machine: DeskMachine) -> None:
    machine.wants_a_person(0, True)
    machine.takes_this_one("bert", 0)


@pytest.mark.parametrize(("owner", "mechanism", "instead", "history"), [
    (HandoffRows, "reserved", keeps_no_seat, nobody_keeps_a_seat),
    (AgentRows, "free_seat", frees_no_seat, a_seat_stays_taken),
    (HandoffRows, "release", back_at_the_end, a_place_is_lost),
    (Staff, "why_not", anybody_may, the_wrong_one_takes_it),
])  # fmt: skip
@pytest.mark.parametrize("broken", [False, True])
def test_the_same_machine_finds_what_is_broken(
    migrated: Path, monkeypatch: pytest.MonkeyPatch, owner: type, mechanism: str, instead: Callable[..., Any],
    history: Callable[[DeskMachine], None], broken: bool,
) -> None:  # fmt: skip
    if broken:
        monkeypatch.setattr(owner, mechanism, instead)
    machine = type("Machine", (DeskMachine,), {"database": staticmethod(lambda: on_sqlite(migrated))})()
    try:
        machine.open_the_shop()
        with pytest.raises(AssertionError) if broken else contextlib.nullcontext():
            history(machine)
    finally:
        machine.teardown()
