"""The customer's side of a conversation: what they do, what the bot replies, when a person is called.

Each operation is one transaction, and only after its commit do the bells ring. Whether a person is needed is decided in
`handoff.triggers` alone; who owns the conversation, in `handoff.conversation`. It must not know sockets or SQL.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handoff import triggers, voice
from handoff.asking_bot import ask_bot
from handoff.conversation import Move, Owner
from handoff.customer_card import Cards
from handoff.errors import BadInput, IllegalMove, NotFound
from handoff.handover import (
    ask_bot_again,
    call_person,
    close,
    contact_received,
    leave_live_handoff,
    touched,
)
from handoff.judging import Judging
from handoff.log import CUSTOMER, SYSTEM, Receipt, card, known, log_for, new_epoch
from handoff.ports import (
    TURNS_TOPIC,
    ConversationRecord,
    Doorbell,
    Json,
    Store,
    Transaction,
    conversation_topic,
)
from handoff.protocol import CustomerHello, CustomerStatus
from handoff.quoting import Recognise
from handoff.situation import situation_of
from handoff.triggers import Happened, Occasion
from handoff.waiting import Waits, present, wait_of

BRIEF_WORDS = 6
"""Up to here a message that asks for a person is only that, also where the form asks what it is about."""
OF_ONE_MATTER = frozenset({"clarified", "rejected", "offered"})
"""Slots about what was asked back and turned down: another matter begins without them."""
NEW_AFTER = timedelta(hours=12)
"""A closed conversation is taken up again for this long; later, a new one begins."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A customer at the desk: who they are, and the conversation they came back to."""

    customer_id: str
    token: str
    conversation_id: str
    epoch: str
    head: int
    resumed: bool


