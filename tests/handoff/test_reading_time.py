"""However odd a text is, reading it takes time in proportion to its length: compared with a shorter one, never clocked."""

import time
from collections.abc import Callable

import pytest

from handoff.calling import asks_for_person
from handoff.quoting import Reader, Said, nothing, quote
from handoff.substance import asks_or_states, beyond_no_help, content_words, says_no_help, sentences
from handoff.wordings import _calm, heat_cues, meant_for, same_question

SEEDS = (
    "A b ", "AB c! ", "AB' ", "A'", "A'A'x", "ABCD e ", "fu", "f*", "shi", "u", "!?", "!a", "? ", "word ", "don't want ",
    "need a ", "get a ", "not a ", "is humans ", "connect me ", "spoke to ", "your colleague ", "my a ", "i have tried ",
    "call 12345 ", "a at b dot ", "1 2 ", "a@a.", "\n", "a\n", ". ", "real human ", "never ", "s", "please ", "'", "but I ",
    "do not to ", "need a to ", "is can ", "human ", "my in ", "customer ", "is there anyone ", "they call ", "to speak ",
    "h u m a n ", "who can ", "someone to ", "I want a ", "the ", "worst ", "you ", "had enough ", "!!", "том ", "मे ",
)  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "asks_for_person": asks_for_person,
    "heat_cues": heat_cues.__wrapped__,
    "same_question": lambda text: same_question(text, f"{text}x"),
    "meant_for": lambda text: meant_for("Mara L", text),
    "asks_or_states": asks_or_states,
    "says_no_help": says_no_help,
    "beyond_no_help": beyond_no_help,
    "content_words": content_words,
    "sentences": lambda text: list(sentences(text)),
    "quote": lambda text: quote(Said(1, "customer", "message", text), Reader(nothing)),
}
GROWTH = 10
"""Four times the text may cost this much more; where work grows with the square it is sixteen times."""
TOO_SHORT = 0.004
"""Seconds in which a busy machine decides more than the text."""


def seconds(read: Callable[[str], object], text: str) -> float:
    def once() -> float:
        _calm.cache_clear()
        began = time.perf_counter()
        read(text)
        return time.perf_counter() - began

    return min(once() for _ in range(5))


@pytest.mark.parametrize("name", READERS)
def test_work_grows_with_the_text(name: str) -> None:
    read = READERS[name]
    slow = {}
    for seed in SEEDS:
        long = seconds(read, (seed * 4_000)[:4_000])
        short = seconds(read, (seed * 1_000)[:1_000])
        if long > max(GROWTH * short, TOO_SHORT):
            slow[seed] = (long, short)
    assert slow == {}
