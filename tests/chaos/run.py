"""One run: a stage, customers and agents, faults, then rest, and what the checker says of it all."""

import asyncio
import contextlib
import pickle
import secrets
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from handoff import invariants
from handoff.adapters.store_sql import SqlStore
from tests.chaos.agent import Agent
from tests.chaos.cast import people, staff
from tests.chaos.checked import checked
from tests.chaos.checker import check_all
from tests.chaos.customer import Customer
from tests.chaos.history import Dump, History, read_dump, read_history
from tests.chaos.participant import Participant
from tests.chaos.processes import Keeper
from tests.chaos.report import Figures, figures
from tests.chaos.scene import SILENCE_SECONDS, Scene
from tests.chaos.schedule import schedule
from tests.chaos.stage import Stage
from tests.chaos.violation import Violation

LONGER_SECONDS = 60.0
"""For a machine that is busy with other things."""
REST_SECONDS = 0.25
"""Between looks at whether everything is settled."""
LINE_SECONDS = 30.0
"""Between two lines of progress."""
HISTORY = "history.jsonl"
DUMP = "dump.pickle"
"""The tables at the end, beside the history: for judging a run again."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    violations: list[Violation]
    figures: Figures
    kills: int
    seconds: float
    left_ports: list[int] = field(default_factory=list)
    interrupted: bool = False


async def play(scene: Scene, folder: Path, keeper: Keeper | None = None, say: Say | None = None) -> Outcome:
    """Play a scene, and judge it. Leaves history and logs in `folder`. A `keeper` that is given stays.

    `say` is given a line of progress twice a minute. `scene.stop` ends the faults early, and all the rest is done.
    """
    began = time.monotonic()
    path = folder / HISTORY
    with History(path) as history:
        async with Stage(scene, history, folder, keeper) as stage:
            sessions = await staff(scene, stage.database_url)
            history.note("stage", "begin", more={"wall": time.time(), "seed": scene.seed, "notes": True})
            await stage.start()
            cast = people(scene, stage, sessions, history)
            tasks = [asyncio.create_task(person.run()) for person in cast]
            telling = asyncio.create_task(_tell(stage, began, say)) if say else None
            try:
                await _break_and_mend(scene, stage)
                await _settle(cast, stage, history, scene.settle_seconds)
            finally:
                await _ended([*tasks, *([telling] if telling else [])], history)
            history.note("stage", "end", more={"wall": time.time()})
            late = await stage.stop()
            dump = await asyncio.to_thread(read_dump, stage.database_url)
            (folder / DUMP).write_bytes(pickle.dumps(dump))
            found = await _of_the_database(stage.database_url)
            ports = [child.port for child in (*stage.gateways.values(), *stage.bots.values())]
            kills = stage.kills
    if say:
        say("  judging what happened")
    return await asyncio.to_thread(
        _judge, scene, path, dump, found, kills, time.monotonic() - began, late, ports
    )


async def _ended(tasks: Iterable["asyncio.Task[None]"], history: History) -> None:
    """End the people. A person who broke off by a bug of ours proves nothing: that is told as if they were never settled."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            history.note("stage", "unsettled", text=f"somebody broke off: {result!r}")


async def _break_and_mend(scene: Scene, stage: Stage) -> None:
    started = time.monotonic()
    faults = schedule(scene.seed, scene.seconds, scene.parts, scene.pace, scene.kinds)
    async with asyncio.timeout(scene.seconds * 20 + 600):
        await stage.play(faults)
        await _rest_of(scene, stage, started)
    await stage.mend()


async def _rest_of(scene: Scene, stage: Stage, started: float) -> None:
    """Without faults left, the time still has to pass, and people have to have said what is wanted of them."""
    longest = started + min(scene.seconds + LONGER_SECONDS, scene.most_seconds)
    while time.monotonic() < longest and not scene.stop.is_set():
        late = scene.kills > 0 or time.monotonic() - started >= scene.seconds
        counts = stage.history.counts
        written = all(counts[f"send {kind}"] >= count for kind, count in scene.wanted)
        if late and written and counts["accepted"] >= scene.fewest:
            return
        await asyncio.sleep(0.1)
        stage.supervise()


async def _tell(stage: Stage, began: float, say: Say) -> None:
    """How far it is, again and again."""
    before = 0
    while True:
        await asyncio.sleep(LINE_SECONDS)
        accepted = stage.history.counts["accepted"]
        say(
            f"  {time.monotonic() - began:6.0f} s  {accepted} accepted ({(accepted - before) / LINE_SECONDS:.0f}/s), "
            f"{stage.kills} kills, {stage.history.counts['fault']} faults, {'up' if stage.up else 'down'}"
        )
        before = accepted


