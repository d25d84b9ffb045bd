"""What goods cost on their way: spread over the lines of their receipts.

Quantities are in the items' stock units, values in the company's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.inventory.tables.goods import AMOUNT
from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document


@document("/v1/landed-costs")
class LandedCost(OfCompany, Posted, Table):
    """A cost of goods that came, taken from the clearing account. Only added to."""

    __tablename__ = "landed_cost"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("value > 0", "value_positive"),
        CheckConstraint("stock_value BETWEEN 0 AND value", "stock_value_within_value"),
        CheckConstraint("basis IN ('quantity', 'value', 'weight')", "basis_known"),
        ForeignKeyConstraint(
            ["company_id", "account_code"], ["ledger.account.company_id", "ledger.account.code"]
        ),
        Index(None, "source_id"),
        Index(None, "company_id", "posted_on", "id"),
        {"schema": "inventory"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    source_number: Mapped[str]
    account_code: Mapped[str]
    """The clearing account that the source had posted it to."""
    basis: Mapped[str]
    posted_on: Mapped[date]
    reason: Mapped[str]
    source_currency: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    """In the source's currency."""
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    stock_value: Mapped[Decimal] = mapped_column(AMOUNT)
    """The part of it that what is left is worth more; the rest is cost of goods sold."""
    currency: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LandedCostLine(OfCompany, Table):
    """What a line of a receipt got of it. Only added to."""

    __tablename__ = "landed_cost_line"
    __table_args__ = (
        PrimaryKeyConstraint("landed_cost_id", "line_number"),
        UniqueConstraint(
            "landed_cost_id",
            "receipt_id",
            "receipt_line_number",
            name="landed_cost_line_of_a_receipt_line_key",
        ),
        CheckConstraint("stock_quantity > 0", "quantity_positive"),
        CheckConstraint("left_quantity BETWEEN 0 AND stock_quantity", "left_within_quantity"),
        CheckConstraint("stock_value BETWEEN 0 AND value", "stock_value_within_value"),
        ForeignKeyConstraint(["landed_cost_id"], ["inventory.landed_cost.id"]),
        ForeignKeyConstraint(
            ["receipt_id", "receipt_line_number"],
            ["inventory.stock_receipt_line.receipt_id", "inventory.stock_receipt_line.line_number"],
        ),
        belongs_to("item_code", "item"),
        Index(None, "receipt_id", "receipt_line_number"),
        {"schema": "inventory"},
    )

    landed_cost_id: Mapped[UUID]
    line_number: Mapped[int]
    receipt_id: Mapped[UUID]
    receipt_number: Mapped[str]
    receipt_line_number: Mapped[int]
    item_code: Mapped[str]
    stock_quantity: Mapped[Decimal]
    """What came with the line, and has not gone back to the supplier."""
    left_quantity: Mapped[Decimal]
    """How much of it was taken to be in stock still."""
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    stock_value: Mapped[Decimal] = mapped_column(AMOUNT)
