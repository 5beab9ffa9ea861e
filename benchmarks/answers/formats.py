"""Finds the sets in a folder and its folders by the files that are there. README.md describes the formats."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.answers.intent_formats import (
    csv_files,
    looks_like_clinc,
    looks_like_label_folders,
    read_clinc,
    read_csv_files,
    read_label_folders,
)
from benchmarks.answers.question_formats import (
    DOCUMENTS,
    QUESTIONS,
    looks_like_pairs,
    read_documents,
    read_pairs,
)
from benchmarks.answers.sets import AnySet, IntentSet, Malformed


def sets_in(folder: Path) -> Iterator[AnySet | Malformed]:
    """Every set under `folder`, named for where it lies; instead of a set that is broken, what is wrong with it."""
    yield from _sets_in(folder, folder)


def _sets_in(folder: Path, root: Path) -> Iterator[AnySet | Malformed]:
    name = "/".join(folder.relative_to(root).parts) or folder.resolve().name
    try:
        found = list(_here(folder, name))
    except Malformed as exc:
        yield exc
        return
    except UnicodeDecodeError as exc:
        yield Malformed(str(folder), 1, f"a file in it is not UTF-8 ({exc.reason})")
        return
    yield from (_checked(one, folder) for one in found)
    if not found:
        for child in sorted(folder.iterdir()):
            if child.is_dir() and not child.name.startswith("."):
                yield from _sets_in(child, root)


def _here(folder: Path, name: str) -> Iterator[AnySet]:
    """The sets that lie in this very folder."""
    if (folder / DOCUMENTS).is_file() and (folder / QUESTIONS).is_file():
        yield read_documents(folder, name)
        return
    if looks_like_label_folders(folder):
        yield read_label_folders(folder, name)
        return
    tables = csv_files(folder)
    if tables:
        yield from read_csv_files(tables, name)
        return
    files = [(path, _loaded(path)) for path in sorted(folder.glob("*.json"))]
    known = [(p, j) for p, j in files if looks_like_clinc(j) or looks_like_pairs(j)]
    for path, loaded in known:
        own_name = name if len(known) == 1 else f"{name}/{path.stem}"
        if looks_like_clinc(loaded):
            yield read_clinc(path, loaded, own_name)
        else:
            yield read_pairs(path, loaded, own_name)


def _loaded(path: Path) -> Any:
    text = path.read_text(encoding="utf-8-sig")
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise Malformed(str(path), exc.lineno, f"this is not JSON ({exc.msg})") from exc


def _checked(found: AnySet, folder: Path) -> AnySet | Malformed:
    """A set that can be measured."""
    if isinstance(found, IntentSet):
        if len({example.intent for example in found.train}) < 2:
            return Malformed(str(folder), 1, "training needs examples of at least two intents")
        if not found.test:
            return Malformed(str(folder), 1, "there is nothing to test with")
    elif not found.asked:
        return Malformed(str(folder), 1, "there are no questions to ask")
    return found
