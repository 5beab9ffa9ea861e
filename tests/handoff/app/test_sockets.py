"""What a socket refuses, and that it survives what it refuses."""

import json
from typing import Any

import httpx
import pytest
import websockets

from handoff.protocol import MAX_FRAME, MAX_TEXT
from tests.handoff.app.clients import Agent, Customer


def socket(gateway: str, path: str, **connect: Any) -> websockets.connect:
    return websockets.connect(f"{gateway.replace('http', 'ws')}{path}", compression=None, **connect)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://127.0.0.1", "null", "http://127.0.0.1.evil.example", "file://"],
)
async def test_another_website_gets_no_conversation(gateway: str, origin: str) -> None:
    async with socket(gateway, "/ws/customer", origin=origin) as foreign:
        assert json.loads(await foreign.recv())["code"] == "foreign_origin"
        with pytest.raises(websockets.ConnectionClosed):
            await foreign.recv()
        assert foreign.close_code == 4403


async def test_a_console_needs_its_own_origin_and_a_session(gateway: str, mara: httpx.Cookies) -> None:
    cookie = {"Cookie": "; ".join(f"{c.name}={c.value}" for c in mara.jar)}
    for connect, code in (
        ({"additional_headers": cookie}, 4403),
        ({"additional_headers": cookie, "origin": "https://evil.example"}, 4403),
        ({"origin": gateway}, 4401),
        ({"origin": gateway, "additional_headers": {"Cookie": "frontdesk_session=made-up"}}, 4401),
    ):
        async with socket(gateway, "/ws/agent", **connect) as refused:
            await refused.wait_closed()
            assert refused.close_code == code, connect


async def test_an_editor_alone_cannot_open_the_console(gateway: str) -> None:
    from handoff.accounts import DEMO_PASSWORD
    from tests.handoff.app.clients import sign_in

    edith = await sign_in(gateway, "edith@fernhill.example", DEMO_PASSWORD)
    cookie = {"Cookie": "; ".join(f"{c.name}={c.value}" for c in edith.jar)}
    async with socket(gateway, "/ws/agent", origin=gateway, additional_headers=cookie) as refused:
        assert json.loads(await refused.recv())["code"] == "not_allowed"


@pytest.mark.parametrize(
    "first",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"type":"send","cmid":"a","text":"hi"}',
        '{"type":"hello","seq":-1}',
        "[" * 5000,
    ],
)
async def test_a_first_frame_that_is_no_hello_ends_the_socket(gateway: str, first: str) -> None:
    async with socket(gateway, "/ws/customer") as confused:
        await confused.send(first)
        assert json.loads(await confused.recv())["type"] == "bye"
        with pytest.raises(websockets.ConnectionClosed):
            await confused.recv()
        assert confused.close_code == 4400


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type":"send","cmid":"a1","text":""}', "bad_frame"),
        ('{"type":"send","cmid":"a2","text":"   "}', "bad_frame"),
        ('{"type":"send","cmid":"bad id","text":"hi"}', "bad_frame"),
        ('{"type":"send","text":"hi"}', "bad_frame"),
        ('{"type":"choose","cmid":"a3","choice_id":"made-up"}', "not_found"),
        ('{"type":"feedback","cmid":"a4","answer_seq":7,"helpful":true}', "bad_input"),
        ('{"type":"rate","cmid":"a5","score":6}', "bad_frame"),
        ('{"type":"rate","cmid":"a6","score":5}', "illegal_move"),
        ('{"type":"claim","cmid":"a7"}', "bad_frame"),
        ('{"type":"contact","cmid":"a8","contact":{"name":"A","email":"nonsense","about":"x"}}', "bad_frame"),
        ("nonsense", "bad_frame"),
        ("[" * 5000, "bad_frame"),
        (json.dumps({"type": "send", "cmid": "a9", "text": "x" * (MAX_TEXT + 1)}), "bad_frame"),
    ],
)
async def test_a_bad_frame_is_rejected_and_the_conversation_goes_on(
    gateway: str, frame: str, code: str
) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.socket.send(frame)
        refused = await customer.until(lambda f: f["type"] == "rejected")
        assert refused["code"] == code
        assert refused["message"].endswith(".")
        assert "Traceback" not in refused["message"]
        await customer.say("Still here")
        await customer.event("message", text="You said: Still here")


