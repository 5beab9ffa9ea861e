"""The bot's turns: taken from the outbox one at a time per conversation, asked, and written under their fence.

A turn that fails, hangs or answers nonsense becomes a visible event and the offer of a person: silence never lasts longer
than `Patience.total_seconds`. It must not know how the bot is reached.
"""

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import structlog
from pydantic import ValidationError

from handoff import triggers, voice
from handoff.conversation import Owner
from handoff.errors import BotError, BotTimeout, BotUnavailable, StaleFence
from handoff.gist import NONE_BUTTON
from handoff.handover import call_person, touched
from handoff.log import CUSTOMER
from handoff.ports import (
    TURNS_TOPIC,
    Author,
    Bot,
    ConversationRecord,
    Doorbell,
    Json,
    Store,
    Transaction,
    TurnRecord,
    TurnReply,
    TurnRequest,
    conversation_topic,
)
from handoff.protocol import Contact
from handoff.queue import present
from handoff.quoting import Recognise
from handoff.situation import situation_of
from handoff.triggers import Handed, Happened, Occasion, Wish

BOT = Author("bot", voice.BOT_NAME)
ASKED = 5
"""Earlier questions that travel with a turn."""
POLL_SECONDS = 2.0
"""A lost ring costs at most this much."""
GIVE_UP_TRIES = 3
"""After as many a lost turn that cannot be given up is only ended, so that its conversation can go on."""
log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a turn may take. The total stays below the 30 s after which a customer must have seen something."""

    turn_seconds: float = 20.0
    heard_seconds: float = 2.0
    total_seconds: float = 28.0
    retry_seconds: float = 1.0
    at_once: int = 32


class Turns:
    """Runs the outbox until cancelled."""

    def __init__(
        self, store: Store, doorbell: Doorbell, bot: Bot, patience: Patience,
        clock: Callable[[], float] = time.monotonic, recognise: Recognise | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._doorbell = doorbell
        self._bot = bot
        self._patience = patience
        self._clock = clock
        self._recognise = recognise
        self._running: set[asyncio.Task[None]] = set()
        self._lost: list[TurnRecord] = []
        """Turns that broke off, by a bug or without a database: still to be given up where the customer sees it."""
        self._tries: Counter[int] = Counter()
        """How often that failed, by the turn's id."""

    async def run(self) -> None:
        """Take turns as they come. What another process left running waits again first."""
        bell = self._doorbell.subscribe(TURNS_TOPIC)
        reopened = False
        try:
            while True:
                try:
                    if not reopened:
                        await self._store.write(lambda tx: tx.reopen_turns())
                        reopened = True
                    await self._give_up_lost()
                    await self._start_waiting()
                except Exception:
                    log.warning("turns.outbox_unavailable", exc_info=True)
                await bell.wait(POLL_SECONDS)
        finally:
            bell.close()
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _start_waiting(self) -> None:
        while len(self._running) < self._patience.at_once:
            turn = await self._store.write(lambda tx: tx.take_turn())
            if turn is None:
                return
            task = asyncio.create_task(self._take(turn))
            self._running.add(task)
            task.add_done_callback(partial(self._done, turn))

    async def _give_up_lost(self) -> None:
        for turn in self._lost.copy():
            try:
                await self._give_up(turn)
            except Exception:  # without a database: all of them, and again at the next poll
                log.warning("turns.not_given_up", conversation=turn.conversation_id, exc_info=True)
                continue
            self._lost.remove(turn)
            del self._tries[turn.id]
            self._doorbell.ring(conversation_topic(turn.conversation_id))

    async def _give_up(self, turn: TurnRecord) -> None:
        """Fail the turn, or at last only end it. A database that takes the second but not the first is not away."""
        try:
            await self._store.write(partial(self._fail, turn))
        except Exception:
            self._tries[turn.id] += 1
            if self._tries[turn.id] < GIVE_UP_TRIES:
                raise
            await self._store.write(lambda tx: tx.finish_turn(turn.id, None))
            log.exception("turns.turn_dropped", conversation=turn.conversation_id)

    def _done(self, turn: TurnRecord, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception():
            log.error("turns.turn_lost", conversation=turn.conversation_id, exc_info=task.exception())
            self._lost.append(turn)
        self._doorbell.ring(TURNS_TOPIC)

    async def _take(self, turn: TurnRecord) -> None:
        request = await self._store.read(lambda tx: self._request(tx, turn))
        if request is None:  # an agent will answer: the bot is asked only while it owns the conversation
            await self._store.write(lambda tx: tx.finish_turn(turn.id, None))
            self._doorbell.ring(conversation_topic(turn.conversation_id))
            return
        try:
            reply = await self._ask(request, self._left(turn), again=turn.attempts > 1)
        except BotError as error:
            log.warning("turns.bot_failed", code=error.code, conversation=turn.conversation_id)
            await self._store.write(partial(self._fail, turn))
            self._doorbell.ring(conversation_topic(turn.conversation_id))
        else:
            self._doorbell.ring(*await self._store.write(lambda tx: self._apply(tx, turn, reply)))

    def _left(self, turn: TurnRecord) -> float:
        """Seconds until the customer must see something, counted from their message: it may have waited in line.

        A turn that is taken again after a restart has lost its time to us, not to the bot: it gets some anew.
        """
        waited = (datetime.now(UTC) - turn.created_at).total_seconds()
        left = self._patience.total_seconds - min(max(waited, 0.0), self._patience.total_seconds)
        return max(left, self._patience.turn_seconds / 2) if turn.attempts > 1 else left

    async def _ask(self, request: TurnRequest, seconds: float, *, again: bool) -> TurnReply:
        """The reply within `seconds`, after at most one repetition that first asks whether the turn was heard."""
        deadline = self._clock() + seconds
        if not again:
            try:
                return await self._reach(request, deadline, self._patience.turn_seconds)
            except BotError as error:
                log.info("turns.asking_again", code=error.code, conversation=request.conversation)
        with contextlib.suppress(BotError):
            patience = self._patience.heard_seconds
            heard = await _within(patience, self._bot.heard(request.conversation, request.cmid, patience))
            if heard is not None:
                return heard
        return await self._reach(request, deadline, deadline - self._clock())

    async def _reach(self, request: TurnRequest, deadline: float, timeout_seconds: float) -> TurnReply:
        """Ask; while nobody listens (still loading, being restarted) knock again until the time is over."""
        until = min(deadline, self._clock() + timeout_seconds)
        while (left := until - self._clock()) > 0:
            try:
                return await _within(left, self._bot.turn(request, left))
            except BotUnavailable:
                if until - self._clock() <= self._patience.retry_seconds:
                    raise
                await asyncio.sleep(self._patience.retry_seconds)
        raise BotTimeout("The bot did not answer in time.")

    def _request(self, tx: Transaction, turn: TurnRecord) -> TurnRequest | None:
        """What to ask the bot; None when the conversation is no longer the bot's."""
        conversation = tx.conversation(turn.conversation_id)
        try:
            conversation.ownership.check_bot(turn.fence)
        except StaleFence:
            return None
        asked = [
            reply["question"] for reply in tx.replies(turn.conversation_id, ASKED) if reply.get("question")
        ]
        return TurnRequest(
            conversation=conversation.id,
            cmid=turn.cmid,
            text=turn.text,
            payload=turn.payload,
            slots=conversation.slots,
            active_loop=conversation.active_loop,
            agents_online=bool(present(tx)),
            asked=tuple(asked[-ASKED:]),
        )

    def _apply(self, tx: Transaction, turn: TurnRecord, reply: TurnReply) -> tuple[str, ...]:
        """Write the reply under the fence it was asked with; too late, it is kept for agents and shown to no customer.

        Returns the topics to ring.
        """
        conversation = tx.conversation(turn.conversation_id)
        stored = asdict(reply) | {"answered": any(m["kind"] == "answer" for m in reply.messages)}
        tx.finish_turn(turn.id, stored)
        try:
            conversation.ownership.check_bot(turn.fence)
        except StaleFence:
            for index, message in enumerate(reply.messages):
                tx.append(
                    conversation.id, BOT, "suppressed", {"text": message["text"]}, f"bot:{turn.id}:{index}"
                )
            return touched(tx, conversation.id, conversation.ownership)
        for index, message in enumerate(reply.messages):
            kind, body = _event(tx, conversation.id, message, reply)
            tx.append(conversation.id, BOT, kind, body, f"bot:{turn.id}:{index}")
        self._remember(tx, conversation, reply)
        self._decide(tx, conversation, turn, reply)
        return touched(tx, conversation.id, conversation.ownership)

    def _remember(self, tx: Transaction, conversation: ConversationRecord, reply: TurnReply) -> None:
        unsure = conversation.unsure_in_a_row + (reply.wish in triggers.UNSURE)
        if reply.wish is None and any(message["kind"] == "answer" for message in reply.messages):
            unsure = 0
        values: Json = {"slots": reply.slots, "active_loop": reply.active_loop, "unsure_in_a_row": unsure}
        if reply.wish is None:
            values["waiting_since"] = None
        tx.update_conversation(conversation.id, **values)

    def _decide(
        self, tx: Transaction, before: ConversationRecord, turn: TurnRecord, reply: TurnReply
    ) -> None:
        online, conversation = bool(present(tx)), tx.conversation(before.id)
        situation = replace(
            situation_of(tx, conversation, online, turn.cmid),
            unsure_in_a_row=before.unsure_in_a_row,
            in_form=before.active_loop is not None or conversation.active_loop is not None,
        )
        contact = _contact(reply.slots) if reply.wish == "contact" else None
        # nobody can write to an address that is none: then it is a wish for a person like any other
        wish = "person" if reply.wish == "contact" and contact is None else reply.wish
        decision = triggers.decide(_occasion(tx, conversation, turn, reply, wish), situation)
        if contact:
            tx.name_customer(conversation.customer_id, contact["name"], contact["email"])
        call_person(tx, tx.conversation(conversation.id), decision, online, contact, self._recognise)

    def _fail(self, turn: TurnRecord, tx: Transaction) -> None:
        tx.finish_turn(turn.id, None)
        conversation = tx.conversation(turn.conversation_id)
        if conversation.ownership.owner is Owner.BOT and conversation.ownership.fence == turn.fence:
            online = bool(present(tx))
            situation = situation_of(tx, conversation, online, turn.cmid)
            failed = Occasion(Happened.FAILED, _seq(tx, turn))
            call_person(tx, conversation, triggers.decide(failed, situation), online, None, self._recognise)


def _occasion(
    tx: Transaction, conversation: ConversationRecord, turn: TurnRecord, reply: TurnReply, wish: Wish | None
) -> Occasion:
    """What the triggers are told of a reply that was just written."""
    kinds = {message["kind"] for message in reply.messages}
    hit: Json = next((message["hit"] for message in reply.messages if message["kind"] == "answer"), {})
    return Occasion(
        Happened.REPLIED,
        _seq(tx, turn),
        wish=wish,
        wished_surely=_sureness(reply) if turn.text else 1.0,
        asked_back="choices" in kinds and "answer" not in kinds,
        answered="answer" in kinds,
        handed=Handed(hit["article_title"], conversation.last_seq) if hit.get("always_person") else None,
    )


def _sureness(reply: TurnReply) -> float:
    """How sure the bot was of what was wanted; a button leaves no doubt, and neither does a form that is complete."""
    return float(reply.intents[0]["confidence"]) if reply.intents and reply.wish != "contact" else 1.0


def _seq(tx: Transaction, turn: TurnRecord) -> int | None:
    """Where that stands which the turn replies to."""
    event = tx.find_cmid(turn.conversation_id, CUSTOMER, turn.cmid)
    return event.seq if event else None


def _event(tx: Transaction, conversation_id: str, message: Json, reply: TurnReply) -> tuple[str, Json]:
    """Kind and body of the event for one message of the bot. Buttons get opaque ids."""
    match message["kind"]:
        case "answer":
            return "answer", {"text": message["text"], "hit": message["hit"], "confidence": reply.confidence}
        case "choices":
            return "choices", {"text": message["text"], **_buttons(tx, conversation_id, message["choices"])}
    return "message", {"text": message["text"]}


def _buttons(tx: Transaction, conversation_id: str, offered: Sequence[Json]) -> Json:
    """Buttons for what is offered, and one that turns it all down; there is nothing to turn down in further questions."""
    none = {"label": voice.NONE_OF_THESE, "intent": "none_of_these", "entities": {}}
    told: Json = {"choices": []}
    for choice in [*offered, *([] if offered[0]["intent"] == "ask_this" else [none])]:
        choice_id = secrets.token_hex(8)
        payload = {"intent": choice["intent"], "entities": choice.get("entities", {})}
        tx.add_choice(choice_id, conversation_id, choice["label"], payload)
        told["choices"].append({"id": choice_id, "label": choice["label"]})
        if choice is none:
            told[NONE_BUTTON] = choice_id
    return told


def _contact(slots: Json) -> Json | None:
    """The details in the slots of a form, None when nobody could write to them."""
    try:
        said = {key: slots.get(f"contact_{key}") for key in Contact.model_fields}
        contact = Contact.model_validate({key: value for key, value in said.items() if value is not None})
    except ValidationError:
        return None
    return contact.model_dump()


async def _within(seconds: float, answer: Awaitable[T]) -> T:
    """The answer, or BotTimeout: whatever the bot does with its own time limit."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        raise BotTimeout("The bot did not answer in time.") from error
