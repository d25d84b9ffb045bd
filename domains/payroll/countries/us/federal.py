"""The federal figures, by the calendar year whose law they are."""

from collections.abc import Mapping

from domains.payroll.countries.us import federal_2025, federal_2026
from domains.payroll.countries.us.figures import FederalFigures
from domains.payroll.rules.statutory import UnknownYear

FEDERAL: Mapping[int, FederalFigures] = {
    one.FIGURES.year: one.FIGURES for one in (federal_2025, federal_2026)
}


def figures_of(year: int) -> FederalFigures:
    """The federal figures of a calendar year. Refuses: UnknownYear."""
    if year not in FEDERAL:
        known = ", ".join(str(one) for one in FEDERAL)
        said = f"the federal law of {year} is not known; known are {known}"
        raise UnknownYear(said, errors=[("paid_on", said)])
    return FEDERAL[year]
