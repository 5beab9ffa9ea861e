import pytest

from knowledge_base.language import LANGUAGES, noticed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my parcel?", "en"),
        ("Wo bleibt denn mein Paket?", "de"),
        ("WO BLEIBT DENN MEIN PAKET", "de"),
        ("waar blijft mijn pakje toch", "nl"),
        ("Je voudrais renvoyer mes chaussures", "fr"),
        ("この商品は返品できますか", "ja"),
    ],
)
def test_a_sentence_shows_its_language(text: str, language: str) -> None:
    assert noticed(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "tent",
        "merci",
        "ok no",
        "FH-204817",
        "🏕️🏕️🏕️",
        "https://example.org/zelt kaufen",
        "lorem ipsum dolor",
    ],
)
def test_what_says_too_little_gets_no_language(text: str) -> None:
    assert noticed(text) == ""


def test_a_long_text_is_read_in_part() -> None:
    assert noticed("I would like to know when my order arrives. " * 500) == "en"
    assert {"en", "nl", "fr", "de"} <= set(LANGUAGES)
