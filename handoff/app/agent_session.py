"""One console's connection: it follows some conversations. Other frames go to the table of `agent_frames`."""

import time
from collections.abc import Awaitable, Collection, Sequence
from functools import partial

from handoff.app.agent_frames import AgentFrames
from handoff.app.chore import Chore, failed
from handoff.app.cursors import Cursors
from handoff.app.feed import PAGE, Feed
from handoff.app.inbound import cmid_of, parsed
from handoff.app.link import Outlet
from handoff.app.pace import Pace
from handoff.app.problems import rejected
from handoff.app.queue_board import QueueBoard
from handoff.app.switchboard import Switchboard
from handoff.errors import NotFound, RateLimited
from handoff.log import Receipt, card, log_for
from handoff.ports import (
    AgentRecord,
    ConversationRecord,
    Doorbell,
    EventRecord,
    Json,
    Store,
    Transaction,
    conversation_topic,
)
from handoff.presence import Attendance
from handoff.protocol import (
    AGENT_FRAMES,
    Accepted,
    Ack,
    AgentFrame,
    AgentTyping,
    AgentUnwatch,
    AgentWatch,
    AgentWelcome,
    ConversationStatus,
    Head,
    Ping,
    Typing,
    Watching,
)
from handoff.queue import Queue
from handoff.views import Views

MOST_WATCHED = 50
"""Conversations that one console follows at once."""
MOST_PACES = 1_000
"""Agents whose long-polls are counted; beyond it those begin anew who spoke the longest ago."""


class Consoles:
    """What the sessions of agents work with."""

    def __init__(
        self, store: Store, doorbell: Doorbell, queue: Queue, views: Views, frames: AgentFrames, attendance: Attendance,
        switchboard: Switchboard, cursors: Cursors, frames_per_10_seconds: int,
    ) -> None:  # fmt: skip
        self.store = store
        self.doorbell = doorbell
        self.queue = queue
        self.views = views
        self.queue_board = QueueBoard(views, doorbell)
        self.frames = frames
        self.attendance = attendance
        self.switchboard = switchboard
        self.cursors = cursors
        self.frames_per_10_seconds = frames_per_10_seconds
        self._paces: dict[str, Pace] = {}

    def pace(self) -> Pace:
        """Of one console, for as long as its session lasts."""
        return Pace(self.frames_per_10_seconds, self.frames_per_10_seconds / 10)

    def pace_of(self, agent_id: str) -> Pace:
        """Of all that an agent says by long-polls: a session there ends with every reply."""
        pace = self._paces.pop(agent_id, None) or self.pace()
        self._paces[agent_id] = pace  # whoever spoke last stands last
        if len(self._paces) > MOST_PACES:
            del self._paces[next(iter(self._paces))]
        return pace


