"""How old what was open on a day was then: what customers owed, what suppliers were owed, and what had come
and was not invoiced. Each is the balance of its control accounts at the end of that day.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Date, bindparam, text

from domains.ledger.messages import Side
from domains.ledger.queries.open_as_of import MOST_ITEMS, OPEN_THEN, TooManyOpenItems
from domains.ledger.queries.reports import base_currency
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity
from foundation.values.money import ZERO

# `sign` is 1 where debit is shown as positive, and -1 where credit is. What is without a due day, as goods
# that have come, has that of its document.
_AGED = text(
    f"""
    {OPEN_THEN}, aged AS (
        SELECT party_type, party_code, currency,
            :sign * sum(open_then) AS open_amount, :sign * sum(base_open_then) AS base_open_amount,
            :sign * coalesce(sum(open_then) FILTER (WHERE due_on >= :as_of), 0) AS not_due,
            :sign * coalesce(sum(open_then) FILTER (WHERE :as_of - due_on BETWEEN 1 AND 30), 0)
                AS days_1_to_30,
            :sign * coalesce(sum(open_then) FILTER (WHERE :as_of - due_on BETWEEN 31 AND 60), 0)
                AS days_31_to_60,
            :sign * coalesce(sum(open_then) FILTER (WHERE :as_of - due_on BETWEEN 61 AND 90), 0)
                AS days_61_to_90,
            :sign * coalesce(sum(open_then) FILTER (WHERE :as_of - due_on > 90), 0) AS over_90_days
        FROM was_open GROUP BY party_type, party_code, currency
    )
    SELECT a.*, p.name AS party_name
    FROM aged a JOIN master_data.party p ON p.type = a.party_type AND p.code = a.party_code
    ORDER BY a.party_code, a.party_type, a.currency
    """
).bindparams(bindparam("as_of", type_=Date))
_SIGN = {Side.RECEIVABLE: 1, Side.PAYABLE: -1}

_GOODS = text(
    f"""
    {OPEN_THEN}
    SELECT w.document_type, w.document_id, w.document_number AS receipt_number,
        w.document_on AS received_on, w.order_id, w.order_line_number, w.party_code AS supplier_code,
        p.name AS supplier_name, w.quantity_then AS quantity, -w.base_open_then AS base_amount
    FROM was_open w LEFT JOIN master_data.party p ON p.type = w.party_type AND p.code = w.party_code
    ORDER BY w.document_on, w.document_number, w.order_line_number, w.id
    LIMIT :most
    """
).bindparams(bindparam("as_of", type_=Date))


class Aged(Message):
    """What was open with one party in one currency, by how late it was, less money on account."""

    currency: str
    open_amount: ShownAmount
    base_open_amount: ShownAmount
    not_due: ShownAmount
    days_1_to_30: ShownAmount
    days_31_to_60: ShownAmount
    days_61_to_90: ShownAmount
    over_90_days: ShownAmount
    items: str
    """Where the open items behind these figures are."""


class AgedReceivableRow(Aged):
    """What one customer owed."""

    customer_code: str
    customer_name: str


class AgedReceivables(Message):
    """What all customers owed at the end of a day."""

    as_of: date
    base_currency: str
    rows: list[AgedReceivableRow]
    base_total: ShownAmount


class AgedPayableRow(Aged):
    """What one supplier was owed: what we owe is positive."""

    supplier_code: str
    supplier_name: str


class AgedPayables(Message):
    """What all suppliers were owed at the end of a day: what we owe is positive."""

    as_of: date
    base_currency: str
    rows: list[AgedPayableRow]
    base_total: ShownAmount


class GoodsNotInvoiced(Message):
    """What had come on one receipt, for one line of an order, and was not invoiced: in the stock unit, and in
    the company's currency at the price at which it came. Without an order where none was named.
    """

    document_type: str
    document_id: UUID
    receipt_number: str
    received_on: date
    days_waiting: int
    supplier_code: str | None
    supplier_name: str | None
    order_id: UUID | None
    order_line_number: int | None
    quantity: ShownQuantity | None
    base_amount: ShownAmount


class GoodsReceivedNotInvoiced(Message):
    """What had come and was not invoiced at the end of a day, the longest waiting first, and by how long it
    had waited; its total is the balance of the accounts for it.
    """

    as_of: date
    base_currency: str
    rows: list[GoodsNotInvoiced]
    days_0_to_30: ShownAmount
    days_31_to_60: ShownAmount
    days_61_to_90: ShownAmount
    over_90_days: ShownAmount
    base_total: ShownAmount


async def aged_receivables(tx: Transaction, as_of: date) -> AgedReceivables:
    """What customers owed at the end of a day, by how late it was then."""
    found = await aged(tx, Side.RECEIVABLE, as_of)
    return AgedReceivables.model_validate(await _report(tx, found, as_of, "customer"))


async def aged_payables(tx: Transaction, as_of: date) -> AgedPayables:
    """What suppliers were owed at the end of a day, by how late it was then."""
    found = await aged(tx, Side.PAYABLE, as_of)
    return AgedPayables.model_validate(await _report(tx, found, as_of, "supplier"))


async def aged(tx: Transaction, side: Side, as_of: date) -> list[Any]:
    """What was open on a side at the end of a day, by party and currency; what is owed is positive."""
    return list(await tx.execute(_AGED, {"side": side.value, "as_of": as_of, "sign": _SIGN[side]}))


async def _report(tx: Transaction, found: list[Any], as_of: date, party: str) -> dict[str, Any]:
    side = {} if party == "customer" else {"side": Side.PAYABLE.value}
    rows = []
    for row in found:
        figures = {name: value for name, value in row._asdict().items() if not name.startswith("party_")}
        items = urlencode({party: row.party_code, "currency": row.currency, "as_of": as_of} | side)
        named = {f"{party}_code": row.party_code, f"{party}_name": row.party_name}
        rows.append(figures | named | {"items": f"/v1/reports/open-items?{items}"})
    return {
        "as_of": as_of,
        "base_currency": await base_currency(tx),
        "rows": rows,
        "base_total": sum((row.base_open_amount for row in found), ZERO),
    }


async def goods_not_invoiced(tx: Transaction, as_of: date) -> GoodsReceivedNotInvoiced:
    """What had come and was not invoiced at the end of a day. Refuses: TooManyOpenItems, over 10,000."""
    asked = {"side": Side.GOODS_RECEIVED.value, "as_of": as_of, "most": MOST_ITEMS + 1}
    found = (await tx.execute(_GOODS, asked)).all()
    if len(found) > MOST_ITEMS:
        raise TooManyOpenItems(f"more than {MOST_ITEMS} receipts were not invoiced on {as_of}")
    rows = [GoodsNotInvoiced(days_waiting=(as_of - row.received_on).days, **row._asdict()) for row in found]

    def waiting(least: int, most: int = 1_000_000) -> Decimal:
        # What was invoiced before it came has not begun to wait.
        some = (row.base_amount for row in rows if least <= max(row.days_waiting, 0) <= most)
        return sum(some, ZERO)

    return GoodsReceivedNotInvoiced(
        as_of=as_of,
        base_currency=await base_currency(tx),
        rows=rows,
        days_0_to_30=waiting(0, 30),
        days_31_to_60=waiting(31, 60),
        days_61_to_90=waiting(61, 90),
        over_90_days=waiting(91),
        base_total=waiting(0),
    )
