"""Price allowances: a value of an invoice is credited without a quantity, and its tax goes down with it.

The taxable amount is reduced when the price is after the supply (Directive 2006/112/EC, art. 90; § 17 (1)
UStG). A tax by percentage goes with the net amount; a fixed tax by quantity stays, since nothing came back.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from domains.receivables.messages import CreditLine
from domains.receivables.rules.billed import Amounts, CreditableInvoice, CreditableLine, within
from domains.receivables.rules.credit_notes import CreditedTooMuch
from foundation.values.errors import Invalid, Refusals
from foundation.values.money import ZERO, allocated, rounded


def lines_to_credit(
    billed: CreditableInvoice, asked: Sequence[CreditLine], order_id: UUID | None
) -> dict[int, Amounts]:
    """What is credited of each line of the invoice, of a collective one of one order's lines.

    A value of a tax code is divided over its lines by what is left of their net amounts. Refuses:
    Invalid, CreditedTooMuch, field by field: more than is left, a line that there is not, or is named twice.
    """
    _check_said(asked)
    lines = {line.line_number: line for line in billed.lines if line.order_id == order_id}
    if not lines:
        why = f"{billed.invoice.number} bills nothing of such an order"
        raise Invalid(f"order_id: {why}", errors=[("order_id", why)])
    refusals = Refusals()
    found: dict[int, Amounts] = {}
    for position, wanted in enumerate(asked):
        where = f"lines.{position}"
        if wanted.line_number is not None:
            named = [line for number, line in lines.items() if number == wanted.line_number]
            field = f"{where}.line_number"
        else:
            named = [line for line in lines.values() if line.tax_code == wanted.tax_code]
            named = [line for line in named if line.left.net_amount > 0]
            field = f"{where}.tax_code"
        if not named:
            refusals.add(field, f"nothing of it is billed by {billed.invoice.number} and not credited yet")
        elif any(line.line_number in found for line in named):
            refusals.add(field, "is credited twice: say it once")
        else:
            found |= _part(billed, named, wanted, where, refusals)
    refusals.raise_if_any(CreditedTooMuch)
    return found


def _check_said(asked: Sequence[CreditLine]) -> None:
    """Each names a line or a tax code, and says how much in one way. Refuses: Invalid."""
    refusals = Refusals()
    for position, wanted in enumerate(asked):
        if (wanted.line_number is None) is (wanted.tax_code is None):
            refusals.add(f"lines.{position}.line_number", "name a line by its number, or a tax code")
        if (wanted.quantity is None) is (wanted.net_amount is None):
            refusals.add(f"lines.{position}.net_amount", "give a net amount, or a quantity")
        elif wanted.line_number is None and wanted.net_amount is None:
            refusals.add(f"lines.{position}.net_amount", "a tax code is credited by a net amount")
    refusals.raise_if_any()


def _part(
    billed: CreditableInvoice,
    lines: Sequence[CreditableLine],
    wanted: CreditLine,
    where: str,
    refusals: Refusals,
) -> dict[int, Amounts]:
    """What is credited of the lines that were named, unless it is too much."""
    if wanted.quantity is not None:
        (line,) = lines
        if wanted.quantity > line.left.quantity:
            left = f"{line.left.quantity.normalize():f}"
            refusals.add(f"{where}.quantity", f"only {left} is billed and not credited yet")
            return {}
        return {line.line_number: line.part(wanted.quantity, billed.currency)}
    net = wanted.net_amount or ZERO
    left_net = sum((line.left.net_amount for line in lines), ZERO)
    if net != rounded(net, billed.currency):
        refusals.add(f"{where}.net_amount", f"{billed.currency} has no amount as small as in {net}")
    elif net > left_net:
        why = f"only {rounded(left_net, billed.currency):f} {billed.currency} is billed and not credited yet"
        refusals.add(f"{where}.net_amount", why)
    else:
        parts = allocated(net, [line.left.net_amount for line in lines], billed.currency)
        return {
            line.line_number: Amounts(ZERO, part, _tax_on(billed, line, part))
            for line, part in zip(lines, parts, strict=True)
            if part
        }
    return {}


def _tax_on(billed: CreditableInvoice, line: CreditableLine, net: Decimal) -> Decimal:
    """The tax by percentage on a value of a line, rounded half-up; on the last of it, all that is left."""
    fixed = _fixed_tax(billed, line)
    if net == line.left.net_amount and not fixed:
        return line.left.tax_amount
    percentages = line.billed.tax_amount - fixed
    whole = line.billed.net_amount
    return within(rounded(percentages * net / whole, billed.currency), line.left.tax_amount)


def _fixed_tax(billed: CreditableInvoice, line: CreditableLine) -> Decimal:
    """What of a line's tax goes with its quantity."""
    taxes = [tax for tax in billed.taxes if tax.tax_code == line.tax_code and tax.rate_percent is None]
    if not taxes:
        return ZERO
    of_code = [each for each in billed.lines if each.tax_code == line.tax_code]
    quantity = sum((each.billed.quantity for each in of_code), ZERO)
    whole = sum((tax.billed.tax_amount for tax in taxes), ZERO)
    return rounded(whole * line.billed.quantity / quantity, billed.currency) if quantity else ZERO
