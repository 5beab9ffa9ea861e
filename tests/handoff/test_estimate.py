"""Whether what customers are told about their wait is so: measured on desks that are simulated."""

import heapq
import math
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.estimate import PICKED_UP, Pace, pace_of, wait_range

CHAT_SECONDS = 300.0
SAMPLES = 50
LATELY = 4 * 3_600.0


def test_with_nobody_there_nothing_is_promised() -> None:
    assert wait_range(3, 0, CHAT_SECONDS, Pace(), []) is None


def test_from_the_first_customer_on_there_is_a_range() -> None:
    free = wait_range(0, 4, CHAT_SECONDS, Pace(), [])
    full = wait_range(1, 4, CHAT_SECONDS, Pace(), [])
    assert free
    assert full
    assert (free.low_seconds, free.high_seconds) == (25, 70)
    assert free.low_seconds < full.low_seconds < CHAT_SECONDS
    assert full.high_seconds > 2 * full.low_seconds, "little is known yet"


def test_the_guess_gives_way_to_what_is_seen() -> None:
    told = [wait_range(4, 4, CHAT_SECONDS, Pace(seen, 60.0 * seen), []) for seen in (0, 5, 50)]
    lows = [one.low_seconds for one in told if one]
    assert lows == sorted(lows, reverse=True)
    assert lows[-1] < 150 < lows[0]


@given(
    endings=st.integers(0, 500), seats=st.integers(1, 100), chat_seconds=st.floats(1, 10_000),
    ended=st.integers(0, 50), together=st.floats(0, 500_000), picked_up=st.lists(st.floats(0, 1_000), max_size=50),
)  # fmt: skip
def test_a_range_is_a_range_and_grows_with_the_line(
    endings: int, seats: int, chat_seconds: float, ended: int, together: float, picked_up: list[float]
) -> None:
    took = Pace(ended, together)
    here = wait_range(endings, seats, chat_seconds, took, picked_up)
    behind = wait_range(endings + 1, seats, chat_seconds, took, picked_up)
    more = wait_range(endings, seats + 1, chat_seconds, took, picked_up)
    assert here
    assert behind
    assert more
    assert 0 <= here.low_seconds <= here.high_seconds
    assert behind.low_seconds >= here.low_seconds
    assert more.low_seconds <= here.low_seconds


def test_conversations_that_go_on_count_as_well() -> None:
    ended: list[tuple[float, float | None]] = [(70.0, 10.0), (90.0, 40.0)]
    assert pace_of(ended, 50, 3_600.0) == Pace(2, 110.0)
    assert pace_of([*ended, (300.0, None)], 50, 3_600.0) == Pace(2, 410.0)
    assert pace_of([(9_000.0, None)], 50, 3_600.0) == Pace(0, 3_600.0), "what was before is another desk"


def test_with_enough_of_them_it_is_seen_from_the_end_of_the_first_on() -> None:
    """What ended before that one is not known: neither it nor the time before it counts."""
    spans: list[tuple[float, float | None]] = [(70.0, 10.0), (90.0, 40.0), (900.0, 50.0), (300.0, None)]
    assert pace_of(spans, 3, 3_600.0) == Pace(2, 40.0 + 10.0 + 50.0)


# is it so?


@dataclass
class Shop:
    """Customers come, wait in one line, and take a seat of an agent for a while."""

    chance: random.Random
    seats: int
    mean_seconds: float
    every_seconds: float
    spread: float = 0.0
    """0: lengths as of a Poisson process; more: a lognormal of this sigma."""
    told: list[tuple[float, float, float]] = field(default_factory=list)
    """(low, high, how long it then was)."""

    def length(self) -> float:
        if self.spread:
            mean = self.mean_seconds
            return self.chance.lognormvariate(math.log(mean) - self.spread**2 / 2, self.spread)
        return self.chance.expovariate(1 / self.mean_seconds)

    def pace(self, line: list[tuple[float, float]], now: float) -> Pace:
        """As the desk sees it now: the latest that ended, and all that go on."""
        ended = heapq.nlargest(SAMPLES, (span for span in line if span[1] <= now), key=lambda span: span[1])
        seen = [(now - taken, now - over) for taken, over in ended]
        return pace_of(
            [*seen, *((now - taken, None) for taken, over in line if taken <= now < over)], SAMPLES, LATELY
        )

    def open(self, customers: int) -> None:
        """Let so many come, one after the other, and ask for each what they are told on arrival."""
        free_at = [0.0] * self.seats
        heapq.heapify(free_at)
        line: list[tuple[float, float]] = []
        """(when taken, when over) of each so far."""
        now = 0.0
        picked: list[tuple[float, float]] = []
        for _ in range(customers):
            now += self.chance.expovariate(1 / self.every_seconds)
            ahead = sum(taken > now for taken, _over in line)
            busy = sum(taken <= now < over for taken, over in line)
            endings = max(0, ahead + 1 - (self.seats - busy))
            quick = [wait for taken, wait in picked if taken <= now][-SAMPLES:]
            expected = wait_range(endings, self.seats, CHAT_SECONDS, self.pace(line, now), quick)
            assert expected
            free = heapq.heappop(free_at)
            taken = max(now, free) + self.chance.choice(PICKED_UP)
            over = taken + self.length()
            heapq.heappush(free_at, over)
            line.append((taken, over))
            if endings == 0:
                picked.append((taken, taken - now))
            self.told.append((expected.low_seconds, expected.high_seconds, taken - now))


