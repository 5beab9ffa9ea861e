"""How well customers are understood and answered, on sets that nobody here wrote. From the repository's root:

    .venv/bin/python -m benchmarks.answers [--set NAME …] [--json FILE] [--eval-dir DIR] [--data DIR]

Every set goes through the product's own training or import, and every message through what serves customers, one at a
time on one core. README.md in the folder above describes the sets, the figures and the formats that --data takes.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from rich.console import Console

from benchmarks.answers import demo, intents, latency, naughty, person, personal_data, retrieval, scale
from benchmarks.answers.cores import CAN_PIN, pinned
from benchmarks.answers.formats import sets_in
from benchmarks.answers.report import Row, show, write_json
from benchmarks.answers.sets import AnySet, IntentSet, Malformed
from benchmarks.answers.training import TrainingFailed

CONTROL = "hint3/v1"
"""Small enough to be trained twice."""

Measuring = Callable[[], Iterator[Row]]

ledger = intents.Ledger()
"""What the decisions of all sets of intents cost."""

trained_sets: list[IntentSet] = []
"""Whose assistants are timed when all else is done."""
MOST_MESSAGES, MOST_QUESTIONS = 3_000, 2_000
"""Of a larger set so many of each kind are drawn by chance: a run must end. The column n says how many."""

out = Console(width=190, highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    arguments = _arguments()
    pinned()
    broken = 0
    rows: list[Row] = []
    began = time.monotonic()
    for name, measuring in chain(_chosen(arguments), _timings()):
        started = time.monotonic()
        try:
            for found in measuring():  # one by one: what was measured before a set breaks is kept
                rows.append(found)  # noqa: PERF402
        except (Malformed, TrainingFailed) as exc:
            err.print(f"{name}: {exc}", markup=False)
            broken += 1
        except Exception as exc:  # noqa: BLE001  # one set that breaks hides no other; the exit status tells
            err.print(f"{name}: {type(exc).__name__}: {exc}", markup=False)
            broken += 1
        err.print(f"{name}: {time.monotonic() - started:.0f} s", markup=False)
        if arguments.json:
            write_json(rows, arguments.json)  # after each set: a long run that is cut off leaves what it has
    rows += ledger.pooled()
    if arguments.json:
        write_json(rows, arguments.json)
    show(rows, out)
    where = "pinned to one core" if CAN_PIN else "not pinned to a core, which this system cannot do"
    out.print(f"One text a call, {where}; {time.monotonic() - began:.0f} s in all.")
    if arguments.limit:
        out.print("With --limit: figures to try things out with, not to report.")
    sys.exit(2 if broken else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--set", action="append", metavar="NAME", help="only this set; may be given again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    parser.add_argument(
        "--eval-dir", type=Path, default=os.environ.get("FRONTDESK_EVAL_DIR"), help="the public sets"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="measure the sets in this folder instead")
    parser.add_argument(
        "--encoder-dir", type=Path, default=os.environ.get("FRONTDESK_ENCODER_DIR", "var/encoder")
    )
    parser.add_argument(
        "--fresh", action="store_true", help="train and import again although nothing changed"
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="at most N messages a set, for trying things out"
    )
    arguments = parser.parse_args()
    if arguments.data is None and arguments.eval_dir is None and not arguments.set:
        err.print("The public sets are left out: name their folder with --eval-dir or FRONTDESK_EVAL_DIR.")
    for folder in (arguments.data, arguments.eval_dir):
        if folder is not None and not Path(folder).is_dir():
            parser.error(f"there is no folder {folder}")
    return arguments


def _chosen(arguments: argparse.Namespace) -> Iterator[tuple[str, Measuring]]:
    """What is measured, in order, by name."""
    wanted = {name.lower() for name in arguments.set or ()}
    known = []
    every = _brought(arguments) if arguments.data else _public(arguments)
    for name, measuring in every:
        known.append(name)
        if not wanted or any(name.lower() == one or name.lower().startswith(f"{one}/") for one in wanted):
            yield name, measuring
    unknown = [w for w in wanted if not any(n.lower() == w or n.lower().startswith(f"{w}/") for n in known)]
    if unknown:
        err.print(
            f"There is no set {', '.join(sorted(unknown))}. There are: {', '.join(known)}.", markup=False
        )
        sys.exit(2)


def _brought(arguments: argparse.Namespace) -> Iterator[tuple[str, Measuring]]:
    """The sets of a folder that somebody brought along."""
    nothing = True
    for found in sets_in(arguments.data):
        nothing = False
        yield (
            (found.name if not isinstance(found, Malformed) else "malformed"),
            partial(_any, found, arguments),
        )
    if nothing:
        err.print(
            f"There is no set in {arguments.data}: benchmarks/README.md describes the formats.", markup=False
        )
        sys.exit(2)


def _public(arguments: argparse.Namespace) -> Iterator[tuple[str, Measuring]]:
    """The sets of the evaluation folder and the demo's own questions, the quick ones first."""
    encoder_dir, limit, fresh = Path(arguments.encoder_dir), arguments.limit, arguments.fresh
    yield "demo", partial(demo.measured, encoder_dir, limit=limit, fresh=fresh)
    if arguments.eval_dir is None:
        return
    eval_dir = Path(arguments.eval_dir)

    def there(file: str, name: str, measuring: Measuring) -> Iterator[tuple[str, Measuring]]:
        if (eval_dir / file).exists():
            yield name, measuring

    yield from there(
        personal_data.FILE, "presidio_pii", partial(personal_data.measured, eval_dir, limit=limit)
    )
    naughty_rows = _untimed(naughty.measured, eval_dir, encoder_dir, limit=limit, fresh=fresh)
    yield from there(naughty.NAUGHTY, "naughty", naughty_rows)
    for folder in ("CovidFAQ", "doc2dial", "hint3/v1", "hint3/v2", "banking77_oos", "clinc150"):
        yield from there(folder, folder, partial(_folder, eval_dir / folder, folder, arguments))
    yield from there(person.FILE, "bitext", _untimed(person.measured, eval_dir, limit=limit, fresh=fresh))
    yield from there("hint3/v1", "controls", partial(_control, eval_dir, arguments))
    scale_rows = partial(scale.measured, eval_dir, encoder_dir, limit=limit, fresh=fresh)
    yield from there("kb_magento", "import", scale_rows)


