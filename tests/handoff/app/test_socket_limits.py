"""How much one customer may do at once, and what the wire itself refuses."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.frames import Frame, Opcode

from handoff.app.customer_session import BURST, MOST_OF_CUSTOMER
from handoff.app.settings import Settings
from tests.handoff.app.clients import Customer, PollingCustomer


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"messages_per_minute": 60})


@contextlib.asynccontextmanager
async def tabs(gateway: str, first: Customer, count: int) -> AsyncIterator[list[Customer]]:
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for _ in range(count):
            tab = await stack.enter_async_context(Customer(gateway))
            await tab.hello(token=first.token)
            opened.append(tab)
        yield opened


async def test_one_tab_too_many_is_told_to_wait_and_the_others_go_on(gateway: str) -> None:
    async with Customer(gateway) as first:
        await first.hello()
        async with tabs(gateway, first, MOST_OF_CUSTOMER - 1) as others, Customer(gateway) as late:
            await late.socket.send(f'{{"type":"hello","token":"{first.token}"}}')
            bye = await late.until(lambda f: f["type"] == "bye")
            assert (bye["code"], bye["retry_after_seconds"] > 0) == ("too_many", True)
            await late.socket.wait_closed()
            assert late.socket.close_code == 4429
            await others[-1].say("Here")
            await first.event("message", text="Here")
        async with Customer(gateway) as again:
            await again.hello(token=first.token)


@pytest.mark.parametrize("line", [Customer, PollingCustomer], ids=["socket", "long-poll"])
async def test_messages_beyond_the_burst_are_refused_for_a_moment(gateway: str, line: type[Customer]) -> None:
    async with line(gateway) as customer:
        await customer.hello()
        many = [{"type": "send", "cmid": f"m{number}", "text": str(number)} for number in range(BURST + 8)]
        if isinstance(customer, PollingCustomer):
            await customer.poll(*many)
        else:
            for frame in many:
                await customer.socket.send(json.dumps(frame))
        refused = await customer.until(lambda f: f["type"] == "rejected")
        assert (refused["code"], refused["retryable"]) == ("rate_limited", True)
        await asyncio.sleep(refused["retry_after_seconds"])
        await customer.accepted(await customer.send("send", cmid="later", text="again"))


async def test_typing_is_passed_on_no_more_than_once_a_second(gateway: str, mara: httpx.Cookies) -> None:
    from tests.handoff.app.clients import Agent

    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.watch(customer.conversation)
        for _ in range(20):
            await customer.socket.send('{"type":"typing"}')
        await customer.say("Done")
        await agent.event("message", text="Done")
        assert 1 <= len([f for f in agent.frames if f["type"] == "typing"]) <= 10


async def test_text_that_is_no_utf8_ends_the_socket(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        raw = Frame(Opcode.TEXT, b'{"type":"send","text":"\xff\xfe"}').serialize(mask=True)
        customer.socket.transport.write(raw)
        await customer.socket.wait_closed()
        assert customer.socket.close_code == 1007


async def test_ten_thousand_brackets_are_one_bad_frame(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.socket.send('{"type":"ping","x":' + "[" * 10_000 + "]" * 10_000 + "}")
        assert (await customer.until(lambda f: f["type"] == "rejected"))["code"] == "bad_frame"
        await customer.say("Still here")


async def test_a_message_in_pieces_is_one_frame(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.socket.send(['{"type":"send","cmid":"p",', '"text":"in pieces"}'])
        await customer.accepted("p")
