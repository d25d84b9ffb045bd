"""What is open is settled: by which document, with whose money, and what of it realised a difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ARRAY, Date, Uuid, any_, bindparam, select

from domains.ledger.messages import Opened
from domains.ledger.rules.opened import still_settled
from domains.ledger.rules.settlement import SettledInstalment, SettlementResult
from domains.ledger.tables.open_items import Settlement
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.days import check_not_before
from foundation.values.money import ZERO, DualAmount, allocated

_TAKEN_BACK_BY = (
    select(Settlement.source_number)
    .where(
        Settlement.open_item_id == any_(bindparam("items", type_=ARRAY(Uuid))),
        Settlement.reverses_id.is_not(None),
        Settlement.settled_on == bindparam("on", type_=Date),
    )
    .order_by(Settlement.source_number.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Settling:
    """The document that settles, and whose money it uses: its own, or what is on account from another."""

    document_type: str
    document_id: UUID
    number: str
    on: date
    money_type: str | None = None
    money_id: UUID | None = None


async def check_open_on(tx: Transaction, field: str, on: date, opened: Opened) -> None:
    """Nothing is settled before its own day, nor before what had settled it was taken back.

    Refuses: TooEarly, StillSettled.
    """
    check_not_before(field, on, opened.on, opened.number)
    if on < opened.since:
        of = {"items": list(opened.item_ids), "on": opened.again_on}
        raise still_settled(field, opened, await tx.scalar(_TAKEN_BACK_BY, of))


def settle_items(
    tx: Transaction,
    by: Settling,
    parts: Sequence[SettledInstalment],
    *,
    realised: Decimal = ZERO,
    base_currency: str = "",
) -> None:
    """Collect by how much open items are less open, and what each realised of an exchange difference."""
    differences = (
        allocated(realised, [part.base_amount for part in parts], base_currency)
        if realised
        else [ZERO for _ in parts]
    )
    rows = [
        row(
            by,
            part.item_id,
            DualAmount(part.amount, part.base_amount),
            discount_amount=part.discount_amount,
            written_off_amount=part.written_off_amount,
            exchange_difference=difference,
        )
        for part, difference in zip(parts, differences, strict=True)
    ]
    write_document(tx, {Settlement: rows})


def settle_goods(tx: Transaction, by: Settling, item_id: UUID, quantity: Decimal, value: DualAmount) -> None:
    """Collect by how much goods that have come are invoiced: in the stock unit, and in value as the item."""
    write_document(tx, {Settlement: row(by, item_id, value, quantity=quantity)})


def settle_item(
    tx: Transaction, by: Settling, item_id: UUID, value: DualAmount, *, difference: Decimal = ZERO
) -> None:
    """Collect by how much an item is less open: `value` has the sign of the item's amount."""
    write_document(tx, {Settlement: row(by, item_id, value, exchange_difference=difference)})


def use_money(
    tx: Transaction,
    by: Settling,
    item_id: UUID,
    used: DualAmount,
    realised: Decimal = ZERO,
    *,
    per: str = "",
) -> None:
    """Collect by how much money on account is less: `used`, a positive amount.

    `per` tells apart what one document uses of the same money several times.
    """
    written = row(by, item_id, -used, exchange_difference=realised)
    named = {"id": uuid5(by.document_id, f"{item_id} {per}")} if per else {}
    write_document(tx, {Settlement: {**written, **named}})


def row(by: Settling, item_id: UUID, value: DualAmount, **more: Any) -> Mapping[str, Any]:
    """One settlement of an item by a document."""
    known = {
        "id": uuid5(by.document_id, str(item_id)),
        "open_item_id": item_id,
        "source_type": by.document_type,
        "source_id": by.document_id,
        "source_number": by.number,
        "money_type": by.money_type,
        "money_id": by.money_id,
        "settled_on": by.on,
        "amount": value.amount,
        "base_amount": value.base_amount,
        "quantity": None,
        "discount_amount": ZERO,
        "written_off_amount": ZERO,
        "exchange_difference": ZERO,
        "reverses_id": None,
    }
    return known | more


def parts_of(settlement: SettlementResult) -> list[SettledInstalment]:
    """All instalments that a sum of money settles, document by document."""
    return list(_parts(settlement))


def _parts(settlement: SettlementResult) -> Iterable[SettledInstalment]:
    for settled in settlement.settled:
        yield from settled.instalments
