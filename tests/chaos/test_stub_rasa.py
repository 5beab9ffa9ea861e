import asyncio
from collections.abc import AsyncIterator

import pytest

from handoff.adapters.bot_rasa import RasaBot
from handoff.errors import BotFailed, BotTimeout
from handoff.ports import TurnRequest
from tests.chaos.stub_rasa import StubRasa, parse_modes

SECRET = "a-secret-of-the-tests"


def _request(cmid: str = "c1", text: str = "Where is my parcel?") -> TurnRequest:
    return TurnRequest("conversation", cmid, text, None, {"turns": 2}, None, agents_online=True, asked=())


class Asked:
    """A stub in this process and a bot that asks it."""

    def __init__(self, modes: str) -> None:
        self.stub = StubRasa(1, SECRET, parse_modes(modes), late_seconds=0.5)

    async def __aenter__(self) -> RasaBot:
        self.server = await asyncio.start_server(self.stub.serve, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.bot = RasaBot(f"http://127.0.0.1:{port}", SECRET)
        return self.bot

    async def __aexit__(self, *_: object) -> None:
        await self.bot.close()
        self.server.close()
        await self.stub.close()


@pytest.fixture
async def normal() -> AsyncIterator[RasaBot]:
    async with Asked("normal") as bot:
        yield bot


async def test_it_answers_says_what_it_heard_and_is_ready(normal: RasaBot) -> None:
    reply = await normal.turn(_request(), 2.0)
    assert reply.messages == ({"kind": "text", "text": "You said: Where is my parcel?"},)
    assert reply.slots == {"turns": 3}
    assert await normal.heard("conversation", "c1", 1.0) == reply
    assert await normal.heard("conversation", "c2", 1.0) is None
    assert await normal.ready()


@pytest.mark.parametrize("mode", ["error", "empty", "half", "heard_only"])
async def test_it_fails(mode: str) -> None:
    async with Asked(mode) as bot:
        with pytest.raises(BotFailed):
            await bot.turn(_request(), 2.0)
        heard = await bot.heard("conversation", "c1", 1.0)
    assert (heard is not None) == (mode in ("half", "heard_only"))


@pytest.mark.parametrize("mode", ["hang", "late"])
async def test_it_is_not_in_time(mode: str) -> None:
    async with Asked(mode) as bot:
        with pytest.raises(BotTimeout):
            await bot.turn(_request(), 0.1)


async def test_slow_is_still_an_answer() -> None:
    async with Asked("slow") as bot:
        assert (await bot.turn(_request(), 5.0)).messages