def _untimed(measuring: Callable[..., Iterator[Row]], *args: object, **kwargs: object) -> Measuring:
    return lambda: latency.untimed(measuring(*args, **kwargs))


def _timings() -> Iterator[tuple[str, Measuring]]:
    """What is timed at the end, when nothing else is under way."""
    for found in trained_sets:
        yield f"{found.name}, timed", partial(latency.measured, found)


def _folder(folder: Path, name: str, arguments: argparse.Namespace) -> Iterator[Row]:
    """A public set; of several training files the whole one."""
    for found in sets_in(folder):
        if isinstance(found, Malformed) or not found.name.endswith("subset"):
            yield from _any(_named(found, name), arguments)


def _named(found: AnySet | Malformed, name: str) -> AnySet | Malformed:
    return found if isinstance(found, Malformed) else replace(found, name=name)


def _any(found: AnySet | Malformed, arguments: argparse.Namespace) -> Iterator[Row]:
    if isinstance(found, Malformed):
        raise found
    encoder_dir = Path(arguments.encoder_dir)
    if isinstance(found, IntentSet):
        most = max(len(found.test), *map(len, found.out_of_scope.values()), 0)
        chosen = intents.limited(found, arguments.limit or (MOST_MESSAGES if most > MOST_MESSAGES else None))
        rows = intents.measured(chosen, encoder_dir, fresh=arguments.fresh, ledger=ledger)
        yield from latency.untimed(rows)
        trained_sets.append(chosen)
    else:
        questions = retrieval.limited(found, arguments.limit or MOST_QUESTIONS)
        yield from retrieval.measured(questions, encoder_dir, fresh=arguments.fresh)


def _control(eval_dir: Path, arguments: argparse.Namespace) -> Iterator[Row]:
    """Shuffled labels; removed articles are controls of the sets of questions themselves."""
    for found in sets_in(eval_dir / CONTROL):
        if isinstance(found, IntentSet) and not found.name.endswith("subset"):
            yield from intents.shuffled(replace(found, name=CONTROL), fresh=arguments.fresh)


if __name__ == "__main__":
    main()
