"""The card that the customer corrects and the verdicts that agents give, over real sockets."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select

from handoff.app.settings import Settings
from handoff.ports import Json, TurnReply, TurnRequest
from knowledge_base import tables
from knowledge_base.database import open_engine
from tests.handoff.app.clients import PATIENCE_SECONDS, Agent, Customer, Frame
from tests.handoff.app.conftest import SECRET, Bot
from tests.handoff.fakes import HIT


def answer(hit: Json) -> TurnReply:
    return TurnReply(({"kind": "answer", "text": hit["text"], "hit": hit},), confidence=0.8)


async def in_line(customer: Customer, bot: Bot) -> Frame:
    """Asked, answered, and waiting for a person; the status with the card."""
    bot.answer = lambda request: answer(HIT)
    await customer.hello()
    await customer.say("How do I send boots back, order FH-204817?")
    await customer.event("answer")
    await customer.accepted(await customer.send("ask_person"))
    return await customer.until(lambda f: f["type"] == "status" and f["card"] is not None)


async def test_the_agent_sees_what_the_customer_corrects_while_waiting_and_after(
    gateway: str, mara: httpx.Cookies, bot: Bot
) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        card = (await in_line(customer, bot))["card"]
        assert card["about"] == "Order FH-204817"
        assert card["tried"] == "Return an item: shown"
        await agent.watch(customer.conversation)
        packet = (await agent.event("packet"))["packet"]
        quote = packet["wants"][0]
        said = await agent.event("message", seq=quote["seq"])
        assert said["text"][quote["start"] : quote["end"]] == quote["text"]
        assert packet["facts"][0]["value"] == "FH-204817"

        await customer.accepted(await customer.send("correct_card", want="Only the left boot"))
        seen = await agent.event("correction", want="Only the left boot")
        assert (seen["about"], seen["tried"], seen["actor"]["role"]) == (None, None, "customer")
        shown = await customer.until(
            lambda f: f["type"] == "status" and f["card"] and f["card"]["corrected"] == ["want"]
        )
        assert shown["card"]["want"] == "Only the left boot"
        await agent.accepted(await agent.send("claim", conversation=customer.conversation))
        await customer.accepted(await customer.send("correct_card", tried=""))
        await agent.event("correction", tried="")


async def test_the_packet_follows_what_is_said_while_waiting_until_an_agent_joins(
    gateway: str, mara: httpx.Cookies, bot: Bot
) -> None:
    def tells(order: str, want: str) -> Callable[[Frame], bool]:
        def told(frame: Frame) -> bool:
            packet = frame["packet"] if frame["type"] == "status" else None
            return bool(
                packet
                and [fact["value"] for fact in packet["facts"]] == [order]
                and want in packet["wants"][-1]["text"]
            )

        return told

    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.say("human please")
        await customer.owner("queue")
        await agent.watch(customer.conversation)
        asked = (await agent.event("packet"))["packet"]
        assert (asked["facts"], asked["reason"]) == ([], "asked_for_person")
        await customer.say("order FH-313131, the tent has a hole and I leave on Friday")
        followed = (await agent.until(tells("FH-313131", "the tent has a hole")))["packet"]
        assert followed["questions"][-1].startswith("order FH-313131")
        assert "the tent has a hole" in followed["summary"]
        kept = ("reason", "evidence", "waiting_since", "page")
        assert [followed[key] for key in kept] == [asked[key] for key in kept]

        await agent.accepted(await agent.send("claim", conversation=customer.conversation))
        joined = await agent.owner("agent")
        assert tells("FH-313131", "the tent has a hole")(joined)
        await customer.say("My other order is FH-424242")
        await agent.event("message", text="My other order is FH-424242")
        async with Agent(gateway, mara) as second:
            await second.hello()
            await second.watch(customer.conversation)
            assert (await second.owner("agent"))["packet"] == joined["packet"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "bad_input"), ({"want": "x" * 1_001}, "bad_frame"), ({"want": 7}, "bad_frame")],
)
async def test_a_correction_that_is_none_is_refused(
    gateway: str, mara: httpx.Cookies, bot: Bot, fields: Frame, code: str
) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await in_line(customer, bot)
        refused = await customer.rejected(await customer.send("correct_card", **fields))
        assert (refused["code"], refused["retryable"]) == (code, False)


async def test_a_verdict_reaches_agents_and_no_customer(
    gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies, bot: Bot
) -> None:
    async with Agent(gateway, mara) as agent, Agent(gateway, tomas) as other, Customer(gateway) as customer:
        await agent.hello()
        await other.hello()
        await in_line(customer, bot)
        await agent.watch(customer.conversation)
        await other.watch(customer.conversation)
        seq = (await agent.event("answer"))["seq"]
        judge = {"conversation": customer.conversation, "answer_seq": seq}
        await agent.accepted(await agent.send("judge", **judge, verdict="outdated"))
        seen = await other.event("verdict", verdict="outdated")
        assert (seen["answer_seq"], seen["actor"]["name"]) == (seq, "Mara Lindqvist")
        await customer.event("hidden", seq=seen["seq"])
        assert "outdated" not in str(customer.frames)
        refused = await agent.rejected(
            await agent.send("judge", **judge | {"answer_seq": 1}, verdict="wrong")
        )
        assert refused["code"] == "bad_input"


async def test_a_customer_cannot_give_a_verdict(gateway: str, bot: Bot) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        sent = await customer.send("judge", conversation=customer.conversation, answer_seq=1, verdict="wrong")
        assert (await customer.rejected(sent))["code"] == "bad_frame"


async def test_thumbs_and_verdicts_reach_the_librarys_log(
    gateway: str, mara: httpx.Cookies, bot: Bot, settings: Settings
) -> None:
    async def ask_library(request: TurnRequest) -> TurnReply:
        async with httpx.AsyncClient(base_url=gateway, trust_env=False) as http:
            asked = {"question": request.text, "conversation": request.conversation}
            found = await http.post(
                "/api/knowledge/answer", json=asked, headers={"X-Frontdesk-Secret": SECRET}
            )
        return answer(found.json()["hits"][0])

    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        bot.answer = ask_library
        await customer.say("How do I return unused gear?")
        seq = (await customer.event("answer"))["seq"]
        await customer.accepted(await customer.send("feedback", answer_seq=seq, helpful=False))
        await customer.accepted(await customer.send("ask_person"))
        await agent.watch(customer.conversation)
        judge = {"conversation": customer.conversation, "answer_seq": seq, "verdict": "outdated"}
        await agent.accepted(await agent.send("judge", **judge))
        assert await judgements(settings, 2) == {("customer", "wrong"), ("agent", "outdated")}


async def judgements(settings: Settings, fewest: int) -> set[tuple[str, str]]:
    """Who said what of an answer, as soon as so many did."""
    engine = open_engine(settings.database_url)
    kept = tables.judgement.c
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with engine.connect() as connection:
                    rows = {
                        (row.by, row.verdict) for row in connection.execute(select(kept.by, kept.verdict))
                    }
                if len(rows) >= fewest:
                    return rows
                await asyncio.sleep(0.02)
    finally:
        engine.dispose()
