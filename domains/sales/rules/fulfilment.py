"""How far an order has come, line by line: set aside, delivered, billed.

The process keeps one of these beside the order. Quantities are in the order lines' units; what inventory
sets aside comes in stock units and is converted here, cut to six decimals so that we never promise more
than is there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Self

from domains.master_data.messages import Delivery
from domains.sales.messages import LineQuantity, OrderPlaced, PricedLine
from foundation.values.errors import BusinessError, Refusals

FOUR_DECIMALS, SIX_DECIMALS = Decimal("0.0001"), Decimal("0.000001")
NOTHING = Decimal(0)


class ShipmentRefused(BusinessError):
    """Some lines of the shipment cannot leave as confirmed; `errors` names each."""

    status = 409


@dataclass
class Fulfilment:
    """What is set aside, delivered and billed of an order: plain values, by line number."""

    delivery: Delivery
    lines: dict[int, PricedLine]
    short: dict[int, Decimal]
    """Stock units that could not be set aside yet."""
    number_of_news: dict[int, int]
    """By which number each line's shortage was told."""
    delivered: dict[int, Decimal]
    billed: dict[int, Decimal]
    returned: dict[int, Decimal]
    returned_unbilled: dict[int, Decimal]
    """What came back before it was billed: it never will be."""
    rest_is_given_up: bool = False
    """What has not left by now never will."""

    @classmethod
    def of(cls, order: OrderPlaced) -> Self:
        """Nothing of the order is set aside yet."""
        lines = {line.line_number: line for line in order.lines}
        nothing = dict.fromkeys(lines, NOTHING)
        return cls(
            delivery=order.delivery,
            lines=lines,
            short={number: line.stock_quantity for number, line in lines.items() if line.is_stocked},
            number_of_news=dict.fromkeys(lines, 0),
            delivered=dict(nothing),
            billed=dict(nothing),
            returned=dict(nothing),
            returned_unbilled=dict(nothing),
        )

    def set_aside(self, shortages: Iterable[tuple[int, Decimal]], *, number: int = 0) -> bool:
        """Note what inventory is still short of, line by line; answers whether any of it was new.

        News may arrive twice and out of order: of each line the one with the greatest number holds. What the
        order was answered when it was first set aside has none, and is older than all news.
        """
        newer = {line: short for line, short in shortages if number >= self.number_of_news[line]}
        is_new = number > 0 and any(number > self.number_of_news[line] for line in newer)
        self.short |= newer
        self.number_of_news |= dict.fromkeys(newer, number)
        return is_new

    def shortages(self) -> dict[int, Decimal]:
        """The lines that are backordered, and by how many stock units."""
        return {number: short for number, short in self.short.items() if short > 0}

    def shippable(self) -> tuple[LineQuantity, ...]:
        """What may leave now: all that is set aside and not delivered.

        Of an order that is to be shipped complete: all of it, or nothing.
        """
        if self.rest_is_given_up or (self.delivery is Delivery.COMPLETE and any(self.short.values())):
            return ()
        open_lines = ((number, self._shippable_of(line)) for number, line in self.lines.items())
        return tuple(
            LineQuantity(line_number=number, quantity=left) for number, left in open_lines if left > 0
        )

    def _shippable_of(self, line: PricedLine) -> Decimal:
        short = self.short.get(line.line_number, NOTHING)
        promised = line.quantity
        if short > 0:
            in_stock_units = line.stock_quantity - short
            promised = (in_stock_units * line.quantity / line.stock_quantity).quantize(
                SIX_DECIMALS, ROUND_DOWN
            )
        return promised - self.delivered[line.line_number]

    def still_reserved(self) -> bool:
        """Whether goods are set aside, or waited for, that have not left."""
        return not self.rest_is_given_up and any(
            self.delivered[number] < line.quantity for number, line in self.lines.items() if line.is_stocked
        )

    def lines_to_ship(self, asked: Sequence[LineQuantity]) -> tuple[LineQuantity, ...]:
        """The lines of a shipment: those asked for, or everything that may leave.

        Refuses: ShipmentRefused, with every line that is not on the order or asks for more than is set aside.
        """
        shippable = {line.line_number: line.quantity for line in self.shippable()}
        if not shippable:
            raise ShipmentRefused(self._why_nothing_leaves())
        refusals = Refusals()
        seen: set[int] = set()
        for position, line in enumerate(asked):
            field = f"lines.{position}"
            if line.line_number in seen or line.line_number not in self.lines:
                refusals.add(
                    f"{field}.line_number", f"line {line.line_number} is not on the order, or named twice"
                )
            elif line.quantity > (most := shippable.get(line.line_number, NOTHING)):
                refusals.add(
                    f"{field}.quantity", f"at most {most.normalize():f} may leave now, not {line.quantity:f}"
                )
            seen.add(line.line_number)
        if (
            asked
            and self.delivery is Delivery.COMPLETE
            and {x.line_number: x.quantity for x in asked} != shippable
        ):
            refusals.add("lines", "the order is to be shipped complete: confirm all lines, or leave them out")
        refusals.raise_if_any(ShipmentRefused)
        return tuple(asked) or self.shippable()

    def _why_nothing_leaves(self) -> str:
        if self.is_delivered:
            return "everything has been delivered already"
        return "nothing is set aside that may leave now: the order waits for stock"

    def are_stocked(self, lines: Iterable[LineQuantity]) -> bool:
        """Whether any of the lines is kept in stock; the others are services."""
        return any(self.lines[line.line_number].is_stocked for line in lines)

    def in_stock_units(self, line: LineQuantity) -> Decimal:
        """The quantity of an order line in the item's stock unit, six decimals."""
        ordered = self.lines[line.line_number]
        if ordered.quantity == line.quantity:
            return ordered.stock_quantity
        return (line.quantity * ordered.stock_quantity / ordered.quantity).quantize(SIX_DECIMALS)

    def deliver(self, lines: Iterable[LineQuantity]) -> None:
        """Note that these have left."""
        for line in lines:
            self.delivered[line.line_number] += line.quantity

    def take_delivery_back(self, lines: Iterable[LineQuantity]) -> None:
        """Note that these have not left after all."""
        for line in lines:
            self.delivered[line.line_number] -= line.quantity

    def take_bill_back(self, lines: Iterable[LineQuantity]) -> None:
        """Note that these are to be billed again."""
        for line in lines:
            self.billed[line.line_number] -= line.quantity

    def to_bill(self) -> tuple[LineQuantity, ...]:
        """What has left, was not billed, and has not come back."""
        open_lines = ((number, self.delivered[number] - self._done_with(number)) for number in self.lines)
        return tuple(
            LineQuantity(line_number=number, quantity=left) for number, left in open_lines if left > 0
        )

    def worth_to_bill(self, order: OrderPlaced, *, with_freight: bool) -> Decimal:
        """What is to be billed of the order by now, in the company's currency, at its rate, four decimals."""
        whole = sum((line.net_amount + line.tax_amount for line in self.lines.values()), NOTHING)
        worth = order.total_amount - whole if with_freight else NOTHING
        for billable in (to_bill := self.to_bill()):
            line = self.lines[billable.line_number]
            worth += (line.net_amount + line.tax_amount) * billable.quantity / line.quantity
        if not to_bill or not order.total_amount:
            return NOTHING
        return (worth * order.base_total_amount / order.total_amount).quantize(FOUR_DECIMALS)

    def bill(self, lines: Iterable[LineQuantity]) -> None:
        """Note that these were billed."""
        for line in lines:
            self.billed[line.line_number] += line.quantity

    def take_back(self, returned: Iterable[tuple[int, Decimal]], unbilled: Iterable[LineQuantity]) -> None:
        """Note what came back, and for what of it no invoice will be written."""
        for number, quantity in returned:
            self.returned[number] += quantity
        for line in unbilled:
            self.returned_unbilled[line.line_number] += line.quantity

    def billed_too_much(self) -> dict[int, Decimal]:
        """The lines of which more was billed than left and stayed: it came back before it was billed."""
        surplus = {number: self._done_with(number) - self.delivered[number] for number in self.lines}
        return {number: quantity for number, quantity in surplus.items() if quantity > 0}

    def credit_what_was_billed_too_much(self) -> None:
        """It is credited: what came back was billed after all."""
        for number, quantity in self.billed_too_much().items():
            self.returned_unbilled[number] -= quantity

    def give_up_rest(self) -> None:
        """What has not left is wanted no more: the order is what was delivered."""
        self.rest_is_given_up = True

    def _done_with(self, number: int) -> Decimal:
        return self.billed[number] + self.returned_unbilled[number]

    def _wanted(self, number: int) -> Decimal:
        return self.delivered[number] if self.rest_is_given_up else self.lines[number].quantity

    @property
    def has_left(self) -> bool:
        """Whether anything has been delivered."""
        return any(self.delivered.values())

    def outside(self) -> dict[int, Decimal]:
        """What has left and has not come back."""
        return {number: self.delivered[number] - self.returned[number] for number in self.lines}

    @property
    def all_came_back(self) -> bool:
        """Whether all that was delivered has come back."""
        return not any(self.outside().values())

    @property
    def is_delivered(self) -> bool:
        """Whether every line has been delivered in full."""
        return all(self.delivered[number] == self._wanted(number) for number in self.lines)

    @property
    def is_billed(self) -> bool:
        """Whether everything ordered was delivered and billed."""
        return all(self._done_with(number) == self._wanted(number) for number in self.lines)
