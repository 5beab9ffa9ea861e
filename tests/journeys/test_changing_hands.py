"""A conversation is offered, declined, taken, passed on and resolved: two agents and a customer in three browsers."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from handoff.accounts import DEMO_PASSWORD
from tests.journeys.conftest import (
    ROOT,
    START_SECONDS,
    STOP_SECONDS,
    free_ports,
    open_page,
    ready,
    sign_in,
    until,
)

pytestmark = pytest.mark.journey

MARA, TOMAS, LENA = "Mara Lindqvist", "Tomas Okafor", "Lena Sommer"
LENA_ADDRESS = "lena@fernhill.example"
SCREEN = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway alone, where conversations are offered; long enough that only declining passes one on.

    People help each other without the assistant, so it need not be started.
    """
    folder = tmp_path_factory.mktemp("offering")
    port, rasa = free_ports(2)
    environment = os.environ | {
        "FRONTDESK_PORT": str(port),
        "FRONTDESK_RASA_URL": f"http://127.0.0.1:{rasa}",
        "FRONTDESK_DATABASE_URL": f"sqlite:///{folder / 'frontdesk.db'}",
        "FRONTDESK_ROUTING": "offer",
        "FRONTDESK_OFFER_SECONDS": "120",
        "FRONTDESK_DRAIN_SECONDS": "0",
    }
    python = ".venv/bin/python"
    supervisor = ["--role", "agent", "--role", "supervisor", "--password", DEMO_PASSWORD]
    for command in (
        ["knowledge_base", "migrate"],
        ["handoff", "migrate"],
        ["handoff", "accounts", "demo"],
        ["handoff", "accounts", "add", LENA_ADDRESS, LENA, *supervisor],
    ):
        subprocess.run([python, "-m", *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    url, began = f"http://127.0.0.1:{port}", time.monotonic()
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(
            [python, "-m", "handoff", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        while not ready(url) and process.poll() is None and time.monotonic() - began < START_SECONDS:
            time.sleep(0.1)
        assert ready(url), "the gateway did not start"
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def open_console(browser: Browser, url: str, complaints: list[str], email: str) -> Page:
    page = await open_page(browser, f"{url}/console", complaints, viewport=SCREEN)
    await sign_in(page, email)
    await expect(page.get_by_text("Chats are offered to you one by one.")).to_be_visible()
    return page


def offers(page: Page) -> Locator:
    return page.get_by_role("region", name="Offered to you")


async def asked_first(consoles: dict[str, Page]) -> str:
    """Whom the gateway asks first is its own affair."""
    asked: list[str] = []

    async def somebody_is_asked() -> bool:
        asked.extend([name for name, page in consoles.items() if await offers(page).is_visible()])
        return bool(asked)

    await until(somebody_is_asked, "it was offered to nobody")
    return asked[0]


async def reply(page: Page, text: str) -> None:
    field = page.get_by_label("Reply", exact=True)
    await field.fill(text)
    await field.press("Enter")


async def test_whoever_is_left_alone_is_called_back(
    offering: str, browser: Browser, complaints: list[str]
) -> None:
    console = await open_console(browser, offering, complaints, "mara@fernhill.example")
    shop = await open_page(browser, offering, complaints)
    await shop.get_by_role("button", name="Open chat").click()
    await shop.get_by_role("button", name="Talk to a person").last.click()
    await expect(offers(console)).to_be_visible()
    await console.get_by_role("switch", name="Take new chats").click()
    await expect(offers(console)).to_be_hidden()
    await expect(shop.get_by_role("region", name="Nobody is here right now")).to_be_visible()
    await shop.get_by_role("button", name="Call me back").click()
    await shop.get_by_label("Name", exact=True).fill("Kay Olsen")
    await shop.get_by_label("Telephone", exact=True).fill("+47 22 12 34 56")
    await shop.get_by_label(re.compile("When does a call suit")).fill("after 15:00")
    await shop.get_by_label("What is it about?").fill("My stove went out")
    await shop.get_by_role("button", name="Send", exact=True).first.click()
    await expect(shop.get_by_text("A colleague will call +47 22 12 34 56, after 15:00.")).to_be_visible()
    await shop.context.close()

    await console.get_by_role("switch", name="Take new chats").click()
    # it passed her by once, so it is offered anew only after a while; she may take it by hand
    await console.get_by_role("button", name="Take next").first.click()
    way = console.get_by_role("region", name=re.compile("^How to reach"))
    await expect(way.get_by_text("asked to be called back")).to_be_visible()
    await expect(way.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+4722123456")
    await console.get_by_role("button", name="Resolve").click()
    await console.get_by_role("menuitem").first.click()
    await expect(console.get_by_text("Closed · solved").first).to_be_visible()
    await console.context.close()


async def test_it_goes_from_one_to_the_other_and_the_customer_sees_who(
    offering: str, browser: Browser, complaints: list[str]
) -> None:
    consoles = {
        MARA: await open_console(browser, offering, complaints, "mara@fernhill.example"),
        TOMAS: await open_console(browser, offering, complaints, "tomas@fernhill.example"),
    }
    complaints.clear()  # the first look at /api/me is a 401, which a browser reports

    shop = await open_page(browser, offering, complaints)
    await shop.get_by_role("button", name="Open chat").click()
    await shop.get_by_role("button", name="Talk to a person").last.click()
    await expect(shop.get_by_text(re.compile("next in line", re.IGNORECASE)).first).to_be_visible()

    # offered, declined: it goes to the next
    first = await asked_first(consoles)
    second = TOMAS if first == MARA else MARA
    asker, taker = consoles[first], consoles[second]
    await offers(asker).get_by_role("button", name="Decline").click()
    await expect(offers(asker)).to_be_hidden()
    await expect(offers(taker)).to_be_visible()
    await offers(taker).get_by_role("button", name="Accept").click()
    await expect(shop.get_by_text(f"{second} joined").first).to_be_visible()
    await reply(taker, "Hello, I am looking at it.")
    await expect(shop.get_by_role("log").get_by_text("Hello, I am looking at it.")).to_be_visible()
    await expect(taker.get_by_text("Seen", exact=True)).to_be_visible()

    # passed on with a note, by the keyboard alone
    await taker.get_by_role("button", name="Transfer", exact=True).press("Enter")
    await expect(taker.get_by_role("combobox")).to_be_focused()
    await taker.keyboard.type(first.split()[0])
    await expect(taker.get_by_role("option", name=re.compile(first))).to_be_visible()
    await taker.keyboard.press("ArrowDown")
    await taker.keyboard.press("Tab")
    note = taker.get_by_role("textbox", name=re.compile("^Note"))
    await note.fill("They asked about the tent poles.")
    await note.press("Control+Enter")
    await expect(taker.get_by_text(f"You asked {first} to take over")).to_be_visible()

    card = offers(asker)
    await expect(card.get_by_text(f"{second} asks you to take over", exact=True)).to_be_visible()
    await expect(card.get_by_text("Note: They asked about the tent poles.")).to_be_visible()
    await card.get_by_role("button", name="Accept").click()

    # the customer sees who goes on, and is answered by them
    await expect(shop.get_by_role("heading", name=re.compile(first))).to_be_visible()
    await expect(taker.get_by_text(f"{first} has this. You can read along.")).to_be_visible()
    await reply(asker, "I have read everything, and go on from here.")
    await expect(
        shop.get_by_role("log").get_by_text("I have read everything, and go on from here.")
    ).to_be_visible()
    await shop.get_by_label("Your message").fill("Thank you both")
    await shop.get_by_label("Your message").press("Enter")
    await expect(asker.get_by_role("log").get_by_text("Thank you both")).to_be_visible()
    await expect(shop.get_by_text("Seen", exact=True)).to_be_visible()

    await asker.get_by_role("button", name="Resolve").click()
    await asker.get_by_role("menuitem").first.click()
    await expect(shop.get_by_text("How was it?")).to_be_visible()
    assert complaints == []


async def test_a_supervisor_takes_over_and_says_from_whom(
    offering: str, browser: Browser, complaints: list[str]
) -> None:
    tomas = await open_console(browser, offering, complaints, "tomas@fernhill.example")
    shop = await open_page(browser, offering, complaints)
    await shop.get_by_role("button", name="Open chat").click()
    await shop.get_by_role("button", name="Talk to a person").last.click()
    await offers(tomas).get_by_role("button", name="Accept").click()
    await expect(shop.get_by_role("heading", name=re.compile(TOMAS))).to_be_visible()

    lena = await open_console(browser, offering, complaints, LENA_ADDRESS)
    await lena.get_by_role("region", name=re.compile("^With colleagues")).get_by_role("link").first.click()
    await lena.get_by_role("button", name="Take over", exact=True).click()
    await expect(lena.get_by_text(f"Take this chat over from {TOMAS}?")).to_be_visible()
    await lena.get_by_role("button", name=f"Take over from {TOMAS}").click()
    await expect(shop.get_by_role("heading", name=re.compile(LENA))).to_be_visible()
    await expect(tomas.get_by_text(f"{LENA} has this. You can read along.")).to_be_visible()
    await reply(lena, "I go on with this.")
    await expect(shop.get_by_role("log").get_by_text("I go on with this.")).to_be_visible()
