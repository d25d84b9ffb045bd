"""Exchange rates: quoted either way round they come to the same, and an old one is refused by name."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.master_data.messages import Quotation
from domains.master_data.rules.rates import ExchangeRateTooOld, NoExchangeRate, check_age, in_foreign_units
from foundation.values.money import rounded

A_DAY = date(2026, 3, 2)


def test_ten_thousand_dollars_are_so_many_dong_and_these_so_many_dollars() -> None:
    of_dong = in_foreign_units(Decimal(25430), Quotation.DIRECT)

    assert rounded(Decimal(10_000) / of_dong, "VND") == 254_300_000
    assert (
        rounded(Decimal(254_300_000) / in_foreign_units(Decimal(25430), Quotation.INDIRECT), "USD") == 10_000
    )


@given(
    some.integers(-(10**13), 10**13).map(lambda cents: Decimal(cents) / 100),
    some.integers(1, 10**12).map(lambda rate: Decimal(rate) / 1_000_000),
)
def test_an_amount_at_a_direct_rate_is_their_product_also_at_half_a_cent(
    amount: Decimal, rate: Decimal
) -> None:
    assert rounded(amount / in_foreign_units(rate, Quotation.DIRECT), "EUR") == rounded(amount * rate, "EUR")


@pytest.mark.parametrize(
    ("age", "refusal"), [(0, None), (7, None), (8, ExchangeRateTooOld), (None, NoExchangeRate)]
)
def test_a_rate_may_be_so_old_and_no_older(age: int | None, refusal: type[Exception] | None) -> None:
    quoted_on = None if age is None else A_DAY - timedelta(days=age)

    why_not = check_age("USD", A_DAY, quoted_on, days=7)

    assert type(why_not) is (refusal or type(None))
    if why_not is not None:
        assert f'"valid_from": "{A_DAY}"' in str(why_not)
