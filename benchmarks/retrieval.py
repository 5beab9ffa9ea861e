"""How well and how fast the knowledge base finds answers.

    python benchmarks/retrieval.py --eval-dir DIR

Measures the demo library with its golden questions, and the public sets under DIR where there are any, each in a
library of its own, filled the way an import does it. Then the time of a search on one core, of a suggestion, and of
publishing an article. Prints tables; writes nothing.
"""

import argparse
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from knowledge_base.article import Content
from knowledge_base.evaluation import Golden, ask
from knowledge_base.files import article_paths, read_article
from knowledge_base.library import Library
from knowledge_base.measuring import decision_table, library_of, retrieval_table
from knowledge_base.question_sets import doc2dial_rows, read_covidfaq, read_doc2dial, read_questions
from knowledge_base.wire import DraftIn

DEMO = Path(__file__).parents[1] / "knowledge_base" / "demo"
PUBLISHED = 20
"""Articles published for the time of publishing."""

out = Console(width=160, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--eval-dir", type=Path, default=os.environ.get("FRONTDESK_EVAL_DIR"))
    parser.add_argument("--encoder-dir", type=Path, default=Path("var/encoder"))
    arguments = parser.parse_args()
    demo(arguments.encoder_dir)
    if arguments.eval_dir is None:
        out.print("The public sets are left out: name their folder with --eval-dir.")
        return
    pages = read_doc2dial(Path(arguments.eval_dir) / "doc2dial")
    measured("doc2dial", pages.articles, doc2dial_rows(pages), arguments.encoder_dir)
    short = read_covidfaq(Path(arguments.eval_dir) / "CovidFAQ")
    measured("CovidFAQ", short.articles, {"CovidFAQ": short.first_turns}, arguments.encoder_dir)


def demo(encoder_dir: Path) -> None:
    folder = DEMO / "articles"
    files = [read_article(path, folder) for path in article_paths(folder)]
    goldens = read_questions(DEMO / "questions.yml")
    articles = {file.slug: file.content for file in files}
    with library_of(articles, encoder_dir) as library:
        out.print(retrieval_table(library, {"demo, golden questions": goldens}))
        out.print(decision_table(library.snapshot().calibration, ask(library, goldens)))
        out.print(times("demo", library, goldens))


def measured(
    name: str, articles: Mapping[str, Content], rows: Mapping[str, list[Golden]], encoder_dir: Path
) -> None:
    with library_of(articles, encoder_dir) as library:
        out.print(retrieval_table(library, rows))
        out.print(times(name, library, next(iter(rows.values()))))


def times(name: str, library: Library, goldens: list[Golden]) -> Table:
    """Milliseconds in process, without HTTP; the encoder uses one thread. Each question is new to the encoder."""
    passages = len(library.snapshot().views.passages)
    table = Table(f"{name}: {passages} passages", "p50 ms", "p95 ms", "n")
    questions = list(dict.fromkeys(golden.question for golden in goldens))[:400]
    # A blank more makes a text that no cache has seen.
    table.add_row("search", *taken(lambda n: library.search(f"{questions[n]} ?"), len(questions)))
    table.add_row(
        "suggest", *taken(lambda n: library.suggest(f"{questions[n][:12]} ", "/orders"), len(questions))
    )
    drafts = [
        library.create(DraftIn(title=f"Measured {n}", body=f"Text number {n}. " * 60), by="benchmark").id
        for n in range(PUBLISHED)
    ]
    table.add_row("publish until it answers", *taken(lambda n: library.publish(drafts[n]), PUBLISHED))
    table.add_row("retire until it is gone", *taken(lambda n: library.retire(drafts[n]), PUBLISHED))
    return table


def taken(call: Callable[[int], object], count: int) -> tuple[str, str, str]:
    milliseconds = []
    for number in range(count):
        began = time.perf_counter()
        call(number)
        milliseconds.append((time.perf_counter() - began) * 1000)
    p50, p95 = np.percentile(milliseconds, (50, 95))
    return f"{p50:.1f}", f"{p95:.1f}", str(count)


if __name__ == "__main__":
    main()
