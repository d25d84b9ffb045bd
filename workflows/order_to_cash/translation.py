"""What one domain's answer means in the next domain's words: the order as it is handed on."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from domains.inventory.messages import (
    GoodsIssued,
    LineToIssue,
    LineToReserve,
    PostGoodsIssue,
    ReserveStock,
    ServedOrder,
)
from domains.ledger.messages import AccountRole, PlannedEntry, PostPayment, ReceivePayment, Role
from domains.receivables.messages import (
    Billed,
    CheckCredit,
    DebitNote,
    LineToBill,
    ListForBilling,
    PostCreditNote,
    PostInvoice,
    ReceivablesRole,
)
from domains.sales.messages import (
    Cancellation,
    ConfirmOrder,
    ConfirmShipment,
    LineQuantity,
    OrderPlaced,
    PricedLine,
)
from domains.sales.rules.fulfilment import SIX_DECIMALS, Fulfilment


def reservation(placed: OrderPlaced, *, process_id: str) -> ReserveStock | None:
    """What inventory is asked to set aside; None when nothing of the order is kept in stock."""
    lines = lines_to_reserve(placed)
    if not lines:
        return None
    return ReserveStock(
        order_id=placed.order_id,
        process_id=process_id,
        warehouse_code=placed.warehouse_code,
        ordered_on=placed.ordered_on,
        lines=lines,
    )


def credit_check(placed: OrderPlaced) -> CheckCredit:
    """What the customer's credit is asked for: the order in the company's currency."""
    return CheckCredit(
        order_id=placed.order_id, customer_code=placed.customer_code, amount=placed.base_total_amount
    )


def news(placed: OrderPlaced, served: ServedOrder) -> list[tuple[int, Decimal]]:
    """What is still short, by facts that may be old: lines that are gone or wanted otherwise are left out.

    What is set aside of an amended line was told with the amendment.
    """
    wanted = {line.line_number: (line.item_code, line.stock_quantity) for line in placed.lines}
    return [
        (line.line_number, line.short_quantity)
        for line in served.lines
        if line.wanted_quantity is None
        or wanted.get(line.line_number) == (line.item_code, line.wanted_quantity)
    ]


def planned_invoice(placed: OrderPlaced, on: date) -> PlannedEntry:
    """What will be posted when what has left of an order is billed on a day."""
    roles: list[Role] = [AccountRole.RECEIVABLE, ReceivablesRole.REVENUE]
    codes = [line.tax_code for line in placed.lines]
    if placed.freight_amount and placed.freight_tax_code:
        roles.append(ReceivablesRole.FREIGHT_REVENUE)
        codes.append(placed.freight_tax_code)
    return PlannedEntry(
        posted_on=on,
        currency=placed.currency,
        roles=tuple(roles),
        tax_codes=tuple(sorted(set(codes))),
        billed_to=placed.customer_code,
    )


def goods_issue(
    placed: OrderPlaced,
    fulfilment: Fulfilment,
    shipment: ConfirmShipment,
    lines: tuple[LineQuantity, ...],
    planned: tuple[PlannedEntry, ...],
) -> PostGoodsIssue | None:
    """What leaves the warehouse for a shipment; None when it is nothing but services."""
    to_issue = lines_to_issue(fulfilment, lines)
    if not to_issue:
        return None
    return PostGoodsIssue(
        shipment_id=shipment.shipment_id,
        order_id=placed.order_id,
        order_number=placed.order_number,
        customer_code=placed.customer_code,
        warehouse_code=placed.warehouse_code,
        shipped_on=shipment.shipped_on,
        carrier=shipment.carrier,
        tracking=shipment.tracking,
        lines=to_issue,
        followed_by=planned,
    )


def confirmation(order_id: UUID, fulfilment: Fulfilment) -> ConfirmOrder:
    """What sales is told when the goods are set aside: what is short."""
    return ConfirmOrder(order_id=order_id, shortages=fulfilment.shortages())


def payment(placed: OrderPlaced, received: ReceivePayment) -> PostPayment:
    """The customer's payment for the order."""
    return PostPayment(**dict(received), customer_code=placed.customer_code, order_id=placed.order_id)


class InvoiceFor(NamedTuple):
    """What an invoice is for: the shipment, when it is for one."""

    invoice_id: UUID
    shipment_id: UUID | None = None
    shipment_number: str | None = None


