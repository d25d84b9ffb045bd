"""What goods cost on their way, spread over the lines of their receipts, and taken off again.

Freight, duty and insurance are a cost of purchase (IAS 2.10-11). What is left of the goods is worth its share
more; the share of what has left is cost of sales. Values are in the company's currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domains.inventory.messages.landed_costs import LandedCostBasis, LandedReceipt
from domains.inventory.rules import valuation
from domains.inventory.rules.book import Book
from domains.master_data.messages import CostingMethod
from foundation.values.days import check_not_before
from foundation.values.errors import Invalid, Refusals
from foundation.values.money import ZERO, allocated, rounded


@dataclass(frozen=True)
class SourceLeft:
    """What a document has posted to the clearing account, and what of it is not spread yet: in its currency
    (`amount`) and in the company's (`value`).
    """

    number: str
    currency: str
    posted_amount: Decimal
    posted_value: Decimal
    amount: Decimal
    value: Decimal


@dataclass(frozen=True)
class LineThatCame:
    """A line of a receipt, in the stock unit: what came, what of it went back to the supplier, and what all
    of it cost, with what its price was corrected by.
    """

    receipt_id: UUID
    receipt_number: str
    received_on: date
    line_number: int
    item_code: str
    stock_quantity: Decimal
    gone_quantity: Decimal
    value: Decimal

    @property
    def quantity(self) -> Decimal:
        """What has not gone back."""
        return self.stock_quantity - self.gone_quantity


@dataclass(frozen=True)
class LandedLine:
    """What a line of a receipt gets of the cost, and what of that is in stock."""

    line_number: int
    came: LineThatCame
    left_quantity: Decimal
    value: Decimal
    stock_value: Decimal


class MovedQuantity(NamedTuple):
    """How much of an item a document moved: what came is positive."""

    kind: str
    quantity: Decimal


def value_to_spread(amount: Decimal | None, source: SourceLeft, currency: str) -> tuple[Decimal, Decimal]:
    """The amount in the source's currency, all that is left when none is named, and its value at the rate at
    which the source was posted, rounded half-up; what is spread last takes the cents that are left.

    Refuses: Invalid.
    """
    if source.amount <= 0 or source.value <= 0:
        why = f"nothing is left to be spread of what {source.number} has posted"
        raise Invalid(f"source_id: {why}", errors=[("source_id", why)])
    wanted = source.amount if amount is None else amount
    value = source.value
    if wanted != source.amount:
        share = rounded(source.posted_value * wanted / source.posted_amount, currency)
        value = min(share, source.value)
    why = ""
    if wanted != rounded(wanted, source.currency):
        why = f"{source.currency} has no amount as small as in {wanted:f}"
    elif wanted > source.amount:
        left = f"{rounded(source.amount, source.currency):f} {source.currency}"
        why = f"only {left} are left to be spread of what {source.number} has posted"
    elif not value:
        why = f"it is worth less than the smallest amount in {currency}"
    if why:
        raise Invalid(f"amount: {why}", errors=[("amount", why)])
    return wanted, value


def chosen_lines(
    asked: Sequence[LandedReceipt], known: Mapping[UUID, Sequence[LineThatCame]], on: date
) -> list[LineThatCame]:
    """The lines that the cost is for, in the order in which they were named.

    Refuses: Invalid, with every receipt and line that there is not, that is named twice, or of which all went
    back to the supplier; TooEarly before a receipt.
    """
    refusals = Refusals()
    found: list[LineThatCame] = []
    seen: set[UUID] = set()
    for position, receipt in enumerate(asked):
        where, lines = f"receipts.{position}", known.get(receipt.receipt_id, ())
        if not lines:
            refusals.add(f"{where}.receipt_id", f"there is no stock receipt {receipt.receipt_id}")
        elif receipt.receipt_id in seen:
            refusals.add(f"{where}.receipt_id", f"{lines[0].receipt_number} is named twice")
        else:
            found += _of_receipt(receipt, lines, where, refusals)
        seen.add(receipt.receipt_id)
    refusals.raise_if_any()
    for receipt in asked:
        came = known[receipt.receipt_id][0]
        check_not_before("posted_on", on, came.received_on, came.receipt_number)
    return found


def _of_receipt(
    receipt: LandedReceipt, lines: Sequence[LineThatCame], where: str, refusals: Refusals
) -> Iterable[LineThatCame]:
    """All lines of which anything was kept; or those that are named."""
    number = lines[0].receipt_number
    if not receipt.line_numbers:
        kept = [line for line in lines if line.quantity > 0]
        if not kept:
            refusals.add(f"{where}.receipt_id", f"all of {number} went back to the supplier")
        return kept
    by_number = {line.line_number: line for line in lines}
    for position, line_number in enumerate(receipt.line_numbers):
        field, line = f"{where}.line_numbers.{position}", by_number.get(line_number)
        if line is None:
            refusals.add(field, f"{number} has no line {line_number}")
        elif line_number in receipt.line_numbers[:position]:
            refusals.add(field, f"line {line_number} is named twice")
        elif line.quantity <= 0:
            refusals.add(field, f"all of line {line_number} went back to the supplier")
    return [by_number[number] for number in receipt.line_numbers if number in by_number]


def measures(
    lines: Sequence[LineThatCame], basis: LandedCostBasis, weights: Mapping[str, Decimal | None]
) -> list[Decimal]:
    """What each line weighs in the spreading: its quantity, its share of what it cost, or its weight in kg.

    Refuses: Invalid, naming the items without a weight, or when nothing has a value or a weight.
    """
    if basis is LandedCostBasis.WEIGHT:
        missing = sorted({line.item_code for line in lines if weights.get(line.item_code) is None})
        if missing:
            _refuse_basis(f"{', '.join(missing)} has no weight_kg: change the item, or name another basis")
        found = [line.quantity * (weights[line.item_code] or ZERO) for line in lines]
    elif basis is LandedCostBasis.VALUE:
        found = [line.value * line.quantity / line.stock_quantity for line in lines]
    else:
        found = [line.quantity for line in lines]
    if sum(found, ZERO) <= 0:
        _refuse_basis(f"none of these goods has a {basis}: name another basis")
    return found


def _refuse_basis(why: str) -> None:
    raise Invalid(f"basis: {why}", errors=[("basis", why)])


def land(
    book: Book,
    lines: Sequence[LineThatCame],
    weights: Sequence[Decimal],
    value: Decimal,
) -> list[LandedLine]:
    """Spread a value over lines, and add to the stock what is left of each.

    Parts are cut to the minor unit; what is left over goes to the largest remainders, so that they add up.
    First in, first out: what is left of a line is in its layer. At the average: of all lines of an item
    together as much is left as is on hand, of each in proportion. Rounded half-up.
    """
    parts = allocated(value, weights, book.currency)
    of_item: dict[str, Decimal] = {}
    for line in lines:
        of_item[line.item_code] = of_item.get(line.item_code, ZERO) + line.quantity
    found = []
    for number, (line, part) in enumerate(zip(lines, parts, strict=True), start=1):
        kept, of = book.kept[line.item_code], (line.receipt_id, line.line_number)
        is_fifo = kept.method is CostingMethod.FIFO
        came = line.quantity if is_fifo else of_item[line.item_code]
        left = valuation.left_of(kept, came, of)
        wanted = valuation.share(part, left, came, book.currency)
        stock_value = book.land(line.item_code, wanted, of=of, line_number=number)
        found.append(LandedLine(number, line, left * line.quantity / came, part, stock_value))
    return found


def share_left(on_hand: Decimal, moved: Sequence[MovedQuantity]) -> Decimal:
    """How much of a value that was added to what was on hand is in stock still, as a part of one.

    At the average, whatever is issued takes its share of it along, in proportion to what is on hand then;
    what customers bring back brings back the share of so much of what has gone. What comes, and what is taken
    back of what had moved before, has a value of its own, and changes nothing.
    """
    left, gone, gone_quantity = Decimal(1), ZERO, ZERO
    for kind, quantity in moved:
        if kind == "return" and gone_quantity:
            back = min(quantity, gone_quantity)
            part = gone * back / gone_quantity
            left, gone, gone_quantity = left + part, gone - part, gone_quantity - back
        elif quantity < 0 and kind != "reversal":
            there = max(on_hand, ZERO)
            taken = left * min(-quantity, there) / there if there else left
            left, gone, gone_quantity = left - taken, gone + taken, gone_quantity - quantity
        on_hand += quantity
    return left
