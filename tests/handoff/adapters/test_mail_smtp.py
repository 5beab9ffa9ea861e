"""Letters as a real mail server gets them."""

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.adapters.mail_smtp import SmtpPost
from handoff.errors import PostError, PostRefused, PostUnavailable
from handoff.ports import MailRecord


class Inbox:
    """What arrived, or what the server says instead of taking it."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            content: Any = envelope.content
            message = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.letters.append((envelope.rcpt_tos, message))
        return answer


@pytest.fixture(scope="module")
def server() -> Iterator[Controller]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def inbox(server: Controller) -> Inbox:
    server.handler.letters.clear()
    server.handler.answers.clear()
    assert isinstance(server.handler, Inbox)
    return server.handler


@pytest.fixture
def post(server: Controller) -> SmtpPost:
    return SmtpPost(f"smtp://127.0.0.1:{server.port}", "Fernhill <desk@fernhill.example>")


def letter(**changed: str) -> MailRecord:
    told = {"recipient": "ida@example.org", "subject": "Mara has answered you", "text": "Grüße!\n\nSeal it."}
    written = datetime.now(UTC)
    return MailRecord(
        1, "c1", "reply:c1:7", **(told | changed), state="waiting", attempts=1, created_at=written
    )


async def test_a_letter_arrives_as_it_was_written(inbox: Inbox, post: SmtpPost) -> None:
    await post.send(letter())
    ((recipients, message),) = inbox.letters
    assert recipients == ["ida@example.org"]
    assert message["From"] == "Fernhill <desk@fernhill.example>"
    assert message["To"] == "ida@example.org"
    assert message["Subject"] == "Mara has answered you"
    assert message["Message-ID"] == "<reply.c1.7@fernhill.example>"
    assert message.get_content().strip().replace("\r\n", "\n") == "Grüße!\n\nSeal it."


async def test_the_same_letter_twice_is_known_by_its_id(inbox: Inbox, post: SmtpPost) -> None:
    await post.send(letter())
    await post.send(letter())
    assert len({message["Message-ID"] for _, message in inbox.letters}) == 1


@pytest.mark.parametrize("wrong", [
    {"recipient": "a,b@example.org"}, {"recipient": "a@example.org,b@example.org"}, {"recipient": "nobody"},
    {"recipient": "a@example.org\r\nBcc: b@example.org"}, {"recipient": "<a@example.org>"}, {"recipient": ""},
    {"subject": "Hello\r\nBcc: b@example.org"}, {"subject": "Hello\nX: y"},
])  # fmt: skip
async def test_nothing_gets_into_a_header_that_does_not_belong_there(
    inbox: Inbox, post: SmtpPost, wrong: dict[str, str]
) -> None:
    with pytest.raises(PostRefused):
        await post.send(letter(**wrong))
    assert inbox.letters == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recipient=st.text(max_size=40), subject=st.text(max_size=60), text=st.text(max_size=200))
def test_whatever_is_written_one_letter_goes_to_one_address_or_none_at_all(
    post: SmtpPost, recipient: str, subject: str, text: str
) -> None:
    try:
        message = post._letter(letter(recipient=recipient, subject=subject, text=text))
    except (ValueError, IndexError, TypeError):
        return
    assert set(message.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"
    }  # fmt: skip
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize(("where", "answer", "error"), [
    ("RCPT", "550 No such user", PostRefused), ("RCPT", "450 Try later", PostUnavailable),
    ("DATA", "554 Spam", PostRefused), ("DATA", "451 Busy", PostUnavailable),
])  # fmt: skip
async def test_what_the_server_says_tells_whether_to_try_again(
    inbox: Inbox, post: SmtpPost, where: str, answer: str, error: type[PostError]
) -> None:
    inbox.answers[where] = answer
    with pytest.raises(error):
        await post.send(letter())


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(PostUnavailable):
        await SmtpPost("smtp://127.0.0.1:1", "desk@fernhill.example").send(letter())


@pytest.mark.parametrize(("url", "sender"), [
    ("http://mail.example", "a@b.example"), ("mail.example", "a@b.example"), ("smtp://mail.example", "nobody"),
    ("smtp://mail.example", ""),
])  # fmt: skip
def test_settings_that_cannot_be_are_said_at_once(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match="FRONTDESK_"):
        SmtpPost(url, sender)