def invoice(
    placed: OrderPlaced,
    delivery: InvoiceFor,
    lines: tuple[LineToBill, ...],
    *,
    process_id: str,
    invoiced_on: date,
    completes_order: bool,
) -> PostInvoice:
    """What is billed of an order that has left."""
    return PostInvoice(
        **delivery._asdict(),
        process_id=process_id,
        order_id=placed.order_id,
        order_number=placed.order_number,
        customer_code=placed.customer_code,
        customer_reference=placed.customer_reference,
        invoiced_on=invoiced_on,
        currency=placed.currency,
        payment_terms_code=placed.payment_terms_code,
        agreed_on=placed.ordered_on,
        prices_include_tax=placed.prices_include_tax,
        completes_order=completes_order,
        lines=lines,
    )


def billing_due(
    placed: OrderPlaced,
    shipment: ConfirmShipment,
    issued: GoodsIssued | None,
    lines: tuple[LineToBill, ...],
    *,
    process_id: str,
    completes_order: bool,
) -> ListForBilling:
    """What is billed at the end of the month of a shipment."""
    return ListForBilling(
        customer_code=placed.customer_code,
        currency=placed.currency,
        payment_terms_code=placed.payment_terms_code,
        prices_include_tax=placed.prices_include_tax,
        order_id=placed.order_id,
        order_number=placed.order_number,
        customer_reference=placed.customer_reference,
        process_id=process_id,
        shipment_id=shipment.shipment_id,
        shipment_number=issued.shipment_number if issued else None,
        delivered_on=shipment.shipped_on,
        completes_order=completes_order,
        lines=lines,
    )


def freight_credits(billed: Billed, cancellation: Cancellation) -> tuple[PostCreditNote, ...]:
    """What is credited of a cancelled order whose goods came back before: invoices of which only the freight
    is left. Goods that were sent again stay billed.
    """
    return tuple(
        PostCreditNote(
            credit_note_id=uuid5(invoice.invoice_id, f"the freight of {billed.order_id}"),
            invoice_id=invoice.invoice_id,
            credited_on=max(cancellation.cancelled_on, invoice.invoiced_on),
            reason=cancellation.reason,
            order_id=billed.order_id if billed.is_collective else None,
        )
        for invoice in billed.invoices
        if all(line.is_freight for line in invoice.lines)
    )


def debit_note_credits(notes: Iterable[DebitNote], cancellation: Cancellation) -> Iterator[PostCreditNote]:
    """What is credited of the debit notes on a cancelled order's invoices: all that is left of them."""
    for note in notes:
        yield PostCreditNote(
            credit_note_id=uuid5(note.invoice_id, "its order was cancelled"),
            invoice_id=note.invoice_id,
            credited_on=max(cancellation.cancelled_on, note.invoiced_on),
            reason=cancellation.reason,
        )


def lines_to_reserve(placed: OrderPlaced) -> tuple[LineToReserve, ...]:
    """The lines that are kept in stock, in stock units."""
    return tuple(
        LineToReserve(line_number=line.line_number, item_code=line.item_code, quantity=line.stock_quantity)
        for line in placed.lines
        if line.is_stocked
    )


def lines_to_issue(fulfilment: Fulfilment, lines: tuple[LineQuantity, ...]) -> tuple[LineToIssue, ...]:
    """What leaves the warehouse for a shipment, in stock units."""
    return tuple(
        LineToIssue(
            line_number=line.line_number,
            item_code=fulfilment.lines[line.line_number].item_code,
            quantity=fulfilment.in_stock_units(line),
        )
        for line in lines
        if fulfilment.lines[line.line_number].is_stocked
    )


def lines_to_bill(
    placed: OrderPlaced, lines: tuple[LineQuantity, ...], *, with_freight: bool
) -> tuple[LineToBill, ...]:
    """What an invoice charges: the delivered quantities at the order's prices, and the freight once."""
    ordered = {line.line_number: line for line in placed.lines}
    billed = [
        LineToBill(
            line_number=line.line_number,
            item_code=ordered[line.line_number].item_code,
            description=ordered[line.line_number].description,
            quantity=line.quantity,
            stock_quantity=_taxed_quantity(ordered[line.line_number], line.quantity),
            unit=ordered[line.line_number].unit,
            unit_price=ordered[line.line_number].unit_price,
            discount_percent=ordered[line.line_number].discount_percent,
            tax_code=ordered[line.line_number].tax_code,
        )
        for line in lines
    ]
    if with_freight and placed.freight_amount and placed.freight_tax_code:
        billed.append(
            LineToBill(
                line_number=len(placed.lines) + 1,
                description="Freight",
                quantity=Decimal(1),
                unit="",
                unit_price=placed.freight_amount,
                tax_code=placed.freight_tax_code,
                is_freight=True,
            )
        )
    return tuple(billed)


def _taxed_quantity(line: PricedLine, quantity: Decimal) -> Decimal:
    """Of a part of a line, six decimals: what taxes of an amount per unit count."""
    return (line.taxed_quantity * quantity / line.quantity).quantize(SIX_DECIMALS)
