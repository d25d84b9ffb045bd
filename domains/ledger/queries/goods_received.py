"""What has come and is not invoiced yet: under a lock, for whoever is about to match an invoice with it."""

from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from domains.ledger.messages import Opened, OpenGoods, Side
from domains.ledger.tables.open_items import OpenItem
from foundation.database.transaction import Transaction

_OF_ORDER = (
    select(
        OpenItem.id,
        OpenItem.document_on,
        OpenItem.reopened_on,
        OpenItem.document_number,
        OpenItem.order_line_number,
        OpenItem.open_quantity,
        OpenItem.base_open_amount,
    )
    .where(
        OpenItem.order_id == bindparam("order", type_=Uuid),
        OpenItem.side == Side.GOODS_RECEIVED.value,
        OpenItem.order_line_number.is_not(None),
        OpenItem.open_quantity > 0,
    )
    # Locked in the order of their ids, as by whoever settles others.
    .order_by(OpenItem.id)
    .with_for_update()
)


async def goods_of_order(tx: Transaction, order_id: UUID, *, on: date) -> list[OpenGoods]:
    """What has come for an order and is not invoiced, the oldest receipt first; last, what is not open yet on
    the day.
    """
    rows = (await tx.execute(_OF_ORDER, {"order": order_id})).all()
    found = [
        OpenGoods(
            item_id=row.id,
            order_line_number=row.order_line_number,
            quantity=row.open_quantity,
            base_amount=-row.base_open_amount,
            opened=Opened(row.document_number, (row.id,), row.document_on, row.reopened_on),
        )
        for row in sorted(rows, key=lambda row: (row.document_on, row.document_number, row.order_line_number))
    ]
    return sorted(found, key=lambda goods: goods.opened.since > on)
