"""Finds the sets in a folder and its folders by the files that are there, and says what is wrong with files that are no
set. README.md describes the formats.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.answers.intent_formats import (
    LABEL_COLUMNS,
    TEXT_COLUMNS,
    column_names,
    csv_files,
    is_table,
    looks_like_clinc,
    looks_like_label_folders,
    names_a_split,
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
from benchmarks.answers.sets import AnySet, IntentSet, Malformed, text_of

NO_SETS = frozenset({"source.jsonl", "metadata.json", "package.json", "dataset_infos.json"})
"""What commonly lies beside sets and says where they are from."""


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
    yield from (_checked(one, folder) for one in found)
    yield from strays(folder, alone=not found)
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
    text = text_of(path)
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


def strays(folder: Path, *, alone: bool) -> Iterator[Malformed]:
    """What is wrong with the files of a folder that look as if they were sets. Beside a set only tables for training or
    testing count: a set may come with files of other kinds."""
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.lower() in NO_SETS:
            continue
        try:
            wrong = _wrong(path) if alone or (path.suffix == ".csv" and names_a_split(path)) else ""
        except Malformed as exc:
            yield exc
            continue
        if wrong and (alone or not is_table(path)):
            yield Malformed(str(path), 1, wrong)


def _wrong(path: Path) -> str:
    """Why a file is no set; empty for files that nobody would take for one."""
    match path.suffix.lower():
        case ".csv":
            return _wrong_table(path)
        case ".tsv":
            return "columns are parted by tabs, expected a CSV file with commas"
        case ".json":
            return _wrong_json(_loaded(path))
        case ".jsonl":
            needed = {DOCUMENTS: QUESTIONS, QUESTIONS: DOCUMENTS}.get(path.name)
            files = f"{DOCUMENTS} and {QUESTIONS}"
            return f"there is no {needed} beside it" if needed else f"of this kind only {files} are read"
    return ""


def _wrong_table(path: Path) -> str:
    if is_table(path):
        return "there is no training with it: expected 'train' in the name of a file or its folder"
    names = column_names(path)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        return f"columns must be parted by commas; its heading is {names[0]!r}"
    expected = f"one of {', '.join(TEXT_COLUMNS)}, and one of {', '.join(LABEL_COLUMNS)}"
    return f"columns are {', '.join(map(repr, names)) or 'missing'}; expected {expected}"


def _wrong_json(loaded: Any) -> str:
    if isinstance(loaded, dict):
        if "train" in loaded:
            return "'train' must be a list of [text, intent]"
        return f"keys are {_some(loaded)}; expected 'train', a list of [text, intent]"
    if isinstance(loaded, list):
        keys = _some(loaded[0]) if loaded and isinstance(loaded[0], dict) else "none"
        return f"keys of its first entry are {keys}; expected 'question' and 'answer'"
    return "expected an object with 'train', or a list of objects with 'question' and 'answer'"


def _some(keys: Iterable[Any]) -> str:
    return ", ".join(repr(key) for key in islice(keys, 8)) or "none"
