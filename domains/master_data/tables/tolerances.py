"""What is tolerated of receipts and supplier invoices."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables.keys import SCHEMA, Versioned, belongs_to
from foundation.database.connections import Table


class MatchingTolerance(Versioned, Table):
    """By how much a receipt and an invoice may differ from the order, from a day on. Of several that fit the
    most precise counts, of these the one that began last.
    """

    __tablename__ = "matching_tolerance"
    __table_args__ = (
        UniqueConstraint(
            "company_id",
            "supplier_code",
            "item_code",
            "valid_from",
            name="matching_tolerance_one_begins_on_a_day",
            postgresql_nulls_not_distinct=True,
        ),
        belongs_to("supplier_code", "supplier"),
        belongs_to("item_code", "item"),
        CheckConstraint(
            "least(price_percent, price_amount, quantity_percent, quantity_amount, value_percent,"
            " value_amount, over_delivery_percent, duplicate_days) >= 0",
            "limits_not_negative",
        ),
        CheckConstraint("under_delivery_percent BETWEEN 0 AND 100", "under_delivery_is_percent"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(
        ForeignKey("master_data.company.code"), server_default=func.foundation.current_company()
    )
    supplier_code: Mapped[str | None]
    item_code: Mapped[str | None]
    valid_from: Mapped[date]
    price_percent: Mapped[Decimal | None]
    price_amount: Mapped[Decimal | None]
    quantity_percent: Mapped[Decimal | None]
    quantity_amount: Mapped[Decimal | None]
    value_percent: Mapped[Decimal | None]
    value_amount: Mapped[Decimal | None]
    over_delivery_percent: Mapped[Decimal]
    under_delivery_percent: Mapped[Decimal]
    duplicate_days: Mapped[int | None]
