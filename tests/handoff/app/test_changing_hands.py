"""Offers, passing on, taking over and letters as consoles and pages see them, in a gateway that runs."""

import socket
from collections.abc import Iterator

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import create_engine, text

from handoff import mailing
from handoff.app.settings import Settings
from tests.handoff.app.clients import Agent, Customer


class Inbox:
    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append((envelope.rcpt_tos, content.decode()))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller.handler, port
    controller.stop()


async def test_a_conversation_is_passed_on_and_the_sender_can_write_no_more(
    gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies
) -> None:
    async with Agent(gateway, mara) as sender, Agent(gateway, tomas) as taker, Customer(gateway) as customer:
        await sender.hello()
        to = (await taker.hello())["agent"]["id"]
        await customer.hello()
        await customer.accepted(await customer.send("ask_person"))
        chat = customer.conversation
        await sender.waiting(chat)
        await sender.claim(chat)
        passing = {"conversation": chat, "fence": 2, "to_agent": to, "note": "Paid twice."}
        await sender.accepted(await sender.send("transfer", **passing))
        await taker.until(
            lambda f: f["type"] == "queue" and any(r["transfer_to"] and r["offer_seconds"] for r in f["rows"])
        )
        await taker.accepted(await taker.send("accept", conversation=chat))
        told = await customer.event("notice", code="passed_on")
        assert told["agent"]["id"] == to
        late = await sender.send("send", conversation=chat, fence=2, text="Still me")
        refused = await sender.until(lambda f: f["type"] == "rejected" and f["cmid"] == late)
        assert refused["code"] == "stale_fence"
        seen = [event["kind"] for event in customer.logs[chat]]
        assert "note" not in seen
        assert "assignment" not in seen


class TestOffering:
    """A desk where each conversation is offered to one agent."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"routing": "offer", "offer_seconds": 30.0})

    async def test_what_waits_is_offered_declined_and_offered_to_the_next(
        self, gateway: str, mara: httpx.Cookies, tomas: httpx.Cookies
    ) -> None:
        async with Agent(gateway, mara) as one, Agent(gateway, tomas) as other, Customer(gateway) as customer:
            assert (await one.hello())["routing"] == "offer"
            consoles = {
                welcome["agent"]["id"]: console
                for console, welcome in ((one, one.frames[0]), (other, await other.hello()))
            }
            await customer.hello()
            await customer.accepted(await customer.send("ask_person"))
            first = await offered(one, set())
            await consoles[first].accepted(
                await consoles[first].send("decline", conversation=customer.conversation)
            )
            second = await offered(one, {first})
            await consoles[second].accepted(
                await consoles[second].send("accept", conversation=customer.conversation)
            )
            await customer.owner("agent")


async def offered(console: Agent, not_to: set[str]) -> str:
    """Whom the queue's first row is offered to, as soon as it is to somebody else than these."""

    def is_offered(frame: dict[str, object]) -> bool:
        rows: list[dict[str, dict[str, str] | None]] = frame.get("rows", [])  # type: ignore[assignment]
        return bool(rows and rows[0]["offered_to"] and rows[0]["offered_to"]["id"] not in not_to)

    frame = await console.until(is_offered)
    return str(frame["rows"][0]["offered_to"]["id"])


class TestLetters:
    """A desk with a mail server."""

    @pytest.fixture
    def settings(
        self, settings: Settings, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
    ) -> Settings:
        monkeypatch.setattr(mailing, "LETTER_SECONDS", 0.0)
        monkeypatch.setattr(mailing, "POLL_SECONDS", 0.1)
        smtp = {"smtp_url": f"smtp://127.0.0.1:{inbox[1]}", "mail_from": "desk@fernhill.example"}
        return settings.model_copy(update=smtp)

    async def test_who_left_gets_the_reply_as_a_letter(
        self, gateway: str, settings: Settings, inbox: tuple[Inbox, int], mara: httpx.Cookies
    ) -> None:
        contact = {"name": "Ida", "email": "ida@example.org", "about": "My tent leaks"}
        async with Agent(gateway, mara) as agent:
            await agent.hello()
            async with Customer(gateway) as customer:
                await customer.hello()
                await customer.accepted(await customer.send("ask_person"))
                await customer.accepted(await customer.send("contact", contact=contact))
                chat = customer.conversation
                await agent.waiting(chat)
                await agent.claim(chat)
            engine = create_engine(settings.database_url)
            with engine.begin() as rows:  # long enough ago that nobody takes it for a reload
                rows.execute(text("DELETE FROM presence WHERE role = 'customer'"))
            engine.dispose()
            await agent.accepted(await agent.send("send", conversation=chat, fence=2, text="Seal the seams."))
            status = await agent.until(
                lambda f: f["type"] == "status" and (f.get("reach") or {}).get("letter") == "sent"
            )
        assert status["reach"]["letters"]
        assert [(to, "Seal the seams." in words) for to, words in inbox[0].letters] == [
            (["ida@example.org"], True)
        ]
