"""What one domain's answer means in the next domain's words: the lines of an order as they are handed on."""

from decimal import Decimal

from domains.finance.messages import LineToBill
from domains.inventory.messages import LineToIssue, LineToReserve
from domains.sales.messages import LineQuantity, OrderPlaced
from domains.sales.rules.fulfilment import Fulfilment


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
