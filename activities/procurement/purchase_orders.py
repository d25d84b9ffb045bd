"""Purchase orders: written down, priced anew, received line by line, cancelled."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, text

from activities.ledger import posting
from activities.procurement import order_rows
from activities.procurement.approved import check_within_approval
from activities.procurement.deciding import decide
from activities.procurement.for_requisition import OF_ORDER, take_over
from activities.procurement.purchasing_inputs import purchasing_inputs
from domains.ledger.messages.budgets import CommittedBy
from domains.master_data import queries as master_data
from domains.procurement import rules, tables
from domains.procurement.messages import (
    CancelPurchaseOrder,
    EndPurchaseOrder,
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
from domains.procurement.messages.acknowledgements import AcknowledgementStatus
from foundation.database.connections import facts
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.days import check_not_before
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

Received: TypeAlias = Mapping[int, Decimal]
"""What has come of each line of an order, in its unit."""
_ORDER = bindparam("order", type_=Uuid)
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
    """Price what is ordered, tax it and write it down. It takes over what its requisition has committed.

    Refuses: Invalid, with all that is wrong; TooFarAhead; RequisitionNotApproved; SourceChanged.
    """
    if order.for_requisition is not None:
        await take_over(tx, order, order.for_requisition)
    known = await purchasing_inputs(tx, order)
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
    write_document(tx, {tables.PurchaseOrderLine: _line_rows(order, placed)})
    return placed


def _line_rows(order: PlacePurchaseOrder, placed: PurchaseOrderPlaced) -> list[dict[str, Any]]:
    of = order.for_requisition
    numbers = of.line_numbers if of else (None,) * len(placed.lines)
    return [
        {
            "order_id": order.order_id,
            "requisition_id": of.requisition_id if of else None,
            "requisition_line_number": number,
            **dict(line),
        }
        for line, number in zip(placed.lines, numbers, strict=True)
    ]


async def _give_rest_back(
    tx: Transaction, order_id: UUID, rows: Sequence[Any], received: Received, *, is_billed: bool
) -> None:
    """What has not come, and is wanted no more, commits no budget. Of services it is not known what has: they
    keep theirs once anything of the order is billed, until it ends.
    """
    came = {row.line_number: received[row.line_number] for row in rows if row.is_stocked}
    services = {row.line_number: row.quantity for row in rows if not row.is_stocked and is_billed}
    await _keep_committed(tx, order_id, rows, came | services)


async def _keep_committed(tx: Transaction, order_id: UUID, rows: Sequence[Any], had: Received) -> None:
    """Only what we have had of each line stays committed. Orders without a requisition commit nothing."""
    if all(row.requisition_id is None for row in rows):
        return
    came = {row.line_number: had.get(row.line_number, ZERO) / row.quantity for row in rows}
    today = (await master_data.company(tx)).today(tx.info[OPENED_AT])
    await posting.give_commitments_back(tx, CommittedBy(OF_ORDER, order_id), came, on=today)


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


@operation("procurement.change_prices", event=PurchasePricesChangedEvent)
async def change_prices(tx: Transaction, change: RepriceOrder) -> PurchaseOrderPlaced:
    """Price some lines of an order anew; what came before keeps the price at which it came.

    Where they are a supplier's that it has answered, the answer is accepted with it.

    Refuses: NotFound; TooEarly, before the order's day; TooFarAhead; Invalid, with every line that is not on
    the order; BeyondApproval, when somebody would be asked who has not said yes to so much; NotWaiting.
    """
    head = await order_rows.locked_order(tx, change.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {change.order_id}")
    rows = await order_rows.lines_of(tx, change.order_id)
    lines = [order_rows.as_ordered(row) for row in rows]
    known = await purchasing_inputs(tx, _as_asked(head, lines))
    check_not_before("changed_on", change.changed_on, head.ordered_on, "the order")
    known.company.check_not_too_far_ahead("changed_on", change.changed_on, tx.info[OPENED_AT])
    priced = rules.reprice(lines, change.lines, known)
    await check_within_approval(tx, head, priced, known.company, rows[0].requisition_id)
    if change.acknowledgement_id is not None:
        accepted, on = AcknowledgementStatus.ACCEPTED, change.changed_on
        await decide(tx, change.acknowledgement_id, accepted, on=on, reason=change.reason)
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


def _as_asked(head: Any, lines: Sequence[PurchaseLine]) -> PlacePurchaseOrder:
    """The order as somebody would ask for it again, on its day."""
    asked = {name: getattr(head, name) for name in PlacePurchaseOrder.model_fields if hasattr(head, name)}
    wanted = [
        PurchaseLineAsked(**{name: getattr(line, name) for name in PurchaseLineAsked.model_fields})
        for line in lines
    ]
    return PlacePurchaseOrder(**asked | {"order_id": head.id, "lines": tuple(wanted)})


@operation("procurement.record_receipt", event=PurchaseOrderReceivedEvent)
async def record_receipt(tx: Transaction, record: RecordReceipt) -> ReceiptRecorded:
    """Note what has come of an order, or has not come after all. Refuses: NotFound."""
    head = await order_rows.locked_order(tx, record.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {record.order_id}")
    rows = await order_rows.lines_of(tx, record.order_id)
    received = {row.line_number: row.received_quantity for row in rows}
    for line in record.lines:
        received[line.line_number] += line.quantity
    lines = [order_rows.as_ordered(row) for row in rows]
    if record.rest_is_cancelled:
        await _give_rest_back(tx, record.order_id, rows, received, is_billed=record.is_billed)
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


@operation("procurement.end_purchase_order")
async def end_purchase_order(tx: Transaction, end: EndPurchaseOrder) -> PurchaseOrderChanged:
    """An order has ended: one of services, which nobody receives, is received now. What of it never came
    commits no budget any more: of goods what is tolerated not to come, of services what was not billed.
    Twice is once. Refuses: NotFound; WrongStatus, while somebody is to say yes.
    """
    head = await order_rows.locked_order(tx, end.order_id)
    if head is None:
        raise NotFound(f"there is no purchase order {end.order_id}")
    rows = await order_rows.lines_of(tx, end.order_id)
    came = {row.line_number: row.received_quantity for row in rows if row.is_stocked}
    await _keep_committed(tx, end.order_id, rows, dict(end.billed) | came)
    status = rules.status_at_end(Status(head.status))
    await tx.update(tables.PurchaseOrder, end.order_id, status=status.value)
    return PurchaseOrderChanged(order_id=end.order_id, status=status, order_number=head.number)


@operation("procurement.cancel_purchase_order", event=PurchaseOrderCancelledEvent)
async def cancel_purchase_order(tx: Transaction, cancel: CancelPurchaseOrder) -> PurchaseOrderChanged:
    """What has not come is wanted no more: cancelled when nothing has come or was billed, otherwise received
    as far as it has. What has not come commits no budget any more.

    Does nothing when there is no such order.
    """
    head = await order_rows.locked_order(tx, cancel.order_id)
    if head is None:
        return PurchaseOrderChanged(order_id=cancel.order_id, status=None)
    rows = await order_rows.lines_of(tx, cancel.order_id)
    received = {row.line_number: row.received_quantity for row in rows}
    status = rules.status_after((), received, rest_is_cancelled=True, is_billed=cancel.is_billed)
    await _give_rest_back(tx, cancel.order_id, rows, received, is_billed=cancel.is_billed)
    asked = {"order": cancel.order_id, "status": status.value, "reason": cancel.reason}
    await tx.execute(_CANCEL, asked)
    return PurchaseOrderChanged(order_id=cancel.order_id, status=status, order_number=head.number)
