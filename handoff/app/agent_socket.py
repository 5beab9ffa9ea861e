"""The agent's socket: one for all open conversations. Thin I/O around the queue."""

import asyncio
from functools import partial

from fastapi import WebSocket
from pydantic import ValidationError

from handoff.app.agent_frames import AgentFrames
from handoff.app.limits import Limiter
from handoff.app.link import (
    BAD_FRAME,
    FOREIGN_ORIGIN,
    HEAD_SECONDS,
    NOT_SIGNED_IN,
    Hangup,
    Link,
    check_version,
    cmid_of,
    opened,
    typing,
)
from handoff.app.log_reader import LogReader
from handoff.app.problems import rejected
from handoff.app.signin import Sessions
from handoff.errors import HandoffError
from handoff.judging import Judging
from handoff.log import Receipt, card, log_for
from handoff.ports import QUEUE_TOPIC, AgentRecord, Doorbell, Store, Subscription, conversation_topic
from handoff.presence import Attendance
from handoff.protocol import (
    AGENT_FRAMES,
    Accepted,
    AgentFrame,
    AgentHello,
    AgentTyping,
    AgentUnwatch,
    AgentWatch,
    AgentWelcome,
    ConversationStatus,
    Head,
    Ping,
    Watching,
)
from handoff.queue import Queue
from handoff.views import Views

SESSION_SECONDS = 5.0
"""A session that has ended closes the console's socket within this."""
MOST_WATCHED = 50
"""Conversations that one console follows at once."""


class AgentSockets:
    def __init__(
        self, store: Store, doorbell: Doorbell, queue: Queue, views: Views, judging: Judging, attendance: Attendance,
        sessions: Sessions, limiter: Limiter, frames_per_10_seconds: int,
    ) -> None:  # fmt: skip
        self.store = store
        self.doorbell = doorbell
        self.queue = queue
        self.views = views
        self.frames = AgentFrames(queue, judging)
        self.attendance = attendance
        self.sessions = sessions
        self.limiter = limiter
        self.pace = frames_per_10_seconds

    async def serve(self, websocket: WebSocket) -> None:
        async with opened(websocket) as link:
            if not self.sessions.own_origin(websocket, missing_is_fine=False):
                raise Hangup(FOREIGN_ORIGIN, "foreign_origin", "Open the console from its own address.")
            try:
                agent = await self.sessions.require(websocket, "agent")
            except HandoffError as error:
                raise Hangup(NOT_SIGNED_IN, error.code, error.message) from error
            hello = _frame(await link.first())
            if not isinstance(hello, AgentHello):
                raise Hangup(BAD_FRAME, "no_hello", "Say hello first.")
            check_version(hello.version)
            self.attendance.agents.enter(agent.id)
            bell = self.doorbell.subscribe(QUEUE_TOPIC)
            try:
                link.send(
                    AgentWelcome(agent=card(agent), max_chats=agent.max_chats, available=agent.available)
                )
                await self.attendance.note()
                await self.queue.presence_changed()
                screen = _Screen(self, link, websocket, agent, bell)
                await link.run(screen.listen, screen.follow, screen.keep)
            finally:
                bell.close()
                self.attendance.agents.leave(agent.id)


