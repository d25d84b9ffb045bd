"""The table of what people are paid by payment runs: account by account, and what became of it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domains.banking.tables.schema import SCHEMA
from foundation.database.connections import OfCompany, Table
from foundation.database.document_types import document


@document("/v1/wage-payments", party="employee_code", is_for_few=True)
class WagePayment(OfCompany, Table):
    """What one person is paid to one account by a run: a part of a payslip. Its amount stays as proposed."""

    __tablename__ = "wage_payment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("place > 0", "place_positive"),
        CheckConstraint("party_type = 'employee'", "of_an_employee"),
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("status IN ('included', 'left_out', 'paid', 'withdrawn')", "status_known"),
        CheckConstraint("(status = 'left_out') = (left_out_because <> '')", "left_out_because"),
        CheckConstraint(
            "(status = 'paid') = (paid_on IS NOT NULL) AND (paid_on IS NULL) = (account_code IS NULL)",
            "paid_from",
        ),
        CheckConstraint("payment_id = id OR payment_id IS NULL AND status = 'left_out'", "is_a_payment"),
        ForeignKeyConstraint(
            ["company_id", "party_type", "employee_code"],
            ["master_data.party.company_id", "master_data.party.type", "master_data.party.code"],
        ),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        Index(None, "run_id"),
        Index(None, "payslip_id", "place"),
        Index(
            "wage_payment_in_one_run",
            *("company_id", "payslip_id", "place"),
            unique=True,
            postgresql_where=text("status = 'included'"),
        ),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("banking.payment_run.id"))
    number: Mapped[str]
    """The end-to-end id."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("banking.payment_run_payment.id"))
    """Its own id; without one it was never to be paid."""
    payslip_id: Mapped[UUID]
    payslip_number: Mapped[str]
    place: Mapped[int]
    """Which of the accounts that the payslip goes to."""
    employee_code: Mapped[str]
    employee_name: Mapped[str]
    party_type: Mapped[str] = mapped_column(server_default="employee")
    currency: Mapped[str]
    amount: Mapped[Decimal]
    status: Mapped[str]
    left_out_because: Mapped[str] = mapped_column(server_default="")
    paid_on: Mapped[date | None]
    """When it is posted, and in `account_code` to which account of the books."""
    account_code: Mapped[str | None]
