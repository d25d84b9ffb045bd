"""Three-way match: what an invoice bills, beside what was ordered and what has come, and what blocks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domains.ledger.messages import OpenGoods
from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.master_data.rules.tolerances import is_within, tolerance_for
from domains.payables.messages import LineToMatch, PostSupplierInvoice, SupplierInvoicePosted
from domains.payables.messages.blocks import BlockCode, InvoiceBlock, SupplierInvoiceEntered
from foundation.values.errors import BusinessError
from foundation.values.money import HUNDRED, ONE, UNIT_COST, ZERO, rounded


class InvoiceIsBlocked(BusinessError):
    """The invoice does not match within what is tolerated; `errors` names each reason."""

    status = 409


DECIDES = "finance director"
"""The role that decides about blocked invoices."""
WAITS = {
    BlockCode.NOT_RECEIVED: ("a receipt, or to be rejected", "warehouse"),
    BlockCode.QUANTITY: ("a receipt, a credit note, or a decision", "warehouse"),
    BlockCode.PRICE: ("another price of the order, a credit note, or a decision", DECIDES),
    BlockCode.VALUE: ("a credit note, or a decision", DECIDES),
    BlockCode.DUPLICATE: ("a decision", DECIDES),
    BlockCode.POSTING: ("what is in its way to be removed, and a decision", DECIDES),
}
"""What each kind of reason waits for, and whom first."""
FIELDS = {
    BlockCode.NOT_RECEIVED: "quantity",
    BlockCode.QUANTITY: "quantity",
    BlockCode.PRICE: "unit_price",
    BlockCode.VALUE: "unit_price",
}
CURED_BY_RECEIPT = (BlockCode.NOT_RECEIVED, BlockCode.QUANTITY)
"""What may not last when more comes."""


@dataclass(frozen=True)
class Matched:
    """By how much an invoice settles what has come with one receipt."""

    item_id: UUID
    quantity: Decimal
    base_amount: Decimal
    receipt_number: str


@dataclass(frozen=True)
class Tolerated:
    """What an invoice is matched by."""

    tolerances: Sequence[PutMatchingTolerance]
    base_currency: str
    rate: Decimal
    """Units of the invoice's currency for one of the company's."""
    alike: Sequence[str] = ()
    """The numbers of other invoices that it may be once more."""


@dataclass(frozen=True)
class MatchedLine:
    """A line of an invoice, what it settles, and what that was worth by the order, in both currencies."""

    line: LineToMatch
    settles: tuple[Matched, ...]
    matched_quantity: Decimal
    """What has come of what is billed, in the stock unit; of services, in the unit of the order."""
    ordered_amount: Decimal
    """At the price at which it came, in the invoice's currency, not rounded."""
    since: date | None = None
    """When the last of the goods came; the tax is that of this day."""

    @property
    def base_amount(self) -> Decimal:
        """What was taken in at, in the company's currency."""
        return sum((one.base_amount for one in self.settles), ZERO)

    @property
    def in_order_unit(self) -> Decimal:
        """The quantity that it matches in the unit of the order, six decimals."""
        return _in_order_unit(self.line, self.matched_quantity).quantize(UNIT_COST)


@dataclass(frozen=True)
class Matching:
    """The lines as they match, and what blocks the invoice."""

    lines: tuple[MatchedLine, ...]
    blocks: tuple[InvoiceBlock, ...]
    """All that does not match."""
    is_accepted: bool
    """Whether somebody has accepted all of it."""


@dataclass(frozen=True)
class LineBilled:
    """What a line bills after its credit notes: quantity in the order's unit and in that of stock, amount
    without tax, not rounded.
    """

    quantity: Decimal
    stock_quantity: Decimal
    amount: Decimal


def price_of(line: LineToMatch) -> Decimal:
    """What one unit is billed at, less discount, not rounded."""
    return line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED


def ordered_price_of(line: LineToMatch) -> Decimal:
    """What one unit was ordered at, less discount, not rounded."""
    return line.ordered_price * (HUNDRED - line.ordered_discount_percent) / HUNDRED


def billed(post: PostSupplierInvoice, number: int) -> LineBilled:
    """What is left of a line of the invoice, from 1, when its credit notes are taken off."""
    line = post.lines[number - 1]
    credited = [one for note in post.credits for one in note.lines if one.line_number == number]
    return LineBilled(
        line.quantity - sum((one.quantity for one in credited), ZERO),
        line.stock_quantity - sum((one.stock_quantity for one in credited), ZERO),
        line.quantity * price_of(line) - sum((one.net_amount for one in credited), ZERO),
    )


def match(post: PostSupplierInvoice, received: Sequence[OpenGoods], known: Tolerated) -> Matching:
    """Each line with what it settles of what has come, in its order, and all that blocks the invoice.

    Services are not received: they are matched with what was ordered and is not billed. Goods of which none
    has come are accepted by nobody.
    """
    left = {one.item_id: one for one in received}
    services: dict[int, Decimal] = {}
    lines: list[MatchedLine] = []
    blocks = _alike(known.alike)
    for number, line in enumerate(post.lines, start=1):
        bills = billed(post, number)
        goods = [one for one in left.values() if one.order_line_number == line.order_line_number]
        matched = _matched(line, bills, goods, services, known)
        for part in matched.settles:
            left[part.item_id] = left[part.item_id].less(part.quantity, part.base_amount)
        there = _there(line, goods, services)
        if not line.is_stocked:
            taken = services.get(line.order_line_number, ZERO) + matched.matched_quantity
            services[line.order_line_number] = taken
        tolerance = tolerance_for(known.tolerances, post.supplier_code, line.item_code, post.invoiced_on)
        blocks += _blocks(number, line, bills, there, tolerance, post.currency, known.rate)
        lines.append(matched)
    accepted = {
        (one.line_number, one.code) for one in post.accepted if one.code != BlockCode.NOT_RECEIVED.value
    }
    is_accepted = all((one.line_number, one.code.value) in accepted for one in blocks)
    return Matching(tuple(lines), tuple(blocks), is_accepted)


def _there(line: LineToMatch, goods: Sequence[OpenGoods], services: Mapping[int, Decimal]) -> Decimal:
    """What a line can bill: what has come and is not billed, of services what was ordered and is not."""
    if line.is_stocked:
        return sum((one.quantity for one in goods), ZERO)
    return max(line.left_quantity - services.get(line.order_line_number, ZERO), ZERO)


def _matched(
    line: LineToMatch,
    bills: LineBilled,
    goods: Sequence[OpenGoods],
    services: Mapping[int, Decimal],
    known: Tolerated,
) -> MatchedLine:
    there = _there(line, goods, services)
    if not line.is_stocked:
        quantity = min(bills.quantity, there)
        return MatchedLine(line, (), quantity, ordered_amount(line, bills, there))
    settles = _settled(bills.stock_quantity, goods, known.base_currency)
    items = {part.item_id for part in settles}
    last = max((one.opened.on for one in goods if one.item_id in items), default=None)
    quantity = min(bills.stock_quantity, there)
    amount = ordered_amount(line, bills, there)
    if prices := {one.receipt_number: one.unit_price for one in line.came_at}:
        came = [prices.get(part.receipt_number, ordered_price_of(line)) * part.quantity for part in settles]
        amount = _in_order_unit(line, sum(came, ZERO))
    return MatchedLine(line, tuple(settles), quantity, amount, last)


def ordered_amount(line: LineToMatch, bills: LineBilled, there: Decimal) -> Decimal:
    """What of a line is there and billed, at the ordered price, not rounded."""
    wanted = bills.stock_quantity if line.is_stocked else bills.quantity
    quantity = bills.quantity if wanted <= there else _in_order_unit(line, there)
    return quantity * ordered_price_of(line)


