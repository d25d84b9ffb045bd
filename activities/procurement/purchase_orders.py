"""Purchase orders: written down, priced anew, received line by line, cancelled."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, select, text

from domains.identity import queries as identity
from domains.identity.rules import policy_for, why_of
from domains.master_data import queries as master_data
from domains.master_data.rules.validity import as_of
from domains.master_data.views import CompanyView
from domains.procurement import rules, tables
from domains.procurement.messages import (
    PURCHASE_ORDER,
    CancelPurchaseOrder,
    HoldPurchaseOrder,
    PlacePurchaseOrder,
    PurchaseLine,
    PurchaseLineAsked,
    PurchaseOrderCancelledEvent,
    PurchaseOrderChanged,
    PurchaseOrderHeldEvent,
    PurchaseOrderPlaced,
    PurchaseOrderPlacedEvent,
    PurchaseOrderReceivedEvent,
    PurchaseOrderReleasedEvent,
    PurchasePricesChangedEvent,
    ReceiptRecorded,
    RecordReceipt,
    ReleasePurchaseOrder,
    RepriceOrder,
)
from domains.procurement.messages import PurchaseOrderStatus as Status
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import BusinessError, NotFound

_ORDER = bindparam("order", type_=Uuid)
_HEAD = select(*rows_of(tables.PurchaseOrder).c).where(tables.PurchaseOrder.id == _ORDER).with_for_update()
_LINES = (
    select(*columns_for(tables.PurchaseOrderLine, PurchaseLine), tables.PurchaseOrderLine.received_quantity)
    .where(tables.PurchaseOrderLine.order_id == _ORDER)
    .order_by(tables.PurchaseOrderLine.line_number)
)
# One round trip for the order and all of its lines that have changed.
_RECORD = text(
    """
    WITH lines AS (
        UPDATE procurement.purchase_order_line l SET received_quantity = c.received_quantity
        FROM jsonb_to_recordset(CAST(:received AS jsonb))
            AS c (line_number integer, received_quantity numeric)
        WHERE l.order_id = :order AND l.line_number = c.line_number
    )
    UPDATE procurement.purchase_order SET status = :status WHERE id = :order
    """
).bindparams(_ORDER)
_REPRICE = text(
    """
    WITH lines AS (
        UPDATE procurement.purchase_order_line l
        SET unit_price = c.unit_price, discount_percent = c.discount_percent, net_amount = c.net_amount,
            tax_amount = c.tax_amount
        FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS c (line_number integer, unit_price numeric,
            discount_percent numeric, net_amount numeric, tax_amount numeric)
        WHERE l.order_id = :order AND l.line_number = c.line_number
    )
    UPDATE procurement.purchase_order SET net_amount = :net, tax_amount = :tax, total_amount = :total,
        base_total_amount = :base_total
    WHERE id = :order
    """
).bindparams(_ORDER)
_BECOME = text(
    "UPDATE procurement.purchase_order SET status = :status, reason = :reason, "
    "approved_amount = CASE WHEN :approved THEN base_total_amount ELSE approved_amount END "
    "WHERE id = :order AND status = :was RETURNING number"
).bindparams(_ORDER)
_CANCEL = text(
    "UPDATE procurement.purchase_order SET status = :status, reason = :reason WHERE id = :order"
).bindparams(_ORDER)


@operation("procurement.place_purchase_order", event=PurchaseOrderPlacedEvent)
async def place_purchase_order(tx: Transaction, order: PlacePurchaseOrder) -> PurchaseOrderPlaced:
    """Price what is ordered, tax it and write it down.

    Refuses: Invalid, with all that is wrong; TooFarAhead.
    """
    known = await _purchasing_inputs(tx, order)
    known.company.check_not_too_far_ahead("ordered_on", order.ordered_on, tx.info[OPENED_AT])
    priced = rules.price_purchase_order(order, known)
    supplier, terms, warehouse = known.supplier, known.terms, known.warehouse_code
    assert supplier and terms and warehouse  # The rule has refused the order otherwise.
    placed = PurchaseOrderPlaced(
        order_id=order.order_id,
        order_number=tx.closing.sequence_number("PO", "procurement.purchase_order_number"),
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        supplier_reference=order.supplier_reference,
        ordered_on=order.ordered_on,
        expected_on=order.expected_on,
        currency=known.currency,
        warehouse_code=warehouse,
        payment_terms_code=terms.code,
        net_amount=priced.taxed.net_amount,
        tax_amount=priced.taxed.tax_amount,
        total_amount=priced.taxed.total_amount,
        base_total_amount=priced.base_total_amount,
        lines=priced.lines,
    )
    head = placed.model_dump(exclude={"order_id", "order_number", "lines"})
    own = {"id": order.order_id, "number": placed.order_number, "status": Status.PLACED.value}
    write_document(tx, {tables.PurchaseOrder: head | own})
    lines = [{"order_id": order.order_id, **dict(line)} for line in placed.lines]
    write_document(tx, {tables.PurchaseOrderLine: lines})
    return placed


@operation("procurement.hold_purchase_order", event=PurchaseOrderHeldEvent)
async def hold_purchase_order(tx: Transaction, hold: HoldPurchaseOrder) -> PurchaseOrderChanged:
    """The order waits for people who are to say yes to it. Refuses: WrongStatus."""
    return await _become(tx, hold.order_id, Status.HELD, was=Status.PLACED, reason=hold.reason)


@operation("procurement.release_purchase_order", event=PurchaseOrderReleasedEvent)
async def release_purchase_order(tx: Transaction, release: ReleasePurchaseOrder) -> PurchaseOrderChanged:
    """All have said yes. Refuses: WrongStatus."""
    return await _become(tx, release.order_id, Status.PLACED, was=Status.HELD)


async def _become(
    tx: Transaction, order_id: UUID, status: Status, *, was: Status, reason: str = ""
) -> PurchaseOrderChanged:
    asked = {
        "order": order_id,
        "status": status.value,
        "was": was.value,
        "reason": reason,
        "approved": was is Status.HELD,
    }
    number = await tx.scalar(_BECOME, asked)
    if number is None:
        raise rules.WrongStatus(f"there is no purchase order {order_id} that is {was.value}")
    return PurchaseOrderChanged(order_id=order_id, status=status, order_number=number)


async def _purchasing_inputs(tx: Transaction, order: PlacePurchaseOrder) -> rules.PurchasingInputs:
    """What master data knows: terms and units of the order's day, taxes of the day on which it is due."""
    supplied_on = max(order.expected_on or order.ordered_on, order.ordered_on)
    company = await master_data.company(tx)
    supplier = await master_data.supplier(tx, order.supplier_code)
    items = await master_data.items_on(tx, {line.item_code for line in order.lines}, order.ordered_on)
    codes = {line.tax_code for line in order.lines} | {item.tax_code for item in items.values()}
    codes |= {supplier.tax_code if supplier else None}
    terms_code = order.payment_terms_code or (supplier.payment_terms_code if supplier else None)
    terms = await master_data.payment_terms(tx, terms_code) if terms_code else None
    tax_codes = await master_data.tax_codes(tx, (code for code in codes if code))
    warehouse = order.warehouse_code or company.default_warehouse_code
    currency = order.currency or (supplier.currency if supplier else company.currency)
    rate = await master_data.rate_found(tx, currency, order.ordered_on, base=company.currency)
    return rules.PurchasingInputs(
        company=company,
        supplier=supplier,
        items=items,
        tax_codes={code: as_of(taxes, supplied_on) for code, taxes in tax_codes.items()},
        terms=as_of(terms, order.ordered_on) if terms else None,
        tolerances=await master_data.tolerances(tx),
        warehouse_code=warehouse if warehouse and await master_data.warehouse(tx, warehouse) else None,
        currency=currency,
        rate=None if isinstance(rate, BusinessError) else rate,
        why_no_rate=rate.detail if isinstance(rate, BusinessError) else "",
    )


