"""Finds the words of a passage that answer: one statement, with the neighbours that say nearly as much.

What comes out stands in the passage just so. This module must not know where vectors come from, nor articles or markup.
"""

import math
import re
from collections.abc import Sequence

from knowledge_base.ranking import words_of
from knowledge_base.statements import row_name, statements

NEARLY = 0.1
"""A neighbouring sentence or item this much less near to the question still belongs to the answer."""
NEARLY_ROW = 0.07
"""The same for the rows of a table, which are told apart by one word."""
WORDS_WEIGHT = 0.1
"""What the question's words in a statement are worth in cosine, when they are in no other of the passage."""
MOST = 0.75
"""When the answer would be more of the passage than this, it is the passage."""
FEWEST_WORDS = 4
"""A shorter answer, such as "Just ask.", needs what stands before it."""
SHORT_WORD = 3
EVERYDAY_WORDS = {
    "does",
    "from",
    "have",
    "long",
    "many",
    "much",
    "that",
    "this",
    "what",
    "when",
    "where",
    "will",
    "your",
}
"""These and words of up to three letters are not looked for: they tell nothing apart."""
_STEP = re.compile(r"\d+\. ")
_ITEM = re.compile(r"- |\d+\. ")


def span_of(text: str, nearness: Sequence[float], asked: Sequence[str] = ()) -> str:
    """The answering part of a passage's plain text; empty when that is the whole of it.

    `nearness` is the cosine to the question for each of the text's `statements`, in their order; `asked` are the
    question's words as `words_of` gives them.
    """
    said = statements(text)
    if not said or len(said) != len(nearness):
        return ""
    fit = [near + WORDS_WEIGHT * words for near, words in zip(nearness, _found(said, asked), strict=True)]
    first, last = _extent(said, fit)
    starts, end = list[int](), 0
    for statement in said:
        starts.append(text.index(statement, end))
        end = starts[-1] + len(statement)
    span = text[starts[first] : starts[last] + len(said[last])].strip()
    return span if len(span) <= MOST * len(text) else ""


def _found(said: Sequence[str], asked: Sequence[str]) -> list[float]:
    """For each statement how much of what tells the statements apart it shares with the question, 0 to 1."""
    words = [set(words_of(statement)) for statement in said]
    telling = {word for word in asked if len(word) > SHORT_WORD} - EVERYDAY_WORDS
    having = {word: sum(word in each for each in words) for word in telling}
    worth = {word: math.log(len(said) / count) for word, count in having.items() if count}
    total = sum(worth.values())
    return [sum(worth.get(word, 0.0) for word in each) / total if total else 0.0 for each in words]


def _extent(said: Sequence[str], fit: Sequence[float]) -> tuple[int, int]:
    """The first and last statement of the answer."""
    best = max(range(len(said)), key=lambda at: fit[at])
    is_row = [bool(row_name(statement)) for statement in said]
    if not is_row[best]:
        # "How do I …" is answered by the steps, however well the sentence above them fits
        steps = [at for at in range(len(said)) if _STEP.match(said[at]) and fit[at] >= fit[best] - NEARLY]
        best = max(steps, key=lambda at: fit[at], default=best)
    enough = fit[best] - (NEARLY_ROW if is_row[best] else NEARLY)
    joins = [fit[at] >= enough and is_row[at] == is_row[best] for at in range(len(said))]
    first = last = best
    while first > 0 and joins[first - 1]:
        first -= 1
    while last + 1 < len(said) and joins[last + 1]:
        last += 1
    first, last = _whole_lists(said, first, last)
    while first > 0 and sum(len(each.split()) for each in said[first : last + 1]) < FEWEST_WORDS:
        first -= 1
    return first, last


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
