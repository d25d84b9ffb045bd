"""Mail as the server is handed it (RFC 5321, RFC 5322): text with enclosures, and what its answers mean."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT

import aiosmtplib

from foundation.runtime.settings import settings
from foundation.values.errors import BusinessError


class MailRefused(BusinessError):
    """The mail server refuses this recipient or this message for good."""


class NotHandedOver(Exception):
    """The mail server did not take the message; it may later."""


@dataclass(frozen=True)
class EnclosedFile:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail ready to be sent: the same bytes whenever it is put together."""

    message_id: str
    sent_at: datetime
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    enclosed: tuple[EnclosedFile, ...] = ()


def put_together(mail: Mail, *, attempt: int) -> EmailMessage:
    """The message with its headers. Line breaks in names and subjects become blanks: they are no headers."""
    message = EmailMessage(policy=AS_SENT)
    message["Message-ID"] = mail.message_id
    message["Date"] = mail.sent_at
    message["From"] = _address(mail.sender, mail.sender_name)
    message["To"] = _address(mail.recipient, mail.recipient_name)
    message["Subject"] = _one_line(mail.subject)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Perpetual-Attempt"] = str(attempt)
    message.set_content(mail.text)
    for file in mail.enclosed:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    return message


async def hand_over(message: EmailMessage, *, sender: str, recipient: str, copies: Sequence[str] = ()) -> str:
    """Hand a message to the mail server; gives its answer, which says that it is responsible now (250).

    A blind copy that is refused keeps nobody else from his mail. Refuses: MailRefused, when the server says
    5xx to the recipient or the message. Raises NotHandedOver for everything else.
    """
    known = settings()
    if known.mail_host is None:
        raise NotHandedOver("no mail server is set: PERPETUAL_MAIL_HOST")
    server = aiosmtplib.SMTP(
        hostname=known.mail_host,
        port=known.mail_port,
        username=known.mail_username,
        password=known.mail_password.get_secret_value() if known.mail_password else None,
        use_tls=known.mail_security == "tls",
        start_tls=known.mail_security == "starttls",
        timeout=known.mail_timeout_seconds,
    )
    try:
        await server.connect()
        await server.mail(sender)
        await server.rcpt(recipient)
        for copy in copies:
            with suppress(aiosmtplib.SMTPRecipientRefused):
                await server.rcpt(copy)
        answer = await server.data(message.as_bytes())
    except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as refusal:
        said = f"{known.mail_host} answered {refusal.code}: {refusal.message}"
        if 500 <= refusal.code < 600:
            raise MailRefused(said) from refusal
        raise NotHandedOver(said) from refusal
    except (aiosmtplib.SMTPException, OSError) as failure:
        raise NotHandedOver(f"{known.mail_host}: {failure or type(failure).__name__}") from failure
    finally:
        # It has answered, or never will: how we part changes nothing.
        with suppress(aiosmtplib.SMTPException, OSError):
            await server.quit()
    return f"{answer.code} {answer.message}"


def _address(address: str, name: str) -> Address:
    return Address(display_name=_one_line(name), addr_spec=address)


def _one_line(text: str) -> str:
    return " ".join(text.split())
