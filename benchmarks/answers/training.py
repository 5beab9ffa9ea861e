"""Trains an assistant on a set's examples with the product's own command, and lets it parse texts.

Both happen in the assistant's environment. What was trained or parsed before with the same data and the same code is
taken from `var/benchmarks`. This module must not know what the replies are used for.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.answers.cores import every_core
from benchmarks.answers.sets import Example

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "benchmarks"
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
OUR_EXAMPLES = ROOT / "bot" / "data" / "nlu"
SOURCES = ("bot/**/*.py", "knowledge_base/speller.py", "handoff/pii.py", "config.yml")
"""What a trained model depends on, beside its data and the encoder."""
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "HF_HUB_OFFLINE": "1",
    "PYTHONWARNINGS": "ignore",
    "RASA_MAX_CACHE_SIZE": "0",
}


class TrainingFailed(RuntimeError):
    """The product's command refused or broke; the message ends with what it said last."""


@dataclass(frozen=True, slots=True)
class Scope:
    score: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant made of one text."""

    intent: str
    """After the fallback."""
    top: str
    """The likeliest trained intent."""
    confidence: float
    scope: Scope | None
    milliseconds: float

    @property
    def handed_off(self) -> bool:
        """Whether the assistant takes it for none of its intents: what it decided, for whatever reason."""
        return self.intent == "nlu_fallback"

    @property
    def sureness(self) -> float:
        """What is ranked by: the scope's score, or before there was one the confidence."""
        return self.scope.score if self.scope else self.confidence


@dataclass(frozen=True, slots=True)
class Assistant:
    """A trained model and the intents behind the names it was trained with."""

    folder: Path
    intents: dict[str, str]
    seconds: float
    """Training took; 0 when it was kept."""

    def parse(self, texts: Sequence[str], *, fresh: bool = False) -> list[Reply]:
        """One reply a text, in order; timed one by one on one core."""
        digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        kept = self.folder / f"replies-{digest}.json"
        if fresh or not kept.is_file():
            asked = self.folder / f"texts-{digest}.json"
            asked.write_text(json.dumps(list(texts)), encoding="utf-8")
            model = self.folder / "model.tar.gz"
            _run(
                [PYTHON, "-m", "benchmarks.answers.understanding", model, asked, kept],
                self.folder / "parse.log",
            )
            asked.unlink()
        return [self._reply(entry) for entry in json.loads(kept.read_text(encoding="utf-8"))]

    def parse_each(self, lists: Sequence[Sequence[str]]) -> list[list[Reply]]:
        """The replies to each list, from one start of the assistant: starting takes longer than a thousand texts."""
        replies = iter(self.parse([text for texts in lists for text in texts]))
        return [list(islice(replies, len(texts))) for texts in lists]

    def _reply(self, entry: dict[str, object]) -> Reply:
        match entry:
            case {
                "intent": str() | None as intent,
                "ranking": list(ranking),
                "scope": scope,
                "ms": float(took),
            }:
                top, confidence = ranking[0] if ranking else ("", 0.0)
                known = Scope(scope["score"], scope["threshold"]) if isinstance(scope, dict) else None
                return Reply(
                    self.intents.get(intent or "", intent or ""),
                    self.intents.get(top, top),
                    float(confidence),
                    known,
                    took,
                )
        raise TrainingFailed(f"the assistant replied in another shape: {entry}")


def trained(name: str, examples: Sequence[Example], *, fresh: bool = False) -> Assistant:
    """An assistant for these examples. Raises TrainingFailed."""
    names = _names(example.intent for example in examples)
    data = _as_yaml(examples, names)
    plain_name = re.sub(r"[^\w.-]+", "-", name)
    folder = KEPT / f"{plain_name}-{_fingerprint(data)}"
    return _trained(folder, {"nlu.yml": data}, {safe: intent for intent, safe in names.items()}, fresh=fresh)


def trained_on_ours(*, fresh: bool = False) -> Assistant:
    """The demo's assistant, trained on the examples that it ships with."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(OUR_EXAMPLES.glob("*.yml"))}
    folder = KEPT / f"demo-{_fingerprint(json.dumps(files))}"
    return _trained(folder, files, {}, fresh=fresh)


def _trained(folder: Path, files: dict[str, str], intents: dict[str, str], *, fresh: bool) -> Assistant:
    if fresh and folder.is_dir():
        shutil.rmtree(folder)
    seconds = 0.0
    if not (folder / "model.tar.gz").is_file():
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (data / file).write_text(text, encoding="utf-8")
        began = time.monotonic()
        with every_core():
            _run(_command(data, folder), folder / "train.log")
        seconds = time.monotonic() - began
    return Assistant(folder, intents, seconds)


def _command(data: Path, out: Path) -> list[str | Path]:
    """What `make train DATA=… OUT=… NAME=model LENIENT=1` runs: public sets contradict themselves here and there."""
    return [PYTHON, "-m", "bot.train", data, "--out", out, "--name", "model", "--lenient"]


def _run(command: list[str | Path], log: Path) -> None:
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **QUIET}, check=False
        )
    if done.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").strip()[-1500:]
        raise TrainingFailed(f"{command[1:4]} ended with {done.returncode}:\n{last}")


def _fingerprint(data: str) -> str:
    """Of the data, the code that learns and the encoder."""
    digest = hashlib.sha256(data.encode("utf-8", "surrogatepass"))
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    card = Path(os.environ.get("FRONTDESK_ENCODER_DIR", ROOT / "var" / "encoder")) / "encoder.json"
    digest.update(card.read_bytes() if card.is_file() else b"")
    return digest.hexdigest()[:12]


def _names(intents: Iterable[str]) -> dict[str, str]:
    """A name that Rasa takes for each intent: letters, digits and underscores only, each once."""
    safe: dict[str, str] = {}
    for intent in dict.fromkeys(intents):
        name = re.sub(r"\W+", "_", intent, flags=re.ASCII).strip("_") or "intent"
        while name in safe.values():
            name += "_"
        safe[intent] = name
    return safe


def _as_yaml(examples: Sequence[Example], names: dict[str, str]) -> str:
    """Rasa's own format: one literal block of `- text` lines an intent."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        by_intent[names[example.intent]].append(_plain(example.text))
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in by_intent.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts if text)]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """One line that YAML can hold and that Rasa takes for words: no entity is marked in it."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return re.sub(r"\](?=[({])", "] ", " ".join(printable.split()))
