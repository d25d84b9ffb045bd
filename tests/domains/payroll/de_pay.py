"""People and payments of Germany: what the tests of its pack ask with."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domains.payroll.countries import pack_of
from domains.payroll.countries.de.details import GermanyDetails
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.statutory import Bearer, PayLine, PayPeriod, Statutory, StatutoryLine, YearToDate

DE = pack_of("DE")
NOTHING: Mapping[str, Decimal] = {}
EMPLOYEE, EMPLOYER = Bearer.EMPLOYEE, Bearer.EMPLOYER


def euros(*figures: str | int) -> tuple[Decimal, ...]:
    """Amounts to compare several at once with."""
    return tuple(Decimal(one) for one in figures)


def a_person(**details: Any) -> GermanyDetails:
    """Somebody of 36 years without children, in class 1 and in Hesse, in a fund at 2.9 per cent."""
    tax = {"wage_tax_class": 1, **details.pop("tax", {})}
    fund = {"code": "TK", "additional_percent": "2.9"}
    levies = {"sick_pay": "1.6", "maternity": "0.44"}
    known = {"born_on": "1990-01-01", "state": "HE", "fund": fund, "levies": levies, "tax": tax}
    return GermanyDetails.model_validate(known | details)


def a_month(month: int, year: int = 2026, **changes: Any) -> PayPeriod:
    """A month that is paid on its last day."""
    last = date(year, month, monthrange(year, month)[1])
    known = {"starts_on": last.replace(day=1), "ends_on": last, "paid_on": last}
    return PayPeriod(**(known | {"frequency": PayFrequency.MONTHLY} | changes))


def a_line(treatment: str, amount: str | Decimal | int, **more: Any) -> PayLine:
    """A line of pay whose code is its treatment."""
    return PayLine(treatment, treatment, Decimal(amount), **more)


def pay(regular: str | Decimal | int, one_off: str | Decimal | int = 0) -> list[PayLine]:
    """Regular pay, and one-off pay if there is any."""
    lines = [a_line("regular", regular)] if Decimal(regular) else []
    return [*lines, a_line("one_off", one_off)] if Decimal(one_off) else lines


def paid(
    lines: Sequence[PayLine],
    person: GermanyDetails | None = None,
    period: PayPeriod | None = None,
    this_year: Mapping[str, Decimal] = NOTHING,
    last_year: Mapping[str, Decimal] = NOTHING,
) -> Statutory:
    """A payment, of May 2026 unless another period is said."""
    to_date = YearToDate(this_year, last_year)
    return DE.statutory(person or a_person(), period or a_month(5), lines, to_date)


def together(*sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What several payments have added, by name."""
    names = dict.fromkeys(name for one in sums for name in one)
    return {name: sum((one.get(name, Decimal(0)) for one in sums), Decimal(0)) for name in names}


def several(
    payments: Sequence[tuple[PayPeriod, Sequence[PayLine]]],
    person: GermanyDetails | None = None,
    last_year: Mapping[str, Decimal] = NOTHING,
) -> tuple[list[Statutory], dict[str, Decimal]]:
    """Payments of a year one after the other, each told only what those before have added; and their sums."""
    answers: list[Statutory] = []
    sums: dict[str, Decimal] = {}
    for period, lines in payments:
        answer = paid(lines, person, period, sums, last_year)
        answers.append(answer)
        sums = together(sums, answer.added)
    return answers, sums


def a_year(
    monthly: str | int | Decimal,
    one_offs: Mapping[int, str | int | Decimal] = {},
    *,
    year: int = 2026,
    person: GermanyDetails | None = None,
    last_year: Mapping[str, Decimal] = NOTHING,
    months: Collection[int] = range(1, 13),
) -> tuple[list[Statutory], dict[str, Decimal]]:
    """Months at the same pay, with one-off pay in some of them."""
    payments = [(a_month(month, year), pay(monthly, one_offs.get(month, 0))) for month in months]
    return several(payments, person, last_year)


def amount(asked: Statutory | Sequence[Statutory], code: str, bearer: Bearer = EMPLOYEE) -> Decimal:
    """What somebody bears by a code, of one payment or of several together."""
    answers = [asked] if isinstance(asked, Statutory) else asked
    found = (
        one.amount for answer in answers for one in answer.lines if (one.code, one.bearer) == (code, bearer)
    )
    return sum(found, Decimal(0))


def amounts(asked: Statutory) -> dict[tuple[str, str], Decimal]:
    """Every amount of one payment by code and bearer, as those of the same together."""
    keys = dict.fromkeys((one.code, one.bearer) for one in asked.lines)
    return {(code, bearer.value): amount(asked, code, bearer) for code, bearer in keys}


def the(asked: Statutory, code: str, bearer: Bearer = EMPLOYEE) -> StatutoryLine:
    """The one line of a code."""
    [found] = [one for one in asked.lines if (one.code, one.bearer) == (code, bearer)]
    return found


def steps_of(line: StatutoryLine) -> dict[str, Decimal]:
    """The steps of a line by their names."""
    return dict(line.steps)
