import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.span import span_of
from knowledge_base.statements import statements

POSTAGE = (
    "Parcels leave Ghent every morning. Norway takes five days. We pack in paper. Nothing is sent on Sundays."
)
STEPS = "You need the order number.\nTo print a label:\n1. Open your order.\n2. Choose the item.\n3. Print.\nKeep it dry."
TABLE = "Prices are per parcel.\nCountry: Norway; Days: 5; Cost: 9\nCountry: Belgium; Days: 2; Cost: 4\nAsk us for others."
BRING = (
    "The shop is in Ghent.\nPlease bring:\n- the item\n- the receipt\nWe close at six. Bicycles stay outside."
)


@pytest.mark.parametrize(
    ("text", "nearness", "span"),
    [
        (POSTAGE, [0.2, 0.7, 0.1, 0.3], "Norway takes five days."),
        (POSTAGE, [0.2, 0.7, 0.65, 0.3], "Norway takes five days. We pack in paper."),
        (POSTAGE, [0.7, 0.7, 0.7, 0.7], ""),
        (STEPS, [0.1, 0.2, 0.3, 0.6, 0.2, 0.1], STEPS.split("\n", 1)[1].rsplit("\n", 1)[0]),
        (STEPS, [0.1, 0.65, 0.3, 0.6, 0.2, 0.1], STEPS.split("\n", 1)[1].rsplit("\n", 1)[0]),
        (STEPS, [0.6, 0.1, 0.1, 0.1, 0.1, 0.1], "You need the order number."),
        (POSTAGE.replace("We pack in paper.", "Ask."), [0.1, 0.2, 0.7, 0.1], "Norway takes five days. Ask."),
        (TABLE, [0.1, 0.6, 0.5, 0.1], "Country: Norway; Days: 5; Cost: 9"),
        (TABLE, [0.1, 0.6, 0.58, 0.1], TABLE.split("\n", 1)[1].rsplit("\n", 1)[0]),
        (BRING, [0.1, 0.6, 0.2, 0.1, 0.1, 0.1], "Please bring:\n- the item\n- the receipt"),
        ("Only one thing is said here.", [], ""),
        (POSTAGE, [0.5], ""),
    ],
)
def test_the_span_that_answers(text: str, nearness: list[float], span: str) -> None:
    assert span_of(text, nearness) == span


def test_words_tell_the_rows_of_a_table_apart() -> None:
    nearness = [0.5, 0.54, 0.56, 0.2]
    assert span_of(TABLE, nearness, ("how", "long", "to", "norway")) == "Country: Norway; Days: 5; Cost: 9"
    assert span_of(TABLE, nearness, ("country",)) == TABLE.split("\n", 1)[1].rsplit("\n", 1)[0]


LINES = st.lists(
    st.sampled_from(["- tent", "1. open", "2. shut", "Do this:", "A: b; C: d; E: f", "So. It is. Yes"])
)


@given(LINES, st.data())
def test_a_span_stands_in_its_text(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    count = len(statements(text))
    nearness = data.draw(st.lists(st.floats(-1, 1), min_size=count, max_size=count))
    span = span_of(text, nearness)
    assert span in text
    assert len(span) < max(len(text), 1)
