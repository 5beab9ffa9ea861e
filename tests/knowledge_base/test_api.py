import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from knowledge_base.api import add_problem_handlers, create_router
from knowledge_base.errors import NotAllowed, NotSignedIn
from knowledge_base.evaluation import Golden
from knowledge_base.library import Library
from knowledge_base.own_texts import calibrate
from knowledge_base.threads import Threads
from knowledge_base.wire import DraftIn
from tests.knowledge_base.conftest import RETURNS, STOVES

SECRET = "between processes"
EDITOR = {"X-Editor": "Edith"}


async def authorise(request: Request) -> str:
    name = request.headers.get("X-Editor")
    if not name:
        raise NotSignedIn("Please sign in.")
    if name == "Mara":
        raise NotAllowed("Only editors may do this.")
    return name


@pytest.fixture
async def http(library: Library) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(create_router(library, authorise, SECRET), prefix="/api/knowledge")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway/api/knowledge/") as client:
        yield client
    library.close()


async def suggested(http: httpx.AsyncClient, params: dict[str, str]) -> dict[str, Any]:
    """What is suggested as soon as something is: shelves are made beside the answering."""
    end = time.monotonic() + 5
    while True:
        reply: dict[str, Any] = (await http.get("suggest", params=params)).json()
        if reply["articles"] or time.monotonic() > end:
            return reply
        await asyncio.sleep(0.01)


def problem(response: httpx.Response) -> tuple[int, str, bool]:
    body = response.json()
    assert set(body) == {"code", "message", "retryable"}
    assert body["message"]
    return response.status_code, body["code"], body["retryable"]


async def test_the_way_of_an_article_from_draft_to_answer(http: httpx.AsyncClient) -> None:
    draft = RETURNS.model_dump()
    created = (await http.post("editor/articles", json=draft, headers=EDITOR)).json()
    path = f"editor/articles/{created['id']}"
    assert (created["updated_by"], created["state"]) == ("Edith", "draft")
    assert (await http.get("articles")).json() == {"articles": []}

    published = (await http.post(f"{path}/publish", headers=EDITOR)).json()
    assert published["passages"] == 2
    hit = (await http.get("search", params={"q": "print the label"})).json()["hits"][0]
    assert hit["article_slug"] == "return-an-item"
    assert (await http.get("articles/return-an-item")).json()["title"] == "Return an item"
    typed = {"q": "how do I send something ba", "searching": "true"}
    assert (await suggested(http, typed))["articles"][0]["slug"] == "return-an-item"

    changed = {**draft, "body": "Thirty days.", "base_revision": 1}
    assert (await http.put(f"{path}/draft", json=changed, headers=EDITOR)).json()["state"] == "changed"
    assert problem(await http.put(f"{path}/draft", json=changed, headers=EDITOR)) == (
        409,
        "stale_draft",
        False,
    )
    revisions = (await http.get(f"{path}/revisions", headers=EDITOR)).json()["revisions"]
    assert [row["number"] for row in revisions] == [2, 1]
    assert "sixty" in (await http.get(f"{path}/revisions/1", headers=EDITOR)).json()["body"]
    restored = (await http.post(f"{path}/revisions/1/restore", headers=EDITOR)).json()
    assert restored["latest_revision"] == 3
    rows = (await http.get("editor/articles", params={"state": "changed"}, headers=EDITOR)).json()["articles"]
    assert [row["id"] for row in rows] == [created["id"]]
    assert (await http.get(path, headers=EDITOR)).json()["latest_revision"] == 3
    tested = await http.post(
        "editor/test", json={"question": "label", "draft_of": created["id"]}, headers=EDITOR
    )
    assert tested.json()["hits"]
    preview = await http.post("editor/preview", json={"body": "<script>"}, headers=EDITOR)
    assert preview.json() == {"html": "<p>&lt;script&gt;</p>"}

    assert (await http.post(f"{path}/retire", headers=EDITOR)).json()["state"] == "retired"
    assert (await http.get("search", params={"q": "print the label"})).json()["hits"] == []
    assert problem(await http.get("articles/return-an-item")) == (404, "not_found", False)


async def test_what_was_seen_is_not_suggested_again(
    http: httpx.AsyncClient, publish: Callable[[DraftIn], str]
) -> None:
    publish(RETURNS)
    typed = {"q": "how do I send something back", "page": "/returns Return an item"}
    first = await suggested(http, typed)
    assert ([article["slug"] for article in first["articles"]], first["because"]) == (
        ["return-an-item"],
        "typed",
    )
    for kind in ("seen", "read"):
        again = await http.get("suggest", params={**typed, kind: ",nonsense,,return-an-item"})
        assert again.json() == {"articles": [], "because": "nothing"}
    assert (await http.get("suggest", params={**typed, "seen": "x" * 5001})).status_code == 422


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"page": "/returns", "opened": ["return-an-item"], "helped": ["return-an-item"]}, 204),
        ({"shown": ["no such article", "", "../../x"], "colour": "green"}, 204),
        ({}, 204),
        ({"shown": [f"article-{number}" for number in range(21)]}, 422),
        ({"shown": ["x" * 101]}, 422),
        ({"shown": "return-an-item"}, 422),
        ({"page": "x" * 501}, 422),
    ],
)
async def test_outcomes_are_taken_and_nonsense_does_no_harm(
    http: httpx.AsyncClient, told: dict[str, object], status: int
) -> None:
    assert (await http.post("outcomes", json=told)).status_code == status


