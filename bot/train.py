"""Trains an assistant from any Rasa project's folder; checks its files first. Runs in .venv-rasa:

    python -m bot.train [FOLDER] [--out FOLDER] [--name NAME] [--lenient] [--check-only]

The folder holds training files (nlu, rules, stories), in its `data/` if it has one, and may hold `domain.yml` and
`config.yml`; ours stand in for what it lacks. Without a folder our own demo is trained. Must not know what the pipeline
does.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, List, Optional, Sequence

import yaml

from bot.training_files import Mistake, domain_files, mistakes_in, training_files

ROOT = Path(__file__).resolve().parents[1]
OWN_DATA = ROOT / "bot" / "data"
SHOWN_MISTAKES = 50


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Check, then train. Returns Rasa's exit status; 2 when the files are wrong."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=OWN_DATA)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "models")
    parser.add_argument(
        "--name", help="the model's file name without .tar.gz; the folder's name unless given"
    )
    parser.add_argument(
        "--lenient", action="store_true", help="warn of contradictions and lone examples only"
    )
    parser.add_argument("--check-only", action="store_true", help="say what is wrong and train nothing")
    said = parser.parse_args(arguments)
    if not said.folder.exists():
        _say(f"{said.folder}: there is no such folder")
        return 2
    if not report(mistakes_in(said.folder), said.lenient):
        return 2
    if said.check_only:
        return 0
    name = said.name or model_name(said.folder)
    with tempfile.TemporaryDirectory() as scratch:
        status = subprocess.run(
            command(said.folder, said.out, name, Path(scratch)), cwd=ROOT, check=False
        ).returncode
    if status == 0:
        _say(f"The model is {said.out / name}.tar.gz")
    return status


def model_name(folder: Path) -> str:
    """`frontdesk` for our own data, which the demo runs; never that for any other folder's."""
    if folder.resolve() == OWN_DATA.resolve():
        return "frontdesk"
    name = folder.resolve().name
    return f"{name}-trained" if name in ("", "frontdesk") else name


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def report(mistakes: List[Mistake], lenient: bool) -> bool:
    """Print mistakes, one a line, and return whether training may go on."""
    stops = [mistake for mistake in mistakes if mistake.grave or not lenient]
    for mistake in mistakes[:SHOWN_MISTAKES]:
        _say(str(mistake))
    if len(mistakes) > SHOWN_MISTAKES:
        _say(f"… and {len(mistakes) - SHOWN_MISTAKES} more")
    if stops:
        hint = "" if any(m.grave for m in mistakes) else " To train all the same: make train DATA=… LENIENT=1"
        _say(f"Nothing was trained: {len(stops)} to put right.{hint}")
    return not stops


def command(folder: Path, out: Path, name: str, scratch: Path) -> List[str]:
    """Return Rasa's command for `folder`. Without stories and rules only understanding is trained."""
    domain, config = _domain(folder, scratch), _config(folder, scratch)
    files = training_files(folder)
    talks = any(_has(path, "rules") or _has(path, "stories") for path in files)
    data = [
        str(path.resolve())
        for path in files
        if _has(path, "nlu") or _has(path, "rules") or _has(path, "stories")
    ]
    options = ["--config", str(config.resolve()), "--out", str(out.resolve()), "--fixed-model-name", name]
    if not talks:
        return [*_RASA, "train", "nlu", "--nlu", str(_one_folder(data, scratch / "nlu")), *options]
    return [*_RASA, "train", "--domain", str(domain), "--data", *data, *options]


_RASA = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "rasa"]


def _domain(folder: Path, scratch: Path) -> Path:
    """The folder's own domain; ours for our own data; else one that lists the intents, so that rules may name them."""
    own = domain_files(folder)
    if len(own) == 1:
        return own[0].resolve()
    if own:
        return _one_folder([str(path) for path in own], scratch / "domains")
    if folder.resolve() == OWN_DATA.resolve():
        return ROOT / "domain.yml"
    intents, actions = set(), set()
    for path in training_files(folder):
        content = _content(path)
        if not isinstance(content, dict):
            continue
        intents |= {
            str(block["intent"]).split("/")[0] for block in content.get("nlu") or [] if "intent" in block
        }
        for section in ("rules", "stories"):
            for block in content.get(section) or []:
                actions |= {str(step["action"]) for step in block.get("steps") or [] if "action" in step}
    made = scratch / "domain.yml"
    named = sorted(action for action in actions if not action.startswith("utter_"))
    said = {action: [{"text": action}] for action in sorted(actions) if action.startswith("utter_")}
    body = {"version": "3.1", "intents": sorted(intents), "actions": named, "responses": said}
    made.write_text(yaml.safe_dump(body), encoding="utf-8")
    return made


def _config(folder: Path, scratch: Path) -> Path:
    """The folder's own configuration; where its pipeline or policies are empty, as in a new project, ours."""
    ours = ROOT / "config.yml"
    if folder.resolve() == OWN_DATA.resolve():
        return ours
    own = folder / "config.yml"
    theirs = (_content(own) if own.is_file() else None) or {}
    if theirs.get("pipeline") and theirs.get("policies"):
        return own.resolve()
    body = {**_content(ours), **{key: value for key, value in theirs.items() if value}}
    if not theirs.get("policies"):
        # what ours falls back on is an action of our own domain
        body["policies"] = [{"name": policy["name"]} for policy in body["policies"]]
    made = scratch / "config.yml"
    made.write_text(yaml.safe_dump(body), encoding="utf-8")
    return made


def _one_folder(files: List[str], together: Path) -> Path:
    """Lay the files into one folder, where Rasa takes one path only."""
    together.mkdir()
    for number, file in enumerate(files):
        (together / f"{number}.yml").write_bytes(Path(file).read_bytes())
    return together


def _content(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _has(path: Path, section: str) -> bool:
    content = _content(path)
    return isinstance(content, dict) and bool(content.get(section))


if __name__ == "__main__":
    sys.exit(main())
