from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.weather import CALM, ROUGH, Climate, Course, End, Passage, plan_of


def test_a_plan_depends_on_seed_link_and_number_alone() -> None:
    assert plan_of(1, "customer", 5, ROUGH) == plan_of(1, "customer", 5, ROUGH)
    others = [
        plan_of(2, "customer", 5, ROUGH),
        plan_of(1, "agent", 5, ROUGH),
        plan_of(1, "customer", 6, ROUGH),
    ]
    assert plan_of(1, "customer", 5, ROUGH) not in others


def test_a_calm_link_changes_nothing() -> None:
    for number in range(200):
        plan = plan_of(3, "customer", number, CALM)
        for course in (plan.up, plan.down):
            assert (course.end, course.latency_seconds, course.sliced) == (End.NEVER, 0.0, False)


def test_a_rough_link_ends_in_every_way_and_at_every_size() -> None:
    plans = [plan_of(3, "customer", number, ROUGH) for number in range(2_000)]
    ends = [course for plan in plans for course in (plan.up, plan.down) if course.end is not End.NEVER]
    assert 900 < len(ends) < 1_100
    assert all(plan.up.end is End.NEVER or plan.down.end is End.NEVER for plan in plans)
    counted = Counter(course.end for course in ends)
    assert set(counted) == set(ROUGH.ends)
    assert min(counted.values()) > 150
    assert min(course.bytes_before_end for course in ends) < 5
    assert max(course.bytes_before_end for course in ends) > 40_000


@given(st.lists(st.binary(max_size=3_000), max_size=8), st.booleans(), st.integers(0, 5_000))
def test_pieces_are_the_beginning_of_what_came_in_and_in_order(
    chunks: list[bytes], sliced: bool, limit: int
) -> None:
    passage = Passage(Course("s", 0.01, 0.05, sliced, End.RESET, limit))
    pieces = [piece for number, chunk in enumerate(chunks) for piece in passage.take(chunk, number * 0.01)]
    whole = b"".join(chunks)
    assert b"".join(piece.data for piece in pieces) == whole[:limit]
    assert passage.ended == (bool(chunks) and len(whole) >= limit)
    assert all(one.due <= other.due for one, other in pairwise(pieces))


@given(st.binary(min_size=1, max_size=5_000), st.floats(0.0, 1_000.0))
def test_without_an_end_everything_passes_within_its_latency(data: bytes, now: float) -> None:
    passage = Passage(Course("s", 0.02, 0.03, sliced=True))
    pieces = passage.take(data, now)
    assert b"".join(piece.data for piece in pieces) == data
    assert all(now + 0.02 <= piece.due <= now + 0.05 + 1e-9 for piece in pieces)


def test_the_same_course_delays_alike() -> None:
    course = Course("s", 0.01, 0.05, sliced=True)
    one, other = Passage(course), Passage(course)
    assert one.take(b"x" * 900, 1.0) == other.take(b"x" * 900, 1.0)


def test_a_climate_bounds_latency_and_jitter() -> None:
    climate = Climate(latency_seconds=3.0, jitter_seconds=0.5)
    courses = [plan_of(1, "link", number, climate).up for number in range(100)]
    assert max(course.latency_seconds for course in courses) <= 3.0
    assert max(course.jitter_seconds for course in courses) <= 0.5
    assert max(course.latency_seconds for course in courses) > 2.0
