import inspect

import pytest

from handoff import errors
from handoff.errors import HandoffError, RateLimited

CLASSES = [
    error for _, error in inspect.getmembers(errors, inspect.isclass) if issubclass(error, HandoffError)
]


def drawn() -> set[tuple[str, str]]:
    """(class, parent) pairs of the tree in the docstring; a level is four characters wide."""
    assert errors.__doc__ is not None
    above: dict[int, str] = {}
    pairs = set()
    for line in errors.__doc__.splitlines():
        words = line.strip(" │├└─").split()
        if not words or not isinstance(getattr(errors, words[0], None), type) or not line.startswith("    "):
            continue
        level = (line.index(words[0]) - 4) // 4
        above[level] = words[0]
        if level:
            pairs.add((words[0], above[level - 1]))
    return pairs


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    assert drawn() == {
        (error.__name__, error.__bases__[0].__name__) for error in CLASSES if error is not HandoffError
    }


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in CLASSES]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_can_be_told_over_http(error: type[HandoffError]) -> None:
    assert error.code == error.code.lower().replace("-", "_")
    assert 400 <= error.status < 600
    assert isinstance(error.retryable, bool)


@pytest.mark.parametrize("error", [e for e in CLASSES if e is not RateLimited])
def test_the_message_is_for_people(error: type[HandoffError]) -> None:
    assert error("One plain sentence.").message == "One plain sentence."
    assert str(error("One plain sentence.")) == "One plain sentence."


def test_a_limit_says_when_to_come_back() -> None:
    assert RateLimited("Slow down.", 4.5).retry_after_seconds == 4.5


def test_what_may_work_later_is_marked() -> None:
    assert {error.code for error in CLASSES if error.retryable} == {
        "rate_limited", "store_unavailable", "post_unavailable", "bot_error", "bot_unavailable", "bot_timeout",
        "bot_failed",
    }  # fmt: skip
