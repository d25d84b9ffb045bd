"""The tables of automation: who is told of what, what became of each message, how far the log is read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.connections import OfCompany, Table, TransactionId

SCHEMA = {"schema": "automation"}
_THIS_TRANSACTION = func.pg_current_xact_id()


class Webhook(OfCompany, Table):
    """An address that is told of events. `since`: of those in later transactions than this one."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("cardinality(events) > 0", "wants_something"),
        Index(None, "company_id", "created_at", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    description: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    stopped_because: Mapped[str] = mapped_column(server_default="")
    since: Mapped[int] = mapped_column(TransactionId, server_default=_THIS_TRANSACTION)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookSecret(OfCompany, Table):
    """What a webhook's messages are signed with; several for a while, when it is changed."""

    __tablename__ = "webhook_secret"
    __table_args__ = (Index(None, "webhook_id"), SCHEMA)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("automation.webhook.id"))
    secret: Mapped[bytes] = mapped_column(
        LargeBinary,
        server_default=text(
            "decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')"
        ),
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime | None]


class MailRule(Table):
    """Whether a letter goes out by mail."""

    __tablename__ = "mail_rule"
    __table_args__ = (SCHEMA,)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    letter: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool]
    sender: Mapped[str]
    blind_copy: Mapped[str]
    since: Mapped[int] = mapped_column(TransactionId, server_default=_THIS_TRANSACTION)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Cursor(Table):
    """How far a reader has read the log: everything up to and with this transaction."""

    __tablename__ = "cursor"
    __table_args__ = (SCHEMA,)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    reader: Mapped[str] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(TransactionId, server_default=_THIS_TRANSACTION)
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OutgoingMessage(OfCompany, Table):
    """What is to be sent to whom about which operation, and what became of it."""

    __tablename__ = "outgoing_message"
    __table_args__ = (
        CheckConstraint("kind IN ('mail', 'webhook')", "kind_known"),
        CheckConstraint("status IN ('intended', 'sent', 'failed', 'unaddressed')", "status_known"),
        CheckConstraint(
            "(kind = 'webhook') = (webhook_id IS NOT NULL) AND (kind = 'mail') = (letter IS NOT NULL)",
            "webhook_or_letter",
        ),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", "sent_at_some_time"),
        Index(None, "company_id", "intended_at", "id"),
        Index(None, "company_id", "operation_key"),
        Index(None, "webhook_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    event: Mapped[str]
    operation_key: Mapped[str]
    webhook_id: Mapped[UUID | None] = mapped_column(ForeignKey("automation.webhook.id"))
    letter: Mapped[str | None]
    about_id: Mapped[UUID | None]
    document: Mapped[str | None]
    recipient: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    correlation_id: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="intended")
    round: Mapped[int] = mapped_column(server_default="1")
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str] = mapped_column(server_default="")
    external_id: Mapped[str] = mapped_column(server_default="")
    intended_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
