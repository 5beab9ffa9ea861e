"""When an assistant is let alone, and when it is asked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.breaker import LONGEST_REST_SECONDS, REST_SECONDS, Breaker, Circuit, Failure
from tests.handoff.fakes import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(("failure", "times"), [(Failure.GONE, 1), (Failure.SILENT, 2), (Failure.WRONG, 5)])
def test_it_opens_after_so_many_in_a_row(clock: Clock, failure: Failure, times: int) -> None:
    breaker = Breaker(clock)
    for _ in range(times):
        assert breaker.allows()
        breaker.begin()
        breaker.failed(failure)
    assert breaker.circuit is Circuit.OPEN
    assert not breaker.allows()
    assert breaker.gone is (failure is Failure.GONE)


def test_one_that_works_in_between_starts_the_count_anew(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(20):
        breaker.failed(Failure.SILENT)
        breaker.worked()
    assert breaker.circuit is Circuit.CLOSED


def test_after_its_rest_one_call_may_try(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.failed(Failure.GONE)
    clock.passes(REST_SECONDS)
    assert breaker.circuit is Circuit.HALF_OPEN
    assert breaker.allows()
    breaker.begin()
    assert not breaker.allows()
    breaker.worked()
    assert [breaker.allows(), breaker.allows()] == [True, True]


def test_a_try_that_fails_doubles_the_rest_up_to_a_bound(clock: Clock) -> None:
    breaker, rests = Breaker(clock), []
    breaker.failed(Failure.GONE)
    for _ in range(6):
        rest = 0.0
        while not breaker.allows():
            clock.passes(0.5)
            rest += 0.5
        rests.append(rest)
        breaker.begin()
        breaker.failed(Failure.WRONG)
    assert rests == [1.0, 2.0, 4.0, 8.0, 8.0, LONGEST_REST_SECONDS]


def test_a_try_that_was_given_up_lets_the_next_one_try(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.failed(Failure.GONE)
    clock.passes(REST_SECONDS)
    breaker.begin()
    breaker.cancelled()
    assert breaker.allows()


STEPS = st.lists(st.one_of(st.sampled_from(["ask", "worked", "cancelled"]), st.sampled_from(Failure),
                           st.floats(0, 10)), max_size=60)  # fmt: skip


@given(STEPS)
def test_whatever_happens_it_is_asked_again_within_the_longest_rest(
    steps: list[str | float | Failure],
) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for step in steps:
        match step:
            case float():
                clock.passes(step)
            case Failure():
                breaker.failed(step)
            case "ask":
                if breaker.allows():
                    breaker.begin()
            case "worked":
                breaker.worked()
            case _:
                breaker.cancelled()
    breaker.cancelled()
    clock.passes(LONGEST_REST_SECONDS)
    assert breaker.allows()
