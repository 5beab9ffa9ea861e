"""What can be told of a message before anything is searched: whether it asks, how often, and in whose letters.

Standard library only. This module must not know about articles, vectors or languages' words.
"""

import re
import unicodedata
from collections import Counter

MANY_QUESTIONS = 3
"""A message with fewer is one thing said in two sentences, and searched whole."""
MOST_QUESTIONS = 5
FEWEST_WORDS = 3
"""A shorter question, such as "Really?", means nothing without the one before it."""
PROSE = 0.5
"""Of a message in words at least this share of its pieces are words; in a pasted log or a key fewer are."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_SIGN = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of scripts in which one or two make a word."""
_PIECE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CODE = re.compile(
    r"""
    </?[a-z!][^<>]*(>|$|\s*=) | \w\.\w+[(=\[] | \w+\(\s*\) | \w+\(["'`\d/] | [a-z_)];\s*($|//|\}|\w+[=(]) | ["'`]\s*;
    | => | == | != | && | \|\| | \$\{ | \{\{ | \\x?\d\d | /\* | javascript: | \bon\w+\s*=
    | \b(document|window|console|process|self|this)\.\w
    | \bselect\b.+\bfrom\b.*; | \b(drop|alter)\s+table\b | [&%][#\da-f]\w+;
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What programs and pages are made of, and messages to people are not."""
_EDGES = "\"'“”„«»‘’()[]{}.,;:!?¿¡…-–—*"
_QUESTION = re.compile(r"[^?？\n]*[?？]")
_SENTENCE = re.compile(r"(?<=[.!])\s+")


def says_something(text: str) -> bool:
    """Whether there is a word in it; one letter, digits or pictures are none."""
    return bool(_WORD.search(text) or _SIGN.search(text))


def is_prose(text: str) -> bool:
    """Whether most of it is words, and few of those stand there again and again."""
    pieces = [piece.strip(_EDGES) for piece in text.split()]
    pieces = [piece for piece in pieces if piece]
    words = [piece.lower() for piece in pieces if _PIECE.fullmatch(piece)]
    if not pieces or len(words) < PROSE * len(pieces):
        return False
    return len(words) < 12 or len(set(words)) >= len(words) / 4


def is_code(text: str) -> bool:
    """Whether a piece of a program or of a page is in it."""
    return bool(_CODE.search(text))


def questions_in(text: str) -> list[str]:
    """The questions of a message that asks many, in its order, five at most; otherwise the message itself."""
    found = [_SENTENCE.split(question.strip())[-1] for question in _QUESTION.findall(text)]
    found = [question for question in found if len(question.split()) >= FEWEST_WORDS]
    return found[:MOST_QUESTIONS] if len(found) >= MANY_QUESTIONS else [text]


def script_of(text: str) -> str:
    """The script that most letters of a text belong to, such as `LATIN`; empty when it has none."""
    letters = Counter(
        unicodedata.name(letter, "?").partition(" ")[0] for letter in text[:1000] if letter.isalpha()
    )
    return letters.most_common(1)[0][0] if letters else ""
