"""Write-offs of goods that are never billed, or never credited. Amounts are in the company's currency."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import func

from domains.master_data.tables import belongs_to
from foundation.database.connections import OfCompany, Posted, Table
from foundation.database.document_types import document

SCHEMA = {"schema": "payables"}
GOODS_WRITE_OFF_NUMBER = Sequence("goods_write_off_number", schema="payables", metadata=Table.metadata)


@document("/v1/goods-write-offs", party="supplier_code")
class GoodsWriteOff(OfCompany, Posted, Table):
    """What was open of goods of a purchase order, and was written off with somebody's yes. Only added to."""

    __tablename__ = "goods_write_off"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        belongs_to("supplier_code", "supplier"),
        CheckConstraint("kind IN ('not_billed', 'not_credited')", "kind_known"),
        CheckConstraint("total_amount >= 0", "total_not_negative"),
        CheckConstraint("approved_by <> requested_by", "not_approved_by_who_asked"),
        CheckConstraint("reason <> ''", "has_reason"),
        Index(None, "company_id", "written_off_on", "id"),
        Index(None, "order_id"),
        SCHEMA,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    kind: Mapped[str]
    order_id: Mapped[UUID]
    order_number: Mapped[str]
    process_of_order: Mapped[str]
    supplier_code: Mapped[str]
    written_off_on: Mapped[date]
    reason: Mapped[str]
    currency: Mapped[str]
    total_amount: Mapped[Decimal]
    requested_by: Mapped[str]
    approved_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class GoodsWriteOffLine(OfCompany, Table):
    """What was open of one line of the order from one receipt or return. Only added to."""

    __tablename__ = "goods_write_off_line"
    __table_args__ = (
        CheckConstraint("stock_quantity > 0 AND amount >= 0", "of_something"),
        Index(None, "open_item_id"),
        SCHEMA,
    )

    write_off_id: Mapped[UUID] = mapped_column(ForeignKey("payables.goods_write_off.id"), primary_key=True)
    line_number: Mapped[int] = mapped_column(primary_key=True)
    open_item_id: Mapped[UUID]
    document_number: Mapped[str]
    order_line_number: Mapped[int]
    stock_quantity: Mapped[Decimal]
    amount: Mapped[Decimal]
