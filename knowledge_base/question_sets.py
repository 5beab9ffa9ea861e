"""Reads golden questions: a library's own, as YAML. This module must not know how questions are answered."""

from pathlib import Path

import yaml

from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden


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
