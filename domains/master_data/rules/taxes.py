"""Taxes: on net prices and in gross ones, several to a line, rounded per line or per document.

A tax code is a list of components, computed in their order: a percentage of the base, or a fixed amount per
unit. A component may raise the base for those after it. Rounding is half-up to the currency's minor unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import cycle, islice

from domains.master_data.messages import DiscountTax, PutPaymentTerms, PutTaxCode, TaxComponent, TaxRounding
from domains.master_data.rules.validity import as_of, since
from foundation.values.money import HUNDRED, ONE, ZERO, minor_unit, percent_of, rounded


@dataclass(frozen=True)
class TaxableLine:
    """An amount to be taxed, with or without tax in it, and the quantity that fixed taxes count.

    The quantity is in the item's stock unit, and nothing for freight, which has no pieces.
    """

    amount: Decimal
    quantity: Decimal
    tax_code: PutTaxCode
    """As it is on the day of supply."""
    rates_from: date | None = None
    """The first day of these rates; None for those that it began with."""


@dataclass(frozen=True)
class TaxedLine:
    """A line's amount without tax and its tax, both rounded; together they are the gross amount."""

    net_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class TaxTotal:
    """One tax of a document: what it was computed on, and what it comes to."""

    tax_code: str
    component_name: str
    account_code: str | None
    rate_percent: Decimal | None
    base_amount: Decimal
    tax_amount: Decimal
    rates_from: date | None = None


@dataclass(frozen=True)
class TaxedDocument:
    """A document's lines and taxes; the sums of both agree."""

    lines: tuple[TaxedLine, ...]
    taxes: tuple[TaxTotal, ...]
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal


@dataclass(frozen=True)
class ComponentTax:
    """What one component comes to, not rounded."""

    component: TaxComponent
    base: Decimal
    tax: Decimal


def taxable(amount: Decimal, quantity: Decimal, tax_code: PutTaxCode, on: date) -> TaxableLine:
    """A line with the rates of the day of supply."""
    return TaxableLine(amount, quantity, as_of(tax_code, on), since(tax_code, on))


def taxes_on(net: Decimal, quantity: Decimal, components: Sequence[TaxComponent]) -> list[ComponentTax]:
    """Each component's base and tax on a net amount, in order, not rounded."""
    computed: list[ComponentTax] = []
    base = net
    for component in components:
        tax = _tax(component, base, quantity)
        computed.append(ComponentTax(component, base, tax))
        if component.raises_base:
            base += tax
    return computed


def _tax(component: TaxComponent, base: Decimal, quantity: Decimal) -> Decimal:
    tax = percent_of(base, component.rate_percent) if component.rate_percent is not None else ZERO
    if component.amount_per_unit is not None:
        tax += component.amount_per_unit * quantity
    return tax


def net_of(
    gross: Decimal, quantity: Decimal, components: Sequence[TaxComponent], *, kept: Decimal = ONE
) -> Decimal:
    """The net amount that, taxed, gives the gross one; not rounded.

    Gross is a linear function of net: `gross = slope * net + fixed`. It is followed through the components.
    The part `kept` of the net amount is what tax is computed on: all of it, unless a discount comes off.
    """
    slope, fixed = ONE, ZERO
    base_slope, base_fixed = kept, ZERO
    for component in components:
        rate = (component.rate_percent or ZERO) / HUNDRED
        tax_slope = rate * base_slope
        tax_fixed = rate * base_fixed + (component.amount_per_unit or ZERO) * quantity
        slope, fixed = slope + tax_slope, fixed + tax_fixed
        if component.raises_base:
            base_slope, base_fixed = base_slope + tax_slope, base_fixed + tax_fixed
    return (gross - fixed) / slope


