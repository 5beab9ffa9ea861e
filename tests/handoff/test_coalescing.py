"""At most two questions of one conversation wait for the bot, and no word of the customer is lost among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.coalescing import MOST_CHARACTERS, MOST_WAITING, Question, coalesced

PRESS = {"intent": "choose_passage", "entities": {}}


def line_of(*said: str) -> list[Question]:
    """What waits after `said` came one after the other; a button is written `!`."""
    line: list[Question] = []
    for n, text in enumerate(said):
        new = Question(f"c{n}", None if text == "!" else text, PRESS if text == "!" else None)
        line = coalesced(line, new)
        line = [Question(q.cmid, q.text, q.payload, q.turn_id or int(q.cmid[1:]) + 1) for q in line]
    return line


@pytest.mark.parametrize(("said", "texts", "cmids"), [
    (("a", "b"), ["a", "b"], ["c0", "c1"]),
    (("a", "b", "c"), ["a\nb", "c"], ["c1", "c2"]),
    (("a", "b", "c", "d"), ["a\nb\nc", "d"], ["c2", "c3"]),
    (("!", "a", "b"), [None, "a\nb"], ["c0", "c2"]),
    (("a", "!", "b"), ["a", "b"], ["c0", "c2"]),
    (("!", "!", "!"), [None, None], ["c1", "c2"]),
    (("!", "a", "!"), ["a", None], ["c1", "c2"]),
    (("a", "!", "!"), ["a", None], ["c0", "c2"]),
])  # fmt: skip
def test_what_waits(said: tuple[str, ...], texts: list[str | None], cmids: list[str]) -> None:
    line = line_of(*said)
    assert [question.text for question in line] == texts
    assert [question.cmid for question in line] == cmids


@given(st.lists(st.one_of(st.just("!"), st.text("abc", min_size=1, max_size=4)), max_size=12))
def test_two_wait_at_most_every_text_is_asked_and_the_latest_is_last(said: list[str]) -> None:
    line = line_of(*said)
    assert len(line) == min(len(said), len(line))
    assert len(line) <= MOST_WAITING
    asked = [part for question in line if question.text for part in question.text.split("\n")]
    assert asked == [text for text in said if text != "!"]
    if said:
        assert line[-1].cmid == f"c{len(said) - 1}"
    assert len({question.turn_id for question in line}) == len(line), "two questions in one place"


def test_of_more_than_the_bot_takes_it_gets_the_latest() -> None:
    line = line_of("x" * MOST_CHARACTERS, "the latest words", "y")
    assert line[0].text
    assert len(line[0].text) == MOST_CHARACTERS
    assert line[0].text.endswith("x\nthe latest words")
