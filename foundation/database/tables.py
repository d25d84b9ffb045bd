"""The tables that all domains share: what was done, once by key, and where each process stands."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Computed,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from foundation.database.connections import OfCompany, Table, TransactionId


class OperationLog(Table):
    """One row per operation applied: idempotency, audit trail and the timeline of a process, all at once."""

    __tablename__ = "operation"
    __table_args__ = (
        CheckConstraint("status IN ('applied', 'voided')", "status_known"),
        CheckConstraint("(status = 'applied') = (answer IS NOT NULL)", "applied_has_answer"),
        # None begins with the company: foundation/database/schema.sql says why.
        Index(None, "process_id", "recorded_at"),
        Index(None, "correlation_id"),
        Index(None, "transaction_id", "company_id"),
        {"schema": "foundation"},
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    process_id: Mapped[str | None]
    actor: Mapped[str]
    correlation_id: Mapped[str]
    request: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    request_hash: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    took: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """What the process had taken of what it was told since its step before; see `Mailbox`."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    transaction_id: Mapped[int] = mapped_column(TransactionId, server_default=func.pg_current_xact_id())
    """In whose order the log can be read without gaps; see `everything_before`."""


def everything_before() -> ColumnElement[int]:
    """The transaction before which every other has ended: what is below it stays as it is seen now.

    It is the oldest one still open in the whole cluster, so that a long transaction holds a reader of the
    log back, and nothing is passed over.
    """
    return func.pg_snapshot_xmin(func.pg_current_snapshot(), type_=TransactionId)


class ProcessState(Table):
    """Where one process stands, written in the same transaction as the last operation before it waits."""

    __tablename__ = "process"
    __table_args__ = (
        Index(None, "company_id", "waiting_on", "waiting_since"),
        Index(None, "company_id", "waiting_on", postgresql_where=text("waiting_on LIKE '% and %'")),
        Index(None, "company_id", "type", "started_at"),
        Index(None, "company_id", "document"),
        Index(None, "company_id", "failure", postgresql_where=text("failure IS NOT NULL")),
        Index(None, "company_id", postgresql_where=text("task_failure IS NOT NULL")),
        Index(None, "id", postgresql_where=text("outcome IS NULL")),
        {"schema": "foundation"},
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str]
    type: Mapped[str]
    stage: Mapped[str]
    waiting_on: Mapped[str | None]
    waiting_since: Mapped[datetime | None]
    waiting_until: Mapped[datetime | None]
    document: Mapped[str | None]
    party: Mapped[str | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    why: Mapped[str | None]
    exception: Mapped[str | None]
    failure: Mapped[str | None]
    task_failure: Mapped[str | None]
    """Why its workflow task fails, while it does: noted by the workers, since the process cannot."""
    not_run: Mapped[str | None]
    """Why Temporal does not run it, though it has not ended: noted by the workers."""
    outcome: Mapped[str | None]
    started_by: Mapped[str]
    correlation_id: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]


class RunItem(OfCompany, Table):
    """One of the many that a run is for, and what became of it."""

    __tablename__ = "run_item"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done', 'refused', 'failed', 'left')", "status_known"),
        CheckConstraint(
            "starts_with(run_id, company_id || '/') AND starts_with(item_id, company_id || '/')", "of_company"
        ),
        CheckConstraint(
            "(status IN ('refused', 'failed')) = (num_nonnulls(failure, reason) = 2)", "exception_has_reason"
        ),
        UniqueConstraint("run_id", "item_id"),
        Index(None, "run_id", "chunk"),
        Index(
            "run_item_exceptions_idx",
            "run_id",
            "chunk",
            postgresql_where=text("status IN ('refused', 'failed')"),
        ),
        {"schema": "foundation"},
    )

    run_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    chunk: Mapped[int]
    item_id: Mapped[str]
    party: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    failure: Mapped[str | None]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    changed_at: Mapped[datetime | None]


class Inbox(OfCompany, Table):
    """What a process is to be told of what was done elsewhere: written in the transaction that did it.

    Its number says of two facts about one thing which is newer. Sent at once by whoever wrote it, and from
    `due_at` on by the relay, until it is delivered.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("starts_with(process_id, company_id || '/')", "process_of_company"),
        Index(None, "due_at", postgresql_where=text("delivered_at IS NULL")),
        Index(None, "process_id"),
        Index("inbox_untold_idx", "process_id", postgresql_where=text("delivered_at IS NULL")),
        {"schema": "foundation"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    process_id: Mapped[str]
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    operation_key: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp() + interval '2 seconds'"))
    delivered_at: Mapped[datetime | None]


class AcceptedCommand(OfCompany, Table):
    """What a process was asked for, start or command: written down before it is sent, answered once.

    Written by `foundation.accept_command` and `foundation.answer_commands` only.
    """

    __tablename__ = "command"
    __table_args__ = (
        CheckConstraint("number > 0", "number_positive"),
        CheckConstraint("starts_with(process_id, company_id || '/')", "process_of_company"),
        CheckConstraint("num_nonnulls(answer, refusal) = num_nonnulls(answered_at)", "answered_once"),
        UniqueConstraint("process_id", "number"),
        UniqueConstraint("process_id", "kind", "actor", "key"),
        Index(None, "due_at", postgresql_where=text("answered_at IS NULL OR again")),
        Index(None, "process_id", "number", postgresql_where=text("answered_at IS NULL OR again")),
        {"schema": "foundation"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    process_id: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    actor: Mapped[str]
    key: Mapped[str]
    asked_hash: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    party: Mapped[str | None]
    summary: Mapped[str | None]
    correlation_id: Mapped[str]
    begun_by: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp() + interval '5 seconds'"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    again: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it is sent again though it may be answered: its process is begun again."""