class AgentSession:
    def __init__(
        self, consoles: Consoles, outlet: Outlet, agent: AgentRecord, pace: Pace | None = None
    ) -> None:
        self._consoles = consoles
        self._agent = agent
        self._pace = pace or consoles.pace()
        self._feeds: dict[str, Feed] = {}
        self._behind: set[str] = set()
        self._log_chore = Chore(self._catch_up, lambda error: failed(error, self._log_chore, outlet))
        self.outlet = outlet
        self.round = 0

    async def begin(self, version: int) -> None:
        consoles, agent = self._consoles, self._agent
        arrives = not consoles.attendance.agents.has(agent.id)
        consoles.attendance.agents.enter(agent.id)
        self._bell = consoles.doorbell.subscribe(heard=self._heard)
        self.outlet.send(
            AgentWelcome(
                version=version, agent=card(agent), max_chats=agent.max_chats, available=agent.available,
                supervisor=agent.supervisor, routing=consoles.queue.rules.routing,
            )
        )  # fmt: skip
        consoles.switchboard.join(self)
        consoles.queue_board.join(self.outlet, agent.id)
        if arrives:
            await consoles.attendance.note()
            await consoles.queue.presence_changed()

    def leave(self) -> None:
        self._bell.close()
        self._log_chore.drop()
        self._consoles.queue_board.leave(self.outlet)
        self._consoles.switchboard.leave(self)
        for feed in self._feeds.values():
            self._consoles.switchboard.unfollow(feed)
        self._consoles.attendance.agents.leave(self._agent.id)

    async def settled(self) -> None:
        """Until everything is sent that there is to send of the logs."""
        await self._log_chore.done()

    # what comes from the agent

    async def follow(self, frame: AgentWatch) -> None:
        """What a hello asks to follow; it counts for no pace."""
        try:
            await self._watch(frame)
        except Exception as error:  # noqa: BLE001 - as below
            self.outlet.send(rejected(error, None, frame.conversation))

    async def take(self, text: str) -> None:
        """One frame. Whatever is wrong with it is answered, and the console goes on."""
        cmid = conversation = None
        try:
            if wait := self._pace.wait(time.monotonic()):
                raise RateLimited("That was a lot at once. Wait a moment and try again.", max(1.0, wait))
            frame = parsed(AGENT_FRAMES, text)
            cmid, conversation = getattr(frame, "cmid", None), getattr(frame, "conversation", None)
            receipt = await self._handle(frame)
        except Exception as error:  # noqa: BLE001 - the edge: one bad frame must not end the console
            self.outlet.send(rejected(error, cmid or cmid_of(text), conversation))
            return
        if receipt and cmid:
            self.outlet.send(
                Accepted(cmid=cmid, conversation=receipt.conversation, seq=receipt.seq, dup=receipt.dup)
            )

    async def _handle(self, frame: AgentFrame) -> Receipt | None:
        """What concerns this console alone; all else is in the table of `agent_frames`."""
        match frame:
            case AgentWatch():
                await self._watch(frame)
            case AgentUnwatch():
                self._unwatch(frame.conversation)
            case AgentTyping():
                if self._mine(frame.conversation):
                    hint = {"role": "agent", "name": self._agent.name, "agent_id": self._agent.id}
                    hint["conversation"] = frame.conversation
                    self._consoles.doorbell.whisper(conversation_topic(frame.conversation), hint)
            case Ack():
                self._acknowledge(frame)
            case Ping():
                self.outlet.send(Head(conversation=None, seq=0))
            case _:
                return await self._consoles.frames.handle(self._agent.id, frame)
        return None

    def _acknowledge(self, frame: Ack) -> None:
        feed = self._feeds.get(frame.conversation or "")
        if feed is not None:
            delivered = min(frame.seq, feed.last)
            self._consoles.cursors.move(feed.conversation, "agent", delivered, min(frame.read, delivered))

    async def _watch(self, frame: AgentWatch) -> None:
        """Subscribe first, then read. A conversation that is watched already is sent again from there."""
        conversation, consoles = frame.conversation, self._consoles
        self._bell.add(conversation_topic(conversation))
        try:
            record = await consoles.store.read(partial(_handed_over, conversation))
            resumed = frame.epoch == record.epoch
            if resumed and frame.seq > record.last_seq:
                record, resumed = await consoles.store.write(
                    lambda tx: log_for(tx, conversation, frame.epoch, frame.seq)
                )
        except NotFound:
            self._unwatch(conversation)
            raise
        feed = self._feeds.get(conversation) or self._new_feed(conversation)
        feed.rewind(frame.seq if resumed else 0, record.last_seq)
        self.outlet.send(
            Watching(conversation=conversation, epoch=record.epoch, head=record.last_seq, resumed=resumed)
        )
        self._read(conversation)

    def _new_feed(self, conversation: str) -> Feed:
        """The one feed of this conversation: two would both send the same event."""
        if len(self._feeds) >= MOST_WATCHED:
            self._unwatch(next(iter(self._feeds)))
        feed = self._feeds[conversation] = Feed(conversation, 0, for_agent=True)
        self._consoles.switchboard.follow(feed)
        return feed

    def _unwatch(self, conversation: str) -> None:
        self._bell.remove(conversation_topic(conversation))
        feed = self._feeds.pop(conversation, None)
        if feed is not None:
            self._consoles.switchboard.unfollow(feed)

    def _mine(self, conversation: str) -> bool:
        """Whether this agent has the conversation, as last shown here."""
        feed = self._feeds.get(conversation)
        shown = feed.shown if feed else None
        return shown is not None and shown.agent is not None and shown.agent.id == self._agent.id

    # what goes to the agent

    def feeds(self) -> Collection[Feed]:
        return tuple(self._feeds.values())

    def beat(self, heads: dict[str, int]) -> None:
        self.outlet.send(Head(conversation=None, seq=0))
        for feed in self._feeds.values():
            if feed.conversation in heads:
                self.outlet.send(Head(conversation=feed.conversation, seq=heads[feed.conversation]))
                if heads[feed.conversation] > feed.last:
                    self._read(feed.conversation)

    def places_changed(self, agents_online: int) -> Awaitable[None] | None:
        return None

    def _heard(self, topic: str, hint: Json | None) -> None:
        if hint is None:
            self._read(topic.removeprefix(_TOPIC))
        elif hint.get("cursor") == "customer":
            self._show_cursor(topic.removeprefix(_TOPIC), int(hint["delivered"]), int(hint["read"]))
        elif hint.get("role") and hint.get("agent_id") != self._agent.id:
            self.outlet.send(Typing(conversation=hint["conversation"], role=hint["role"], name=hint["name"]))

    def _show_cursor(self, conversation: str, delivered: int, read: int) -> None:
        feed = self._feeds.get(conversation)
        if feed is None or not isinstance(shown := feed.shown, ConversationStatus):
            return
        changed = feed.changed(
            delivered_seq=max(shown.delivered_seq, delivered), read_seq=max(shown.read_seq, read)
        )
        if changed is not None:
            self.outlet.send(changed)

    def _read(self, conversation: str) -> None:
        self._behind.add(conversation)
        self._log_chore.ask()

    async def _catch_up(self) -> None:
        """Send what is new in every log that is behind, and each status when it changed."""
        while self._behind:
            conversation = self._behind.pop()
            try:
                ended = False
                while (feed := self._feeds.get(conversation)) and not ended:
                    ended = await self._next_page(feed)
                    await self.outlet.room()  # after the last page too: the next log has to fit as well
            except Exception:
                self._behind.add(conversation)
                raise

    async def _next_page(self, feed: Feed) -> bool:
        """Whether the log ended here."""
        records, status = await self._consoles.store.read(partial(self._look, feed.conversation, feed.last))
        if self._feeds.get(feed.conversation) is not feed:
            return True
        for event in feed.events(records):
            self.outlet.send(event)
        if status is None:
            return False
        if (news := feed.status(status)) is not None:
            self.outlet.send(news)
        return True

    def _look(
        self, conversation: str, after: int, tx: Transaction
    ) -> tuple[Sequence[EventRecord], ConversationStatus | None]:
        """A page of the log, and at its end how things stand."""
        records = tx.events(conversation, after, PAGE)
        at_the_end = len(records) < PAGE
        return records, self._consoles.views.conversation_in(tx, conversation) if at_the_end else None


def _handed_over(conversation: str, tx: Transaction) -> ConversationRecord:
    """Agents see only what came to a person. Raises NotFound."""
    record = tx.conversation(conversation)
    if not tx.was_handed_over(conversation):
        raise NotFound("There is no such conversation.")
    return record


_TOPIC = conversation_topic("")
