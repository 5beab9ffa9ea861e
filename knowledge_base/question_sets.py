"""Reads questions with known answers: our own YAML, and two public sets that anyone can fetch.

A set brings its own articles, so that it can be measured in a library of its own. This module must not know how
questions are answered.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from knowledge_base.article import Content, slug_of
from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden


@dataclass(frozen=True, slots=True)
class QuestionSet:
    articles: dict[str, Content]
    """By slug."""
    first_turns: list[Golden]
    later_turns: list[Golden]
    """Questions in mid-conversation, with what was asked before; may be empty."""


def read_questions(path: Path) -> list[Golden]:
    """Golden questions from a YAML list of {question, article}; `article: null` where the library has no answer.

    `headings` may list the sections of the article that answer.
    Raises Invalid with the number of the first entry that is not one.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as exc:
        raise Invalid(f"{path} cannot be read as YAML.") from exc
    goldens = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [None], start=1):
        match entry:
            case {"question": str(question), "article": str() | None as article}:
                headings = tuple(str(heading) for heading in entry.get("headings") or ())
                goldens.append(Golden(question, article, headings=headings))
            case _:
                raise Invalid(f"{path}: entry {number} must have `question` and `article` (a slug or null).")
    return goldens


def read_doc2dial(folder: Path) -> QuestionSet:
    """Doc2dial: conversations over long public-service pages. Only customers' turns are used: agents' turns were
    written from the right page and give it away."""
    slugs: dict[str, str] = {}
    articles: dict[str, Content] = {}
    for document in _lines(folder / "documents.jsonl"):
        slug = slugs[document["title"]] = slug_of(document["title"])
        articles[slug] = Content(
            re.sub(r"#\d+_\d+$", "", document["title"]), _with_headings(document["text"])
        ).tidied()
    first, later = list[Golden](), list[Golden]()
    for row in _lines(folder / "questions.jsonl"):
        newest_first = [turn.strip() for turn in row["question"].split("\t")]
        said = [turn.removeprefix("user:").strip() for turn in newest_first if turn.startswith("user:")]
        golden = Golden(said[0], slugs[row["title"]], tuple(reversed(said[1:6])))
        (later if golden.asked else first).append(golden)
    return QuestionSet(articles, first, later)


def doc2dial_rows(pages: QuestionSet) -> dict[str, list[Golden]]:
    """The four ways in which doc2dial is asked."""
    return {
        "doc2dial, first turn": pages.first_turns,
        "doc2dial, later turns": pages.later_turns,
        "doc2dial, later turns, history withheld": [Golden(g.question, g.article) for g in pages.later_turns],
        "doc2dial, first turn after another topic": with_topic_switched(pages),
    }


def with_topic_switched(pages: QuestionSet, seed: int = 7) -> list[Golden]:
    """First turns with the latest three questions of somebody else's conversation put in front of them."""
    random = Random(seed)  # noqa: S311  # a repeatable draw, no secret
    long = [golden for golden in pages.later_turns if len(golden.asked) >= 2]
    switched = []
    for golden in pages.first_turns:
        other = random.choice([before for before in long if before.article != golden.article])
        switched.append(Golden(golden.question, golden.article, (*other.asked, other.question)[-3:]))
    return switched


def read_covidfaq(folder: Path) -> QuestionSet:
    """CovidFAQ: short answers, many wordings. An answer's own question is its title; people's wordings are asked."""
    pairs = json.loads((folder / "query_answer_pairs.json").read_text(encoding="utf-8"))
    questions: dict[str, list[str]] = {}
    for pair in pairs:
        if pair["query_type"] == "faq":
            questions.setdefault(pair["answer"], []).append(pair["question"].strip())
    slugs = {answer: f"faq-{number}" for number, answer in enumerate(questions, start=1)}
    articles = {
        slugs[answer]: Content(titles[0], answer, questions=tuple(titles[1:])).tidied()
        for answer, titles in questions.items()
    }
    asked = [Golden(pair["question"], slugs[pair["answer"]]) for pair in pairs if pair["query_type"] != "faq"]
    return QuestionSet(articles, asked, [])


def _lines(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _with_headings(text: str) -> str:
    """Doc2dial's blocks begin with their heading on a line of its own; in markdown it is marked."""
    blocks = []
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if len(lines) > 1:
            lines[0] = f"## {lines[0]}"
        blocks += lines
    return "\n\n".join(blocks)
