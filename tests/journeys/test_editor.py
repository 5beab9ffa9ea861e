"""An editor publishes an article and the bot answers from it at once; retired, it is gone at once."""

import time

import httpx
import pytest
from playwright.async_api import Browser

from handoff.accounts import DEMO_PASSWORD
from tests.handoff.app.clients import Customer
from tests.journeys.conftest import Demo, open_page, sign_in

pytestmark = pytest.mark.journey
LIVE_SECONDS = 2.0


async def test_the_list_shows_the_demo_articles(demo: Demo, browser: Browser, complaints: list[str]) -> None:
    page = await open_page(browser, f"{demo.url}/editor", complaints)
    await sign_in(page, "edith@fernhill.example")
    await page.get_by_text("Track your parcel").first.wait_for()
    await page.get_by_text("Track your parcel").first.click()
    await page.get_by_text("As customers see it").wait_for()
    assert [c for c in complaints if "401" not in c] == []


async def test_publishing_is_live_at_once_and_retiring_too(demo: Demo) -> None:
    question = "Do you engrave a name on a trekking pole?"
    article = {
        "title": "Engraving a name on trekking poles",
        "category": "products",
        "questions": ["Can you engrave my name on a pole?"],
        "body": "We engrave up to twelve letters on a trekking pole for €6. It takes two working days.",
    }
    async with httpx.AsyncClient(base_url=demo.url, trust_env=False) as http:
        await http.post("/api/signin", json={"email": "edith@fernhill.example", "password": DEMO_PASSWORD})
        draft = (await http.post("/api/knowledge/editor/articles", json=article)).json()
        before = (await http.get("/api/knowledge/search", params={"q": question})).json()
        assert all(hit["article_slug"] != draft["slug"] for hit in before["hits"])
        began = time.monotonic()
        proof = (await http.post(f"/api/knowledge/editor/articles/{draft['id']}/publish")).json()
        assert proof["passages"] == 1
        async with Customer(demo.url) as customer:
            await customer.hello()
            await customer.say(question)
            answer = await customer.event("answer")
            assert time.monotonic() - began < LIVE_SECONDS + 5, (
                "a promise of seconds, with room for a busy machine"
            )
            assert answer["hit"]["article_slug"] == draft["slug"]
            await http.post(f"/api/knowledge/editor/articles/{draft['id']}/retire")
            seen = len(customer.frames)
            await customer.say(question)
            reply = await customer.until(
                lambda f: f["type"] == "event" and f["kind"] != "hidden" and f["actor"]["role"] == "bot", seen
            )
            assert reply.get("hit", {}).get("article_slug") != draft["slug"]
