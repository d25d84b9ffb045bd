"""An order: what it may become, and how it is priced and taxed.

Everything that is wrong with an order is told at once, field by field.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domains.master_data.messages import ItemKind
from domains.master_data.rules.heads import KnownOfOrder, check_head
from domains.master_data.rules.lines import MOST, is_traded_so, named_item, stock_quantity
from domains.master_data.rules.prices import price_for
from domains.master_data.rules.records import why_not_taxed_so
from domains.master_data.rules.taxes import TaxableLine, TaxedDocument, discount_on_base, tax_document
from domains.master_data.rules.units import SIX_DECIMALS
from domains.master_data.rules.validity import holds
from domains.master_data.views import (
    CustomerView,
    ItemView,
    PriceListView,
)
from domains.sales.messages import OrderLineAsked, OrderStatus, PlaceOrder, PricedLine
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.money import HUNDRED, ONE, ZERO, rounded

PLACED, HELD, CONFIRMED = OrderStatus.PLACED, OrderStatus.HELD, OrderStatus.CONFIRMED
DELIVERED, CLOSED = OrderStatus.DELIVERED, OrderStatus.CLOSED
CANCELLED, REJECTED = OrderStatus.CANCELLED, OrderStatus.REJECTED

TOO_MUCH = "the order comes to more than we can count: split it"

MAY_BECOME: dict[OrderStatus, set[OrderStatus]] = {
    PLACED: {HELD, CONFIRMED, CANCELLED, REJECTED},
    HELD: {CONFIRMED, CANCELLED, REJECTED},
    CONFIRMED: {DELIVERED, CANCELLED},
    DELIVERED: {CLOSED},
    CLOSED: set(),
    CANCELLED: set(),
    REJECTED: set(),
}


TAKEN_BACK = (CANCELLED, REJECTED)
ON_ITS_WAY = (CONFIRMED, DELIVERED)
"""When goods may leave, and be billed."""


class NotInThisStatus(BusinessError):
    """The order cannot become that from where it stands."""

    status = 409


class GoodsHaveLeft(BusinessError):
    """Goods have left for the order: it cannot be cancelled any more."""

    status = 409


def advance(now: str, wanted: OrderStatus) -> OrderStatus:
    """The status that the order gets, which may be the one it has. Refuses: NotInThisStatus."""
    status = OrderStatus(now)
    if status is not wanted and wanted not in MAY_BECOME[status]:
        raise NotInThisStatus(f"an order that is {status} cannot become {wanted}")
    return wanted


def may_become(wanted: OrderStatus) -> list[OrderStatus]:
    """Every status from which this one may be reached, and this one itself."""
    return [status for status, following in MAY_BECOME.items() if wanted in following or status is wanted]


def cancelled_after_delivery(now: str) -> OrderStatus:
    """Cancelled, although goods have left: whoever says so takes them back. Refuses: NotInThisStatus."""
    if now not in ON_ITS_WAY:
        raise NotInThisStatus(f"an order that is {now} cannot be cancelled")
    return CANCELLED


def closed_short(now: str) -> OrderStatus:
    """Closed, although not all was delivered: the rest was given up. Refuses: NotInThisStatus."""
    if now not in (*ON_ITS_WAY, CLOSED):
        raise NotInThisStatus(f"an order that is {now} cannot be closed")
    return CLOSED


def check_on_its_way(now: str) -> None:
    """Refuses: NotInThisStatus, unless goods of the order may leave, and be billed."""
    if now not in ON_ITS_WAY:
        raise NotInThisStatus(f"an order that is {now} is neither delivered nor billed")


@dataclass(frozen=True, kw_only=True)
class PricingInputs(KnownOfOrder):
    """What master data knows of everything that the order names."""

    customer: CustomerView | None
    prices: PriceListView | None


@dataclass(frozen=True)
class PricedOrder:
    """The order with its prices, taxes and totals, in its currency."""

    currency: str
    prices_include_tax: bool
    discount_percent: Decimal
    """Off every line, as agreed for this order."""
    freight_tax_code: str | None
    lines: tuple[PricedLine, ...]
    taxed: TaxedDocument
    base_total_amount: Decimal


@dataclass(frozen=True)
class AgreedLine:
    """What a line that was ordered before was agreed at."""

    unit: str
    quantity: Decimal
    stock_quantity: Decimal
    discount_percent: Decimal | None
    """Line and order discount together; None when they are to be found anew."""

    def in_stock_units(self, quantity: Decimal, unit: str) -> Decimal | None:
        """A quantity by the conversion that was agreed; None in another unit."""
        if unit != self.unit:
            return None
        return (self.stock_quantity * quantity / self.quantity).quantize(SIX_DECIMALS)


@dataclass(frozen=True)
class Agreed:
    """What stays of an order that is amended, or of one whose goods are sent again: for each line what it
    was, None for one that is new.
    """

    priced_on: date
    """The day whose prices hold for what is new."""
    lines: tuple[AgreedLine | None, ...]


def price_order(order: PlaceOrder, known: PricingInputs, agreed: Agreed | None = None) -> PricedOrder:
    """Price and tax an order; with `agreed`, one that is amended, or that sends goods again. Refuses:
    Invalid, with every field that is wrong.
    """
    refusals = Refusals()
    check_head(
        refusals,
        order,
        known,
        partner=known.customer,
        named=("customer", order.customer_code),
        wanted_on=("requested_on", order.requested_on),
    )
    customer = known.customer
    if customer is None:
        # Prices and taxes hang on the customer; what can be said without one is said all the same.
        for position, line in enumerate(order.lines):
            named_item(f"lines.{position}", line.item_code, known.items, refusals)
        raise Invalid(f"customer_code: there is no customer {order.customer_code}", errors=refusals.errors)
    of_lines = agreed.lines if agreed else (None,) * len(order.lines)
    pricing = _Pricing(order, known, customer, refusals, agreed.priced_on if agreed else order.ordered_on)
    lines = [
        pricing.line(number, line, was)
        for number, (line, was) in enumerate(zip(order.lines, of_lines, strict=True), start=1)
    ]
    freight_tax = pricing.freight_tax_code()
    refusals.raise_if_any()
    priced = [line for line in lines if line is not None]
    return pricing.total(priced, freight_tax)


class _Pricing:
    """The terms that hold for all lines of one order."""

    def __init__(
        self,
        order: PlaceOrder,
        known: PricingInputs,
        customer: CustomerView,
        refusals: Refusals,
        priced_on: date,
    ) -> None:
        self.order, self.known, self.customer, self.refusals = order, known, customer, refusals
        self.priced_on = priced_on
        self.currency = order.currency or customer.currency
        prices = known.prices
        self.prices = (
            prices if prices and prices.currency == self.currency and holds(prices, priced_on) else None
        )
        listed = self.prices.prices_include_tax if self.prices else False
        self.include_tax = order.prices_include_tax if order.prices_include_tax is not None else listed
        discount = order.discount_percent
        self.discount = customer.discount_percent if discount is None else discount

    def line(self, number: int, asked: OrderLineAsked, was: AgreedLine | None) -> PricedLine | None:
        """One line priced, or a note of what is wrong with it."""
        field = f"lines.{number - 1}"
        item = named_item(field, asked.item_code, self.known.items, self.refusals)
        if item is None:
            return None
        if item.blocked and (was is None or asked.quantity > was.quantity):
            self.refusals.add(f"{field}.item_code", f"{item.name} is blocked")
        unit = asked.unit or item.unit
        in_stock = was.in_stock_units(asked.quantity, unit) if was else None
        if not is_traded_so(field, item, unit, in_stock, self.refusals):
            return None
        price = self._price(item, unit, asked)
        if price is None:
            self.refusals.add(f"{field}.unit_price", self._why_no_price(item))
        tax_code = self._known_tax_code(f"{field}.tax_code", self._tax_code_of(asked))
        quantity = stock_quantity(field, item, unit, asked.quantity, in_stock, self.refusals)
        if price is None or tax_code is None or quantity is None:
            return None
        if asked.quantity * price >= MOST:
            self.refusals.add(f"{field}.unit_price", "quantity times price is more than we can count")
            return None
        return PricedLine(
            line_number=number,
            item_code=item.code,
            description=asked.description or item.name,
            quantity=asked.quantity,
            unit=unit,
            stock_quantity=quantity,
            is_stocked=item.kind is not ItemKind.SERVICE,
            unit_price=price,
            discount_percent=self._discount(asked, was),
            tax_code=tax_code,
            net_amount=ZERO,
            tax_amount=ZERO,
            replaces_line_number=self._replaced_line(number),
        )

    def _replaced_line(self, number: int) -> int | None:
        replaced = self.order.replaces_line_numbers
        return replaced[number - 1] if replaced else None

    def _discount(self, asked: OrderLineAsked, was: AgreedLine | None) -> Decimal:
        if was is not None and was.discount_percent is not None:
            return was.discount_percent
        return together(asked.discount_percent, self.discount)

    def _known_tax_code(self, field: str, code: str | None) -> str | None:
        taxed = self.known.tax_codes.get(code or "")
        if taxed is None:
            self.refusals.add(field, f"there is no tax code {code}" if code else "give a tax code")
        elif why := why_not_taxed_so(taxed, self.customer, self.known.company):
            self.refusals.add(field, why)
        return code

    def _tax_code_of(self, asked: OrderLineAsked) -> str | None:
        item = self.known.items.get(asked.item_code)
        return asked.tax_code or self.customer.tax_code or (item.tax_code if item else None)

    def _price(self, item: ItemView, unit: str, asked: OrderLineAsked) -> Decimal | None:
        if asked.unit_price is not None:
            return asked.unit_price
        if self.prices is None or self.prices.prices_include_tax is not self.include_tax:
            return None
        return price_for(self.prices.lines, item, unit, asked.quantity, self.priced_on)

    def _why_no_price(self, item: ItemView) -> str:
        if self.prices is not None and self.prices.prices_include_tax is not self.include_tax:
            theirs, ours = ("with", "without") if self.prices.prices_include_tax else ("without", "with")
            return f"prices in {self.prices.code} are {theirs} tax, those of the order {ours}: give a price"
        listed = f"in {self.customer.price_list_code}" if self.customer.price_list_code else "(no price list)"
        return f"no price for {item.code} {listed} in {self.currency} on {self.priced_on}: give one"

    def freight_tax_code(self) -> str | None:
        """Freight is taxed as asked for, as the customer is, as the company says, or as the first line."""
        freight = self.order.freight_amount
        if not freight:
            return None
        if freight != rounded(freight, self.currency):
            self.refusals.add("freight_amount", f"{self.currency} has no smaller unit: round it")
        first = self._tax_code_of(self.order.lines[0]) if self.order.lines else None
        own = self.known.company.freight_tax_code
        code = self.order.freight_tax_code or self.customer.tax_code or own or first
        return self._known_tax_code("freight_tax_code", code)

    def total(self, lines: list[PricedLine], freight_tax: str | None) -> PricedOrder:
        """Tax the lines and the freight, and add them up."""
        taxable = [
            TaxableLine(line_amount(line), line.taxed_quantity, self.known.tax_codes[line.tax_code])
            for line in lines
        ]
        if freight_tax is not None:
            taxable.append(TaxableLine(self.order.freight_amount, ZERO, self.known.tax_codes[freight_tax]))
        taxed = tax_document(
            taxable,
            includes_tax=self.include_tax,
            rounding=self.known.company.tax_rounding,
            currency=self.currency,
            discount_percent_on_base=discount_on_base(self.known.terms) if self.known.terms else ZERO,
        )
        base_total = taxed.total_amount / (self.known.rate or ONE)
        if max(taxed.total_amount, base_total) >= MOST:
            raise Invalid(TOO_MUCH, errors=[("lines", TOO_MUCH)])
        amounts = zip(lines, taxed.lines, strict=False)  # The freight, if any, is taxed last and is no line.
        priced = tuple(
            line.model_copy(update={"net_amount": tax.net_amount, "tax_amount": tax.tax_amount})
            for line, tax in amounts
        )
        return PricedOrder(
            currency=self.currency,
            prices_include_tax=self.include_tax,
            discount_percent=self.discount,
            freight_tax_code=freight_tax,
            lines=priced,
            taxed=taxed,
            base_total_amount=rounded(base_total, self.known.company.currency),
        )


def together(line_percent: Decimal, order_percent: Decimal) -> Decimal:
    """Two discounts one after the other as one percentage, six decimals: 10 and 10 are 19."""
    kept = (HUNDRED - line_percent) * (HUNDRED - order_percent) / HUNDRED
    return (HUNDRED - kept).quantize(Decimal("0.000001"))


def line_amount(line: PricedLine) -> Decimal:
    """Quantity times price less discount, not rounded; with tax in it if the order's prices have."""
    return line.quantity * line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED
