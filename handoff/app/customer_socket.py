"""The customer's socket: thin I/O around the desk.

Subscribe first, then read: whatever is committed in between is found by the read, and a ring for it costs one empty read.
"""

from functools import partial

from fastapi import WebSocket
from pydantic import ValidationError

from handoff import voice
from handoff.app.limits import Limiter
from handoff.app.link import (
    BAD_FRAME,
    FOREIGN_ORIGIN,
    HEAD_SECONDS,
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
from handoff.desk import Desk, Seat, hashed
from handoff.errors import HandoffError
from handoff.log import Receipt
from handoff.ports import PLACES_TOPIC, Doorbell, Store, Subscription, conversation_topic
from handoff.presence import Board
from handoff.protocol import (
    CUSTOMER_FRAMES,
    Accepted,
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
    CustomerTyping,
    CustomerWelcome,
    Ping,
)

REWINDS = 10
"""Times a minute that one customer may have the log sent again on the same socket."""


class CustomerSockets:
    def __init__(
        self, store: Store, doorbell: Doorbell, desk: Desk, customers: Board, sessions: Sessions, limiter: Limiter,
        frames_per_10_seconds: int, conversations_per_hour: int,
    ) -> None:  # fmt: skip
        self._store = store
        self._doorbell = doorbell
        self._desk = desk
        self._customers = customers
        self._sessions = sessions
        self._limiter = limiter
        self._frames = frames_per_10_seconds
        self._newcomers = conversations_per_hour

    async def serve(self, websocket: WebSocket) -> None:
        async with opened(websocket) as link:
            if not self._sessions.may_embed(websocket):
                raise Hangup(FOREIGN_ORIGIN, "foreign_origin", "This website may not use this chat.")
            hello = _hello(await link.first())
            check_version(hello.version)
            address = websocket.client.host if websocket.client else ""
            try:
                if not await self._is_known(hello.token):
                    await self._limiter.check(f"new:{address}", self._newcomers, 3600)
                seat = await self._desk.hello(hello)
            except HandoffError as error:
                raise Hangup(BAD_FRAME, error.code, error.message) from error
            await self._talk(link, hello, seat)

    async def _is_known(self, token: str | None) -> bool:
        if token is None:
            return False
        return await self._store.read(lambda tx: tx.customer_by_token(hashed(token))) is not None

    async def _talk(self, link: Link, hello: CustomerHello, seat: Seat) -> None:
        bell = self._doorbell.subscribe(conversation_topic(seat.conversation_id), PLACES_TOPIC)
        self._customers.enter(seat.customer_id)
        try:
            link.send(
                CustomerWelcome(
                    token=seat.token,
                    conversation=seat.conversation_id,
                    epoch=seat.epoch,
                    head=seat.head,
                    resumed=seat.resumed,
                    bot_name=voice.BOT_NAME,
                    greeting=voice.GREETING,
                )
            )
            status = partial(self._desk.status, seat.conversation_id)
            last = hello.seq if seat.resumed else 0
            reader = LogReader(self._store, link, seat.conversation_id, last, status, for_agent=False)
            await link.run(
                partial(self._listen, link, seat, reader),
                partial(self._follow, link, reader, bell),
                reader.beat,
            )
        finally:
            self._customers.leave(seat.customer_id)
            bell.close()

    async def _follow(self, link: Link, reader: LogReader, bell: Subscription) -> None:
        await reader.catch_up()
        while True:
            rung, hints = await bell.wait(HEAD_SECONDS)
            for hint in hints:
                if hint["role"] != "customer":
                    link.send(typing(hint))
            if rung:
                await reader.catch_up()

    async def _listen(self, link: Link, seat: Seat, reader: LogReader) -> None:
        while True:
            text = await link.receive()
            cmid: str | None = None
            try:
                self._limiter.check_here(f"frames:{seat.customer_id}", self._frames, 10)
                frame = CUSTOMER_FRAMES.validate_json(text)
                cmid = getattr(frame, "cmid", None)
                receipt = await self._handle(frame, seat, reader)
            except Exception as error:  # noqa: BLE001 - the edge: one bad frame must not end the conversation
                link.send(rejected(error, cmid or cmid_of(text), seat.conversation_id))
                continue
            if receipt and cmid:
                link.send(
                    Accepted(cmid=cmid, conversation=receipt.conversation, seq=receipt.seq, dup=receipt.dup)
                )

    async def _handle(self, frame: CustomerFrame, seat: Seat, reader: LogReader) -> Receipt | None:
        desk, conversation = self._desk, seat.conversation_id
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
            case _:
                await self._handle_unwritten(frame, seat, reader)
                return None

    async def _handle_unwritten(self, frame: CustomerFrame, seat: Seat, reader: LogReader) -> None:
        """Frames that write no event."""
        match frame:
            case CustomerTyping():
                hint = {"role": "customer", "name": "Customer", "conversation": seat.conversation_id}
                self._doorbell.whisper(conversation_topic(seat.conversation_id), hint)
            case Ping():
                await reader.head()
            case CustomerHello():
                self._limiter.check_here(f"rewind:{seat.customer_id}", REWINDS, 60)
                await reader.rewind(frame.seq if frame.epoch == seat.epoch else 0)


def _hello(text: str) -> CustomerHello:
    try:
        frame = CUSTOMER_FRAMES.validate_json(text)
    except ValidationError as error:
        raise Hangup(BAD_FRAME, "bad_frame", "The first frame was not understood.") from error
    if not isinstance(frame, CustomerHello):
        raise Hangup(BAD_FRAME, "no_hello", "Say hello first.")
    return frame
