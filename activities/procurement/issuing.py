"""What a supplier is told of a purchase order: its first version, and another whenever it has changed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid5

from activities.procurement import order_rows
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from domains.master_data.rules.languages import terms_in
from domains.master_data.rules.validity import holds
from domains.master_data.views import SupplierView
from domains.procurement import tables
from domains.procurement.messages import PurchaseLine
from domains.procurement.messages.versions import (
    IssuePurchaseOrder,
    PurchaseOrderIssued,
    PurchaseOrderIssuedEvent,
    RecallPurchaseOrder,
)
from domains.procurement.queries.supplier_items import supplier_items
from domains.procurement.queries.versions import SaidAround, VersionAsSent, versions_of
from domains.procurement.rules.versions import changes, version_lines
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.errors import NotFound
from foundation.values.money import ZERO


@operation("procurement.issue_purchase_order", event=PurchaseOrderIssuedEvent)
async def issue_purchase_order(tx: Transaction, issue: IssuePurchaseOrder) -> PurchaseOrderIssued:
    """Write down what the supplier is told of an order: its first version, or one more when another quantity
    is wanted, or at another price. Does nothing when it was told the same. Refuses: NotFound.
    """
    head = await order_rows.locked_order(tx, issue.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {issue.order_id}")
    lines = [order_rows.as_ordered(row) for row in await order_rows.lines_of(tx, issue.order_id)]
    known = await versions_of(tx, issue.order_id)
    return await _issued(tx, head, lines, issue.wanted, known[-1] if known else None, issue.reason)


@operation("procurement.recall_purchase_order", event=PurchaseOrderIssuedEvent)
async def recall_purchase_order(tx: Transaction, recall: RecallPurchaseOrder) -> PurchaseOrderIssued:
    """Write down that nothing of an order is wanted any more. Does nothing when its supplier was never told
    of it.
    """
    head = await order_rows.locked_order(tx, recall.order_id)
    known = await versions_of(tx, recall.order_id)
    if head is None or not known:
        return PurchaseOrderIssued(order_id=recall.order_id)
    lines = [order_rows.as_ordered(row) for row in await order_rows.lines_of(tx, recall.order_id)]
    return await _issued(tx, head, lines, {}, known[-1], recall.reason)


async def _issued(
    tx: Transaction,
    head: Any,
    lines: Sequence[PurchaseLine],
    wanted: Mapping[int, Decimal],
    before: VersionAsSent | None,
    reason: str,
) -> PurchaseOrderIssued:
    numbers = await _supplier_item_numbers(tx, head, lines)
    said = version_lines(lines, wanted, numbers, head.currency)
    issued = PurchaseOrderIssued(order_id=head.id, order_number=head.number, supplier_code=head.supplier_code)
    if before is not None and not changes(before.view.lines, said):
        told = before.view.model_dump(include={"version_id", "version", "issued_on", "is_cancelled"})
        return issued.model_copy(update=told | {"net_amount": before.view.net_amount})
    version = before.view.version + 1 if before is not None else 1
    company, supplier = await master_data.company(tx), await master_data.supplier(tx, head.supplier_code)
    assert supplier is not None, "an order names one that there is"
    row = {
        "id": uuid5(head.id, f"version {version}"),
        "order_id": head.id,
        "version": version,
        "issued_on": company.today(tx.info[OPENED_AT]),
        "reason": reason if before is not None else "",
        "is_cancelled": not any(line.quantity for line in said),
        "net_amount": sum((line.net_amount for line in said), ZERO),
        "company": letterhead.sender(company, head.currency).model_dump(mode="json"),
        "supplier": letterhead.addressee(supplier.model_dump()).model_dump(mode="json"),
        "said": (await _around(tx, head, supplier)).model_dump(mode="json"),
    }
    write_document(tx, {tables.PurchaseOrderVersion: row})
    rows = [{"version_id": row["id"], **dict(line)} for line in said]
    write_document(tx, {tables.PurchaseOrderVersionLine: rows})
    told = {name: row[name] for name in ("version", "issued_on", "is_cancelled", "net_amount")}
    return issued.model_copy(update={"is_new": True, "version_id": row["id"], **told})


async def _around(tx: Transaction, head: Any, supplier: SupplierView) -> SaidAround:
    """Where the goods go, and the terms in the supplier's language."""
    terms = await master_data.payment_terms(tx, head.payment_terms_code)
    warehouse = await master_data.warehouse(tx, head.warehouse_code)
    assert terms is not None and warehouse is not None, "an order names those that there are"
    company = await master_data.company(tx)
    of_warehouse = warehouse.model_dump(include={"name", "address", "postal_code", "city"})
    place = letterhead.PrintedParty(**of_warehouse, country=warehouse.country or company.country)
    return SaidAround(
        expected_on=head.expected_on,
        terms=terms_in(supplier.language, terms),
        deliver_to=tuple(letterhead.address_lines(place)),
    )


async def _supplier_item_numbers(tx: Transaction, head: Any, lines: Sequence[PurchaseLine]) -> dict[str, str]:
    """By item, what the supplier called it on the order's day; the first by code where it has several."""
    sold = await supplier_items(tx, (line.item_code for line in lines))
    numbers: dict[str, str] = {}
    for one in sold:
        is_its = one.supplier_code == head.supplier_code and holds(one, head.ordered_on)
        if is_its and one.supplier_item_number:
            numbers.setdefault(one.item_code, one.supplier_item_number)
    return numbers
