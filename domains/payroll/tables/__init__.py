"""The tables of payroll. Amounts are in the company's currency."""

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
    PrimaryKeyConstraint,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import OfCode, Versioned, belongs_to
from domains.payroll.tables.net_pay import EmployeeLoanRecord, GarnishmentOrderRecord, LoanMovement
from domains.payroll.tables.schema import SCHEMA, of_employee, of_group
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

__all__ = [
    "Absence",
    "EmployeeLoanRecord",
    "GarnishmentOrderRecord",
    "LoanMovement",
    "OpeningSumRow",
    "PayAccountChangeRow",
    "PayAgreementRecord",
    "PayComponentRecord",
    "PayGroup",
    "PayrollRunRow",
    "PayslipRow",
    "YearOpeningRecord",
    "YearToDateRow",
]

PAYROLL_RUN_NUMBER = Sequence("payroll_run_number", schema="payroll", metadata=Table.metadata)
_DAYS = text("daterange(starts_on, ends_on, '[]')")


class PayGroup(OfCode, Versioned, Table):
    """Who is paid together, under which law and how often."""

    __tablename__ = "pay_group"
    __table_args__ = (
        CheckConstraint("variance_percent >= 0", "variance_not_negative"),
        CheckConstraint("minimum_wage > 0", "minimum_wage_positive"),
        belongs_to("holiday_calendar_code", "holiday_calendar"),
        SCHEMA,
    )

    name: Mapped[str]
    country: Mapped[str]
    frequency: Mapped[str]
    holiday_calendar_code: Mapped[str | None]
    variance_percent: Mapped[Decimal | None]
    minimum_wage: Mapped[Decimal | None]
    blocked: Mapped[bool]


class PayComponentRecord(OfCode, Versioned, Table):
    """What pay is made of, in all its versions."""

    __tablename__ = "pay_component"
    __table_args__ = (CheckConstraint("jsonb_array_length(versions) > 0", "has_versions"), SCHEMA)

    name: Mapped[str]
    country: Mapped[str]
    sign: Mapped[str]
    treatment: Mapped[str]
    counts_as_base: Mapped[bool]
    proration: Mapped[str | None]
    post_tax: Mapped[dict[str, Any]] = mapped_column(JSONB)
    versions: Mapped[list[Any]] = mapped_column(JSONB)


class PayAgreementRecord(OfCode, Versioned, Table):
    """What somebody is paid from a day on, by which law, and where to."""

    __tablename__ = "pay_agreement"
    __table_args__ = (
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        CheckConstraint("valid_from <= valid_to", "in_order"),
        CheckConstraint("hours_a_week >= 0", "hours_not_negative"),
        of_employee(),
        of_group(),
        Index(None, "company_id", "pay_group_code"),
        Index(None, "company_id", "employee_code"),
        SCHEMA,
    )

    employee_code: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    pay_group_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    actor: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="en")
    hours_a_week: Mapped[Decimal]
    pay_items: Mapped[list[Any]] = mapped_column(JSONB)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cost_centres: Mapped[list[Any]] = mapped_column(JSONB)
    accounts: Mapped[list[Any]] = mapped_column(JSONB)
    changed_by: Mapped[str] = mapped_column(server_default="")


class PayAccountChangeRow(OfCompany, Table):
    """Where somebody's pay is to go instead, by a change of bank details. Only added to."""

    __tablename__ = "pay_account_change"
    __table_args__ = (Index(None, "company_id", "agreement_code"), SCHEMA)

    change_id: Mapped[UUID] = mapped_column(
        ForeignKey("master_data.bank_details_change.id"), primary_key=True
    )
    agreement_code: Mapped[str]
    employee_code: Mapped[str]
    accounts_before: Mapped[list[Any]] = mapped_column(JSONB)
    accounts: Mapped[list[Any]] = mapped_column(JSONB)


class YearOpeningRecord(OfCode, Versioned, Table):
    """What was paid to somebody in a year, and withheld, before we paid it."""

    __tablename__ = "year_opening"
    __table_args__ = (
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        UniqueConstraint("company_id", "employee_code", "year"),
        of_employee(),
        SCHEMA,
    )

    employee_code: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    year: Mapped[int]
    country: Mapped[str]
    law: Mapped[dict[str, Any]] = mapped_column(JSONB)
    components: Mapped[dict[str, Any]] = mapped_column(JSONB)


class OpeningSumRow(OfCompany, Table):
    """What an opening adds to a year, or a correction of it. Only added to."""

    __tablename__ = "opening_sum"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "opening_code"],
            ["payroll.year_opening.company_id", "payroll.year_opening.code"],
        ),
        Index(None, "company_id", "employee_code", "year", postgresql_include=["name", "amount"]),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    opening_code: Mapped[str]
    employee_code: Mapped[str]
    year: Mapped[int]
    name: Mapped[str]
    amount: Mapped[Decimal]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/payroll-runs", process="payroll_run")
