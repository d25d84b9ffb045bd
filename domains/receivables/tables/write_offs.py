"""Write-offs: what is open and will not be paid, posted, and never changed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from domains.receivables.tables.schema import SCHEMA, on_account
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/write-offs", party="customer_code")
class WriteOff(OfCompany, Posted, Table):
    """A small difference or a bad debt; negative when it is what is left of a customer's money."""

    __tablename__ = "write_off"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("customer_code", "customer"),
        CheckConstraint("kind IN ('small_difference', 'bad_debt')", "kind_known"),
        CheckConstraint("reason <> ''", "for_a_reason"),
        CheckConstraint("amount <> 0", "of_something"),
        CheckConstraint("kind = 'bad_debt' OR tax_amount = 0", "tax_of_bad_debts"),
        CheckConstraint("kind <> 'bad_debt' OR amount > 0", "bad_debt_is_owed"),
        Index(None, "company_id", "written_off_on", "id"),
        Index(None, "document_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    kind: Mapped[str]
    document_type: Mapped[str]
    document_id: Mapped[UUID]
    document_number: Mapped[str]
    customer_code: Mapped[str]
    written_off_on: Mapped[date]
    reason: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    base_amount: Mapped[Decimal]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WriteOffTax(OfCompany, Table):
    """What was taken back of one tax of the invoice, in its currency and in the company's."""

    __tablename__ = "write_off_tax"
    __table_args__ = (
        ForeignKeyConstraint(
            ["invoice_id", "line_number"],
            ["receivables.invoice_tax.invoice_id", "receivables.invoice_tax.line_number"],
        ),
        on_account("account_code"),
        Index(None, "invoice_id", "line_number"),
        SCHEMA,
    )

    write_off_id: Mapped[UUID] = mapped_column(ForeignKey("receivables.write_off.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID]
    account_code: Mapped[str]
    tax_amount: Mapped[Decimal]
    base_tax_amount: Mapped[Decimal]
