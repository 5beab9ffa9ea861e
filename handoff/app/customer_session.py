"""One customer's connection, whatever carries it: frames in, what they do at the desk, frames out.

Subscribe first, then read: whatever is committed in between is found by the read, and a ring for it costs one empty read.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from handoff import voice
from handoff.app.chore import Chore, failed
from handoff.app.cursors import Cursors
from handoff.app.feed import PAGE, Feed
from handoff.app.inbound import agreed_version, cmid_of, parsed
from handoff.app.limits import Limiter
from handoff.app.link import Hangup, Outlet
from handoff.app.pace import Pace
from handoff.app.problems import rejected
from handoff.app.switchboard import Switchboard
from handoff.desk import Desk, Seat
from handoff.errors import RateLimited
from handoff.log import Receipt
from handoff.ports import (
    ConversationRecord,
    Doorbell,
    EventRecord,
    Json,
    Store,
    Transaction,
    conversation_topic,
)
from handoff.presence import Board
from handoff.protocol import (
    CUSTOMER_FRAMES,
    Accepted,
    Ack,
    CustomerAskPerson,
    CustomerChoose,
    CustomerClose,
    CustomerContact,
    CustomerCorrectCard,
    CustomerFeedback,
    CustomerFrame,
    CustomerHello,
    CustomerLeaveQueue,
    CustomerRate,
    CustomerSend,
    CustomerStatus,
    CustomerTyping,
    CustomerWelcome,
    Head,
    Ping,
    Typing,
)
from handoff.protocol.closing import RATE_LIMITED, TOO_MANY, Closing

MOST_OF_CUSTOMER = 8
"""Connections of one customer at once: as many tabs."""
BURST = 10
"""Messages at once, before the pace counts."""
TYPING_A_SECOND = 1.0
REWINDS_A_MINUTE = 10.0
TRY_AGAIN_SECONDS = 30.0
REMEMBERED_SECONDS = 60.0
"""How long paces hold beyond the last connection: a long-poll hangs up with every reply."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How much one customer, or one address, may do."""

    frames_per_10_seconds: int
    messages_per_minute: int
    conversations_per_hour: int


Look = tuple[Sequence[EventRecord], CustomerStatus | None]
Count = Callable[[Transaction], int]


@dataclass(frozen=True, slots=True)
class Opening:
    """How a session begins: who it is, how much of the log they have, and what of it was read already."""

    seat: Seat
    last: int
    records: Sequence[EventRecord]
    status: CustomerStatus | None


class _Early:
    """Hears what happens while somebody is seated."""

    __slots__ = ("rung",)

    def __init__(self) -> None:
        self.rung = False

    def heard(self, _topic: str, _hint: Json | None) -> None:
        self.rung = True


@dataclass(slots=True)
class Visitor:
    """What all connections of one customer share."""

    frames: Pace
    messages: Pace
    typing: Pace = field(default_factory=lambda: Pace(2.0, TYPING_A_SECOND))
    rewinds: Pace = field(default_factory=lambda: Pace(REWINDS_A_MINUTE, REWINDS_A_MINUTE / 60))
    connections: int = 0
    left_at: float = field(default_factory=time.monotonic)


