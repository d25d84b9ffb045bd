"""Collective invoices: which days a month has, what is withdrawn of what is due, and each order's share."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from domains.master_data.rules.taxes import TaxedLine
from domains.receivables.messages import DueQuantity, Month, MonthToBill
from foundation.values.errors import BusinessError
from foundation.values.money import ZERO, allocated

ID_SPACE = UUID("6b0e3a53-2f5c-5d0f-9d67-0c1f4f7a8e12")


class EarlierMonthIsDue(BusinessError):
    """A month that was due before it is not billed yet: a customer's months are billed in their order."""

    status = 409


class BilledTogether(BusinessError):
    """A credit note on a collective invoice must say for which of its orders it is."""

    status = 409


def month_of(day: date) -> Month:
    """The month of a day: `2026-03`."""
    return f"{day:%Y-%m}"


def last_day_of(month: Month) -> date:
    """The month's last day, of which its invoices are."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def month_before(day: date) -> Month:
    """The last month that is over on a day."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def invoice_id_of(company: str, billed: MonthToBill) -> UUID:
    """The id of the invoice over a month follows from whose it is."""
    prices = "gross" if billed.prices_include_tax else "net"
    parts = (company, billed.customer_code, billed.currency, billed.payment_terms_code, prices, billed.month)
    return uuid5(ID_SPACE, "\n".join(parts))


@dataclass(frozen=True)
class DueLine:
    """A row of the billing due list that is not billed."""

    id: UUID
    line_number: int
    is_freight: bool
    quantity: Decimal
    withdrawn_quantity: Decimal

    @property
    def left(self) -> Decimal:
        """What of it is to be billed."""
        return self.quantity - self.withdrawn_quantity


def withdrawn(
    due: Iterable[DueLine], asked: Sequence[DueQuantity], *, with_freight: bool
) -> dict[UUID, Decimal]:
    """How much of which row is withdrawn: as much as there is, in the order of the rows."""
    missing: dict[int, Decimal] = {}
    for line in asked:
        missing[line.order_line_number] = missing.get(line.order_line_number, ZERO) + line.quantity
    found: dict[UUID, Decimal] = {}
    for row in due:
        wanted = row.left if row.is_freight and with_freight else ZERO
        if not row.is_freight:
            wanted = min(row.left, missing.get(row.line_number, ZERO))
            missing[row.line_number] = missing.get(row.line_number, ZERO) - wanted
        if wanted:
            found[row.id] = wanted
    return found


class BilledMeanwhile(BusinessError):
    """What was to be taken off the list stands on an invoice already."""

    status = 409


def check_not_billed(number: str | None) -> None:
    """Refuses: BilledMeanwhile, with the invoice that has billed it."""
    if number is not None:
        raise BilledMeanwhile(f"{number} has billed it: agree on a return instead")


@dataclass(frozen=True)
class Share:
    """What an invoice charges one of its orders, in its currency and (`base_…`) in the company's."""

    net_amount: Decimal
    tax_amount: Decimal
    base_total_amount: Decimal

    @property
    def total_amount(self) -> Decimal:
        """Net and tax."""
        return self.net_amount + self.tax_amount


def shares(
    orders: Sequence[UUID], lines: Sequence[TaxedLine], base_total: Decimal, base_currency: str
) -> dict[UUID, Share]:
    """Each order's share, by the orders of the lines; all shares together are the invoice, to the cent."""
    of_order: dict[UUID, list[TaxedLine]] = {}
    for order_id, line in zip(orders, lines, strict=True):
        of_order.setdefault(order_id, []).append(line)
    nets = [sum((line.net_amount for line in some), ZERO) for some in of_order.values()]
    taxes = [sum((line.tax_amount for line in some), ZERO) for some in of_order.values()]
    totals = [net + tax for net, tax in zip(nets, taxes, strict=True)]
    bases = allocated(base_total, totals, base_currency)
    together = zip(of_order, nets, taxes, bases, strict=True)
    return {order_id: Share(net, tax, base) for order_id, net, tax, base in together}