async def test_a_frame_that_is_too_big_ends_the_socket(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.socket.send(
            json.dumps({"type": "send", "cmid": "a", "text": "x" * (MAX_FRAME + 2048)})
        )
        await customer.socket.wait_closed()
        assert customer.socket.close_code == 1009


async def test_binary_frames_end_the_socket(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.socket.send(b"\x00\x01")
        await customer.socket.wait_closed()
        assert customer.socket.close_code == 4400


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "nul \x00 byte",
        "\u202e reversed",
        "Z̸̡̢̛͖a̷l̵g̶o̷",
        "👩‍👩‍👧‍👦",
        "<script>alert(1)</script>",
        "'; DROP TABLE event;--",
        "\ufeffbom",
    ],
)
async def test_naughty_text_comes_back_as_text(gateway: str, text: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.say(text)
        mine = await customer.until(lambda f: f["type"] == "event" and f["actor"]["role"] == "customer")
        assert mine["text"] == text.strip().replace("\x00", "")


async def test_a_customer_cannot_open_somebody_elses_conversation(gateway: str) -> None:
    async with Customer(gateway) as one, Customer(gateway) as other:
        await one.hello()
        await one.say("A private matter")
        welcome = await other.hello(conversation=one.conversation, epoch=one.epoch, seq=0)
        assert welcome["conversation"] != one.conversation
        async with Customer(gateway) as guess:
            welcome = await guess.hello(token=other.token, conversation=one.conversation)
            assert welcome["conversation"] == other.conversation


async def test_a_flood_is_told_to_wait_and_can_go_on_afterwards(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        for _ in range(80):
            await customer.socket.send('{"type":"typing"}')
        refused = await customer.until(lambda f: f["type"] == "rejected")
        assert refused["code"] == "rate_limited"
        assert refused["retryable"]
        assert refused["retry_after_seconds"] >= 1


async def test_ping_is_answered_by_the_head(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.say("One")
        await customer.event("message", text="You said: One")
        await customer.send("ping")
        assert (await customer.until(lambda f: f["type"] == "head"))["seq"] == 2


async def test_hello_again_on_the_same_socket_sends_the_log_again(gateway: str) -> None:
    async with Customer(gateway) as customer:
        await customer.hello()
        await customer.say("One")
        await customer.event("message", text="You said: One")
        seen = len(customer.frames)
        customer.logs[customer.conversation] = customer.logs[customer.conversation][:1]
        await customer.socket.send(json.dumps({"type": "hello", "epoch": customer.epoch, "seq": 1}))
        assert (await customer.event("message", seen))["seq"] == 2


async def test_typing_reaches_the_other_side_only(gateway: str, mara: httpx.Cookies) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        await agent.waiting(customer.conversation)
        await agent.claim()
        await customer.socket.send('{"type":"typing"}')
        assert (await agent.until(lambda f: f["type"] == "typing"))["role"] == "customer"
        await agent.socket.send(json.dumps({"type": "typing", "conversation": customer.conversation}))
        assert (await customer.until(lambda f: f["type"] == "typing"))["name"] == "Mara Lindqvist"
        assert not [f for f in agent.frames if f["type"] == "typing" and f["role"] == "agent"]


async def test_an_agent_cannot_watch_what_was_never_handed_over(gateway: str, mara: httpx.Cookies) -> None:
    async with Agent(gateway, mara) as agent, Customer(gateway) as customer:
        await agent.hello()
        await customer.hello()
        await customer.say("Between me and the bot")
        await agent.socket.send(json.dumps({"type": "watch", "conversation": customer.conversation}))
        assert (await agent.until(lambda f: f["type"] == "rejected"))["code"] == "not_found"
