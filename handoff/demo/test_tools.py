"""What only the tests need: a browser, and the Node packages of web_widget/ where there is a Node.js."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from handoff.demo.commands import CommandError, Runner
from handoff.demo.settings import Places
from handoff.demo.stamps import fingerprint, read_stamp, write_stamp

if TYPE_CHECKING:
    from handoff.demo.steps import Step

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = (
    "The tests need a Chromium browser and none could be installed. "
    "Install one, for instance with `apt-get install chromium`, and run this again."
)
NO_NODE_PACKAGES = (
    "The Node packages of web_widget/ could not be installed; the lines above and var/logs/setup.log say why."
)


def find_browser(environment: Mapping[str, str] = os.environ) -> str | None:
    """The Chromium that FRONTDESK_CHROMIUM names, one on the PATH, or playwright's own; None without any."""
    if named := environment.get("FRONTDESK_CHROMIUM"):
        return named
    for name in BROWSERS:
        if found := shutil.which(name, path=environment.get("PATH")):
            return found
    caches = (
        [Path(environment["PLAYWRIGHT_BROWSERS_PATH"])] if environment.get("PLAYWRIGHT_BROWSERS_PATH") else []
    )
    caches += [Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright"]
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    for cache in caches:
        for pattern in patterns:
            if fetched := sorted(cache.glob(pattern)):
                return str(fetched[-1])
    return None


def install_browser(places: Places, run: Runner) -> None:
    """Debian's package when we may install it, else playwright's own download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update", "-q"], NO_BROWSER, DEBIAN_FRONTEND="noninteractive")
        try:
            run(["apt-get", "install", "-y", "-q", "chromium"], NO_BROWSER, DEBIAN_FRONTEND="noninteractive")
            return
        except CommandError:
            # Ubuntu's package of that name wants snapd; playwright's download is next
            pass
    run([places.python, "-m", "playwright", "install", "chromium"], NO_BROWSER)


def has_node(places: Places) -> bool:
    """Whether there are web sources to build and an npm to do it."""
    return (places.root / "web_widget" / "package-lock.json").exists() and shutil.which("npm") is not None


def tool_steps(places: Places) -> "list[Step]":
    """The browser and the Node packages, as steps."""
    from handoff.demo.steps import Step

    steps = [
        Step(
            "A browser for the tests",
            lambda: find_browser() is not None,
            lambda run: install_browser(places, run),
        ),
    ]
    if has_node(places):
        steps.append(node_step(places))
    return steps


def node_step(places: Places) -> "Step":
    """`npm ci`, unless the lock file is the one that was installed."""
    from handoff.demo.steps import Step

    web = places.root / "web_widget"
    stamp = web / "node_modules" / "frontdesk-stamp.json"

    def mark() -> str:
        return fingerprint(places.root, [web / "package-lock.json"])

    def run(runner: Runner) -> None:
        runner(["npm", "--prefix", str(web), "ci", "--no-audit", "--no-fund"], NO_NODE_PACKAGES)
        write_stamp(stamp, node=mark())

    return Step("Node packages of the web pages", lambda: read_stamp(stamp).get("node") == mark(), run)
