"""Of which payments the returns of a period are: payslips that stand, by the country of their run."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Integer, bindparam, text

from domains.payroll.messages.kinds import ReturnBasis, ReturnPeriod
from domains.payroll.messages.payslips import PayslipLineKind
from domains.payroll.rules.payslip_inputs import OF_LAW
from domains.payroll.rules.returns import PayslipFiled, ReturnKind
from domains.payroll.rules.statutory import Bearer, StatutoryLine
from foundation.database.transaction import Transaction

_COUNTRIES = text("SELECT DISTINCT country FROM payroll.pay_group ORDER BY country")
_PAYSLIPS = """
    SELECT p.employee_code, p.starts_on, p.ends_on, p.paid_on, p.lines, p.added
    FROM payroll.payslip p JOIN payroll.payroll_run r ON r.id = p.run_id AND r.country = :country
    WHERE p.status = 'posted' AND p.{day} BETWEEN :first AND :last
    ORDER BY p.employee_code, p.paid_on, p.number
"""
_OF_DAYS = {
    basis: text(_PAYSLIPS.format(day=day)).bindparams(
        bindparam("first", type_=Date), bindparam("last", type_=Date)
    )
    for basis, day in ((ReturnBasis.EARNED, "starts_on"), (ReturnBasis.PAID, "paid_on"))
}
_OF_YEAR = text(
    """
    SELECT s.employee_code, s.name, sum(s.amount) AS amount
    FROM (
        SELECT y.employee_code, y.name, y.amount
        FROM payroll.year_to_date y
            JOIN payroll.payslip p ON p.id = y.payslip_id AND p.status = 'posted'
            JOIN payroll.payroll_run r ON r.id = p.run_id AND r.country = :country
        WHERE y.year = :year
        UNION ALL
        SELECT o.employee_code, o.name, o.amount
        FROM payroll.opening_sum o
            JOIN payroll.year_opening h ON h.code = o.opening_code AND h.country = :country
        WHERE o.year = :year
    ) AS s
    GROUP BY s.employee_code, s.name
    ORDER BY s.employee_code, s.name
    """
).bindparams(bindparam("year", type_=Integer))
_BEARERS = {
    PayslipLineKind.WITHHELD.value: Bearer.EMPLOYEE,
    PayslipLineKind.EMPLOYER_OWES.value: Bearer.EMPLOYER,
}


async def countries_paid_in(tx: Transaction) -> list[str]:
    """Those of the company's pay groups."""
    return [row.country for row in await tx.execute(_COUNTRIES)]


async def payments_of(
    tx: Transaction, country: str, kind: ReturnKind, first: date, last: date
) -> list[PayslipFiled]:
    """What is on a return: payslip by payslip; of a year person by person, with what was paid before us."""
    if kind.each is ReturnPeriod.YEAR:
        return await _of_year(tx, country, first.year)
    asked = {"country": country, "first": first, "last": last}
    return [_payment(row) for row in await tx.execute(_OF_DAYS[kind.basis], asked)]


async def _of_year(tx: Transaction, country: str, year: int) -> list[PayslipFiled]:
    sums: dict[str, dict[str, Decimal]] = {}
    for row in await tx.execute(_OF_YEAR, {"country": country, "year": year}):
        if row.name.startswith(OF_LAW):
            sums.setdefault(row.employee_code, {})[row.name.removeprefix(OF_LAW)] = Decimal(row.amount)
    return [PayslipFiled(employee, None, None, added=added) for employee, added in sums.items()]


def _payment(row: Any) -> PayslipFiled:
    return PayslipFiled(
        row.employee_code,
        (row.starts_on, row.ends_on),
        row.paid_on,
        tuple(_lines_of_law(row.lines)),
        {
            one["name"].removeprefix(OF_LAW): Decimal(one["amount"])
            for one in row.added
            if one["name"].startswith(OF_LAW) and one["year"] == row.paid_on.year
        },
    )


def _lines_of_law(lines: Iterable[dict[str, Any]]) -> Iterable[StatutoryLine]:
    for line in lines:
        if line["kind"] in _BEARERS:
            yield StatutoryLine(
                line["code"],
                _BEARERS[line["kind"]],
                line["authority"],
                Decimal(line["base"]),
                Decimal(line["amount"]),
                line["rule"],
            )
