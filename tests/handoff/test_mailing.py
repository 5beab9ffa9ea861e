"""What an agent writes to somebody who left reaches them as a letter, once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from handoff import mailing
from handoff.adapters.mail_sql import MailRows
from handoff.adapters.store_sql import SqlStore
from handoff.errors import PostRefused, PostUnavailable, StoreUnavailable
from handoff.mailing import LETTER_SECONDS, TRIES, Mailing
from handoff.ports import MailRecord, Transaction
from handoff.queue import Rules
from handoff.records import CursorRecord
from tests.handoff.fakes import STEADY, House, ScriptedBot

T = TypeVar("T")
CONTACT = {"name": "Ida Berg", "email": "ida@example.org", "about": "My tent leaks"}


class Letterbox:
    """Implements `handoff.ports.Post`: keeps what was sent, or fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[MailRecord] = []
        self.script: list[Exception] = []
        self.taking = asyncio.Event()
        self.takes = asyncio.Event()
        """Unset: the mail server has the letter, and is slow to say so."""
        self.takes.set()

    async def send(self, mail: MailRecord) -> None:
        await asyncio.sleep(0)
        if self.script:
            raise self.script.pop(0)
        self.sent.append(mail)
        self.taking.set()
        await self.takes.wait()


class Away:
    """Implements `handoff.ports.Store`: a database that is away for the writes named by number."""

    def __init__(self, store: SqlStore, *away: int) -> None:
        self._store = store
        self._away = away
        self._writes = 0

    async def read(self, query: Callable[[Transaction], T]) -> T:
        return await self._store.read(query)

    async def write(self, change: Callable[[Transaction], T]) -> T:
        self._writes += 1
        if self._writes in self._away:
            raise StoreUnavailable("away")
        return await self._store.write(change)

    async def close(self) -> None: ...


@pytest.fixture
async def house(any_store: SqlStore, bot: ScriptedBot) -> House:
    return House(any_store, bot, STEADY, Rules(letters=True, site_url="https://shop.example"))


@pytest.fixture
def post() -> Letterbox:
    return Letterbox()


@pytest.fixture
def mails(house: House, post: Letterbox) -> Mailing:
    return Mailing(house.store, house.doorbell, post)


async def answered(house: House, text: str = "Seal the seams.") -> tuple[str, int]:
    """A conversation whose customer left an address and the page, and the seq of Mara's reply."""
    await house.add_agent("Mara")
    seat = await house.seat()
    await house.desk.leave_contact(seat.conversation_id, CONTACT, "c1")
    await house.queue.claim("mara", seat.conversation_id, "k1")
    receipt = await house.queue.send("mara", seat.conversation_id, 2, text, "m1")
    return seat.conversation_id, receipt.seq


async def later(house: House, seconds: float) -> None:
    """All at once: who is there is told when it is over."""
    house.clock.passes(seconds)
    await house.attendance.note()


async def letter(house: House, chat: str) -> MailRecord:
    found = await house.store.read(lambda tx: tx.latest_mail(chat))
    assert found
    return found


