"""What a step depends on, as one hash, and whether that has changed since the step last ran.

A stamp is a small JSON file of `{key: hash}`. It lies with what it vouches for (in the environment, beside
the model), so that deleting the one forgets the other.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

# what Python and editors leave behind says nothing about the source
IGNORED_PARTS = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".DS_Store"})


def files_of(inputs: Iterable[Path]) -> list[Path]:
    """Every file named, or under a folder named, sorted; what does not exist is left out."""
    found: set[Path] = set()
    for path in inputs:
        if path.is_file():
            found.add(path)
        elif path.is_dir():
            found.update(
                p for p in path.rglob("*") if p.is_file() and not IGNORED_PARTS.intersection(p.parts)
            )
    return sorted(found)


def fingerprint(root: Path, inputs: Iterable[Path], words: Iterable[str] = ()) -> str:
    """SHA-256 over the names (relative to `root`) and contents of the inputs, and over `words`."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(b"word\0" + word.encode() + b"\0")
    for path in files_of(inputs):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    """The stamp at `path`; empty when it cannot be read, which only means that the step runs again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in content.items()} if isinstance(content, dict) else {}


def write_stamp(path: Path, **entries: str) -> None:
    """Add entries to the stamp at `path`, in one move: a half-written stamp never vouches for anything."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".new")
    half.write_text(json.dumps({**read_stamp(path), **entries}, indent=1, sort_keys=True), encoding="utf-8")
    half.replace(path)
