"""Dates, figures, amounts and addresses as a language writes them."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from foundation.values.money import minor_unit

CITY_BEFORE_POSTAL_CODE = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US"})
"""Where the postal code follows the city; it goes first everywhere else (Universal Postal Union, S42)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one locale writes what an invoice in one currency holds."""

    locale: str
    date_format: str
    currency: str

    def day(self, day: date) -> str:
        """A date: 04.05.2026, or 4 May 2026, which no reader takes for the fifth of April."""
        return format_date(day, self.date_format, locale=self.locale)

    def amount(self, amount: Decimal) -> str:
        """An amount with its currency, in the currency's own minor unit: 1.234,56 €, €1,234.56, CHF 1,234.56.

        The decimals are ours, not the locale data's, which drop those of some currencies in use.
        """
        pattern = str(Locale.parse(self.locale).currency_formats["standard"].pattern)
        whole = pattern.replace("0.00", self._decimals)
        written = format_currency(amount, self.currency, whole, locale=self.locale, currency_digits=False)
        return re.sub(r"(?<=[A-Z]{3})(?=\d)", "\N{NO-BREAK SPACE}", written)

    def plain_amount(self, amount: Decimal) -> str:
        """An amount under a column head that names the currency: 1.234,56."""
        return format_decimal(amount, f"#,##{self._decimals}", locale=self.locale)

    def unit_price(self, price: Decimal) -> str:
        """A price for one unit: at least the currency's decimals, and up to six where it has them."""
        exact = -int(price.normalize().as_tuple().exponent)
        decimals = max(len(self._decimals) - 2, min(exact, 6), 0)
        return format_decimal(price, f"#,##0.{'0' * decimals}".rstrip("."), locale=self.locale)

    def quantity(self, quantity: Decimal) -> str:
        """A quantity without the zeros that say nothing: 12, 2,5."""
        return format_decimal(quantity, "#,##0.######", locale=self.locale)

    def percent(self, percent: Decimal) -> str:
        """Per cent as given, 19 being nineteen per cent: 19 %, 19%."""
        pattern = str(Locale.parse(self.locale).percent_formats[None].pattern)
        return format_decimal(percent, "#,##0.####", locale=self.locale) + pattern.lstrip("#,0")

    def country(self, country: str) -> str:
        """A country in capitals, as the last line of an address abroad."""
        return str(Locale.parse(self.locale).territories.get(country, country)).upper()

    @property
    def _decimals(self) -> str:
        return str(minor_unit(self.currency)).replace("1", "0")


def city_line(*, postal_code: str, city: str, country: str) -> str:
    """Postal code and city on one line, in the order of the country."""
    parts = (city, postal_code) if country in CITY_BEFORE_POSTAL_CODE else (postal_code, city)
    return " ".join(part for part in parts if part)


def in_groups_of_four(iban: str) -> str:
    """An IBAN as people read it (ISO 13616): DE02 1203 0000 0000 2020 51."""
    return re.sub(r"(.{4})(?=.)", r"\1 ", re.sub(r"\s", "", iban))
