"""Letters: what an agent writes reaches customers who have left, if they said at which address.

A letter is written into the outbox with the reply, in one transaction, and looked at a little later: by then the reply has
reached their page, or it is sent. Any gateway may send; a letter is leased by whoever does. It goes out once unless a
gateway dies between sending it and saying so, or cannot say so before its lease is over: then the repetition carries the
same Message-ID. It must not know SMTP.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from handoff import voice
from handoff.errors import PostRefused, PostUnavailable, StoreUnavailable
from handoff.log import SYSTEM
from handoff.ports import (
    AgentRecord,
    ConversationRecord,
    Doorbell,
    MailRecord,
    Post,
    Store,
    Transaction,
    conversation_topic,
)

LETTER_SECONDS = 30.0
"""After this a reply that is not on the customer's page becomes a letter."""
LONGEST_WAIT = timedelta(minutes=10)
"""A page that is open so long and does not say that it has the reply is not believed any more."""
POLL_SECONDS = 5.0
LEASE_SECONDS = 60.0
"""Longer than sending may take."""
RETRY_SECONDS = 1.0
"""While the database is away, between attempts to note what became of a letter."""
SETTLE_SECONDS = 8.0
"""How long a letter under way may take when the gateway stops."""
TRIES = 8
FIRST_PAUSE_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 3_600.0
log = structlog.get_logger(__name__)
T = TypeVar("T")


def write_letter(
    tx: Transaction, conversation: ConversationRecord, agent: AgentRecord, seq: int, text: str, site_url: str
) -> None:
    """Have a letter ready with the reply at `seq`, if the customer left an address."""
    customer = tx.customer(conversation.customer_id)
    if not customer.email:
        return
    words = {"name": one_line(agent.name), "customer": one_line(customer.name)}
    body = voice.LETTER.format(**words, text=text, where=f" ({site_url})" if site_url else "")
    subject = voice.LETTER_SUBJECT.format(**words)
    key = f"reply:{conversation.id}:{seq}"
    tx.add_mail(conversation.id, key, customer.email, subject, body, tx.clock() + LETTER_SECONDS)


def one_line(text: str) -> str:
    """What may stand in a header: no line break, no other control character."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


class Mailing:
    """Empties the outbox until cancelled."""

    def __init__(self, store: Store, doorbell: Doorbell, post: Post) -> None:
        self._store = store
        self._doorbell = doorbell
        self._post = post
        self._under_way: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            while True:
                try:
                    while await self.send_next():
                        pass
                except Exception:
                    log.warning("mailing.outbox_unavailable", exc_info=True)
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await self._settled()

    async def send_next(self) -> bool:
        """Deal with the letter that is due; False when none is."""
        mail = await self._store.write(lambda tx: tx.take_mail(LEASE_SECONDS))
        if mail is None:
            return False
        due = await self._store.read(partial(_still_needed, mail=mail))
        if due != "send":
            await self._store.write(partial(_leave, mail=mail, needed_later=due == "later"))
            return True
        self._under_way = asyncio.create_task(self._deliver(mail))
        await asyncio.shield(self._under_way)  # who is cancelled here waits for it in `_settled`
        return True

    async def _settled(self) -> None:
        """A letter that is under way goes out and is noted, before somebody else takes it for one that was not sent."""
        if self._under_way is None or self._under_way.done():
            return
        await asyncio.wait({self._under_way}, timeout=SETTLE_SECONDS)
        if self._under_way.cancel():
            log.warning("mailing.left_under_way")
        await asyncio.gather(self._under_way, return_exceptions=True)

    async def _deliver(self, mail: MailRecord) -> None:
        """Send it, and note what became of it, however long the database is away."""
        if mail.attempts > TRIES:  # whoever tried before ended each time without a word
            await self._give_up(mail, "sending it broke off every time")
            return
        try:
            async with asyncio.timeout(LEASE_SECONDS / 2):
                await self._post.send(mail)
        except PostRefused as error:
            await self._give_up(mail, error.message)
        except PostUnavailable as error:
            await self._again(mail, error.message)
        except TimeoutError:
            await self._again(mail, "no answer")
        except Exception:
            log.exception("mailing.broke_off", conversation=mail.conversation_id)
            await self._again(mail, "sending it broke off")
        else:
            await self._surely(lambda tx: tx.finish_mail(mail, "sent"))
            log.info("mailing.sent", conversation=mail.conversation_id, attempts=mail.attempts)
        self._doorbell.ring(conversation_topic(mail.conversation_id))

    async def _again(self, mail: MailRecord, why: str) -> None:
        if mail.attempts >= TRIES:
            await self._give_up(mail, why)
            return
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (mail.attempts - 1), LONGEST_PAUSE_SECONDS)
        log.warning("mailing.put_off", conversation=mail.conversation_id, attempts=mail.attempts, why=why)
        await self._surely(
            lambda tx: tx.finish_mail(mail, "waiting", not_before=tx.clock() + pause, error=why)
        )

    async def _give_up(self, mail: MailRecord, why: str) -> None:
        """Nothing ends in silence: agents read in the log that they have to write themselves."""

        def change(tx: Transaction) -> None:
            tx.conversation(mail.conversation_id)
            if tx.finish_mail(mail, "failed", error=why):
                text = voice.LETTER_FAILED.format(why=why, email=mail.recipient)
                tx.append(mail.conversation_id, SYSTEM, "note", {"text": text})
                tx.touch_queue()

        await self._surely(change)
        log.error("mailing.failed", conversation=mail.conversation_id, why=why)

    async def _surely(self, change: Callable[[Transaction], T]) -> T:
        """If somebody else has the letter by then, nothing is noted."""
        while True:
            try:
                return await self._store.write(change)
            except StoreUnavailable as error:
                log.warning("mailing.database_away", error=error.message)
                await asyncio.sleep(RETRY_SECONDS)


def _leave(tx: Transaction, mail: MailRecord, needed_later: bool) -> None:
    if needed_later:
        tx.finish_mail(mail, "waiting", not_before=tx.clock() + LETTER_SECONDS, tried=False)
    else:
        tx.finish_mail(mail, "unneeded", tried=False)


def _still_needed(tx: Transaction, mail: MailRecord) -> str:
    """send, later, or no: whether the reply has reached the customer's page meanwhile.

    A page that is open gets it by itself. What counts as open may be a laptop asleep, and not every page says what it got:
    a letter too many is better than none.
    """
    seq = int(mail.key.rsplit(":", 1)[1])
    delivered = tx.cursor(mail.conversation_id, "customer").delivered_seq
    if delivered >= seq:
        return "no"
    customer = tx.conversation(mail.conversation_id).customer_id
    if customer not in tx.online("customer"):
        return "send"
    return "later" if datetime.now(UTC) - mail.created_at < LONGEST_WAIT else "send"
