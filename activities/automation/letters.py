"""Handing letters over to the mail server."""

from sqlalchemy import Uuid, bindparam, select

from activities.automation.attempts import Attempt, attempt_at, note_sent
from domains.automation import rules
from domains.automation.messages import MessageSent, SendMail
from domains.automation.tables import MailRule
from domains.master_data import queries as master_data
from foundation.database.tables import AttachedFile
from foundation.database.transaction import Transaction
from foundation.outbound import mail
from foundation.outbound.mail import EnclosedFile, Mail, NotHandedOver
from foundation.outbound.outside import ExternalCall, outside
from foundation.runtime.settings import settings


@outside("automation.send_mail", note=note_sent)
async def send_mail(call: ExternalCall, send: SendMail) -> MessageSent:
    """Hand a letter over to the mail server, under the same Message-ID at every attempt.

    Refuses: MailRefused.
    """
    letter = send.letter
    learned = {"document": letter.document, "recipient": letter.recipient, "subject": letter.subject}
    async with attempt_at(call, send.message_id, **learned) as attempt:
        async with call.read() as tx:
            prepared, copies = await _prepared(tx, send, attempt)
        message = mail.put_together(prepared, attempt=attempt.number)
        await mail.hand_over(message, sender=prepared.sender, recipient=prepared.recipient, copies=copies)
    return MessageSent(message_id=send.message_id, external_id=prepared.message_id)


async def _prepared(tx: Transaction, send: SendMail, attempt: Attempt) -> tuple[Mail, list[str]]:
    """The mail, and who gets a blind copy of it."""
    letter = send.letter
    company = await master_data.company(tx)
    rule = (await tx.execute(select(MailRule).where(MailRule.letter == attempt.letter))).one()
    sender = rule.sender or company.email
    if not sender:
        raise NotHandedOver(
            "nobody to send it from: give the company an e-mail address, or the rule a sender"
        )
    files = select(AttachedFile).where(AttachedFile.id == bindparam("file", type_=Uuid()))
    enclosed = [(await tx.execute(files, {"file": one.attachment_id})).one() for one in letter.enclosures]
    prepared = Mail(
        message_id=rules.mail_message_id(send.message_id, settings().mail_domain),
        sent_at=attempt.intended_at,
        sender=sender,
        sender_name=company.name,
        recipient=letter.recipient,
        recipient_name=letter.recipient_name,
        subject=letter.subject,
        text=letter.text,
        enclosed=tuple(EnclosedFile(one.name, one.media_type, one.content) for one in enclosed),
    )
    return prepared, [rule.blind_copy] if rule.blind_copy else []
