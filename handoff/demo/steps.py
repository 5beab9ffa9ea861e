"""The plan: every step of the set-up, in order, each with what it depends on. Nothing is done twice.

Knows command lines, not modules: what a step does is somebody else's program.
"""

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from handoff.demo import environments
from handoff.demo.commands import Runner
from handoff.demo.environments import DEVELOPMENT_LOCK, RASA_LOCK, RUNTIME_LOCK, Environment
from handoff.demo.settings import DemoError, Places
from handoff.demo.stamps import fingerprint, read_stamp, write_stamp

Goal = Literal["setup", "tools", "demo"]

# they decide how the encoder is quantised; a folder copied to another machine is made again
PROCESSOR_FEATURES = ("avx2", "avx512_vnni", "avx_vnni")


@dataclass(frozen=True)
class Step:
    """One step: what it is called on the screen, whether there is anything to do, and how it is done.

    `is_done` is asked only when the steps before it are through, because a step may depend on what they make.
    """

    title: str
    is_done: Callable[[], bool]
    run: Callable[[Runner], None]


@dataclass(frozen=True)
class Recipe:
    """Commands whose result depends on files and words, and is found again in `outputs`."""

    key: str
    title: str
    commands: Sequence[Sequence[str]]
    otherwise: str
    stamp: Path
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    words: Sequence[str] = ()
    # where what the commands printed is kept, for the one command whose words are shown again at every start
    keeps_output: Path | None = None

    def step(self, root: Path) -> Step:
        """This recipe as a step."""

        def mark() -> str:
            return fingerprint(root, self.inputs, self.words)

        def is_done() -> bool:
            return read_stamp(self.stamp).get(self.key) == mark() and all(p.exists() for p in self.outputs)

        def run(runner: Runner) -> None:
            printed: list[str] = []
            for command in self.commands:
                printed += runner(command, self.otherwise)
            missing = [p for p in self.outputs if not p.exists() and p != self.keeps_output]
            if missing:
                raise DemoError(f"{self.otherwise} ({missing[0].relative_to(root)} was not made.)")
            if self.keeps_output:
                self.keeps_output.write_text("\n".join(printed) + "\n", encoding="utf-8")
            write_stamp(self.stamp, **{self.key: mark()})

        return Step(self.title, is_done, run)


def plan(goal: Goal, places: Places, environment: Mapping[str, str]) -> list[Step]:
    """The steps for `make setup`, for the tests' tools on top of it, or for `make demo`, in order.

    The demo does without the development tools; its database is made only for the demo.
    """
    from handoff.demo.test_tools import tool_steps

    lock = RUNTIME_LOCK if goal == "demo" else DEVELOPMENT_LOCK
    steps = [*environment_steps(places, lock)]
    steps += [
        r.step(places.root)
        for r in (encoder(places, environment), pipeline(places, environment), training(places, environment))
    ]
    if goal == "tools":
        steps += tool_steps(places)
    if goal == "demo":
        steps += [r.step(places.root) for r in database(places, environment)]
    return steps


def environment_steps(places: Places, lock: str) -> list[Step]:
    """The two Python environments."""
    gateway = Environment(places, places.venv, lock)
    rasa = Environment(places, places.rasa_venv, RASA_LOCK)
    return [
        Step(
            "Packages of the gateway and the knowledge base",
            gateway.is_fresh,
            lambda run: environments.install_gateway_environment(places, lock, run),
        ),
        Step(
            "Packages of the assistant (Rasa, Python 3.10)",
            rasa.is_fresh,
            lambda run: environments.install_rasa_environment(places, run),
        ),
    ]


def encoder(places: Places, environment: Mapping[str, str]) -> Recipe:
    """The sentence encoder, exported and quantised for this processor."""
    folder = places.var / "encoder"
    knowledge = places.root / "knowledge_base"
    return Recipe(
        key="encoder",
        title="Sentence encoder for this processor",
        commands=[[places.python, "-m", "knowledge_base", "encoder"]],
        otherwise="The encoder could not be exported; the lines above and var/logs/setup.log say why.",
        stamp=folder / environments.STAMP,
        inputs=[places.root / RUNTIME_LOCK, *sorted(knowledge.glob("encoder*.py"))],
        outputs=[folder / name for name in ("model.onnx", "tokenizer.json", "encoder.json")],
        words=[environment.get("EMBEDDING_MODEL", ""), *processor(Path("/proc/cpuinfo"))],
    )


