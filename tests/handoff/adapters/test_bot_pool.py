"""Several assistants as one bot: who is asked, and what happens when one goes away."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from handoff.adapters.bot_pool import BotPool
from handoff.adapters.bot_rasa import rasa_pool
from handoff.breaker import REST_SECONDS
from handoff.errors import BotFailed, BotTimeout, BotUnavailable
from handoff.hashing import ranking
from handoff.ports import TurnReply, TurnRequest
from tests.handoff.fakes import Clock, says

NAMES = ("one", "two", "three")


class Assistant:
    """Answers with its name, raises `trouble`, or says nothing while `hangs`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.trouble: Exception | None = None
        self.hangs = False
        self.asked: list[str] = []
        self.under_way = self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def _be(self, timeout_seconds: float) -> None:
        if self.trouble:
            raise self.trouble
        if self.hangs:
            await asyncio.sleep(timeout_seconds)
            raise BotTimeout("silent")

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        self.asked.append(request.conversation)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await self._be(timeout_seconds)
            await self.gate.wait()
            return says(self.name)
        finally:
            self.under_way -= 1

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        await self._be(timeout_seconds)
        return says(f"heard by {self.name}")

    async def health(self, timeout_seconds: float) -> None:
        await self._be(0.02)

    async def ready(self) -> int:
        return int(self.trouble is None and not self.hangs)

    async def close(self) -> None: ...


@pytest.fixture
def assistants() -> dict[str, Assistant]:
    return {name: Assistant(name) for name in NAMES}


@pytest.fixture
def pool(assistants: dict[str, Assistant]) -> BotPool:
    return BotPool(assistants, at_once=4, look_seconds=0.02, hung_seconds=0.1)


