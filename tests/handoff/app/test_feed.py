"""A reader's place in a log, a pace, and what comes in: pure parts of the sockets."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from handoff.app.feed import Feed
from handoff.app.inbound import agreed_version, depth, parsed
from handoff.app.pace import Pace
from handoff.log import CUSTOMER
from handoff.ports import EventRecord
from handoff.protocol import CUSTOMER_FRAMES, MAX_DEPTH
from handoff.protocol.closing import CLOSINGS, UNKNOWN_VERSION


def record(seq: int) -> EventRecord:
    return EventRecord("c", seq, CUSTOMER, "message", {"text": str(seq)}, None, datetime.now(UTC))


@given(
    st.integers(0, 5), st.lists(st.tuples(st.integers(0, 12), st.integers(1, 8)), max_size=12), st.integers(0, 12)
)  # fmt: skip
def test_whatever_is_read_the_reader_gets_every_seq_once_and_in_order(
    last: int, pages: list[tuple[int, int]], rewound: int
) -> None:
    """Pages that overlap, lag behind, or begin beyond what comes next."""
    feed = Feed("c", last, for_agent=False)
    sent = [
        event.seq
        for after, size in pages
        for event in feed.events([record(after + n) for n in range(1, size)])
    ]
    assert sent == list(range(last + 1, last + 1 + len(sent)))
    feed.rewind(rewound, 10)
    assert feed.last == (rewound if rewound <= 10 else 0)
    again = [event.seq for event in feed.events([record(n) for n in range(1, 11)])]
    assert again == list(range(feed.last - len(again) + 1, 11))


@given(st.lists(st.floats(0, 100), max_size=80), st.integers(1, 10), st.floats(0.5, 5))
def test_a_pace_lets_a_burst_pass_and_then_no_more_than_its_rate(
    waits: list[float], burst: int, rate: float
) -> None:
    pace, now, passed = Pace(burst, rate), 0.0, 0
    for wait in waits:
        now += wait
        passed += pace.wait(now) == 0.0
        assert passed <= burst + now * rate + 1e-6
    assert pace.wait(now + burst / rate + 1) == 0.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def nested(value: object) -> int:
    if isinstance(value, list):
        return 1 + max(map(nested, value), default=0)
    return 1 + max(map(nested, value.values()), default=0) if isinstance(value, dict) else 0


@settings(max_examples=60)
@given(json_values)
def test_depth_counts_brackets_outside_of_strings(value: object) -> None:
    assert depth(json.dumps(value)) == nested(value)


@given(st.text(alphabet='"\\[]{}x', max_size=200))
def test_depth_takes_any_text(text: str) -> None:
    assert 0 <= depth(text) <= len(text)


def test_depth_is_one_pass_over_quotes_that_never_end() -> None:
    assert depth('"' + '\\"' * 30_000) == 0
    assert depth('"x' * 30_001 + "[") == 0


@settings(max_examples=60)
@given(st.text() | json_values.map(json.dumps) | st.binary().map(lambda raw: raw.decode(errors="replace")))
def test_any_text_is_a_frame_or_a_plain_error(text: str) -> None:
    with contextlib.suppress(ValidationError):
        assert parsed(CUSTOMER_FRAMES, text).type


def test_too_deep_is_a_bad_frame_also_where_it_would_be_ignored() -> None:
    frame = '{{"type":"ping","extra":{}}}'
    parsed(CUSTOMER_FRAMES, frame.format("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)))
    with pytest.raises(ValidationError, match="too deep"):
        parsed(CUSTOMER_FRAMES, frame.format("[" * MAX_DEPTH + "]" * MAX_DEPTH))


@pytest.mark.parametrize(
    ("version", "oldest", "agreed"),
    [(1, None, 1), (1, 1, 1), (9, 1, 1), (9, None, None), (9, 2, None), (0, None, None), (0, 0, None), (-1, -5, None)],
)  # fmt: skip
def test_versions_are_agreed_on(version: int, oldest: int | None, agreed: int | None) -> None:
    assert agreed_version(version, oldest) == (UNKNOWN_VERSION if agreed is None else agreed)


def test_every_bye_has_a_code_of_its_own() -> None:
    assert len({closing.name for closing in CLOSINGS}) == len(CLOSINGS)