async def test_the_bot_answers_with_the_secret_only(
    http: httpx.AsyncClient, publish: Callable[[DraftIn], str]
) -> None:
    publish(RETURNS)
    asked, right = {"question": "print the label"}, {"X-Frontdesk-Secret": SECRET}
    wrong = [
        {},
        {b"X-Frontdesk-Secret": b"wrong"},
        {b"X-Frontdesk-Secret": "é".encode()},
        {b"X-Editor": b"Edith"},
    ]
    for headers in wrong:
        refused = await http.post("answer", json=asked, headers=headers)
        assert problem(refused) == (401, "not_signed_in", False)
    reply = (await http.post("answer", json=asked, headers=right)).json()
    passage_id = reply["hits"][0]["passage_id"]
    assert (await http.get(f"passages/{passage_id}", headers=right)).json()["heading"] == "Label"
    assert problem(await http.get("passages/none", headers=right)) == (404, "not_found", False)
    assert (await http.get(f"passages/{passage_id}")).status_code == 401


async def test_without_a_secret_in_the_settings_nobody_gets_in(library: Library) -> None:
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(create_router(library, authorise, ""))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        assert (await client.post("/answer", json={"question": "x"})).status_code == 401


async def test_every_editor_route_asks_who_it_is(http: httpx.AsyncClient, library: Library) -> None:
    router = create_router(library, authorise, SECRET)
    app = FastAPI()
    app.include_router(router)
    routes = [
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/editor")
    ]
    assert len(routes) == 14
    for method, path in routes:
        asked = path.lstrip("/").replace("{article_id}", "x").replace("{number}", "1")
        assert problem(await http.request(method, asked, json=RETURNS.model_dump()))[:2] == (
            401,
            "not_signed_in",
        )
        refused = await http.request(method, asked, json=RETURNS.model_dump(), headers={"X-Editor": "Mara"})
        assert problem(refused)[:2] == (403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "search", None),
        ("GET", f"search?q={'x' * 1001}", None),
        ("GET", "search?q=x&limit=0", None),
        ("POST", "editor/articles", {"title": "", "body": ""}),
        ("POST", "editor/articles", {"title": "A", "body": "B", "slug": "../x"}),
        ("POST", "editor/articles", {"title": "A", "body": "B" * 100_001}),
        ("GET", "editor/articles?state=lost", None),
    ],
)
async def test_bad_requests_are_problems_too(
    http: httpx.AsyncClient, method: str, path: str, body: object
) -> None:
    assert problem(await http.request(method, path, json=body, headers=EDITOR)) == (422, "invalid", False)


async def test_unknown_fields_from_an_older_page_are_ignored(http: httpx.AsyncClient) -> None:
    body = {**RETURNS.model_dump(), "colour": "green"}
    assert (await http.post("editor/articles", json=body, headers=EDITOR)).status_code == 201


async def test_blocking_calls_do_not_hold_up_the_loop_and_are_bounded() -> None:
    threads, busy, most = Threads(2), set[int](), 0

    def slow(number: int) -> int:
        nonlocal most
        busy.add(threading.get_ident())
        most = max(most, len(busy))
        time.sleep(0.02)
        busy.discard(threading.get_ident())
        return number

    running = [asyncio.create_task(threads.run(slow, number)) for number in range(6)]
    began = time.perf_counter()
    await asyncio.sleep(0)
    assert time.perf_counter() - began < 0.02
    assert await asyncio.gather(*running) == list(range(6))
    assert most == 2


async def test_a_verdict_finds_its_answer_and_needs_the_secret(
    http: httpx.AsyncClient, library: Library, publish: Callable[[DraftIn], str]
) -> None:
    publish(RETURNS)
    secret = {"X-Frontdesk-Secret": SECRET}
    reply = (await http.post("answer", json={"question": "How do I return gear?"}, headers=secret)).json()
    assert reply["hits"][0]["answer_id"] == reply["answer_id"]
    address = f"answers/{reply['answer_id']}/judgement"
    verdict = {"verdict": "right", "by": "customer"}
    assert (await http.post(address, json=verdict)).status_code == 401
    assert (await http.post(address, json=verdict, headers=secret)).status_code == 204
    assert (await http.post(address, json={"verdict": "nice", "by": "x"}, headers=secret)).status_code == 422
    assert (await http.post("answers/never/judgement", json=verdict, headers=secret)).status_code == 404


async def test_editors_see_how_far_confidence_can_be_trusted(
    http: httpx.AsyncClient, library: Library, publish: Callable[[DraftIn], str]
) -> None:
    publish(RETURNS)
    publish(STOVES)
    nothing = (await http.get("editor/confidence", headers=EDITOR)).json()
    assert (nothing["basis"], nothing["questions"], nothing["ece_after"], nothing["curve"]) == (
        "prior",
        0,
        None,
        [],
    )
    early = await http.put("editor/confidence/target", json={"target": 0.03}, headers=EDITOR)
    assert early.status_code == 422
    calibrate(library, [Golden("strike a match", "light-a-gas-stove"), Golden("who won", None)] * 10)
    fitted = (await http.get("editor/confidence", headers=EDITOR)).json()
    assert (fitted["questions"], fitted["promised"]) == (20, False)
    moved = (await http.put("editor/confidence/target", json={"target": 0.4}, headers=EDITOR)).json()
    assert moved["target"] == library.snapshot().calibration.target == 0.4
    wrong = await http.put("editor/confidence/target", json={"target": 0.9}, headers=EDITOR)
    assert wrong.status_code == 422
    replayed = (await http.get("editor/confidence/replay?target=0.05&days=3", headers=EDITOR)).json()
    assert (replayed["asked"], replayed["days"], replayed["target"]) == (0, 3, 0.05)
