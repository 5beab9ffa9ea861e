"""What of a customer's messages waits for the bot: at most two questions, so that nobody can fill the line alone.

Pure: texts that follow each other become one question, and a later button takes the place of an earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MOST_WAITING = 2
"""Of one conversation, besides the question that the bot is thinking about."""
MOST_CHARACTERS = 4_000
"""What the bot takes as one text: of more, the latest."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text or a button (its payload), under the cmid of the customer's event."""

    cmid: str
    text: str | None
    payload: dict[str, Any] | None = None
    turn_id: int | None = None
    """Where it waits already; None for a new one."""


def coalesced(waiting: Sequence[Question], new: Question) -> list[Question]:
    """What waits once `new` came: at most `MOST_WAITING` questions in their order.

    Of two that became one, the place of the earlier and the cmid of the later stay: the reply belongs to the latest words.
    """
    line = [*waiting, new]
    while len(line) > MOST_WAITING:
        line = _shorter(line)
    return line


def _shorter(line: list[Question]) -> list[Question]:
    for at, (one, following) in enumerate(pairwise(line)):
        if one.text is not None and following.text is not None:
            return [*line[:at], _joined(one, following), *line[at + 2 :]]
    at = next(at for at, one in enumerate(line) if one.text is None)
    button, rest = line[at], line[at + 1 :]
    if rest and rest[0].text is None:  # pressed again: in the place of the first
        rest[0] = Question(rest[0].cmid, None, rest[0].payload, button.turn_id)
    return [*line[:at], *rest]


def _joined(one: Question, following: Question) -> Question:
    text = f"{one.text}\n{following.text}"
    return Question(following.cmid, text[-MOST_CHARACTERS:], None, one.turn_id)