@operation("procurement.change_prices", event=PurchasePricesChangedEvent)
async def change_prices(tx: Transaction, change: RepriceOrder) -> PurchaseOrderPlaced:
    """Price some lines of an order anew; what came before keeps the price at which it came.

    Refuses: NotFound; TooEarly, before the order's day; TooFarAhead; Invalid, with every line that is not on
    the order; BeyondApproval, when somebody would be asked who has not said yes to so much.
    """
    head = await _locked(tx, change.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {change.order_id}")
    rows = (await tx.execute(_LINES, {"order": change.order_id})).all()
    lines = [_line(row) for row in rows]
    known = await _purchasing_inputs(tx, _as_asked(head, lines))
    check_not_before("changed_on", change.changed_on, head.ordered_on, "the order")
    known.company.check_not_too_far_ahead("changed_on", change.changed_on, tx.info[OPENED_AT])
    priced = rules.reprice(lines, change.lines, known)
    if priced.base_total_amount > max(head.base_total_amount, head.approved_amount):
        await _check_approved(tx, head, priced.base_total_amount, known.company)
    totals = {
        "net": priced.taxed.net_amount,
        "tax": priced.taxed.tax_amount,
        "total": priced.taxed.total_amount,
        "base_total": priced.base_total_amount,
    }
    changed = [line.model_dump(mode="json") for line in priced.lines]
    await tx.execute(_REPRICE, {"order": change.order_id, "lines": to_json(changed).decode(), **totals})
    told = facts(head, PurchaseOrderPlaced) | {f"{name}_amount": amount for name, amount in totals.items()}
    return PurchaseOrderPlaced(
        **told | {"order_id": head.id, "order_number": head.number, "lines": priced.lines}
    )


async def _check_approved(tx: Transaction, head: Any, base_amount: Decimal, company: CompanyView) -> None:
    today = await identity.today(tx, company.time_zone)
    policies = await identity.policies_of(tx, PURCHASE_ORDER)
    policy = policy_for(policies, base_amount, category="", cost_centre="", on=today)
    if policy is not None:
        why = why_of(policy, company.currency)
        raise rules.BeyondApproval(
            f"{head.number} would come to {base_amount:,.2f} {company.currency}, and nobody has said yes to "
            f"that ({why}): cancel what has not come, and order it anew"
        )


def _as_asked(head: Any, lines: Sequence[PurchaseLine]) -> PlacePurchaseOrder:
    """The order as somebody would ask for it again, on its day."""
    asked = {name: getattr(head, name) for name in PlacePurchaseOrder.model_fields if hasattr(head, name)}
    wanted = [
        PurchaseLineAsked(**{name: getattr(line, name) for name in PurchaseLineAsked.model_fields})
        for line in lines
    ]
    return PlacePurchaseOrder(**asked | {"order_id": head.id, "lines": tuple(wanted)})


def _line(row: Any) -> PurchaseLine:
    return PurchaseLine(**{name: getattr(row, name) for name in PurchaseLine.model_fields})


@operation("procurement.record_receipt", event=PurchaseOrderReceivedEvent)
async def record_receipt(tx: Transaction, record: RecordReceipt) -> ReceiptRecorded:
    """Note what has come of an order, or has not come after all. Refuses: NotFound."""
    head = await _locked(tx, record.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {record.order_id}")
    rows = (await tx.execute(_LINES, {"order": record.order_id})).all()
    received = {row.line_number: row.received_quantity for row in rows}
    for line in record.lines:
        received[line.line_number] += line.quantity
    lines = [_line(row) for row in rows]
    status = rules.status_after(
        lines,
        received,
        rest_is_cancelled=record.rest_is_cancelled,
        is_billed=record.is_billed,
    )
    changed = [
        {"line_number": line.line_number, "received_quantity": received[line.line_number]}
        for line in record.lines
    ]
    await tx.execute(
        _RECORD, {"order": record.order_id, "status": status.value, "received": to_json(changed).decode()}
    )
    return ReceiptRecorded(order_id=record.order_id, order_number=head.number, status=status)


@operation("procurement.cancel_purchase_order", event=PurchaseOrderCancelledEvent)
async def cancel_purchase_order(tx: Transaction, cancel: CancelPurchaseOrder) -> PurchaseOrderChanged:
    """What has not come is wanted no more: cancelled when nothing has come or was billed, otherwise received
    as far as it has.

    Does nothing when there is no such order.
    """
    head = await _locked(tx, cancel.order_id)
    if head is None:
        return PurchaseOrderChanged(order_id=cancel.order_id, status=None)
    rows = (await tx.execute(_LINES, {"order": cancel.order_id})).all()
    received = {row.line_number: row.received_quantity for row in rows}
    status = rules.status_after((), received, rest_is_cancelled=True, is_billed=cancel.is_billed)
    asked = {"order": cancel.order_id, "status": status.value, "reason": cancel.reason}
    await tx.execute(_CANCEL, asked)
    return PurchaseOrderChanged(order_id=cancel.order_id, status=status, order_number=head.number)


async def _locked(tx: Transaction, order_id: UUID) -> Any:
    return (await tx.execute(_HEAD, {"order": order_id})).one_or_none()
