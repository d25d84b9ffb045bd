"""The days that a report is of: named, of a fiscal year, or of the fiscal year that today is in."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, select

from domains.ledger.rules.journal import NoFiscalYear
from domains.ledger.tables.accounts import FiscalYear
from foundation.database.transaction import Transaction
from foundation.values.errors import Invalid, NotFound

_YEARS = select(FiscalYear.code, FiscalYear.starts_on, FiscalYear.ends_on)
_YEAR = _YEARS.where(FiscalYear.code == bindparam("code"))
_YEAR_OF = _YEARS.where(bindparam("on", type_=Date).between(FiscalYear.starts_on, FiscalYear.ends_on))
_YEARS_OF = _YEARS.where(
    FiscalYear.starts_on <= bindparam("last", type_=Date),
    FiscalYear.ends_on >= bindparam("first", type_=Date),
).limit(1)


class ReportPeriod(NamedTuple):
    """From a day to a day, both included."""

    first: date
    last: date


async def period(
    tx: Transaction, *, first: date | None, last: date | None, fiscal_year: str | None, today: date
) -> ReportPeriod:
    """The days from `first` to `last`; one that is not named is the fiscal year's of the other, or of today.

    Refuses: Invalid, when a year and days are named, or the first day is after the last; NotFound for an
    unknown year; NoFiscalYear for a day that is in none.
    """
    if fiscal_year is not None:
        _check_alone(fiscal_year, {"from": first, "to": last})
        return await _of_code(tx, fiscal_year)
    if first is None or last is None:
        year = await _around(tx, first or last or today, "from" if first else "to" if last else "")
        first, last = first or year.first, last or year.last
    if first > last:
        why = f"{first} is after {last}, the last day"
        raise Invalid(f"from: {why}", errors=[("from", why)])
    if not (await tx.execute(_YEARS_OF, {"first": first, "last": last})).all():
        why = f"no day from {first} to {last} is in a fiscal year: nothing is posted there"
        raise NoFiscalYear(f"from: {why}", errors=[("from", why), ("to", why)])
    return ReportPeriod(first, last)


async def day(tx: Transaction, *, as_of: date | None, fiscal_year: str | None, today: date) -> date:
    """The day that is named, the last of a fiscal year, or today, whose figures are known before its year is
    opened. Refuses: Invalid for both; NotFound; NoFiscalYear for a day that is named and in none.
    """
    if fiscal_year is None:
        if as_of is not None:
            await _around(tx, as_of, "as_of")
        return as_of or today
    _check_alone(fiscal_year, {"as_of": as_of})
    return (await _of_code(tx, fiscal_year)).last


def _check_alone(fiscal_year: str, days: dict[str, Any]) -> None:
    if named := [name for name, value in days.items() if value is not None]:
        why = f"name the fiscal year {fiscal_year}, or days with {' and '.join(named)}; not both"
        raise Invalid(f"fiscal_year: {why}", errors=[("fiscal_year", why)])


async def _of_code(tx: Transaction, code: str) -> ReportPeriod:
    row = (await tx.execute(_YEAR, {"code": code})).one_or_none()
    if row is None:
        raise NotFound(f"there is no fiscal year {code}: GET /v1/fiscal-years lists them")
    return ReportPeriod(row.starts_on, row.ends_on)


async def _around(tx: Transaction, on: date, field: str) -> ReportPeriod:
    row = (await tx.execute(_YEAR_OF, {"on": on})).one_or_none()
    if row is None:
        refusal = NoFiscalYear(f"{on} is in no fiscal year: GET /v1/fiscal-years lists them")
        raise refusal.of_field(field) if field else refusal
    return ReportPeriod(row.starts_on, row.ends_on)
