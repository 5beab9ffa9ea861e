"""Notices in which language somebody writes, and says nothing when it cannot be sure.

A wrong guess costs more trust than none: single words, codes and addresses say too little. This module must not know
about articles or ranking.
"""

import re
from functools import lru_cache
from typing import Any

SURE = 0.7
"""Of some 5,700 short English questions none is then taken for something else, and 1 in 11 for nothing."""
FEWEST_WORDS = 2
FEWEST_LETTERS = 8
FEWEST_SIGNS = 3
"""The same in scripts that write words without blanks."""
ENOUGH_CHARACTERS = 400
"""More than this makes nobody surer."""
LANGUAGES = [
    *(
        "ar",
        "bg",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "eu",
        "fa",
        "fi",
        "fr",
        "ga",
        "gl",
        "he",
        "hi",
    ),
    *(
        "hr",
        "hu",
        "id",
        "is",
        "it",
        "ja",
        "ko",
        "lt",
        "lv",
        "mk",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
    ),
    *("sq", "sr", "sv", "th", "tr", "uk", "vi", "zh"),
]
"""What customers of a shop in Europe may write; the more there are to choose from, the less sure each guess."""
_NO_WORDS = re.compile(r"\S*[\d@/\\_<>{}=]\S*")
_LETTERS = re.compile(r"[^\W\d_]+")
_WITHOUT_BLANKS = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def noticed(text: str) -> str:
    """The language of a text as ISO 639-1, empty when unsure. About 0.1 ms; the first call loads the model."""
    words = _LETTERS.findall(_NO_WORDS.sub(" ", text[:ENOUGH_CHARACTERS]))
    plain = " ".join(words)
    enough = len(words) >= FEWEST_WORDS and len(plain) >= FEWEST_LETTERS
    if not enough and len(_WITHOUT_BLANKS.findall(plain)) < FEWEST_SIGNS:
        return ""
    language, probability = _identifier().classify(plain.lower() if plain.isupper() else plain)
    return str(language) if probability >= SURE else ""


def get_ready() -> None:
    """Loads the model, which takes a second or two, before the first customer waits for it."""
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid import langid  # type: ignore[import-untyped]  # late, because it takes a second

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
