"""What is due when: nobody waits 30 s without something to see, whoever dies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.patience import ON_TIME_SECONDS, Due, Patience, Standing, due, left

P = Patience()
PROMISE_SECONDS = 30.0


@pytest.mark.parametrize(("turn", "what"), [
    (Standing(3, False, False), Due.NOTHING),
    (Standing(10, False, False), Due.SAY_SO),
    (Standing(10, True, False), Due.NOTHING),
    (Standing(12, False, True), Due.SAY_SO),
    (Standing(25, True, False), Due.OFFER),
    (Standing(25, False, False), Due.OFFER),
    (Standing(25, True, True), Due.NOTHING),  # whoever asks ends it itself
    (Standing(26, True, True), Due.OFFER),  # and if it does not, somebody else does
    (Standing(32, True, True), Due.BEGIN_ANEW),  # nobody was there to do it
    (Standing(32, True, False), Due.OFFER),
    (Standing(32, True, True, attempts=3), Due.OFFER),
    (Standing(-4_000, False, True), Due.BEGIN_ANEW),  # the machine started anew
    (Standing(-4_000, False, False), Due.BEGIN_ANEW),
    (Standing(-4_000, False, True, attempts=3), Due.OFFER),
])  # fmt: skip
def test_what_is_due(turn: Standing, what: Due) -> None:
    assert due(turn, P) is what


@pytest.mark.parametrize(("waited", "seconds"), [(-5, 25), (0, 25), (20, 5), (25, 0), (99, 0)])
def test_what_is_left(waited: float, seconds: float) -> None:
    assert left(waited, P) == seconds


@given(st.floats(0, 100), st.booleans(), st.booleans(), st.integers(0, 5))
def test_with_any_gateway_alive_a_person_is_offered_in_time(
    first_look: float, said_so: bool, running: bool, attempts: int
) -> None:
    """A gateway looks every half second: at the latest this much later than it is due."""
    looks = [
        first_look % P.look_seconds + n * P.look_seconds for n in range(int(PROMISE_SECONDS / P.look_seconds))
    ]
    offered = [at for at in looks if due(Standing(at, said_so, running, attempts), P) is Due.OFFER]
    assert offered
    assert offered[0] < P.total_seconds + ON_TIME_SECONDS + P.look_seconds < PROMISE_SECONDS


@given(st.floats(0, 100), st.booleans(), st.integers(0, 5))
def test_nobody_is_told_twice_that_it_takes_longer(waited: float, running: bool, attempts: int) -> None:
    assert due(Standing(waited, True, running, attempts), P) is not Due.SAY_SO


def test_the_longest_silence_is_no_longer_than_fifteen_seconds() -> None:
    assert P.notice_seconds <= 15
    assert P.total_seconds - P.notice_seconds <= 15
    assert P.lease_seconds > 2 * P.renew_seconds
