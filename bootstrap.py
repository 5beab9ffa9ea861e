"""The first thing that runs on a bare machine: makes `.venv`, puts uv and rich into it, and hands over.

Everything after that, with its progress, is in handoff/demo/. This file knows only Python's standard library,
and its syntax is old on purpose, so that an older Python can read as far as the sentence that says it is too
old.

    python3 bootstrap.py setup   both environments, the encoder and a trained assistant
    python3 bootstrap.py tools   setup, and what the tests need: a browser and the Node packages
    python3 bootstrap.py demo    what the demo needs, then the demo itself
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "bootstrap-stamp"
# uv installs the rest; rich shows how far it is (the other three are what rich needs)
WANTED = ("uv", "rich", "markdown-it-py", "mdurl", "pygments")
OLDEST = (3, 11)
NETWORK_SIGNS = (
    "NewConnectionError",
    "Failed to establish",
    "Temporary failure in name",
    "ConnectTimeout",
    "ProxyError",
)


class SetupError(Exception):
    """One sentence for the person at the terminal."""


def wanted_lines(lock: str) -> str:
    """The blocks of a lock file (name, version, hashes) that belong to the packages in WANTED."""
    kept = []
    keeping = False
    for line in lock.splitlines():
        if line[:1].isalnum():
            keeping = line.split("==")[0] in WANTED
        elif line.startswith("#"):
            keeping = False
        if keeping:
            kept.append(line)
    return "\n".join(kept) + "\n"


def run(command: "list[str]", otherwise: str) -> None:
    """Run one command in silence; a failure shows the end of its output and becomes a SetupError."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return
    output = done.stdout + done.stderr
    if any(sign in output for sign in NETWORK_SIGNS):
        raise SetupError(
            "The Python package index cannot be reached. "
            "The first set-up needs the network; connect and run this again."
        )
    print("\n".join(output.strip().splitlines()[-12:]), file=sys.stderr)
    raise SetupError(otherwise)


def make_environment() -> "Path":
    """Make `.venv` with uv and rich unless they are there already; returns its Python."""
    python = VENV / "bin" / "python"
    lines = wanted_lines(LOCK.read_text(encoding="utf-8"))
    stamp = hashlib.sha256(lines.encode()).hexdigest()
    if python.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp:
        return python
    print("Making .venv, a few seconds …", flush=True)
    run(
        [sys.executable, "-m", "venv", str(VENV)],
        "Python could not make a virtual environment (on Debian and Ubuntu: install python3-venv).",
    )
    wanted = VENV / "bootstrap.lock"
    wanted.write_text(lines, encoding="utf-8")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--retries", "2"]
    run(
        [*pip, "--require-hashes", "--no-deps", "-r", str(wanted)],
        "The first packages could not be installed; the lines above say why.",
    )
    STAMP.write_text(stamp, encoding="utf-8")
    return python


def main() -> int:  # noqa: RET503 - execv does not come back
    """Make the environment, then become the launcher."""
    if sys.version_info < OLDEST:
        print(
            "Frontdesk needs Python 3.11 or newer; this is {}.{}. "
            "Run it with a newer one: python3.11 bootstrap.py demo".format(*sys.version_info[:2])
        )
        return 1
    try:
        python = make_environment()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    os.chdir(ROOT)
    os.execv(str(python), [str(python), "-m", "handoff.demo", *sys.argv[1:]])  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    sys.exit(main())
