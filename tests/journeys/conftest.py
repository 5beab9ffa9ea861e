"""The product as people run it: `make demo`'s own launcher on free ports, and a real Chromium.

Started once for all journeys, because Rasa alone takes some fifteen seconds to import. The database is a new one in a
temporary folder, so that nobody's demo is touched.

Browsers, gateways and an assistant share the machine with the rest of a run, so every step waits as long as a loaded machine
may need. A promise about time is measured by a clock of its own, never by how long a step waits.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from handoff.accounts import DEMO_PASSWORD
from handoff.demo.test_tools import find_browser

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 420
STOP_SECONDS = 60
PATIENCE_SECONDS = 60.0
"""For what has to come: a page, a word, an offer; also after a line was cut and the page paused before it tried again."""
CHROMIUM = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass
class Demo:
    """A running demo: where it is, what it printed, and how long its first answer took to be possible."""

    process: "subprocess.Popen[bytes]"
    url: str
    ports: tuple[int, int, int]
    output: Path
    ready_seconds: float

    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")


def free_ports(count: int) -> tuple[int, ...]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return tuple(int(s.getsockname()[1]) for s in sockets)


def ready(url: str) -> dict[str, bool]:
    """What /readyz says; empty while nobody answers."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own loopback address
            return dict(json.load(answer))
    except (OSError, ValueError):
        return {}


def start_demo(folder: Path) -> Demo:
    """Start the launcher and wait until the bot answers."""
    gateway, rasa, actions = free_ports(3)
    environment = os.environ | {
        "FRONTDESK_PORT": str(gateway),
        "FRONTDESK_RASA_PORT": str(rasa),
        "FRONTDESK_ACTIONS_PORT": str(actions),
        "FRONTDESK_DATABASE_URL": f"sqlite:///{folder / 'frontdesk.db'}",
    }
    output = folder / "demo.log"
    began = time.monotonic()
    with output.open("wb") as log:
        process = subprocess.Popen(
            [".venv/bin/python", "-m", "handoff.demo", "demo"],
            cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    demo = Demo(process, f"http://127.0.0.1:{gateway}", (gateway, rasa, actions), output, 0.0)
    while not ready(demo.url).get("bot"):
        if process.poll() is not None or time.monotonic() - began > START_SECONDS:
            stop_demo(demo)
            raise AssertionError(f"the demo did not start:\n{demo.printed()[-3000:]}")
        time.sleep(0.25)
    demo.ready_seconds = time.monotonic() - began
    return demo


def stop_demo(demo: Demo) -> None:
    """Ctrl-C, as a person would; then whatever it takes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(demo.process.pid, signal.SIGINT)
    try:
        demo.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(demo.process.pid, signal.SIGKILL)
        demo.process.wait()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = start_demo(tmp_path_factory.mktemp("demo"))
    yield running
    stop_demo(running)


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """One wait for every expectation of every journey."""
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=CHROMIUM)
        yield chromium
        await chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages' consoles complained about; a journey ends with none."""
    return []


async def visitor(browser: Browser, **context: object) -> BrowserContext:
    """A browser of its own for one person, with the patience of the journeys."""
    opened = await browser.new_context(**context)  # type: ignore[arg-type]  # passed on as it is
    opened.set_default_timeout(PATIENCE_SECONDS * 1000)
    return opened


async def until(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until it holds; for what no single page can be asked to expect."""
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < seconds, what
        await asyncio.sleep(0.1)


async def open_page(browser: Browser, url: str, complaints: list[str], **context: object) -> Page:
    """A page of a new visitor, whose errors are collected."""
    page = await (await visitor(browser, **context)).new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(url)
    return page


async def sign_in(page: Page, email: str) -> None:
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(DEMO_PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
