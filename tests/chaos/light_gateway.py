"""The gateway without the sentence encoder, so that a start costs little: for runs with hundreds of kills.

    python -m tests.chaos.light_gateway --port=8080

Everything that delivers is the product's own; only the library answers from words in place of meanings. On Postgres it
notes whom a claim of the next passed over.
"""

import runpy
import sys
from pathlib import Path
from typing import Any

from knowledge_base import opening
from tests.chaos.overtaking import note_overtaking
from tests.knowledge_base.fakes import WordEncoder


def _encoder(_folder: Path) -> Any:
    return WordEncoder()


def _nothing() -> None:
    """No language model to load either."""


def lighten() -> None:
    """From now on, a library that is opened here has no encoder to load."""
    for name, stand_in in (("OnnxEncoder", _encoder), ("get_ready", _nothing)):
        setattr(opening, name, stand_in)


def main() -> None:
    lighten()
    note_overtaking()
    sys.argv = ["handoff", "serve", *sys.argv[1:]]
    runpy.run_module("handoff", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
