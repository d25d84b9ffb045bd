"""What an employer of the United States tells: Form 941 and Form W-2. As figures; EFTPS and BSO are not ours.

Deposits through the year go by the employer's own schedule (Publication 15, section 11) and are not figured.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from domains.payroll.countries.us.forms import form_941, form_w2
from domains.payroll.messages.kinds import ReturnBasis, ReturnPeriod
from domains.payroll.rules.returns import (
    PayslipFiled,
    PreparedReturn,
    ReturnFigure,
    ReturnKind,
    by_employee,
    months_later,
)

_ON_941 = (
    ("2", "Wages, tips, and other compensation", "line_2"),
    ("3", "Federal income tax withheld", "line_3"),
    # Of these, column 1 has the wages, and column 2 the tax on them.
    ("5a", "Taxable social security wages", "line_5a"),
    ("5c", "Taxable Medicare wages and tips", "line_5c"),
    ("5d", "Wages subject to Additional Medicare Tax", "line_5d"),
    ("5e", "Total social security and Medicare taxes", "line_5e"),
    ("6", "Total taxes before adjustments", "line_6"),
    ("7", "Current quarter's adjustment for fractions of cents", "line_7"),
    ("10", "Total taxes after adjustments", "line_10"),
    ("12", "Total taxes after adjustments and nonrefundable credits", "line_12"),
)
_ON_W2 = (
    ("1", "Wages, tips, other compensation", "wages"),
    ("2", "Federal income tax withheld", "federal_income_tax"),
    ("3", "Social security wages", "social_security_wages"),
    ("4", "Social security tax withheld", "social_security_tax"),
    ("5", "Medicare wages and tips", "medicare_wages"),
    ("6", "Medicare tax withheld", "medicare_tax"),
)


def quarterly(first: date, payments: Sequence[PayslipFiled]) -> Iterator[PreparedReturn]:
    """Form 941 of a quarter. Its line 1 counts who was paid for a period with the 12th of the last month."""
    twelfth = months_later(first, 2).replace(day=12)
    there = {one.employee_code for one in payments if _is_paid_for(one, twelfth)}
    form = form_941(first.year, [one.added for one in payments], employees=len(there))
    figures = [ReturnFigure("1", "Number of employees", Decimal(form.line_1))]
    for number, name, field in _ON_941:
        figures += _columns(number, name, getattr(form, field))
    yield PreparedReturn("", tuple(figures), to_pay=form.line_12)


def _columns(number: str, name: str, figure: Decimal | tuple[Decimal, Decimal]) -> list[ReturnFigure]:
    if isinstance(figure, Decimal):
        return [ReturnFigure(number, name, figure)]
    return [ReturnFigure(f"{number}.{column}", name, one) for column, one in enumerate(figure, start=1)]


def _is_paid_for(payment: PayslipFiled, day: date) -> bool:
    return payment.paid_for is not None and payment.paid_for[0] <= day <= payment.paid_for[1]


def of_the_year(_: date, payments: Sequence[PayslipFiled]) -> Iterator[PreparedReturn]:
    """Everybody's Form W-2. Box 12 has deferrals by section 401(k); what health coverage costs, which its
    code DD reports, payroll does not know.
    """
    for employee, sums in by_employee(payments).items():
        form = form_w2(sums)
        boxes = [ReturnFigure(number, name, getattr(form, field)) for number, name, field in _ON_W2]
        boxes += [ReturnFigure("12", f"Code {code}", amount) for code, amount in form.box_12.items()]
        for one in form.states:
            boxes.append(ReturnFigure("16", f"{one.state}: state wages, tips, etc.", one.wages))
            boxes.append(ReturnFigure("17", f"{one.state}: state income tax", one.income_tax))
        if any(box.amount for box in boxes):
            yield PreparedReturn(employee, tuple(boxes))


def _after_the_weekend(day: date) -> date:
    """Of federal holidays none is at the end of a month."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def _end_of_next_month(first: date) -> date:
    return _after_the_weekend(months_later(first, 4) - timedelta(days=1))


def _end_of_january(first: date) -> date:
    return _after_the_weekend(date(first.year + 1, 1, 31))


RETURNS: Mapping[str, ReturnKind] = {
    "form_941": ReturnKind(
        name="Form 941",
        law="26 CFR 31.6071(a)-1; Instructions for Form 941",
        each=ReturnPeriod.QUARTER,
        basis=ReturnBasis.PAID,
        prepare=quarterly,
        due_on=_end_of_next_month,
    ),
    "form_w2": ReturnKind(
        name="Form W-2",
        law="26 U.S.C. § 6051; General Instructions for Forms W-2 and W-3",
        each=ReturnPeriod.YEAR,
        basis=ReturnBasis.PAID,
        prepare=of_the_year,
        due_on=_end_of_january,
    ),
}
