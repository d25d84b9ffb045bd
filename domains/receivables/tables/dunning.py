"""Dunning: how customers are reminded, who is being reminded, and the letters as they were sent."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned, belongs_to
from domains.receivables.tables.schema import SCHEMA
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


class DunningProcedure(OfCode, Versioned, Table):
    """How customers are reminded."""

    __tablename__ = "dunning_procedure"
    __table_args__ = (
        Index(
            "dunning_procedure_default_idx", "company_id", unique=True, postgresql_where=text("is_default")
        ),
        SCHEMA,
    )

    name: Mapped[str]
    is_default: Mapped[bool]
    levels: Mapped[list[Any]] = mapped_column(JSONB)


class DunningProcedureCustomer(Table):
    """A customer that a procedure is for."""

    __tablename__ = "dunning_procedure_customer"
    __table_args__ = (
        belongs_to("customer_code", "customer"),
        ForeignKeyConstraint(
            ["company_id", "procedure_code"],
            ["receivables.dunning_procedure.company_id", "receivables.dunning_procedure.code"],
        ),
        Index(None, "company_id", "procedure_code"),
        SCHEMA,
    )

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    customer_code: Mapped[str] = mapped_column(primary_key=True)
    procedure_code: Mapped[str]


class Dunning(OfCompany, Table):
    """A customer that is being reminded, or was."""

    __tablename__ = "dunning"
    __table_args__ = (
        belongs_to("customer_code", "customer"),
        CheckConstraint("outcome IN ('paid', 'excluded', 'stopped')", "outcome_known"),
        CheckConstraint("(ended_on IS NULL) = (outcome IS NULL)", "ended_somehow"),
        CheckConstraint("(level = 0) = (last_letter_on IS NULL)", "level_with_letter"),
        Index(
            "dunning_running_idx",
            "company_id",
            "customer_code",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index(None, "company_id", "begun_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_code: Mapped[str]
    begun_on: Mapped[date]
    level: Mapped[int] = mapped_column(server_default="0")
    last_letter_on: Mapped[date | None]
    promised_until: Mapped[date | None]
    disputed_because: Mapped[str] = mapped_column(server_default="")
    ended_on: Mapped[date | None]
    outcome: Mapped[str | None]
    ended_because: Mapped[str] = mapped_column(server_default="")


class DunningHold(OfCompany, Table):
    """An open item that no letter speaks of."""

    __tablename__ = "dunning_hold"
    __table_args__ = (
        CheckConstraint("kind IN ('disputed', 'stopped')", "kind_known"),
        Index(None, "dunning_id"),
        SCHEMA,
    )

    open_item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger.open_item.id"), primary_key=True)
    dunning_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.dunning.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    lifted: Mapped[bool] = mapped_column(server_default="false")


@document("/v1/dunning-letters", party="customer_code")
class DunningLetter(OfCompany, Posted, Table):
    """A letter as it was sent. `customer` is who it was then."""

    __tablename__ = "dunning_letter"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint(
            "company_id", "customer_code", "scheduled_on", "currency", name="dunning_letter_once_a_day"
        ),
        UniqueConstraint("dunning_id", "level", "currency"),
        belongs_to("customer_code", "customer"),
        CheckConstraint("charge_amount = fee_amount + interest_amount", "charge_is_sum"),
        CheckConstraint("fee_amount >= 0 AND interest_amount >= 0", "charges_not_negative"),
        Index(None, "company_id", "written_on", "id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    dunning_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.dunning.id"))
    company: Mapped[dict[str, Any]] = mapped_column(JSONB)
    customer_code: Mapped[str]
    customer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    level: Mapped[int]
    scheduled_on: Mapped[date]
    written_on: Mapped[date]
    pay_by: Mapped[date]
    currency: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Numeric())
    """With all its digits: a rate that is quoted the other way round has no end."""
    title: Mapped[str]
    text: Mapped[str]
    overdue_amount: Mapped[Decimal]
    fee_amount: Mapped[Decimal]
    interest_percent: Mapped[Decimal]
    interest_amount: Mapped[Decimal]
    charge_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DunningLetterLine(OfCompany, Table):
    """One open item that a letter speaks of."""

    __tablename__ = "dunning_letter_line"
    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'charge', 'on_account')", "kind_known"),
        Index(None, "open_item_id"),
        SCHEMA,
    )

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.dunning_letter.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    open_item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger.open_item.id"))
    kind: Mapped[str]
    document_number: Mapped[str]
    document_on: Mapped[date]
    due_on: Mapped[date]
    open_amount: Mapped[Decimal]
    interest_from: Mapped[date | None]
    interest_until: Mapped[date | None]
    interest_amount: Mapped[Decimal]
