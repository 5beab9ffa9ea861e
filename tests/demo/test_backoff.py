import pytest

from handoff.demo.backoff import FORGIVEN_AFTER_SECONDS, LONGEST_WAIT_SECONDS, Backoff


def test_waits_double_up_to_half_a_minute() -> None:
    backoff = Backoff()
    waits = [backoff.died(float(second)) for second in range(8)]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_minute_of_health_is_forgiveness() -> None:
    backoff = Backoff(deaths=5)
    backoff.well(100.0)
    assert backoff.died(100.0 + FORGIVEN_AFTER_SECONDS) == 1


def test_less_than_a_minute_of_health_is_not() -> None:
    backoff = Backoff(deaths=5)
    backoff.well(100.0)
    backoff.well(159.0)
    assert backoff.died(159.9) == LONGEST_WAIT_SECONDS


def test_health_before_a_death_does_not_count_after_it() -> None:
    backoff = Backoff()
    backoff.well(0.0)
    backoff.died(10.0)
    backoff.well(65.0)
    assert backoff.died(66.0) == 2


@pytest.mark.parametrize("deaths", [50, 10_000])
def test_days_of_dying_do_not_overflow(deaths: int) -> None:
    assert Backoff(deaths=deaths).died(0.0) == LONGEST_WAIT_SECONDS
