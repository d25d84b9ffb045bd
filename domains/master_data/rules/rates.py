"""Exchange rates: as quoted either way round, and how old one may be."""

from datetime import date
from decimal import ROUND_DOWN, Context, Decimal

from babel.numbers import is_currency

from domains.master_data.messages import Quotation
from foundation.values.days import DayRefused
from foundation.values.errors import BusinessError, Invalid
from foundation.values.money import ONE

_RECIPROCAL = Context(prec=28, rounding=ROUND_DOWN)


class NoExchangeRate(DayRefused):
    """There is no rate for the currency on that day; enter one with POST /v1/exchange-rates."""


class ExchangeRateTooOld(DayRefused):
    """The last rate for the currency is older than the company takes; enter that day's."""


def in_foreign_units(rate: Decimal, quotation: str) -> Decimal:
    """A rate as units of the foreign currency for one of the company's, 28 digits.

    The reciprocal is cut, never rounded up: an amount divided by it is never less than it should be, so that
    half a cent is still rounded up. 10,000 USD at 25,430 VND are 254,300,000 VND.
    """
    return rate if quotation == Quotation.INDIRECT else _RECIPROCAL.divide(ONE, rate)


def check_age(currency: str, on: date, quoted_on: date | None, *, days: int) -> BusinessError | None:
    """Why a day has no rate, as a refusal to be raised: there is none, or the last one is too old."""
    remedy = (
        f'enter it with POST /v1/exchange-rates {{"currency": "{currency}", "valid_from": "{on}", "rate": …}}'
    )
    if quoted_on is None and not is_currency(currency):
        why = f"there is no currency {currency} (ISO 4217)"
        return Invalid(f"currency: {why}", errors=[("currency", why)])
    if quoted_on is None:
        return NoExchangeRate(f"there is no exchange rate for {currency} on {on}: {remedy}")
    age = (on - quoted_on).days
    if age <= days:
        return None
    return ExchangeRateTooOld(
        f"the rate for {currency} on {on} is missing: the last one is of {quoted_on}, {age} days before, and "
        f"the company takes none that is older than {days} (exchange_rate_days): {remedy}"
    )
