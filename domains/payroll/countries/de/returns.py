"""What a German employer tells: wage tax return, contribution statement, wage tax certificate. As figures;
ELSTER and the funds' exchange of data are not ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from domains.payroll.countries.de.certificate import wage_tax_certificate
from domains.payroll.countries.de.contribution_statement import contribution_statements
from domains.payroll.countries.de.withheld_tax import CHURCH, OF_ONE_OFF, SOLIDARITY, TAX_OFFICE, WAGE_TAX
from domains.payroll.countries.de.working_days import next_working_day, third_last_bank_day
from domains.payroll.messages.kinds import ReturnBasis, ReturnPeriod
from domains.payroll.rules.returns import (
    PayslipFiled,
    PreparedReturn,
    ReturnFigure,
    ReturnKind,
    by_employee,
    months_later,
)
from foundation.values.money import ZERO

_TAXES = (
    ("42", "Lohnsteuer", WAGE_TAX),
    ("49", "Solidaritätszuschlag", SOLIDARITY),
    # 61, 62 and further numbers by denomination, which payroll does not know.
    ("", "Kirchensteuer, alle Bekenntnisse", CHURCH),
)
_CERTIFIED = (
    ("3", "Bruttoarbeitslohn", "gross_wage"),
    ("4", "Einbehaltene Lohnsteuer", "wage_tax"),
    ("5", "Einbehaltener Solidaritätszuschlag", "solidarity_surcharge"),
    ("6", "Einbehaltene Kirchensteuer", "church_tax"),
    ("22a", "Arbeitgeberanteil zur gesetzlichen Rentenversicherung", "employer_pension"),
    ("23a", "Arbeitnehmeranteil zur gesetzlichen Rentenversicherung", "employee_pension"),
    ("24a", "Zuschuss zur freiwilligen Krankenversicherung", "subsidy_to_voluntary_health"),
    ("24b", "Zuschuss zur privaten Krankenversicherung", "subsidy_to_private_health"),
    ("24c", "Zuschuss zur Pflegeversicherung", "subsidy_to_care"),
    ("25", "Arbeitnehmerbeiträge zur Krankenversicherung", "health"),
    ("26", "Arbeitnehmerbeiträge zur Pflegeversicherung", "care"),
    ("27", "Arbeitnehmerbeiträge zur Arbeitslosenversicherung", "unemployment"),
    ("28", "Beiträge zur privaten Basisabsicherung", "private_premiums"),
)


def wage_tax_return(_: date, payments: Sequence[PayslipFiled]) -> Iterator[PreparedReturn]:
    """What was withheld in a month, of all employees."""
    withheld = [line for one in payments for line in one.lines if line.authority == TAX_OFFICE]
    sums = {
        code: sum((line.amount for line in withheld if line.code in (code, code + OF_ONE_OFF)), ZERO)
        for _, _, code in _TAXES
    }
    people = len({one.employee_code for one in payments})
    figures = (
        ReturnFigure("86", "Zahl der Arbeitnehmer", Decimal(people)),
        *(ReturnFigure(number, name, sums[code]) for number, name, code in _TAXES),
    )
    yield PreparedReturn("", figures, to_pay=sum(sums.values(), ZERO))


def statements(_: date, payments: Sequence[PayslipFiled]) -> Iterator[PreparedReturn]:
    """What each fund is due for a month, by contribution group, both shares together."""
    for one in contribution_statements(line for payment in payments for line in payment.lines):
        figures = tuple(
            ReturnFigure(group.value, group.name.replace("_", " ").lower(), amount)
            for group, amount in one.groups.items()
        )
        yield PreparedReturn(one.fund, figures, to_pay=one.total)


def certificates(_: date, payments: Sequence[PayslipFiled]) -> Iterator[PreparedReturn]:
    """Everybody's year; nobody's whose wages were taxed flat, and who has none by the card."""
    for employee, sums in by_employee(payments).items():
        certificate = wage_tax_certificate(sums)
        figures = tuple(
            ReturnFigure(number, name, getattr(certificate, field)) for number, name, field in _CERTIFIED
        )
        if any(one.amount for one in figures):
            yield PreparedReturn(employee, figures)


def _tenth_of_next_month(first: date) -> date:
    return next_working_day(months_later(first, 1).replace(day=10))


def _last_of_february(first: date) -> date:
    return next_working_day(date(first.year + 1, 3, 1) - timedelta(days=1))


def _with_the_month(first: date) -> date:
    return third_last_bank_day(months_later(first, 1) - timedelta(days=1))


RETURNS: Mapping[str, ReturnKind] = {
    "wage_tax_return": ReturnKind(
        name="Lohnsteuer-Anmeldung",
        law="§ 41a Abs. 1 EStG, § 108 Abs. 3 AO",
        each=ReturnPeriod.MONTH,
        basis=ReturnBasis.PAID,
        prepare=wage_tax_return,
        due_on=_tenth_of_next_month,
    ),
    "contribution_statement": ReturnKind(
        name="Beitragsnachweis",
        law="§ 28f Abs. 3, § 23 Abs. 1 SGB IV",
        each=ReturnPeriod.MONTH,
        basis=ReturnBasis.EARNED,
        prepare=statements,
        due_on=_with_the_month,
    ),
    "wage_tax_certificate": ReturnKind(
        name="Lohnsteuerbescheinigung",
        law="§ 41b Abs. 1 EStG",
        each=ReturnPeriod.YEAR,
        basis=ReturnBasis.PAID,
        prepare=certificates,
        due_on=_last_of_february,
    ),
}
