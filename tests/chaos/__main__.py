"""`python -m tests.chaos`: one run, or many kills. Prints the seed first; the same seed plays the same schedule."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.chaos.report import at_most, spread
from tests.chaos.run import Outcome, fresh_seed, judged_again, play, ports_are_free, workplace
from tests.chaos.scene import Scene, routing_of
from tests.chaos.schedule import Kind, Pace, schedule
from tests.chaos.weather import CALM, INNER, ROUGH

SHOWN = 20
INTERRUPTED = 130
"""Exit status, as a shell has it."""


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "--seed", type=int, help="of a run to be played again; without one a new one is drawn"
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="of service, during which things break")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--kills", type=int, default=0, help="end after so many kills of gateways")
    parser.add_argument("--accepted", type=int, default=0, help="go on until so many messages were accepted")
    parser.add_argument(
        "--at-most", type=float, help="minutes by the wall; what is not reached by then is a violation"
    )
    parser.add_argument("--routing", choices=("pick", "offer"), help="without it, the seed decides")
    parser.add_argument("--customers", type=int, default=16, help="a quarter of them speak by requests alone")
    parser.add_argument("--agents", type=int, default=4)
    parser.add_argument("--think", type=float, help="seconds between a customer's messages, on average")
    parser.add_argument("--between", type=float, nargs=2, help="seconds from one fault to the next")
    parser.add_argument(
        "--kill-weight", type=float, help="of kill -9 of gateways among the faults; 6 without"
    )
    parser.add_argument(
        "--only", type=Kind, nargs="+", default=(), help="kinds of faults; others are left out"
    )
    parser.add_argument("--calm", action="store_true", help="links are spoiled by the schedule alone")
    parser.add_argument(
        "--clock-jumps", action="store_true", help="wall clocks of gateways are wrong by an hour"
    )
    parser.add_argument(
        "--resume-within", type=float, help="seconds for 99 of 100 lost links to be welcome again"
    )
    parser.add_argument("--cold", action="store_true", help="start every gateway as a python of its own")
    parser.add_argument(
        "--keep", type=Path, help="folder for history and logs; without one they are thrown away"
    )
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--judge", type=Path, help="a folder of --keep: check it again, and end")
    parser.add_argument("--schedule", action="store_true", help="print what would break when, and end")
    return parser


def scene_of(given: argparse.Namespace, seed: int) -> Scene:
    from tests.chaos.customer import Habits

    several = given.database == "postgres"
    pace = Pace(between=tuple(given.between)) if given.between else Pace()
    pace = replace(pace, kill_weight=given.kill_weight) if given.kill_weight else pace
    return Scene(
        seed=seed,
        seconds=given.minutes * 60,
        database=given.database,
        gateways=2 if several else 1,
        redis=several,
        customers=given.customers,
        pollers=given.customers // 4,
        agents=given.agents,
        polling_agents=1 if given.agents > 1 else 0,
        routing=given.routing or routing_of(seed),
        habits=Habits(think_seconds=given.think) if given.think else Habits(),
        pace=pace,
        warm=not given.cold,
        gateway=_gateway(given),
        kinds=tuple(given.only),
        outer=CALM if given.calm else ROUGH,
        inner=CALM if given.calm else INNER,
        clock_jumps=given.clock_jumps,
        kills=given.kills,
        fewest=given.accepted,
        most_seconds=given.at_most * 60 if given.at_most else float("inf"),
    )


def _gateway(given: argparse.Namespace) -> tuple[str, ...]:
    if given.clock_jumps:
        return ("tests.chaos.shifted_gateway",)
    noting = given.database == "postgres"  # whom claims pass over, as only a gateway of ours does
    return ("handoff", "serve") if given.cold and not noting else ("tests.chaos.light_gateway",)


def show(outcome: Outcome, scene: Scene) -> bool:
    """Print what happened; whether nothing was wrong."""
    for line in outcome.figures.lines():
        say(f"  {line}")
    say(f"  kill -9 of gateways: {outcome.kills}; {outcome.seconds:.0f} s; {of_links(outcome)}")
    if outcome.interrupted:
        say("  It was interrupted: less than what was asked for, all of it checked.")
    if not outcome.violations and ports_are_free(outcome.left_ports):
        accepted = outcome.figures.accepted
        say(
            f"  0 violations. At 95 %: fewer than {at_most(accepted):.1e} of accepted messages are lost or doubled, "
            f"and fewer than {at_most(outcome.kills):.1e} of kills lose any."
        )
        return True
    for violation in outcome.violations[:SHOWN]:
        say(f"  ✗ {violation}")
    say(f"  {len(outcome.violations)} violations. Again: --seed {scene.seed}")
    return False


def of_links(outcome: Outcome) -> str:
    faults = outcome.figures.faults
    return f"cuts {cuts(faults)}, freezes {freezes(faults)}"


def cuts(faults: Mapping[str, int]) -> int:
    return sum(faults.get(kind, 0) for kind in (Kind.CUT, Kind.SILENCE, Kind.ONE_WAY, Kind.REFUSE))


def freezes(faults: Mapping[str, int]) -> int:
    return sum(faults.get(kind, 0) for kind in (Kind.FREEZE_GATEWAY, Kind.FREEZE_BOT))


def as_json(outcome: Outcome, scene: Scene) -> str:
    """The same for a machine. Bounds are the rates that so many zeroes leave possible at 95 %."""
    found = outcome.figures
    return json.dumps(
        {
            "seed": scene.seed, "database": scene.database, "gateways": scene.gateways, "routing": scene.routing,
            "seconds": round(outcome.seconds), "interrupted": outcome.interrupted,
            "written": found.sent, "accepted": found.accepted, "refused": found.refused, "events": found.events,
            "conversations": found.conversations, "links": found.links, "kills": outcome.kills,
            "cuts": cuts(found.faults), "freezes": freezes(found.faults), "faults": found.faults, "moves": found.moves,
            "checked": found.checked, "resumed_seconds": spread(found.resumed), "seen_seconds": spread(found.delivered),
            "at_most": {name: at_most(count) for name, count in found.checked.items()} | {"kills": at_most(outcome.kills)},
            "violations": [str(one) for one in outcome.violations],
        },
        indent=1,
    )  # fmt: skip


async def _played(scene: Scene, folder: Path) -> Outcome:
    """Ctrl-C once: nothing breaks any more, and what there is is checked. Twice: at once."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        scene.stop.set()
        loop.remove_signal_handler(signal.SIGINT)
        say("  stopping: nothing breaks any more, everything comes to rest")

    loop.add_signal_handler(signal.SIGINT, stop)
    return await play(scene, folder, say=say)


