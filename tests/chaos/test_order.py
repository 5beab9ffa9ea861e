"""Who stood before whom: priorities that change, and rows that are passed over because somebody may have locked them."""

from dataclasses import replace

import pytest

from tests.chaos.checker import check_all
from tests.chaos.histories import OTHER_CANARY, Tale, add_served, at, served
from tests.chaos.history import Record

ORDER = "first_come_first_served"
SILENCE = 1_000.0


def _found(tale: Tale, *, skips_locked: bool = True) -> set[str]:
    dump = replace(tale.dump, skips_locked=skips_locked)
    records = sorted(tale.records, key=lambda record: record.t)
    return {violation.invariant for violation in check_all(records, dump, SILENCE)} & {ORDER}


def _passed_over(since: float = -20) -> Tale:
    """c1 is claimed at second 10, and one more right after, while c2 stands before it, who is served only at 100."""
    tale = served()
    add_served(tale, "c0", "customer0", "k5555555555", 0.2)
    add_served(tale, "c2", "customer2", OTHER_CANARY, since)
    for event in tale.events["c2"][5:]:
        event["at"] = at(100)
    tale.handoffs[2]["priority"] = 1
    return tale


def _held(tale: Tale, start: float, end: float) -> None:
    tale.note("stage", "held", start, text="gateway-1 1")
    tale.note("stage", "released", end, text="gateway-1 1")


def test_nobody_is_passed_over_where_nothing_holds_them() -> None:
    assert _found(_passed_over()) == {ORDER}


def test_a_gateway_that_is_held_up_may_hold_them() -> None:
    tale = _passed_over()
    _held(tale, 8, 12)
    assert _found(tale) == set()
    assert _found(tale, skips_locked=False) == {ORDER}


@pytest.mark.parametrize(("start", "end"), [(-15, 3), (-15, 40), (12, 20)])
def test_it_holds_them_neither_before_nor_after_nor_for_ever(start: float, end: float) -> None:
    tale = _passed_over()
    _held(tale, start, end)
    assert _found(tale) == {ORDER}


def test_it_does_not_hold_what_came_after_it_was_held_up() -> None:
    tale = _passed_over(since=4)
    _held(tale, 5, 12)
    assert _found(tale) == {ORDER}


def test_it_does_not_hold_what_others_have_written_into_since() -> None:
    tale = _passed_over()
    _held(tale, 2, 12)
    tale.ask("c2", "priority", "a1", 5)
    assert _found(tale) == {ORDER}


def test_what_is_being_written_is_passed_over_for_a_moment_and_not_again_and_again() -> None:
    for others, found in ((1, set()), (7, {ORDER})):
        tale = _passed_over()
        tale.note(
            "customer2", "send", 9, conversation="c2", cmid="customer2-9", kind="send", text="still there"
        )
        for number in range(others):
            add_served(tale, f"d{number}", f"customer{number + 3}", f"k{number:010}", number)
        assert _found(tale) == found


def test_a_priority_counts_from_when_it_was_given() -> None:
    for given, found in ((5.0, {ORDER}), (40.0, set())):
        tale = served()
        add_served(tale, "c2", "customer2", OTHER_CANARY, 2)
        for event in tale.events["c2"][5:]:
            event["at"] = at(100)
        tale.records.append(
            Record(t=given, who="agent:a1", what="send", cmid="urge", kind="prioritise", more={"priority": 2})
        )
        tale.ask("c2", "priority", "a1", given, cmid="urge")
        tale.handoffs[1]["priority"] = 2
        assert _found(tale, skips_locked=False) == found
