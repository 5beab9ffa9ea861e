"""Photographs every face of the running product: `.venv/bin/python -m tests.journeys.screenshots [FOLDER]`.

Starts the demo on free ports with a database of its own, walks through shop, widget, help centre, console and editor,
light and dark, desktop and phone, and ends it. The states of the widget that need faults are in `npm run shots`.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from handoff.demo.test_tools import find_browser
from tests.journeys.conftest import CHROMIUM, Demo, sign_in, start_demo, stop_demo

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
SETTLE_MILLISECONDS = 900


class Album:
    """Pages of one browser with one look; `take` waits until nothing moves."""

    def __init__(self, browser: Browser, base: str, folder: Path, screen: str, scheme: str) -> None:
        self._browser = browser
        self._base = base
        self._folder = folder
        self._screen = screen
        self._scheme = scheme

    async def page(self, path: str) -> Page:
        look = SCREENS[self._screen] | {"color_scheme": self._scheme, "reduced_motion": "reduce"}
        page = await (await self._browser.new_context(**look)).new_page()
        await page.goto(f"{self._base}{path}")
        return page

    async def take(self, page: Page, name: str) -> None:
        await page.wait_for_timeout(SETTLE_MILLISECONDS)
        await page.screenshot(path=self._folder / f"{name}-{self._screen}-{self._scheme}.png")

    async def customer(self) -> Page:
        page = await self.page("/")
        await self.take(page, "shop")
        await page.get_by_role("button", name="Open chat").click()
        await self.take(page, "widget-home")
        await page.get_by_role("button", name="Ask a question").click()
        message = page.get_by_label("Your message")
        await message.fill("how long does delivery to Norway take?")
        await message.press("Enter")
        await page.get_by_role("button", name="Yes, this helped").wait_for()
        await self.take(page, "widget-answer")
        await message.press_sequentially("sleeping b")
        await self.take(page, "widget-suggestions")
        await message.fill("I would like to talk to a person about order FH-204817")
        await message.press("Enter")
        await self.take(page, "widget-waiting")
        return page

    async def agent(self) -> Page:
        page = await self.page("/console")
        await self.take(page, "console-sign-in")
        await sign_in(page, "mara@fernhill.example")
        await self.take(page, "console-queue")
        return page

    async def editor(self) -> None:
        page = await self.page("/editor")
        await sign_in(page, "edith@fernhill.example")
        await self.take(page, "editor-list")
        await page.get_by_text("Track your parcel").first.click()
        await self.take(page, "editor-article")

    async def help(self) -> None:
        await self.take(await self.page("/help"), "help-list")
        await self.take(await self.page("/help/delivery-times-and-costs"), "help-article")


async def photograph(demo: Demo, folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=CHROMIUM)
        for screen in SCREENS:
            for scheme in ("light", "dark"):
                album = Album(browser, demo.url, folder, screen, scheme)
                console = await album.agent()
                customer = await album.customer()
                await console.get_by_role("button", name="Take next").first.click()
                await album.take(console, "console-chat")
                await album.take(customer, "widget-agent")
                await album.editor()
                await album.help()
        await browser.close()


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        demo = start_demo(Path(scratch))
        try:
            asyncio.run(photograph(demo, folder))
        finally:
            stop_demo(demo)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
