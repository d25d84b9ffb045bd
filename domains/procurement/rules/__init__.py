"""What procurement decides: values in; a value, or a named refusal, out. No clock, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.master_data.messages import ItemKind, TaxKind
from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.master_data.rules.heads import KnownOfOrder, check_head
from domains.master_data.rules.lines import MOST, is_traded_so, named_item, stock_quantity
from domains.master_data.rules.taxes import TaxableLine, TaxedDocument, discount_on_base, tax_document
from domains.master_data.rules.tolerances import tolerance_for
from domains.master_data.views import SupplierView
from domains.procurement.messages import (
    LinePriced,
    LineToReceive,
    PlacePurchaseOrder,
    PurchaseLine,
    PurchaseLineAsked,
    PurchaseOrderStatus,
)
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.money import HUNDRED, ONE, ZERO, percent_of, rounded

OWED_BY_US = (TaxKind.REVERSE_CHARGE, TaxKind.INTRA_COMMUNITY)
TOO_MUCH = "the order comes to more than we can count: split it"


class ReceiptRefused(BusinessError):
    """Some lines of a receipt were not ordered so; `errors` names each."""

    status = 409


class WrongStatus(BusinessError):
    """The purchase order is not where this can be done with it."""

    status = 409


class NothingToCome(BusinessError):
    """All of the purchase order has come, or the rest was cancelled."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class PurchasingInputs(KnownOfOrder):
    """What master data knows of everything that a purchase order names."""

    supplier: SupplierView | None
    tolerances: Sequence[PutMatchingTolerance]
    currency: str


@dataclass(frozen=True)
class PricedPurchase:
    """A purchase order with its taxes and totals, in its currency."""

    lines: tuple[PurchaseLine, ...]
    taxed: TaxedDocument
    base_total_amount: Decimal


def price_purchase_order(order: PlacePurchaseOrder, known: PurchasingInputs) -> PricedPurchase:
    """Price and tax what is ordered, at prices without tax. Refuses: Invalid, with every wrong field."""
    refusals = Refusals()
    check_head(
        refusals,
        order,
        known,
        partner=known.supplier,
        named=("supplier", order.supplier_code),
        wanted_on=("expected_on", order.expected_on),
    )
    found = [
        _line(number, line, order.ordered_on, known, refusals)
        for number, line in enumerate(order.lines, start=1)
    ]
    refusals.raise_if_any()
    return _priced([line for line in found if line is not None], known)


def reprice(
    lines: Sequence[PurchaseLine], prices: Sequence[LinePriced], known: PurchasingInputs
) -> PricedPurchase:
    """The order at other prices of some of its lines. Refuses: Invalid, with every line that is not on it."""
    refusals, wanted = Refusals(), {price.line_number: price for price in prices}
    numbers = {line.line_number: line for line in lines}
    seen: set[int] = set()
    for position, price in enumerate(prices):
        line = numbers.get(price.line_number)
        if line is None or price.line_number in seen:
            why = f"line {price.line_number} is not on the order, or named twice"
            refusals.add(f"lines.{position}.line_number", why)
        elif line.quantity * price.unit_price >= MOST:
            refusals.add(f"lines.{position}.unit_price", "quantity times price is more than we can count")
        seen.add(price.line_number)
    refusals.raise_if_any()
    changed = [
        line.model_copy(update=dict(wanted[line.line_number])) if line.line_number in wanted else line
        for line in lines
    ]
    return _priced(changed, known)


def _priced(lines: Sequence[PurchaseLine], known: PurchasingInputs) -> PricedPurchase:
    """The lines taxed, and their total in both currencies. Refuses: Invalid, when it is too much to count."""
    taxed = tax_document(
        [
            TaxableLine(line_amount(line), line.stock_quantity, known.tax_codes[line.tax_code])
            for line in lines
        ],
        includes_tax=False,
        rounding=known.company.tax_rounding,
        currency=known.currency,
        discount_percent_on_base=discount_on_base(known.terms) if known.terms else ZERO,
    )
    base_total = taxed.total_amount / (known.rate or ONE)
    if max(taxed.total_amount, base_total) >= MOST:
        raise Invalid(TOO_MUCH, errors=[("lines", TOO_MUCH)])
    priced = tuple(
        line.model_copy(update={"net_amount": tax.net_amount, "tax_amount": tax.tax_amount})
        for line, tax in zip(lines, taxed.lines, strict=True)
    )
    return PricedPurchase(priced, taxed, rounded(base_total, known.company.currency))