async def test_a_reply_to_somebody_who_left_goes_out_once(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    chat, seq = await answered(house)
    assert not await mails.send_next(), "they may still be on the page"
    await later(house, LETTER_SECONDS + 1)
    others = [Mailing(house.store, house.doorbell, post) for _ in range(3)]
    await asyncio.gather(*(one.send_next() for one in (mails, *others)))
    assert [(mail.recipient, mail.key) for mail in post.sent] == [("ida@example.org", f"reply:{chat}:{seq}")]
    assert "Seal the seams." in post.sent[0].text
    assert "Mara has answered you" in post.sent[0].text
    assert "https://shop.example" in post.sent[0].text
    reach = (await house.views.conversation(chat)).reach
    assert reach
    assert (reach.channel, reach.email, reach.letters, reach.letter) == (
        "email",
        "ida@example.org",
        True,
        "sent",
    )
    await house.queue.send("mara", chat, 2, "Seal the seams.", "m1")  # the same again
    await later(house, 3_600)
    assert not await mails.send_next()


async def test_who_got_it_on_their_page_gets_no_letter(house: House, mails: Mailing, post: Letterbox) -> None:
    chat, seq = await answered(house)
    await house.store.write(lambda tx: tx.move_cursors([CursorRecord(chat, "customer", seq, seq)]))
    await later(house, LETTER_SECONDS + 1)
    assert await mails.send_next()
    assert post.sent == []
    assert (await letter(house, chat)).state == "unneeded"
    reach = (await house.views.conversation(chat)).reach
    assert reach
    assert reach.letter == ""


async def test_who_is_on_the_page_and_has_not_got_it_yet_is_waited_for(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    chat, seq = await answered(house)
    customer = (await house.store.read(lambda tx: tx.conversation(chat))).customer_id
    house.customers.enter(customer)
    await house.store.write(lambda tx: tx.move_cursors([CursorRecord(chat, "customer", seq - 1, 0)]))
    for _ in range(TRIES + 1):
        await later(house, LETTER_SECONDS + 1)
        assert await mails.send_next()
    assert post.sent == []
    house.customers.leave(customer)
    await house.attendance.note()
    await later(house, LETTER_SECONDS + 15)
    assert await mails.send_next()
    assert len(post.sent) == 1


async def test_who_seems_to_be_there_and_never_said_what_they_got_is_written_to_when_they_are_gone(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    chat, _ = await answered(house)
    customer = (await house.store.read(lambda tx: tx.conversation(chat))).customer_id
    house.customers.enter(customer)
    await later(house, LETTER_SECONDS + 1)
    assert await mails.send_next()
    assert post.sent == []
    house.customers.leave(customer)
    await house.attendance.note()
    await later(house, LETTER_SECONDS + 15)
    assert await mails.send_next()
    assert len(post.sent) == 1


async def test_a_page_that_is_open_for_long_and_does_not_say_that_it_has_the_reply_is_not_believed(
    house: House, mails: Mailing, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "LONGEST_WAIT", timedelta(0))
    chat, seq = await answered(house)
    house.customers.enter((await house.store.read(lambda tx: tx.conversation(chat))).customer_id)
    await house.store.write(lambda tx: tx.move_cursors([CursorRecord(chat, "customer", seq - 1, 0)]))
    await later(house, LETTER_SECONDS + 1)
    assert await mails.send_next()
    assert len(post.sent) == 1


async def test_a_letter_that_went_out_is_noted_however_long_the_database_is_away(
    house: House, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "RETRY_SECONDS", 0.01)
    mails = Mailing(Away(house.store, 2, 3, 4), house.doorbell, post)
    chat, _ = await answered(house)
    await later(house, LETTER_SECONDS + 1)
    assert await mails.send_next()
    assert (await letter(house, chat)).state == "sent"
    await later(house, mailing.LEASE_SECONDS + 1)
    assert not await mails.send_next()
    assert len(post.sent) == 1


async def stopped_while_sending(house: House, post: Letterbox) -> "asyncio.Task[None]":
    """A gateway that is being stopped while the mail server takes its letter."""
    await later(house, LETTER_SECONDS + 1)
    post.takes.clear()
    running = asyncio.create_task(Mailing(house.store, house.doorbell, post).run())
    await asyncio.wait_for(post.taking.wait(), 5)
    running.cancel()
    return running


async def test_a_gateway_that_is_stopped_ends_the_letter_under_way(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    chat, _ = await answered(house)
    running = await stopped_while_sending(house, post)
    await asyncio.sleep(0.05)
    assert not running.done()
    post.takes.set()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
    assert (await letter(house, chat)).state == "sent"
    await later(house, mailing.LEASE_SECONDS + 1)
    assert not await mails.send_next()
    assert len(post.sent) == 1


async def test_a_mail_server_that_never_answers_does_not_keep_a_gateway_from_stopping(
    house: House, mails: Mailing, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "SETTLE_SECONDS", 0.05)
    await answered(house)
    running = await stopped_while_sending(house, post)
    async with asyncio.timeout(2):
        await asyncio.gather(running, return_exceptions=True)
    post.takes.set()
    await later(house, mailing.LEASE_SECONDS + 1)
    assert await mails.send_next(), "nobody knows whether it went out"


async def test_a_mail_server_that_is_away_is_asked_again_later_and_later(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    chat, _ = await answered(house)
    post.script = [PostUnavailable("the mail server does not answer") for _ in range(2)]
    await later(house, LETTER_SECONDS + 1)
    assert await mails.send_next()
    assert not await mails.send_next(), "not at once"
    await later(house, mailing.FIRST_PAUSE_SECONDS + 1)
    assert await mails.send_next()
    await later(house, mailing.FIRST_PAUSE_SECONDS + 1)
    assert not await mails.send_next(), "the second pause is longer"
    await later(house, mailing.FIRST_PAUSE_SECONDS + 1)
    assert await mails.send_next()
    assert [mail.attempts for mail in post.sent] == [3]
    assert (await letter(house, chat)).state == "sent"


@pytest.mark.parametrize(
    "script",
    [
        [PostRefused("the mail server does not know this address")],
        [PostUnavailable("the mail server does not answer")] * TRIES,
        [RuntimeError("a library's own")] * TRIES,
    ],
)
async def test_a_letter_that_cannot_go_is_told_to_the_agents(
    house: House, mails: Mailing, post: Letterbox, script: list[Exception]
) -> None:
    chat, _ = await answered(house)
    post.script = list(script)
    for _ in script:
        await later(house, mailing.LONGEST_PAUSE_SECONDS)
        assert await mails.send_next()
    note = await house.last(chat)
    assert (note.kind, note.author.role) == ("note", "system")
    assert "Please write to ida@example.org yourself" in note.body["text"]
    reach = (await house.views.conversation(chat)).reach
    assert reach
    assert reach.letter == "failed"
    await later(house, mailing.LONGEST_PAUSE_SECONDS)
    assert not await mails.send_next()


async def test_a_letter_whose_sender_died_is_sent_by_the_next(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    await answered(house)
    await later(house, LETTER_SECONDS + 1)
    taken = await house.store.write(lambda tx: tx.take_mail(mailing.LEASE_SECONDS))
    assert taken
    assert not await mails.send_next()
    await later(house, mailing.LEASE_SECONDS + 1)
    assert await mails.send_next()
    assert len(post.sent) == 1
    assert not await house.store.write(lambda tx: tx.finish_mail(taken, "waiting")), "it woke up too late"


async def test_a_letter_of_which_every_sender_died_is_given_up(
    house: House, mails: Mailing, post: Letterbox
) -> None:
    chat, _ = await answered(house)
    await later(house, LETTER_SECONDS)
    for _ in range(TRIES):
        await later(house, mailing.LEASE_SECONDS + 1)
        assert await house.store.write(lambda tx: tx.take_mail(mailing.LEASE_SECONDS))
    await later(house, mailing.LEASE_SECONDS + 1)
    assert await mails.send_next()
    assert post.sent == []
    assert (await letter(house, chat)).state == "failed"
    assert "broke off every time" in (await house.last(chat)).body["text"]


async def test_without_a_mail_server_the_console_says_that_nothing_goes_out(any_store: SqlStore) -> None:
    house = House(any_store, ScriptedBot())
    chat, _ = await answered(house)
    assert await house.store.read(lambda tx: tx.latest_mail(chat)) is None
    reach = (await house.views.conversation(chat)).reach
    assert reach
    assert (reach.email, reach.letters, reach.letter) == ("ida@example.org", False, "")


async def test_who_left_no_address_gets_no_letter(house: House) -> None:
    await house.add_agent("Mara")
    chat, fence = await house.claimed_chat("mara")
    await house.queue.send("mara", chat, fence, "Hello", "m1")
    assert await house.store.read(lambda tx: tx.latest_mail(chat)) is None
    assert (await house.views.conversation(chat)).reach is None


async def test_the_same_tests_see_a_letter_that_is_not_leased(
    house: House, mails: Mailing, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = MailRows.finish_mail
    monkeypatch.setattr(MailRows, "finish_mail", lambda *_, **__: True)
    await answered(house)
    for _ in range(2):
        await later(house, mailing.LEASE_SECONDS + 1)
        await mails.send_next()
    assert len(post.sent) == 2
    assert finish is not MailRows.finish_mail
