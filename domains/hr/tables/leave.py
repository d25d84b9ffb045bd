"""The tables of leave. Days are working days of the person, with halves."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

LEAVE_REQUEST_NUMBER = Sequence("leave_request_number", schema="hr", metadata=Table.metadata)
SCHEMA = {"schema": "hr"}
STATUSES = "('requested', 'submitted', 'approved', 'rejected', 'cancelled', 'taken_back')"
KINDS = "('accrued', 'adjusted', 'taken', 'given_back', 'lapsed')"


def _of_employee() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["company_id", "employee_code"], ["hr.employee.company_id", "hr.employee.code"]
    )


def _of_type() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["company_id", "leave_type_code"], ["hr.leave_type.company_id", "hr.leave_type.code"]
    )


class LeaveType(OfCode, Versioned, Table):
    """A sort of leave, and what people are entitled to of it."""

    __tablename__ = "leave_type"
    __table_args__ = (CheckConstraint("accrual IN ('none', 'yearly', 'monthly')", "accrual_known"), SCHEMA)

    name: Mapped[str]
    accrual: Mapped[str]
    steps: Mapped[list[Any]] = mapped_column(JSONB)
    round_to: Mapped[str]
    carry_over_most: Mapped[Decimal | None]
    carry_over_until: Mapped[str]
    may_be_negative: Mapped[bool]
    is_paid: Mapped[bool]
    needs_approval: Mapped[bool]
    blocked: Mapped[bool]


class LeaveEntitlement(OfCompany, Table):
    """That somebody is entitled to leave of a year, and how it goes into the next. Only added to."""

    __tablename__ = "leave_entitlement"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "employee_code", "leave_type_code", "year"),
        _of_employee(),
        _of_type(),
        SCHEMA,
    )

    employee_code: Mapped[str]
    leave_type_code: Mapped[str]
    year: Mapped[int]
    days: Mapped[Decimal]
    carry_over_most: Mapped[Decimal | None]
    carry_over_until: Mapped[str]


@document("/v1/leave-requests", process="leave_request")
class LeaveRequestRow(OfCompany, Table):
    """Somebody wants to be away, and what became of it."""

    __tablename__ = "leave_request"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        _of_employee(),
        _of_type(),
        CheckConstraint(f"status IN {STATUSES}", "status_known"),
        CheckConstraint("starts_on <= ends_on", "days_in_order"),
        CheckConstraint("days > 0", "takes_days"),
        Index(None, "company_id", "employee_code", "starts_on"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    employee_code: Mapped[str]
    leave_type_code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    half_first_day: Mapped[bool]
    half_last_day: Mapped[bool]
    days: Mapped[Decimal]
    is_paid: Mapped[bool]
    needs_approval: Mapped[bool]
    note: Mapped[str]
    why_ended: Mapped[str] = mapped_column(server_default="")
    requested_by: Mapped[str] = mapped_column(server_default=func.current_setting("perpetual.actor"))
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LeaveDay(OfCompany, Table):
    """A working day, or half of one, on which somebody is away. On any day by one request that stands."""

    __tablename__ = "leave_day"
    __table_args__ = (
        PrimaryKeyConstraint("leave_id", "day"),
        CheckConstraint("share IN (0.5, 1)", "half_or_whole"),
        Index(
            "leave_day_once",
            "company_id",
            "employee_code",
            "day",
            unique=True,
            postgresql_where=text("stands"),
        ),
        SCHEMA,
    )

    leave_id: Mapped[UUID] = mapped_column(ForeignKey("hr.leave_request.id"))
    day: Mapped[date]
    employee_code: Mapped[str]
    share: Mapped[Decimal]
    stands: Mapped[bool] = mapped_column(server_default="true")


class LeaveMovement(OfCompany, Table):
    """Days that somebody has more or fewer from a day on. Only added to: the balance is their sum."""

    __tablename__ = "leave_movement"
    __table_args__ = (
        _of_employee(),
        _of_type(),
        CheckConstraint(f"kind IN {KINDS}", "kind_known"),
        CheckConstraint("days <> 0", "moves_days"),
        CheckConstraint("(kind IN ('taken', 'given_back')) = (leave_id IS NOT NULL)", "taken_by_a_request"),
        CheckConstraint("(leave_id IS NULL) = (year IS NOT NULL)", "of_a_year"),
        Index("leave_movement_by_day", "company_id", "employee_code", "leave_type_code", "counts_on"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_code: Mapped[str]
    leave_type_code: Mapped[str]
    counts_on: Mapped[date]
    kind: Mapped[str]
    year: Mapped[int | None]
    days: Mapped[Decimal]
    leave_id: Mapped[UUID | None] = mapped_column(ForeignKey("hr.leave_request.id"))
    reason: Mapped[str] = mapped_column(server_default="")
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())
