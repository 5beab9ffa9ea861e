"""Reads markdown tokens aloud: one line for each item or paragraph, `column: cell` for each cell of a table row.

What comes out is encoded, searched and shown where HTML cannot be. This module must not know about passages.
"""

import re

from markdown_it.token import Token


def words_of_inline(inline: Token) -> str:
    """The words of a run of text, without its markup."""
    return re.sub(r"[ \t]+", " ", "".join(said(child) for child in inline.children or [])).strip()


def said(token: Token) -> str:
    """What one inline token says; opening and closing tokens say nothing, an image its description."""
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def plain_text(tokens: list[Token]) -> str:
    """The tokens of one or more blocks as text that a person can read."""
    reader = _Reader()
    for token in tokens:
        reader.read(token)
    return "\n".join(line for line in reader.lines if line.strip())


class _Reader:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self._numbers: list[int | None] = []
        """For each list that is open the number of its next item; None for bullets."""
        self._mark = ""
        self._columns: list[str] = []
        self._header: list[str] = []
        self._cells: list[str] | None = None
        """Cells of the row that is open; None outside a table."""

    def read(self, token: Token) -> None:
        if token.type == "inline":
            self._inline(words_of_inline(token))
        elif token.type in ("fence", "code_block"):
            self.lines.append(token.content.rstrip())
        elif "list" in token.type:
            self._list(token)
        elif token.type in ("tr_open", "tr_close", "thead_close"):
            self._row(token.type)

    def _inline(self, words: str) -> None:
        if self._cells is not None:
            self._cells.append(words)
            return
        self.lines.append(self._mark + words)
        self._mark = ""

    def _list(self, token: Token) -> None:
        match token.type:
            case "ordered_list_open":
                self._numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_close" | "bullet_list_close":
                self._numbers.pop()
            case "list_item_open":
                number = self._numbers[-1]
                self._mark = "- " if number is None else f"{number}. "
                self._numbers[-1] = None if number is None else number + 1

    def _row(self, kind: str) -> None:
        if kind == "tr_open":
            self._cells = []
        elif kind == "thead_close":
            self._columns, self._cells = self._header, None
        elif self._cells is not None:
            self._header = self._cells
            if self._columns:
                pairs = zip(self._columns, self._cells, strict=False)
                self.lines.append(
                    "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
                )
            self._cells = None
