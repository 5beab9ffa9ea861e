import pytest

from knowledge_base.spelling import Spelling

COMMON = {
    word: rank
    for rank, word in enumerate(
        ["where", "is", "my", "order", "parcel", "carbon", "return", "the", "waterproof"]
    )
}
SPELLING = Spelling(COMMON).with_words({"carton", "flysheet", "tent"})


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("where is my oredr", "where is my order"),
        ("retrun the flyshet", "return the flysheet"),
        ("Whre is my parcel", "where is my parcel"),
        ("a cartn", "a carton"),
        ("carbon", "carbon"),
        ("my Cartn please now", "my Cartn please now"),
        ("FH-204817 jo@example.org", "FH-204817 jo@example.org"),
        ("", ""),
    ],
)
def test_unknown_words_become_near_known_ones(typed: str, searched: str) -> None:
    assert SPELLING.mend(typed) == searched


def test_a_new_word_of_the_library_is_known_at_once() -> None:
    assert SPELLING.mend("the flysheets and tente") == "the flysheet and tent"
    grown = SPELLING.with_words({"flysheets"})
    assert grown.mend("the flysheets") == "the flysheets"
    assert SPELLING.mend("the flysheets") == "the flysheet"
    assert grown.with_words({"tent", "flysheets"}) is grown


def test_without_a_vocabulary_nothing_is_mended() -> None:
    assert Spelling({}).with_words({"tent"}).mend("my tant") == "my tant"
