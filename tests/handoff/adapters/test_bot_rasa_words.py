"""A customer's words are never a command to Rasa."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.adapters.bot_rasa import harmless
from handoff.ports import Json, TurnRequest
from tests.handoff.adapters.test_bot_rasa import REPLY, rasa

BLANKS = [
    " ",
    "\t",
    "\n",
    "\r\n",
    "\x0b",
    "\x0c",
    "\xa0",
    "\u2003",
    "\u3000",
    "\u200b",
    "\u200e",
    "\u2060",
    "\ufeff",
    "\x00",
    "\x1b",
]
COMMANDS = [
    "/restart",
    "/session_start",
    '/inform{"role":"admin"}',
    "//restart",
    "/ /restart",
    "/",
    "/\t/\n/back",
]


@pytest.mark.parametrize("blank", ["", *BLANKS, " \u200b\xa0\n", "\ufeff /"], ids=ascii)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_leading_slash_reaches_rasa(blank: str, command: str) -> None:
    plain = harmless(blank + command + blank)
    assert plain
    assert not plain.strip().startswith("/")
    assert not plain.lstrip("".join(BLANKS)).startswith("/")


@pytest.mark.parametrize(
    "text", ["50/50 wool", "and/or", "It says a/b", "https://example.org/x", "👩‍👩‍👧 tent", "Grüße", "שלום"]
)
def test_other_words_are_left_as_they_are(text: str) -> None:
    assert harmless(text) == text
    assert harmless(f"  {text}\n") == text


@given(st.text(max_size=60))
def test_whatever_is_written_is_some_text_and_no_command(text: str) -> None:
    plain = harmless(text)
    assert plain.strip()
    assert not plain.strip().startswith("/")
    assert harmless(plain) == plain


async def test_a_turn_sends_the_harmless_words() -> None:
    sent: list[Json] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(200, json=REPLY)

    async with rasa(answer) as bot:
        await bot.turn(TurnRequest("chat1", "c1", "\xa0 /restart", None, {}, None, True, ()), 5)
        payload = {"intent": "none_of_these", "entities": {}}
        await bot.turn(TurnRequest("chat1", "c1", None, payload, {}, None, True, ()), 5)
    assert [body["text"] for body in sent] == ["restart", None]
    assert sent[1]["payload"] == payload
