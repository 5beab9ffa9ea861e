"""Articles as a folder of markdown files with front matter: `<category>/<slug>.md`. Reading what was written gives the
same articles.

This module must not know about storage or ranking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.article import Content, checked_slug, slug_of
from knowledge_base.errors import BadArticleFile, Invalid

FENCE = "---"
SUFFIXES = (".md", ".mdx", ".markdown")


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """One article as it lies in a file."""

    slug: str
    content: Content
    updated: datetime | None = None
    """When its words were last checked; None when the file does not say."""


def article_paths(folder: Path) -> Iterator[Path]:
    """Every markdown file under the folder, in a fixed order."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file())


def read_article(path: Path, folder: Path) -> ArticleFile:
    """Reads one file; what the front matter leaves out comes from its name, its folder and its first heading.

    Raises BadArticleFile with one sentence that says what to change.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadArticleFile("The file is not UTF-8 text.") from exc
    front, body = _split(text)
    title, body = _title(front, body, path)
    category = str(front.get("category", path.parent.name if path.parent != folder else "") or "")
    questions = front.get("questions") or []
    if not isinstance(questions, list) or not all(isinstance(item, str) for item in questions):
        raise BadArticleFile(
            "`questions` must be a list of texts; put quotes around one that has a colon in it."
        )
    always_person = front.get("always_person", False)
    if not isinstance(always_person, bool):
        raise BadArticleFile("`always_person` must be true or false.")
    if not body.strip():
        raise BadArticleFile("The file has no text below its front matter.")
    try:
        slug = checked_slug(str(front.get("slug") or slug_of(path.stem) or slug_of(title)))
        summary = str(front.get("summary") or front.get("description") or "")
        content = Content(title, body, summary[:300], category[:60], tuple(questions), always_person)
        content = content.tidied()
    except Invalid as exc:
        raise BadArticleFile(str(exc)) from exc
    return ArticleFile(slug, content, _moment(front.get("updated")))


def write_article(file: ArticleFile, folder: Path) -> Path:
    """Writes `<category>/<slug>.md` under the folder; returns its path."""
    content = file.content
    front: dict[str, Any] = {"title": content.title, "slug": file.slug, "category": content.category}
    front["summary"] = content.summary
    if content.questions:
        front["questions"] = list(content.questions)
    if content.always_person:
        front["always_person"] = True
    if file.updated is not None:
        front["updated"] = file.updated.isoformat()
    path = folder / (slug_of(content.category) or "general") / f"{file.slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=110)
    path.write_text(f"{FENCE}\n{header}{FENCE}\n\n{content.body}", encoding="utf-8")
    return path


def _split(text: str) -> tuple[dict[str, Any], str]:
    if not text.startswith(FENCE):
        return {}, text
    header, fence, body = text[len(FENCE) :].partition(f"\n{FENCE}")
    if not fence:
        raise BadArticleFile("The front matter begins with --- but never ends with one.")
    try:
        front = yaml.safe_load(header) or {}
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise BadArticleFile(f"The front matter is not valid YAML{where}.") from exc
    if not isinstance(front, dict):
        raise BadArticleFile("The front matter must be `name: value` lines.")
    return front, body.partition("\n")[2]


def _title(front: dict[str, Any], body: str, path: Path) -> tuple[str, str]:
    """The title, and the body without the heading that repeats it."""
    first, _, rest = body.lstrip().partition("\n")
    heading = first.removeprefix("# ").strip() if first.startswith("# ") else ""
    title = str(front.get("title") or heading or path.stem.replace("-", " ").capitalize())
    return title, rest if heading == title else body


def _moment(value: object) -> datetime | None:
    match value:
        case None:
            return None
        case datetime():
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        case date():
            return datetime.combine(value, time(), UTC)
        case str():
            try:
                return _moment(datetime.fromisoformat(value))
            except ValueError:
                pass
    raise BadArticleFile("`updated` must be a date such as 2026-11-22.")
