"""How an invoice that came as a file is an invoice of an order: as a person would enter it by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domains.payables.messages import InvoiceLineAsked, SupplierInvoiceAsked
from domains.payables.messages.invoice_files import ReadInvoice, ReadInvoiceLine
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import UNIT_COST, ZERO, rounded

COMMERCIAL_INVOICE = "380"
MOST_LINES = 500
_LARGEST = Decimal(10) ** 12
BY_HAND = "enter it by hand"


class InvoiceNotAssigned(BusinessError):
    """The file says what cannot be entered of this order; `errors` names each term, and what to do."""


@dataclass(frozen=True)
class LineOfOrder:
    """A line of the purchase order, what its supplier calls the item, and documents its unit, in capitals."""

    line_number: int
    item_code: str
    unit: str
    unit_codes: tuple[str, ...]
    supplier_item_numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderOfInvoice:
    """The purchase order that the invoice is to be of."""

    order_id: UUID
    order_number: str
    supplier_code: str
    currency: str
    lines: tuple[LineOfOrder, ...]


def asked_of(
    read: ReadInvoice, order: OrderOfInvoice, sellers: Collection[str], our_vat_id: str
) -> SupplierInvoiceAsked:
    """The invoice as it would be entered by hand: each line at the price that comes to its net amount.

    `sellers` are the codes of the suppliers that the file may mean. Terms of payment are the order's.
    Refuses: InvoiceNotAssigned, with all that is in the way.
    """
    refusals = Refusals()
    if len(read.lines) > MOST_LINES:
        why = f"an invoice may have {MOST_LINES} lines, and this one has {len(read.lines)}"
        raise InvoiceNotAssigned(f"lines: {why}", errors=[("lines", why)])
    _check_head(read, order, refusals)
    _check_parties(read, order, sellers, our_vat_id, refusals)
    lines = [_line(line, place, order, refusals) for place, line in enumerate(read.lines)]
    refusals.raise_if_any(InvoiceNotAssigned)
    return SupplierInvoiceAsked(
        supplier_number=read.number,
        invoiced_on=read.issued_on,
        total_amount=read.total_amount,
        lines=tuple(line for line in lines if line is not None),
    )


def _check_head(read: ReadInvoice, order: OrderOfInvoice, refusals: Refusals) -> None:
    if read.type_code != COMMERCIAL_INVOICE:
        why = f"BT-3 is {read.type_code}, and only a commercial invoice is read ({COMMERCIAL_INVOICE})"
        refusals.add("type_code", f"{why}; {BY_HAND}")
    if read.currency != order.currency:
        why = f"BT-5 is {read.currency}, and {order.order_number} is in {order.currency}"
        refusals.add("currency", why)
    if read.total_amount <= 0:
        refusals.add("total_amount", f"BT-112 is {read.total_amount:f}: nothing is owed by it")
    for name, term in (("prepaid_amount", "BT-113"), ("rounding_amount", "BT-114")):
        if amount := getattr(read, name):
            refusals.add(name, f"{term} is {amount:f}: another amount is owed than what is billed; {BY_HAND}")
    for place, charge in enumerate(read.charges):
        if charge.amount:
            kind = "BG-21: a charge" if charge.is_charge else "BG-20: an allowance"
            why = f"{kind} of {charge.amount:f} on the whole invoice is on no line of the order; {BY_HAND}"
            refusals.add(f"charges.{place}.amount", why)


def _check_parties(
    read: ReadInvoice, order: OrderOfInvoice, sellers: Collection[str], our_vat_id: str, refusals: Refusals
) -> None:
    if order.supplier_code not in sellers:
        named = read.seller.vat_id or ", ".join(read.ibans) or read.seller.name
        known = ", ".join(sorted(sellers))
        is_who = (
            f"{named} is {known}" if known else f"no supplier has BT-31 or BT-84 as in the file ({named})"
        )
        refusals.add("seller", f"{is_who}, and {order.order_number} is of {order.supplier_code}")
    said, ours = _letters(read.buyer.vat_id), _letters(our_vat_id)
    if said and ours and said != ours:
        refusals.add("buyer", f"BT-48 is {read.buyer.vat_id}, and ours is {our_vat_id}: it is not for us")


def _letters(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())


def _line(
    line: ReadInvoiceLine, place: int, order: OrderOfInvoice, refusals: Refusals
) -> InvoiceLineAsked | None:
    at = f"lines.{place}"
    if line.order_of_line and _letters(line.order_of_line) != _letters(order.order_number):
        refusals.add(f"{at}.order_of_line", f"the line is of {line.order_of_line}, not {order.order_number}")
        return None
    found = _ordered(line, order.lines, at, refusals)
    if not ZERO < line.quantity < _LARGEST or line.quantity != line.quantity.quantize(UNIT_COST):
        why = f"BT-129 is {line.quantity:f}: a quantity is more than nothing, with six decimals at most"
        refusals.add(f"{at}.quantity", f"{why}; what is credited is a credit note")
        return None
    price = _price(line, order.currency)
    if price is None:
        why = f"BT-131 is {line.net_amount:f}: no price with six decimals comes to it for {line.quantity:f}"
        refusals.add(f"{at}.net_amount", why)
    if found is None or price is None:
        return None
    if line.unit_code.upper() not in found.unit_codes:
        known = f"{found.unit} ({', '.join(found.unit_codes)})"
        why = f"BT-130 is {line.unit_code}, and line {found.line_number} of the order is in {known}"
        remedy = f"if it is the same, write it as the unit's un_code (/v1/units), else {BY_HAND}"
        refusals.add(f"{at}.unit_code", f"{why}: {remedy}")
    return InvoiceLineAsked(line_number=found.line_number, quantity=line.quantity, unit_price=price)


def _ordered(
    line: ReadInvoiceLine, ordered: Sequence[LineOfOrder], at: str, refusals: Refusals
) -> LineOfOrder | None:
    """The line of the order that the file names, or else the only one with the item that it names."""
    items = [one for one in ordered if _is_item(line, one)]
    named = next((one for one in ordered if line.order_line.lstrip("0") == str(one.line_number)), None)
    if named is not None:
        if not items or named in items:
            return named
        numbers = _numbers(items)
        refusals.add(f"{at}.order_line", f"BT-132 is line {named.line_number}, and its item is of {numbers}")
        return None
    if len(items) == 1:
        return items[0]
    names = ", ".join(name for name in (line.seller_item, line.buyer_item, line.standard_item) if name)
    if items:
        why = f"{names} is on {_numbers(items)} of the order, and the file says not which of them (BT-132)"
    else:
        why = (
            f"{line.name[:100]} ({names or 'no number'}) is on no line of the order, neither by BT-132, nor "
            "by BT-155 or BT-157 as a supplier item has it, nor by BT-156 as our item code: write the "
            "supplier item, or enter the invoice by hand"
        )
    refusals.add(at, why)
    return None


def _is_item(line: ReadInvoiceLine, ordered: LineOfOrder) -> bool:
    theirs = {number.casefold().strip() for number in ordered.supplier_item_numbers} - {""}
    return (
        line.seller_item.casefold() in theirs
        or line.standard_item.casefold() in theirs
        or line.buyer_item.casefold() == ordered.item_code.casefold()
    )


def _numbers(lines: Sequence[LineOfOrder]) -> str:
    return f"line{'' if len(lines) == 1 else 's'} {', '.join(str(one.line_number) for one in lines)}"


def _price(line: ReadInvoiceLine, currency: str) -> Decimal | None:
    """Of one unit, six decimals: the one that is said, or, with allowances and charges, what the net amount
    comes to for one; None when neither comes to the net amount, rounded half-up.
    """
    for price in (line.price / line.price_quantity, line.net_amount / line.quantity):
        if not ZERO <= price < _LARGEST:
            continue
        kept = price.quantize(UNIT_COST)
        if rounded(line.quantity * kept, currency) == line.net_amount:
            return kept
    return None
