"""Makes the spaCy pipeline that finds order numbers, contact details, money, dates and products.

`python -m bot.spacy_pipeline` writes it to `var/spacy`, which `config.yml` names. By default it is blank English with a
sentencizer and an entity ruler; `SPACY_MODEL` may name a trained pipeline (a package or a folder), which then keeps
its own components and gets the ruler in front of its entity recogniser. Must not know Rasa.
"""

import argparse
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import spacy
import yaml
from spacy.language import Language

DEFAULT_FOLDER = Path("var/spacy")
DEFAULT_PRODUCTS = Path("knowledge_base/demo/products.yml")
Pattern = Dict[str, Any]

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CURRENCIES = ["eur", "euro", "euros", "gbp", "pound", "pounds", "chf", "francs", "nok", "kroner", "cents"]
AMOUNT = r"^\d{1,6}([.,]\d{1,2})?$"


def order_number_patterns() -> Iterator[List[Pattern]]:
    """FH-204817 and what people make of it: fh204817, FH 204817, #204817, 204817."""
    yield [{"TEXT": {"REGEX": r"^#?[Ff][Hh][-–_.]?\d{6}$"}}]
    yield [
        {"LOWER": "fh"},
        {"ORTH": {"IN": ["-", "–", "#", ":", "."]}, "OP": "?"},
        {"TEXT": {"REGEX": r"^\d{6}$"}},
    ]
    yield [{"LOWER": {"REGEX": r"^fh[-–]$"}}, {"TEXT": {"REGEX": r"^\d{6}$"}}]
    yield [{"ORTH": "#"}, {"TEXT": {"REGEX": r"^\d{6}$"}}]
    yield [{"TEXT": {"REGEX": r"^#?\d{6}$"}}]


def contact_patterns() -> Iterator[Pattern]:
    """E-mail addresses and telephone numbers."""
    yield {"label": "email", "pattern": [{"LIKE_EMAIL": True}]}
    yield {"label": "phone", "pattern": [{"TEXT": {"REGEX": r"^(\+|00)\d[\d./()-]{6,}\d$"}}]}
    yield {"label": "phone", "pattern": [{"TEXT": {"REGEX": r"^0\d[\d./()-]{6,}\d$"}}]}
    group = {"TEXT": {"REGEX": r"^\(?\d[\d./()-]{1,8}$"}}
    for first in ({"TEXT": {"REGEX": r"^(\+|00)\d{1,3}$"}}, {"TEXT": {"REGEX": r"^\(?0\d{1,4}\)?$"}}):
        for groups in (2, 3, 4, 5):
            yield {"label": "phone", "pattern": [first, *([group] * groups)]}
    for groups in (1, 2, 3, 4, 5):
        yield {"label": "phone", "pattern": [{"ORTH": "+"}, {"IS_DIGIT": True}, *([group] * groups)]}


def money_patterns() -> Iterator[List[Pattern]]:
    """€49, 49.95 EUR, 20 euros."""
    amount = {"TEXT": {"REGEX": AMOUNT}}
    yield [{"ORTH": {"IN": ["€", "£", "$"]}}, amount]
    yield [amount, {"ORTH": {"IN": ["€", "£", "$"]}}]
    yield [amount, {"LOWER": {"IN": CURRENCIES}}]
    yield [{"LOWER": {"IN": ["eur", "gbp", "chf", "nok"]}}, amount]
    yield [{"TEXT": {"REGEX": r"^(€|£|\$)\d{1,6}([.,]\d{1,2})?$"}}]


def date_patterns() -> Iterator[List[Pattern]]:
    """12 March, March 12th, 12/03/2026, 2026-03-12, yesterday, next Friday, last week."""
    day = {"LOWER": {"REGEX": r"^\d{1,2}(st|nd|rd|th)?$"}}
    ordinal = {"LOWER": {"IN": ["st", "nd", "rd", "th"]}, "OP": "?"}
    month, year = {"LOWER": {"IN": list(MONTHS)}}, {"TEXT": {"REGEX": r"^20\d\d$"}, "OP": "?"}
    yield [day, ordinal, {"LOWER": "of", "OP": "?"}, month, year]
    yield [month, day, ordinal, year]
    yield [{"TEXT": {"REGEX": r"^\d{1,2}[/.-]\d{1,2}[/.-](20)?\d\d$"}}]
    yield [{"TEXT": {"REGEX": r"^20\d\d-\d\d-\d\d$"}}]
    yield [{"LOWER": {"IN": ["today", "yesterday", "tomorrow", "tonight"]}}]
    yield [
        {"LOWER": {"IN": ["last", "next", "this"]}},
        {"LOWER": {"IN": [*WEEKDAYS, "week", "month", "weekend"]}},
    ]
    yield [{"LOWER": {"IN": list(WEEKDAYS)}}]


def product_names(catalogue: Optional[Path]) -> Dict[str, List[str]]:
    """Read {name: wordings} from the catalogue, a list of entries with `name` and `kind`; {} without one.

    People leave the kind out ("my Kestrel 2"); that is a wording too, unless a single bare word would be left.
    """
    if catalogue is None or not catalogue.is_file():
        return {}
    wordings: Dict[str, List[str]] = {}
    for entry in yaml.safe_load(catalogue.read_text(encoding="utf-8")) or []:
        name, kind = str(entry["name"]), str(entry.get("kind", ""))
        short = " ".join(word for word in name.split() if word.lower() != kind.lower())
        wordings[name] = [name, short] if short != name and len(short.split()) > 1 else [name]
    return wordings


def product_patterns(nlp: Language, catalogue: Optional[Path]) -> Iterator[Pattern]:
    """One pattern per wording, any case; `id` is the name in the catalogue."""
    for name, wordings in product_names(catalogue).items():
        for wording in wordings:
            words = [{"LOWER": token.lower_} for token in nlp.make_doc(wording)]
            yield {"label": "product", "id": name, "pattern": words}


def build(base: Optional[str] = None, catalogue: Optional[Path] = DEFAULT_PRODUCTS) -> Language:
    """Return the pipeline, on top of the trained pipeline `base` where one is named."""
    nlp = spacy.load(base) if base else spacy.blank("en")
    if not base:
        nlp.add_pipe("sentencizer")
    before = "ner" if "ner" in nlp.pipe_names else None
    ruler = nlp.add_pipe("entity_ruler", before=before)
    patterns: List[Pattern] = [{"label": "order_number", "pattern": p} for p in order_number_patterns()]
    patterns += contact_patterns()
    patterns += [{"label": "money", "pattern": p} for p in money_patterns()]
    patterns += [{"label": "date", "pattern": p} for p in date_patterns()]
    patterns += product_patterns(nlp, catalogue)
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]  # add_pipe is typed as a bare callable
    return nlp


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the spaCy pipeline that the assistant reads.")
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--products", type=Path, default=DEFAULT_PRODUCTS)
    arguments = parser.parse_args()
    nlp = build(os.environ.get("SPACY_MODEL") or None, arguments.products)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(arguments.folder)


if __name__ == "__main__":
    main()
