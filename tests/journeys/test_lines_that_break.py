"""What people wrote while there was no line arrives once and in order, whatever they do with the page meanwhile."""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from tests.journeys.conftest import Demo, sign_in, until, visitor

pytestmark = pytest.mark.journey
RARELY_SECONDS = 240.0
"""A socket is tried beside long-polls, ever more rarely."""


@dataclass
class Wire:
    """What lies between a browser and the gateway. Pages always come through; the ways of the chat only while open."""

    sockets: bool = True
    polls: bool = True
    greeted: bool = False
    polled: int = 0

    async def lay(self, context: BrowserContext) -> None:
        await context.route_web_socket(re.compile(r"/ws/"), self._socket)
        await context.route(re.compile(r"/api/(customer|agent)/poll$"), self._poll)

    async def _socket(self, socket: WebSocketRoute) -> None:
        if not self.sockets:
            await socket.close(code=1013)
            return
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            socket.send(message)
            self.greeted = True

        server.on_message(pass_on)

    async def is_greeted(self) -> bool:
        """Whether a socket has spoken to the page: from there on it polls no more."""
        return self.greeted

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


async def take(console: Page, words: str) -> None:
    """The conversation in which a customer wrote this last, whoever else waits."""
    waiting = console.get_by_role("region", name=re.compile("^Waiting"))
    await waiting.get_by_role("link").filter(has_text=words).click()
    await console.get_by_role("button", name="Take this chat").click()


async def stands(page: Page, *texts: str) -> None:
    """Each of these is in the log once, in this order, and none of them waits to be sent."""
    log = page.get_by_role("log")
    for text in texts:
        await expect(log.get_by_text(text, exact=True)).to_have_count(1)
    await expect(log.locator(".bubble-is-sending, .not-sent")).to_have_count(0)
    whole = await log.inner_text()
    places = [whole.index(text) for text in texts]
    assert places == sorted(places)


async def test_what_is_written_offline_outlives_the_page_and_arrives_once(
    demo: Demo, browser: Browser
) -> None:
    context = await visitor(browser)
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
    context = await visitor(browser)
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
    context = await visitor(browser)
    one = await open_shop(context, demo)
    await write(one, "From the first tab")
    await stands(one, "From the first tab")
    other = await open_shop(context, demo)
    await stands(other, "From the first tab")
    await write(other, "From the second tab")
    await write(one, "And the first again")
    for page in (one, other):
        for text in ("From the first tab", "From the second tab", "And the first again"):
            await expect(page.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)

    async def show_the_same() -> bool:  # what the bot answers may come to one of them a moment later
        texts = [await page.get_by_role("log").locator(".bubble").all_inner_texts() for page in (one, other)]
        return texts[0] == texts[1]

    await until(show_the_same, "the two logs differ")


async def test_where_sockets_are_blocked_the_chat_goes_on_by_long_poll(demo: Demo, browser: Browser) -> None:
    context = await visitor(browser)
    wire = Wire(sockets=False)
    await wire.lay(context)
    page = await open_shop(context, demo)
    await write(page, "Can you hear me through this proxy?")
    await stands(page, "Can you hear me through this proxy?")
    await write(page, "And again")
    await stands(page, "Can you hear me through this proxy?", "And again")
    assert wire.polled > 0
    wire.sockets = True
    await until(wire.is_greeted, "no socket was tried beside the polls", RARELY_SECONDS)
    before = wire.polled
    await write(page, "Now by a socket")
    await stands(page, "Now by a socket")
    assert wire.polled == before


async def test_what_an_agent_writes_without_a_line_outlives_the_page(demo: Demo, browser: Browser) -> None:
    desk = await visitor(browser)
    wire = Wire()
    await wire.lay(desk)
    console = await desk.new_page()
    await console.goto(f"{demo.url}/console")
    await sign_in(console, "mara@fernhill.example")
    await expect(console.get_by_role("navigation", name="Conversations")).to_be_visible()
    shop = await open_shop(await visitor(browser), demo)
    await write(shop, "I would rather talk to a person about my stove")
    await take(console, "about my stove")
    await expect(console.get_by_role("button", name="Resolve")).to_be_visible()

    reply = "I have your order before me."
    await console.get_by_label("Reply", exact=True).fill(reply)
    await expect(console.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    await desk.set_offline(True)
    wire.sockets = wire.polls = False
    await console.get_by_label("Reply", exact=True).press("Enter")
    await expect(console.locator(".pending")).to_have_count(1)
    await desk.set_offline(False)
    await console.reload()
    await expect(console.get_by_text("Connecting.")).to_be_visible()
    wire.sockets = True
    await expect(shop.get_by_role("log").get_by_text(reply, exact=True)).to_have_count(1)
    await expect(console.get_by_role("log").get_by_text(reply, exact=True)).to_have_count(1)
    await expect(console.locator(".pending")).to_have_count(0)


async def test_where_sockets_are_blocked_an_agent_works_by_long_poll(demo: Demo, browser: Browser) -> None:
    desk = await visitor(browser)
    wire = Wire(sockets=False)
    await wire.lay(desk)
    console = await desk.new_page()
    await console.goto(f"{demo.url}/console")
    await sign_in(console, "tomas@fernhill.example")
    await expect(console.get_by_role("navigation", name="Conversations")).to_be_visible()
    shop = await open_shop(await visitor(browser), demo)
    await write(shop, "I would rather talk to a person about my lamp")
    await take(console, "about my lamp")
    reply = console.get_by_label("Reply", exact=True)
    await reply.fill("Hello, I am here.")
    await reply.press("Enter")
    await expect(shop.get_by_role("log").get_by_text("Hello, I am here.", exact=True)).to_be_visible()
    await write(shop, "Good to meet you")
    await expect(console.get_by_role("log").get_by_text("Good to meet you", exact=True)).to_be_visible()
    await console.get_by_role("button", name="Resolve").click()
    await console.get_by_role("menuitem").first.click()
    await expect(console.get_by_text("Closed · solved").first).to_be_visible()
    assert wire.polled > 0
    assert not wire.greeted
