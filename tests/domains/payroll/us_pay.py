"""People and payments of the United States: what the tests of its pack ask with."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from domains.payroll.countries import pack_of
from domains.payroll.countries.us.details import FilingStatus, UnitedStatesDetails
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import (
    PERIODS_A_YEAR,
    Bearer,
    PayLine,
    PayPeriod,
    Statutory,
    StatutoryLine,
    YearToDate,
)

PUBLISHED = json.loads(
    (Path(__file__).parents[2] / "reference" / "us_payroll.json").read_text(), parse_float=Decimal
)
STATUS = {
    "single": FilingStatus.SINGLE,
    "mfj": FilingStatus.MARRIED_FILING_JOINTLY,
    "hoh": FilingStatus.HEAD_OF_HOUSEHOLD,
}
"""How the published cases call the filing statuses."""
FREQUENCY = {periods: frequency for frequency, periods in PERIODS_A_YEAR.items()}
US = pack_of("US")


def a_person(**details: Any) -> UnitedStatesDetails:
    """Somebody who works in Texas, where no income tax is withheld, unless something else is said."""
    return UnitedStatesDetails.model_validate({"state": "TX", "state_unemployment_percent": "2.7", **details})


def a_period(
    year: int = 2026, frequency: PayFrequency = PayFrequency.BIWEEKLY, paid_on: date | None = None
) -> PayPeriod:
    """A pay period that is paid on its last day, in June."""
    paid_on = paid_on or date(year, 6, 15)
    return PayPeriod(paid_on, paid_on, paid_on, frequency)


def a_line(treatment: str, amount: str | Decimal | int) -> PayLine:
    """A line of pay whose code is its treatment."""
    return PayLine(treatment, treatment, Decimal(amount))


def paid(
    *lines: PayLine,
    person: UnitedStatesDetails | None = None,
    period: PayPeriod | None = None,
    this_year: Mapping[str, Decimal] | None = None,
    last_year: Mapping[str, Decimal] | None = None,
) -> Statutory:
    """What the law asks for with a payment, by default biweekly and the first of 2026."""
    to_date = YearToDate(this_year or {}, last_year or {})
    return US.statutory(person or a_person(), period or a_period(), lines, to_date)


def the_line(asked: Statutory, code: str, bearer: Bearer = Bearer.EMPLOYEE) -> StatutoryLine:
    """The one line with a code, of the employee unless something else is said."""
    (found,) = (line for line in asked.lines if (line.code, line.bearer) == (code, bearer))
    return found


def amount(asked: Statutory, code: str, bearer: Bearer = Bearer.EMPLOYEE) -> Decimal:
    """What is paid with this code; 0 without such a line."""
    return sum((one.amount for one in asked.lines if (one.code, one.bearer) == (code, bearer)), Decimal(0))


def summed(*payments: Statutory) -> dict[str, Decimal]:
    """The year to date after payments."""
    sums: dict[str, Decimal] = {}
    for payment in payments:
        for name, value in payment.added.items():
            sums[name] = sums.get(name, Decimal(0)) + value
    return sums


def a_year_of(*pays: Decimal, person: UnitedStatesDetails | None = None, year: int = 2026) -> list[Statutory]:
    """Payments of regular wages, one after the other, each after the year to date that those before left."""
    made: list[Statutory] = []
    for pay in pays:
        one = paid(a_line("regular", pay), person=person, period=a_period(year), this_year=summed(*made))
        made.append(one)
    return made