class Customers:
    """Seats customers, and holds what their sessions work with."""

    def __init__(
        self, store: Store, doorbell: Doorbell, desk: Desk, board: Board, limiter: Limiter, switchboard: Switchboard,
        cursors: Cursors, allowed: Allowed,
    ) -> None:  # fmt: skip
        self.store = store
        self.doorbell = doorbell
        self.desk = desk
        self.board = board
        self.limiter = limiter
        self.switchboard = switchboard
        self.cursors = cursors
        self.allowed = allowed
        self._visitors: dict[str, Visitor] = {}

    async def seated(self, hello: CustomerHello, address: str, outlet: Outlet) -> "CustomerSession":
        """The session of whoever says hello; `leave` ends it. Raises Hangup, or HandoffError when nobody can be seated."""
        version = agreed_version(hello.version, hello.oldest)
        if isinstance(version, Closing):
            raise Hangup(version)
        early = _Early()  # subscribe first, then read
        bell = self.doorbell.subscribe(conversation_topic(hello.conversation or ""), heard=early.heard)
        try:
            opening = await self.store.read(partial(self._returning, hello, self.switchboard.online_count()))
            if opening is None:
                opening = await self._newcomer(hello, address)
            session = CustomerSession(self, outlet, opening.seat, self._enter(opening.seat.customer_id))
            session.begin(opening, version)
            if early.rung or opening.status is None or opening.seat.conversation_id != hello.conversation:
                session.catch_up()
        finally:
            bell.close()
        return session

    def _returning(self, hello: CustomerHello, online: Count, tx: Transaction) -> "Opening | None":
        """Everything that a customer needs who comes back, in one read."""
        found = self.desk.returning(tx, hello)
        if found is None:
            return None
        seat, conversation = found
        last = hello.seq if seat.resumed else 0
        return Opening(seat, last, *self.look(tx, conversation, last, online))

    async def _newcomer(self, hello: CustomerHello, address: str) -> "Opening":
        try:
            await self.limiter.check(f"new:{address}", self.allowed.conversations_per_hour, 3600)
        except RateLimited as error:
            raise Hangup(RATE_LIMITED, error.message, wait=error.retry_after_seconds) from error
        seat = await self.desk.hello(hello)
        return Opening(seat, hello.seq if seat.resumed else 0, (), None)

    def look(self, tx: Transaction, conversation: ConversationRecord, after: int, online: Count) -> Look:
        """A page of the log, and at its end how things stand."""
        records = tx.events(conversation.id, after, PAGE) if conversation.last_seq > after else ()
        if len(records) == PAGE:
            return records, None
        return records, self.desk.status_in(tx, conversation, online(tx))

    def _enter(self, customer_id: str) -> Visitor:
        visitor = self._visitors.get(customer_id) or Visitor(
            Pace(self.allowed.frames_per_10_seconds, self.allowed.frames_per_10_seconds / 10),
            Pace(max(BURST, self.allowed.messages_per_minute / 60), self.allowed.messages_per_minute / 60),
        )
        if visitor.connections >= MOST_OF_CUSTOMER:
            raise Hangup(TOO_MANY, wait=TRY_AGAIN_SECONDS)
        visitor.connections += 1
        self._visitors[customer_id] = visitor
        self.board.enter(customer_id)
        return visitor

    def left(self, customer_id: str) -> None:
        self.board.leave(customer_id)
        visitor = self._visitors.pop(customer_id)
        visitor.connections -= 1
        visitor.left_at = time.monotonic()
        self._visitors[customer_id] = visitor  # whoever left last stands last
        self._forget(visitor.left_at - REMEMBERED_SECONDS)

    def _forget(self, before: float) -> None:
        """Those whose paces have long filled up again."""
        while (first := next(iter(self._visitors.items()), None)) and first[1].left_at < before:
            visitor = self._visitors.pop(first[0])
            if visitor.connections:
                visitor.left_at = time.monotonic()
                self._visitors[first[0]] = visitor


