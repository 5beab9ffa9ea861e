"""Reads questions with their articles in the two shapes in which they are published: pairs of question and answer, and
`documents.jsonl` with `questions.jsonl`. README.md describes both.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.answers.intent_formats import line_of_entry
from benchmarks.answers.sets import Asked, Malformed, QuestionSet, text_of
from knowledge_base.article import Content, slug_of

OWN_QUESTION = "faq"
EARLIER_QUESTIONS = 5
"""As many as a conversation gives the library."""
TITLE_CHARACTERS = 200
SWITCHED_QUESTIONS = 3
EARLIER_KEYS = ("asked", "earlier", "history")
DOCUMENTS, QUESTIONS = "documents.jsonl", "questions.jsonl"


# Pairs of question and answer


def looks_like_pairs(loaded: Any) -> bool:
    return isinstance(loaded, list) and any(
        isinstance(entry, dict) and "question" in entry and "answer" in entry for entry in loaded[:20]
    )


def read_pairs(path: Path, loaded: list[Any], name: str) -> QuestionSet:
    """Each answer becomes an article; the question that is its own (`query_type` faq) its title.

    Where no pair says which question is the answer's own, it is the first. All others are asked.
    """
    own: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, set[str]] = defaultdict(set)
    text = text_of(path)
    for number, entry in enumerate(loaded):
        match entry:
            case {"question": str(question), "answer": str(answer)} if answer.strip():
                if not _belongs(entry):
                    continue
                if entry.get("query_type") == OWN_QUESTION or (
                    "query_type" not in entry and not own.get(answer)
                ):
                    own[answer].append(question.strip())
                else:
                    asked[question].add(answer)
            case _:
                line = line_of_entry(text, None, number)
                raise Malformed(
                    str(path), line, f"entry {number + 1} must have `question` and `answer`, two texts"
                )
    for answers in asked.values():
        for answer in sorted(answers - own.keys()):
            own[answer] = []
    slugs = {answer: f"faq-{number}" for number, answer in enumerate(own, start=1)}
    articles = {slugs[answer]: _short_article(answer, titles) for answer, titles in own.items()}
    rows = []
    for entry in filter(_belongs, loaded):
        question, answer = entry["question"], slugs.get(entry["answer"], "")
        if entry.get("query_type") != OWN_QUESTION and entry["answer"] in asked.get(question, ()):
            others = frozenset(slugs[other] for other in asked[question]) - {answer}
            rows.append(Asked(question, frozenset({answer}), also=others))
    return QuestionSet(name, articles, rows)


def _belongs(entry: dict[str, Any]) -> bool:
    """Some sets list pairs that are known not to belong together."""
    return str(entry.get("label", 1)).strip().lower() in {"1", "1.0", "true"}


def _short_article(answer: str, titles: list[str]) -> Content:
    title = next((title for title in titles if title), "") or re.split(r"(?<=[.?!])\s", answer.strip())[0]
    return Content(title[:TITLE_CHARACTERS], answer, questions=tuple(titles[1:])).tidied()


# Documents and questions about them


def read_documents(folder: Path, name: str) -> QuestionSet:
    """Only customers' turns are asked: agents' turns were written from the right page and give it away."""
    slugs: dict[str, str] = {}
    articles: dict[str, Content] = {}
    for line, document in _objects(folder / DOCUMENTS):
        title = str(document.get("title") or document.get("id") or "")
        text = next((document[key] for key in ("text", "content", "body") if document.get(key)), None)
        if not title or not isinstance(text, str) or not text.strip():
            raise Malformed(str(folder / DOCUMENTS), line, "a document must have a `title` and a `text`")
        slug = _free_slug(title, articles)
        for key in (document.get("id"), document.get("doc_id"), document.get("title")):
            if key is not None:
                slugs.setdefault(str(key), slug)
        shown = re.sub(r"#\d+_\d+$", "", title)[:TITLE_CHARACTERS]
        articles[slug] = Content(shown, _with_headings(text)).tidied()
    if not articles:
        raise Malformed(str(folder / DOCUMENTS), 1, "there are no documents in it")
    asked = [
        _asked(entry, slugs, f"{folder / QUESTIONS}", line) for line, entry in _objects(folder / QUESTIONS)
    ]
    return QuestionSet(name, articles, asked)


def _asked(entry: dict[str, Any], slugs: dict[str, str], where: str, line: int) -> Asked:
    question = entry.get("question")
    keys = ("documents", "document", "document_id", "doc_id", "title")
    named = next((entry[key] for key in keys if entry.get(key) not in (None, "", [])), None)
    if not isinstance(question, str) or named is None:
        raise Malformed(where, line, "a question must have `question` and `document` (or `title`)")
    unknown = [str(one) for one in _listed(named) if str(one) not in slugs]
    if unknown:
        raise Malformed(where, line, f"there is no document {unknown[0]!r}")
    articles = frozenset(slugs[str(one)] for one in _listed(named))
    earlier: Any = next((entry[key] for key in EARLIER_KEYS if entry.get(key)), [])
    said = [_said(turn) for turn in question.split("\t") if not _by_agent(turn)]
    if not said:
        raise Malformed(where, line, "nobody but an agent says anything in it")
    told = [_said(turn) for turn in _listed(earlier) if isinstance(turn, str) and not _by_agent(turn)]
    before = (*told, *reversed(said[1:]))  # a conversation in one line begins with what was said last
    return Asked(said[0], articles, before[-EARLIER_QUESTIONS:])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _by_agent(turn: str) -> bool:
    return turn.strip().lower().startswith(("agent:", "assistant:", "bot:"))


def _said(turn: str) -> str:
    return re.sub(r"^\s*(?:user|customer)\s*:\s*", "", turn, flags=re.IGNORECASE).strip()


def _free_slug(title: str, taken: dict[str, Content]) -> str:
    slug = slug_of(title) or "document"
    number = 2
    while (free := slug if number == 2 else f"{slug[:70]}-{number - 1}") in taken:
        number += 1
    return free


def _with_headings(text: str) -> str:
    """Plain blocks that begin with their heading on a line of its own get it marked; markdown stays as it is."""
    if re.search(r"^#{1,6} ", text, re.MULTILINE):
        return text
    blocks = []
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if len(lines) > 1:
            lines[0] = f"## {lines[0]}"
        blocks += lines
    return "\n\n".join(blocks)


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in enumerate(text_of(path).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            loaded = json.loads(text)
        except json.JSONDecodeError as exc:
            raise Malformed(str(path), line, f"this is not JSON ({exc.msg})") from exc
        if not isinstance(loaded, dict):
            raise Malformed(str(path), line, "each line must be a JSON object")
        yield line, loaded


def with_topic_switched(asked: QuestionSet, seed: int = 7) -> list[Asked]:
    """First turns behind the latest three questions of somebody else's conversation about something else.

    Empty where no conversation is long enough.
    """
    random = Random(seed)
    long = [one for one in asked.later_turns if len(one.earlier) >= SWITCHED_QUESTIONS - 1]
    switched = []
    for one in asked.first_turns:
        others = [before for before in long if not before.articles & one.articles]
        if others:
            other = random.choice(others)
            earlier = (*other.earlier, other.question)[-SWITCHED_QUESTIONS:]
            switched.append(Asked(one.question, one.articles, earlier))
    return switched
