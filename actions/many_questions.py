"""Takes apart a message that asks several things. Pure: no library and no Rasa."""

import re
from collections.abc import Sequence
from typing import Any

MOST_QUESTIONS = 4
FEWEST_WORDS = 4
"""A shorter question ("Is that ok?") means nothing without the one before it."""
LABEL_CHARACTERS = 80
QUESTION_CHARACTERS = 200
"""What a button may carry."""
ASK_THIS = "ask_this"

_QUESTION = re.compile(r"[^?？\n]*[?？]")
_SENTENCE = re.compile(r"(?<=[.!])\s+")


def questions_in(text: str) -> list[str]:
    """The questions of a message that asks two to four things; empty for one that asks one thing, or very many."""
    found = [_SENTENCE.split(question.strip())[-1] for question in _QUESTION.findall(text)]
    found = list(dict.fromkeys(question for question in found if len(question.split()) >= FEWEST_WORDS))
    return found if 2 <= len(found) <= MOST_QUESTIONS else []


def as_choices(questions: Sequence[str]) -> list[dict[str, Any]]:
    """Buttons that ask these one by one."""
    return [
        {"label": _cut(question), "intent": ASK_THIS, "entities": {"question": question}}
        for question in questions
        if len(question) <= QUESTION_CHARACTERS
    ]


def _cut(text: str) -> str:
    return text if len(text) <= LABEL_CHARACTERS else text[: LABEL_CHARACTERS - 1].rstrip() + "…"