def _in_order_unit(line: LineToMatch, quantity: Decimal) -> Decimal:
    """A quantity in the stock unit, or an amount for one, as it is in the unit of the order, not rounded."""
    return quantity * line.quantity / line.stock_quantity if line.is_stocked else quantity


def _settled(wanted: Decimal, goods: Sequence[OpenGoods], base_currency: str) -> list[Matched]:
    """So much of what has come: of each receipt its share of the value, rounded half-up, or the rest."""
    found = []
    for one in goods:
        taken = min(wanted, one.quantity)
        if taken > 0:
            wanted -= taken
            value = rounded(one.base_amount * taken / one.quantity, base_currency)
            found.append(Matched(one.item_id, taken, value, one.opened.number))
    return found


def _blocks(
    number: int,
    line: LineToMatch,
    bills: LineBilled,
    there: Decimal,
    tolerance: PutMatchingTolerance,
    currency: str,
    rate: Decimal,
) -> list[InvoiceBlock]:
    """What blocks one line: more than has come, another price, another value."""
    blocks = []
    wanted = bills.stock_quantity if line.is_stocked else bills.quantity
    limits = tolerance.quantity_percent, tolerance.quantity_amount
    # Where nothing is left to bill nothing is tolerated: a tolerance is not used twice.
    if wanted > there and not (there and is_within(wanted - there, there, *limits, rate=ONE)):
        unit = "in the stock unit" if line.is_stocked else line.unit
        why = f"{_plain(wanted)} billed, {_plain(there)} come and not billed, {unit}"
        is_missing = line.is_stocked and not there
        blocks.append(block(number, BlockCode.NOT_RECEIVED if is_missing else BlockCode.QUANTITY, why))
    ordered = ordered_price_of(line)
    is_other = rounded(bills.amount, currency) != rounded(bills.quantity * ordered, currency)
    if is_other and bills.quantity:
        price = bills.amount / bills.quantity
        limits = tolerance.price_percent, tolerance.price_amount
        if not is_within(abs(price - ordered), ordered, *limits, rate=rate):
            why = f"{_plain(price)} billed, {_plain(ordered)} ordered"
            blocks.append(block(number, BlockCode.PRICE, why))
    matched = ordered_amount(line, bills, there)
    limits = tolerance.value_percent, tolerance.value_amount
    is_limited = limits != (None, None) and not is_within(
        abs(bills.amount - matched), matched, *limits, rate=rate
    )
    if is_limited or (is_other and not bills.quantity):
        why = f"{_plain(bills.amount)} billed, {_plain(matched)} come at the ordered price"
        blocks.append(block(number, BlockCode.VALUE, why))
    return blocks


def _alike(numbers: Sequence[str]) -> list[InvoiceBlock]:
    if not numbers:
        return []
    why = f"the same amount, on a day nearby, as {', '.join(numbers)}"
    return [block(0, BlockCode.DUPLICATE, why)]


def block(number: int, code: BlockCode, why: str) -> InvoiceBlock:
    """A reason, with what it waits for."""
    waits_for, waiting_on = WAITS[code]
    return InvoiceBlock(line_number=number, code=code, why=why, waits_for=waits_for, waiting_on=waiting_on)


def posted_of(entered: SupplierInvoiceEntered) -> SupplierInvoicePosted:
    """An invoice as it is posted. Refuses: InvoiceIsBlocked, with every reason."""
    if entered.posted is not None:
        return entered.posted
    assert entered.blocked is not None
    errors = [
        (
            f"lines.{one.line_number - 1}.{FIELDS[one.code]}" if one.line_number else "supplier_number",
            f"{one.code.value}: {one.why}",
        )
        for one in entered.blocked.blocks
    ]
    raise InvoiceIsBlocked("; ".join(error for _, error in errors), errors=errors)


def _plain(number: Decimal) -> str:
    """Six decimals at most, without zeros at the end."""
    return f"{number.quantize(UNIT_COST).normalize():f}"
