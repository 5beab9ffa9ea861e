"""Times how long the assistant takes for a message, when all else is done and always anew.

Replies may be kept from an earlier run, and that run's machine may have been busy: their times are told to nobody.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.answers.goals import PARSE
from benchmarks.answers.report import Row, row
from benchmarks.answers.sets import IntentSet
from benchmarks.answers.statistics import Rows, bootstrap
from benchmarks.answers.training import trained

MESSAGES = 300
METRIC = "parse p95, ms"


def untimed(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows without times, for what may come from replies that were kept."""
    for found in rows:
        if found.metric != METRIC:
            yield replace(found, p50_ms=None, p95_ms=None)


def measured(found: IntentSet) -> Iterator[Row]:
    """One row; takes the assistant that was trained for the set before."""
    texts = [example.text for example in found.test]
    texts += [text for kind in found.out_of_scope.values() for text in kind]
    chosen = random.Random(7).sample(texts, min(MESSAGES, len(texts)))
    replies = trained(found.name, found.train).parse(chosen, fresh=True)
    times = np.array([reply.milliseconds for reply in replies])

    def slowest(rows: Rows) -> float:
        return float(np.percentile(times[rows], 95))

    yield row(found.name, METRIC, bootstrap(slowest, len(times)), list(times), goal=PARSE)
