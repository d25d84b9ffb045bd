"""The tables of payment runs: what is to be paid, to whom, and what became of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.banking.tables.schema import SCHEMA, of_account
from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document

PAYMENT_RUN_NUMBER = Sequence("payment_run_number", schema="banking", metadata=Table.metadata)


@document("/v1/payment-runs", process="payment_run")
class PaymentRun(OfCompany, Table):
    """What is paid to suppliers, or of wages, from a bank account on a day, and how far it has come."""

    __tablename__ = "payment_run"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint(
            "status IN ('proposed', 'submitted', 'released', 'posted', 'cancelled')", "status_known"
        ),
        CheckConstraint("iban <> ''", "has_iban"),
        CheckConstraint("pay_on <= due_until AND pay_on <= paid_on", "days_in_order"),
        CheckConstraint("(paid_on IS NOT NULL) = (status IN ('released', 'posted'))", "released_on_a_day"),
        CheckConstraint(
            "(paid_on IS NOT NULL) = (released_on IS NOT NULL) AND released_on <= paid_on",
            "paid_when_released",
        ),
        CheckConstraint(
            "(payroll_run_id IS NULL) = (payroll_run_number = '')"
            " AND (payroll_run_id IS NULL) = (amount IS NOT NULL)"
            " AND (amount IS NULL) = (discount_amount IS NULL)",
            "wages_or_suppliers",
        ),
        of_account(),
        Index(None, "company_id", "pay_on", "id"),
        Index(None, "payroll_run_id", postgresql_where=text("payroll_run_id IS NOT NULL")),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    bank_account_code: Mapped[str]
    iban: Mapped[str]
    """Of the account that pays, as it was when the run was proposed; and so its `bic`."""
    bic: Mapped[str]
    currency: Mapped[str]
    pay_on: Mapped[date]
    due_until: Mapped[date]
    paid_on: Mapped[date | None]
    """It is posted on this day, once it is released."""
    released_on: Mapped[date | None]
    """When that was: the bank has made nothing of it before."""
    supplier_codes: Mapped[list[Any]] = mapped_column(JSONB)
    least_discount_yield_percent: Mapped[Decimal | None]
    payroll_run_id: Mapped[UUID | None]
    """The payroll run whose net pay it pays; none when it pays suppliers."""
    payroll_run_number: Mapped[str] = mapped_column(server_default="")
    amount: Mapped[Decimal | None]
    """Of what is to be paid, and then of what was. Not said of wages."""
    discount_amount: Mapped[Decimal | None]
    content_hash: Mapped[str]
    proposed_by: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    proposed_at: Mapped[datetime] = mapped_column(server_default=func.now())


def _of_run() -> ForeignKey:
    return ForeignKey("banking.payment_run.id")


class PaymentRunPayment(OfCompany, Table):
    """To whom, and to which account, as it was when the run was proposed. Only added to."""

    __tablename__ = "payment_run_payment"
    __table_args__ = (
        UniqueConstraint("company_id", "end_to_end_id"),
        UniqueConstraint("run_id", "supplier_code"),
        CheckConstraint("iban <> '' AND (city <> '' OR supplier_code IS NULL)", "names_a_town"),
        CheckConstraint("iban_before <> iban", "other_before"),
        belongs_to("supplier_code", "supplier"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(_of_run())
    end_to_end_id: Mapped[str]
    supplier_code: Mapped[str | None]
    """None when it pays wages."""
    payee_name: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str]
    iban_before: Mapped[str] = mapped_column(server_default="")
    """Where the last payment of a run to the supplier went, or where the payslip says, when that is another
    account.
    """
    city: Mapped[str]
    country: Mapped[str]


class PaymentRunInvoice(OfCompany, Table):
    """What is paid of an invoice, and what became of it; its amounts stay as they were proposed."""

    __tablename__ = "payment_run_invoice"
    __table_args__ = (
        CheckConstraint("status IN ('included', 'left_out', 'paid', 'withdrawn')", "status_known"),
        CheckConstraint("(status = 'left_out') = (left_out_because <> '')", "left_out_because"),
        CheckConstraint("(status = 'paid') = (supplier_payment_id IS NOT NULL)", "paid_by"),
        CheckConstraint(
            "amount > 0 AND discount_amount >= 0 AND amount + discount_amount <= open_amount"
            " OR payment_id IS NULL AND status = 'left_out'",
            "amounts",
        ),
        Index(
            "payment_run_invoice_in_one_run",
            "company_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("status = 'included'"),
        ),
        Index(None, "payment_id"),
        Index("payment_run_invoice_supplier_payment_id_key", "supplier_payment_id", unique=True),
        SCHEMA,
    )

    run_id: Mapped[UUID] = mapped_column(_of_run(), primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("banking.payment_run_payment.id"))
    """Without one it was never to be paid."""
    supplier_code: Mapped[str]
    supplier_name: Mapped[str]
    invoice_number: Mapped[str]
    supplier_number: Mapped[str] = mapped_column(server_default="")
    """What the supplier calls the invoice."""
    due_on: Mapped[date]
    currency: Mapped[str]
    open_amount: Mapped[Decimal]
    amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
    discount_yield_percent: Mapped[Decimal | None]
    pay_reason: Mapped[str]
    status: Mapped[str]
    left_out_because: Mapped[str] = mapped_column(server_default="")
    supplier_payment_id: Mapped[UUID | None]
