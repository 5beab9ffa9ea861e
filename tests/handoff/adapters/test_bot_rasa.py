import ast
import asyncio
import contextlib
import copy
import functools
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
import structlog.testing

from handoff.adapters.bot_rasa import RasaBot
from handoff.errors import BotFailed, BotTimeout, BotUnavailable
from handoff.ports import Json, TurnRequest
from handoff.triggers import Wish
from tests.handoff.fakes import HIT, House

ROOT = Path(__file__).parents[3]

REQUEST = TurnRequest("chat1", "c1", "Where is my parcel?", None, {"order": "FH-1"}, None, True, ("Before?",))
REPLY: Json = {
    "cmid": "c1", "turn_complete": True, "messages": [{"kind": "text", "text": "On its way."}],
    "intent": {"name": "where", "confidence": 0.9}, "intent_ranking": [{"name": "where", "confidence": 0.9}],
    "entities": [{"entity": "order", "value": "FH-1", "start": 0, "end": 4}], "slots": {"order": "FH-1"},
    "active_loop": None, "hit": None, "confidence": None, "wish": None,
}  # fmt: skip
Answer = Callable[[httpx.Request], httpx.Response]


@functools.cache
def wired() -> RasaBot:
    """Made once: reading the system's certificates takes longer than a test."""
    return RasaBot("http://rasa.test/", "s3cret")


@contextlib.asynccontextmanager
async def rasa(answer: Answer) -> AsyncIterator[RasaBot]:
    """A bot whose HTTP goes to `answer` instead of a network."""
    bot = copy.copy(wired())
    headers, base = bot._http.headers, bot._http.base_url
    bot._http = httpx.AsyncClient(transport=httpx.MockTransport(answer), headers=headers, base_url=base)
    yield bot
    await bot.close()


def always(body: Any, status: int = 200) -> Answer:
    return lambda request: httpx.Response(status, json=body)


async def test_a_turn_is_asked_at_our_own_door_with_the_secret_and_all_that_is_needed() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=REPLY)

    async with rasa(answer) as bot:
        reply = await bot.turn(REQUEST, 5)
    assert (seen[0].method, str(seen[0].url)) == ("POST", "http://rasa.test/webhooks/gateway/turn")
    assert seen[0].headers["X-Frontdesk-Secret"] == "s3cret"
    assert json.loads(seen[0].content) == {
        "conversation": "chat1", "cmid": "c1", "text": "Where is my parcel?", "payload": None,
        "slots": {"order": "FH-1"}, "active_loop": None, "agents_online": True, "asked": ["Before?"],
    }  # fmt: skip
    assert reply.messages == ({"kind": "text", "text": "On its way."},)
    assert reply.intents == ({"name": "where", "confidence": 0.9},)
    assert reply.entities == ({"entity": "order", "value": "FH-1", "start": 0, "end": 4},)
    assert (reply.slots, reply.active_loop, reply.wish) == ({"order": "FH-1"}, None, None)


async def test_answers_and_choices_come_through_ready_to_be_stored() -> None:
    choice = {"label": "Tents", "intent": "choose_passage", "entities": {"passage_id": "p1"}}
    messages = [
        {"kind": "answer", "text": "Print it.", "hit": HIT},
        {"kind": "choices", "text": "Which?", "choices": [choice]},
    ]
    async with rasa(always(REPLY | {"messages": messages, "wish": "unsure", "confidence": 0.4})) as bot:
        reply = await bot.turn(REQUEST, 5)
    assert json.loads(json.dumps(reply.messages)) == messages
    assert (reply.wish, reply.confidence) == ("unsure", 0.4)


async def test_what_is_new_in_a_reply_is_ignored() -> None:
    async with rasa(always(REPLY | {"new_field": 1})) as bot:
        assert (await bot.turn(REQUEST, 5)).messages


