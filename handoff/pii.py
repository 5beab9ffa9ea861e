"""Finds personal data in what people write, and masks it: e-mail, IBAN, order number, payment card and telephone.

Checksums and numbering plans decide where there are any (python-stdnum, phonenumbers), shapes where people mistype, and the
words in front of a number (spaCy's matcher) where digits alone say nothing. What is masked stays masked: `masked` of its
own result changes nothing, because what it finds is looked for in the text as it will read. Work grows with the
length of the text. Read by the gateway and by the assistant, so it must run on Python 3.10 and import nothing of ours.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from stdnum import numdb
from stdnum.iso7064 import mod_97_10

from handoff.pii_links import hidden_numbers
from handoff.pii_numbers import numbers

MASKS = {
    "email": "[e-mail]",
    "iban": "[IBAN]",
    "order_number": "[order number]",
    "card": "[card]",
    "phone": "[phone]",
}
REGIONS_VARIABLE = "FRONTDESK_PHONE_REGIONS"
ORDER_VARIABLE = "FRONTDESK_ORDER_NUMBER"
PHONE_REGIONS = "BE,NL,LU,DE,AT,CH,FR,GB,IE,ES,PT,IT,DK,SE,NO,FI,PL,CZ,US"
ROUNDS = 4
"""Looks at a text: a mask may part what nobody saw before, seldom once. No more, so that work stays in proportion."""
ORDER_NUMBER = (
    r"(?<![^\W_])FH[ _.:#-]{0,3}\d(?:\d{5}|(?=[\d -]{6}(?!\d))\d{0,4}[ -]\d{1,5})(?!\d)|"
    r"(?<![\w#])# ?\d{6}(?!\d)"
)


@dataclass(frozen=True)
class Found:
    """Personal data of `kind` (a key of MASKS) at text[start:end]."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=1)
def from_environment() -> "Recogniser":
    """The recogniser that the two variables ask for. Raises ValueError when one of them is no good."""
    return Recogniser(
        os.environ.get(REGIONS_VARIABLE) or PHONE_REGIONS, os.environ.get(ORDER_VARIABLE) or ORDER_NUMBER
    )


def find(text: str) -> list[Found]:
    """Return the personal data in `text`, in order, never overlapping."""
    return from_environment().find(text)


def masked(text: str) -> str:
    """Return `text` with each piece of personal data replaced by its mask."""
    return from_environment().masked(text)


