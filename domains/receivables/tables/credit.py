"""Credit: what customers' orders will owe, and the row that they queue for."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from domains.receivables.tables.schema import SCHEMA
from foundation.database.connections import OfCompany, Table


class CustomerCredit(Table):
    """The row that parallel orders of a customer queue for."""

    __tablename__ = "customer_credit"
    __table_args__ = (belongs_to("customer_code", "customer"), SCHEMA)

    company_id: Mapped[str] = mapped_column(
        primary_key=True, server_default=func.foundation.current_company()
    )
    customer_code: Mapped[str] = mapped_column(primary_key=True)


class CreditCommitment(OfCompany, Table):
    """What an order will owe once it is billed, in the company's currency."""

    __tablename__ = "credit_commitment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "customer_code"],
            ["receivables.customer_credit.company_id", "receivables.customer_credit.customer_code"],
        ),
        CheckConstraint("open_amount >= 0", "open_not_negative"),
        Index(
            "credit_commitment_open_idx",
            "company_id",
            "customer_code",
            postgresql_where=text("open_amount <> 0"),
        ),
        SCHEMA,
    )

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_code: Mapped[str]
    amount: Mapped[Decimal]
    open_amount: Mapped[Decimal]
