"""What is due when: nobody waits 30 s without something to see, whoever dies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.patience import LONGEST_LEASE_SECONDS, ON_TIME_SECONDS, Due, Patience, Standing, due, left

P = Patience()
PROMISE_SECONDS = 30.0


@pytest.mark.parametrize(("turn", "what"), [
    (Standing(3, False, False), Due.NOTHING),
    (Standing(10, False, False), Due.SAY_SO),
    (Standing(10, True, False), Due.NOTHING),
    (Standing(12, False, True, lease_left=4), Due.SAY_SO),
    (Standing(25, True, False), Due.OFFER),
    (Standing(25, False, False), Due.OFFER),
    (Standing(25, True, True, lease_left=4), Due.NOTHING),  # whoever asks ends it itself
    (Standing(26, True, True, lease_left=4), Due.OFFER),  # and if it does not, somebody else does
    (Standing(26, True, True, lease_left=-1), Due.OFFER),  # its gateway died; others are there
    (Standing(400, True, True, lease_left=-394), Due.BEGIN_ANEW),  # nobody was there
    (Standing(400, True, True, lease_left=-394, attempts=3), Due.OFFER),
    (Standing(400, False, True, lease_left=LONGEST_LEASE_SECONDS + 1), Due.BEGIN_ANEW),
    (Standing(-4_000, False, True, lease_left=5_000), Due.BEGIN_ANEW),  # the machine started anew
    (Standing(-4_000, False, False), Due.BEGIN_ANEW),
])  # fmt: skip
def test_what_is_due(turn: Standing, what: Due) -> None:
    assert due(turn, P) is what


@pytest.mark.parametrize(("waited", "seconds"), [(-5, 25), (0, 25), (20, 5), (25, 0), (99, 0)])
def test_what_is_left(waited: float, seconds: float) -> None:
    assert left(waited, P) == seconds


@given(st.floats(0, 100), st.booleans(), st.booleans(), st.floats(-5.9, 6))
def test_with_any_gateway_alive_a_person_is_offered_in_time(
    waited: float, said_so: bool, running: bool, lease_left: float
) -> None:
    """A gateway looks every half second; a write may take as long again as it is late here."""
    turn = Standing(waited, said_so, running, lease_left if running else None)
    if waited >= P.total_seconds + ON_TIME_SECONDS:
        assert due(turn, P) is Due.OFFER
    assert P.total_seconds + ON_TIME_SECONDS + 2 * P.look_seconds < PROMISE_SECONDS


@given(st.floats(0, 100), st.booleans(), st.floats(-100, 6), st.integers(0, 5))
def test_nobody_is_told_twice_that_it_takes_longer(
    waited: float, running: bool, lease_left: float, attempts: int
) -> None:
    told = Standing(waited, True, running, lease_left if running else None, attempts)
    assert due(told, P) is not Due.SAY_SO


def test_the_longest_silence_is_no_longer_than_fifteen_seconds() -> None:
    assert P.notice_seconds <= 15
    assert P.total_seconds - P.notice_seconds <= 15
    assert P.lease_seconds > 2 * P.renew_seconds