class _Screen:
    """What one console follows."""

    def __init__(
        self, desk: AgentSockets, link: Link, websocket: WebSocket, agent: AgentRecord, bell: Subscription
    ) -> None:
        self._desk = desk
        self._link = link
        self._websocket = websocket
        self._agent = agent
        self._bell = bell
        self._readers: dict[str, LogReader] = {}

    async def listen(self) -> None:
        while True:
            text = await self._link.receive()
            cmid = conversation = None
            try:
                self._desk.limiter.check_here(f"frames:{self._agent.id}", self._desk.pace, 10)
                frame = AGENT_FRAMES.validate_json(text)
                cmid, conversation = getattr(frame, "cmid", None), getattr(frame, "conversation", None)
                receipt = await self._handle(frame)
            except Exception as error:  # noqa: BLE001 - the edge: one bad frame must not end the console
                self._link.send(rejected(error, cmid or cmid_of(text), conversation))
                continue
            if receipt and cmid:
                self._link.send(
                    Accepted(cmid=cmid, conversation=receipt.conversation, seq=receipt.seq, dup=receipt.dup)
                )

    async def follow(self) -> None:
        await self._link.push(await self._desk.views.queue(self._agent.id))
        while True:
            rung, hints = await self._bell.wait(HEAD_SECONDS)
            for hint in hints:
                if hint.get("agent_id") != self._agent.id:
                    self._link.send(typing(hint))
            for conversation, reader in list(self._readers.items()):
                if conversation_topic(conversation) in rung:
                    await reader.catch_up()
            if QUEUE_TOPIC in rung:
                await self._link.push(await self._desk.views.queue(self._agent.id))

    async def _handle(self, frame: AgentFrame) -> Receipt | None:
        """What concerns this screen alone; all else is in the table of `agent_frames`."""
        match frame:
            case AgentWatch():
                await self._watch(frame)
            case AgentUnwatch():
                self._readers.pop(frame.conversation, None)
                self._bell.remove(conversation_topic(frame.conversation))
            case AgentTyping():
                if self._mine(frame.conversation):
                    hint = {"role": "agent", "name": self._agent.name, "agent_id": self._agent.id}
                    hint["conversation"] = frame.conversation
                    self._desk.doorbell.whisper(conversation_topic(frame.conversation), hint)
            case Ping():
                self._link.send(Head(conversation=None, seq=0))
            case _:
                return await self._desk.frames.handle(self._agent.id, frame)
        return None

    async def _watch(self, frame: AgentWatch) -> None:
        """Subscribe first, then read."""
        conversation = frame.conversation
        await self._desk.views.conversation(conversation)  # raises NotFound before anything is promised
        self._bell.add(conversation_topic(conversation))
        store = self._desk.store
        record = await store.read(lambda tx: tx.conversation(conversation))
        resumed = frame.epoch == record.epoch
        if resumed and frame.seq > record.last_seq:
            record, resumed = await store.write(lambda tx: log_for(tx, conversation, frame.epoch, frame.seq))
        watching = Watching(
            conversation=conversation, epoch=record.epoch, head=record.last_seq, resumed=resumed
        )
        await self._reader(conversation).rewind(frame.seq if resumed else 0, watching)

    def _reader(self, conversation: str) -> LogReader:
        """The one reader of this conversation: two would both send the same event."""
        if conversation not in self._readers:
            if len(self._readers) >= MOST_WATCHED:
                oldest = next(iter(self._readers))
                del self._readers[oldest]
                self._bell.remove(conversation_topic(oldest))
            status = partial(self._desk.views.conversation, conversation)
            self._readers[conversation] = LogReader(
                self._desk.store, self._link, conversation, 0, status, for_agent=True
            )
        return self._readers[conversation]

    async def keep(self) -> None:
        """By the clock, however busy the desk is: whether the session still holds, and where every log stands."""
        passed = 0.0
        while True:
            await asyncio.sleep(SESSION_SECONDS)
            try:
                await self._desk.sessions.require(self._websocket, "agent")
            except HandoffError as error:
                raise Hangup(NOT_SIGNED_IN, error.code, error.message) from error
            passed += SESSION_SECONDS
            if passed >= HEAD_SECONDS:
                passed = 0.0
                self._link.send(Head(conversation=None, seq=0))
                for reader in list(self._readers.values()):
                    await reader.head()

    def _mine(self, conversation: str) -> bool:
        """Whether this agent has the conversation, as last shown here."""
        shown = self._readers[conversation].shown if conversation in self._readers else None
        return (
            isinstance(shown, ConversationStatus)
            and shown.agent is not None
            and shown.agent.id == self._agent.id
        )


def _frame(text: str) -> AgentFrame:
    try:
        return AGENT_FRAMES.validate_json(text)
    except ValidationError as error:
        raise Hangup(BAD_FRAME, "bad_frame", "The first frame was not understood.") from error