def main() -> None:
    given = _parser().parse_args()
    if given.judge:
        found = judged_again(given.judge, say)
        for violation in found:
            say(f"  ✗ {violation}")
        say(f"  {len(found)} violations")
        sys.exit(1 if found else 0)
    seed = given.seed if given.seed is not None else fresh_seed()
    scene = scene_of(given, seed)
    say(
        f"seed {seed}, {scene.database}, {scene.gateways} gateway(s), routing {scene.routing}, "
        f"{given.minutes:g} min of service"
    )
    if given.schedule:
        for fault in schedule(seed, scene.seconds, scene.parts, scene.pace, scene.kinds):
            say(f"  {fault.at:8.2f} s  {fault.kind:18} {fault.target:20} {fault.seconds:.2f} s")
        return
    with workplace(given.keep) as folder:
        outcome = asyncio.run(_played(scene, folder))
    fine = show(outcome, scene)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(as_json(outcome, scene) + "\n", "utf-8")
    if given.resume_within is not None and outcome.figures.resumed_p99 > given.resume_within:
        say(f"  ✗ 1 of 100 lost links was not welcome again within {given.resume_within:g} s")
        fine = False
    sys.exit((INTERRUPTED if outcome.interrupted else 0) if fine else 1)


if __name__ == "__main__":
    main()