def processor(cpuinfo: Path) -> list[str]:
    """The machine type, and of the features that matter those that `/proc/cpuinfo` (or its like) names."""
    try:
        flags = set(cpuinfo.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        flags = set()
    return [platform.machine(), *(f for f in PROCESSOR_FEATURES if f in flags)]


def pipeline(places: Places, environment: Mapping[str, str]) -> Recipe:
    """The spaCy pipeline that finds order numbers, products and the like."""
    return Recipe(
        key="spacy",
        title="Word and entity rules (spaCy)",
        commands=[[places.rasa_python, "-m", "bot.spacy_pipeline"]],
        otherwise="The spaCy pipeline could not be made; the lines above and var/logs/setup.log say why.",
        stamp=places.var / "spacy.stamp.json",
        inputs=[places.root / "bot" / "spacy_pipeline.py", products(places), places.root / RASA_LOCK],
        outputs=[places.var / "spacy" / "meta.json"],
        words=[environment.get("SPACY_MODEL", "")],
    )


def products(places: Places) -> Path:
    """The shop's product names, which the assistant recognises."""
    return places.root / "knowledge_base" / "demo" / "products.yml"


def training(places: Places, environment: Mapping[str, str]) -> Recipe:
    """The trained assistant; made again only when something that it learns from has changed."""
    root = places.root
    return Recipe(
        key="training",
        title="Training the assistant (about half a minute)",
        commands=[train_command(places)],
        otherwise="The assistant could not be trained; the lines above and var/logs/setup.log say why.",
        stamp=places.model.parent / environments.STAMP,
        inputs=[
            root / "config.yml",
            root / "domain.yml",
            root / "bot",
            root / RASA_LOCK,
            products(places),
            places.var / "encoder" / "encoder.json",
        ],
        outputs=[places.model],
        words=[environment.get("SPACY_MODEL", "")],
    )


def train_command(places: Places) -> list[str]:
    """Rasa's own command, with everything that it would otherwise guess."""
    paths = ["--config", "config.yml", "--domain", "domain.yml", "--data", "bot/data"]
    output = [
        "--out",
        str(places.model.parent),
        "--fixed-model-name",
        places.model.name.removesuffix(".tar.gz"),
    ]
    return [places.rasa_python, "-m", "rasa", "train", *paths, *output]


def database(places: Places, environment: Mapping[str, str]) -> list[Recipe]:
    """Tables, demo articles and demo accounts.

    They vouch for one database file: when that is gone at the time of planning, everything is done again. A
    database elsewhere (FRONTDESK_DATABASE_URL) cannot be looked at from here, so the commands, which change
    nothing twice, always run.
    """
    root, file = places.root, places.var / "frontdesk.db"
    stamp = places.var / "database.stamp.json"
    elsewhere = environment.get("FRONTDESK_DATABASE_URL", "")
    if elsewhere or not file.exists():
        stamp.unlink(missing_ok=True)
    outputs = [] if elsewhere else [file]
    staff = places.var / "demo-accounts.txt"
    migrations = [root / "knowledge_base" / "migrations", root / "handoff" / "adapters" / "migrations"]
    failed = "The demo's database could not be filled; the lines above and var/logs/setup.log say why."
    knowledge, gateway = [places.python, "-m", "knowledge_base"], [places.python, "-m", "handoff"]
    return [
        Recipe(
            "tables",
            "Tables of the database",
            [[*knowledge, "migrate"], [*gateway, "migrate"]],
            failed,
            stamp,
            migrations,
            outputs,
        ),
        _articles(root, knowledge, failed, stamp, outputs),
        Recipe(
            "accounts",
            "Demo staff",
            [[*gateway, "accounts", "demo"]],
            failed,
            stamp,
            [],
            [*outputs, staff],
            keeps_output=staff,
        ),
    ]


def _articles(root: Path, knowledge: Sequence[str], failed: str, stamp: Path, outputs: list[Path]) -> Recipe:
    articles = root / "knowledge_base" / "demo" / "articles"
    questions = articles.with_name("questions.yml")
    commands: list[Sequence[str]] = [
        [*knowledge, "import", str(articles.relative_to(root)), "--publish"],
        [*knowledge, "evaluate", str(questions.relative_to(root)), "--calibrate"],
    ]
    title = "Publishing the demo shop's articles"
    return Recipe("articles", title, commands, failed, stamp, [articles, questions], outputs)