@contextlib.asynccontextmanager
async def looked_after(pool: BotPool) -> AsyncIterator[None]:
    task = asyncio.create_task(pool.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def request(conversation: str) -> TurnRequest:
    return TurnRequest(conversation, "c1", "Hello", None, {}, None, False, ())


async def ask(pool: BotPool, conversation: str, seconds: float = 5.0) -> str:
    return str((await pool.turn(request(conversation), seconds)).messages[0]["text"])


def of(name: str, count: int = 20) -> list[str]:
    """Conversations that belong to the assistant `name`."""
    keys = (f"chat-{n}" for n in range(1_000))
    return [key for key in keys if ranking(key, NAMES)[0] == name][:count]


def others(name: str) -> list[str]:
    return [key for other in NAMES if other != name for key in of(other)]


async def test_every_conversation_keeps_its_assistant(pool: BotPool) -> None:
    chats = [f"chat-{n}" for n in range(60)]
    first = {chat: await ask(pool, chat) for chat in chats}
    assert first == {chat: ranking(chat, NAMES)[0] for chat in chats}
    assert {chat: await ask(pool, chat) for chat in chats} == first


async def test_one_that_goes_away_moves_only_its_own_and_they_come_back(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    async with looked_after(pool):
        assistants["two"].trouble = BotUnavailable("refused")
        moved = {chat: await ask(pool, chat) for chat in of("two")}
        assert moved == {chat: ranking(chat, NAMES)[1] for chat in of("two")}
        assert len(set(moved.values())) == 2
        assert [await ask(pool, chat) for chat in of("one")] == ["one"] * 20
        assert len(assistants["two"].asked) == 1, "it is let alone after the first"
        assistants["two"].trouble = None
        await asyncio.sleep(0.1)
        assert [await ask(pool, chat) for chat in of("two")] == ["two"] * 20


async def test_what_one_has_under_way_when_it_hangs_is_asked_elsewhere_at_once(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    async with looked_after(pool):
        assistants["one"].hangs = True
        async with asyncio.timeout(2):
            answers = await asyncio.gather(*(ask(pool, chat, 20) for chat in of("one", 4)))
    assert answers == [ranking(chat, NAMES)[1] for chat in of("one", 4)]


async def test_without_looking_after_a_hung_one_takes_all_the_time_there_is(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    assistants["one"].hangs = True
    with pytest.raises(BotTimeout):
        await ask(pool, of("one")[0], 0.4)


async def test_a_hung_one_holds_up_nobody_else(pool: BotPool, assistants: dict[str, Assistant]) -> None:
    assistants["one"].hangs = True
    stuck = [asyncio.create_task(ask(pool, chat, 1)) for chat in of("one", 4)]
    await asyncio.sleep(0.01)
    async with asyncio.timeout(0.5):
        assert {await ask(pool, chat) for chat in others("one")} == {"two", "three"}
        spilt = await asyncio.gather(*(ask(pool, chat) for chat in of("one", 8)[4:]))
    assert "one" not in spilt, "its seats are taken: the next in the ranking has room"
    await asyncio.gather(*stuck, return_exceptions=True)


async def test_no_more_at_once_than_each_takes_and_nobody_is_lost(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    for assistant in assistants.values():
        assistant.gate.clear()
    asking = [asyncio.create_task(ask(pool, f"chat-{n}")) for n in range(40)]
    await asyncio.sleep(0.05)
    assert sum(assistant.under_way for assistant in assistants.values()) == pool.room == 12
    for assistant in assistants.values():
        assistant.gate.set()
    said = Counter(await asyncio.gather(*asking))
    assert sum(said.values()) == 40
    assert {assistant.most_at_once for assistant in assistants.values()} == {4}


async def test_one_whose_model_is_broken_is_let_alone_and_its_conversations_are_answered(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    assistants["three"].trouble = BotFailed("500")
    chats = of("three")
    for chat in chats[:5]:
        with pytest.raises(BotFailed):
            await ask(pool, chat)
    assert await ask(pool, chats[5]) != "three"


async def test_an_error_that_nobody_thought_of_counts_as_a_failure_and_it_is_asked_again(
    assistants: dict[str, Assistant],
) -> None:
    clock, one = Clock(), assistants["one"]
    pool = BotPool({"one": one}, clock=clock)
    one.trouble = BotUnavailable("refused")
    with pytest.raises(BotUnavailable):
        await ask(pool, "chat-1")
    clock.passes(REST_SECONDS)
    one.trouble = RuntimeError("a library's own")
    with pytest.raises(BotFailed):
        await ask(pool, "chat-1")
    assert len(one.asked) == 2, "the one call that tries"
    one.trouble = None
    clock.passes(2 * REST_SECONDS)
    assert await ask(pool, "chat-1") == "one"


async def test_one_that_breaks_off_in_many_ways_is_let_alone(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    assistants["three"].trouble = KeyError("slots")
    chats = of("three")
    for chat in chats[:5]:
        with pytest.raises(BotFailed):
            await ask(pool, chat)
    assert await ask(pool, chats[5]) != "three"


async def test_with_none_there_it_says_so_at_once_and_asks_again_later(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    for assistant in assistants.values():
        assistant.trouble = BotUnavailable("refused")
    async with looked_after(pool), asyncio.timeout(1):
        with pytest.raises(BotUnavailable):
            await ask(pool, "chat-1", 20)
        assert await pool.ready() == 0
        assistants["two"].trouble = None
        await asyncio.sleep(0.1)
        assert await pool.ready() == 1
        assert await ask(pool, "chat-1") == "two"


async def test_the_one_that_was_asked_is_asked_whether_it_heard(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    chat = of("one")[0]
    assistants["one"].trouble = BotUnavailable("refused")
    took_over = await ask(pool, chat)
    assistants["one"].trouble = None
    heard = await pool.heard(chat, "c1", 1)
    assert heard
    assert heard.messages[0]["text"] == f"heard by {took_over}"
    never_asked = of("two")[0]
    heard = await pool.heard(never_asked, "c1", 1)
    assert heard
    assert heard.messages[0]["text"] == "heard by two"


async def test_who_is_away_is_not_asked_whether_it_heard(
    pool: BotPool, assistants: dict[str, Assistant]
) -> None:
    for assistant in assistants.values():
        assistant.trouble = BotUnavailable("refused")
    with pytest.raises(BotUnavailable):
        await ask(pool, "chat-1")
    with pytest.raises(BotUnavailable):
        await pool.heard("chat-1", "c1", 1)


@pytest.mark.parametrize("urls", ["", " , ", "http://a:1,http://a:1/"])
async def test_addresses_that_make_no_sense_are_refused(urls: str) -> None:
    with pytest.raises(ValueError, match="FRONTDESK_RASA_URL"):
        rasa_pool(urls, "secret")


async def test_several_addresses_make_several_assistants() -> None:
    pool = rasa_pool("http://127.0.0.1:1, http://127.0.0.1:2/", "secret")
    assert pool.room == 16
    assert await pool.ready() == 0
    await pool.close()
