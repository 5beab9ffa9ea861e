"""What customers and agents are promised, over a websocket and over long-polls alike: the same tests for both."""

from typing import Any

import httpx
import pytest

from tests.handoff.app.clients import Agent, Customer, PollingAgent, PollingCustomer


@pytest.fixture(params=[Customer, PollingCustomer], ids=["socket", "long-poll"])
def line(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=[Agent, PollingAgent], ids=["agent-socket", "agent-long-poll"])
def console(request: pytest.FixtureRequest) -> Any:
    return request.param


async def test_what_is_sent_is_accepted_and_answered(gateway: str, line: type[Customer]) -> None:
    async with line(gateway) as customer:
        welcome = await customer.hello()
        assert (welcome["version"], welcome["resumed"]) == (1, False)
        assert (await customer.say("Where is my parcel?"))["seq"] == 1
        await customer.event("message", text="You said: Where is my parcel?")


async def test_the_same_cmid_is_written_once(gateway: str, line: type[Customer]) -> None:
    async with line(gateway) as customer:
        await customer.hello()
        first = await customer.accepted(await customer.send("send", cmid="once", text="One"))
        assert not first["dup"]
        seen = len(customer.frames)
        await customer.send("send", cmid="once", text="One")
        again = await customer.until(lambda f: f["type"] == "accepted", seen)
        assert (again["seq"], again["dup"]) == (first["seq"], True)
        other = await customer.send("send", cmid="once", text="Two")
        refused = await customer.until(lambda f: f["type"] == "rejected" and f["cmid"] == other)
        assert refused["code"] == "cmid_reused"


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(
    gateway: str, line: type[Customer]
) -> None:
    async with line(gateway) as customer:
        await customer.hello()
        await customer.say("One")
        await customer.event("message", text="You said: One")
    async with line(gateway) as again:
        known = {"token": customer.token, "conversation": customer.conversation, "epoch": customer.epoch}
        again.logs[customer.conversation] = customer.logs[customer.conversation][:1]
        assert (await again.hello(**known, seq=1))["resumed"]
        await again.event("message", seq=2)
        assert [f["seq"] for f in again.frames if f["type"] == "event"] == [2]


async def test_a_token_that_proves_nothing_opens_nothing(gateway: str, line: type[Customer]) -> None:
    async with line(gateway) as customer, line(gateway) as thief:
        await customer.hello()
        await customer.say("A private matter")
        welcome = await thief.hello(
            token="made-up", conversation=customer.conversation, epoch=customer.epoch, seq=0
        )
        assert welcome["conversation"] != customer.conversation
        assert not welcome["resumed"]
        assert not [f for f in thief.frames if f["type"] == "event"]


async def test_an_agent_and_a_customer_talk_and_see_how_far_the_other_has_read(
    gateway: str, line: type[Customer], console: type[Agent], mara: httpx.Cookies
) -> None:
    async with console(gateway, mara) as agent, line(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.claim(customer.conversation)
        await agent.act("send", customer.conversation, text="Hello from Mara")
        said = await customer.event("message", text="Hello from Mara")
        await customer.send("ack", seq=said["seq"], read=said["seq"] - 1)
        status = await agent.until(lambda f: f["type"] == "status" and f.get("delivered_seq") == said["seq"])
        assert status["read_seq"] == said["seq"] - 1
        await agent.send("ack", conversation=customer.conversation, seq=said["seq"], read=said["seq"])
        await customer.until(lambda f: f["type"] == "status" and f["read_seq"] == said["seq"])


async def test_nobody_acknowledges_what_they_were_not_sent_and_no_cursor_goes_back(
    gateway: str, line: type[Customer], console: type[Agent], mara: httpx.Cookies
) -> None:
    async with console(gateway, mara) as agent, line(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.watch(customer.conversation)
        await customer.owner("queue")
        await customer.send("ack", seq=10_000, read=10_000)
        status = await agent.until(lambda f: f["type"] == "status" and f.get("delivered_seq", 0) > 0)
        head = len(customer.logs[customer.conversation])
        assert 0 < status["delivered_seq"] <= head
        await customer.send("ack", seq=1, read=0)
        await customer.say("A word")
        await agent.event("message", text="A word")
        seen = [f["delivered_seq"] for f in agent.frames if f["type"] == "status"]
        assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("hello", "version"),
    [
        ({}, 1),
        ({"version": 1}, 1),
        ({"version": 7, "oldest": 1}, 1),
        ({"version": 1, "oldest": 1, "what_only_the_future_knows": {"a": [1]}}, 1),
        ({"version": 7}, None),
        ({"version": 7, "oldest": 2}, None),
        ({"version": 0}, None),
    ],
)
async def test_the_newest_version_that_both_speak(
    gateway: str, line: type[Customer], hello: dict[str, Any], version: int | None
) -> None:
    async with line(gateway) as customer:
        if version:
            assert (await customer.hello(**hello))["version"] == version
            await customer.send("send", text="Still fine", colour="of a later protocol")
            await customer.event("message", text="You said: Still fine")
        elif isinstance(customer, PollingCustomer):
            customer._said = hello
            await customer.poll()
            assert customer.frames[-1]["code"] == "unknown_version"
        else:
            await customer.socket.send('{"type":"hello",' + str(hello)[1:].replace("'", '"'))
            assert (await customer.until(lambda f: f["type"] == "bye"))["code"] == "unknown_version"
            await customer.socket.wait_closed()
            assert customer.socket.close_code == 4426


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "send", "cmid": "a", "text": ""},
        {"type": "of the future", "cmid": "a"},
        {"type": "send", "cmid": "a", "text": {"not": "text"}},
        {"cmid": "a"},
        {"type": "send", "cmid": "a", "text": "x", "deep": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]},
    ],
)
async def test_a_bad_frame_is_refused_by_its_cmid_and_the_next_one_is_fine(
    gateway: str, line: type[Customer], frame: dict[str, Any]
) -> None:
    async with line(gateway) as customer:
        await customer.hello()
        await customer.send(frame.get("type", ""), **{key: frame[key] for key in frame if key != "type"})
        refused = await customer.rejected("a")
        assert (refused["code"], refused["retryable"]) == ("bad_frame", False)
        await customer.say("Still here")


async def test_a_poll_without_news_waits_and_one_with_news_does_not(gateway: str) -> None:
    async with httpx.AsyncClient(base_url=gateway, trust_env=False, timeout=20) as http:
        first = (await http.post("/api/customer/poll", json={"hello": {}})).json()
        welcome = first["frames"][0]
        hello = {key: welcome[key] for key in ("token", "conversation", "epoch")}
        asked = {"hello": hello, "wait_seconds": 1, "shown": first["shown"]}
        waited = await http.post("/api/customer/poll", json=asked)
        assert waited.elapsed.total_seconds() >= 1
        assert {frame["type"] for frame in waited.json()["frames"]} == {"welcome", "status"}
        stale = asked | {"shown": "another status", "wait_seconds": 20}
        assert (await http.post("/api/customer/poll", json=stale)).elapsed.total_seconds() < 5
        assert (await http.post("/api/customer/poll", json=asked | {"wait_seconds": 26})).status_code == 422
