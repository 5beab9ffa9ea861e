"""Measures how well intents are told apart, and from what is none of them, with assistants trained by the product."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.cosine import cheapest_threshold, costs, nearest, vectors_of
from benchmarks.answers.goals import CHEAPER, PARSE, Goal, goal_of
from benchmarks.answers.report import Row, row
from benchmarks.answers.sets import Example, IntentSet
from benchmarks.answers.statistics import (
    RESAMPLES,
    SEED,
    Figure,
    Floats,
    auroc_figure,
    bootstrap,
    correlation,
    quantile_threshold,
    share,
)
from benchmarks.answers.training import KEPT, Reply, trained
from benchmarks.answers.typos import spoiled
from knowledge_base.encoder import OnnxEncoder

FALSE_HANDOFFS = 0.05
"""The share of in-scope messages that a threshold may hand off."""
NONE = "(out of scope)"
TYPOS = (1, 2)
CHANCE = 0.1
"""What shuffled labels may reach: twice the chance of guessing one of HINT3's 21 intents."""
Flags = NDArray[np.bool_]
SAME_RULE = "both thresholds by the same 5 % rule"
HINDSIGHT = "both thresholds in hindsight"


@dataclass(slots=True)
class Ledger:
    """What decisions cost, message by message: (ours, the rival's), for every set and kind, by how thresholds are set."""

    entries: dict[str, list[tuple[Floats, Floats]]] = field(default_factory=lambda: defaultdict(list))

    def pooled(self) -> Iterator[Row]:
        """One row a rule over all that was entered; every set and kind weighs the same, however many messages it has."""
        for rule, pairs in self.entries.items():
            goal = None if rule == HINDSIGHT else CHEAPER
            figure = _pooled(pairs)
            yield row("intents, pooled", f"cost saved against cosine: {rule}", figure, goal=goal)


def limited(found: IntentSet, limit: int | None) -> IntentSet:
    """At most `limit` messages of each kind, drawn by chance: for trying things out."""
    if limit is None:
        return found
    source = random.Random(7)
    kinds = {kind: source.sample(texts, min(limit, len(texts))) for kind, texts in found.out_of_scope.items()}
    return replace(found, test=source.sample(found.test, min(limit, len(found.test))), out_of_scope=kinds)


def measured(
    found: IntentSet, encoder_dir: Path, *, fresh: bool = False, ledger: Ledger | None = None
) -> Iterator[Row]:
    """All rows of one set; what its decisions cost is entered into the ledger."""
    assistant = trained(found.name, found.train, fresh=fresh)
    texts = [example.text for example in found.test]
    slips = [spoiled(texts, edits) for edits in TYPOS]
    inside, *others = assistant.parse_each([texts, *slips, *found.out_of_scope.values()])
    outside = dict(zip(found.out_of_scope, others[len(slips) :], strict=True))
    times = [reply.milliseconds for reply in inside]
    right = np.array([reply.top == example.intent for reply, example in zip(inside, found.test, strict=True)])
    yield row(found.name, "accuracy, in scope", share(right), times)
    for kind, replies in outside.items():
        yield from _scope(found, inside, kind, replies)
    handed = share([reply.handed_off for reply in inside])
    yield row(found.name, "false handoffs, in scope", handed, times, lower_is_better=True)
    for edits, replies in zip(TYPOS, others, strict=False):
        yield from _with_typos(found, edits, replies, right)
    yield from _decision_costs(found, inside, outside, encoder_dir, ledger or Ledger())
    every = times + [reply.milliseconds for replies in outside.values() for reply in replies]
    yield _latency(found.name, every)
    if assistant.seconds:
        figure = Figure(assistant.seconds, float("nan"), float("nan"), len(found.train))
        yield row(found.name, "training, seconds", figure, lower_is_better=True)


def _latency(name: str, times: list[float]) -> Row:
    def slowest(rows: NDArray[np.int64]) -> float:
        return float(np.percentile(sample[rows], 95))

    sample = np.array(times)
    return row(name, "parse p95, ms", bootstrap(slowest, len(times)), times, goal=PARSE)


def _scope(found: IntentSet, inside: list[Reply], kind: str, outside: list[Reply]) -> Iterator[Row]:
    """How well one kind of what is out of scope is told from what is in scope."""
    times = [reply.milliseconds for reply in outside]
    scores = np.array([reply.sureness for reply in [*inside, *outside]])
    yield row(found.name, f"AUROC, {kind}", auroc_figure(scores, _first(len(inside), len(scores))), times)
    false = share([reply.handed_off for reply in inside]).value
    recall, goal = f"recall, {kind}", goal_of(found.name, f"recall, {kind}")
    handed = share([reply.handed_off for reply in outside])
    yield row(found.name, f"{recall}, at {false:.3f} false handoffs (shipped)", handed, times, goal=goal)
    sure, foreign = scores[: len(inside)], scores[len(inside) :]
    level = share(foreign < quantile_threshold(sure, FALSE_HANDOFFS))
    yield row(found.name, f"{recall}, at {FALSE_HANDOFFS} false handoffs (in hindsight)", level)
    truth = [example.intent for example in found.test] + [NONE] * len(outside)
    said = [NONE if reply.handed_off else reply.top for reply in [*inside, *outside]]
    metric = "MCC at the shipped threshold" + ("" if len(found.out_of_scope) == 1 else f", {kind}")
    yield row(found.name, metric, correlation(truth, said), times)


