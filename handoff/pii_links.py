"""Payment cards and telephones where other numbers mean nothing: in a link's path, and with commas in between.

Only what a check digit or a country's numbering plan vouches for counts. Must not know what becomes of a find.
"""

import re
from collections.abc import Iterator

from handoff.pii_numbers import Number, is_card, is_telephone

_LINK = re.compile(r"https?://[^\s?]+", re.IGNORECASE)
_IN_LINK = re.compile(
    r"(?<![^\W_])(?P<plus>\+|%2B|00)?(?P<digits>\d(?:[-._]?\d){7,18})(?![^\W_])", re.IGNORECASE
)
_COMMAS = re.compile(
    r"(?<![\d.,])\d{4}(?:, ?\d{4}){3}(?![.,]?\d)|(?<![\d.,])\d{4}, ?\d{6}, ?\d{5}(?![.,]?\d)"
)


def hidden_numbers(text: str, regions: tuple[str, ...]) -> Iterator[Number]:
    """Yield cards and telephones of links, and cards that are parted by commas, in order."""
    found = [*_in_links(text, regions), *_with_commas(text)]
    end = 0
    for one in sorted(found, key=lambda number: number.start):
        if one.start >= end:
            yield one
            end = one.end


def _in_links(text: str, regions: tuple[str, ...]) -> Iterator[Number]:
    for link in _LINK.finditer(text):
        for run in _IN_LINK.finditer(text, link.start(), link.end()):
            digits = re.sub(r"\D", "", run["digits"])
            if not run["plus"] and len(digits) >= 13 and is_card(digits):
                yield Number("card", *run.span())
            elif (run["plus"] and is_telephone(f"+{digits}", regions)) or (
                digits.startswith("0") and len(digits) <= 12 and is_telephone(digits, regions)
            ):
                yield Number("phone", *run.span())


def _with_commas(text: str) -> Iterator[Number]:
    for run in _COMMAS.finditer(text):
        if is_card(re.sub(r"\D", "", run.group())):
            yield Number("card", *run.span())
