"""Remembers for a while which visits told what, so that nobody counts twice, and which pages several visits were on.

In memory only, and only so much of it: the ids say nothing about anybody and are written nowhere. This module must not
know what is counted.
"""

from collections import OrderedDict

MOST_VISITS = 5_000
"""Those told of last; an id that comes back after so many others counts as a new one."""
MOST_TOLD = 250
"""Different things that one visit may tell: more than a widget keeps."""
VISITS_OF_A_PAGE = 5
"""A page is written down only after so many visits were on it: an address that only one person has stays out."""
MOST_PAGES = 5_000


class Visits:
    """Not safe to call from several threads at once."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, set[tuple[str, str]]] = OrderedDict()
        self._on_page: OrderedDict[str, set[str]] = OrderedDict()

    def is_new(self, visit: str, kind: str, slug: str) -> bool:
        """Whether this visit has not told this before; all who give no id are one visit."""
        told = self._told.setdefault(visit, set())
        self._told.move_to_end(visit)
        if len(self._told) > MOST_VISITS:
            self._told.popitem(last=False)
        if (kind, slug) in told or len(told) >= MOST_TOLD:
            return False
        told.add((kind, slug))
        return True

    def is_shared(self, visit: str, page: str) -> bool:
        """Whether enough visits were on this page, with this one."""
        there = self._on_page.setdefault(page, set())
        self._on_page.move_to_end(page)
        if len(self._on_page) > MOST_PAGES:
            self._on_page.popitem(last=False)
        if len(there) < VISITS_OF_A_PAGE:
            there.add(visit)
        return len(there) >= VISITS_OF_A_PAGE
