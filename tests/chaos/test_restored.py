"""A database restored from yesterday: everybody takes the log anew, and what was not yet accepted is sent into it."""

import asyncio
import math
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.chaos.checker import check_all
from tests.chaos.controls import BASE
from tests.chaos.customer import Customer
from tests.chaos.history import History, read_dump, read_history
from tests.chaos.processes import ROOT, Keeper
from tests.chaos.run import behind
from tests.chaos.stage import Stage

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 90.0


def _copy(from_: Path, to: Path) -> None:
    """A whole copy of a database that may be in use, as a back-up makes it."""
    source, target = sqlite3.connect(from_), sqlite3.connect(to)
    with source, target:
        source.backup(target)
    source.close()
    target.close()


async def _said_more(history: History, count: int) -> None:
    until = history.counts["accepted"] + count
    async with asyncio.timeout(PATIENCE_SECONDS):
        while history.counts["accepted"] < until:  # noqa: ASYNC110 - what is looked at rings no bell
            await asyncio.sleep(0.05)


async def _late(customers: list[Customer], url: str) -> list[str]:
    unsent = [customer.who for customer in customers if not customer.finished]
    return unsent or behind([*customers], await asyncio.to_thread(read_dump, url))


async def _restore(stage: Stage, backup: Path) -> None:
    """As the manual says: stop, put the copy back, say that it is one, start."""
    (gateway,) = stage.gateways.values()
    await gateway.kill()
    database = stage.folder / "frontdesk.db"
    for beside in stage.folder.glob("frontdesk.db-*"):
        beside.unlink()
    await asyncio.to_thread(_copy, backup, database)
    command = [sys.executable, "-m", "handoff", "restored"]
    ended = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=stage.settings(), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await ended.communicate()
    assert ended.returncode == 0, output
    gateway.start()
    assert await gateway.ready()


async def test_everybody_takes_the_log_anew_and_outboxes_are_sent(keeper: Keeper, tmp_path: Path) -> None:
    scene = replace(BASE, agents=0)
    path, backup = tmp_path / "history.jsonl", tmp_path / "yesterday.db"
    with History(path) as history:
        async with Stage(scene, history, tmp_path, keeper) as stage:
            await stage.start()
            customers = [
                Customer(f"customer{number}", stage.base, history, Random(number), scene.habits)
                for number in range(4)
            ]
            tasks = [asyncio.create_task(customer.run()) for customer in customers]
            await _said_more(history, 30)
            await asyncio.to_thread(_copy, tmp_path / "frontdesk.db", backup)
            await _said_more(history, 30)
            await _restore(stage, backup)
            history.note("stage", "restored")
            await _said_more(history, 30)
            for customer in customers:
                customer.quiet = True
            async with asyncio.timeout(PATIENCE_SECONDS):
                while late := await _late(customers, stage.database_url):
                    history.note("stage", "late", text=", ".join(late))
                    await asyncio.sleep(0.2)
            for customer in customers:
                for conversation in customer.logs:
                    history.note(customer.who, "settled", conversation=conversation)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await stage.stop()
    records = list(read_history(path))
    since = next(at for at, record in enumerate(records) if record.what == "restored")
    after = records[since:]
    dump = read_dump(f"sqlite:///{tmp_path}/frontdesk.db")
    assert check_all(after, dump, silence_seconds=math.inf) == []
    forgotten = {record.who for record in after if record.what == "forget"}
    assert forgotten == {customer.who for customer in customers}
