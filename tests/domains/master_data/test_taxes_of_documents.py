"""Taxes: published cases, both roundings, prices with and without tax, and what holds for any document."""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.master_data.messages import PutTaxCode, TaxComponent, TaxRounding
from domains.master_data.rules.taxes import TaxableLine, TaxedDocument, net_of, tax_document, taxes_on
from foundation.values.money import ONE, ZERO, minor_unit, rounded

REFERENCE = Path(__file__).parents[2] / "reference" / "accounting.json"
PUBLISHED = json.loads(REFERENCE.read_text())["taxes"]
DOCUMENT, LINE = TaxRounding.DOCUMENT, TaxRounding.LINE


def a_tax(code: str, *components: dict[str, Any]) -> PutTaxCode:
    """A tax code with components, given as one would write them."""
    named = [TaxComponent.model_validate({"name": code, **component}) for component in components]
    return PutTaxCode(code=code, name=code, components=tuple(named))


T19 = a_tax("T19", {"rate_percent": "19"})
T7 = a_tax("T7", {"rate_percent": "7"})
UNTAXED = a_tax("UNTAXED")


def a_line(amount: str, tax_code: PutTaxCode = T19, quantity: str = "1") -> TaxableLine:
    """One line to be taxed."""
    return TaxableLine(Decimal(amount), Decimal(quantity), tax_code)


def taxed(
    *lines: TaxableLine, includes_tax: bool = False, rounding: TaxRounding = DOCUMENT, currency: str = "EUR"
) -> TaxedDocument:
    """The lines as a document in euros with net prices, unless something else is said."""
    return tax_document(lines, includes_tax=includes_tax, rounding=rounding, currency=currency)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["name"])
def test_a_published_case_has_the_answers_of_its_source(case: dict[str, Any]) -> None:
    components = a_tax("T", *case["components"]).components
    gross = Decimal(case["one_of_net_100_is_gross"])

    computed = taxes_on(Decimal(case["net"]), Decimal(case["quantity"]), components)

    for one, (base, tax) in zip(computed, case["taxes"], strict=True):
        assert base is None or one.base == Decimal(base), case["source"]
        assert one.tax == Decimal(tax), case["source"]
    assert net_of(gross, ONE, components) == 100, case["source"]
    assert 100 + sum(one.tax for one in taxes_on(Decimal(100), ONE, components)) == gross, case["source"]


def test_rounding_per_line_and_per_document_differ_by_a_cent() -> None:
    lines = [a_line("0.03")] * 3  # 19 per cent of 0.03 is 0.0057.

    assert taxed(*lines, rounding=LINE).tax_amount == Decimal("0.03")
    assert taxed(*lines, rounding=DOCUMENT).tax_amount == Decimal("0.02")


def test_of_prices_with_tax_in_them_the_gross_stays() -> None:
    document = taxed(a_line("119.00"), a_line("10.70", T7), a_line("1.00", UNTAXED), includes_tax=True)

    assert [line.net_amount for line in document.lines] == [Decimal(100), Decimal(10), Decimal(1)]
    assert document.total_amount == Decimal("130.70")


def test_every_tax_of_a_document_is_told_with_its_base() -> None:
    document = taxed(a_line("100.00"), a_line("50.00", T7), a_line("20.00"), a_line("5.00", UNTAXED))

    told = {tax.tax_code: (tax.base_amount, tax.tax_amount) for tax in document.taxes}
    assert told == {
        "T19": (Decimal(120), Decimal("22.80")),
        "T7": (Decimal(50), Decimal("3.50")),
        "UNTAXED": (Decimal(5), ZERO),
    }


def test_a_line_taken_back_gives_its_own_tax_back() -> None:
    document = taxed(a_line("100.00"), a_line("-99.99"))

    assert [line.tax_amount for line in document.lines] == [Decimal("19.00"), Decimal("-19.00")]


def test_a_fixed_tax_falls_on_the_line_that_has_the_quantity() -> None:
    deposit = a_tax("DEPOSIT", {"amount_per_unit": "0.25"})

    document = taxed(a_line("0.00", deposit, "12"), a_line("100.00", deposit, "1"))

    assert [line.tax_amount for line in document.lines] == [Decimal("3.00"), Decimal("0.25")]


def test_yen_are_taxed_in_whole_yen() -> None:
    document = taxed(a_line("105"), a_line("106"), currency="JPY")

    assert document.tax_amount == 40
    assert document.total_amount == 251


