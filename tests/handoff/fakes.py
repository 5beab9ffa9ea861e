"""Stand-ins and short ways for the tests of the handoff: a scripted bot, a clock that is set by hand, a whole house."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from handoff.adapters.doorbell_local import LocalDoorbell
from handoff.adapters.store_sql import SqlStore
from handoff.conversation import Ownership
from handoff.desk import Desk, Seat
from handoff.errors import BotError
from handoff.patience import Patience
from handoff.ports import (
    AgentRecord,
    Bot,
    EventRecord,
    HandoffRecord,
    Json,
    Transaction,
    TurnReply,
    TurnRequest,
    conversation_topic,
)
from handoff.presence import RENEW_SECONDS, Attendance, Board
from handoff.protocol import CustomerHello, CustomerStatus
from handoff.queue import Queue, Rules
from handoff.turns import Turns
from handoff.views import Views

HIT: Json = {
    "passage_id": "p1",
    "article_slug": "return-an-item",
    "article_title": "Return an item",
    "heading": "Label",
    "text": "Print the label from your order page.",
    "span": "",
    "html": "<p>Print the label from your order page.</p>",
    "score": 0.8,
    "url": "/help/return-an-item#label",
    "updated_at": "2026-11-02T09:00:00Z",
    "always_person": False,
    "answer_id": None,
}
MEMORY = Path("/dev/shm")  # noqa: S108 - only fresh folders with names of their own are made there
STEADY = Patience(retry_seconds=0.02, at_once=32)
"""Waits as long as the real one, so that a busy machine fails no test, and knocks again at once."""
QUICK = Patience(turn_seconds=0.2, heard_seconds=0.1, total_seconds=0.4, retry_seconds=0.02)
"""For tests in which the time does run out."""
Act = Callable[[TurnRequest], TurnReply | BotError]


def says(text: str, **more: Any) -> TurnReply:
    return TurnReply(({"kind": "text", "text": text},), **more)


def answers(text: str = "Print the label.", **more: Any) -> TurnReply:
    return TurnReply(({"kind": "answer", "text": text, "hit": HIT},), **({"confidence": 0.9} | more))


def asks_back(*labels: str, **more: Any) -> TurnReply:
    choices = [
        {"label": label, "intent": "choose_passage", "entities": {"passage_id": label}} for label in labels
    ]
    return TurnReply(({"kind": "choices", "text": "Did you mean …", "choices": choices},), **more)


class Clock:
    """Monotonic seconds that pass only by hand."""

    def __init__(self, seconds: float = 1_000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.seconds += seconds


class ScriptedBot:
    """Implements `handoff.ports.Bot`: echoes, plays `script` in order, or holds every answer until released."""

    def __init__(self) -> None:
        self.script: list[TurnReply | BotError | Act] = []
        self.requests: list[TurnRequest] = []
        self.remembered: dict[str, TurnReply] = {}
        """What `heard` knows, by cmid."""
        self.questions_heard: list[str] = []
        self.heard_error: BotError | None = None
        self.most_at_once: dict[str, int] = {}
        self.holding = False
        self._gates: dict[str, asyncio.Event] = {}
        self._asked: dict[str, asyncio.Event] = {}
        self._in_flight: dict[str, int] = {}

    async def turn(self, request: TurnRequest, timeout_seconds: float) -> TurnReply:
        self.requests.append(request)
        key = request.conversation
        flying = self._in_flight[key] = self._in_flight.get(key, 0) + 1
        self.most_at_once[key] = max(self.most_at_once.get(key, 0), flying)
        try:
            self.asked_event(key).set()
            if self.holding:
                await self._gate(key).wait()
            self.asked_event(key).clear()
            return self._play(request)
        finally:
            self._in_flight[key] -= 1

    async def heard(self, conversation: str, cmid: str, timeout_seconds: float) -> TurnReply | None:
        self.questions_heard.append(cmid)
        if self.heard_error:
            raise self.heard_error
        return self.remembered.get(cmid)

    async def ready(self) -> bool:
        return True

    async def close(self) -> None: ...

    def _play(self, request: TurnRequest) -> TurnReply:
        if not self.script:
            return says(f"You said: {request.text}")
        step = self.script.pop(0)
        if not isinstance(step, TurnReply | BotError):
            step = step(request)
        if isinstance(step, BotError):
            raise step
        return step

    def asked_event(self, conversation_id: str) -> asyncio.Event:
        return self._asked.setdefault(conversation_id, asyncio.Event())

    def _gate(self, conversation_id: str) -> asyncio.Event:
        return self._gates.setdefault(conversation_id, asyncio.Event())

    async def asked(self, conversation_id: str) -> None:
        """Wait until the bot is thinking about this conversation."""
        await asyncio.wait_for(self.asked_event(conversation_id).wait(), 3)

    def release(self, conversation_id: str) -> None:
        """Let the held answer of this conversation go; the next one is held again."""
        gate = self._gates.pop(conversation_id, None)
        self.asked_event(conversation_id).clear()
        if gate:
            gate.set()


class House:
    """Everything of one installation that has no socket, on one database."""

    def __init__(
        self, store: SqlStore, bot: Bot, patience: Patience = STEADY, rules: Rules | None = None
    ) -> None:
        self.store = store
        self.doorbell = LocalDoorbell()
        self.clock = Clock()
        store.lease_clock = self.clock
        self.agents, self.customers = Board(), Board()
        self.attendance = Attendance(store, self.agents, self.customers, self.clock)
        self.desk = Desk(store, self.doorbell)
        self.queue = Queue(store, self.doorbell, rules)
        self.views = Views(store, self.customers, letters=self.queue.rules.letters)
        self.turns = Turns(store, self.doorbell, bot, patience)
        self._cmid = 0

    def cmid(self) -> str:
        self._cmid += 1
        return f"c{self._cmid}"

    async def seat(self, **hello: Any) -> Seat:
        return await self.desk.hello(CustomerHello.model_validate(hello))

    async def add_agent(
        self,
        name: str = "Mara",
        *,
        online: bool = True,
        max_chats: int = 4,
        roles: tuple[str, ...] = ("agent",),
        **more: Any,
    ) -> str:
        agent_id = name.casefold()
        record = AgentRecord(
            agent_id,
            f"{agent_id}@fernhill.example",
            name,
            f"Knows {name}.",
            roles,
            max_chats,
            0,
            True,
            **more,
        )
        await self.store.write(lambda tx: tx.add_agent(record))
        if online:
            await self.arrives(agent_id)
        return agent_id

    async def arrives(self, agent_id: str) -> None:
        """The agent opens a console."""
        self.agents.enter(agent_id)
        await self.attendance.note()

    async def leaves(self, agent_id: str) -> None:
        """The agent closes it, and stays away for longer than a reload takes."""
        self.agents.leave(agent_id)
        await self.attendance.note()
        self.clock.passes(60)
        await self.attendance.note()

    async def passes(self, seconds: float) -> None:
        """Time by the lease clock, in which every gateway goes on saying who is there."""
        while seconds > 0:
            step = min(seconds, RENEW_SECONDS)
            self.clock.passes(step)
            await self.attendance.note()
            seconds -= step

    async def handoff(self, conversation_id: str) -> HandoffRecord:
        """The live handoff of this conversation."""
        found = await self.store.read(lambda tx: tx.live_handoff(conversation_id))
        assert found
        return found

    async def assigned(self, conversation_id: str) -> list[str]:
        """What agents read of who was asked, in order."""
        return [event.body["code"] for event in await self.log(conversation_id) if event.kind == "assignment"]

    async def waiting_chat(self, text: str = "Please get me a person") -> str:
        """A conversation in the queue. Needs an agent online."""
        seat = await self.seat()
        await self.desk.send(seat.conversation_id, text, self.cmid())
        await self.desk.ask_person(seat.conversation_id, self.cmid())
        return seat.conversation_id

    async def claimed_chat(self, agent_id: str) -> tuple[str, int]:
        """A conversation that this agent owns, and its fence."""
        conversation_id = await self.waiting_chat()
        await self.queue.claim(agent_id, conversation_id, self.cmid())
        return conversation_id, (await self.ownership(conversation_id)).fence

    async def ownership(self, conversation_id: str) -> Ownership:
        return await self.store.read(lambda tx: tx.conversation(conversation_id).ownership)

    async def status(self, conversation_id: str) -> CustomerStatus:
        return await self.desk.status(conversation_id)

    async def log(self, conversation_id: str) -> Sequence[EventRecord]:
        return await self.store.read(lambda tx: tx.events(conversation_id, 0, 10_000))

    async def kinds(self, conversation_id: str) -> list[str]:
        return [event.kind for event in await self.log(conversation_id)]

    async def notices(self, conversation_id: str) -> list[str]:
        return [event.body["code"] for event in await self.log(conversation_id) if event.kind == "notice"]

    async def last(self, conversation_id: str) -> EventRecord:
        return (await self.log(conversation_id))[-1]

    async def busy(self, agent_id: str) -> int:
        return (await self.store.read(lambda tx: tx.agent(agent_id))).active_chats

    @contextlib.asynccontextmanager
    async def bot_at_work(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.turns.run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def until(
        self, conversation_id: str, seen: Callable[[Transaction], bool], seconds: float = 4
    ) -> None:
        """Wait, by the doorbell, until `seen` holds; fails when it does not in time."""
        bell = self.doorbell.subscribe(conversation_topic(conversation_id))
        try:
            async with asyncio.timeout(seconds):
                while not await self.store.read(seen):
                    await bell.wait(0.05)
        finally:
            bell.close()

    async def replied(self, conversation_id: str) -> None:
        """Wait until the bot has nothing left to do in this conversation."""
        await self.until(conversation_id, lambda tx: not tx.turn_open(conversation_id))
