import pytest

from knowledge_base.spelling import MOST_ADDED, spelling_of

COMMON = {
    word: rank
    for rank, word in enumerate(
        ["where", "is", "my", "order", "parcel", "carbon", "return", "the", "waterproof"]
    )
}
SPELLING = spelling_of(COMMON).with_words({"carton", "flysheet", "tent"})


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
    assert SPELLING.mend("the flysheat") == "the flysheet"
    grown = SPELLING.with_words({"flysheat"})
    assert grown.mend("the flysheat") == "the flysheat"
    assert SPELLING.mend("the flysheat") == "the flysheet"
    assert grown.with_words({"tent", "flysheat"}) is grown


def test_without_a_vocabulary_nothing_is_mended() -> None:
    assert spelling_of({}).with_words({"tent"}).mend("my tant") == "my tant"


def test_many_words_are_laid_to_the_library() -> None:
    many = SPELLING.with_words(
        f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}x{'y' * (n // 676)}" for n in range(1_200)
    )
    assert len(many.words) > MOST_ADDED
    assert many.added == frozenset()
    later = many.with_words({"guyrope"})
    assert later.added == {"guyrope"}
    assert later.mend("the guyrop and flysheat") == "the guyrope and flysheet"