def wishes_of_the_assistant() -> tuple[str, ...]:
    """`bot.turn.WISHES`, read and not imported: the assistant runs on another Python."""
    tree = ast.parse((ROOT / "bot/turn.py").read_text(encoding="utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    told = next(node.value for node in assigned if ast.unparse(node.targets[0]) == "WISHES")
    return tuple(ast.literal_eval(told))


def wishes_of_the_actions() -> set[str]:
    """Every `"wish": "…"` that an action says."""
    found = set()
    for path in (ROOT / "actions").glob("*.py"):
        found |= set(re.findall(r"""["']wish["']: ["'](\w+)["']""", path.read_text(encoding="utf-8")))
    return found


def test_the_actions_wish_for_nothing_that_the_assistant_does_not_tell() -> None:
    assert wishes_of_the_actions()
    assert wishes_of_the_actions() <= set(wishes_of_the_assistant()) == set(get_args(Wish))


@pytest.mark.parametrize("wish", wishes_of_the_assistant())
async def test_whatever_the_assistant_wishes_for_comes_through(wish: str) -> None:
    async with rasa(always(REPLY | {"wish": wish})) as bot:
        assert (await bot.turn(REQUEST, 5)).wish == wish


@pytest.mark.parametrize("wish", ["world peace", "", 3, ["person"], {}])
async def test_a_wish_that_nobody_knows_is_none_and_the_reply_stands(wish: Any) -> None:
    with structlog.testing.capture_logs() as logs:
        async with rasa(always(REPLY | {"wish": wish})) as bot:
            reply = await bot.turn(REQUEST, 5)
    assert (reply.wish, reply.messages) == (None, ({"kind": "text", "text": "On its way."},))
    assert [line["event"] for line in logs] == ["bot_rasa.unknown_wish"]


async def test_an_intent_without_a_name_is_left_out() -> None:
    async with rasa(always(REPLY | {"intent_ranking": [{"name": None, "confidence": 0.0}]})) as bot:
        assert (await bot.turn(REQUEST, 5)).intents == ()


async def test_a_vague_question_is_asked_back_and_nobody_hears_that_the_bot_is_away(house: House) -> None:
    question = "Is it about orders, delivery or something else?"
    told = {
        "messages": [{"kind": "text", "text": question}],
        "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.5}],
        "slots": {"clarified": ["what is it about"]},
        "wish": "asking",
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=REPLY | told | {"cmid": json.loads(request.content)["cmid"]})

    async with rasa(answer) as bot:
        house.turns._bot = bot
        chat = (await house.seat()).conversation_id
        async with house.bot_at_work():
            await house.desk.send(chat, "it doesn't work", house.cmid())
            await house.replied(chat)
    assert [event.body["text"] for event in await house.log(chat)] == ["it doesn't work", question]


NONSENSE: list[Any] = [
    [],
    {},
    None,
    "ok",
    17,
    {key: value for key, value in REPLY.items() if key != "turn_complete"},
    {key: value for key, value in REPLY.items() if key != "cmid"},
    REPLY | {"turn_complete": False},
    REPLY | {"turn_complete": "yes"},
    REPLY | {"cmid": "another"},
    REPLY | {"messages": []},
    REPLY | {"messages": None},
    REPLY | {"messages": [{"kind": "text", "text": ""}]},
    REPLY | {"messages": [{"kind": "text"}]},
    REPLY | {"messages": [{"kind": "image", "text": "x"}]},
    REPLY | {"messages": [{"kind": "answer", "text": "no passage"}]},
    REPLY | {"messages": [{"kind": "answer", "text": "half a passage", "hit": {"passage_id": "p"}}]},
    REPLY | {"messages": [{"kind": "choices", "text": "?", "choices": [{"label": "x"}]}]},
    REPLY | {"slots": []},
    REPLY | {"intent_ranking": [{"name": "x"}]},
]


@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: json.dumps(body)[:40])
async def test_a_reply_that_is_not_a_complete_turn_is_a_failure(body: Any) -> None:
    async with rasa(always(body)) as bot:
        with pytest.raises(BotFailed):
            await bot.turn(REQUEST, 5)


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"cmid": ', b"\xff\xfe", b"NaN"])
async def test_what_is_not_json_is_a_failure(content: bytes) -> None:
    async with rasa(lambda request: httpx.Response(200, content=content)) as bot:
        with pytest.raises(BotFailed):
            await bot.turn(REQUEST, 5)


@pytest.mark.parametrize(("status", "error"), [
    (500, BotFailed), (401, BotFailed), (422, BotFailed), (302, BotFailed), (204, BotFailed), (201, BotFailed),
    (404, BotUnavailable), (503, BotUnavailable),
])  # fmt: skip
async def test_a_status_says_what_is_wrong(status: int, error: type[Exception]) -> None:
    async with rasa(always(REPLY, status)) as bot:
        with pytest.raises(error):
            await bot.turn(REQUEST, 5)


@pytest.mark.parametrize(("broken", "error"), [
    (httpx.ConnectError("x"), BotUnavailable), (httpx.ConnectTimeout("x"), BotUnavailable),
    (httpx.ReadTimeout("x"), BotTimeout), (httpx.WriteTimeout("x"), BotTimeout), (httpx.PoolTimeout("x"), BotTimeout),
    (httpx.ReadError("x"), BotFailed), (httpx.RemoteProtocolError("x"), BotFailed), (httpx.DecodingError("x"), BotFailed),
])  # fmt: skip
async def test_a_broken_line_says_what_is_wrong(broken: Exception, error: type[Exception]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise broken

    async with rasa(answer) as bot:
        with pytest.raises(error) as raised:
            await bot.turn(REQUEST, 5)
    assert "x" not in str(raised.value).split()


# was it heard


async def test_heard_gives_the_reply_of_then() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"heard": True, "reply": REPLY})

    async with rasa(answer) as bot:
        reply = await bot.heard("chat1", "c1", 2)
    assert dict(seen[0].url.params) == {"conversation": "chat1", "cmid": "c1"}
    assert reply
    assert reply.messages[0]["text"] == "On its way."


