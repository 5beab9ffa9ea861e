"""How well the assistant understands, and how fast it answers. Runs in .venv-rasa, from the repository's root:

    .venv-rasa/bin/python -m benchmarks.assistant understanding [--eval-dir FOLDER]
    .venv-rasa/bin/python -m benchmarks.assistant speed

`understanding` cross-validates on our own examples and, where the evaluation sets are, scores "asks for a person" on
customer-support requests that nobody here trained on. `speed` trains, starts the real processes and times real turns.
"""

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.model_selection import StratifiedKFold

from bot.encoder import SentenceEncoder, encoder_folder
from bot.intent_model import IntentModel
from knowledge_base.speller import Speller, words_of

ROOT = Path(__file__).resolve().parents[1]
PERSON = "ask_for_human"
HANDOVER_PROBABILITY = 0.5
BOOTSTRAPS = 1_000
BITEXT = "bitext/Bitext_Sample_Customer_Support_Training_Dataset.csv"
Numbers = Any


def our_examples() -> tuple[list[str], list[str]]:
    """Texts and intents of the training data."""
    texts, intents = [], []
    for path in sorted((ROOT / "bot/data/nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line.removeprefix("- ") for line in block["examples"].splitlines()]
            texts += lines
            intents += [block["intent"]] * len(lines)
    return texts, intents


def interval(score: Callable[[Numbers], float], n: int) -> str:
    """Bootstrap 95 % interval of `score`, which is given the chosen row numbers."""
    rows = np.random.default_rng(7)
    values = [score(rows.integers(0, n, n)) for _ in range(BOOTSTRAPS)]
    low, high = np.percentile(values, [2.5, 97.5])
    return f"{score(np.arange(n)):.3f} [{low:.3f}, {high:.3f}]"


def f1(truth: Numbers, said: Numbers) -> float:
    """F1 of two boolean columns."""
    hits = int((truth & said).sum())
    return 2 * hits / max(int(truth.sum() + said.sum()), 1)


def typos(text: str, edits: int, source: random.Random) -> str:
    """Drop, double, swap or replace letters in words of four letters or more."""
    for _ in range(edits):
        places = [i for word in _words(text) if len(word) >= 4 for i in range(word.start, word.stop - 1)]
        if not places:
            return text
        i, kind = source.choice(places), source.randrange(4)
        change = ("", text[i] * 2, text[i + 1] + text[i], source.choice("asdfghjklertuiop"))[kind]
        text = text[:i] + change + text[i + (2 if kind == 2 else 1) :]
    return text


def _words(text: str) -> list[range]:
    words, start = [], None
    for i, character in enumerate(text + " "):
        if character.isalpha():
            start = i if start is None else start
        elif start is not None:
            words.append(range(start, i))
            start = None
    return words


def understanding(eval_dir: Path | None) -> None:
    """Print the tables of how well intents are told apart."""
    texts, intents = our_examples()
    encoder = SentenceEncoder(encoder_folder())
    vectors = encoder.encode_each(texts)
    names = sorted(set(intents))
    truth = np.array([names.index(intent) for intent in intents])
    print(f"{len(texts)} examples, {len(names)} intents")
    cross_validate(encoder, texts, vectors, truth, names)
    began = time.perf_counter()
    model = IntentModel.fit(texts, vectors, intents)
    print(f"fit with calibration: {time.perf_counter() - began:.1f} s, temperature {model.temperature:.2f}")
    speller = Speller(encoder.vocabulary(), words_of(texts))

    def understand(text: str) -> None:
        mended = speller.mend(text)
        model.ranking(mended, encoder.encode(mended))

    print(
        f"mend, encode and rank one text: {_percentiles([_seconds(lambda t=t: understand(t)) for t in texts])}"
    )
    if eval_dir is None or not (eval_dir / BITEXT).is_file():
        print("asks for a person: skipped, no evaluation sets (--eval-dir or FRONTDESK_EVAL_DIR)")
        return
    ask_for_person(encoder, model, speller, eval_dir / BITEXT)


def cross_validate(
    encoder: SentenceEncoder, texts: list[str], vectors: Numbers, truth: Numbers, names: list[str]
) -> None:
    """Five folds; each is also read with one and two typos a message, mended with the words of the other folds."""
    source = random.Random(7)
    spoiled = {edits: [typos(text, edits, source) for text in texts] for edits in (1, 2)}
    found, sure = np.zeros_like(truth), np.zeros(len(truth))
    with_typos = {edits: np.zeros_like(truth) for edits in spoiled}
    for train, test in StratifiedKFold(5, shuffle=True, random_state=11).split(vectors, truth):
        model = IntentModel.fit([texts[i] for i in train], vectors[train], [names[k] for k in truth[train]])
        probabilities = model.probabilities([texts[i] for i in test], vectors[test])
        found[test], sure[test] = probabilities.argmax(1), probabilities.max(1)
        speller = Speller(encoder.vocabulary(), words_of(texts[i] for i in train))
        for edits, wrong in spoiled.items():
            mended = [speller.mend(wrong[i]) for i in test]
            with_typos[edits][test] = model.probabilities(mended, encoder.encode_each(mended)).argmax(1)
    right, n = found == truth, len(truth)
    print("accuracy, 5-fold:", interval(lambda rows: float(right[rows].mean()), n))
    print(
        f"  with one and two typos a message: {', '.join(f'{(w == truth).mean():.3f}' for w in with_typos.values())}"
    )
    print(f"  of those with p >= .45 ({(sure >= 0.45).mean():.1%} of all): {right[sure >= 0.45].mean():.3f}")
    print(f"  expected calibration error, 10 bins: {calibration_error(sure, right):.3f}")
    person = names.index(PERSON)
    print(f"  {PERSON} F1:", interval(lambda rows: f1(truth[rows] == person, found[rows] == person), n))
    by_intent = sorted(
        (float(right[truth == k].mean()), names[k], int((truth == k).sum())) for k in range(len(names))
    )
    print("  hardest:", ", ".join(f"{name} {score:.2f} (n={count})" for score, name, count in by_intent[:5]))


def calibration_error(sure: Numbers, right: Numbers) -> float:
    """Mean distance between confidence and accuracy over ten equal bins, weighted by size."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(
        sum(
            (bins == b).mean() * abs(sure[bins == b].mean() - right[bins == b].mean())
            for b in range(10)
            if (bins == b).any()
        )
    )


def ask_for_person(encoder: SentenceEncoder, model: IntentModel, speller: Speller, path: Path) -> None:
    """Score p(ask_for_human) >= .5 on requests of another origin."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts, intents = (
        [speller.mend(row["instruction"]) for row in rows],
        np.array([row["intent"] for row in rows]),
    )
    column = model.probabilities(texts, encoder.encode_each(texts))[:, model.intents.index(PERSON)]
    said = column >= HANDOVER_PROBABILITY
    agent, service = intents == "contact_human_agent", intents == "contact_customer_service"
    print(f"asks for a person, {len(rows)} requests of another origin (p >= {HANDOVER_PROBABILITY}):")
    print(
        f"  recall: human agent {said[agent].mean():.3f} (n={agent.sum()}), "
        f"customer service {said[service].mean():.3f} (n={service.sum()})"
    )
    other = ~(agent | service)
    print("  false, all other requests:", interval(lambda r: float(said[other][r].mean()), int(other.sum())))
    kept = ~service
    print("  F1, human agent:", interval(lambda r: f1(agent[kept][r], said[kept][r]), int(kept.sum())))
    both = agent | service
    print("  F1, human agent or customer service:", interval(lambda r: f1(both[r], said[r]), len(rows)))
    per_intent: dict[str, list[bool]] = defaultdict(list)
    for intent, wished in zip(intents[other], said[other], strict=True):
        per_intent[intent].append(bool(wished))
    worst = sorted(((sum(v) / len(v), k) for k, v in per_intent.items()), reverse=True)[:4]
    print("  most often false:", ", ".join(f"{name} {rate:.3f}" for rate, name in worst))


def speed(*, training: bool) -> None:
    """Train if asked, start the real processes, and time turns."""
    # imported here: `understanding` needs no servers
    from tests.bot.assistant_processes import Assistant, Conversation

    if training:
        train()
    with tempfile.TemporaryDirectory() as logs:
        assistant = Assistant(Path(logs))
        try:
            print(f"start until well: {assistant.started_seconds:.1f} s")
            for number in range(10):
                Conversation(assistant, f"warm-{number}").say("how long does delivery take?")
            measure(assistant, Conversation)
            print(
                f"memory: Rasa {_megabytes(assistant.rasa.pid)} MB, actions {_megabytes(assistant.actions.pid)} MB"
            )
        finally:
            assistant.stop()


def train() -> None:
    """Time Rasa's own command, with an empty cache, into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml"]
        command += ["--data", "bot/data", "--out", out, "--fixed-model-name", "timed"]
        began = time.monotonic()
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0"}
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environment)
        size = (Path(out) / "timed.tar.gz").stat().st_size / 1e6
        print(f"training: {time.monotonic() - began:.1f} s, model {size:.1f} MB")


def measure(assistant: Any, conversation: Any) -> None:
    """Print latencies over HTTP, one customer at a time; the stand-in library answers at once."""

    def timed(customers: Sequence[Any], texts: Sequence[str]) -> list[float]:
        return [_seconds(lambda c=c, t=t: c.say(t)) for c, t in zip(customers, texts, strict=True)]

    fresh = [conversation(assistant, f"greet-{n}") for n in range(100)]
    print(f"greeting, fresh customer (n=100): {_percentiles(timed(fresh, ['hello'] * 100))}")
    fresh = [conversation(assistant, f"ask-{n}") for n in range(100)]
    questions = [f"how much is delivery for {n} parcels?" for n in range(200)]
    print(f"question with an action, fresh customer (n=100): {_percentiles(timed(fresh, questions[:100]))}")
    one = conversation(assistant, "long")
    times = timed([one] * 200, questions)
    print(
        f"question, one customer, turns 1-20: {_percentiles(times[:20])}; turns 181-200: {_percentiles(times[180:])}"
    )
    form = conversation(assistant, "form", agents_online=False)
    form.say("I'd like to leave a message")
    print(f"question inside the form (n=50): {_percentiles(timed([form] * 50, questions[:50]))}")


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _percentiles(seconds: Sequence[float]) -> str:
    return f"p50 {np.percentile(seconds, 50) * 1e3:.1f} ms, p95 {np.percentile(seconds, 95) * 1e3:.1f} ms"


def _megabytes(pid: int) -> int:
    """Resident memory of a process (Linux), in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["understanding", "speed"])
    parser.add_argument("--eval-dir", type=Path, default=os.environ.get("FRONTDESK_EVAL_DIR"))
    parser.add_argument(
        "--no-training", action="store_true", help="time turns only, with the model that is there"
    )
    arguments = parser.parse_args()
    if arguments.what == "speed":
        speed(training=not arguments.no_training)
    else:
        understanding(arguments.eval_dir and Path(arguments.eval_dir))


if __name__ == "__main__":
    main()
