"""Letters by SMTP: implements `handoff.ports.Post`. Plain text, to one recipient, no header unchecked."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from handoff.errors import PostRefused, PostUnavailable
from handoff.ports import MailRecord

TIMEOUT_SECONDS = 20.0
SCHEMES = {"smtp": 25, "smtps": 465}


class SmtpPost:
    """One mail server. Encrypted from the start with smtps://, and with smtp:// as soon as the server offers it."""

    def __init__(self, url: str, sender: str) -> None:
        """Raises ValueError for an address that is none."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("FRONTDESK_SMTP_URL looks like smtp://user:password@host:port or smtps://….")
        name, address = parseaddr(sender)
        if "@" not in address:
            raise ValueError(
                "FRONTDESK_MAIL_FROM is needed with FRONTDESK_SMTP_URL: who the letters come from."
            )
        self._sender = Address(name, addr_spec=address)
        self._server: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port or SCHEMES[parts.scheme],
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": parts.scheme == "smtps",
        }

    async def send(self, mail: MailRecord) -> None:
        try:
            letter = self._letter(mail)
        except (ValueError, IndexError, MessageError) as error:
            raise PostRefused("this is no address that a letter can go to") from error
        try:
            await aiosmtplib.send(
                letter,
                sender=self._sender.addr_spec,
                recipients=[mail.recipient],
                timeout=TIMEOUT_SECONDS,
                **self._server,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            if all(code >= 500 for code in codes):
                raise PostRefused("the mail server does not know this address") from error
            raise PostUnavailable("the mail server does not take this address now") from error
        except aiosmtplib.SMTPResponseException as error:
            if 500 <= error.code < 600 and not isinstance(error, aiosmtplib.SMTPAuthenticationError):
                raise PostRefused(f"the mail server refused the letter ({error.code})") from error
            raise PostUnavailable(f"the mail server answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise PostUnavailable("the mail server does not answer") from error

    def _letter(self, mail: MailRecord) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = Address(addr_spec=mail.recipient)
        letter["Subject"] = mail.subject
        letter["Date"] = formatdate(localtime=False)
        letter["Message-ID"] = f"<{mail.key.replace(':', '.')}@{self._sender.domain}>"
        letter.set_content(mail.text)
        return letter
