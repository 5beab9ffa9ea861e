"""However odd a text is, reading it takes time in proportion to its length: compared with a shorter one, never clocked."""

import time
from collections.abc import Callable

import pytest

from handoff.calling import asks_for_person
from handoff.quoting import Reader, Said, nothing, quote
from handoff.substance import asks_or_states, beyond_no_help, content_words, says_no_help, sentences
from handoff.wordings import _gist, heat_cues, meant_for, same_question

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
    """Of the processor, not of the clock: what else runs does not count."""

    def once() -> float:
        _gist.cache_clear()
        began = time.thread_time()
        read(text)
        return time.thread_time() - began

    return min(once() for _ in range(3))


def is_slow(read: Callable[[str], object], seed: str) -> bool:
    long = seconds(read, (seed * 4_000)[:4_000])
    return long > TOO_SHORT and long > GROWTH * seconds(read, (seed * 1_000)[:1_000])


@pytest.mark.parametrize("name", READERS)
def test_work_grows_with_the_text(name: str) -> None:
    read = READERS[name]
    suspects = [seed for seed in SEEDS if is_slow(read, seed)]
    assert [seed for seed in suspects if all(is_slow(read, seed) for _ in range(5))] == []
