"""Reads golden questions: a library's own, as YAML. This module must not know how questions are answered."""

from collections.abc import Collection, Sequence
from pathlib import Path

import yaml

from knowledge_base.errors import Invalid
from knowledge_base.evaluation import Golden


def read_questions(path: Path) -> list[Golden]:
    """Golden questions from a YAML list of {question, article}; `article: null` where the library has no answer.

    `headings` may list the sections of the article that answer.
    Raises Invalid, naming the line that is no YAML or the number of the first entry that is not one.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise Invalid(f"{path}: there is no such file.") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise Invalid(f"{path} cannot be read as a text file in UTF-8.") from exc
    except yaml.YAMLError as exc:
        line = (
            f":{exc.problem_mark.line + 1}"
            if isinstance(exc, yaml.MarkedYAMLError) and exc.problem_mark
            else ""
        )
        raise Invalid(f"{path}{line} is not YAML.") from exc
    goldens = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [None], start=1):
        match entry:
            case {"question": str(question), "article": str() | None as article}:
                headings = tuple(str(heading) for heading in entry.get("headings") or ())
                goldens.append(Golden(question, article, headings=headings))
            case _:
                raise Invalid(f"{path}: entry {number} must have `question` and `article` (a slug or null).")
    return goldens


def unknown_articles(goldens: Sequence[Golden], slugs: Collection[str]) -> list[str]:
    """What goldens name that is no published article's slug, each once, in order: misspelt, or retired since."""
    named = dict.fromkeys(golden.article for golden in goldens if golden.article)
    return [slug for slug in named if slug not in slugs]
