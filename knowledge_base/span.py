"""Finds the words of a passage that answer: one statement, with the neighbours that say nearly as much.

What comes out stands in the passage just so. This module must not know about vectors' origin, articles or markup.
"""

import re
from collections.abc import Sequence

from knowledge_base.statements import row_name, statements

NEARLY = 0.1
"""A neighbouring sentence or item this much less near to the question still belongs to the answer."""
MOST = 0.75
"""When the answer would be more of the passage than this, it is the passage."""
_STEP = re.compile(r"\d+\. ")
_ITEM = re.compile(r"- |\d+\. ")


def span_of(text: str, nearness: Sequence[float]) -> str:
    """The answering part of a passage's plain text; empty when that is the whole of it.

    `nearness` is the cosine to the question for each of the text's `statements`, in their order.
    """
    said = statements(text)
    if not said or len(said) != len(nearness):
        return ""
    best = max(range(len(said)), key=lambda at: nearness[at])
    first, last = _extent(said, nearness, best)
    starts, end = list[int](), 0
    for statement in said:
        starts.append(text.index(statement, end))
        end = starts[-1] + len(statement)
    span = text[starts[first] : starts[last] + len(said[last])].strip()
    return span if len(span) <= MOST * len(text) else ""


def _extent(said: Sequence[str], nearness: Sequence[float], best: int) -> tuple[int, int]:
    """The first and last statement of the answer around the best one."""
    if row_name(said[best]):
        return best, best  # a row speaks for itself, and its neighbours are about something else
    first = last = best
    enough = nearness[best] - NEARLY
    while first > 0 and nearness[first - 1] >= enough and not row_name(said[first - 1]):
        first -= 1
    while last + 1 < len(said) and nearness[last + 1] >= enough and not row_name(said[last + 1]):
        last += 1
    return _whole_lists(said, first, last)


def _whole_lists(said: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Steps are of use together only, and what is announced belongs to its announcement."""
    while first > 0 and _STEP.match(said[first]) and _STEP.match(said[first - 1]):
        first -= 1
    if first > 0 and _ITEM.match(said[first]) and said[first - 1].rstrip().endswith(":"):
        first -= 1
    announced = said[last].rstrip().endswith(":")
    kind = _ITEM if announced else _STEP
    while last + 1 < len(said) and (announced or _STEP.match(said[last])) and kind.match(said[last + 1]):
        last += 1
    return first, last
