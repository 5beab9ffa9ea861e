"""Takes the plain text of a passage apart into what it says: table rows, list items, sentences.

Standard library only. This module must not know how a text became plain, nor what is done with its statements.
"""

import re

_ROW = re.compile(r"(?:[^;]{1,60}: )?([^;]+); [^;]{1,60}: ")
_ITEM = re.compile(r"- |\d+\. ")
_SENTENCE_END = re.compile(r"(?<=[.?!]) +(?=[^\W\da-z_])")


def statements(text: str) -> list[str]:
    """What a plain text says, one by one: table rows, list items, sentences; empty when it says only one thing."""
    found = [said for line in text.splitlines() for said in _said_in(line) if said.strip()]
    return found if len(found) > 1 else []


def row_name(line: str) -> str:
    """The first cell of a table row as `plain_text` writes it; empty when the line is none."""
    row = None if _ITEM.match(line) else _ROW.match(line)
    return row[1] if row else ""


def _said_in(line: str) -> list[str]:
    # A row or an item stays whole: its parts mean nothing by themselves.
    return [line] if _ROW.match(line) or _ITEM.match(line) else _SENTENCE_END.split(line)