class CustomerSession:
    __slots__ = ("_bell", "_chore", "_customers", "_feed", "_seat", "_visitor", "outlet", "round")

    def __init__(self, customers: Customers, outlet: Outlet, seat: Seat, visitor: Visitor) -> None:
        self._customers = customers
        self._seat = seat
        self._visitor = visitor
        self._feed = Feed(seat.conversation_id, 0, for_agent=False)
        self._chore = Chore(self._catch_up, self._failed)
        self.outlet = outlet
        self.round = 0

    def begin(self, opening: "Opening", version: int) -> None:
        seat, customers = self._seat, self._customers
        self._feed.last = opening.last
        self._bell = customers.doorbell.subscribe(conversation_topic(seat.conversation_id), heard=self._heard)
        customers.switchboard.follow(self._feed)
        self.outlet.send(
            CustomerWelcome(
                version=version, token=seat.token, conversation=seat.conversation_id, epoch=seat.epoch, head=seat.head,
                resumed=seat.resumed, bot_name=voice.BOT_NAME, greeting=voice.GREETING,
            )
        )  # fmt: skip
        customers.switchboard.join(self)
        self._show(opening.records, opening.status)

    def catch_up(self) -> None:
        self._chore.ask()

    def leave(self) -> None:
        self._bell.close()
        self._chore.drop()
        self._customers.switchboard.leave(self)
        self._customers.switchboard.unfollow(self._feed)
        self._customers.left(self._seat.customer_id)

    async def settled(self) -> None:
        """Until everything is sent that there is to send."""
        await self._chore.done()

    # what comes from the customer

    async def take(self, text: str) -> None:
        """One frame. Whatever is wrong with it is answered, and the conversation goes on."""
        cmid: str | None = None
        try:
            self._pass(self._visitor.frames)
            frame = parsed(CUSTOMER_FRAMES, text)
            cmid = getattr(frame, "cmid", None)
            receipt = await self._handle(frame)
        except Exception as error:  # noqa: BLE001 - the edge: one bad frame must not end the conversation
            self.outlet.send(rejected(error, cmid or cmid_of(text), self._seat.conversation_id))
            return
        if receipt and cmid:
            self.outlet.send(
                Accepted(cmid=cmid, conversation=receipt.conversation, seq=receipt.seq, dup=receipt.dup)
            )

    def _pass(self, pace: Pace) -> None:
        if wait := pace.wait(time.monotonic()):
            raise RateLimited(
                "That was a lot at once. Wait a moment and try again.", max(1.0, round(wait, 1))
            )

    async def _handle(self, frame: CustomerFrame) -> Receipt | None:
        match frame:
            case CustomerTyping():
                if not self._visitor.typing.wait(time.monotonic()):
                    conversation = self._seat.conversation_id
                    hint = {"role": "customer", "name": "Customer", "conversation": conversation}
                    self._customers.doorbell.whisper(conversation_topic(conversation), hint)
            case Ack():
                delivered = min(frame.seq, self._feed.last)
                self._customers.cursors.move(
                    self._seat.conversation_id, "customer", delivered, min(frame.read, delivered)
                )
            case Ping():
                await self._say_head()
            case CustomerHello():
                self._pass(self._visitor.rewinds)
                heads = await self._heads()
                self._feed.rewind(frame.seq if frame.epoch == self._seat.epoch else 0, heads)
                self._chore.ask()
            case _:
                return await self._write(frame)
        return None

    async def _write(self, frame: CustomerFrame) -> Receipt | None:
        """Frames that write into the log."""
        self._pass(self._visitor.messages)
        desk, conversation = self._customers.desk, self._seat.conversation_id
        match frame:
            case CustomerSend():
                return await desk.send(conversation, frame.text, frame.cmid)
            case CustomerChoose():
                return await desk.choose(conversation, frame.choice_id, frame.cmid)
            case CustomerAskPerson():
                return await desk.ask_person(conversation, frame.cmid)
            case CustomerLeaveQueue():
                return await desk.leave_queue(conversation, frame.solved, frame.cmid)
            case CustomerFeedback():
                return await desk.feedback(conversation, frame.answer_seq, frame.helpful, frame.cmid)
            case CustomerContact():
                return await desk.leave_contact(conversation, frame.contact.model_dump(), frame.cmid)
            case CustomerCorrectCard():
                lines = frame.model_dump(include={"want", "about", "tried"})
                return await desk.correct_card(conversation, lines, frame.cmid)
            case CustomerRate():
                return await desk.rate(conversation, frame.score, frame.comment, frame.cmid)
            case CustomerClose():
                return await desk.close(conversation, frame.cmid)
        return None

    # what goes to the customer

    def feeds(self) -> Collection[Feed]:
        return (self._feed,)

    def beat(self, heads: dict[str, int]) -> None:
        head = heads.get(self._feed.conversation, 0)
        self.outlet.send(Head(conversation=self._feed.conversation, seq=head))
        if head > self._feed.last:
            self._chore.ask()

    def places_changed(self, agents_online: int) -> Awaitable[None] | None:
        if self._feed.shown is not None and self._feed.shown.owner == "queue":
            self._chore.ask()
            return self._chore.done()
        changed = self._feed.changed(agents_online=agents_online)
        if changed is not None:
            self.outlet.send(changed)
        return None

    def _heard(self, _topic: str, hint: Json | None) -> None:
        if hint is None:
            self._chore.ask()
        elif hint.get("cursor") == "agent":
            shown = self._feed.shown
            if isinstance(shown, CustomerStatus) and (read := int(hint["read"])) > shown.read_seq:
                self.outlet.send(self._feed.changed(read_seq=read) or shown)
        elif hint.get("role") in ("agent", "bot"):
            self.outlet.send(Typing(conversation=hint["conversation"], role=hint["role"], name=hint["name"]))

    async def _catch_up(self) -> None:
        """Send what is new, and the status when it changed: one read, unless there is more than a page."""
        customers = self._customers
        while True:
            look = partial(self._look, self._feed.last, customers.switchboard.online_count())
            if self._show(*await customers.store.read(look)):
                return
            await self.outlet.room()

    def _look(self, after: int, online: Count, tx: Transaction) -> Look:
        return self._customers.look(tx, tx.conversation(self._feed.conversation), after, online)

    def _show(self, records: Sequence[EventRecord], status: CustomerStatus | None) -> bool:
        """Whether the log ended here."""
        for event in self._feed.events(records):
            self.outlet.send(event)
        if status is None:
            return False
        if (news := self._feed.status(status)) is not None:
            self.outlet.send(news)
        return True

    def _failed(self, error: Exception) -> None:
        failed(error, self._chore, self.outlet)

    async def _heads(self) -> int:
        conversation = self._feed.conversation
        heads = await self._customers.store.read(lambda tx: tx.heads([conversation]))
        return heads.get(conversation, 0)

    async def _say_head(self) -> None:
        self.outlet.send(Head(conversation=self._feed.conversation, seq=await self._heads()))
