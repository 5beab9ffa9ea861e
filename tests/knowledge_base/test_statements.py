import pytest

from knowledge_base.statements import row_name, statements


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", []),
        ("We send from Ghent.", []),
        (
            "We send from Ghent. Do you wait? Write to us.",
            ["We send from Ghent.", "Do you wait?", "Write to us."],
        ),
        ("- a lamp. Or two.\n2. a tent", ["- a lamp. Or two.", "2. a tent"]),
        ("Country: Norway; Days: 4. Or 5.\nSoon.", ["Country: Norway; Days: 4. Or 5.", "Soon."]),
        ("It is 10.5 km, e.g. by foot. Überall.", ["It is 10.5 km, e.g. by foot.", "Überall."]),
    ],
)
def test_a_text_says_one_thing_after_the_other(text: str, said: list[str]) -> None:
    assert statements(text) == said


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Country: Norway; Up to 5 kg: 14; Days: 4", "Norway"),
        ("When; Pay in 30 days: 30 days after; Pay in parts: at once", "When"),
        ("Only two: words", ""),
        ("- a list: yes; another: no", ""),
        ("A sentence; it goes on.", ""),
    ],
)
def test_a_row_is_named_by_its_first_cell(line: str, name: str) -> None:
    assert row_name(line) == name
