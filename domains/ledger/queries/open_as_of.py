"""What was open on a day, of customers or of suppliers: items and what settled them, by the day they count.

An item counts from the day of its document, a settlement from its own; so on each day the open items of a
side are the balance of its control accounts. A settlement may be of an earlier day than its item (money that
came before): until then what is open is negative, as on the account.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, bindparam, text

from domains.ledger.messages import Party, Side
from domains.ledger.queries.reports import base_currency
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError
from foundation.values.messages import Message, ShownAmount
from foundation.values.money import ZERO

MOST_ITEMS = 10_000

# Something may have been open of an item only from its first day until its last movement.
OPEN_THEN = """
    WITH was_open AS (
        SELECT * FROM (
            SELECT i.*,
                CASE WHEN i.document_on <= :as_of THEN i.amount ELSE 0 END - s.amount AS open_then,
                CASE WHEN i.document_on <= :as_of THEN i.base_amount ELSE 0 END - s.base_amount
                    AS base_open_then,
                CASE WHEN i.document_on <= :as_of THEN i.quantity ELSE 0 END - s.quantity AS quantity_then
            FROM ledger.open_item i CROSS JOIN LATERAL (
                SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(base_amount), 0) AS base_amount,
                    coalesce(sum(quantity), 0) AS quantity
                FROM ledger.settlement WHERE open_item_id = i.id AND settled_on <= :as_of
            ) AS s
            WHERE i.side = :side AND i.open_from <= :as_of AND i.open_until > :as_of
        ) AS i WHERE i.open_then <> 0 OR i.base_open_then <> 0 OR i.quantity_then <> 0
    )
"""
"""Of the side and the day that are asked for: each item with what was open of it then."""
_ITEMS = text(
    f"""
    {OPEN_THEN}
    SELECT * FROM was_open
    WHERE (:party IS NULL OR party_type = :type AND party_code = :party)
        AND (:currency IS NULL OR currency = :currency)
    ORDER BY party_code, due_on, document_number, id
    LIMIT :most
    """
).bindparams(
    bindparam("as_of", type_=Date), *(bindparam(name, type_=Text) for name in ("party", "type", "currency"))
)


class TooManyOpenItems(BusinessError):
    """More items were open than one report shows: name a party or a currency."""


class ItemAsOf(Message):
    """What was open of an item at the end of a day: in its currency, and (`base_…`) in the company's."""

    open_item_id: UUID
    party_type: str | None
    party_code: str | None
    """None of goods that no supplier was named for."""
    document_type: str
    document_id: UUID
    document_number: str
    document_on: date
    due_on: date
    days_late: int
    """Negative before it is due."""
    currency: str
    amount: ShownAmount
    open_amount: ShownAmount
    base_open_amount: ShownAmount


class ItemsAsOf(Message):
    """All items that were open at the end of a day, by party and due day."""

    as_of: date
    side: Side
    base_currency: str
    rows: list[ItemAsOf]
    base_total: ShownAmount


async def items_as_of(
    tx: Transaction, side: Side, as_of: date, *, party: Party | None, currency: str | None
) -> ItemsAsOf:
    """The items that were open at the end of a day. Refuses: TooManyOpenItems, over 10,000."""
    asked = {"side": side.value, "as_of": as_of, "currency": currency, "most": MOST_ITEMS + 1}
    whose = {"type": party.type.value, "party": party.code} if party else {"type": None, "party": None}
    wanted = asked | whose
    found = list(await tx.execute(_ITEMS, wanted))
    if len(found) > MOST_ITEMS:
        raise TooManyOpenItems(f"more than {MOST_ITEMS} items were open on {as_of}: name a party")
    rows = [_item(row, as_of) for row in found]
    return ItemsAsOf(
        as_of=as_of,
        side=side,
        base_currency=await base_currency(tx),
        rows=rows,
        base_total=sum((row.base_open_amount for row in rows), ZERO),
    )


def _item(row: Any, as_of: date) -> ItemAsOf:
    same = set(ItemAsOf.model_fields) - {"open_item_id", "days_late", "open_amount", "base_open_amount"}
    return ItemAsOf(
        open_item_id=row.id,
        days_late=(as_of - row.due_on).days,
        open_amount=row.open_then,
        base_open_amount=row.base_open_then,
        **{name: getattr(row, name) for name in same},
    )
