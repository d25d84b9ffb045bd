"""The United States as a pack: a payment in, what is withheld and owed out, and what it adds to the year."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from domains.payroll.countries.us.contributions import federal_unemployment, fica
from domains.payroll.countries.us.details import UnitedStatesDetails
from domains.payroll.countries.us.federal import FEDERAL, figures_of
from domains.payroll.countries.us.income_tax import CODE, CODE_SUPPLEMENTAL, withhold
from domains.payroll.countries.us.returns import RETURNS
from domains.payroll.countries.us.states import added_of_states, state_lines, states_asking
from domains.payroll.countries.us.wages import (
    LOWERS_FEDERAL_INCOME_TAX,
    LOWERS_FICA,
    SECTION_125,
    SECTION_401K,
    TREATMENTS,
    Wages,
    check_deferrals,
    wages_of,
)
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.rules.returns import ReturnKind
from domains.payroll.rules.statutory import (
    Bearer,
    PayLine,
    PayPeriod,
    Statutory,
    StatutoryLine,
    YearToDate,
)
from foundation.values.errors import BusinessError
from foundation.values.messages import Message
from foundation.values.money import ZERO


class SeveralDaysPaidDaily(BusinessError):
    """A daily pay period is one day: more of them are more payments, or another frequency."""


class UnitedStates:
    """Federal law and that of California, Illinois, Pennsylvania and Texas, in 2025 and 2026."""

    country = "US"
    currency = "USD"
    years: Collection[int] = tuple(FEDERAL)
    treatments: Mapping[str, str] = TREATMENTS
    details: type[Message] = UnitedStatesDetails
    returns: Mapping[str, ReturnKind] = RETURNS

    def statutory(
        self, person: Message, period: PayPeriod, lines: Sequence[PayLine], to_date: YearToDate
    ) -> Statutory:
        """What is withheld and owed for one payment, in dollars and cents, by the law of the day it is paid.

        Refuses: UnknownYear, UnknownTreatment, UnknownState, NoReciprocity, SeveralDaysPaidDaily,
        DeductionAbovePay, DeductionNotNegative, DeferralAboveLimit, CatchUpMustBeRoth.
        """
        if not isinstance(person, UnitedStatesDetails):
            raise TypeError(f"the United States ask for UnitedStatesDetails, not {type(person).__name__}")
        figures = figures_of(period.paid_on.year)
        _check_period(period)
        states = states_asking(person, figures.year)
        wages = wages_of(lines)
        check_deferrals(wages, to_date, person, figures.deferrals, figures.year)
        of_fica = wages.taxed(LOWERS_FICA).total
        asked = (
            *withhold(figures, person, period, wages.taxed(LOWERS_FEDERAL_INCOME_TAX), to_date),
            *fica(figures, of_fica, to_date),
            *federal_unemployment(figures, of_fica, to_date, person.state),
            *state_lines(states, person, period.frequency, wages, to_date),
        )
        return Statutory(asked, _added(wages, asked) | added_of_states(states, person, wages, asked))


def _check_period(period: PayPeriod) -> None:
    if period.frequency is PayFrequency.DAILY and period.starts_on != period.ends_on:
        days = f"{period.starts_on} to {period.ends_on}"
        said = f"{days} is more than a day: pay each day, or by another frequency"
        raise SeveralDaysPaidDaily(said, errors=[("ends_on", said)])


def _added(wages: Wages, asked: Iterable[StatutoryLine]) -> dict[str, Decimal]:
    """What a payment adds to the year to date, federal: wages by the boxes of Form W-2, and taxes withheld.

    `social_security_wages` are those up to the limit, `futa_wages` and `unemployment_wages_…` all of them.
    """
    asked = tuple(asked)
    taxed, of_fica = wages.taxed(LOWERS_FEDERAL_INCOME_TAX), wages.taxed(LOWERS_FICA).total
    return {
        "federal_wages": taxed.total,
        "regular_wages": taxed.regular,
        "supplemental_wages": taxed.all_supplemental,
        "federal_income_tax": _sum_of(asked, CODE, CODE_SUPPLEMENTAL),
        "income_tax_on_regular_wages": _sum_of(asked, CODE),
        "social_security_wages": _base_of(asked, "social_security"),
        "social_security_tax": _sum_of(asked, "social_security"),
        "medicare_wages": of_fica,
        "additional_medicare_wages": _base_of(asked, "additional_medicare"),
        "medicare_tax": _sum_of(asked, "medicare", "additional_medicare"),
        "futa_wages": of_fica,
        SECTION_125: -wages.of(SECTION_125),
        SECTION_401K: -wages.of(SECTION_401K),
    }


def _of_employee(asked: Iterable[StatutoryLine], codes: Collection[str]) -> Iterable[StatutoryLine]:
    return (one for one in asked if one.bearer is Bearer.EMPLOYEE and one.code in codes)


def _sum_of(asked: Iterable[StatutoryLine], *codes: str) -> Decimal:
    return sum((one.amount for one in _of_employee(asked, codes)), ZERO)


def _base_of(asked: Iterable[StatutoryLine], *codes: str) -> Decimal:
    return sum((one.base for one in _of_employee(asked, codes)), ZERO)
