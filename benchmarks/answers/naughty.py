"""Sends hostile and broken texts to the demo's library and assistant: nothing may break, nothing may be answered."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.answers.demo import NAME as DEMO
from benchmarks.answers.demo import demo_articles
from benchmarks.answers.goals import NEVER
from benchmarks.answers.report import Row, row
from benchmarks.answers.shelves import library_of
from benchmarks.answers.statistics import Figure, share
from benchmarks.answers.training import TrainingFailed, trained_on_ours
from handoff.triggers import asks_for_person
from knowledge_base.library import Library
from knowledge_base.wire import AnswerRequest

NAUGHTY, SCRIPTS = "blns/blns.json", "xss_payloads/Intruder/xss-payload-list.txt"
EVERY = 5
"""Of thousands of payloads that are variants of one another, every fifth."""
LONGEST = 4_000


def measured(eval_dir: Path, encoder_dir: Path, *, limit: int | None, fresh: bool) -> Iterator[Row]:
    sets = {
        "blns": json.loads((eval_dir / NAUGHTY).read_text(encoding="utf-8")),
        "xss_payloads": (eval_dir / SCRIPTS).read_text(encoding="utf-8").splitlines()[::EVERY],
    }
    sent = {name: [t[:LONGEST] for t in texts if t.strip()][:limit] for name, texts in sets.items()}
    with library_of(DEMO, demo_articles(), encoder_dir) as (library, _):
        for name, texts in sent.items():
            yield from _to_library(name, texts, library)
    try:
        replies = trained_on_ours(fresh=fresh).parse_each(list(sent.values()))
    except TrainingFailed:
        replies = [[] for _ in sent]
    for (name, texts), heard in zip(sent.items(), replies, strict=True):
        times = [reply.milliseconds for reply in heard]
        yield row(name, "assistant: broken", _count(len(texts) - len(heard), len(texts)), times, goal=NEVER)


def _to_library(name: str, texts: list[str], library: Library) -> Iterator[Row]:
    broken, answered = 0, []
    for text in texts:
        try:
            asks_for_person(text)
            answered.append(library.answer(AnswerRequest(question=text)).decision == "answer")
        except Exception:  # noqa: BLE001  # whatever it is, it is what is counted
            broken += 1
    yield row(name, "library: broken", _count(broken, len(texts)), goal=NEVER)
    yield row(name, "library: answered for sure", share(answered), goal=NEVER)


def _count(number: int, of: int) -> Figure:
    return Figure(float(number), float("nan"), float("nan"), of)
