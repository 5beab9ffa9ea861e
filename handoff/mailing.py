"""Letters: what an agent writes reaches customers who have left, if they said at which address.

A letter is written into the outbox with the reply, in one transaction, and looked at a little later: by then the reply has
reached their page, or it is sent. Any gateway may send; a letter is leased by whoever does. It goes out once unless a
gateway dies between sending it and saying so: then the repetition carries the same Message-ID. It must not know SMTP.
"""

import asyncio
from functools import partial

import structlog

from handoff import voice
from handoff.errors import PostRefused, PostUnavailable
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
POLL_SECONDS = 5.0
LEASE_SECONDS = 60.0
"""Longer than sending may take."""
TRIES = 8
FIRST_PAUSE_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 3_600.0
log = structlog.get_logger(__name__)


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

    async def run(self) -> None:
        while True:
            try:
                while await self.send_next():
                    pass
            except Exception:
                log.warning("mailing.outbox_unavailable", exc_info=True)
            await asyncio.sleep(POLL_SECONDS)

    async def send_next(self) -> bool:
        """Deal with the letter that is due; False when none is."""
        mail = await self._store.write(lambda tx: tx.take_mail(LEASE_SECONDS))
        if mail is None:
            return False
        due = await self._store.read(partial(_still_needed, mail=mail))
        if due != "send":
            await self._store.write(partial(_leave, mail=mail, needed_later=due == "later"))
            return True
        try:
            async with asyncio.timeout(LEASE_SECONDS / 2):
                await self._post.send(mail)
        except PostRefused as error:
            await self._give_up(mail, error.message)
        except (PostUnavailable, TimeoutError) as error:
            await self._again(mail, error.message if isinstance(error, PostUnavailable) else "no answer")
        else:
            await self._store.write(lambda tx: tx.finish_mail(mail, "sent"))
            log.info("mailing.sent", conversation=mail.conversation_id, attempts=mail.attempts)
        self._doorbell.ring(conversation_topic(mail.conversation_id))
        return True

    async def _again(self, mail: MailRecord, why: str) -> None:
        if mail.attempts >= TRIES:
            await self._give_up(mail, why)
            return
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (mail.attempts - 1), LONGEST_PAUSE_SECONDS)
        log.warning("mailing.put_off", conversation=mail.conversation_id, attempts=mail.attempts, why=why)
        await self._store.write(
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

        await self._store.write(change)
        log.error("mailing.failed", conversation=mail.conversation_id, why=why)


def _leave(tx: Transaction, mail: MailRecord, needed_later: bool) -> None:
    if needed_later:
        tx.finish_mail(mail, "waiting", not_before=tx.clock() + LETTER_SECONDS, tried=False)
    else:
        tx.finish_mail(mail, "unneeded", tried=False)


def _still_needed(tx: Transaction, mail: MailRecord) -> str:
    """send, later, or no: whether the reply has reached the customer's page meanwhile.

    A page that is open gets it by itself; one that says how far it got is believed.
    """
    seq = int(mail.key.rsplit(":", 1)[1])
    delivered = tx.cursor(mail.conversation_id, "customer").delivered_seq
    if delivered >= seq:
        return "no"
    customer = tx.conversation(mail.conversation_id).customer_id
    if customer not in tx.online("customer"):
        return "send"
    return "later" if delivered else "no"