def coverage(shops: list[Shop]) -> tuple[float, float, int]:
    """The shares that waited no longer than the low and the high end, and of how many."""
    told = [one for shop in shops for one in shop.told]
    below = sum(wait <= low for low, _, wait in told) / len(told)
    within = sum(wait <= high for _, high, wait in told) / len(told)
    return below, within, len(told)


def days(customers: int, count: int, mean: float, load: float, spread: float, seats: int = 6) -> list[Shop]:
    """So many days of one desk, each with its own chance."""
    shops = [Shop(random.Random(seed), seats, mean, mean / seats / load, spread) for seed in range(count)]
    for shop in shops:
        shop.open(customers)
    return shops


@pytest.mark.parametrize(("mean", "load", "spread", "seats"), [
    (300.0, 1.2, 0.0, 6), (300.0, 1.2, 0.8, 6), (300.0, 1.0, 0.8, 20), (150.0, 1.2, 0.5, 6), (300.0, 0.5, 0.5, 6),
    (300.0, 1.3, 0.8, 2),
])  # fmt: skip
def test_half_wait_less_than_the_low_end_and_nine_in_ten_less_than_the_high_one(
    mean: float, load: float, spread: float, seats: int
) -> None:
    below, within, _ = coverage(days(150, 20, mean, load, spread, seats))
    assert 0.3 <= below <= 0.7
    assert 0.85 <= within <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "spread", "seats"), [
    (600.0, 0.0, 100), (600.0, 0.8, 100), (300.0, 0.5, 100), (600.0, 0.5, 40), (600.0, 0.8, 8),
])  # fmt: skip
def test_a_desk_of_many_seats_is_told_the_truth_as_well(mean: float, spread: float, seats: int) -> None:
    """More conversations go on there than end while one is looked at; and they may take twice as long as was guessed."""
    shops = days(1_200, 3, mean, 1.1, spread, seats)
    assert sum(wait > max(PICKED_UP) for shop in shops for *_, wait in shop.told) > 2_000, "most have to wait"
    for settled in (0, 400):
        for shop in shops:
            shop.told = shop.told[settled:]
        below, within, _ = coverage(shops)
        assert 0.3 <= below <= 0.7
        assert 0.85 <= within <= 0.99


def test_the_same_measure_sees_an_estimate_of_those_who_have_ended_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of those who were taken last, at a desk of many seats: only the short ones have."""

    def short_ones(_shop: Shop, line: list[tuple[float, float]], now: float) -> Pace:
        took = [over - taken for taken, over in sorted(line)[-SAMPLES:] if over <= now]
        return Pace(len(took), sum(took))

    monkeypatch.setattr(Shop, "pace", short_ones)
    below, within, _ = coverage(days(400, 3, 600.0, 1.2, 0.0, 100))
    assert below < 0.3 or within < 0.85


def test_on_the_first_day_the_first_twenty_are_told_the_truth_as_well() -> None:
    below, within, _ = coverage(days(20, 150, 300.0, 1.5, 0.8))
    assert 0.3 <= below <= 0.7
    assert 0.85 <= within <= 0.99


def test_the_measure_sees_a_range_that_is_too_short() -> None:
    shops = days(150, 10, 300.0, 1.2, 0.8)
    for shop in shops:
        shop.told = [(low / 2, high / 2, wait) for low, high, wait in shop.told]
    assert coverage(shops)[1] < 0.82
