"""What has come and is not invoiced yet: under a lock, for whoever is about to match an invoice with it."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.ledger.messages import Opened, OpenGoods, Side
from domains.ledger.tables.open_items import OpenItem
from foundation.database.transaction import Transaction
from foundation.values.money import ZERO

_READ = (
    select(
        OpenItem.id,
        OpenItem.document_id,
        OpenItem.document_on,
        OpenItem.reopened_on,
        OpenItem.document_number,
        OpenItem.order_line_number,
        OpenItem.open_quantity,
        OpenItem.base_open_amount,
        OpenItem.last_moved_on,
    )
    .where(
        OpenItem.side == Side.GOODS_RECEIVED.value,
        OpenItem.order_line_number.is_not(None),
    )
    # Locked in the order of their ids, as by whoever settles others.
    .order_by(OpenItem.id)
    .with_for_update()
)
_ORDER = OpenItem.order_id == bindparam("order", type_=Uuid)
_OF_ORDER = _READ.where(_ORDER, OpenItem.open_quantity > 0)
_CAME = _READ.where(_ORDER, OpenItem.quantity > 0)
_ALL_OF_ORDER = _READ.where(_ORDER)
_GONE = text(
    """
    SELECT o.id, sum(s.quantity) AS quantity, -sum(s.base_amount) AS base_amount
    FROM ledger.open_item o JOIN ledger.settlement s ON s.open_item_id = o.id
    WHERE o.order_id = :order AND o.quantity > 0 AND s.source_type = 'goods_write_off'
        AND NOT EXISTS (SELECT FROM ledger.settlement r WHERE r.reverses_id = s.id)
    GROUP BY o.id
    """
).bindparams(bindparam("order", type_=Uuid))


async def goods_of_order(tx: Transaction, order_id: UUID, *, on: date) -> list[OpenGoods]:
    """What has come for an order and is not invoiced, the oldest receipt first; last, what is not open yet on
    the day.
    """
    rows = (await tx.execute(_OF_ORDER, {"order": order_id})).all()
    in_order = sorted(rows, key=lambda row: (row.document_on, row.document_number, row.order_line_number))
    return sorted(map(_open_goods, in_order), key=lambda goods: goods.opened.since > on)


class DualQuantity(NamedTuple):
    """So many, in the stock unit, at this value in the company's currency."""

    quantity: Decimal
    base_amount: Decimal


class GoodsThatCame(NamedTuple):
    """What came with a receipt for one line of an order, and is not invoiced: which may be nothing."""

    receipt_id: UUID
    left: OpenGoods
    written_off: DualQuantity
    """What of it was written off as never billed: it is neither invoiced, nor to be."""
    last_moved_on: date
    """The last day on which any of it was invoiced, or was not after all."""


async def goods_that_came(tx: Transaction, order_id: UUID) -> list[GoodsThatCame]:
    """All that came for an order, also what is invoiced, under the same lock."""
    of = {"order": order_id}
    rows = (await tx.execute(_CAME, of)).all()
    gone = {row.id: DualQuantity(row.quantity, row.base_amount) for row in await tx.execute(_GONE, of)}
    nothing = DualQuantity(ZERO, ZERO)
    return [
        GoodsThatCame(row.document_id, _open_goods(row), gone.get(row.id, nothing), row.last_moved_on)
        for row in rows
    ]


async def goods_to_claim(tx: Transaction, order_id: UUID) -> list[tuple[UUID, OpenGoods]]:
    """What went back to the supplier, had been billed, and is not claimed back: by the document that sent it
    back. Quantity and amount are positive. All goods of the order are locked.
    """
    rows = (await tx.execute(_ALL_OF_ORDER, {"order": order_id})).all()
    return [
        (
            row.document_id,
            _open_goods(row)._replace(quantity=-row.open_quantity, base_amount=row.base_open_amount),
        )
        for row in rows
        if row.open_quantity < 0
    ]


def _open_goods(row: Any) -> OpenGoods:
    return OpenGoods(
        item_id=row.id,
        order_line_number=row.order_line_number,
        quantity=row.open_quantity,
        base_amount=-row.base_open_amount,
        opened=Opened(row.document_number, (row.id,), row.document_on, row.reopened_on),
    )
