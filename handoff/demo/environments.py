"""The two Python environments: what goes into them, and where a Python 3.10 is found.

PyTorch is not in the lock files, because its processor-only build lies in another registry under another
version on every platform. It is installed by version, after the packages that it needs itself have been
installed with their hashes.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from handoff.demo.commands import CommandError, Runner
from handoff.demo.settings import DemoError, Places
from handoff.demo.stamps import fingerprint, read_stamp, write_stamp

TORCH = "torch==2.13.0"
RUNTIME_LOCK = "requirements.lock"
# compiled on top of the one above, so whoever has this one has that one too
DEVELOPMENT_LOCK = "requirements-dev.lock"
RASA_LOCK = "requirements-rasa.lock"
STAMP = "frontdesk-stamp.json"

NO_PYTHON_310 = (
    "The assistant needs Python 3.10 (Rasa runs on nothing newer) and none was found. "
    "Install it, for instance with `pyenv install 3.10` or your system's python3.10 package, "
    "and run this again."
)
BROKEN_INSTALL = "Some packages could not be installed; the lines above and var/logs/setup.log say why."


class Environment:
    """One virtual environment and the lock file it follows."""

    def __init__(self, places: Places, folder: Path, lock: str) -> None:
        self.places = places
        self.folder = folder
        self.lock = lock

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    def is_fresh(self) -> bool:
        """Whether what the lock file says is what was installed."""
        return Path(self.python).exists() and read_stamp(self.folder / STAMP).get(self.lock) == self._hash(
            self.lock
        )

    def install(self, run: Runner) -> None:
        """Install the lock file's packages, each checked by its hash; without a network, from uv's cache."""
        command = [
            *uv(self.places),
            "pip",
            "install",
            "--python",
            self.python,
            "--require-hashes",
            "--no-deps",
        ]
        try:
            run([*command, "-r", self.lock], BROKEN_INSTALL, UV_HTTP_RETRIES="2")
        except CommandError as error:
            try:
                run([*command, "--offline", "-r", self.lock], BROKEN_INSTALL)
            except CommandError:
                raise error from None

    def mark_fresh(self, *locks: str) -> None:
        """Remember that these lock files are installed."""
        write_stamp(self.folder / STAMP, **{lock: self._hash(lock) for lock in locks})

    def _hash(self, lock: str) -> str:
        return fingerprint(self.places.root, [self.places.root / lock])


def uv(places: Places) -> list[str]:
    """uv as bootstrap.py installed it."""
    return [str(places.venv / "bin" / "uv"), "--no-progress"]


def install_gateway_environment(places: Places, lock: str, run: Runner) -> None:
    """Everything of `lock` into `.venv`, then PyTorch."""
    environment = Environment(places, places.venv, lock)
    environment.install(run)
    install_torch(environment, run)
    environment.mark_fresh(*({RUNTIME_LOCK, lock}))


def install_torch(environment: Environment, run: Runner) -> None:
    """PyTorch's processor-only build from its own registry, or whatever pip is set up to find."""
    version = TORCH.split("==")[1]
    try:
        run(
            [
                environment.python,
                "-c",
                f"import importlib.metadata as m; assert m.version('torch').startswith('{version}')",
            ],
            "",
        )
        return
    except CommandError:
        pass
    try:
        run(
            [
                *uv(environment.places),
                "pip",
                "install",
                "--python",
                environment.python,
                "--torch-backend=cpu",
                TORCH,
            ],
            BROKEN_INSTALL,
            UV_HTTP_RETRIES="0",
        )
    except CommandError:
        run([environment.python, "-m", "pip", "install", "--retries", "2", TORCH], BROKEN_INSTALL)


def install_rasa_environment(places: Places, run: Runner) -> None:
    """`.venv-rasa` with Python 3.10 and everything of its lock file."""
    environment = Environment(places, places.rasa_venv, RASA_LOCK)
    if not is_python_310(environment.python):
        python = find_python_310() or fetch_python_310(places, run)
        run([*uv(places), "venv", "--clear", "--python", python, str(places.rasa_venv)], BROKEN_INSTALL)
    environment.install(run)
    environment.mark_fresh(RASA_LOCK)


def candidates(named: str, search_path: str, pyenv_roots: list[Path]) -> Iterator[str]:
    """Where a Python 3.10 may be: the one that was named, on the PATH, under pyenv with the newest patch first."""
    if named:
        yield named
    if on_path := shutil.which("python3.10", path=search_path):
        yield on_path
    for root in pyenv_roots:
        found = [
            p for p in (root / "versions").glob("3.10*/bin/python") if p.parent.parent.name.startswith("3.10")
        ]
        yield from map(str, sorted(found, key=_patch, reverse=True))


def _patch(python: Path) -> int:
    digits = python.parent.parent.name.removeprefix("3.10").strip(".")
    return int(digits) if digits.isdigit() else -1


def find_python_310() -> str | None:
    """A Python 3.10 of this machine that really starts (a pyenv shim may not), or None."""
    roots = [Path(os.environ["PYENV_ROOT"])] if os.environ.get("PYENV_ROOT") else []
    roots.append(Path.home() / ".pyenv")
    named = os.environ.get("FRONTDESK_PYTHON310", "")
    return next((c for c in candidates(named, os.environ.get("PATH", ""), roots) if is_python_310(c)), None)


def is_python_310(python: str) -> bool:
    """Whether this interpreter starts and is 3.10."""
    try:
        done = subprocess.run(
            [python, "-c", "import sys; print(sys.version_info[:2] == (3, 10))"],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == "True"


def fetch_python_310(places: Places, run: Runner) -> str:
    """Let uv fetch a Python 3.10; raises DemoError with what to do when that fails too."""
    try:
        run([*uv(places), "python", "install", "3.10"], NO_PYTHON_310, UV_HTTP_RETRIES="1")
        return run([*uv(places), "python", "find", "3.10"], NO_PYTHON_310)[-1]
    except CommandError:
        raise DemoError(NO_PYTHON_310) from None