def _with_typos(found: IntentSet, edits: int, replies: list[Reply], right: Flags) -> Iterator[Row]:
    """Points of accuracy lost, message by message the same texts."""
    still = np.array([r.top == example.intent for r, example in zip(replies, found.test, strict=True)])
    lost = 100.0 * (right.astype(float) - still.astype(float))
    times, plural = [reply.milliseconds for reply in replies], "" if edits == 1 else "s"
    metric = f"{edits} typo{plural} a message"
    yield row(found.name, f"accuracy, {metric}", share(still), times)
    yield row(found.name, f"points lost, {metric}", share(lost), times, lower_is_better=True)
    handed = share([reply.handed_off for reply in replies])
    yield row(found.name, f"false handoffs, {metric}", handed, times, lower_is_better=True)


def _decision_costs(
    found: IntentSet, inside: list[Reply], outside: dict[str, list[Reply]], encoder_dir: Path, ledger: Ledger
) -> Iterator[Row]:
    """What the product's decision costs, against one threshold on the nearest example's cosine."""
    if not outside:
        return
    encoder = OnnxEncoder(encoder_dir)
    examples = vectors_of([example.text for example in found.train], encoder, KEPT)
    near_inside = nearest(vectors_of([e.text for e in found.test], encoder, KEPT), examples)
    by_rule = quantile_threshold(nearest(examples, examples, themselves=True), FALSE_HANDOFFS)
    for kind, replies in outside.items():
        near = nearest(vectors_of(found.out_of_scope[kind], encoder, KEPT), examples)
        cosines = np.concatenate([near_inside, near])
        foreign = ~_first(len(inside), len(cosines))
        handed = np.array([reply.handed_off for reply in [*inside, *replies]])
        sureness = np.array([reply.sureness for reply in [*inside, *replies]])
        ours = costs(handed, foreign)
        yield row(found.name, f"cost a decision, {kind}", share(ours), lower_is_better=True)
        oracle = cheapest_threshold(cosines, foreign)
        best = costs(sureness < cheapest_threshold(sureness, foreign), foreign)
        for rule, product, threshold in (
            (SAME_RULE, ours, by_rule),
            ("ours shipped, the rival's in hindsight", ours, oracle),
            (HINDSIGHT, best, oracle),
        ):
            theirs = costs(cosines < threshold, foreign)
            saved = _saved(product, theirs)
            goal = None if rule == HINDSIGHT else CHEAPER
            yield row(found.name, f"cost saved, {kind}, against cosine: {rule}", saved, goal=goal)
            ledger.entries[rule].append((product, theirs))


def _pooled(pairs: list[tuple[Floats, Floats]]) -> Figure:
    """How much less ours cost over all sets: the sum of their costs a message; sets are drawn from one by one."""
    source = np.random.default_rng(SEED)

    def saved(drawn: list[NDArray[np.int64]]) -> float:
        ours, theirs = (
            sum(float(pair[side][rows].mean()) for pair, rows in zip(pairs, drawn, strict=True))
            for side in (0, 1)
        )
        return 1 - ours / theirs if theirs else float("nan")

    sizes = [len(ours) for ours, _ in pairs]
    values = [saved([source.integers(0, size, size) for size in sizes]) for _ in range(RESAMPLES)]
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return Figure(saved([np.arange(size) for size in sizes]), float(low), float(high), sum(sizes))


def _saved(ours: Floats, theirs: Floats) -> Figure:
    """How much less ours cost, as a share of theirs."""

    def score(rows: NDArray[np.int64]) -> float:
        total = float(theirs[rows].sum())
        return 1 - float(ours[rows].sum()) / total if total else float("nan")

    return bootstrap(score, len(ours))


def _first(count: int, total: int) -> Flags:
    return np.arange(total) < count


def shuffled(found: IntentSet, *, fresh: bool = False) -> Iterator[Row]:
    """A negative control: trained on shuffled labels, nothing may come out but chance."""
    intents = [example.intent for example in found.train]
    random.Random(7).shuffle(intents)
    mixed = [Example(example.text, intent) for example, intent in zip(found.train, intents, strict=True)]
    replies = trained(f"{found.name}-shuffled", mixed, fresh=fresh).parse([e.text for e in found.test])
    right = [reply.top == example.intent for reply, example in zip(replies, found.test, strict=True)]
    metric = f"{found.name}: accuracy with shuffled labels"
    yield row("controls", metric, share(right), goal=Goal(None, CHANCE, higher_is_better=False))
    commonest = max(set(intents), key=intents.count)
    guessed = [example.intent == commonest for example in found.test]
    yield row("controls", f"{found.name}: accuracy of always guessing the commonest", share(guessed))