class Desk:
    def __init__(
        self,
        store: Store,
        doorbell: Doorbell,
        judging: Judging | None = None,
        recognise: Recognise | None = None,
        waits: Waits | None = None,
        turns_in_line: int | None = None,
    ) -> None:
        self._store = store
        self._turns_in_line = turns_in_line
        self._waits = waits or Waits()
        self._doorbell = doorbell
        self._judging = judging
        self._recognise = recognise
        self._cards = Cards(recognise)

    def returning(self, tx: Transaction, frame: CustomerHello) -> tuple[Seat, ConversationRecord] | None:
        """The seat of a customer who has a conversation already; None for everybody else. Reads only.

        Also none for who has more of the log than there is: `hello` has to give it another epoch.
        """
        conversation = tx.latest_of_token(hashed(frame.token)) if frame.token else None
        if conversation is None or _is_over(conversation):
            return None
        resumed = frame.conversation == conversation.id and frame.epoch == conversation.epoch
        if resumed and frame.seq > conversation.last_seq:
            return None
        owner, token, head = conversation.customer_id, str(frame.token), conversation.last_seq
        return Seat(owner, token, conversation.id, conversation.epoch, head, resumed), conversation

    async def hello(self, frame: CustomerHello) -> Seat:
        """Seat a customer. An unknown token is a new customer; a foreign conversation is never opened."""

        def change(tx: Transaction) -> Seat:
            known_customer = tx.customer_by_token(hashed(frame.token)) if frame.token else None
            token = frame.token if known_customer and frame.token else secrets.token_urlsafe(32)
            customer_id = known_customer.id if known_customer else _new_id()
            if known_customer is None:
                tx.add_customer(customer_id, hashed(token))
            current = (_current(tx, customer_id) or _begin(tx, customer_id, frame)).id
            epoch = frame.epoch if frame.conversation == current else None
            conversation, resumed = log_for(tx, current, epoch, frame.seq)
            return Seat(customer_id, token, current, conversation.epoch, conversation.last_seq, resumed)

        return await self._store.write(change)

    async def customer_of(self, token: str, conversation_id: str) -> str:
        """The customer whom `token` proves, if the conversation is theirs. Raises NotFound otherwise."""

        def query(tx: Transaction) -> str:
            customer = tx.customer_by_token(hashed(token))
            if customer is None or tx.conversation(conversation_id).customer_id != customer.id:
                raise NotFound("There is no such conversation.")
            return customer.id

        return await self._store.read(query)

    async def send(self, conversation_id: str, text: str, cmid: str) -> Receipt:
        """A message of the customer. Asks the bot, or calls a person if that is what the message asks for."""

        def act(tx: Transaction, conversation: ConversationRecord, seq: int) -> None:
            if conversation.ownership.owner is not Owner.BOT:
                return
            if triggers.asks_for_person(text) and not _fills_in(conversation, text):
                self._asked(tx, conversation, cmid, seq)
            else:
                self._ask_bot(tx, conversation, cmid, seq, text)

        return await self._customer_event(
            conversation_id, "message", {"text": text}, cmid, act, needs_answer=True
        )

    async def choose(self, conversation_id: str, choice_id: str, cmid: str) -> Receipt:
        """A button of the bot. What it stands for is known here alone."""
        label, payload = await self._store.read(lambda tx: tx.choice(conversation_id, choice_id))

        def act(tx: Transaction, conversation: ConversationRecord, seq: int) -> None:
            if conversation.ownership.owner is Owner.BOT:
                asks = payload["entities"].get("question") if payload["intent"] == "ask_this" else None
                self._ask_bot(tx, conversation, cmid, seq, asks, None if asks else payload)

        body = {"choice_id": choice_id, "label": label}
        return await self._customer_event(conversation_id, "chosen", body, cmid, act, needs_answer=True)

    async def ask_person(self, conversation_id: str, cmid: str) -> Receipt:
        """The button that is always there."""

        def act(tx: Transaction, conversation: ConversationRecord, seq: int) -> None:
            if conversation.ownership.owner is Owner.BOT:
                self._asked(tx, conversation, cmid, seq)

        body = {"choice_id": "person", "label": voice.ASK_PERSON}
        return await self._customer_event(conversation_id, "chosen", body, cmid, act, needs_answer=True)

    async def leave_queue(self, conversation_id: str, solved: bool, cmid: str) -> Receipt:
        """Out of the queue: back to the bot, or done. From the bot, "stay" is only remembered."""

        def act(tx: Transaction, conversation: ConversationRecord, _seq: int) -> None:
            tx.update_conversation(conversation.id, declined=True, unsure_in_a_row=0)
            if conversation.ownership.owner is Owner.QUEUE and not solved:
                leave_live_handoff(tx, conversation, Move.LEAVE_QUEUE, None)
                tx.append(conversation.id, SYSTEM, "notice", {"code": "left_queue", "text": voice.LEFT_QUEUE})
                ask_bot_again(tx, conversation)
            elif solved and conversation.ownership.owner is not Owner.CLOSED:
                close(tx, conversation, "solved")

        body = (
            {"choice_id": "sorted", "label": voice.SORTED}
            if solved
            else {"choice_id": "stay", "label": voice.STAY_WITH_BOT}
        )
        return await self._customer_event(conversation_id, "chosen", body, cmid, act)

    async def feedback(self, conversation_id: str, answer_seq: int, helpful: bool, cmid: str) -> Receipt:
        """Thumbs on an answer."""

        def act(tx: Transaction, conversation: ConversationRecord, _seq: int) -> None:
            if conversation.ownership.owner is not Owner.BOT:
                return
            self._call(tx, conversation, Occasion(Happened.JUDGED, answer_seq, helpful=helpful))

        body = {"answer_seq": answer_seq, "helpful": helpful}
        if not await self._store.read(lambda tx: _is_answer(tx, conversation_id, answer_seq)):
            raise BadInput("Only an answer of the bot can be judged.")
        receipt = await self._customer_event(conversation_id, "feedback", body, cmid, act)
        if self._judging and not receipt.dup:
            await self._judging.thumb(conversation_id, answer_seq, helpful)
        return receipt

    async def leave_contact(self, conversation_id: str, contact: Json, cmid: str) -> Receipt:
        """Name, e-mail or telephone, and what it is about: queued, so that somebody writes or calls.

        Who waits already keeps their place.
        """

        def act(tx: Transaction, conversation: ConversationRecord, seq: int) -> None:
            reached = {key: contact.get(key, "") for key in ("email", "phone")}
            tx.name_customer(conversation.customer_id, contact["name"], **reached)
            if conversation.ownership.owner is Owner.BOT:
                left = Occasion(Happened.LEFT_DETAILS, seq)
                self._call(tx, conversation, left, contact)
            else:
                contact_received(tx, conversation, contact)

        return await self._customer_event(
            conversation_id, "contact", {"contact": contact}, cmid, act, needs_answer=True
        )

    async def correct_card(self, conversation_id: str, lines: Json, cmid: str) -> Receipt:
        """Lines of the card as the customer wants them told: null stays, empty is left out. Until the conversation ends."""
        if all(text is None for text in lines.values()):
            raise BadInput("Nothing was changed.")

        def act(_tx: Transaction, conversation: ConversationRecord, _seq: int) -> None:
            if conversation.ownership.owner is Owner.CLOSED:
                raise IllegalMove("This conversation is closed.")

        return await self._customer_event(conversation_id, "correction", lines, cmid, act)

    async def rate(self, conversation_id: str, score: int, comment: str, cmid: str) -> Receipt:
        """How it went, once for each time the conversation was closed."""

        def act(tx: Transaction, conversation: ConversationRecord, _seq: int) -> None:
            if conversation.ownership.owner is not Owner.CLOSED or conversation.rated:
                raise IllegalMove("This conversation cannot be rated now.")
            tx.update_conversation(conversation.id, rated=True)

        return await self._customer_event(
            conversation_id, "rating", {"score": score, "comment": comment}, cmid, act, reopens=False
        )

    async def close(self, conversation_id: str, cmid: str) -> Receipt:
        def act(tx: Transaction, conversation: ConversationRecord, _seq: int) -> None:
            if conversation.ownership.owner is not Owner.CLOSED:
                close(tx, conversation, None)

        body = {"choice_id": "close", "label": voice.END}
        return await self._customer_event(conversation_id, "chosen", body, cmid, act, reopens=False)

    async def status(self, conversation_id: str) -> CustomerStatus:
        """Where the customer stands now."""
        return await self._store.read(lambda tx: self.status_in(tx, tx.conversation(conversation_id)))

    def status_in(
        self, tx: Transaction, conversation: ConversationRecord, agents_online: int | None = None
    ) -> CustomerStatus:
        """The same, within a transaction that has read this already."""
        ownership, conversation_id = conversation.ownership, conversation.id
        is_handed_over = ownership.owner in (Owner.QUEUE, Owner.AGENT)
        handoff = tx.live_handoff(conversation_id) if is_handed_over else None
        wait = wait_of(tx, handoff, self._waits) if handoff and handoff.state == "waiting" else None
        away = handoff is not None and handoff.agent_away
        return CustomerStatus(
            conversation=conversation_id,
            owner=ownership.owner.value,
            agent=card(tx.agent(ownership.agent_id)) if ownership.agent_id else None,
            queue=wait.place if wait else None,
            agents_online=len(present(tx)) if agents_online is None else agents_online,
            bot_thinking=ownership.owner is Owner.BOT and tx.turn_open(conversation_id),
            may_rate=ownership.owner is Owner.CLOSED and not conversation.rated,
            agent_away=away,
            read_seq=tx.cursor(conversation_id, "agent").read_seq if ownership.fence else 0,
            may_leave_details=away or (wait is not None and wait.long),
            card=self._cards.of(tx, conversation),
        )

    # inside the transaction

    async def _customer_event(
        self,
        conversation_id: str,
        kind: str,
        body: Json,
        cmid: str,
        act: Callable[[Transaction, ConversationRecord, int], None],
        *,
        needs_answer: bool = False,
        reopens: bool = True,
    ) -> Receipt:
        """Append what the customer did and act on it, in one transaction; the same cmid again changes nothing."""

        def change(tx: Transaction) -> tuple[Receipt, tuple[str, ...]]:
            conversation = tx.conversation(conversation_id)
            repeated = known(tx, conversation_id, CUSTOMER, kind, body, cmid)
            if repeated:
                return repeated, (conversation_topic(conversation_id),)
            seq = tx.append(conversation_id, CUSTOMER, kind, body, cmid)
            if needs_answer and conversation.waiting_since is None:
                tx.update_conversation(conversation_id, waiting_since=datetime.now(UTC))
            if needs_answer and reopens and conversation.ownership.owner is Owner.CLOSED:
                _reopen(tx, conversation)
            act(tx, tx.conversation(conversation_id), seq)
            topics = touched(tx, conversation_id, conversation.ownership)
            asks = tx.conversation(conversation_id).ownership.owner is Owner.BOT
            return Receipt(conversation_id, seq), (*topics, TURNS_TOPIC) if asks else topics

        receipt, topics = await self._store.write(change)
        self._doorbell.ring(*topics)
        return receipt

    def _asked(self, tx: Transaction, conversation: ConversationRecord, cmid: str, seq: int) -> None:
        asked = Occasion(Happened.ASKED, seq)
        if self._call(tx, conversation, asked).step is triggers.Step.ASK_DETAILS:
            ask_bot(tx, conversation, cmid, None, {"intent": "ask_for_human", "entities": {}})

    def _ask_bot(
        self, tx: Transaction, conversation: ConversationRecord, cmid: str, seq: int, text: str | None,
        payload: Json | None = None,
    ) -> None:  # fmt: skip
        """Ask, or offer a person at once where the line is too long already."""
        if not ask_bot(tx, conversation, cmid, text, payload, self._turns_in_line):
            self._call(tx, conversation, Occasion(Happened.FAILED, seq))

    def _call(
        self, tx: Transaction, conversation: ConversationRecord, now: Occasion, contact: Json | None = None
    ) -> triggers.Decision:
        online = self._online(tx)
        decision = triggers.decide(now, situation_of(tx, conversation, online))
        call_person(tx, conversation, decision, online, contact, self._recognise)
        return decision

    def _online(self, tx: Transaction) -> bool:
        return bool(present(tx))