class Recogniser:
    """Finds and masks for one installation: the countries its customers call from, the look of its order numbers."""

    def __init__(self, phone_regions: str = PHONE_REGIONS, order_number: str = ORDER_NUMBER) -> None:
        self._regions = tuple(region.strip().upper() for region in phone_regions.split(",") if region.strip())
        for region in self._regions:
            if region not in phonenumbers.SUPPORTED_REGIONS:
                raise ValueError(f"{REGIONS_VARIABLE}: {region} is no country code that is known.")
        try:
            self._order = re.compile(order_number, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{ORDER_VARIABLE} is no regular expression: {error}.") from error
        if self._order.match(""):
            raise ValueError(f"{ORDER_VARIABLE} must not fit an empty text.")

    def find(self, text: str) -> list[Found]:
        """Return the personal data in `text`, in order, never overlapping."""
        if text.isascii() and not _WORTH_A_LOOK.search(text):
            return []
        shadow = _Shadow(text)
        for _ in range(ROUNDS):
            before = len(shadow.finds)
            self._look(shadow)
            if len(shadow.finds) == before:
                break
        return sorted(shadow.finds, key=lambda found: found.start)

    def _look(self, shadow: "_Shadow") -> None:
        if _WORTH_A_LOOK.search(shadow.text):
            shadow.mask("email", _emails(shadow.text))
            shadow.mask("iban", _ibans(shadow.text))
            shadow.mask("order_number", (m.span() for m in self._order.finditer(shadow.text) if m.group()))
            shadow.mask_each(hidden_numbers(shadow.text, self._regions))
            shadow.mask_each(numbers(shadow.text, self._regions, MASKS))

    def masked(self, text: str) -> str:
        """Return `text` with each piece of personal data replaced by its mask."""
        parts, end = [], 0
        for found in self.find(text):
            parts += [text[end : found.start], MASKS[found.kind]]
            end = found.end
        return "".join([*parts, text[end:]])


_WORTH_A_LOOK = re.compile(r"\d|@|[ (\[{<]at[ )\]}>]", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"\\[nrt]")
_INVISIBLE = frozenset("\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_FOLDED = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63"}
_FOLDED.update({ord(c): " " for c in "\t\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f\u3000"})


class _Shadow:
    """The text as recognisers read it: plain digits, dashes and spaces, nothing invisible, masks in place."""

    def __init__(self, text: str) -> None:
        self.finds: list[Found] = []
        if text.isascii():
            plain, self._origin = text.replace("\t", " "), list(range(len(text)))
        else:
            signs = [(i, _plain(c)) for i, c in enumerate(text) if c not in _INVISIBLE]
            plain, self._origin = "".join(c for _, c in signs), [i for i, _ in signs]
        # in logs and pasted code a line ends with a backslash and an n
        self.text = _WRITTEN_OUT.sub(" \n", plain)

    def mask(self, kind: str, spans: Iterable[tuple[int, int]]) -> None:
        self.mask_each((kind, start, end) for start, end in spans)

    def mask_each(self, found: Iterable[tuple[str, int, int]]) -> None:
        """Put masks where something was found; spans are in order and do not overlap."""
        parts, origin, last = [], [], 0
        for kind, start, end in found:
            self.finds.append(Found(kind, self._origin[start], self._origin[end - 1] + 1))
            parts += [self.text[last:start], MASKS[kind]]
            origin += self._origin[last:start] + [self._origin[start]] * len(MASKS[kind])
            last = end
        self.text = "".join([*parts, self.text[last:]])
        self._origin = origin + self._origin[last:]


def _plain(character: str) -> str:
    """One character for one: any script's digit as ASCII, full-width signs as plain ones."""
    if character.isascii():
        return " " if character == "\t" else character
    if ord(character) in _FOLDED:
        return _FOLDED[ord(character)]
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


# E-mail addresses

_AT = re.compile(r" ?(?:@|%40) ?", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,62})\.)+(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})", re.IGNORECASE)
_PROVIDER = re.compile(
    r"(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|gmx|proton(?:mail)?|live|aol|web)\b", re.IGNORECASE
)
_LOCAL = re.compile(r"[\w.+%'~*-]")
_NO_NAME = frozenset(
    re.findall(
        r"\w+",
        "a all and are at available be buy call check come contact find for from go here hi i in is it live look me meet "
        "more not now of off on online only or order out over price see shop site still stop store the them there this "
        "up us via visit was website x you",
    )
)
_SPELLED = re.compile(
    r"(?<![\w.+-])(?:[\w.+-]{1,64} dot ){0,3}[\w.+-]{1,64}"
    r"(?P<at> at | ?[\[({<] ?(?:at|@) ?[\])}>] ?)"
    r"[\w-]{1,63}(?P<dots>(?:(?: dot | ?[\[({<] ?(?:dot|\.) ?[\])}>] ?|\.)[\w-]{2,63}){1,4})",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    spans, floor = [], 0
    for at in _AT.finditer(text):
        start = at.start()
        while start > floor and _LOCAL.match(text[start - 1]):
            start -= 1
        floor = at.end()
        name = text[start : at.start()].strip(".'*")
        start = text.find(name, start) if name else start
        domain = _DOMAIN.match(text, at.end()) or (" " not in at.group() and _PROVIDER.match(text, at.end()))
        if name and domain and not (" " in at.group() and name.lower() in _NO_NAME):
            spans.append((start, domain.end()))
            floor = domain.end()
    spelled = [m for m in _SPELLED.finditer(text) if _is_spelled(m)]
    spans += [m.span() for m in spelled]
    end = -1
    for span in sorted(spans):
        if span[0] >= end:
            yield span
            end = span[1]


def _is_spelled(match: "re.Match[str]") -> bool:
    """`name at shop dot org` needs its dot said; `look at shop dot org` is advice, not an address."""
    if match["at"].strip().lower() != "at":
        return True
    name = re.split(r"[ .]", match.group()[: match.start("at") - match.start()])[-1].lower()
    return name not in _NO_NAME and not match["dots"].startswith(".")


# IBANs

_IBAN = re.compile(r"(?<![^\W_])[a-z]{2}[ -]?\d{2}(?:[ .-]{0,2}[a-z0-9]){10,30}", re.IGNORECASE)
_IBAN_NAMED = re.compile(r"iban(?:[\s:#.=]|is|number|nr|no){0,8}$", re.IGNORECASE)
_STRUCTURE = re.compile(r"(\d+)!?([anc])")
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


@lru_cache(maxsize=256)
def _account(country: str) -> "tuple[int, re.Pattern[str]] | None":
    """The length of a country's IBANs and the look of what follows the check digits; None where there are none."""
    structure = dict(numdb.get("iban").info(f"{country}00")).get(country, {}).get("bban")
    if not structure:
        return None
    parts = [(int(n), _CLASSES[kind]) for n, kind in _STRUCTURE.findall(structure)]
    return 4 + sum(n for n, _ in parts), re.compile("".join(f"{c}{{{n}}}" for n, c in parts))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while match := _IBAN.search(text, position):
        end = _iban_end(text, match)
        if end:
            yield match.start(), end
        position = end or match.start() + 2


def _iban_end(text: str, match: "re.Match[str]") -> int:
    """Where the IBAN at `match` ends, 0 when it is none. Words behind it are not taken along."""
    places = [i for i in range(match.start(), match.end()) if text[i].isalnum()]
    number = "".join(text[i] for i in places).upper()
    account = _account(number[:2])
    if account is not None and len(number) >= account[0]:
        length, look = account
        end = places[length - 1] + 1
        whole = end == len(text) or not text[end].isalnum()
        if whole and mod_97_10.is_valid(number[4:length] + number[:4]):
            return end
        # mistyped, but nothing else looks like this
        if whole and look.fullmatch(number[4:length]) and text[match.start()].isupper():
            return end
    named = _IBAN_NAMED.search(text, max(0, match.start() - 24), match.start())
    tight = re.match(
        r"[a-z0-9]{4}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,4})?(?![a-z0-9])", match.group(), re.IGNORECASE
    )
    return match.start() + tight.end() if tight and named and re.search(r"\d{4}", number) else 0
