"""Reads a Rasa project's training files before Rasa does, to say file and line of what is wrong in them.

Rasa names neither for most mistakes, and some it passes over. Must not know how anything is trained.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import yaml

TRAINING_KEYS = frozenset({"nlu", "rules", "stories"})
DOMAIN_KEYS = frozenset(
    {"intents", "entities", "slots", "forms", "responses", "actions", "session_config", "e2e_actions"}
)
CONFIG_KEYS = frozenset({"pipeline", "policies", "recipe"})
"""A file with one of these is a configuration, which may hold anything else besides."""
BLOCK_KEYS = {
    "nlu": frozenset({"intent", "synonym", "regex", "lookup", "examples", "metadata"}),
    "rules": frozenset(
        {"rule", "steps", "condition", "conversation_start", "wait_for_user_input", "metadata"}
    ),
    "stories": frozenset({"story", "steps", "metadata"}),
}
KINDS = ("intent", "synonym", "regex", "lookup")
FEWEST_EXAMPLES = 2
"""Of one example nobody can say how its intent is worded otherwise."""
ENDINGS = (".yml", ".yaml")
NOT_TRAINED = ("tests", "test", "models", "results", "endpoints.yml", "credentials.yml", "config.yml")
"""Folders and files of a Rasa project that are no training files."""


@dataclass(frozen=True)
class Mistake:
    """What is wrong where. `grave`: it stops the training in any case; else it may be let pass."""

    path: Path
    line: int
    message: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Example:
    """One example of an intent, where it stands."""

    path: Path
    line: int
    intent: str
    text: str


def training_files(folder: Path) -> List[Path]:
    """Return the training files of a project, in order; `folder` may be one such file itself.

    They are in its `data/`, as Rasa lays a project out, or else anywhere in the folder.
    """
    if folder.is_file():
        return [folder]
    data = folder / "data"
    found = _yaml_under(data if data.is_dir() else folder)
    return [path for path in found if not path.name.startswith("domain") or data in path.parents]


def domain_files(folder: Path) -> List[Path]:
    """Return `domain*.yml` of a project and what is in its folder `domain`, in order."""
    if folder.is_file():
        return []
    single = [path for path in folder.glob("domain*") if path.suffix in ENDINGS and path.is_file()]
    return sorted([*single, *_yaml_under(folder / "domain")])


def _yaml_under(folder: Path) -> List[Path]:
    """Return the YAML files under `folder`, without what is hidden or trains nothing."""

    def counts(path: Path) -> bool:
        parts = path.relative_to(folder).parts
        return not any(part.startswith(".") or part in NOT_TRAINED for part in parts)

    return sorted(
        path for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file() and counts(path)
    )


def mistakes_in(folder: Path) -> List[Mistake]:
    """Return everything that is wrong with the training files and the domain of a project, by file and line."""
    found: List[Mistake] = []
    examples: List[Example] = []
    for path in sorted({*training_files(folder), *domain_files(folder)}):
        try:
            root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except UnicodeDecodeError as wrong:
            before = path.read_bytes()[: wrong.start]
            found.append(Mistake(path, before.count(b"\n") + 1, "this is not UTF-8 text"))
            continue
        except yaml.YAMLError as wrong:
            mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
            problem = getattr(wrong, "problem", None) or "unreadable"
            found.append(Mistake(path, mark.line + 1 if mark else 1, f"this is not YAML: {problem}"))
            continue
        if root is not None:
            _read_file(path, root, found, examples)
    found += _mistakes_among(folder, examples)
    return sorted(found, key=lambda mistake: (str(mistake.path), mistake.line))


def _read_file(path: Path, root: Any, found: List[Mistake], examples: List[Example]) -> None:
    if not isinstance(root, yaml.MappingNode):
        found.append(Mistake(path, _line(root), "the file must begin with keys such as `nlu:` or `rules:`"))
        return
    keys = {key.value for key, _ in root.value}
    if keys & CONFIG_KEYS or not keys & (TRAINING_KEYS | DOMAIN_KEYS | {"version"}):
        return  # a configuration, or no file of Rasa's at all
    for key, value in root.value:
        if key.value not in TRAINING_KEYS | DOMAIN_KEYS | {"version"}:
            found.append(Mistake(path, _line(key), f"`{key.value}` is no key of a training file"))
        elif key.value in BLOCK_KEYS:
            for block in _items(path, key, value, found):
                _read_block(path, key.value, block, found, examples)


def _items(path: Path, key: Any, value: Any, found: List[Mistake]) -> Iterator[Any]:
    if not isinstance(value, yaml.SequenceNode):
        if value.value:
            found.append(Mistake(path, _line(key), f"`{key.value}:` must be followed by a list"))
        return
    for block in value.value:
        if isinstance(block, yaml.MappingNode):
            yield block
        else:
            found.append(Mistake(path, _line(block), f"each entry of `{key.value}:` must have keys"))


def _read_block(path: Path, section: str, block: Any, found: List[Mistake], examples: List[Example]) -> None:
    keys: Dict[str, Any] = {}
    for key, value in block.value:
        if key.value not in BLOCK_KEYS[section]:
            found.append(Mistake(path, _line(key), f"`{key.value}` is no key of an entry of `{section}:`"))
        elif key.value in keys:
            found.append(Mistake(path, _line(key), f"`{key.value}` is there twice"))
        keys[key.value] = value
    if section != "nlu":
        return
    kind = next((kind for kind in KINDS if kind in keys), None)
    if kind is None:
        found.append(Mistake(path, _line(block), f"an entry of `nlu:` needs one of {', '.join(KINDS)}"))
        return
    name = str(keys[kind].value).strip()
    if not name:
        found.append(Mistake(path, _line(keys[kind]), f"this {kind} has no name"))
    elif "examples" not in keys:
        found.append(Mistake(path, _line(block), f"{kind} {name!r} has no examples"))
    else:
        _read_examples(path, kind, name, keys["examples"], found, examples)


def _read_examples(
    path: Path, kind: str, name: str, node: Any, found: List[Mistake], examples: List[Example]
) -> None:
    texts = list(_example_texts(path, node, found))
    if not texts:
        found.append(Mistake(path, _line(node), f"{kind} {name!r} has no examples"))
    for line, text in texts:
        if not text:
            found.append(Mistake(path, line, f"an example of {kind} {name!r} is empty"))
        elif kind == "intent":
            examples.append(Example(path, line, name, text))


def _example_texts(path: Path, node: Any, found: List[Mistake]) -> Iterator[Tuple[int, str]]:
    """Yield (line, text) of a block of `- …` lines, or of a list of texts or of mappings with `text`."""
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            item = entry
            if isinstance(entry, yaml.MappingNode):
                item = {key.value: value for key, value in entry.value}.get("text", entry)
            if isinstance(item, yaml.ScalarNode):
                yield _line(item), item.value.strip().removeprefix("- ").strip()
            else:
                found.append(Mistake(path, _line(item), "an example needs a `text`"))
        return
    if not isinstance(node, yaml.ScalarNode):
        found.append(Mistake(path, _line(node), "examples must be lines that begin with `- `"))
        return
    first = _line(node) + (1 if node.style in ("|", ">") else 0)
    for offset, line in enumerate(node.value.splitlines()):
        stripped = line.strip()
        if stripped.startswith("-"):
            yield first + offset, stripped[1:].strip()
        elif stripped:
            found.append(Mistake(path, first + offset, f"an example must begin with `- `: {stripped[:40]!r}"))


def _mistakes_among(folder: Path, examples: List[Example]) -> Iterator[Mistake]:
    """Yield what only shows when all examples are seen together."""
    by_intent: Dict[str, List[Example]] = defaultdict(list)
    first: Dict[str, Example] = {}
    for example in examples:
        by_intent[example.intent.split("/")[0]].append(example)
        earlier = first.setdefault(" ".join(example.text.lower().split()), example)
        if earlier.intent != example.intent:
            where = f"{earlier.intent!r} at {earlier.path}:{earlier.line}"
            message = f"{example.text[:60]!r} is an example of {example.intent!r} here and of {where}"
            yield Mistake(example.path, example.line, message, grave=False)
    for intent, own in by_intent.items():
        if len(own) < FEWEST_EXAMPLES:
            message = f"intent {intent!r} has {len(own)} example; it needs at least {FEWEST_EXAMPLES}"
            yield Mistake(own[0].path, own[0].line, message, grave=False)
    if len(by_intent) < 2:
        at = examples[0] if examples else None
        message = "training needs examples of at least two intents"
        yield Mistake(at.path if at else folder, at.line if at else 1, message)


def _line(node: Any) -> int:
    """Return the line of a YAML node, counted from 1."""
    return int(node.start_mark.line) + 1
