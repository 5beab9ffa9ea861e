"""Measures imports of whole help centres, and how long a search takes among ten thousand passages."""

import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.answers.formats import sets_in
from benchmarks.answers.goals import SEARCH, Goal
from benchmarks.answers.report import Row, row
from benchmarks.answers.sets import QuestionSet
from benchmarks.answers.shelves import library_of
from benchmarks.answers.statistics import Figure, bootstrap, share
from knowledge_base.article import Content, slug_of
from knowledge_base.errors import LibraryError
from knowledge_base.files import article_paths, read_article

QUESTIONS = 400
FOLDERS = ("kb_magento", "kb_chatwoot")
DOCUMENTS = "tau2_banking"
COPIES = 700
"""With the public help centres they make ten thousand passages."""
TIMED_ARTICLES = 60
NAN = float("nan")
VARIED = 5
"""Every fifth longer word of a copy is another one."""
LONGER_WORD = re.compile(r"\b[A-Za-z]{5,}\b")
WHOLE = Goal(None, 1.0)


def measured(eval_dir: Path, encoder_dir: Path, *, limit: int | None, fresh: bool) -> Iterator[Row]:
    """Imports one by one, then searches in all of them together."""
    everything: dict[str, Content] = {}
    for name in FOLDERS:
        if (eval_dir / name).is_dir():
            read, failed = markdown_folder(eval_dir / name)
            yield row(
                "import", f"{name}: files taken in", share([True] * len(read) + [False] * failed), goal=WHOLE
            )
            everything |= {f"{name.replace('_', '-')}-{slug}": content for slug, content in read.items()}
    if (eval_dir / DOCUMENTS).is_dir():
        read, failed = document_lines(eval_dir / DOCUMENTS / "documents.jsonl")
        yield row(
            "import", f"{DOCUMENTS}: files taken in", share([True] * len(read) + [False] * failed), goal=WHOLE
        )
        everything |= {f"tau2-{slug}": content for slug, content in read.items()}
    questions = [f"How about {content.title.lower()}?" for content in everything.values()]
    for found in sets_in(eval_dir / "doc2dial") if (eval_dir / "doc2dial").is_dir() else ():
        if isinstance(found, QuestionSet):
            everything |= found.articles
            questions += [one.question for one in found.asked]
    if not everything:
        return
    yield from _searches(everything, questions, encoder_dir, limit=limit, fresh=fresh)


def _searches(
    articles: dict[str, Content], questions: list[str], encoder_dir: Path, *, limit: int | None, fresh: bool
) -> Iterator[Row]:
    few = dict(sorted(articles.items())[:: max(len(articles) // TIMED_ARTICLES, 1)])
    with library_of("import", few, encoder_dir, fresh=fresh) as (_, built):
        each = Figure(built.seconds * 1000 / max(built.articles, 1), NAN, NAN, built.articles)
        yield row("import", "milliseconds an article, published", each, lower_is_better=True)
    shelf = few if limit else articles | varied(articles, COPIES)
    with library_of("scale", shelf, encoder_dir, by_chance=True, fresh=fresh) as (library, built):
        passages = len(library.snapshot().views.passages)
        taken = [True] * built.articles + [False] * len(built.refused)
        yield row("import", "articles taken in together", share(taken), goal=WHOLE)
        asked = random.Random(7).sample(sorted(set(questions)), min(QUESTIONS, len(set(questions))))
        for question in asked[:20]:
            library.search(f"{question} please")
        times = []
        for question in asked:
            began = time.perf_counter()
            library.search(question)
            times.append((time.perf_counter() - began) * 1000)
        sample = np.array(times)
        slowest = bootstrap(lambda rows: float(np.percentile(sample[rows], 95)), len(sample))
        yield row("search", f"search p95, ms, {passages} passages", slowest, times, goal=SEARCH)


def markdown_folder(folder: Path) -> tuple[dict[str, Content], int]:
    """Articles by slug as an import reads them, and how many files could not be read."""
    read: dict[str, Content] = {}
    failed = 0
    for path in article_paths(folder):
        if path.stem.upper() in {"README", "LICENSE", "COPYING"}:
            continue
        try:
            file = read_article(path, folder)
        except LibraryError:
            failed += 1
        else:
            read[_free(file.slug, read)] = file.content
    return read, failed


def document_lines(path: Path) -> tuple[dict[str, Content], int]:
    read: dict[str, Content] = {}
    failed = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        try:
            content = Content(str(document["title"]), str(document["content"])).tidied()
        except (LibraryError, KeyError):
            failed += 1
        else:
            read[_free(slug_of(content.title), read)] = content
    return read, failed


def _free(slug: str, taken: dict[str, Content]) -> str:
    number = 2
    free = slug
    while free in taken:
        free = f"{slug[:80]}-{number}"
        number += 1
    return free


def varied(articles: dict[str, Content], count: int) -> dict[str, Content]:
    """`count` copies that say something else: longer words are exchanged with those of other articles."""
    source = random.Random(7)
    slugs = sorted(articles)
    words = sorted({word for slug in slugs[::3] for word in LONGER_WORD.findall(articles[slug].body)})
    copies: dict[str, Content] = {}

    def other(match: re.Match[str]) -> str:
        return source.choice(words) if source.randrange(VARIED) == 0 else match[0]

    for number in range(count if words else 0):
        original = articles[slugs[number * 7919 % len(slugs)]]
        title = LONGER_WORD.sub(other, original.title)[:190]
        body = LONGER_WORD.sub(other, original.body)
        copies[f"varied-{number}"] = Content(f"{title} {number}", body)
    return copies
