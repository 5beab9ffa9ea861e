"""Measures whether the product hears that somebody asks for a person: its regular expression or its assistant."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.answers.goals import FALSE_BUT_SERVICE, FALSE_ON_ALL, Goal
from benchmarks.answers.report import Row, row
from benchmarks.answers.statistics import f1, share
from benchmarks.answers.training import trained_on_ours
from handoff.triggers import PERSON_SURE, asks_for_person

FILE = "bitext/Bitext_Sample_Customer_Support_Training_Dataset.csv"
PERSON = "ask_for_human"
HUMAN, SERVICE = "contact_human_agent", "contact_customer_service"
NAME = "bitext"


def measured(eval_dir: Path, *, limit: int | None, fresh: bool) -> Iterator[Row]:
    """`contact_customer_service` ("what are your hours", "let me talk to support") is neither yes nor no: left out where
    a row says so or counts F1 plainly, and counted either way in the others."""
    with (eval_dir / FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:: 1 if limit is None else max(4514 // limit, 1)]
    texts, intents = [entry["instruction"] for entry in rows], np.array([entry["intent"] for entry in rows])
    replies = trained_on_ours(fresh=fresh).parse(texts)
    times = [reply.milliseconds for reply in replies]
    by_words = np.array([asks_for_person(text) for text in texts])
    sure = [reply.intent == PERSON and reply.confidence >= PERSON_SURE for reply in replies]
    said = by_words | np.array(sure)
    human, service = intents == HUMAN, intents == SERVICE
    other, kept = ~(human | service), ~service
    yield row(NAME, "asks for a person: F1", f1(human[kept], said[kept]), times)
    yield row(NAME, FALSE_ON_ALL, share(said[~human]), times)
    yield row(NAME, FALSE_BUT_SERVICE, share(said[other]), times)
    yield row(NAME, "asks for a person: recall", share(said[human]))
    words_par = Goal(0.78, None)
    yield row(NAME, "regular expression alone: F1", f1(human[kept], by_words[kept]), goal=words_par)
    yield row(NAME, "asks for a person, customer service counts as one: F1", f1(human | service, said))
    yield row(NAME, "asks for a person, customer service counts as none: F1", f1(human, said))
    yield row(NAME, "taken for asking: contact_customer_service", share(said[service]))
