"""Cases of the German wage tax as the Ministry's programme flow names them, put into our words and back."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from domains.payroll.countries.de.wage_tax_inputs import (
    EmployerPension,
    InsuredFor,
    PrivatePremiums,
    TaxableOneOffPay,
    WageTax,
    WageTaxInputs,
)
from domains.payroll.messages.kinds import PayFrequency
from foundation.values.money import HUNDRED

REFERENCE = Path(__file__).parents[2] / "reference"
PERIODS = {1: PayFrequency.YEARLY, 2: PayFrequency.MONTHLY, 3: PayFrequency.WEEKLY, 4: PayFrequency.DAILY}
PRIVATE_WITH_SUBSIDY = 2
SOME_SUBSIDY = Decimal(1)
"""The flow of 2025 asks whether an employer pays one, and not how much it is."""


@dataclass(frozen=True)
class FlowCase:
    """What the flow is asked with, by its own names and in cents; what is not named is 0."""

    year: int
    asked: dict[str, Any]
    answers: dict[str, int]

    def number(self, name: str) -> Decimal:
        """An input that is no amount."""
        return Decimal(str(self.asked.get(name, 0)))

    def euros(self, name: str) -> Decimal:
        """An input that is an amount of money."""
        return self.number(name) / HUNDRED

    def is_set(self, name: str) -> bool:
        """Whether an input that says yes or no says yes."""
        return self.number(name) != 0


def cases_of(file: str) -> list[FlowCase]:
    """The cases of a reference file."""
    rows = json.loads((REFERENCE / file).read_text())["cases"]
    return [FlowCase(row["year"], row["in"], row["out"]) for row in rows]


def inputs_of(case: FlowCase) -> WageTaxInputs:
    """What the wage tax is asked with."""
    return WageTaxInputs(
        on=date(case.year, 6, 30),
        frequency=PERIODS[case.asked["LZZ"]],
        wage_tax_class=case.asked["STKL"],
        gross=case.euros("RE4"),
        factor=case.number("f") if case.is_set("af") else None,
        child_allowances=case.number("ZKF"),
        is_church_member=case.is_set("R"),
        allowance=case.euros("LZZFREIB"),
        addition=case.euros("LZZHINZU"),
        age_relief_from=case.asked["AJAHR"] if case.is_set("ALTER1") else None,
        insured=_insured(case),
        pension=_pension(case),
        one_off=_one_off(case),
    )


def _insured(case: FlowCase) -> InsuredFor:
    return InsuredFor(
        additional_health_percent=case.number("KVZ"),
        private=_private(case) if case.is_set("PKV") else None,
        has_care_surcharge=case.is_set("PVZ"),
        care_discounts=int(case.number("PVA")),
        is_in_saxony=case.is_set("PVS"),
        has_pension_insurance=not case.is_set("KRV"),
        has_unemployment_insurance=not case.is_set("ALV"),
    )


def _private(case: FlowCase) -> PrivatePremiums:
    subsidy = case.euros("PKPVAGZ")
    if case.number("PKV") == PRIVATE_WITH_SUBSIDY:
        subsidy = SOME_SUBSIDY
    return PrivatePremiums(premium=case.euros("PKPV"), employer_subsidy=subsidy)


def _pension(case: FlowCase) -> EmployerPension | None:
    if not case.is_set("VJAHR"):
        return None
    return EmployerPension(
        amount=case.euros("VBEZ"),
        first_year=case.asked["VJAHR"],
        first_month_amount=case.euros("VBEZM"),
        extra_payments=case.euros("VBEZS"),
        months=int(case.number("ZMVB")),
    )


def _one_off(case: FlowCase) -> TaxableOneOffPay | None:
    if not (case.is_set("SONSTB") or case.is_set("MBV")):
        return None
    return TaxableOneOffPay(
        amount=case.euros("SONSTB"),
        expected_yearly_pay=case.euros("JRE4"),
        yearly_allowance=case.euros("JFREIB"),
        yearly_addition=case.euros("JHINZU"),
        compensation=case.euros("SONSTENT"),
        compensation_in_yearly_pay=case.euros("JRE4ENT"),
        pension=case.euros("VBS"),
        pension_in_yearly_pay=case.euros("JVBEZ"),
        death_benefit=case.euros("STERBE"),
        untaxed_share_benefit=case.euros("MBV"),
    )


def answers_of(tax: WageTax) -> dict[str, Decimal]:
    """What the wage tax answers, by the flow's names and in cents; without what its year does not tell."""
    euros = {
        "LSTLZZ": tax.wage_tax,
        "SOLZLZZ": tax.solidarity_surcharge,
        "BK": tax.church_tax_base,
        "STS": tax.one_off_wage_tax,
        "SOLZS": tax.one_off_solidarity_surcharge,
        "BKS": tax.one_off_church_tax_base,
        "VKVLZZ": tax.private_insurance,
        "VKVSONST": tax.one_off_private_insurance,
    }
    return {name: amount * HUNDRED for name, amount in euros.items() if amount is not None}
