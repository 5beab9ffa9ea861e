"""Parses texts with a trained assistant, one at a time on one core. Runs in .venv-rasa, started by `training.py`:

    .venv-rasa/bin/python -m benchmarks.answers.understanding MODEL TEXTS.json REPLIES.json

TEXTS is a JSON list of texts; REPLIES gets, for each, what the assistant made of it and the milliseconds it took.
"""

import argparse
import asyncio
import json
import logging
import os
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.answers.cores import pinned

WARMING_TEXTS = 20
"""Parsed before the clock counts: the first calls of any runtime allocate."""
LONGEST_TEXT = 4_000
"""What the gateway lets through."""
FALLBACK = "nlu_fallback"


async def parsed(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """Return a reply per text, in order."""
    # imported after the environment is set, and Rasa's import takes its time
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from bot.turn import plain_text

    configure_structlog(logging.ERROR)  # Rasa's default shows and formats a line for every message
    agent = Agent.load(str(model))
    for text in texts[:WARMING_TEXTS]:
        await agent.parse_message(plain_text(text)[:LONGEST_TEXT])
    replies = []
    for text in texts:
        began = time.perf_counter()
        found = await agent.parse_message(plain_text(text)[:LONGEST_TEXT])
        took = (time.perf_counter() - began) * 1000
        replies.append({**reply_of(found), "ms": took})
    return replies


def reply_of(found: dict[str, Any]) -> dict[str, Any]:
    """Keep of a parse result what is measured."""
    intent = found.get("intent") or {}
    ranking = [
        [row["name"], float(row["confidence"])]
        for row in found.get("intent_ranking") or []
        if row.get("name") != FALLBACK
    ]
    scope = found.get("scope")
    return {
        "intent": intent.get("name"),
        "ranking": ranking[:5],
        "scope": None
        if not scope
        else {"score": float(scope["score"]), "threshold": float(scope["threshold"])},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("replies", type=Path)
    arguments = parser.parse_args()
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1"
    )
    warnings.filterwarnings("ignore")
    logging.basicConfig(level=logging.ERROR)
    pinned()
    texts = json.loads(arguments.texts.read_text(encoding="utf-8"))
    replies = asyncio.run(parsed(arguments.model, texts))
    arguments.replies.write_text(json.dumps(replies), encoding="utf-8")


if __name__ == "__main__":
    main()
