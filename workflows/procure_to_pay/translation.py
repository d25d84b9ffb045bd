"""What one domain's answer means in the next domain's words: the purchase order as it is handed on."""

from collections.abc import Mapping
from decimal import Decimal

from domains.inventory.messages import ReceiptLine, ReceivedFor, ReceiveStock
from domains.payables.messages import (
    AcceptedBlock,
    CameAt,
    CreditedLine,
    CreditToMatch,
    EnterInvoice,
    InvoiceLineAsked,
    LineToMatch,
    PostSupplierInvoice,
)
from domains.payables.messages.blocks import AcceptInvoice, EnterCredit
from domains.procurement.messages import LineToReceive, PurchaseLine, PurchaseOrderPlaced, ReceiveGoods
from foundation.values.money import UNIT_COST, ZERO
from workflows.procure_to_pay.blocked import WaitingInvoice
from workflows.procure_to_pay.facts import PurchaseFacts


def stock_receipt(
    placed: PurchaseOrderPlaced,
    receive: ReceiveGoods,
    lines: tuple[LineToReceive, ...],
    *,
    process_id: str,
) -> ReceiveStock:
    """What inventory takes in of an order: at the order's price, in its currency."""
    ordered = {line.line_number: line for line in placed.lines}
    return ReceiveStock(
        receipt_id=receive.receipt_id,
        warehouse_code=placed.warehouse_code,
        received_on=receive.received_on,
        reference=receive.reference,
        supplier_code=placed.supplier_code,
        currency=placed.currency,
        lines=tuple(
            ReceiptLine(
                item_code=ordered[line.line_number].item_code,
                quantity=line.quantity,
                unit=ordered[line.line_number].unit,
                unit_cost=ordered[line.line_number].unit_price,
                discount_percent=ordered[line.line_number].discount_percent,
            )
            for line in lines
        ),
        order=ReceivedFor(
            order_id=placed.order_id,
            order_number=placed.order_number,
            process_id=process_id,
            line_numbers=tuple(line.line_number for line in lines),
            stock_quantities=tuple(in_stock_unit(ordered[line.line_number], line.quantity) for line in lines),
        ),
    )


def billed_lines(enter: EnterInvoice, facts: PurchaseFacts) -> EnterInvoice:
    """The invoice with its lines: those that it names, or all that has come and is not billed."""
    if enter.lines:
        return enter
    lines = tuple(
        InvoiceLineAsked(line_number=number, quantity=quantity)
        for number, quantity in facts.to_be_billed.items()
    )
    return enter.model_copy(update={"lines": lines})


def supplier_invoice(
    facts: PurchaseFacts, invoice: WaitingInvoice, *, process_id: str
) -> PostSupplierInvoice:
    """What payables matches and posts: the invoice with its credit notes, beside the order as it is now."""
    placed, enter = facts.placed, invoice.enter
    ordered = {line.line_number: line for line in placed.lines}
    left, came_at = facts.to_be_billed, facts.came_at()
    return PostSupplierInvoice(
        **enter.model_dump(
            include={"invoice_id", "supplier_number", "invoiced_on", "total_amount", "file_id"}
        ),
        posted_on=invoice.posted_on,
        process_id=process_id,
        order_id=placed.order_id,
        order_number=placed.order_number,
        supplier_code=placed.supplier_code,
        currency=placed.currency,
        payment_terms_code=placed.payment_terms_code,
        agreed_on=placed.ordered_on,
        lines=tuple(
            _line_to_match(
                ordered[line.line_number],
                line,
                left.get(line.line_number, ZERO),
                came_at.get(line.line_number, ()),
            )
            for line in enter.lines
        ),
        credits=tuple(_credit_to_match(ordered, enter, credit) for credit in invoice.credits),
        entered_by=invoice.entered_by,
        was_blocked=bool(invoice.number),
    )


def accepted_invoice(post: PostSupplierInvoice, accept: AcceptInvoice, by: str) -> PostSupplierInvoice:
    """The same, when somebody accepts all that it waits for, as it was read."""
    read = tuple(AcceptedBlock(line_number=one.line_number, code=one.code) for one in accept.accepts)
    decided = {"accepted": read, "accepted_by": by, "why_accepted": accept.reason}
    return post.model_copy(update=decided | {"posted_on": max(post.posted_on, accept.posted_on)})


def _credit_to_match(
    ordered: Mapping[int, PurchaseLine], enter: EnterInvoice, credit: EnterCredit
) -> CreditToMatch:
    return CreditToMatch(
        supplier_number=credit.supplier_number,
        total_amount=credit.total_amount,
        lines=tuple(
            CreditedLine(
                **dict(line),
                stock_quantity=in_stock_unit(
                    ordered[enter.lines[line.line_number - 1].line_number], line.quantity
                ),
            )
            for line in credit.lines
        ),
    )


def in_stock_unit(ordered: PurchaseLine, quantity: Decimal) -> Decimal:
    """By the conversion that was agreed, six decimals."""
    return (ordered.stock_quantity * quantity / ordered.quantity).quantize(UNIT_COST)


def _line_to_match(
    ordered: PurchaseLine, billed: InvoiceLineAsked, left: Decimal, came_at: tuple[CameAt, ...]
) -> LineToMatch:
    price, discount = billed.unit_price, billed.discount_percent
    if price is None:
        price, discount = ordered.unit_price, ordered.discount_percent
    return LineToMatch(
        order_line_number=ordered.line_number,
        item_code=ordered.item_code,
        description=ordered.description,
        quantity=billed.quantity,
        unit=ordered.unit,
        stock_quantity=in_stock_unit(ordered, billed.quantity),
        is_stocked=ordered.is_stocked,
        left_quantity=left,
        unit_price=price,
        discount_percent=discount,
        ordered_price=ordered.unit_price,
        ordered_discount_percent=ordered.discount_percent,
        tax_code=ordered.tax_code,
        came_at=came_at,
    )
