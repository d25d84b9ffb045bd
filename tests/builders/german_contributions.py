"""Employees as German social insurance sees them, and what others have worked out for such employees.

The cases of `tests/reference/de_contributions.json` are figures only; each names source and tolerance.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from domains.payroll.countries.de.contribution_rates import GermanState, rates_of
from domains.payroll.countries.de.contribution_shares import Contribution, ContributionGroup
from domains.payroll.countries.de.contributions import InsuredMonth
from domains.payroll.countries.de.insured import (
    CareGroup,
    HealthGroup,
    Insured,
    PensionGroup,
    UnemploymentGroup,
)
from foundation.values.money import ZERO

REFERENCE = Path(__file__).parent.parent / "reference" / "de_contributions.json"
REFERENCE_FIGURES: dict[str, Any] = json.loads(REFERENCE.read_text())

HEALTH = frozenset({"1000", "3000", "9000", "ZBP", "ZBF", "6000"})
CARE = frozenset({"0001"})
PENSION = frozenset({"0100", "0300", "0500"})
UNEMPLOYMENT = frozenset({"0010", "0020"})
BRANCHES = {"kranken": HEALTH, "pflege": CARE, "rente": PENSION, "arbeitslosen": UNEMPLOYMENT}
"""The groups of a branch, by its name in the reference."""

MIDI_JOB_OF_2024_ADDITIONAL_RATE = Decimal("1.3")
"""Of the midi-job of 2024 the source has taken another additional rate than the year's average.

131.66 of 828.13 are 15.9 per cent, which is 14.6 and 1.3.
"""


def an_insured(**changes: Any) -> Insured:
    """A parent of 45 years in Hesse, in all branches, with a fund at the additional rate of 2.5 per cent."""
    return replace(
        Insured(
            born_on=date(1980, 6, 15),
            health=HealthGroup.GENERAL,
            pension=PensionGroup.FULL,
            unemployment=UnemploymentGroup.FULL,
            care=CareGroup.FULL,
            fund="01234567",
            additional_rate=Decimal("2.5"),
            state=GermanState.HESSE,
            is_parent=True,
        ),
        **changes,
    )


def a_month(regular: str | Decimal, year: int = 2025, month: int = 7, **changes: Any) -> InsuredMonth:
    """A whole month with regular pay and nothing else."""
    return replace(InsuredMonth(month=date(year, month, 1), regular=Decimal(regular)), **changes)


def employee_pays(due: Collection[Contribution], groups: Collection[str]) -> Decimal:
    """What the employee bears of some groups."""
    return sum((one.employee for one in due if one.group in groups), ZERO)


def employer_pays(due: Collection[Contribution], groups: Collection[str]) -> Decimal:
    """What the employer bears of some groups."""
    return sum((one.employer for one in due if one.group in groups), ZERO)


def the(group: ContributionGroup, due: Collection[Contribution]) -> Contribution:
    """The one contribution of a group."""
    [found] = [one for one in due if one.group is group]
    return found


@dataclass(frozen=True)
class ReferenceCase:
    """One employee of a calculator of others, with what it has answered and no more."""

    name: str
    source: str
    tolerance: Decimal
    insured: Insured
    paid: InsuredMonth
    answers: dict[str, Decimal]


def _figure(value: float) -> Decimal:
    return Decimal(str(value))


def _cases(row: dict[str, Any]) -> list[ReferenceCase]:
    year = int(row["case"][:4])
    return [_case(row, year, number) for number in range(len(row["in"].get("alter", ())))]


def _case(row: dict[str, Any], year: int, number: int) -> ReferenceCase:
    given = {name: values[number] for name, values in row["in"].items()}
    children = given["sozialversicherung.pflege.beitrag.anzahl_kinder_bis_24"]
    is_midi_job = "gleitzone" in row["case"]
    additional = (
        MIDI_JOB_OF_2024_ADDITIONAL_RATE
        if is_midi_job and year == 2024
        else rates_of(year).average_additional
    )
    return ReferenceCase(
        name=f"{row['case']} {number}",
        source=row["source"],
        tolerance=_figure(row["atol"]),
        insured=an_insured(
            born_on=date(year - given["alter"], 1, 1),
            is_parent=given["sozialversicherung.pflege.beitrag.hat_kinder"],
            children_born_on=(date(year - 10, 1, 2),) * children,
            additional_rate=additional,
            state=GermanState.SAXONY_ANHALT if given.get("wohnort_ost_hh") else GermanState.HESSE,
        ),
        paid=a_month(_figure(given["einnahmen.bruttolohn_m"]), year, 1, is_midi_job=is_midi_job),
        answers={name: _figure(values[number]) for name, values in row["out"].items()},
    )


REFERENCE_CASES = tuple(case for row in REFERENCE_FIGURES["cases"] for case in _cases(row))
"""Those with an employee; two others state the factor F of their year."""