def _line(
    number: int, asked: PurchaseLineAsked, on: date, known: PurchasingInputs, refusals: Refusals
) -> PurchaseLine | None:
    """One line, or a note of what is wrong with it."""
    field = f"lines.{number - 1}"
    item = named_item(field, asked.item_code, known.items, refusals)
    if item is None:
        return None
    if item.blocked:
        refusals.add(f"{field}.item_code", f"{item.name} is blocked")
    unit = asked.unit or item.unit
    if not is_traded_so(field, item, unit, None, refusals):
        return None
    tax_code = asked.tax_code or (known.supplier.tax_code if known.supplier else None) or item.tax_code
    _check_tax_code(field, tax_code, known, refusals)
    quantity = stock_quantity(field, item, unit, asked.quantity, None, refusals)
    if asked.quantity * asked.unit_price >= MOST:
        refusals.add(f"{field}.unit_price", "quantity times price is more than we can count")
    if tax_code is None or quantity is None or known.supplier is None:
        return None
    tolerated = tolerance_for(known.tolerances, known.supplier.code, item.code, on)
    return PurchaseLine(
        line_number=number,
        item_code=item.code,
        description=asked.description or item.name,
        quantity=asked.quantity,
        unit=unit,
        stock_quantity=quantity,
        is_stocked=item.kind is not ItemKind.SERVICE,
        unit_price=asked.unit_price,
        discount_percent=asked.discount_percent,
        tax_code=tax_code,
        over_delivery_percent=tolerated.over_delivery_percent,
        under_delivery_percent=tolerated.under_delivery_percent,
        net_amount=ZERO,
        tax_amount=ZERO,
    )


def _check_tax_code(field: str, tax_code: str | None, known: PurchasingInputs, refusals: Refusals) -> None:
    taxed = known.tax_codes.get(tax_code or "")
    if taxed is None:
        why = f"there is no tax code {tax_code}" if tax_code else "give a tax code"
        refusals.add(f"{field}.tax_code", why)
    elif taxed.kind in OWED_BY_US:
        why = f"by {tax_code} we owe the tax ourselves, which is not posted of purchases yet"
        refusals.add(f"{field}.tax_code", f"{why}: post it by hand, and order with a code without tax")


def unit_price(line: PurchaseLine) -> Decimal:
    """What one unit costs, less discount, not rounded, without tax."""
    return line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED


def line_amount(line: PurchaseLine) -> Decimal:
    """Quantity times price less discount, not rounded, without tax."""
    return line.quantity * unit_price(line)


def still_to_come(lines: Sequence[PurchaseLine], received: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """What has not come yet of each line that is kept in stock, in its unit; nothing of those of which enough
    has: a little less than was ordered, as it is tolerated.
    """
    missing = {
        line.line_number: line.quantity - received.get(line.line_number, ZERO)
        for line in lines
        if line.is_stocked
    }
    enough = {line.line_number: percent_of(line.quantity, line.under_delivery_percent) for line in lines}
    return {number: left for number, left in missing.items() if left > enough[number]}


def lines_received(
    lines: Sequence[PurchaseLine],
    received: Mapping[int, Decimal],
    asked: Sequence[LineToReceive],
) -> tuple[LineToReceive, ...]:
    """What is taken in: the lines that are named, or all that was still to come.

    Refuses: NothingToCome; ReceiptRefused, with every line that was not ordered, is no goods, or of which
    more came than may be taken in.
    """
    left = still_to_come(lines, received)
    if not asked:
        if not left:
            raise NothingToCome("all of the order has come")
        return tuple(
            LineToReceive(line_number=number, quantity=quantity) for number, quantity in left.items()
        )
    refusals = Refusals()
    known = {line.line_number: line for line in lines if line.is_stocked}
    seen: set[int] = set()
    for position, came in enumerate(asked):
        field, line = f"lines.{position}", known.get(came.line_number)
        if line is None or came.line_number in seen:
            why = f"line {came.line_number} is no goods of the order, or named twice"
            refusals.add(f"{field}.line_number", why)
            continue
        seen.add(came.line_number)
        most = line.quantity + percent_of(line.quantity, line.over_delivery_percent)
        most -= received.get(line.line_number, ZERO)
        if came.quantity > most:
            may = f"no more than {max(most, ZERO).normalize():f} {line.unit} may be taken in"
            refusals.add(f"{field}.quantity", f"{may}: return the rest, or amend the order")
    refusals.raise_if_any(ReceiptRefused)
    return tuple(asked)


def status_at_end(status: PurchaseOrderStatus) -> PurchaseOrderStatus:
    """What is still placed when nothing more comes or is billed are services, of which no receipt has told.
    Refuses: WrongStatus, while somebody is to say yes.
    """
    if status is PurchaseOrderStatus.HELD:
        raise WrongStatus("a purchase order that waits for an approval has not ended")
    return PurchaseOrderStatus.RECEIVED if status is PurchaseOrderStatus.PLACED else status


def status_after(
    lines: Sequence[PurchaseLine],
    received: Mapping[int, Decimal],
    *,
    rest_is_cancelled: bool,
    is_billed: bool,
) -> PurchaseOrderStatus:
    """Received when nothing is left to come; cancelled when nothing has come or was billed, nor will."""
    if rest_is_cancelled and not is_billed and not any(received.values()):
        return PurchaseOrderStatus.CANCELLED
    is_awaited = not rest_is_cancelled and still_to_come(lines, received)
    return PurchaseOrderStatus.PLACED if is_awaited else PurchaseOrderStatus.RECEIVED