def tax_document(
    lines: Sequence[TaxableLine],
    *,
    includes_tax: bool,
    rounding: TaxRounding,
    currency: str,
    discount_percent_on_base: Decimal = ZERO,
) -> TaxedDocument:
    """Tax the lines of a document; `net` and `tax` of its lines add up to those of the document.

    Per line, each line's tax is rounded. Per document, the tax of each component is computed on the sum of
    its lines and rounded once, and spread over the lines again. Exclusive amounts stay what they are; of
    inclusive ones the gross stays, and what rounding leaves over is in the net. With
    `discount_percent_on_base` the tax is computed on the net amount less a cash discount that may be taken:
    1000 net at 15 % with 10 % off is taxed 135, and 1135 gross has a tax of 135 in it.
    """
    groups: dict[tuple[str, date | None], list[int]] = {}
    for position, line in enumerate(lines):
        groups.setdefault((line.tax_code.code, line.rates_from), []).append(position)
    taxed: dict[int, TaxedLine] = {}
    totals: list[TaxTotal] = []
    kept = ONE - discount_percent_on_base / HUNDRED
    for positions in groups.values():
        group = [lines[position] for position in positions]
        if rounding is TaxRounding.LINE:
            parts = [_taxed_together([line], includes_tax, currency, kept) for line in group]
        else:
            parts = [_taxed_together(group, includes_tax, currency, kept)]
        results = [result for part, _ in parts for result in part]
        taxed.update(zip(positions, results, strict=True))
        totals += _merged([part for _, part in parts])
    ordered = tuple(taxed[position] for position in range(len(lines)))
    net = sum((line.net_amount for line in ordered), ZERO)
    tax = sum((line.tax_amount for line in ordered), ZERO)
    return TaxedDocument(ordered, tuple(totals), net, tax, net + tax)


def _taxed_together(
    group: Sequence[TaxableLine], includes_tax: bool, currency: str, kept: Decimal
) -> tuple[list[TaxedLine], list[TaxTotal]]:
    """Lines of one tax code, their tax rounded once per component."""
    code = group[0].tax_code
    amounts = [rounded(line.amount, currency) for line in group]
    quantity = sum((line.quantity for line in group), ZERO)
    whole = sum(amounts, ZERO)
    net = net_of(whole, quantity, code.components, kept=kept) if includes_tax else whole
    computed = taxes_on(net * kept, quantity, code.components)
    rounded_taxes = [rounded(one.tax, currency) for one in computed]
    tax = sum(rounded_taxes, ZERO)
    net = whole - tax if includes_tax else whole
    exact = [
        _exact_tax(amount, line.quantity, code.components, includes_tax=includes_tax, kept=kept)
        for amount, line in zip(amounts, group, strict=True)
    ]
    tax_parts = _spread(tax, exact, currency)
    lines = [
        TaxedLine(amount - part if includes_tax else amount, part)
        for amount, part in zip(amounts, tax_parts, strict=True)
    ]
    totals = [
        TaxTotal(
            tax_code=code.code,
            component_name=one.component.name,
            account_code=one.component.account_code,
            rate_percent=one.component.rate_percent,
            base_amount=rounded(net * kept if one.base == computed[0].base else one.base, currency),
            tax_amount=amount,
            rates_from=group[0].rates_from,
        )
        for one, amount in zip(computed, rounded_taxes, strict=True)
    ]
    if not totals:
        totals = [TaxTotal(code.code, code.name, None, ZERO, net, ZERO, group[0].rates_from)]
    return lines, totals


def _exact_tax(
    amount: Decimal,
    quantity: Decimal,
    components: Sequence[TaxComponent],
    *,
    includes_tax: bool,
    kept: Decimal,
) -> Decimal:
    """The tax of one line by itself, not rounded."""
    net = net_of(amount, quantity, components, kept=kept) if includes_tax else amount
    return sum((one.tax for one in taxes_on(net * kept, quantity, components)), ZERO)


def _spread(total: Decimal, exact: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Every line's own tax, rounded, so that they add up to the total exactly.

    The units that are missing, or too many, go where rounding has moved the most, the earlier line first.
    Lines of both signs keep their signs: a line taken back gives its own tax back.
    """
    parts = [rounded(tax, currency) for tax in exact]
    missing = total - sum(parts, ZERO)
    step = minor_unit(currency).copy_sign(missing)
    by_need = sorted(
        range(len(parts)), key=lambda position: ((parts[position] - exact[position]) * step, position)
    )
    for position in islice(cycle(by_need), int(abs(missing) / abs(step))):
        parts[position] += step
    return parts


def discount_on_base(terms: PutPaymentTerms) -> Decimal:
    """What comes off the base that tax is computed on, in per cent: the cash discount, if terms say so."""
    return terms.discount_percent if terms.discount_tax is DiscountTax.ALWAYS else ZERO


def _merged(parts: Sequence[Sequence[TaxTotal]]) -> list[TaxTotal]:
    """The same tax of several lines, added up."""
    return [
        TaxTotal(
            tax_code=same[0].tax_code,
            component_name=same[0].component_name,
            account_code=same[0].account_code,
            rate_percent=same[0].rate_percent,
            base_amount=sum((one.base_amount for one in same), ZERO),
            tax_amount=sum((one.tax_amount for one in same), ZERO),
            rates_from=same[0].rates_from,
        )
        for same in zip(*parts, strict=True)
    ]
