"""The figures of German social insurance, by calendar year, each with its source.

Rates are per cent, limits are euros a month. The additional rate and the rates of the levies U1 and U2
are those of a health fund, and are not kept here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from domains.payroll.rules.statutory import UnknownYear

UPPER_LIMIT_OF_MIDI_JOBS = Decimal(2000)
"""Euros a month: § 20 Abs. 2 SGB IV, since 2023."""
FLAT_RATE_OF_MINI_JOBS = Decimal(28)
"""Per cent, from which the factor F is made: § 20 Abs. 2a Satz 2 SGB IV."""


class GermanState(StrEnum):
    """The federal state, as in ISO 3166-2:DE."""

    BADEN_WUERTTEMBERG = "BW"
    BAVARIA = "BY"
    BERLIN = "BE"
    BRANDENBURG = "BB"
    BREMEN = "HB"
    HAMBURG = "HH"
    HESSE = "HE"
    MECKLENBURG_WESTERN_POMERANIA = "MV"
    LOWER_SAXONY = "NI"
    NORTH_RHINE_WESTPHALIA = "NW"
    RHINELAND_PALATINATE = "RP"
    SAARLAND = "SL"
    SAXONY = "SN"
    SAXONY_ANHALT = "ST"
    SCHLESWIG_HOLSTEIN = "SH"
    THURINGIA = "TH"


OF_THE_EAST = frozenset(
    {
        GermanState.BRANDENBURG,
        GermanState.MECKLENBURG_WESTERN_POMERANIA,
        GermanState.SAXONY,
        GermanState.SAXONY_ANHALT,
        GermanState.THURINGIA,
    }
)
"""Where the lower pension limit held until 2024; of Berlin, only its eastern part."""


@dataclass(frozen=True)
class ContributionRates:
    """What a year's law says: rates in per cent, limits in euros a month.

    `pension_limit` is also that of unemployment insurance, `health_limit` also that of care insurance.
    `pension_limit_east` is the same as the other since 2025. `average_additional` is the average
    additional rate of the health funds, published each autumn: the factor F and private patients'
    subsidies rest on it.
    """

    year: int
    pension_limit: Decimal
    pension_limit_east: Decimal
    health_limit: Decimal
    mini_job_limit: Decimal
    health: Decimal
    health_reduced: Decimal
    average_additional: Decimal
    care: Decimal
    care_childless: Decimal
    care_discount: Decimal
    care_saxony: Decimal
    pension: Decimal
    unemployment: Decimal
    insolvency: Decimal
    mini_job_health: Decimal
    mini_job_pension: Decimal
    mini_job_tax: Decimal
    mini_job_pension_base: Decimal
    sources: tuple[str, ...]

    @property
    def factor_f(self) -> Decimal:
        """The factor F of midi-jobs: 28 by the rates of 1 January together, half-up to four decimals.

        § 20 Abs. 2a Satz 2 to 4 SGB IV. Published in the Bundesanzeiger: 0.6846, 0.6683 and 0.6619 for
        2024 to 2026.
        """
        together = self.pension + self.unemployment + self.care + self.health + self.average_additional
        return (FLAT_RATE_OF_MINI_JOBS / together).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _year(  # What all the years so far have in common stands here once.
    year: int,
    *,
    pension_limits: tuple[str, str],
    health_limit: str,
    mini_job_limit: str,
    average_additional: str,
    care: str,
    insolvency: str,
    sources: tuple[str, ...],
) -> ContributionRates:
    west, east = pension_limits
    return ContributionRates(
        year=year,
        pension_limit=Decimal(west),
        pension_limit_east=Decimal(east),
        health_limit=Decimal(health_limit),
        mini_job_limit=Decimal(mini_job_limit),
        health=Decimal("14.6"),
        health_reduced=Decimal("14.0"),
        average_additional=Decimal(average_additional),
        care=Decimal(care),
        care_childless=Decimal("0.6"),
        care_discount=Decimal("0.25"),
        care_saxony=Decimal("0.5"),
        pension=Decimal("18.6"),
        unemployment=Decimal("2.6"),
        insolvency=Decimal(insolvency),
        mini_job_health=Decimal(13),
        mini_job_pension=Decimal(15),
        mini_job_tax=Decimal(2),
        mini_job_pension_base=Decimal(175),
        sources=(*sources, *_IN_ALL_YEARS),
    )


_IN_ALL_YEARS = (
    "§§ 241, 243 SGB V (14.6, 14.0)",
    "§ 55 Abs. 3 SGB XI (0.6 for the childless, 0.25 for each child from the second to the fifth)",
    "§ 58 Abs. 3 SGB XI (0.5 more for employees in Saxony)",
    "§ 341 SGB III (2.6)",
    "§ 249b SGB V, §§ 168, 172 SGB VI, § 40a Abs. 2 EStG (13, 15 and 2 for mini-jobs)",
    "§ 163 Abs. 8 SGB VI (175 euros)",
)

_RATES: Mapping[int, ContributionRates] = {
    2024: _year(
        2024,
        pension_limits=("7550", "7450"),
        health_limit="5175",
        mini_job_limit="538",
        average_additional="1.7",
        care="3.4",
        insolvency="0.06",
        sources=(
            "Sozialversicherungsrechengrößen-Verordnung 2024",
            "Bekanntmachung der Beitragssätze in der allgemeinen Rentenversicherung 2024 (18.6)",
            "§ 55 Abs. 1 SGB XI as of 1 July 2023 (3.4)",
            "Insolvenzgeldumlagesatzverordnung 2024 (0.06)",
            "§ 8 Abs. 1a SGB IV with a minimum wage of 12.41 euros (538)",
        ),
    ),
    2025: _year(
        2025,
        pension_limits=("8050", "8050"),
        health_limit="5512.50",
        mini_job_limit="556",
        average_additional="2.5",
        care="3.6",
        insolvency="0.15",
        sources=(
            "Sozialversicherungsrechengrößen-Verordnung 2025",
            "Bekanntmachung der Beitragssätze in der allgemeinen Rentenversicherung 2025 (18.6)",
            "Pflege-Beitragssatz-Anpassungsverordnung 2025 (3.6)",
            "§ 360 SGB III (0.15)",
            "§ 8 Abs. 1a SGB IV with a minimum wage of 12.82 euros (556)",
        ),
    ),
    2026: _year(
        2026,
        pension_limits=("8450", "8450"),
        health_limit="5812.50",
        mini_job_limit="603",
        average_additional="2.9",
        care="3.6",
        insolvency="0.15",
        sources=(
            "Sozialversicherungsrechengrößen-Verordnung 2026",
            "Bekanntmachung der Beitragssätze in der allgemeinen Rentenversicherung 2026 (18.6)",
            "Pflege-Beitragssatz-Anpassungsverordnung 2025 (3.6)",
            "§ 360 SGB III (0.15)",
            "§ 8 Abs. 1a SGB IV with a minimum wage of 13.90 euros (603)",
        ),
    ),
}

CONTRIBUTION_YEARS = frozenset(_RATES)
"""The years whose contributions are known."""


def rates_of(year: int) -> ContributionRates:
    """The figures of a year. Refuses: UnknownYear."""
    if year not in _RATES:
        known = ", ".join(str(one) for one in sorted(_RATES))
        why = f"social insurance contributions of {year} are not known; known are {known}"
        raise UnknownYear(why, errors=[("month", why)])
    return _RATES[year]
