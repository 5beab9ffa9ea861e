"""Whether articles are suggested at the right moment, and not at the wrong one. From the repository's root:

    .venv/bin/python -m benchmarks.suggestions [--eval-dir DIR]

Questions are typed piece by piece, as a customer does, into the demo's library, and with DIR into one of CovidFAQ too. Texts
that are none of a library's business are typed the same way. Nothing has been counted of what helped anybody: that needs
customers. README.md in this folder describes the figures.
"""

import argparse
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.answers.cores import pinned
from benchmarks.answers.demo import FOLDER, demo_articles
from benchmarks.answers.formats import sets_in
from benchmarks.answers.sets import Asked, QuestionSet
from benchmarks.answers.shelves import library_of
from benchmarks.answers.statistics import Figure, share
from knowledge_base.library import Library
from knowledge_base.question_sets import read_questions

WORDS, CHARACTERS = (1, 2, 3, 5, 8), (8, 12, 20, 30)
HARD = 304
"""The demo's golden questions begin with so many hard ones, then come everyday ones, see the head of the file."""
FOREIGN = 50
"""They end with so many about other things; before those stand near misses."""
OTHER_THINGS = frozenset({"banking", "credit_cards", "home"})
"""Domains of CLINC150 that a shop has something to say on: cards, orders, shopping. All others are foreign to it."""
TITLE_WORDS = 4
"""Texts of so many words at most stand for titles of pages."""
CUTS = [
    *(f"{count} word{'s' if count > 1 else ''}" for count in WORDS),
    *(f"{count} characters" for count in CHARACTERS),
    "whole",
]
FOREIGN_TEXTS, COVID_QUESTIONS = 400, 400

out = Console(width=150, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--eval-dir", type=Path, default=os.environ.get("FRONTDESK_EVAL_DIR"))
    parser.add_argument("--encoder-dir", type=Path, default=Path("var/encoder"))
    arguments = parser.parse_args()
    pinned()
    clinc = foreign_texts(Path(arguments.eval_dir) / "clinc150") if arguments.eval_dir else []
    goldens = [
        Asked(g.question, frozenset([g.article] if g.article else []))
        for g in read_questions(FOLDER / "questions.yml")
    ]
    here, missing = [g for g in goldens if g.articles], [g for g in goldens if not g.articles]
    with library_of("demo", demo_articles(), arguments.encoder_dir) as (library, _):
        right = {"everyday": here[HARD:], "hard": here[:HARD]}
        wrong = {
            "near misses": [g.question for g in missing[:-FOREIGN]],
            "foreign": [g.question for g in missing[-FOREIGN:]],
            "CLINC150": clinc,
        }
        measured("demo", library, right, wrong)
    if not arguments.eval_dir:
        out.print("CLINC150 and CovidFAQ are left out: name their folder with --eval-dir.")
        return
    for found in sets_in(Path(arguments.eval_dir) / "CovidFAQ"):
        if isinstance(found, QuestionSet):
            asked = random.Random(7).sample(found.first_turns, COVID_QUESTIONS)  # always the same ones
            with library_of("CovidFAQ", found.articles, arguments.encoder_dir) as (library, _):
                measured("CovidFAQ", library, {"people's": asked}, {"CLINC150": clinc})


def foreign_texts(folder: Path) -> list[str]:
    """Things people say to an assistant, none of them to a shop."""
    rows = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))["val"]
    domains = json.loads((folder / "domains.json").read_text(encoding="utf-8"))
    ours = {intent for domain in OTHER_THINGS for intent in domains[domain]}
    texts = [text for text, intent in rows if intent not in ours]
    return random.Random(7).sample(texts, FOREIGN_TEXTS)  # always the same ones


def measured(
    name: str, library: Library, right: Mapping[str, Sequence[Asked]], wrong: Mapping[str, Sequence[str]]
) -> None:
    library.suggest("the first one makes the library ready")
    times: list[float] = []
    table = Table(
        f"{name}: typed so far",
        "questions",
        "right article among 3",
        "something shown",
        "right where shown",
        "n",
    )
    for kind, asked in right.items():
        found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        for one in asked:
            for cut, typed in as_typed(one.question):
                slugs = suggested(library, typed, times)
                found[cut].append((bool(slugs), bool(one.articles & set(slugs))))
        for cut in sorted(found, key=CUTS.index):
            results = found[cut]
            shown, hits = [a for a, _ in results], [b for _, b in results]
            precise = said(share([b for a, b in results if a])) if any(shown) else "–"
            table.add_row(cut, kind, said(share(hits)), f"{np.mean(shown):.2f}", precise, str(len(results)))
    out.print(table)
    table = Table(
        f"{name}: none of its business", "half typed, shown", "whole, shown", "as a page, shown", "n"
    )
    for kind, texts in wrong.items():
        if texts:
            half = [
                bool(suggested(library, typed, times))
                for text in texts
                for cut, typed in as_typed(text)
                if cut != "whole"
            ]
            whole = [bool(suggested(library, text, times)) for text in texts]
            titles = [text for text in texts if len(text.split()) <= TITLE_WORDS]
            page = [bool(library.suggest("", f"/page {title}").articles) for title in titles]
            table.add_row(kind, said(share(half)), said(share(whole)), said(share(page)), str(len(texts)))
    out.print(table)
    p50, p95 = np.percentile(times, (50, 95))
    out.print(
        f"{name}: a suggestion takes p50 {p50:.1f} ms, p95 {p95:.1f} ms (n = {len(times)}, one core, in process)"
    )


def as_typed(text: str) -> Iterator[tuple[str, str]]:
    """The text as it stands after so many words or characters, and whole."""
    words = text.split()
    for count in WORDS:
        if count < len(words):
            yield CUTS[WORDS.index(count)], " ".join(words[:count]) + " "
    for count in CHARACTERS:
        if count < len(text):
            yield f"{count} characters", text[:count]
    yield "whole", text


def said(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def suggested(library: Library, typed: str, times: list[float]) -> list[str]:
    began = time.perf_counter()
    articles = library.suggest(typed, "", 3).articles
    times.append((time.perf_counter() - began) * 1000)
    return [article.slug for article in articles]


if __name__ == "__main__":
    main()