ON_TOP = a_tax("ON-TOP", {"rate_percent": "10", "raises_base": True}, {"rate_percent": "5"})
MIXED = a_tax("MIXED", {"rate_percent": "15"}, {"amount_per_unit": "0.05"})
cents = some.integers(-1_000_000, 1_000_000).map(lambda amount: Decimal(amount).scaleb(-2))
any_lines = some.lists(
    some.builds(
        TaxableLine,
        cents,
        some.integers(-100, 100).map(Decimal),
        some.sampled_from([T19, T7, UNTAXED, ON_TOP, MIXED]),
    ),
    min_size=1,
    max_size=12,
)


@given(
    any_lines, some.booleans(), some.sampled_from([DOCUMENT, LINE]), some.sampled_from(["EUR", "JPY", "KWD"])
)
def test_lines_taxes_and_totals_of_any_document_agree(
    lines: Sequence[TaxableLine], includes_tax: bool, rounding: TaxRounding, currency: str
) -> None:
    document = taxed(*lines, includes_tax=includes_tax, rounding=rounding, currency=currency)

    assert sum((line.net_amount for line in document.lines), ZERO) == document.net_amount
    assert sum((line.tax_amount for line in document.lines), ZERO) == document.tax_amount
    assert sum((tax.tax_amount for tax in document.taxes), ZERO) == document.tax_amount
    assert document.net_amount + document.tax_amount == document.total_amount
    for line, result in zip(lines, document.lines, strict=True):
        given_amount = rounded(line.amount, currency)
        kept = result.net_amount + result.tax_amount if includes_tax else result.net_amount
        assert kept == given_amount
        assert result.tax_amount == rounded(result.tax_amount, currency)


@given(any_lines, some.booleans(), some.sampled_from([DOCUMENT, LINE]))
def test_no_line_s_tax_is_far_from_its_own(
    lines: Sequence[TaxableLine], includes_tax: bool, rounding: TaxRounding
) -> None:
    document = taxed(*lines, includes_tax=includes_tax, rounding=rounding)

    for line, result in zip(lines, document.lines, strict=True):
        components = line.tax_code.components
        net = net_of(line.amount, line.quantity, components) if includes_tax else line.amount
        own = sum((one.tax for one in taxes_on(net, line.quantity, components)), ZERO)
        assert abs(result.tax_amount - own) <= 2 * minor_unit("EUR")


@given(any_lines, some.booleans(), some.sampled_from([DOCUMENT, LINE]))
def test_a_tax_is_told_on_the_net_amount_of_its_lines(
    lines: Sequence[TaxableLine], includes_tax: bool, rounding: TaxRounding
) -> None:
    document = taxed(*lines, includes_tax=includes_tax, rounding=rounding)

    told = {
        tax.tax_code: tax.base_amount for tax in reversed(document.taxes)
    }  # The first of each code stays.
    for code, base in told.items():
        pairs = zip(lines, document.lines, strict=True)
        assert base == sum((result.net_amount for line, result in pairs if line.tax_code.code == code), ZERO)


@given(any_lines, some.booleans(), some.sampled_from([DOCUMENT, LINE]))
def test_a_document_taken_back_is_its_mirror_image(
    lines: Sequence[TaxableLine], includes_tax: bool, rounding: TaxRounding
) -> None:
    back = [TaxableLine(-line.amount, -line.quantity, line.tax_code) for line in lines]

    document = taxed(*lines, includes_tax=includes_tax, rounding=rounding)
    taken_back = taxed(*back, includes_tax=includes_tax, rounding=rounding)

    assert taken_back.total_amount == -document.total_amount
    assert [-tax.tax_amount for tax in taken_back.taxes] == [tax.tax_amount for tax in document.taxes]


@pytest.mark.parametrize(
    ("amount", "includes_tax", "net", "tax"),
    [
        # odoo/odoo addons/account/tests/test_early_payment_discount.py, mode "mixed" (figures only).
        ("1000.00", False, "1000.00", "135.05"),
        # The price with tax in it stays: 900 + 135 of 1000, and 0.05, were in it all the time.
        ("1135.05", True, "1000.00", "135.05"),
    ],
)
def test_tax_on_the_discounted_base_is_in_net_and_gross_prices_alike(
    amount: str, includes_tax: bool, net: str, tax: str
) -> None:
    for rounding in TaxRounding:
        document = tax_document(
            [a_line(amount, MIXED)],
            includes_tax=includes_tax,
            rounding=rounding,
            currency="EUR",
            discount_percent_on_base=Decimal(10),
        )

        assert (document.net_amount, document.tax_amount) == (Decimal(net), Decimal(tax))
        assert document.taxes[0].base_amount == 900