@pytest.mark.parametrize("body", [{"heard": False, "reply": None}, {"heard": True, "reply": None}, {}])
async def test_without_a_reply_it_was_not_heard(body: Json) -> None:
    async with rasa(always(body)) as bot:
        assert await bot.heard("chat1", "c1", 2) is None


@pytest.mark.parametrize("reply", [{"cmid": "c1"}, REPLY | {"cmid": "c2"}, "yes", [1]])
async def test_half_a_memory_is_a_failure(reply: Any) -> None:
    async with rasa(always({"heard": True, "reply": reply})) as bot:
        with pytest.raises(BotFailed):
            await bot.heard("chat1", "c1", 2)


@pytest.mark.parametrize(("body", "status", "ready"), [
    ({"ok": True}, 200, True), ({"ok": False}, 200, False), ({}, 200, False), ([], 200, False), ({"ok": True}, 404, False),
    ({"ok": True}, 500, False),
])  # fmt: skip
async def test_ready_is_yes_or_no(body: Any, status: int, ready: bool) -> None:
    async with rasa(always(body, status)) as bot:
        assert bool(await bot.ready()) is ready


# over a real socket


@contextlib.asynccontextmanager
async def server(
    behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any],
) -> AsyncIterator[RasaBot]:
    """A bot that talks to a real socket, behind which `behave` does what it likes."""
    busy: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        busy.add(task)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await behave(reader, writer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    bot = RasaBot(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", "s3cret")
    try:
        yield bot
    finally:
        await bot.close()
        listening.close()
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        await listening.wait_closed()


def http(body: Any) -> bytes:
    content = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(content),
        content,
    )


async def test_over_a_real_socket() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(REPLY))
        await writer.drain()

    async with server(behave) as bot:
        assert (await bot.turn(REQUEST, 5)).messages


async def test_a_bot_that_never_answers_is_given_up_in_time() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with server(behave) as bot:
        began = time.monotonic()
        with pytest.raises(BotTimeout):
            await bot.turn(REQUEST, 0.2)
        assert time.monotonic() - began < 2


async def test_a_bot_that_drips_is_given_up_in_time() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in http(REPLY):  # each byte comes in time, all of them never do
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with server(behave) as bot:
        began = time.monotonic()
        with pytest.raises(BotTimeout):
            await bot.turn(REQUEST, 0.3)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("cut", [0, 10, 60, 200])
async def test_a_bot_that_hangs_up_in_the_middle_failed(cut: int) -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(REPLY)[:cut])
        await writer.drain()

    async with server(behave) as bot:
        with pytest.raises(BotFailed):
            await bot.turn(REQUEST, 5)


async def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        bot = RasaBot(f"http://127.0.0.1:{unused.getsockname()[1]}", "s3cret")
        with pytest.raises(BotUnavailable):
            await bot.turn(REQUEST, 2)
        assert not await bot.ready()
        await bot.close()


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http({"ok": True}))
        await writer.drain()

    async with server(behave) as bot:
        assert await bot.ready()
