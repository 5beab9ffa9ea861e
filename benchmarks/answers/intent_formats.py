"""Reads messages with intents in the three shapes in which they are published: CLINC150's JSON, folders of `label` and
`seq.in`, and CSV files with a heading. README.md describes each.
"""

import csv
import io
import json
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.answers.sets import Example, IntentSet, Malformed, text_of

OUT_OF_SCOPE_LABELS = frozenset(
    {
        "oos",
        "ood",
        "no_nodes_detected",
        "out_of_scope",
        "out-of-scope",
        "outofscope",
        "out_of_domain",
        "none_of_these",
    }
)
OUT_OF_SCOPE = "out of scope"
NEAR, FOREIGN = "near", "foreign"
TEXT_FILES = ("seq.in", "text", "texts", "seq", "text.txt", "texts.txt")
LABEL_FILES = ("label", "labels", "label.txt", "labels.txt")
TEXT_COLUMNS = ("sentence", "text", "utterance", "query", "question", "message")
LABEL_COLUMNS = ("label", "category", "intent", "class")
SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "valid": "val",
    "val": "val",
    "validation": "val",
    "dev": "val",
}
HELD_OUT = 0.2
"""Of each intent, where a set has nothing but training examples."""


def is_out_of_scope(label: str) -> bool:
    return label.strip().lower() in OUT_OF_SCOPE_LABELS


# CLINC150: one JSON object of lists of [text, intent]


def looks_like_clinc(loaded: Any) -> bool:
    return isinstance(loaded, dict) and isinstance(loaded.get("train"), list)


def read_clinc(path: Path, loaded: dict[str, Any], name: str) -> IntentSet:
    """`train`, `val` and `test` hold what is in scope; every list whose name begins with oos or ood the rest."""
    text = text_of(path)
    lists = {key: _pairs(path, text, key, rows) for key, rows in loaded.items() if isinstance(rows, list)}
    splits: dict[str, list[Example]] = defaultdict(list)
    foreign: dict[str, list[str]] = defaultdict(list)
    for key, rows in lists.items():
        kind, _, split = key.lower().rpartition("_")
        if kind.startswith(("oos", "ood")):
            foreign[SPLITS.get(split, split)] += [example.text for example in rows]
        elif key.lower() in SPLITS:
            splits[SPLITS[key.lower()]] += rows
    measured = _measured(splits)
    outside = foreign.get(measured) or foreign.get("val" if measured == "test" else "test") or []
    return _assembled(name, splits, {OUT_OF_SCOPE: outside})


def _pairs(path: Path, text: str, key: str, rows: list[Any]) -> list[Example]:
    examples = []
    for number, entry in enumerate(rows):
        match entry:
            case [str(said), str(intent)]:
                examples.append(Example(said, intent))
            case _:
                line = line_of_entry(text, key, number)
                raise Malformed(
                    str(path), line, f"entry {number + 1} of {key!r} must be [text, intent], two texts"
                )
    return examples


def line_of_entry(text: str, key: str | None, number: int) -> int:
    """The line in which entry `number` of a list begins: of the whole file, or of the list under `key`."""
    decoder, at = json.JSONDecoder(), 0
    if key is not None:
        at = text.find(f'"{key}"')
        if at < 0:
            return 1
        at += len(key) + 2
    at = text.find("[", at) + 1
    for place in range(number + 1):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if place == number:
            break
        _, at = decoder.raw_decode(text, at)
    return text.count("\n", 0, at) + 1


# label and seq.in, line by line


def looks_like_label_folders(folder: Path) -> bool:
    return any(
        _column_files(child) is not None
        for child in folder.iterdir()
        if child.is_dir() and SPLITS.get(child.name.lower()) == "train"
    )


def read_label_folders(folder: Path, name: str) -> IntentSet:
    """`train`, `valid`, `test`, and beside them folders with oos or ood in their names that have the same inside."""
    splits: dict[str, list[Example]] = defaultdict(list)
    foreign: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for child in sorted(folder.iterdir()):
        lowered = child.name.lower()
        if not child.is_dir():
            continue
        if lowered in SPLITS and _column_files(child):
            splits[SPLITS[lowered]] += _lines_of(child)
        elif "oos" in lowered or "ood" in lowered:
            kind = (
                NEAR if lowered.startswith("id") else FOREIGN if lowered.startswith("ood") else OUT_OF_SCOPE
            )
            if _column_files(child):
                foreign[kind]["val"] += [example.text for example in _lines_of(child)]
            for inner in sorted(child.iterdir()):
                if inner.is_dir() and inner.name.lower() in SPLITS and _column_files(inner):
                    texts = [example.text for example in _lines_of(inner)]
                    foreign[kind][SPLITS[inner.name.lower()]] += texts
    measured = _measured(splits)
    outside = {
        kind: by_split.get(measured) or by_split.get("val") or [] for kind, by_split in foreign.items()
    }
    return _assembled(name, splits, outside)


def _column_files(folder: Path) -> tuple[Path, Path] | None:
    """Where texts and labels are; None when the folder lacks texts."""
    texts = next((folder / file for file in TEXT_FILES if (folder / file).is_file()), None)
    labels = next((folder / file for file in LABEL_FILES if (folder / file).is_file()), None)
    return None if texts is None else (texts, labels or folder / LABEL_FILES[0])