def _judge(
    scene: Scene, path: Path, dump: Dump, found: list[Violation], kills: int, seconds: float, late: list[str],
    ports: list[int],
) -> Outcome:  # fmt: skip
    records = list(read_history(path))
    violations = found + check_all(records, dump, SILENCE_SECONDS, clock_jumps=scene.clock_jumps)
    late = late + [record.text for record in records if record.what == "late_stop"]
    violations += [Violation("stops_in_time", name) for name in late]
    reached = figures(records, dump)
    interrupted = scene.stop.is_set()
    if not interrupted:
        violations += missed(scene, reached, kills)
    return Outcome(violations, reached, kills, seconds, ports, interrupted)


def judged_again(folder: Path, say: Say) -> list[Violation]:
    """What the checker says today of a run that was kept, by one's own hand, in this folder."""
    dump = pickle.loads((folder / DUMP).read_bytes())  # noqa: S301 - written by `play`
    records = list(read_history(folder / HISTORY))
    held_against = checked(records, dump)
    say("  checked: " + ", ".join(f"{name} {count}" for name, count in held_against.items()))
    return check_all(records, dump, SILENCE_SECONDS)


def missed(scene: Scene, reached: Figures, kills: int) -> list[Violation]:
    """What was asked for and did not happen: zeroes over less than that would claim too much."""
    found = []
    if kills < scene.kills:
        found.append(f"{kills} kills of gateways, where {scene.kills} were asked for")
    if reached.accepted < scene.fewest:
        found.append(f"{reached.accepted} accepted, where {scene.fewest} were asked for")
    if not reached.faults and schedule(scene.seed, scene.seconds, scene.parts, scene.pace, scene.kinds):
        found.append("nothing broke, where the schedule has faults")
    return [Violation("as_much_as_asked", one) for one in found]


async def _until(reached: Callable[[], bool], until: float) -> None:
    while not reached() and time.monotonic() < until:  # noqa: ASYNC110 - what is looked at rings no bell
        await asyncio.sleep(REST_SECONDS)


async def _settle(cast: list[Participant], stage: Stage, history: History, seconds: float) -> None:
    """Nobody begins anything new; agents take and finish what waits; then everybody must have the whole log."""
    until = time.monotonic() + seconds
    agents = [person for person in cast if isinstance(person, Agent)]
    customers = [person for person in cast if isinstance(person, Customer)]
    for customer in customers:
        customer.quiet = True
    await _until(lambda: all(customer.silent for customer in customers), until)
    for agent in agents:
        agent.quiet = agent.draining = True
    missing = ["not asked yet"]
    while time.monotonic() < until and missing:
        await asyncio.sleep(REST_SECONDS)
        if all(person.finished for person in cast) and not any(agent.has_work for agent in agents):
            missing = behind(cast, await asyncio.to_thread(read_dump, stage.database_url, logs=False))
    for person in cast:
        if not person.finished:
            history.note(person.who, "unsettled", text=_state(person))
        for conversation in person.logs:
            history.note(person.who, "settled", conversation=conversation)


def behind(cast: list[Participant], dump: Dump) -> list[str]:
    """Who has not seen the end of a log, and conversations whose bot still owes an answer."""
    late = [
        f"{person.who} of {log.conversation}" for person in cast for log in person.logs.values()
        if log.last != dump.conversations.get(log.conversation, {}).get("last_seq")
    ]  # fmt: skip
    return late + [f"turn {turn['id']}" for turn in dump.turns if turn["state"] in ("waiting", "running")]


def _state(person: Participant) -> str:
    waiting = {key: len(outbox.waiting) for key, outbox in person.outboxes.items() if outbox.waiting}
    late = {log.conversation: (log.last, log.head) for log in person.logs.values() if log.last < log.head}
    return f"greeted {person.greeted}, unsent {waiting}, behind {late}"


async def _of_the_database(url: str) -> list[Violation]:
    """What the product's own checker says, and whether a SQLite file is whole."""
    found = []
    if url.startswith("sqlite:///"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.close()
        if answer != "ok":
            found.append(Violation("whole_file", str(answer)))
    store = SqlStore(url)
    try:
        found += [Violation("invariants.check", str(one)) for one in await store.read(invariants.check)]
    finally:
        await store.close()
    return found


def ports_are_free(ports: list[int]) -> bool:
    """Whether nobody listens there any more: nothing was left behind."""

    def taken(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return not any(taken(port) for port in ports)


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(10**6)


@contextlib.contextmanager
def workplace(keep: Path | None = None) -> Iterator[Path]:
    """A folder for one run; it is removed unless it was named."""
    if keep is not None:
        keep.mkdir(parents=True)  # a new one: an old database would be played on
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="frontdesk-chaos-") as name:
        yield Path(name)
