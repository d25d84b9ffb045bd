"""Orders: priced, discounted and taxed to the cent, or refused with everything that is wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.master_data.messages import ItemUnit, TaxRounding
from domains.master_data.views import CompanyView, CustomerView, PriceListView
from domains.sales.messages import OrderLineAsked, OrderStatus, PlaceOrder
from domains.sales.rules.orders import (
    MAY_BECOME,
    NotInThisStatus,
    PricedOrder,
    PricingInputs,
    advance,
    check_on_its_way,
    price_order,
    together,
)
from foundation.values.errors import Invalid
from foundation.values.money import minor_unit
from tests.builders.master_data import (
    a_company,
    a_customer,
    a_known_item,
    a_price,
    a_price_list,
    a_tax_code,
    figures,
    per_unit,
    percent,
)
from tests.builders.sales import a_line, all_known, an_order, tax_codes


def totals(order: PricedOrder) -> tuple[Decimal, Decimal, Decimal]:
    """An order without tax, its tax, and both together."""
    return order.taxed.net_amount, order.taxed.tax_amount, order.taxed.total_amount


def wrong_fields(order: PlaceOrder, known: PricingInputs) -> list[str]:
    """The fields that an order is refused for."""
    with pytest.raises(Invalid) as refused:
        price_order(order, known)
    return [error.field for error in refused.value.errors]


def customer(**changes: Any) -> CustomerView:
    """A customer as master data knows it."""
    return CustomerView(**dict(a_customer(**changes)), version=1)


def test_an_order_has_the_totals_published_for_it() -> None:
    """Source: PyPI trytond-sale 8.2.x, tests/scenario_sale.rst (figures only)."""
    known = all_known(tax_codes=tax_codes(a_tax_code("T19", percent(10))))

    priced = price_order(an_order(a_line(quantity=2), a_line(quantity=3)), known)

    assert totals(priced) == figures("50.00", "5.00", "55.00")


@pytest.mark.parametrize(
    ("quantity", "unit", "price"),
    [("10", None, "10"), ("49.999", None, "10"), ("50", None, "9"), ("4", "box", "100"), ("5", "box", "90")],
)
def test_the_largest_quantity_scale_reached_wins_also_in_another_unit(
    quantity: str, unit: str | None, price: str
) -> None:
    (line,) = price_order(an_order(a_line(quantity=quantity, unit=unit)), all_known()).lines

    assert line.unit_price == Decimal(price)


def test_a_line_tells_what_it_is_in_stock_units_and_whether_it_is_kept_in_stock() -> None:
    bolts, advice = price_order(
        an_order(a_line(quantity=2, unit="box"), a_line("ADVICE", 1)), all_known()
    ).lines

    assert (bolts.stock_quantity, bolts.is_stocked, bolts.unit) == (Decimal(20), True, "box")
    assert (advice.stock_quantity, advice.is_stocked, advice.unit) == (Decimal(1), False, "pc")
    assert [bolts.line_number, advice.line_number] == [1, 2]


def test_a_price_in_the_order_comes_before_the_list() -> None:
    priced = price_order(an_order(a_line(unit_price="7.123456")), all_known())

    assert totals(priced) == figures("71.23", "13.53", "84.76")


def test_the_line_is_discounted_first_and_then_the_order() -> None:
    order = an_order(a_line(discount_percent="10"), discount_percent=Decimal(10))

    priced = price_order(order, all_known())

    assert priced.lines[0].discount_percent == 19
    assert totals(priced) == figures("81.00", "15.39", "96.39")


def test_the_customer_s_discount_holds_unless_the_order_has_its_own() -> None:
    known = all_known(customer=customer(discount_percent="5"))

    assert price_order(an_order(), known).taxed.net_amount == 95
    assert price_order(an_order(discount_percent=Decimal(0)), known).taxed.net_amount == 100


def test_what_is_given_away_costs_nothing() -> None:
    priced = price_order(an_order(a_line(discount_percent="100")), all_known())

    assert totals(priced) == figures("0", "0", "0")


@pytest.mark.parametrize(
    ("of_line", "of_customer", "expected"),
    [(None, None, "T19"), (None, "EXPORT", "EXPORT"), ("T7", "EXPORT", "T7"), ("T7", None, "T7")],
)
def test_the_line_s_tax_code_comes_before_the_customer_s_and_that_before_the_item_s(
    of_line: str | None, of_customer: str | None, expected: str
) -> None:
    known = all_known(customer=customer(tax_code=of_customer))

    (line,) = price_order(an_order(a_line(tax_code=of_line)), known).lines

    assert line.tax_code == expected


@pytest.mark.parametrize(
    ("asked", "of_customer", "of_line", "expected"),
    [
        (None, None, None, "T19"),
        (None, None, "T7", "T7"),
        (None, "EXPORT", "T7", "EXPORT"),
        ("T7", "EXPORT", None, "T7"),
    ],
)
def test_freight_is_taxed_as_asked_or_as_the_customer_or_as_the_first_line(
    asked: str | None, of_customer: str | None, of_line: str | None, expected: str
) -> None:
    order = an_order(a_line(tax_code=of_line), freight_amount=Decimal(5), freight_tax_code=asked)

    priced = price_order(order, all_known(customer=customer(tax_code=of_customer)))

    assert priced.freight_tax_code == expected
    assert priced.taxed.net_amount == 105
    assert len(priced.lines) == 1


def test_without_freight_there_is_no_tax_code_for_it() -> None:
    assert price_order(an_order(freight_tax_code="GHOST"), all_known()).freight_tax_code is None


def test_prices_with_tax_in_them_keep_their_total() -> None:
    prices = PriceListView(**dict(a_price_list(a_price("BOLT", "11.90"), prices_include_tax=True)), version=1)

    priced = price_order(an_order(), all_known(prices=prices))

    assert priced.prices_include_tax
    assert totals(priced) == figures("100.00", "19.00", "119.00")


def test_tax_is_rounded_where_the_company_rounds_it() -> None:
    order = an_order(*[a_line(quantity=1, unit_price="0.03")] * 3)
    per_line = CompanyView(**dict(a_company("ACME", tax_rounding=TaxRounding.LINE)), version=1)

    assert price_order(order, all_known()).taxed.tax_amount == Decimal("0.02")
    assert price_order(order, all_known(company=per_line)).taxed.tax_amount == Decimal("0.03")


def test_the_total_is_told_in_the_company_s_currency_too() -> None:
    order = an_order(a_line(unit_price="10"), currency="USD")

    priced = price_order(order, all_known(rate=Decimal("1.1")))

    assert (priced.currency, priced.taxed.total_amount, priced.base_total_amount) == (
        "USD",
        Decimal(119),
        Decimal("108.18"),
    )


def test_prices_hold_on_the_days_they_are_valid() -> None:
    campaign = {"valid_from": date(2026, 3, 1), "valid_to": date(2026, 3, 31)}
    prices = PriceListView(
        **dict(a_price_list(a_price("BOLT", 10), a_price("BOLT", 8, **campaign))), version=1
    )
    known = all_known(prices=prices)

    def price_on(day: date) -> Decimal:
        return price_order(an_order(ordered_on=day), known).lines[0].unit_price

    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [price_on(day) for day in days] == [10, 8, 8, 10]


# Refusals


def test_everything_that_is_wrong_is_told_at_once() -> None:
    order = an_order(
        a_line("GHOST"),
        a_line(unit="crate"),
        a_line(tax_code="GHOST"),
        a_line("SCARCE"),
        requested_on=date(2026, 1, 1),
        freight_amount=Decimal("5.001"),
        freight_tax_code="GHOST",
        currency="USD",
    )
    known = all_known(
        items={"BOLT": a_known_item("BOLT"), "SCARCE": a_known_item("SCARCE", blocked=True)},
        customer=customer(blocked=True),
        terms=None,
        warehouse_code=None,
        rate=None,
    )

    assert wrong_fields(order, known) == [
        "customer_code",
        "payment_terms_code",
        "warehouse_code",
        "currency",
        "requested_on",
        "lines.0.item_code",
        "lines.1.unit",
        "lines.2.unit_price",
        "lines.2.tax_code",
        "lines.3.item_code",
        "lines.3.unit_price",
        "freight_amount",
        "freight_tax_code",
    ]


def test_an_unknown_customer_does_not_hide_what_else_is_wrong() -> None:
    known = all_known(customer=None, terms=None)

    assert wrong_fields(an_order(a_line("GHOST"), a_line()), known) == ["customer_code", "lines.0.item_code"]


def test_an_order_without_lines_is_refused() -> None:
    order = an_order().model_copy(update={"lines": (), "freight_amount": Decimal(5)})

    assert wrong_fields(order, all_known()) == ["lines", "freight_tax_code"]


@pytest.mark.parametrize(
    ("prices", "why"),
    [
        (None, "no price list"),
        (a_price_list(a_price("ADVICE", 1)), "no price for BOLT in STD in EUR on 2026-03-02"),
        (a_price_list(a_price("BOLT", 10), currency="USD"), "no price for BOLT"),
        (a_price_list(a_price("BOLT", 10), valid_from=date(2026, 4, 1)), "no price for BOLT"),
        (a_price_list(a_price("BOLT", 10, valid_to=date(2026, 3, 1))), "no price for BOLT"),
        (a_price_list(a_price("BOLT", 10, min_quantity=Decimal(11))), "no price for BOLT"),
    ],
    ids=["no list", "not in it", "another currency", "list not valid", "line not valid", "too few"],
)
def test_a_line_without_a_price_is_refused_with_the_reason(prices: Any, why: str) -> None:
    known = all_known(
        prices=None if prices is None else PriceListView(**dict(prices), version=1),
        customer=customer(price_list_code=None if prices is None else "STD"),
    )

    with pytest.raises(Invalid, match=why) as refused:
        price_order(an_order(), known)

    assert [error.field for error in refused.value.errors] == ["lines.0.unit_price"]


def test_a_list_without_tax_does_not_price_an_order_with_tax() -> None:
    with pytest.raises(Invalid, match="prices in STD are without tax, those of the order with"):
        price_order(an_order(prices_include_tax=True), all_known())


def test_a_currency_without_a_rate_is_named_also_when_it_is_the_customer_s() -> None:
    why = "there is no exchange rate for USD on 2026-03-02"
    known = all_known(rate=None, why_no_rate=why, customer=customer(currency="USD"), prices=None)

    with pytest.raises(Invalid, match=why):
        price_order(an_order(a_line(unit_price="1")), known)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (a_line(quantity="999999999999", unit_price="999999999999"), "lines.0.unit_price"),
        (a_line(quantity="999999999999", unit="box", unit_price="0"), "lines.0.quantity"),
        (a_line(quantity="0.000001", unit="grain", unit_price="1"), "lines.0.quantity"),
        (a_line(quantity="1", unit_price="999999999999"), "lines"),
    ],
    ids=["amount", "stock quantity", "nothing in stock units", "total with tax"],
)
def test_what_the_books_cannot_hold_is_refused_before_it_is_written(line: OrderLineAsked, field: str) -> None:
    units = (ItemUnit(unit="box", factor=Decimal(10)), ItemUnit(unit="grain", factor=Decimal("0.001")))

    assert wrong_fields(an_order(line), all_known(items={"BOLT": a_known_item(units=units)})) == [field]


# Statuses


def test_an_order_goes_its_way_and_no_other() -> None:
    for now, may_become in MAY_BECOME.items():
        for wanted in OrderStatus:
            if wanted in may_become or wanted is now:
                assert advance(now, wanted) is wanted
            else:
                with pytest.raises(NotInThisStatus):
                    advance(now, wanted)


def test_goods_leave_only_for_orders_that_were_confirmed() -> None:
    may_leave = {OrderStatus.CONFIRMED, OrderStatus.DELIVERED}
    for status in OrderStatus:
        if status in may_leave:
            check_on_its_way(status)
        else:
            with pytest.raises(NotInThisStatus):
                check_on_its_way(status)


# Whatever is ordered

lines_asked = some.lists(
    some.builds(
        OrderLineAsked,
        item_code=some.sampled_from(["BOLT", "ADVICE"]),
        quantity=some.integers(1, 10**9).map(lambda number: Decimal(number) / 1000),
        unit=some.sampled_from([None, "box"]),
        unit_price=some.none() | some.integers(0, 10**8).map(lambda number: Decimal(number) / 10_000),
        discount_percent=some.sampled_from([Decimal(0), Decimal("2.5"), Decimal(33), Decimal(100)]),
        tax_code=some.sampled_from([None, "T7", "EXPORT", "MIXED"]),
        description=some.just(""),
    ),
    min_size=1,
    max_size=8,
)


@given(
    lines=lines_asked,
    freight=some.sampled_from([Decimal(0), Decimal("4.99"), Decimal(100)]),
    discount=some.sampled_from([None, Decimal(0), Decimal("7.5")]),
    rounding=some.sampled_from(TaxRounding),
    rate=some.sampled_from([Decimal(1), Decimal("1.1"), Decimal("163.27")]),
)
def test_every_order_adds_up(
    lines: list[OrderLineAsked],
    freight: Decimal,
    discount: Decimal | None,
    rounding: TaxRounding,
    rate: Decimal,
) -> None:
    known = all_known(rate=rate)
    known = replace(
        known,
        company=known.company.model_copy(update={"tax_rounding": rounding}),
        tax_codes={**known.tax_codes, **tax_codes(a_tax_code("MIXED", percent(15), per_unit("0.05")))},
    )

    priced = price_order(an_order(*lines, freight_amount=freight, discount_percent=discount), known)

    net, tax, total = totals(priced)
    assert net + tax == total >= 0
    assert sum(line.net_amount for line in priced.lines) + freight == net
    assert sum(line.tax_amount for line in priced.lines) <= tax
    assert abs(priced.base_total_amount * rate - total) <= rate * minor_unit("EUR")
    for line in priced.lines:
        exact = line.quantity * line.unit_price * (100 - line.discount_percent) / 100
        assert abs(line.net_amount - exact) <= minor_unit("EUR") / 2


@given(some.decimals(0, 100, places=4), some.decimals(0, 100, places=4))
def test_two_discounts_together_are_never_less_than_either_and_never_more_than_all(
    of_line: Decimal, of_order: Decimal
) -> None:
    both = together(of_line, of_order)

    assert max(of_line, of_order) <= both <= 100
    assert both == together(of_order, of_line)
