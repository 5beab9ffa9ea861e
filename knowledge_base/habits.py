"""What helped people who were on a page before: counts of it, how they fade, and what may be concluded from few.

Nothing here is about a person: a count says how often an article was shown, opened, of help or sent away on a kind of
page. This module must not know where counts are kept, nor how articles are ranked.
"""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import TypeAlias

HALF_LIFE_DAYS = 30.0
"""After so many days a count weighs half: what helped in winter fades by summer."""
OPENED_WORTH = 0.25
"""Opening says that a title looked right, which is less than "this helped"."""
DISMISSED_COST = 0.25
"""Sending it away says that it was wrong here, or that the moment was."""
DOUBT_HERE, DOUBT_ANYWHERE = 30.0, 60.0
"""So many showings without news are added to those on a page, and on the whole site: a few clicks move little."""
USUAL = 0.1
"""Worth of a showing where nothing is known."""
WEIGHT, MOST_BOOST = 6.0, 1.5
"""What one whole worth a showing above the site's usual adds to an article's rank, and the most and least it may."""
PROOF_SHOWINGS, PROOF_WORTH = 30.0, 0.2
"""An article that no word of a page speaks for is offered there only after so many visits saw it there, and so much worth
each."""
SITE = ""
"""The key under which a whole site is counted."""
LONGEST_KEY, MOST_STEPS, LONGEST_STEP = 100, 4, 40
BEFORE_A_NAME = frozenset(
    [
        "accounts",
        "author",
        "authors",
        "by",
        "client",
        "clients",
        "contacts",
        "customer",
        "customers",
        "employee",
        "employees",
        "invite",
        "member",
        "members",
        "patient",
        "patients",
        "people",
        "person",
        "profile",
        "profiles",
        "student",
        "students",
        "team",
        "u",
        "user",
        "users",
    ]
)
"""What comes after one of these in a path is somebody, or somebody's."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often, faded by time; so they are no whole numbers."""

    shown: float = 0.0
    opened: float = 0.0
    helped: float = 0.0
    dismissed: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def faded(self, seconds: float) -> "Counts":
        """What is left of them after so long."""
        left = 0.5 ** (max(seconds, 0.0) / (HALF_LIFE_DAYS * 86_400))
        return Counts(*(value * left for value in astuple(self)))

    @property
    def trials(self) -> float:
        """Showings; something opened, of help or sent away was in front of somebody, however it came there."""
        return max(self.shown, self.opened, self.helped, self.dismissed)

    @property
    def worth(self) -> float:
        """Below nothing where it was sent away more often than it was of use."""
        liked = self.helped + OPENED_WORTH * max(self.opened - self.helped, 0.0)
        return liked - DISMISSED_COST * self.dismissed


ByArticle: TypeAlias = Mapping[str, Counts]


def boosts(here: ByArticle, anywhere: ByArticle) -> dict[str, float]:
    """For each article what its use on a page adds to its rank, -MOST_BOOST to MOST_BOOST.

    An article's worth on the page is drawn to its worth on the site, and that to the usual worth of all: a page where
    three people clicked says little, one where three hundred did says what it says.
    """
    usual = _usual(anywhere)
    found = {}
    for article in {*here, *anywhere}:
        difference = _worth_here(here, anywhere, usual, article) - usual
        found[article] = min(max(WEIGHT * difference, -MOST_BOOST), MOST_BOOST)
    return found


def proven(here: ByArticle, anywhere: ByArticle) -> list[str]:
    """Articles that helped so many on a page that they may be offered there for that alone, best first."""
    usual = _usual(anywhere)
    found = {
        article: _worth_here(here, anywhere, usual, article)
        for article, counts in here.items()
        if counts.trials >= PROOF_SHOWINGS and counts.worth >= PROOF_WORTH * counts.trials
    }
    return sorted(found, key=lambda article: (-found[article], article))


def page_key(page: str) -> str:
    """Which kind of page this is: its path without query, numbers, addresses, names or anything that looks like a code.

    "/orders/204817/items?x=1 Your order" is "/orders/*/items". Empty for something that is no path.
    """
    path = re.split(r"[\s?#;]", page, maxsplit=1)[0].lower()
    if not path.startswith("/"):
        return SITE
    steps = [step for step in path.split("/") if step][:MOST_STEPS]
    masked = [
        "*" if step_before in BEFORE_A_NAME else _step(step) for step_before, step in pairwise(["", *steps])
    ]
    return ("/" + "/".join(masked))[:LONGEST_KEY]


def _step(step: str) -> str:
    plain = len(step) <= LONGEST_STEP and re.fullmatch(
        r"[a-z]+([-_][a-z]+|[-_]?\d{1,2})*(\.(html?|php|aspx?|jsp))?", step
    )
    return step if plain else "*"


def _usual(anywhere: ByArticle) -> float:
    total = sum(anywhere.values(), Counts())
    return _drawn(total, USUAL, DOUBT_ANYWHERE)


def _worth_here(here: ByArticle, anywhere: ByArticle, usual: float, article: str) -> float:
    on_site = _drawn(anywhere.get(article, Counts()), usual, DOUBT_ANYWHERE)
    return _drawn(here.get(article, Counts()), on_site, DOUBT_HERE)


def _drawn(counts: Counts, to: float, doubt: float) -> float:
    """Worth of a showing, drawn to what was to be expected as if `doubt` showings had brought just that."""
    return (counts.worth + doubt * to) / (counts.trials + doubt)
