"""A customer asks, is answered, asks for a person, and is helped: in two browsers, through every process."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Demo, open_page, sign_in

pytestmark = pytest.mark.journey
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


async def open_widget(page: Page) -> None:
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_role("button", name="Ask a question")).to_be_visible()


async def ask(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.get_by_label("Your message").press("Enter")


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
async def test_a_question_is_answered_with_its_source(
    demo: Demo, browser: Browser, complaints: list[str], screen: dict[str, object]
) -> None:
    page = await open_page(browser, demo.url, complaints, **screen)
    await open_widget(page)
    await page.get_by_role("button", name="Ask a question").click()
    await ask(page, "Where can I see where my parcel is?")
    log = page.get_by_role("log")
    await expect(log.get_by_text("Track your parcel")).to_be_visible()
    await log.get_by_role("button", name="Yes, this helped").click()
    await expect(log.get_by_text("Good to know.")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name=re.compile("Open chat")).click()
    await expect(page.get_by_role("log").get_by_text("Where can I see where my parcel is?")).to_be_visible()
    assert complaints == []


async def test_articles_come_up_while_typing(demo: Demo, browser: Browser, complaints: list[str]) -> None:
    page = await open_page(browser, demo.url, complaints)
    await open_widget(page)
    await page.get_by_label("Search for an answer").press_sequentially("gift card")
    await page.get_by_role("option", name="Buy a gift card").click()
    await expect(page.get_by_role("region", name="Buy a gift card")).to_be_visible()
    assert complaints == []


async def test_a_person_takes_over_and_has_the_whole_story(
    demo: Demo, browser: Browser, complaints: list[str]
) -> None:
    console = await open_page(browser, f"{demo.url}/console", complaints)
    await sign_in(console, "mara@fernhill.example")
    queue = console.get_by_role("navigation", name="Conversations")
    await expect(queue).to_be_visible()
    complaints.clear()  # the first look at /api/me is a 401, which a browser reports

    shop = await open_page(browser, demo.url, complaints)
    await open_widget(shop)
    await shop.get_by_role("button", name="Ask a question").click()
    await ask(shop, "How long do I have to send something back?")
    await expect(shop.get_by_role("log").get_by_role("button", name="Yes, this helped")).to_be_visible()
    await ask(shop, "I would rather talk to a person about order FH-204817")
    await expect(shop.get_by_text(re.compile("next in line", re.IGNORECASE)).first).to_be_visible()

    await console.get_by_role("button", name=re.compile("Take next", re.IGNORECASE)).first.click()
    details = console.get_by_role("complementary", name="Details")
    await expect(details.get_by_text("They asked for a person.")).to_be_visible()
    await expect(details.get_by_role("link", name="How to return something")).to_be_visible()
    await expect(
        console.get_by_role("log").get_by_text("How long do I have to send something back?")
    ).to_be_visible()
    await expect(shop.get_by_text("Mara Lindqvist joined").first).to_be_visible()

    reply = console.get_by_label("Reply", exact=True)
    await reply.fill("Hello, I have your order here.")
    await reply.press("Enter")
    await expect(shop.get_by_role("log").get_by_text("Hello, I have your order here.")).to_be_visible()
    await ask(shop, "Wonderful, thank you")
    await expect(console.get_by_role("log").get_by_text("Wonderful, thank you")).to_be_visible()

    await console.get_by_role("button", name="Resolve").click()
    await console.get_by_role("menuitem").first.click()
    await expect(shop.get_by_text("How was it?")).to_be_visible()
    await shop.get_by_role("radio", name="Very good").check(force=True)
    await shop.get_by_role("button", name="Send", exact=True).first.click()
    await expect(console.get_by_label("Rated 5 of 5")).to_be_visible()
    assert complaints == []