class PayrollRunRow(OfCompany, Table):
    """What the people of a group are paid for a period, and how far it has come."""

    __tablename__ = "payroll_run"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("status IN ('open', 'submitted', 'released', 'sealed', 'cancelled')", "status_known"),
        CheckConstraint("kind IN ('regular', 'correction', 'off_cycle', 'final')", "kind_known"),
        CheckConstraint("starts_on <= ends_on", "days_in_order"),
        CheckConstraint("company <> '{}' OR status NOT IN ('released', 'sealed')", "says_who_pays"),
        of_group(),
        Index(None, "company_id", "paid_on", "id"),
        ExcludeConstraint(
            *(("company_id", "="), ("pay_group_code", "="), (_DAYS, "&&")),
            name="payroll_run_once_for_a_day",
            where=text("kind = 'regular' AND status <> 'cancelled'"),
        ),
        Index(
            "payroll_run_corrected_by_one",
            *("company_id", "pay_group_code", "starts_on", "ends_on"),
            unique=True,
            postgresql_where=text("kind = 'correction' AND status NOT IN ('sealed', 'cancelled')"),
        ),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    pay_group_code: Mapped[str]
    kind: Mapped[str]
    country: Mapped[str]
    frequency: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    paid_on: Mapped[date]
    currency: Mapped[str]
    people: Mapped[int] = mapped_column(server_default="0")
    """Of all payslips that count; and so the amounts."""
    gross_amount: Mapped[Decimal] = mapped_column(Numeric(24, 6), server_default="0")
    net_amount: Mapped[Decimal] = mapped_column(Numeric(24, 6), server_default="0")
    employer_amount: Mapped[Decimal] = mapped_column(Numeric(24, 6), server_default="0")
    content_hash: Mapped[str] = mapped_column(server_default="")
    opened_by: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    company: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """As payslips are headed, with the group's name: kept when the run is released."""
    pay_group_name: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())


@document("/v1/payslips", party="employee_code", is_for_few=True)
class PayslipRow(OfCompany, Table):
    """What one person is paid by one run, as it was computed."""

    __tablename__ = "payslip"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("run_id", "employee_code"),
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        CheckConstraint(
            "status IN ('open', 'calculated', 'held', 'left_out', 'posted', 'reversed', 'withdrawn')",
            "status_known",
        ),
        CheckConstraint("kind IN ('regular', 'off_cycle')", "kind_known"),
        CheckConstraint("(kind = 'off_cycle') = (asked_items <> '[]')", "of_what_was_asked"),
        CheckConstraint("net_amount = gross_amount - deducted_amount", "net_is_gross_less_deductions"),
        CheckConstraint(
            "net_amount >= 0 OR status NOT IN ('calculated', 'posted')", "nothing_negative_is_paid"
        ),
        CheckConstraint("(status = 'held') = (held_because <> '')", "held_for_a_reason"),
        of_employee(),
        Index(None, "company_id", "employee_code", "paid_on"),
        ExcludeConstraint(
            *(("company_id", "="), ("employee_code", "="), ("kind", "="), (_DAYS, "&&")),
            name="payslip_once_for_a_day",
            where=text("status IN ('calculated', 'posted')"),
        ),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("payroll.payroll_run.id"))
    number: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="regular")
    employee_code: Mapped[str]
    employee_name: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    paid_on: Mapped[date]
    currency: Mapped[str]
    status: Mapped[str]
    held_because: Mapped[str] = mapped_column(server_default="")
    """Why nothing is paid: a refusal's name, and in `held_reason` its words."""
    asked_items: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    """What it pays off-cycle: nothing else."""
    held_reason: Mapped[str] = mapped_column(server_default="")
    gross_amount: Mapped[Decimal] = mapped_column(server_default="0")
    deducted_amount: Mapped[Decimal] = mapped_column(server_default="0")
    net_amount: Mapped[Decimal] = mapped_column(server_default="0")
    employer_amount: Mapped[Decimal] = mapped_column(server_default="0")
    content_hash: Mapped[str] = mapped_column(server_default="")
    based_on: Mapped[str] = mapped_column(server_default="")
    """Of the sums of payslips before that it was computed from."""
    computed_from: Mapped[str] = mapped_column(server_default="")
    """Of the agreements and components that it was computed from."""
    corrects: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    """The first days of the closed periods for which it pays differences."""
    lines: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    added: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    """What is added up of it: year, name and amount."""
    paid_to: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    person: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    """What it says of the person: the language, and what the law must know, as it was computed from."""
    posted_at: Mapped[datetime | None]


class Absence(OfCompany, Table):
    """Days for which somebody is not paid."""

    __tablename__ = "absence"
    __table_args__ = (
        of_employee(),
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        CheckConstraint("starts_on <= ends_on", "days_in_order"),
        Index(None, "company_id", "employee_code", "starts_on"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    employee_code: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    stands: Mapped[bool] = mapped_column(server_default="true")
    """Whether it was not taken back."""


class YearToDateRow(OfCompany, Table):
    """What is added up of somebody's payslips in a calendar year. Only added to."""

    __tablename__ = "year_to_date"
    __table_args__ = (
        PrimaryKeyConstraint("payslip_id", "name"),
        Index(None, "company_id", "employee_code", "year", postgresql_include=["name", "amount"]),
        SCHEMA,
    )

    payslip_id: Mapped[UUID] = mapped_column(ForeignKey("payroll.payslip.id"))
    name: Mapped[str]
    employee_code: Mapped[str]
    year: Mapped[int]
    amount: Mapped[Decimal]
