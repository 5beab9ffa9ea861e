import pytest

from knowledge_base.speller import Speller, is_one_edit, words_of

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
