"""Tells what a number in a message is: a payment card, a telephone, an order number, or none of our business.

A number is a chain of digit groups with what people put between them. Cards have prefixes, lengths and a check digit;
telephones have a country's numbering plan or one of a few shapes; for the rest the nearest telling word in front decides.
Dates, prices, addresses of machines, product codes and the like are kept out. Must not know what becomes of a find.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from stdnum import ean, isbn, luhn

from handoff.pii_words import cue_of

WINDOW = 60
"""Characters in front of a number whose words may say what it is."""
LEAST_DIGITS, MOST_DIGITS = 5, 19


class Number(NamedTuple):
    """What was found at text[start:end]."""

    kind: str
    start: int
    end: int


def numbers(text: str, regions: tuple[str, ...], masks: dict[str, str]) -> Iterator[Number]:
    """Yield cards, telephones and order numbers of `text` in order. `masks` say how a find reads to what follows it.

    `text` has plain digits, dashes and spaces only (`handoff.pii` sees to that).
    """
    left = _Left(text, masks)
    end = 0
    for chain in _chains(text):
        first, may_ask = 0, True
        while first < len(chain):
            if chain[first][0] < end:  # an extension reached over here
                first += 1
                continue
            found = _at(text, chain[first : first + MOST_DIGITS], left if may_ask else None, regions)
            if found is None:
                first, may_ask = _next_start(text, chain, first), False
                continue
            yield found
            left.pass_over(found)
            end, may_ask = found.end, True


def _next_start(text: str, chain: "Groups", first: int) -> int:
    """The next group that may begin something: 062166 of 27.062166 does not, nor does a lone digit without a +."""
    for following in range(first + 1, len(chain)):
        (_, end), (start, its_end) = chain[following - 1], chain[following]
        between = text[end:start]
        if " " in between and (its_end - start > 1 or "+" in between):
            return following
    return len(chain)


Groups = list[tuple[int, int]]
Regions = tuple[str, ...]

_DIGITS = re.compile(r"\d+")
_BETWEEN = re.compile(r"[ ().\-/]{1,4}")
_ALONE = r"(?<!\d)(?<!\d[./-])"
_ENDS = r"(?!\d)(?![/-]\d)(?!\.\d)"
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_CURRENCY = r"(?:€|£|\$|%|(?:eur|euros?|gbp|chf|nok|usd|dollars?|pounds?)\b)"
_NOT_OURS = re.compile(
    rf"https?://(?!wa\.me/)[^\s?]+"
    rf"|(?<![\d.]){_BYTE}(?:\.{_BYTE}){{3}}(?![.\d])"  # an IPv4 address
    rf"|{_ALONE}{_DAY}([./-]){_MONTH}\1{_YEAR}{_ENDS}"  # 31.12.2026
    rf"|{_ALONE}{_MONTH}([./-]){_DAY}\2{_YEAR}{_ENDS}"  # 12/31/2026
    rf"|{_ALONE}{_YEAR}([./-]){_MONTH}\3{_DAY}(?!\d)"  # 2026-12-31, with a time behind it or not
    r"|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"  # 10:15
    r"|(?<![\d.])\d{1,6}\.\d{5,}(?![.\d -])"  # 27.0621669
    r"|[€£$] ?\d[\d., ]{0,14}\d(?!\d)"  # €1 299.00
    rf"|(?<![\d+().-])\d[\d.,]{{0,14}}(?: \d{{3}}){{0,4}}(?:[.,]\d{{1,2}})? ?{_CURRENCY}",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:[A-Z_][A-Z0-9_]?-|(?<!wa\.me/)(?<=[A-Za-z]/))$")
"""What stands in front of the number in MDVA-33281 and abs/2011, but not in wa.me/3247…"""


def _chains(text: str) -> Iterator[Groups]:
    """Digit groups that belong together. What is a date, a price or a part of a word breaks them."""
    ours = _NOT_OURS.sub(lambda m: "\n" * len(m.group()), text)
    chain: Groups = []
    for match in _DIGITS.finditer(ours):
        start, end = match.span()
        if chain and not _BETWEEN.fullmatch(ours, chain[-1][1], start):
            yield chain
            chain = []
        if _is_part_of_a_word(ours, start, end) or (
            not chain and _CODE.search(ours[max(0, start - 8) : start])
        ):
            if chain:
                yield chain
            chain = []
        else:
            chain.append((start, end))
    if chain:
        yield chain


def _is_part_of_a_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalpha() or before == "_":
        return True
    return (after.isalpha() or after == "_") and not _EXTENSION.match(text, end)


class _Left:
    """The words in front of a number, read in the text as it stands once everything before is masked."""

    def __init__(self, text: str, masks: dict[str, str]) -> None:
        self._text, self._masks = text, masks
        self._done, self._end = "", 0

    def pass_over(self, found: Number) -> None:
        self._done = self._upto(found.start) + self._masks[found.kind]
        self._end = found.end

    def _upto(self, start: int) -> str:
        return (self._done + self._text[max(self._end, start - WINDOW) : start])[-WINDOW:]

    def cue(self, start: int) -> str:
        """What the nearest telling word says: phone, card, order, other; "" when there is none."""
        words = re.sub(r"[\W\d_]+", " ", self._upto(start)).strip().lower()
        return cue_of(words) if words else ""


def _at(text: str, groups: Groups, left: _Left | None, regions: Regions) -> Number | None:
    """What begins with the first of `groups`, the longest reading first. Without `left` its shape has to tell."""
    candidates: list[_Candidate] = []
    digits = ""
    for count, (start, end) in enumerate(groups, 1):
        digits += text[start:end]
        if len(digits) > MOST_DIGITS:
            break
        if len(digits) >= LEAST_DIGITS:
            candidates.append(_Candidate(text, groups[:count], digits))
    cue = _Once(left, groups[0][0])
    for reading in (_card, _order, _phone):
        for candidate in reversed(candidates):
            found = reading(candidate, cue, regions)
            if found:
                return found
    return None


class _Once:
    """The cue, looked up when somebody asks."""

    def __init__(self, left: _Left | None, start: int) -> None:
        self._left, self._start = left, start
        self._cue: str | None = None

    def says(self, *kinds: str) -> bool:
        if self._cue is None:
            self._cue = self._left.cue(self._start) if self._left else ""
        return self._cue in kinds


class _Candidate:
    """Some groups of a chain, from the first on."""

    def __init__(self, text: str, groups: Groups, digits: str) -> None:
        self.text, self.digits, self._groups = text, digits, groups
        self.start, self.end = groups[0][0], groups[-1][1]
        before = text[max(0, self.start - 2) : self.start]
        closed = ")" in text[self.start : self.end].partition("(")[0]
        self.plus = before.endswith("+") or before in ("+(", "+ ")
        self.opened = closed and before.endswith("(")
        self.lead = 0
        """Characters in front that belong to it."""
        if self.plus or self.opened:
            self.lead = 2 if before in ("+(", "+ ") or (closed and before == "(+") else 1

    @property
    def sizes(self) -> list[int]:
        return [end - start for start, end in self._groups]

    @property
    def shape(self) -> str:
        """The text with each digit as d."""
        return re.sub(r"\d", "d", self.text[self.start : self.end])


# Payment cards

_BRANDS = (
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"30[0-59]|3[689]"), (14, 16, 19)),
    (re.compile(r"6011|64[4-9]|65|62|81"), (16, 17, 18, 19)),
    (re.compile(r"35"), (16,)),
    (re.compile(r"2131|1800"), (15,)),
    (re.compile(r"220[0-4]|60|82|508"), (16,)),
    (re.compile(r"50(?:18|20|38)|0604|5893|6304|6390|67|56|57|58"), tuple(range(12, 20))),
)
_CARD_SHAPES = frozenset(
    {"dddd-dddd-dddd-dddd", "dddd dddd dddd dddd", "dddd dddddd ddddd", "dddd-dddddd-ddddd"}
)


def is_card(digits: str) -> bool:
    """Whether prefix, length and check digit are those of a payment card."""
    return _is_branded(digits) and bool(luhn.is_valid(digits))


def _is_branded(digits: str) -> bool:
    return any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _BRANDS)


def _card(candidate: _Candidate, cue: _Once, _regions: Regions) -> Number | None:
    digits = candidate.digits
    if len(digits) < 12 or candidate.plus:
        return None
    branded = _is_branded(digits)
    if is_card(digits):
        # one product code of 12 or 13 digits in ten passes for a card
        certain = len(digits) > 13 or not (ean.is_valid(digits) and cue.says("other"))
    else:
        # mistyped, or of a brand that we do not know
        certain = branded and candidate.shape in _CARD_SHAPES
    if certain or cue.says("card"):
        return Number("card", candidate.start, candidate.end)
    return None


# Order numbers, where a word says so


def _order(candidate: _Candidate, cue: _Once, _regions: Regions) -> Number | None:
    if _is_one_number(candidate) and not candidate.plus:
        after = candidate.text[candidate.end : candidate.end + 1]
        if after not in ("-", "/") and cue.says("order"):
            return Number("order_number", candidate.start, candidate.end)
    return None


def _is_one_number(candidate: _Candidate) -> bool:
    """Digits in one go, or six of them with a blank or a dash in between."""
    if len(candidate.sizes) == 1:
        return 5 <= len(candidate.digits) <= 12
    return len(candidate.digits) == 6 and re.fullmatch("d+[ -]d+", candidate.shape) is not None


# Telephones

_EXTENSION = re.compile(r",? ?(?:x|ext(?:ension|n)?\b\.?|poste|durchwahl|#) ?\d{1,6}(?!\d)", re.IGNORECASE)
_AMERICAN = re.compile(r"(?:(?:00)?1(?: ?[-./] ?| ))?\d{3}(?: ?[-./] ?| )\d{3}(?: ?[-./] ?| )\d{4}")
_ZIP = re.compile(r"d{5}[- ]d{4}")
_LABEL = re.compile(
    r" ?[-(,]? ?(?:office|mobile|cell|home|work|fax|direct|landline|switchboard)\b", re.IGNORECASE
)
_SOCIAL_SECURITY = re.compile(r"d{3}([- ])dd\1d{4}")


def _phone(candidate: _Candidate, cue: _Once, regions: Regions) -> Number | None:
    count = len(candidate.digits)
    if not 6 <= count <= 17 or (count == 6 and len(candidate.sizes) > 1):
        return None
    extension = _EXTENSION.match(candidate.text, candidate.end)
    if not _is_phone(candidate, cue, regions, bool(extension)):
        return None
    return Number("phone", candidate.start - candidate.lead, extension.end() if extension else candidate.end)


def _is_phone(candidate: _Candidate, cue: _Once, regions: Regions, extended: bool) -> bool:
    count, shape = len(candidate.digits), candidate.shape
    if candidate.plus:
        return 7 <= count <= 15
    if (_SOCIAL_SECURITY.fullmatch(shape) and not cue.says("phone")) or _is_printed(candidate.digits):
        return False
    if _has_shape(candidate, regions, extended):
        return True
    if count > 15 or cue.says("other", "order", "card"):
        return False
    return cue.says("phone") or (not _ZIP.fullmatch(shape) and _is_local(candidate, regions))


def _has_shape(candidate: _Candidate, regions: Regions, extended: bool) -> bool:
    """Shapes that nothing but a telephone has, whatever the words say."""
    digits, count = candidate.digits, len(candidate.digits)
    if digits.startswith("00") and digits[2] != "0" and count >= 9:
        return len(candidate.sizes) > 1 or is_telephone(f"+{digits[2:]}", regions)
    if count > 15:
        return False
    if (candidate.opened and count >= 8) or (extended and count >= 7):
        return True
    if _AMERICAN.fullmatch(candidate.text, candidate.start, candidate.end):
        return True
    return count >= 7 and _LABEL.match(candidate.text, candidate.end) is not None


def _is_local(candidate: _Candidate, regions: Regions) -> bool:
    """How people in the countries that we know write a number without the code of their country."""
    digits, count = candidate.digits, len(candidate.digits)
    if digits.startswith("0") and 8 <= count <= 12:
        return (count > 8 and len(candidate.sizes) > 1) or is_telephone(digits, regions)
    return (_is_grouped(candidate) or _is_bare(candidate)) and is_telephone(digits, regions)


def _is_bare(candidate: _Candidate) -> bool:
    """Digits in one go: ten as in North America, or a number that has its line for itself."""
    if len(candidate.sizes) > 1:
        return False
    if len(candidate.digits) == 10 and candidate.digits[0] > "1":
        return True
    line = (
        candidate.text[: candidate.start].rpartition("\n")[2],
        candidate.text[candidate.end :].partition("\n")[0],
    )
    return 9 <= len(candidate.digits) <= 12 and not "".join(line).strip(" .,;")


def _is_grouped(candidate: _Candidate) -> bool:
    """Groups as people write telephones: three or more, of two to four digits, all parted alike."""
    sizes = candidate.sizes
    if not (8 <= len(candidate.digits) <= 12 and len(sizes) >= 3 and all(2 <= size <= 4 for size in sizes)):
        return False
    if sizes[1:] == [3, 3] and sizes[0] < 3:  # 12 345 678 is an amount
        return False
    values = [int(group) for group in re.findall(r"\d+", candidate.text[candidate.start : candidate.end])]
    steps = values == sorted(set(values))  # 38 39 40 41 and 300 400 500 are sizes
    if steps and (max(sizes) == 2 or all(value % 10 == 0 for value in values)):
        return False
    return set(re.findall(r"[^d]+", candidate.shape)) in ({" "}, {"-"}, {"."})


def _is_printed(digits: str) -> bool:
    """The number on a book; of other products only those with 13 digits, which no country's telephones have."""
    return (
        len(digits) == 13 and not digits.startswith("00") and (isbn.is_valid(digits) or ean.is_valid(digits))
    )


@lru_cache(maxsize=4096)
def is_telephone(number: str, regions: tuple[str, ...]) -> bool:
    """Whether `number` (digits, maybe with +) is somebody's telephone in one of the countries."""
    if number.startswith("+"):
        return _is_valid(number, None)
    bare = number.lstrip("0") or "0"
    return any(
        _pattern(region).fullmatch(either) and _is_valid(number, region)
        for region in regions
        for either in {number, bare}
    )


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=256)
def _pattern(region: str) -> re.Pattern[str]:
    """What any number of the country looks like without its leading 0: quick to say no."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return re.compile(
        (plan.general_desc.national_number_pattern if plan and plan.general_desc else None) or "(?!)"
    )