class ApprovalState(OfCompany, Table):
    """What a person was asked to decide, by which process; when we remind, and what was decided."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'approved', 'rejected', 'withdrawn')", "status_known"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", "ended_has_moment"),
        CheckConstraint(
            "(status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)", "decided_by_somebody"
        ),
        CheckConstraint("decided_by <> requested_by AND on_behalf_of <> requested_by", "four_eyes"),
        CheckConstraint("on_behalf_of IS NULL OR decided_by IS NOT NULL", "on_behalf_when_decided"),
        CheckConstraint("level BETWEEN 1 AND levels", "level_of_levels"),
        CheckConstraint("decided_by <> on_behalf_of", "for_another"),
        Index("approval_decides_once", "matter", "decided_by", unique=True),
        Index("approval_decided_for_once", "matter", "on_behalf_of", unique=True),
        Index(None, "company_id", "status", "requested_at"),
        Index(None, "company_id", "process_id"),
        Index(None, "company_id", "document"),
        {"schema": "foundation"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    process_id: Mapped[str]
    subject: Mapped[str]
    role: Mapped[str]
    document: Mapped[str | None]
    party: Mapped[str | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    requested_by: Mapped[str]
    # The process's clock, which its timers go by; all moments of a row are comparable.
    requested_at: Mapped[datetime]
    remind_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(server_default=text("0"))
    escalated_to: Mapped[str | None]
    escalated_at: Mapped[datetime | None]
    status: Mapped[str]
    decided_by: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    # What all rows have in common that ask about the same.
    matter: Mapped[UUID]
    level: Mapped[int] = mapped_column(server_default=text("1"))
    levels: Mapped[int] = mapped_column(server_default=text("1"))
    # Who is asked afterwards: [{"level": 2, "role": "finance director", "escalate_to": null}, …].
    to_come: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    # The role that may decide as well, when nobody does for long.
    escalate_to: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="")
    content_hash: Mapped[str] = mapped_column(server_default="")
    must_be_read: Mapped[bool] = mapped_column(server_default=text("false"))
    policy: Mapped[str | None]
    policy_version: Mapped[int | None]
    why: Mapped[str | None]


class KeptSchedule(OfCompany, Table):
    """What is begun each day, or on the first day of each month: Temporal's schedule is made from it."""

    __tablename__ = "schedule"
    __table_args__ = (
        CheckConstraint("hour BETWEEN 0 AND 23", "hour_of_day"),
        {"schema": "foundation"},
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    process: Mapped[str] = mapped_column(primary_key=True)
    summary: Mapped[str]
    is_monthly: Mapped[bool]
    hour: Mapped[int]
    active: Mapped[bool]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    actor: Mapped[str] = mapped_column(server_default=text("current_setting('perpetual.actor')"))
    correlation_id: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Agreement(Table):
    """Whether the books and Temporal are of one moment: see `agreement`. One row, of no company."""

    __tablename__ = "agreement"
    __table_args__ = (CheckConstraint("only_one", "only_one"), {"schema": "foundation"})

    only_one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    installation: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    books: Mapped[str | None]
    namespace: Mapped[str | None]
    told: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    seen: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    told_at: Mapped[datetime | None]
    closed_why: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]


class ReferenceVersion(Table):
    """Counted up by every change of a company's reference data, and of what callers may do: whoever remembers
    it forgets it then.
    """

    __tablename__ = "reference_version"
    __table_args__ = ({"schema": "foundation"},)

    company_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    access: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class AttachedFile(OfCompany, Table):
    """A document as it was printed once: what the receiver has is what we keep, and show again."""

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("company_id", "document_type", "document_id", "version"),
        {"schema": "foundation"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    version: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, Computed("sha256(content)", persisted=True))
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class NumberSeries(Table):
    """The last number taken of a series in a fiscal year."""

    __tablename__ = "number_series"
    __table_args__ = ({"schema": "foundation"},)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    series: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger)
