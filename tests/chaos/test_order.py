"""Who stood before whom: priorities that change, what a claim noted of rows that it skipped, and rows that were held up."""

from dataclasses import replace

import pytest

from tests.chaos.checked import checked
from tests.chaos.checker import check_all
from tests.chaos.histories import OTHER_CANARY, Tale, add_served, at, served
from tests.chaos.history import Json, Record

ORDER, ASKED = "first_come_first_served", "first_come_first_asked"
SILENCE = 1_000.0


def _found(tale: Tale, *, skips_locked: bool = True) -> set[str]:
    dump = replace(tale.dump, skips_locked=skips_locked)
    records = sorted(tale.records, key=lambda record: record.t)
    return {violation.invariant for violation in check_all(records, dump, SILENCE)} & {ORDER, ASKED}


def _passed_over(*notes: Json) -> Tale:
    """c1 is claimed at second 10 while c2 stands before it, who is served only at 100."""
    tale = served()
    add_served(tale, "c2", "customer2", OTHER_CANARY, -20)
    for event in tale.events["c2"][5:]:
        event["at"] = at(100)
    tale.records = [
        replace(one, more={**one.more, "notes": True}) if one.what == "begin" else one for one in tale.records
    ]
    for note in ({"chosen": 2, "free": [], "locked": []}, *notes):
        cmid = f"agent-claim-{note['chosen']}"
        tale.note("gateway", "passed", 60, cmid=cmid, more=note)
    return tale


@pytest.mark.parametrize(
    ("notes", "found"),
    [
        ([{"chosen": 1, "free": [2], "locked": []}], {ORDER}),
        ([{"chosen": 1, "free": [], "locked": [2]}], set()),
        ([], {ORDER}),
        ([{"chosen": 7, "free": [2], "locked": []}, {"chosen": 1, "free": [], "locked": [2]}], set()),
    ],
    ids=["nobody held it", "it was locked", "no note", "an attempt that came to nothing"],
)
def test_where_locked_rows_are_skipped_the_note_of_the_claim_tells(
    notes: list[Json], found: set[str]
) -> None:
    assert _found(_passed_over(*notes)) == found


def test_where_nothing_is_skipped_nothing_is_excused() -> None:
    assert _found(_passed_over({"chosen": 1, "free": [], "locked": [2]}), skips_locked=False) == {ORDER}


def test_a_run_in_which_nothing_was_noted_says_that_nothing_was_checked() -> None:
    tale = _passed_over()
    assert checked(tale.records, replace(tale.dump, skips_locked=True))[ORDER] == 2
    tale.records = [one for one in tale.records if one.what not in ("begin", "passed")]
    assert _found(tale) == set()
    assert checked(tale.records, replace(tale.dump, skips_locked=True))[ORDER] == 0


def _asked_before(since: float = -40) -> Tale:
    """c1 is offered again and again while c2 stands before it, whom nobody is asked to take."""
    tale = served()
    add_served(tale, "c2", "customer2", OTHER_CANARY, since)
    for event in tale.events["c2"][5:]:
        event["at"] = at(40)
    tale.handoffs[1]["priority"] = 1
    for code, agent, seconds in (("offered", "a1", 4), ("declined", "a1", 5), ("offered", "a2", 8.5)):
        tale.ask("c1", code, agent, seconds)
    return tale


def _held(tale: Tale, start: float, end: float) -> Tale:
    tale.note("stage", "held", start, text="gateway-1 1")
    tale.note("stage", "released", end, text="gateway-1 1")
    return tale


def test_a_gateway_that_is_held_up_may_hold_what_is_not_offered() -> None:
    assert _found(_asked_before()) == {ASKED}
    assert _found(_held(_asked_before(), 2, 12)) == set()
    assert ASKED in _found(_held(_asked_before(), 2, 12), skips_locked=False)


@pytest.mark.parametrize(("start", "end"), [(-36.5, -20), (-36.5, 40), (12, 20)])
def test_it_holds_it_neither_before_nor_after_nor_for_ever(start: float, end: float) -> None:
    assert _found(_held(_asked_before(), start, end)) == {ASKED}


def test_it_does_not_hold_what_others_have_written_into_since() -> None:
    tale = _held(_asked_before(), 1, 12)
    tale.ask("c2", "priority", "a1", 2.5)
    assert _found(tale) == {ASKED}


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
