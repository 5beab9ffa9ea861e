"""Sign-in, REST and pages over plain HTTP."""

from pathlib import Path

import httpx
import pytest

from handoff.accounts import DEMO_PASSWORD
from handoff.app import main
from handoff.app.settings import Settings
from tests.handoff.app.clients import Customer, sign_in


@pytest.fixture
async def http(gateway: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=gateway, trust_env=False)


async def test_signing_in_and_out(gateway: str, http: httpx.AsyncClient) -> None:
    async with http:
        assert (await http.get("/api/me")).status_code == 401
        answer = await http.post(
            "/api/signin", json={"email": "MARA@fernhill.example", "password": DEMO_PASSWORD}
        )
        assert answer.json()["roles"] == ["agent", "editor"]
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert (await http.get("/api/me")).json()["name"] == "Mara Lindqvist"
        kept = http.cookies["frontdesk_session"]
        assert (await http.post("/api/signout")).status_code == 204
        http.cookies.set("frontdesk_session", kept)
        assert (await http.get("/api/me")).status_code == 401


async def test_a_wrong_password_and_an_unknown_address_sound_the_same(http: httpx.AsyncClient) -> None:
    async with http:
        answers = [
            await http.post("/api/signin", json={"email": email, "password": "wrong-password"})
            for email in ("mara@fernhill.example", "nobody@fernhill.example")
        ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


async def test_guessing_passwords_is_slowed_down(http: httpx.AsyncClient) -> None:
    async with http:
        for n in range(22):  # twice as many: some of them may fall into another minute
            form = {"email": "mara@fernhill.example", "password": f"guess-{n}"}
            guess = await http.post("/api/signin", json=form)
            if guess.status_code == 429:
                break
    assert (guess.status_code, n >= 10) == (429, True)
    assert int(guess.headers["retry-after"]) >= 1


async def test_pages_that_poll_use_up_no_other_requests_and_are_counted_themselves(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "REQUESTS_A_MINUTE", 2)
    monkeypatch.setattr(main, "POLLS_A_MINUTE", 4)
    async with http:
        polls = [await http.post("/api/customer/poll", json={"hello": {"version": 99}}) for _ in range(5)]
        others = [await http.get("/api/me") for _ in range(3)]
    assert [answer.status_code for answer in polls] == [200, 200, 200, 200, 429]
    assert [answer.status_code for answer in others] == [401, 401, 429]


async def test_another_website_cannot_act_for_a_signed_in_agent(gateway: str, mara: httpx.Cookies) -> None:
    async with httpx.AsyncClient(base_url=gateway, cookies=mara, trust_env=False) as http:
        refused = await http.post("/api/signout", headers={"Origin": "https://evil.example"})
        assert refused.status_code == 403
        assert (await http.post("/api/signout", headers={"Origin": gateway})).status_code == 204


async def test_history_is_for_its_customer_and_for_agents_only(gateway: str, mara: httpx.Cookies) -> None:
    async with Customer(gateway) as customer, Customer(gateway) as other:
        await customer.hello()
        await other.hello()
        await customer.say("One")
        await customer.event("message", text="You said: One")
        await customer.accepted(await customer.send("ask_person"))
        await customer.event("message", text="You said: {'intent': 'ask_for_human', 'entities': {}}")
    path = f"/api/conversations/{customer.conversation}/events"
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        own = await http.get(path, headers={"Authorization": f"Bearer {customer.token}"})
        assert [event["seq"] for event in own.json()["events"]] == [1, 2, 3, 4]
        assert own.json()["events"] == customer.logs[customer.conversation]
        page = await http.get(
            path, params={"after": 2, "limit": 1}, headers={"Authorization": f"Bearer {customer.token}"}
        )
        assert [event["seq"] for event in page.json()["events"]] == [3]
        assert (await http.get(path, headers={"Authorization": f"Bearer {other.token}"})).status_code == 404
        assert (await http.get(path)).status_code == 401
    async with httpx.AsyncClient(base_url=gateway, cookies=mara, trust_env=False) as agent:
        assert (await agent.get(path)).status_code == 404, "it was never handed over"


async def test_health(http: httpx.AsyncClient) -> None:
    async with http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"database": True, "bot": True, "assistants": 1}


async def test_pages_carry_a_policy_and_hashed_files_live_for_ever(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    for name, text in {
        "console.html": "<p>console",
        "widget/v1.js": "1",
        "assets/a-b.js": "2",
        "help.css": "p{}",
    }.items():
        path = Path(settings.dist_dir) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    async with http:
        page = await http.get("/console/c/whatever")
        assert page.text == "<p>console"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert (await http.get("/widget/v1.js")).headers["cache-control"] == "public, max-age=300"
        assert "immutable" in (await http.get("/assets/a-b.js")).headers["cache-control"]
        missing = await http.get("/")
        assert missing.status_code == 404
        assert "make web" in missing.json()["message"]
        assert (await http.get("/assets/../frontdesk.db")).status_code == 404


async def test_what_is_not_built_is_not_there(http: httpx.AsyncClient) -> None:
    async with http:
        assert [
            (await http.get(path)).status_code for path in ("/widget/v1.js", "/assets/a.js", "/help.css")
        ] == [404] * 3


async def test_the_help_centre_shows_published_articles_and_escapes_what_is_typed(
    http: httpx.AsyncClient,
) -> None:
    async with http:
        home = await http.get("/help")
        assert "Track a parcel" in home.text
        article = await http.get("/help/return-an-item")
        assert "<h1>Return an item</h1>" in article.text
        assert (await http.get("/help/nothing-here")).status_code == 404
        search = await http.get("/help", params={"q": "<img src=x onerror=alert(1)>"})
        assert "<img" not in search.text


async def test_only_editors_reach_the_editors_routes(gateway: str, tomas: httpx.Cookies) -> None:
    edith = await sign_in(gateway, "edith@fernhill.example", DEMO_PASSWORD)
    path = "/api/knowledge/editor/articles"
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as nobody:
        assert (await nobody.get(path)).status_code == 401
    async with httpx.AsyncClient(base_url=gateway, cookies=tomas, trust_env=False) as agent:
        assert (await agent.get(path)).status_code == 403
    async with httpx.AsyncClient(base_url=gateway, cookies=edith, trust_env=False) as editor:
        assert len((await editor.get(path)).json()["articles"]) == 3


async def test_the_bots_questions_need_the_secret(http: httpx.AsyncClient) -> None:
    async with http:
        body = {"question": "How do I return an item?"}
        assert (await http.post("/api/knowledge/answer", json=body)).status_code == 401
        wrong = await http.post("/api/knowledge/answer", json=body, headers={"X-Frontdesk-Secret": "wrong"})
        assert wrong.status_code == 401


async def test_what_the_framework_refuses_is_a_problem_as_well(http: httpx.AsyncClient) -> None:
    deep, as_json = "[" * 20_000 + "]" * 20_000, {"Content-Type": "application/json"}
    async with http:
        answers = [
            await http.post(
                "/api/customer/poll", content=f'{{"hello":{{}},"frames":[{deep}]}}', headers=as_json
            ),
            await http.get("/api/nothing"),
            await http.put("/api/signin"),
        ]
    assert [answer.json()["code"] for answer in answers] == ["bad_request", "not_found", "method_not_allowed"]
    assert [answer.status_code for answer in answers] == [400, 404, 405]
