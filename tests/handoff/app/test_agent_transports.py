"""What a console is promised, over a websocket and over long-polls alike; and what only long-polls have to keep."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from handoff.adapters import presence_sql
from handoff.app import longpoll
from tests.handoff.app.clients import Agent, Customer, Frame, PollingAgent

POLL = longpoll.AGENTS


@pytest.fixture(params=[Agent, PollingAgent], ids=["socket", "long-poll"])
def line(request: pytest.FixtureRequest) -> Any:
    return request.param


async def waiting(gateway: str, customer: Customer) -> str:
    await customer.hello()
    await customer.accepted(await customer.send("ask_person"))
    return customer.conversation


async def test_what_waits_is_seen_taken_and_answered(
    gateway: str, line: type[Agent], mara: httpx.Cookies
) -> None:
    async with line(gateway, mara) as agent, Customer(gateway) as customer:
        welcome = await agent.hello()
        assert welcome["agent"]["name"] == "Mara Lindqvist"
        conversation = await waiting(gateway, customer)
        await agent.waiting(conversation)
        await agent.claim(conversation)
        await agent.act("send", conversation, text="Hello from Mara")
        await customer.event("message", text="Hello from Mara")
        await customer.say("Thank you")
        await agent.event("message", text="Thank you")
        await agent.act("resolve", conversation, outcome="solved")
        await agent.until(lambda f: f["type"] == "status" and f["owner"] == "closed")


async def test_the_same_cmid_is_written_once(gateway: str, line: type[Agent], mara: httpx.Cookies) -> None:
    async with line(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        conversation = await waiting(gateway, customer)
        await agent.claim(conversation)
        under = {"conversation": conversation, "fence": agent.fence(conversation), "cmid": "once"}
        first = await agent.accepted(await agent.send("send", text="One", **under))
        seen = len(agent.frames)
        await agent.send("send", text="One", **under)
        again = await agent.until(lambda f: f["type"] == "accepted", seen)
        assert (first["dup"], again["dup"], again["seq"]) == (False, True, first["seq"])


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(
    gateway: str, line: type[Agent], mara: httpx.Cookies
) -> None:
    async with Customer(gateway) as customer:
        async with line(gateway, mara) as agent:
            await agent.hello()
            conversation = await waiting(gateway, customer)
            await agent.claim(conversation)
            await customer.say("One")
            await agent.event("message", text="One")
            known = len(agent.logs[conversation])
            epoch = next(f["epoch"] for f in agent.frames if f["type"] == "watching")
        await customer.say("Two")
        async with line(gateway, mara) as again:
            await again.hello()
            again.logs[conversation] = agent.logs[conversation][:known]
            assert (await again.watch(conversation, epoch=epoch, seq=known))["resumed"]
            await again.event("message", text="Two")
            assert min(f["seq"] for f in again.frames if f["type"] == "event") == known + 1


async def test_a_stale_fence_is_refused(gateway: str, line: type[Agent], mara: httpx.Cookies) -> None:
    async with line(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        conversation = await waiting(gateway, customer)
        await agent.claim(conversation)
        stale = {"conversation": conversation, "fence": agent.fence(conversation) - 1}
        refused = await agent.rejected(await agent.send("send", text="Late", **stale))
        assert refused["code"] == "stale_fence"


async def test_a_bad_frame_is_refused_by_its_cmid_and_the_next_one_is_fine(
    gateway: str, line: type[Agent], mara: httpx.Cookies
) -> None:
    async with line(gateway, mara) as agent:
        await agent.hello()
        await agent.send("send", cmid="a", text="to nobody")
        assert (await agent.rejected("a"))["code"] == "bad_frame"
        await agent.send("claim", cmid="b", conversation="nobody-knows-it")
        assert (await agent.rejected("b"))["code"] == "not_found"


async def test_what_never_came_to_a_person_is_shown_to_nobody(
    gateway: str, line: type[Agent], mara: httpx.Cookies
) -> None:
    async with line(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await agent.send("watch", conversation=customer.conversation)
        refused = await agent.until(lambda f: f["type"] == "rejected")
        assert refused["conversation"] == customer.conversation
        assert not agent.logs


def asking(gateway: str, cookies: httpx.Cookies | None = None) -> httpx.AsyncClient:
    origin = {"Origin": gateway}
    return httpx.AsyncClient(base_url=gateway, cookies=cookies, headers=origin, trust_env=False, timeout=40)


async def settled(http: httpx.AsyncClient, asked: Frame) -> str:
    """How things stand once everybody has been told that this agent came."""
    shown = [""]
    while len(shown) < 3 or len(set(shown[-2:])) > 1:
        shown.append(
            (await http.post(POLL, json=asked | {"wait_seconds": 3, "shown": shown[-1] or None})).json()[
                "shown"
            ]
        )
    return shown[-1]


async def test_a_poll_is_for_signed_in_agents_from_our_own_pages(
    gateway: str, mara: httpx.Cookies, edith: httpx.Cookies
) -> None:
    async with asking(gateway) as nobody:
        (bye,) = (await nobody.post(POLL, json={"hello": {}})).json()["frames"]
        assert (bye["type"], bye["code"]) == ("bye", "not_signed_in")
    async with asking(gateway, edith) as editor:
        (bye,) = (await editor.post(POLL, json={"hello": {}})).json()["frames"]
        assert bye["code"] == "not_allowed"
    async with asking(gateway, mara) as agent:
        elsewhere = {"Origin": "https://elsewhere.example"}
        assert (await agent.post(POLL, json={"hello": {}}, headers=elsewhere)).status_code == 403
        del agent.headers["Origin"]
        (bye,) = (await agent.post(POLL, json={"hello": {}})).json()["frames"]
        assert bye["code"] == "foreign_origin"
        future = {"hello": {"version": 9, "oldest": 9}}
        agent.headers["Origin"] = gateway
        assert (await agent.post(POLL, json=future)).json()["frames"][-1]["code"] == "unknown_version"


async def test_a_poll_waits_until_something_is_another_than_the_page_has_it(
    gateway: str, mara: httpx.Cookies
) -> None:
    async with asking(gateway, mara) as http, Customer(gateway) as customer:
        await settled(http, {"hello": {}})
        conversation = await waiting(gateway, customer)
        refused = {"type": "watch", "conversation": "nobody-knows-it"}
        asked: dict[str, Any] = {"hello": {"watches": [refused]}}
        asked["shown"] = await settled(http, asked)
        began = time.monotonic()
        same = (await http.post(POLL, json=asked | {"wait_seconds": 1})).json()
        assert time.monotonic() - began >= 1
        assert {f["type"] for f in same["frames"]} == {"welcome", "rejected", "queue"}
        assert same["shown"] == asked["shown"]

        watch = {"type": "watch", "conversation": conversation}
        asked["hello"] = {"watches": [watch]}
        told = (await http.post(POLL, json=asked | {"wait_seconds": 20})).json()
        head = max(f["seq"] for f in told["frames"] if f["type"] == "event")
        epoch = next(f["epoch"] for f in told["frames"] if f["type"] == "watching")
        asked["hello"] = {"watches": [watch | {"epoch": epoch, "seq": head}]}
        asked["shown"] = told["shown"]
        waits = asyncio.create_task(http.post(POLL, json=asked | {"wait_seconds": 20}))
        await customer.say("Are you there?")
        news = (await waits).json()
        assert waits.result().elapsed.total_seconds() < 15
        assert [f["text"] for f in news["frames"] if f["type"] == "event"] == ["Are you there?"]


async def test_signing_out_ends_a_poll_that_waits(gateway: str, mara: httpx.Cookies) -> None:
    async with asking(gateway, mara) as http:
        asked = {"hello": {}, "shown": await settled(http, {"hello": {}}), "wait_seconds": 25}
        waits = asyncio.create_task(http.post(POLL, json=asked))
        async with asking(gateway, mara) as other:
            await other.post("/api/signout")
        assert (await waits).json()["frames"][-1]["code"] == "not_signed_in"


async def test_an_agent_stays_between_two_polls_and_leaves_after_the_last(
    gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(longpoll, "LINGER_SECONDS", 3.0)
    monkeypatch.setattr(presence_sql, "RELOAD_SECONDS", 0.5)

    def here(frame: Frame) -> bool:
        return frame["type"] == "queue" and "Tomas Okafor" in [agent["name"] for agent in frame["agents"]]

    async with Agent(gateway, mara) as watcher, asking(gateway, tomas) as http:
        await watcher.hello()
        await http.post(POLL, json={"hello": {}})
        seen = watcher.frames.index(await watcher.until(here))
        for _ in range(4):
            await asyncio.sleep(0.7)  # longer than anybody counts as online who left
            await http.post(POLL, json={"hello": {}})
        told = [frame for frame in watcher.frames[seen:] if frame["type"] == "queue"]
        assert all(here(frame) for frame in told)
        assert len(told) <= 2, "each poll rings for everybody"  # housekeeping finds out once, too
        await watcher.until(lambda f: f["type"] == "queue" and not here(f), seen)


async def test_what_a_poll_says_is_paced_over_all_polls_and_what_it_follows_is_not(
    gateway: str, mara: httpx.Cookies
) -> None:
    watches = [{"type": "watch", "conversation": f"x{number}"} for number in range(50)]
    async with httpx.AsyncClient(
        base_url=gateway, cookies=mara, headers={"Origin": gateway}, trust_env=False, timeout=40
    ) as http:

        async def codes(number: int) -> list[str]:
            notes = [
                {"type": "note", "conversation": "nobody", "cmid": f"c{number}-{turn}", "text": "Hello"}
                for turn in range(20)
            ]
            answer = await http.post(POLL, json={"hello": {"watches": watches}, "frames": notes})
            return [frame["code"] for frame in answer.json()["frames"] if frame.get("cmid")]

        assert await codes(0) == ["not_found"] * 20
        later = [code for number in range(1, 8) for code in await codes(number)]
    assert later.count("rate_limited") > 20
