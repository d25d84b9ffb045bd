"""Invoices: always taxed, due and posted to the last cent, in both currencies."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.ledger.messages import Line
from domains.master_data.messages import (
    DiscountTax,
    Instalment,
    InstalmentKind,
    PutPaymentTerms,
    PutTaxCode,
    TaxRounding,
)
from domains.master_data.rules.payment_terms import instalments
from domains.receivables.messages import LineToBill
from domains.receivables.rules import invoices as rules
from domains.receivables.rules.invoices import ComputedInvoice, Terms
from foundation.values.errors import Invalid
from foundation.values.money import rounded
from tests.builders.finance import A_DAY, a_line, an_invoice, figures, per_unit, percent

TAX_CODES = {
    code: PutTaxCode(code=code, name=code, components=components)
    for code, components in {
        "UNTAXED": (),
        "T19": (percent("19"),),
        "T7": (percent("7", account_code="2210"),),
        "TWO": (per_unit("0.05"), percent("15")),
        "ON-TOP": (percent("10", raises_base=True), percent("5")),
    }.items()
}
HALVES = (
    Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal(50), days=10),
    Instalment(days=30),
)


def some_terms(**changes: Any) -> Terms:
    """Due in two halves, in euros."""
    known: dict[str, Any] = {
        "payment": PutPaymentTerms(code="HALVES", name="Halves", instalments=HALVES),
        "tax_codes": TAX_CODES,
        "tax_rounding": TaxRounding.DOCUMENT,
        "base_currency": "EUR",
        "rate": Decimal(1),
    }
    return Terms(**known | changes)


def account(role: object) -> str:
    return str(role)


@pytest.mark.parametrize(
    ("step", "count", "total"),
    # PyPI trytond-account-cash-rounding 8.2.x, scenario_account_cash_rounding*.rst (figures only).
    [("0.05", 2, "42.10"), (None, 2, "42.06"), ("0.05", 1, "42.05")],
)
def test_cash_is_rounded_per_instalment_as_published(step: str | None, count: int, total: str) -> None:
    terms = PutPaymentTerms(code="T", name="T", instalments=HALVES[-count:])

    due = instalments(
        Decimal("42.06"), A_DAY, terms, "EUR", cash_rounding_step=Decimal(step) if step else None
    )

    assert sum(one.amount for one in due) == Decimal(total)


def test_a_discount_leaves_fixed_taxes_alone() -> None:
    terms = PutPaymentTerms(code="D", name="D", discount_percent=Decimal(10), discount_days=10)
    computed = rules.compute(an_invoice(a_line(1, "1500", tax_code="TWO")), some_terms(payment=terms))

    assert computed.discount.until == date(2026, 3, 12)
    assert computed.discount.net_amount == 150
    assert list(computed.discount.tax_amounts) == figures("0", "22.50")
    assert computed.discount.amount == Decimal("172.50")


def test_terms_without_a_discount_take_nothing_off() -> None:
    computed = rules.compute(an_invoice(a_line(1, "100", tax_code="T19")), some_terms())

    assert (computed.discount.until, computed.discount.amount) == (None, Decimal(0))


def test_an_unknown_tax_code_is_named_with_its_line() -> None:
    with pytest.raises(Invalid) as refused:
        rules.compute(an_invoice(a_line(1, "1"), a_line(1, "1", tax_code="GHOST")), some_terms())

    assert [error.field for error in refused.value.errors] == ["lines.1.tax_code"]


# Whatever is sold

lines_sold = some.lists(
    some.builds(
        LineToBill,
        line_number=some.just(1),
        description=some.just("Goods"),
        quantity=some.integers(-20, 50).map(Decimal),
        unit=some.just("pc"),
        unit_price=some.integers(0, 10_000_000).map(lambda number: Decimal(number) / 10_000),
        discount_percent=some.sampled_from([Decimal(0), Decimal("2.5"), Decimal(33), Decimal(100)]),
        tax_code=some.sampled_from(sorted(TAX_CODES)),
        is_freight=some.booleans(),
        item_code=some.none(),
    ),
    min_size=1,
    max_size=8,
)


@given(
    lines=lines_sold,
    rate=some.integers(100, 2_000_000).map(lambda number: Decimal(number) / 10_000),
    includes_tax=some.booleans(),
    rounding=some.sampled_from(TaxRounding),
    currencies=some.sampled_from([("EUR", "EUR"), ("USD", "EUR"), ("JPY", "EUR"), ("KWD", "JPY")]),
    discount_tax=some.sampled_from(DiscountTax),
)
def test_every_invoice_adds_up_and_its_entry_balances_in_both_currencies(
    lines: list[LineToBill],
    rate: Decimal,
    includes_tax: bool,
    rounding: TaxRounding,
    currencies: tuple[str, str],
    discount_tax: DiscountTax,
) -> None:
    currency, base_currency = currencies
    payment = PutPaymentTerms(
        code="T",
        name="T",
        instalments=HALVES,
        discount_percent=Decimal(3),
        discount_days=10,
        discount_tax=discount_tax,
    )
    terms = some_terms(
        payment=payment,
        tax_rounding=rounding,
        base_currency=base_currency,
        rate=Decimal(1) if currency == base_currency else rate,
    )
    invoice = an_invoice(
        *lines,
        currency=currency,
        prices_include_tax=includes_tax and discount_tax is DiscountTax.WHEN_PAID,
    )

    computed = rules.compute(invoice, terms)

    everything_adds_up(computed, currency, base_currency)
    posted = rules.postings(invoice, computed, terms, account)
    assert sum(one.amount for one in posted) == 0
    assert sum(one.base_amount for one in posted) == 0
    everything_is_rounded(posted, currency, base_currency)


def everything_adds_up(computed: ComputedInvoice, currency: str, base_currency: str) -> None:
    taxed = computed.taxed
    assert sum(line.net_amount for line in taxed.lines) == taxed.net_amount
    assert sum(line.tax_amount for line in taxed.lines) == taxed.tax_amount
    assert sum(tax.tax_amount for tax in taxed.taxes) == taxed.tax_amount
    assert taxed.net_amount + taxed.tax_amount == taxed.total_amount
    assert sum(due.amount for due in computed.due) == taxed.total_amount
    assert sum(computed.base_due) == computed.base_total
    assert computed.discount.amount == computed.discount.net_amount + sum(computed.discount.tax_amounts)
    assert all(due.amount == rounded(due.amount, currency) for due in computed.due)
    assert all(base == rounded(base, base_currency) for base in computed.base_due)


def everything_is_rounded(posted: list[Line], currency: str, base_currency: str) -> None:
    assert all(one.amount == rounded(one.amount, currency) for one in posted)
    assert all(one.base_amount == rounded(one.base_amount, base_currency) for one in posted)
