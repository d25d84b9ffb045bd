"""What the German wage tax cannot be computed from, and is refused, field by field."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

from domains.payroll.countries.de.wage_tax_inputs import (
    EmployerPension,
    InsuredFor,
    PrivatePremiums,
    TaxableOneOffPay,
    WageTaxClass,
    WageTaxInputs,
)
from domains.payroll.messages.kinds import PayFrequency
from foundation.values.errors import Invalid, Refusals
from foundation.values.money import HUNDRED

FREQUENCIES = (PayFrequency.YEARLY, PayFrequency.MONTHLY, PayFrequency.WEEKLY, PayFrequency.DAILY)
CLASSES = tuple(WageTaxClass)
HIGHEST_AMOUNT = Decimal("999999999.99")
CENTS = 2
DECIMALS = {"factor": 3, "child_allowances": 1}
"""How many decimals a number may have that is no amount of money."""

Part = WageTaxInputs | InsuredFor | PrivatePremiums | EmployerPension | TaxableOneOffPay

PARTS_OF = (
    ("compensation", "amount"),
    ("compensation_in_yearly_pay", "expected_yearly_pay"),
    ("pension", "amount"),
    ("pension_in_yearly_pay", "expected_yearly_pay"),
    ("death_benefit", "pension"),
)
"""Fields of one-off pay that are a part of another field."""

PARTS: tuple[type[Part], ...] = (
    WageTaxInputs,
    InsuredFor,
    PrivatePremiums,
    EmployerPension,
    TaxableOneOffPay,
)
NUMBERS = {
    part: tuple(one.name for one in fields(part) if one.type in (Decimal, Decimal | None)) for part in PARTS
}
"""The fields of each part that hold a number."""


class WageTaxRefused(Invalid):
    """The wage tax cannot be computed from what was given; `errors` names each wrong field."""


def check(inputs: WageTaxInputs) -> None:
    """Refuse what no wage tax can be computed from, all of it at once.

    Refuses: WageTaxRefused.
    """
    refusals = Refusals()
    _check_amounts(inputs, refusals)
    _check_employee(inputs, refusals)
    _check_insurance(inputs.insured, refusals)
    if inputs.pension is not None:
        _check_pension(inputs.pension, inputs, refusals)
    if inputs.one_off is not None:
        _check_one_off(inputs.one_off, inputs, refusals)
    refusals.raise_if_any(WageTaxRefused)


def _parts(inputs: WageTaxInputs) -> Iterator[tuple[str, Part]]:
    yield "", inputs
    yield "insured.", inputs.insured
    if inputs.insured.private is not None:
        yield "insured.private.", inputs.insured.private
    if inputs.pension is not None:
        yield "pension.", inputs.pension
    if inputs.one_off is not None:
        yield "one_off.", inputs.one_off


def _check_amounts(inputs: WageTaxInputs, refusals: Refusals) -> None:
    """Every number is finite, from 0 to HIGHEST_AMOUNT, and has no more decimals than its field may."""
    for where, part in _parts(inputs):
        for name in NUMBERS[type(part)]:
            value = getattr(part, name)
            if value and (wrong := _wrong_with(value, DECIMALS.get(name, CENTS))):
                refusals.add(where + name, wrong)


def _wrong_with(value: Decimal, decimals: int) -> str | None:
    if not value.is_finite():
        return f"{value} is no number"
    if value < 0:
        return f"{value} is below 0; give 0 or more"
    if value > HIGHEST_AMOUNT:
        return f"{value} is above {HIGHEST_AMOUNT}"
    if value != round(value, decimals):
        return f"{value} is too fine; give at most {decimals} decimals"
    return None


def _is_more(part: Decimal, whole: Decimal) -> bool:
    """Whether a part is more than the whole; a whole that none can be has been refused already."""
    return part.is_finite() and whole.is_finite() and whole >= 0 and part > whole


def _check_employee(inputs: WageTaxInputs, refusals: Refusals) -> None:
    if inputs.frequency not in FREQUENCIES:
        known = ", ".join(FREQUENCIES)
        refusals.add("frequency", f"{inputs.frequency} is no period of the German wage tax; give {known}")
    if inputs.wage_tax_class not in CLASSES:
        refusals.add("wage_tax_class", f"{inputs.wage_tax_class} is no wage tax class; give 1 to 6")
    if inputs.factor is not None:
        if inputs.factor.is_finite() and (inputs.factor == 0 or inputs.factor > 1):
            refusals.add("factor", f"{inputs.factor} is no factor; give more than 0 and at most 1")
        if inputs.wage_tax_class != WageTaxClass.EQUAL_EARNER:
            refusals.add("factor", "only class 4 has a factor; leave it out, or give class 4")


def _check_insurance(insured: InsuredFor, refusals: Refusals) -> None:
    if _is_more(insured.additional_health_percent, HUNDRED):
        refusals.add("insured.additional_health_percent", "give at most 100; 2.5 stands for 2.5 %")
    if not 0 <= insured.care_discounts <= 4:
        refusals.add("insured.care_discounts", f"{insured.care_discounts} discounts; give 0 to 4")


def _check_pension(pension: EmployerPension, inputs: WageTaxInputs, refusals: Refusals) -> None:
    if not 0 <= pension.months <= 12:
        refusals.add("pension.months", f"{pension.months} months in a year; give 0 to 12")
    if pension.first_year > inputs.on.year:
        refusals.add("pension.first_year", f"{pension.first_year} is after the year that is taxed")
    if _is_more(pension.amount, inputs.gross):
        refusals.add("pension.amount", "is more than gross, of which it is a part")


def _check_one_off(one_off: TaxableOneOffPay, inputs: WageTaxInputs, refusals: Refusals) -> None:
    for name, whole in PARTS_OF:
        if _is_more(getattr(one_off, name), getattr(one_off, whole)):
            refusals.add(f"one_off.{name}", f"is more than {whole}, of which it is a part")
    if inputs.pension is None and (one_off.pension or one_off.pension_in_yearly_pay):
        refusals.add("pension", "is missing: the allowance for a pension goes by when and with what it began")
