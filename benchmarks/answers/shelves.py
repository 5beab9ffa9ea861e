"""Libraries to measure: filled and published the way an import does it, and kept for the next run.

What was built from the same articles by the same code is taken from `var/benchmarks`; everybody works on a copy.
"""

import hashlib
import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.answers.training import KEPT, ROOT
from knowledge_base import opening
from knowledge_base.article import Content
from knowledge_base.encoder import OnnxEncoder
from knowledge_base.errors import LibraryError
from knowledge_base.library import Library
from knowledge_base.opening import open_library
from knowledge_base.ranking import Vector

CUTTING = ("article", "markdown", "plain_text", "store", "tables", "encoder", "index")
"""Modules of the knowledge base that what is stored depends on."""
SITE = "default"
FINGERPRINT = 12
"""Letters of it; what other articles or other code left under the same name is removed."""
SHARED = 0.5
"""Added to each dimension of a drawn vector, whose spread is 1: a mutual cosine of .2."""


@dataclass(frozen=True, slots=True)
class Built:
    """What filling a library took."""

    articles: int
    refused: dict[str, str]
    """Why, by slug."""
    seconds: float


class ChanceEncoder(OnnxEncoder):
    """Vectors drawn by chance, always the same for a text: a search takes as long among them, and eighty thousand real
    ones take minutes to make."""

    def _encode(self, text: str) -> Vector:
        source = np.random.default_rng(zlib.crc32(text.encode("utf-8", "replace")))
        drawn = (
            source.normal(size=self.dimensions) + SHARED
        )  # texts of one language are never at right angles
        vector: Vector = (drawn / np.linalg.norm(drawn)).astype(np.float32)
        vector.flags.writeable = False
        return vector


@contextmanager
def library_of(
    name: str,
    articles: Mapping[str, Content],
    encoder_dir: Path,
    *,
    by_chance: bool = False,
    fresh: bool = False,
) -> Iterator[tuple[Library, Built]]:
    """A library that lives as long as the block; `by_chance` fills it with vectors that mean nothing."""
    kept = KEPT / f"library-{name.replace('/', '-')}-{_fingerprint(articles, encoder_dir)}"
    if fresh or not (kept / "built.json").is_file():
        encoder = ChanceEncoder if by_chance else OnnxEncoder
        with patch.object(opening, "OnnxEncoder", encoder):
            _build(kept, articles, encoder_dir)
    built = Built(**json.loads((kept / "built.json").read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(kept / "library.db", Path(folder) / "library.db")
        library = open_library(f"sqlite:///{folder}/library.db", encoder_dir, SITE)
        try:
            yield library, built
        finally:
            library.close()


def _build(kept: Path, articles: Mapping[str, Content], encoder_dir: Path) -> None:
    for old in KEPT.glob(f"{kept.name.rpartition('-')[0]}-{'?' * FINGERPRINT}"):
        shutil.rmtree(old, ignore_errors=True)
    kept.mkdir(parents=True)
    library = open_library(f"sqlite:///{kept}/library.db", encoder_dir, SITE)
    refused: dict[str, str] = {}
    began = time.monotonic()
    try:
        for slug, content in articles.items():
            try:
                library.put(slug, content, by="benchmark", at=None, publish=True)
            except LibraryError as exc:
                refused[slug] = str(exc)
        library.refresh()
    finally:
        library.close()
    built = Built(len(articles) - len(refused), refused, time.monotonic() - began)
    (kept / "built.json").write_text(json.dumps(asdict(built)), encoding="utf-8")


def _fingerprint(articles: Mapping[str, Content], encoder_dir: Path) -> str:
    digest = hashlib.sha256(json.dumps({slug: asdict(c) for slug, c in articles.items()}).encode())
    for module in CUTTING:
        digest.update((ROOT / "knowledge_base" / f"{module}.py").read_bytes())
    for path in sorted((ROOT / "knowledge_base" / "migrations" / "versions").glob("*.py")):
        digest.update(path.read_bytes())
    card = encoder_dir / "encoder.json"
    digest.update(card.read_bytes() if card.is_file() else b"")
    return digest.hexdigest()[:FINGERPRINT]