def hashed(token: str) -> str:
    """Tokens are random; a plain digest keeps them out of the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_id() -> str:
    return secrets.token_hex(12)


def _current(tx: Transaction, customer_id: str) -> ConversationRecord | None:
    latest = next(iter(tx.conversations_of(customer_id, 1)), None)
    return None if latest is None or _is_over(latest) else latest


def _is_over(conversation: ConversationRecord) -> bool:
    """Closed for so long that a new one begins."""
    closed = conversation.ownership.owner is Owner.CLOSED
    return closed and datetime.now(UTC) - conversation.last_at > NEW_AFTER


def _begin(tx: Transaction, customer_id: str, frame: CustomerHello) -> ConversationRecord:
    conversation_id = _new_id()
    tx.add_conversation(conversation_id, customer_id, new_epoch(), frame.locale, frame.page.model_dump())
    return tx.conversation(conversation_id)


def _reopen(tx: Transaction, conversation: ConversationRecord) -> None:
    tx.set_owner(conversation.id, conversation.ownership.after(Move.REOPEN))
    slots = {name: value for name, value in conversation.slots.items() if name not in OF_ONE_MATTER}
    tx.update_conversation(
        conversation.id, rated=False, outcome=None, unsure_in_a_row=0, declined=False, slots=slots
    )
    tx.append(conversation.id, SYSTEM, "notice", {"code": "reopened", "text": voice.REOPENED})


def _fills_in(conversation: ConversationRecord, text: str) -> bool:
    """Whether this is what the form asked for: what it is about may well be that somebody should call."""
    about = (
        conversation.active_loop is not None and conversation.slots.get("requested_slot") == "contact_about"
    )
    return about and len(text.split()) > BRIEF_WORDS


def _is_answer(tx: Transaction, conversation_id: str, seq: int) -> bool:
    return any(event.kind == "answer" for event in tx.events(conversation_id, seq - 1, 1))
