"""The whole journey over real sockets, with a scripted bot."""

import asyncio

import httpx
import pytest

from handoff.ports import TurnReply, TurnRequest
from tests.handoff.app.clients import Agent, Customer
from tests.handoff.app.conftest import Bot, text_reply

pytestmark = pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)


async def test_a_question_is_answered_and_a_person_takes_over(
    gateway: str, mara: httpx.Cookies, bot: Bot
) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        welcome = await customer.hello()
        assert welcome["greeting"]
        await customer.say("Where is my parcel?")
        reply = await customer.event("message", text="You said: Where is my parcel?")
        assert reply["actor"]["role"] == "bot"

        await customer.say("I want to talk to a human")
        placed = await customer.until(lambda f: f["type"] == "status" and f["queue"] is not None)
        assert placed["queue"]["position"] == 1
        await agent.waiting(customer.conversation)
        await agent.claim(customer.conversation)
        joined = await customer.event("notice", code="joined")
        assert joined["agent"]["name"] == "Mara Lindqvist"
        packet = (await agent.event("packet"))["packet"]
        assert packet["reason"] == "asked_for_person"
        assert packet["questions"][0] == "Where is my parcel?"

        await agent.act("send", customer.conversation, text="Hello, I'm looking.")
        assert (await customer.event("message", text="Hello, I'm looking."))["actor"][
            "name"
        ] == "Mara Lindqvist"
        await customer.say("Thank you")
        await agent.event("message", text="Thank you")
        await agent.act("resolve", customer.conversation, outcome="solved")
        closed = await customer.owner("closed")
        assert closed["may_rate"]
        await customer.accepted(await customer.send("rate", score=5, comment="Quick"))
        await agent.event("rating", score=5)
        assert [request.text for request in bot.requests] == ["Where is my parcel?"]


async def test_the_customer_sees_neither_packet_nor_note(gateway: str, mara: httpx.Cookies) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.claim()
        await agent.act("send", customer.conversation, text="One")
        await agent.accepted(await agent.send("note", conversation=customer.conversation, text="SECRET"))
        await agent.act("send", customer.conversation, text="Two")
        await customer.event("message", text="Two")
        log = customer.logs[customer.conversation]
        assert [event["kind"] for event in log] == [
            "chosen",
            "hidden",
            "notice",
            "notice",
            "message",
            "hidden",
            "message",
        ]
        hidden = [event for event in log if event["kind"] == "hidden"]
        assert all(set(event) == {"type", "conversation", "seq", "kind"} for event in hidden)
        assert "SECRET" not in str(customer.frames)


async def test_a_reload_gets_the_same_log_and_a_resume_only_what_is_new(gateway: str) -> None:
    async with Customer(gateway) as first:
        await first.hello()
        await first.say("One")
        await first.event("message", text="You said: One")
        before = first.logs[first.conversation]
    async with Customer(gateway) as again:
        welcome = await again.hello(token=first.token)
        assert welcome["conversation"] == first.conversation
        assert not welcome["resumed"]
        await again.event("message", text="You said: One")
        assert again.logs[first.conversation] == before
    async with Customer(gateway) as third:
        third.logs[first.conversation] = list(before)
        welcome = await third.hello(
            token=first.token, conversation=first.conversation, epoch=first.epoch, seq=len(before)
        )
        assert welcome["resumed"]
        await third.say("Two")
        await third.event("message", text="You said: Two")
        assert len(third.logs[first.conversation]) == len(before) + 2


async def test_a_repeated_send_is_one_event(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        cmid = await customer.send("send", text="Hello", cmid="same")
        first = await customer.accepted(cmid)
        seen = len(customer.frames)
        await customer.send("send", text="Hello", cmid="same")
        again = await customer.until(lambda f: f["type"] == "accepted", seen)
        assert (again["seq"], again["dup"]) == (first["seq"], True)
        seen = len(customer.frames)
        await customer.send("send", text="Something else", cmid="same")
        refused = await customer.until(lambda f: f["type"] == "rejected", seen)
        assert refused["code"] == "cmid_reused"
        await customer.event("message", text="You said: Hello")
        assert len(customer.logs[customer.conversation]) == 2


async def test_a_late_bot_reply_is_never_shown_after_a_claim(
    gateway: str, mara: httpx.Cookies, bot: Bot
) -> None:
    asked, released = asyncio.Event(), asyncio.Event()

    async def late(_request: TurnRequest) -> TurnReply:
        asked.set()
        await released.wait()
        return text_reply("TOO LATE")

    bot.answer = late
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.say("A slow question")
        await asked.wait()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.claim()
        released.set()
        suppressed = await agent.event("suppressed")
        assert suppressed["text"] == "TOO LATE"
        await agent.act("send", customer.conversation, text="I'm here")
        await customer.event("message", text="I'm here")
        assert "TOO LATE" not in str(customer.frames)


async def test_two_agents_cannot_have_one_conversation(
    gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies
) -> None:
    async with Agent(gateway, mara) as one, Agent(gateway, tomas) as two, Customer(gateway) as customer:
        await one.hello()
        await two.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await one.waiting(customer.conversation)
        await one.claim(customer.conversation)
        refused = await two.rejected(await two.send("claim", conversation=customer.conversation))
        assert refused["code"] == "already_taken"
        assert "Mara Lindqvist" in refused["message"]
        await two.watch(customer.conversation)
        stolen = await two.rejected(
            await two.send(
                "send", conversation=customer.conversation, fence=two.fence(customer.conversation), text="Hi"
            )
        )
        assert stolen["code"] == "stale_fence"


async def test_an_agent_who_is_gone_loses_the_conversation_to_the_queue(
    gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies
) -> None:
    async with Agent(gateway, tomas) as second, Customer(gateway) as customer:
        await second.hello()
        async with Agent(gateway, mara) as first:
            await first.hello()
            await customer.hello()
            await customer.accepted(await customer.send("ask_person"))
            await first.waiting(customer.conversation)
            await first.claim()
        await customer.event("notice", code="left")
        await second.claim(customer.conversation)
        await customer.event(
            "notice",
            code="joined",
            agent={
                "id": (await second.hello())["agent"]["id"],
                "name": "Tomas Okafor",
                "about": "Knows orders and payments",
            },
        )


async def test_with_nobody_online_the_bot_asks_how_to_reach_the_customer(gateway: str, bot: Bot) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.say("I want to speak to a person")
        await customer.event("message")
        await customer.until(
            lambda f: f["type"] == "event" and f["kind"] == "message" and f["actor"]["role"] == "bot"
        )
        assert bot.requests[0].payload == {"intent": "ask_for_human", "entities": {}}
        contact = {"name": "Ana", "email": "ana@example.org", "about": "A late parcel"}
        await customer.accepted(await customer.send("contact", contact=contact))
        notice = await customer.event("notice", code="contact_received")
        assert "ana@example.org" in notice["text"]
        await customer.owner("queue")
