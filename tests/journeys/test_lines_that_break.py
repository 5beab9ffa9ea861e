"""What people wrote while there was no line arrives once and in order, whatever they do with the page meanwhile."""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from tests.journeys.conftest import Demo, sign_in

pytestmark = pytest.mark.journey
SOON = 45_000  # a page that came back may pause before it tries again


@dataclass
class Wire:
    """What lies between a browser and the gateway. Pages always come through; the ways of the chat only while open."""

    sockets: bool = True
    polls: bool = True
    connected: int = 0
    polled: int = 0

    async def lay(self, context: BrowserContext) -> None:
        await context.route_web_socket(re.compile(r"/ws/"), self._socket)
        await context.route("**/api/customer/poll", self._poll)

    async def _socket(self, socket: WebSocketRoute) -> None:
        if self.sockets:
            self.connected += 1
            socket.connect_to_server()
        else:
            await socket.close(code=1013)

    async def _poll(self, route: Route) -> None:
        self.polled += 1
        if self.polls:
            await route.continue_()
        else:
            await route.abort()


async def open_shop(context: BrowserContext, demo: Demo) -> Page:
    page = await context.new_page()
    await page.goto(demo.url)
    await page.get_by_role("button", name=re.compile("Open chat")).click()
    begin = page.get_by_role("button", name="Ask a question")
    await expect(begin.or_(page.get_by_label("Your message")).first).to_be_visible()
    if await begin.is_visible():
        await begin.click()
    return page


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.get_by_label("Your message").press("Enter")


async def stands(page: Page, *texts: str) -> None:
    """Each of these is in the log once, in this order, and none of them waits to be sent."""
    log = page.get_by_role("log")
    for text in texts:
        await expect(log.get_by_text(text, exact=True)).to_have_count(1, timeout=SOON)
    await expect(log.locator(".bubble-is-sending, .not-sent")).to_have_count(0, timeout=SOON)
    whole = await log.inner_text()
    places = [whole.index(text) for text in texts]
    assert places == sorted(places)


async def test_what_is_written_offline_outlives_the_page_and_arrives_once(
    demo: Demo, browser: Browser
) -> None:
    context = await browser.new_context()
    wire = Wire(sockets=False, polls=False)
    await wire.lay(context)
    page = await open_shop(context, demo)
    await write(page, "Is my tent on its way?")
    await write(page, "It is the green one.")
    await expect(page.locator(".bubble-is-sending")).to_have_count(2)
    await page.reload()
    await page.get_by_role("button", name=re.compile("Open chat")).click()
    await expect(page.locator(".bubble-is-sending")).to_have_count(2)
    wire.sockets = True
    await stands(page, "Is my tent on its way?", "It is the green one.")
    await page.reload()
    await page.get_by_role("button", name=re.compile("Open chat")).click()
    await stands(page, "Is my tent on its way?", "It is the green one.")


async def test_what_is_written_offline_outlives_the_tab(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context()
    page = await open_shop(context, demo)
    await write(page, "Hello there")
    await stands(page, "Hello there")
    await context.set_offline(True)
    await write(page, "Do you have it in blue?")
    await expect(page.locator(".bubble-is-sending")).to_have_count(1)
    await page.close()
    await context.set_offline(False)
    await stands(await open_shop(context, demo), "Hello there", "Do you have it in blue?")


async def test_two_tabs_of_one_customer_show_the_same_log(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context()
    one = await open_shop(context, demo)
    await write(one, "From the first tab")
    await stands(one, "From the first tab")
    other = await open_shop(context, demo)
    await stands(other, "From the first tab")
    await write(other, "From the second tab")
    await write(one, "And the first again")
    for page in (one, other):
        for text in ("From the first tab", "From the second tab", "And the first again"):
            await expect(page.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1, timeout=SOON)
    texts = [await page.get_by_role("log").locator(".bubble").all_inner_texts() for page in (one, other)]
    assert texts[0] == texts[1]


async def test_where_sockets_are_blocked_the_chat_goes_on_by_long_poll(demo: Demo, browser: Browser) -> None:
    context = await browser.new_context()
    wire = Wire(sockets=False)
    await wire.lay(context)
    page = await open_shop(context, demo)
    await write(page, "Can you hear me through this proxy?")
    await stands(page, "Can you hear me through this proxy?")
    await write(page, "And again")
    await stands(page, "Can you hear me through this proxy?", "And again")
    assert wire.polled > 0
    wire.sockets = True
    while not wire.connected:  # a socket is tried beside the poll, ever more rarely
        await page.wait_for_timeout(200)
    await page.wait_for_timeout(1_000)
    before = wire.polled
    await write(page, "Now by a socket")
    await stands(page, "Now by a socket")
    assert wire.polled == before


async def test_what_an_agent_writes_without_a_line_outlives_the_page(demo: Demo, browser: Browser) -> None:
    desk = await browser.new_context()
    wire = Wire()
    await wire.lay(desk)
    console = await desk.new_page()
    await console.goto(f"{demo.url}/console")
    await sign_in(console, "mara@fernhill.example")
    await expect(console.get_by_role("navigation", name="Conversations")).to_be_visible(timeout=SOON)
    shop = await open_shop(await browser.new_context(), demo)
    await write(shop, "Something about my order")
    await stands(shop, "Something about my order")
    await shop.get_by_role("button", name="Talk to a person").first.click()
    await console.get_by_role("button", name=re.compile("Take next", re.IGNORECASE)).first.click(timeout=SOON)
    await expect(console.get_by_role("button", name="Resolve")).to_be_visible(timeout=SOON)

    await desk.set_offline(True)
    wire.sockets = False
    reply = "I have your order before me."
    await console.get_by_label("Reply", exact=True).fill(reply)
    await console.get_by_label("Reply", exact=True).press("Enter")
    await expect(console.locator(".pending")).to_have_count(1)
    await desk.set_offline(False)
    await console.reload()
    await expect(console.get_by_text("Connecting.")).to_be_visible(timeout=SOON)
    wire.sockets = True
    await expect(shop.get_by_role("log").get_by_text(reply, exact=True)).to_have_count(1, timeout=SOON)
    await expect(console.get_by_role("log").get_by_text(reply, exact=True)).to_have_count(1, timeout=SOON)
    await expect(console.locator(".pending")).to_have_count(0, timeout=SOON)
