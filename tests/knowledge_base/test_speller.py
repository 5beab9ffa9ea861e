import time
from itertools import product
from pathlib import Path

import pytest

from knowledge_base.speller import Speller, counts_of, edits, is_one_edit, words_of

VOCABULARY = {
    "delivery": 10,
    "where": 1,
    "order": 5,
    "parcel": 90,
    "parcels": 95,
    "take": 3,
    "took": 4,
    "shipping": 70,
}
SPELLER = Speller(VOCABULARY, {"flysheet", "reproof", "takes"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("delivary", "delivery"),
        ("delivry", "delivery"),
        ("delivvery", "delivery"),
        ("deilvery", "delivery"),
        ("elivery", "delivery"),
        ("DELIVARY?", "delivery?"),
        ("wher is my pacrel", "where is my parcel"),
        ("flyshet torn", "flysheet torn"),
        ("tkaes", "takes"),
    ],
)
def test_mends(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "delivery",
        "flysheet",
        "odr",
        "Delivary",
        "my friend Delivary Smith",
        "delivary@example.org",
        "www.delivary.example/parcl",
        "xylophonist",
        "日本語の配達",
        "",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert SPELLER.mend(text) == text


def test_a_word_of_the_site_comes_first_then_the_commoner() -> None:
    assert Speller({"boots": 5, "books": 1}, set()).mend("boojs") == "books"
    assert Speller({"boots": 5, "books": 1}, {"boots"}).mend("boojs") == "boots"


@pytest.mark.parametrize(
    ("one", "two", "is_one"),
    [("abc", "abc", True), ("abc", "abd", True), ("abc", "acb", True), ("abc", "ab", True), ("abc", "abcd", True),
     ("abcd", "badc", False), ("abc", "a", False), ("abcd", "abdcx", False)],
)  # fmt: skip
def test_one_edit(one: str, two: str, is_one: bool) -> None:
    assert is_one_edit(one, two) is is_one
    assert is_one_edit(two, one) is is_one


def test_words() -> None:
    assert words_of(["Where's my FH-204817?", "Kids' boots"]) == {"where", "s", "my", "fh", "kids", "boots"}


SAID = {"what": 9_000, "card": 5_000, "please": 9_000, "my": 9_000, "balance": 900, "transfer": 900, "the": 30_000,
        "did": 900, "song": 80, "plase": 1, "reimbursement": 50, "wallet": 400, "phone": 900, "done": 20}  # fmt: skip
STRANGE = ["".join(letters) for letters in product("qxz", repeat=7)]
COUNTED = Speller(
    {word: i for i, word in enumerate(["the", "what", "card", *STRANGE, "hat", "cord", "puppy", "stupid"])},
    SAID,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hat is my balance", "what is my balance"),
        ("crd", "card"),
        ("caard", "card"),
        ("plase", "please"),
        ("pone", "phone"),
        ("tarnsefr", "transfer"),
        ("reimbrusemnt", "reimbursement"),
        ("mycard did", "mycard did"),
        ("whatcard", "what card"),
    ],
)
def test_counts_tell_what_was_meant(typed: str, meant: str) -> None:
    assert COUNTED.mend(typed) == meant


@pytest.mark.parametrize("text", ["stupidly", "puppies", "FH-204817", "no Crad", "x" * 4_000, "🙂 ok"])
def test_counts_change_nothing_that_may_be_right(text: str) -> None:
    assert COUNTED.mend(text) == text


def test_counts_and_edits() -> None:
    assert counts_of(["My card, my Card"]) == {"my": 2, "card": 2}
    assert edits("transfer", "tarnsefr") == 2
    assert edits("", "abc") == 3


def test_is_quick(eval_dir: Path) -> None:
    """Real misspellings of words that are known: most come back, in well under a millisecond each."""
    lines = (
        (eval_dir / "codespell_typos/codespell_lib/data/dictionary.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    both = [line.split("->") for line in lines[::20]]
    pairs = [(one, two) for one, two in both if two.isalpha() and one.isalpha() and len(one) > 4]
    speller = Speller({word: rank for rank, word in enumerate(dict.fromkeys(two for _, two in pairs))}, ())
    began = time.perf_counter()
    right = sum(speller.mend(one) == two for one, two in pairs)
    assert (time.perf_counter() - began) / len(pairs) < 0.001
    assert right / len(pairs) > 0.75
