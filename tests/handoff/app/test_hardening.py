"""What a stranger may not do to the gateway: learn, flood, freeze, or act for somebody else."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
import structlog

from handoff.app import main
from handoff.app.logs import configure_logs
from handoff.app.settings import Settings, load_settings
from handoff.errors import RateLimited
from handoff.ports import TurnRequest
from tests.handoff.app.clients import Agent, Customer
from tests.handoff.app.conftest import SECRET, Bot

CANARY = "canary-9f3b"


async def test_a_bug_is_logged_by_its_place_and_not_by_what_people_wrote(
    gateway: str, bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(request: TurnRequest) -> object:
        raise RuntimeError(f"{CANARY} {request.text}")

    bot.answer = broken  # type: ignore[assignment]
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.say(f"My secret is {CANARY}")
        await customer.event("offer")
        printed = capsys.readouterr().out
    assert CANARY not in printed
    assert customer.token not in printed
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert any(
        line.get("error") == "builtins.RuntimeError" and "broken" in line["where"][-1] for line in lines
    )


def test_a_log_line_names_the_cause_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(str)
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError:
        structlog.get_logger().warning("it.broke", exc_info=True)
    line = json.loads(capsys.readouterr().out)
    assert (line["error"], line["cause"]) == ("builtins.ValueError", "builtins.KeyError")
    assert CANARY not in str(line)


async def test_signing_out_ends_the_console_however_busy_the_desk_is(
    gateway: str, mara: httpx.Cookies
) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        async with httpx.AsyncClient(base_url=gateway, cookies=mara, trust_env=False) as http:
            await http.post("/api/signout")

        async def noise() -> None:
            while True:
                await customer.say("busy")
                await asyncio.sleep(0.05)

        busy = asyncio.create_task(noise())
        await asyncio.wait_for(agent.socket.wait_closed(), 7)
        busy.cancel()
        assert agent.socket.close_code == 4401


@pytest.mark.parametrize(
    "frame",
    [
        '{"type":"feedback","cmid":"a","answer_seq":1e30,"helpful":true}',
        '{"type":"hello","seq":1e30}',
        '{"type":"send","cmid":"\\ud800","text":"x"}',
        '{"type":"send","cmid":"b","text":"\\ud800"}',
    ],
)
async def test_a_number_or_letter_that_does_not_exist_is_a_bad_frame(gateway: str, frame: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.socket.send(frame)
        refused = await customer.until(lambda f: f["type"] == "rejected")
        assert (refused["code"], refused["retryable"]) == ("bad_frame", False)
        await customer.say("Still here")


async def test_a_history_beyond_its_end_is_refused_or_empty(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
    path = f"/api/conversations/{customer.conversation}/events"
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        headers = {"Authorization": f"Bearer {customer.token}"}
        assert (await http.get(path, params={"after": "1e30"}, headers=headers)).status_code == 422
        assert (await http.get(path, params={"after": 2**53 - 1}, headers=headers)).json()["events"] == []


async def test_a_seq_from_the_future_is_sent_the_whole_log(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.say("One")
        await customer.event("message", text="You said: One")
        seen = len(customer.frames)
        customer.logs.clear()
        await customer.socket.send(json.dumps({"type": "hello", "epoch": customer.epoch, "seq": 10**9}))
        assert (await customer.event("message", seen))["seq"] == 1


async def test_invented_tokens_are_newcomers_too(gateway: str, settings: Settings) -> None:
    refused = 0
    for number in range(settings.conversations_per_hour + 3):
        async with Customer(gateway) as customer:
            await customer.socket.send(json.dumps({"type": "hello", "token": f"invented-{number}"}))
            first = await customer.until(lambda f: f["type"] in ("welcome", "bye"))
            refused += first["type"] == "bye"
    assert refused == 3


async def test_a_body_of_megabytes_is_refused(gateway: str) -> None:
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        answer = await http.post(
            "/api/signin", content=b"x" * 2_000_000, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413


async def test_nobody_votes_in_bulk(gateway: str) -> None:
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        told = [await http.post("/api/knowledge/outcomes", json={"helped": ["x"]}) for _ in range(62)]
    assert {answer.status_code for answer in told[:55]} == {204}
    assert told[-1].status_code == 429


async def test_a_site_that_embeds_the_widget_is_no_staff(
    gateway: str, settings: Settings, mara: httpx.Cookies
) -> None:
    origin = settings.allowed_origins[0]
    async with httpx.AsyncClient(base_url=gateway, cookies=mara, trust_env=False) as http:
        assert (await http.post("/api/signout", headers={"Origin": origin})).status_code == 403
        read = await http.get("/api/knowledge/suggest", params={"q": "ret"}, headers={"Origin": origin})
        assert read.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in read.headers
        foreign = await http.get("/api/knowledge/suggest", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in foreign.headers
        told = await http.post("/api/knowledge/outcomes", json={}, headers={"Origin": origin})
        assert (told.status_code, told.headers["access-control-allow-origin"]) == (204, origin)
        evil = await http.post("/api/knowledge/outcomes", json={}, headers={"Origin": "https://evil.example"})
        assert evil.status_code == 403
    agent = Agent(gateway, mara)
    agent._connect["origin"] = origin
    async with agent:
        await agent.socket.wait_closed()
        assert agent.socket.close_code == 4403
    customer = Customer(gateway)
    customer._connect["origin"] = origin
    async with customer:
        await customer.hello()


async def test_many_accounts_from_one_address_are_slowed_down_too(gateway: str) -> None:
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        codes = [
            (
                await http.post("/api/signin", json={"email": f"n{n}@example.org", "password": "guess"})
            ).status_code
            for n in range(62)  # twice as many: some of them may fall into another minute
        ]
    assert 429 in codes[30:]
    assert set(codes[:30]) == {401}


async def test_a_page_of_another_version_is_told_to_reload(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.socket.send('{"type":"hello","version":99}')
        assert (await customer.until(lambda f: f["type"] == "bye"))["code"] == "unknown_version"


async def test_nobody_sees_typing_of_an_agent_who_is_not_theirs(
    gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies
) -> None:
    async with Agent(gateway, mara) as owner, Agent(gateway, tomas) as other, Customer(gateway) as customer:
        await owner.hello()
        await other.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await owner.waiting(customer.conversation)
        await owner.claim()
        await other.watch(customer.conversation)
        await other.socket.send(json.dumps({"type": "typing", "conversation": customer.conversation}))
        await owner.act("send", customer.conversation, text="Hello")
        await customer.event("message", text="Hello")
        assert not [frame for frame in customer.frames if frame["type"] == "typing"]


async def test_answers_of_the_api_are_not_kept_by_caches(gateway: str) -> None:
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        answer = await http.get("/api/me")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_password_may_begin_with_a_blank(gateway: str, settings: Settings) -> None:
    from handoff import accounts
    from handoff.adapters.store_sql import SqlStore
    from handoff.app.signin import hash_password

    store = SqlStore(settings.database_url)
    await accounts.add(store, hash_password, "ana@example.org", "Ana", "", ("agent",), " a blank first ")
    await store.close()
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        answer = await http.post(
            "/api/signin", json={"email": " ana@example.org ", "password": " a blank first "}
        )
        assert answer.status_code == 200


async def test_counters_of_the_limiter_are_dropped_and_hold() -> None:
    from handoff.app.limits import Limiter

    limiter = Limiter()
    for _ in range(3):
        await limiter.check("key", 3, 60)
    with pytest.raises(RateLimited) as refused:
        await limiter.check("key", 3, 60)
    assert refused.value.retry_after_seconds >= 1


def test_a_typo_in_a_file_of_settings_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("FRONTDESK_SECURE_COOKIE=true\n")
    with pytest.raises(ValueError, match="Unknown setting FRONTDESK_SECURE_COOKIE"):
        load_settings()


def test_outside_the_demo_cookies_are_for_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_DEMO", "false")
    monkeypatch.setenv("FRONTDESK_SERVICE_SECRET", "a-long-enough-secret")
    assert load_settings().secure_cookies is True
    monkeypatch.setenv("FRONTDESK_DEMO", "true")
    assert load_settings().secure_cookies is False


async def test_an_invented_secret_opens_no_way_around_the_limit(
    gateway: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "REQUESTS_A_MINUTE", 3)
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
        invented = {"X-Frontdesk-Secret": "invented"}
        assert [(await http.get("/healthz", headers=invented)).status_code for _ in range(4)] == [
            200,
            200,
            200,
            429,
        ]
        right = {"X-Frontdesk-Secret": SECRET}
        assert [(await http.get("/healthz", headers=right)).status_code for _ in range(4)] == [200] * 4
