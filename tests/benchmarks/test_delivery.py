import json
from pathlib import Path

import pytest

from benchmarks.delivery.cuts import EACH, _judged
from benchmarks.delivery.figures import Row, percentile, table, write
from benchmarks.delivery.stubborn import Reader


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", "ms", [70, 90, 10], 3, goal=70), True),
        (Row("a", "ms", [71], 1, goal=70), False),
        (Row("a", "a second", [71], 1, goal=70, better="higher"), True),
        (Row("a", "ms", [30], 1, "b", [10, 20, 30], 1.5, "ratio"), True),
        (Row("a", "ms", [31], 1, "b", [20], 10, "difference"), False),
        (Row("a", "ms", [31], 1, goal=10, goal_of="difference"), None),
        (Row("a", "ms", [31], 1), None),
    ],
)
def test_a_goal_is_held_against_the_median_or_its_alternative(row: Row, met: bool | None) -> None:
    assert row.met is met


def test_a_report_says_what_each_figure_is_of(tmp_path: Path) -> None:
    rows = [Row("accepts", "a second", [400, 600, 500], 3, "one at a time", [100], 500, better="higher")]
    write(tmp_path / "report.json", rows, 12.3)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["hardware"]
    assert report["seconds"] == 12
    (row,) = report["rows"]
    assert (row["value"], row["alternative_value"], row["ratio"], row["n"], row["met"]) == (
        500,
        100,
        5,
        3,
        True,
    )
    assert table(rows).row_count == 1


def test_percentiles_lie_within_what_was_measured() -> None:
    assert percentile([1, 2, 3], 50) == 2
    assert percentile([1, 2, 3], 99) <= 3


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (list(range(EACH)), (0, 0, 0)),
        ([n for n in range(EACH) if n not in (3, 7)], (2, 0, 0)),
        ([*range(EACH), 5, 5], (0, 2, 0)),
        ([1, 0, *range(2, EACH)], (0, 0, 1)),
        ([0, 1, 0, *range(3, EACH), 2], (0, 1, 1)),
        ([], (EACH, 0, 0)),
    ],
)
def test_losses_doubles_and_disorder_are_told_apart(log: list[int], found: tuple[int, int, int]) -> None:
    assert _judged([str(number) for number in log]) == found


def test_a_reader_takes_the_next_event_only_and_asks_for_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(0, "chat", "epoch", [], seed=1)
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(reader, "tell", lambda **frame: asked.append(frame))
    for seq in (1, 1, 3, 2, 3):
        reader.heard({"type": "event", "seq": seq, "kind": "message", "text": f"{seq}"})
    assert reader.got == ["1", "2", "3"]
    assert [frame["seq"] for frame in asked] == [1]