def _lines_of(folder: Path) -> list[Example]:
    files = _column_files(folder)
    assert files is not None
    texts_file, labels_file = files
    texts = _lines(texts_file)
    outside = not labels_file.is_file() and any("oo" in part.lower() for part in folder.parts[-2:])
    if outside:  # out-of-scope messages need no label
        return [Example(text, OUT_OF_SCOPE) for text in texts]
    if not labels_file.is_file():
        raise Malformed(str(texts_file), 1, f"there is no {LABEL_FILES[0]!r} file beside it")
    labels = _lines(labels_file)
    if len(labels) != len(texts):
        shorter, longer = sorted(
            (texts_file, labels_file), key=lambda file: len(texts if file == texts_file else labels)
        )
        count = min(len(texts), len(labels))
        raise Malformed(
            str(longer), count + 1, f"{shorter.name} ends after {count} lines, {longer.name} goes on"
        )
    examples = []
    for line, (text, label) in enumerate(zip(texts, labels, strict=True), start=1):
        if not label.strip():
            raise Malformed(str(labels_file), line, "the label is missing")
        examples.append(Example(text, label.strip()))
    return examples


def _lines(path: Path) -> list[str]:
    """Only a line feed ends a line here: published texts hold stranger separators."""
    lines = text_of(path).replace("\r\n", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


# CSV files with a heading


def csv_files(folder: Path) -> dict[str, list[Path]]:
    """CSV files of messages by split, from the folder and its folders named for splits; empty without training."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.glob("*.csv")):
        split = _split_of(path.stem)
        if split and _heading(path):
            found[split].append(path)
    for child in sorted(folder.iterdir()):
        if child.is_dir() and child.name.lower() in SPLITS:
            found[SPLITS[child.name.lower()]] += [p for p in sorted(child.glob("*.csv")) if _heading(p)]
    return dict(found) if found.get("train") else {}


def read_csv_files(found: dict[str, list[Path]], name: str) -> list[IntentSet]:
    """One set a training file; the test file of the same bot goes with it, by name."""
    sets = []
    for path in found["train"]:
        bot = _bot(path)
        splits = {"train": _rows(path)}
        for split in ("test", "val"):
            measured = _partner(bot, found.get(split, []), alone=len(found["train"]) == 1)
            if measured is not None:
                splits[split] = _rows(measured)
        several = len({_bot(other) for other in found["train"]}) > 1
        sets.append(_assembled(f"{name}/{bot}" if several else name, splits, {}))
    return sets


def _partner(bot: str, candidates: list[Path], *, alone: bool) -> Path | None:
    exact = [path for path in candidates if _bot(path) == bot]
    loose = [path for path in candidates if _bot(path) and bot.startswith(_bot(path))]
    found = exact or loose or (candidates if alone or len(candidates) == 1 else [])
    return found[0] if found else None


def _split_of(stem: str) -> str | None:
    parts = stem.lower().replace("-", "_").replace(".", "_").split("_")
    return next((SPLITS[part] for part in reversed(parts) if part in SPLITS), None)


def _bot(path: Path) -> str:
    """The file's name without the split in it: the same for both files of a bot."""
    parts = path.stem.lower().replace("-", "_").split("_")
    return "_".join(part for part in parts if part not in SPLITS)


def column_names(path: Path) -> list[str]:
    """The first row of a CSV file."""
    return next(csv.reader(io.StringIO(text_of(path), newline="")), [])


def is_table(path: Path) -> bool:
    """Whether a CSV file's heading has a column of texts and one of labels."""
    return _heading(path) is not None


def names_a_split(path: Path) -> bool:
    """Whether a CSV file's name, or its folder's, says what it is for."""
    return bool(_split_of(path.stem) or path.parent.name.lower() in SPLITS)


def _heading(path: Path) -> tuple[str, str] | None:
    """The names of its columns of texts and labels."""
    names = column_names(path)
    lowered = {name.strip().lower(): name for name in names}
    text = next((lowered[column] for column in TEXT_COLUMNS if column in lowered), None)
    label = next((lowered[column] for column in LABEL_COLUMNS if column in lowered), None)
    return (text, label) if text is not None and label is not None else None


def _rows(path: Path) -> list[Example]:
    columns = _heading(path)
    assert columns is not None
    examples = []
    reader = csv.DictReader(io.StringIO(text_of(path), newline=""))
    line = 2
    for entry in reader:
        text, label = entry.get(columns[0]), entry.get(columns[1])
        if text is None or label is None or None in entry:
            raise Malformed(str(path), line, f"the row must have {len(reader.fieldnames or ())} columns")
        if not label.strip():
            raise Malformed(str(path), line, f"the {columns[1]} is missing")
        examples.append(Example(text, label.strip()))
        line = reader.line_num + 1
    return examples


# What all three have in common


def _measured(splits: dict[str, list[Example]]) -> str:
    return "test" if splits.get("test") else "val"


def _assembled(name: str, splits: dict[str, list[Example]], outside: dict[str, list[str]]) -> IntentSet:
    """Puts labels that mean "out of scope" with what is; nobody trains on those, nor on blank lines."""
    train = [e for e in splits.get("train", []) if e.text.strip() and not is_out_of_scope(e.intent)]
    test, note = splits.get(_measured(splits), []), ""
    if not test:
        train, test = _held_out(train)
        note = "no test split: a fifth of each intent was held out of training"
    kinds = {kind: list(texts) for kind, texts in outside.items() if texts}
    mixed = [example.text for example in test if is_out_of_scope(example.intent)]
    if mixed:
        kinds[OUT_OF_SCOPE] = [*kinds.get(OUT_OF_SCOPE, []), *mixed]
    inside = [example for example in test if not is_out_of_scope(example.intent)]
    return IntentSet(name, train, inside, kinds, note)


def _held_out(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    source, train, test = Random(7), list[Example](), list[Example]()
    for intent in sorted(by_intent):
        rows = by_intent[intent]
        source.shuffle(rows)
        count = int(len(rows) * HELD_OUT)
        test += rows[:count]
        train += rows[count:]
    return train, test
