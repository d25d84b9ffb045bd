"""When returns are due, for which periods they are, and what a pack without any says."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from domains.payroll.countries import pack_of
from domains.payroll.countries.de.working_days import easter, is_working_day
from domains.payroll.messages.kinds import ReturnPeriod
from domains.payroll.rules.returns import days_of, return_kind, returns_of
from domains.payroll.rules.statutory import CountryPack, UnknownYear
from foundation.values.errors import Invalid, NotFound

GERMANY, STATES = pack_of("DE"), pack_of("US")
ELSEWHERE = cast(CountryPack, SimpleNamespace(country="XU", years=(2026,)))
DUE_2026 = (28, 25, 27, 28, 27, 26, 29, 27, 28, 28, 26, 28)
"""As health funds have published them; of 2025 where no state's own holiday is near."""
DUE_2025 = (29, 26, 27, 28, 27, 26, 29, 27, 26, None, 26, 23)


@pytest.mark.parametrize(("year", "days"), [(2025, DUE_2025), (2026, DUE_2026)])
def test_contributions_are_due_when_health_funds_say(year: int, days: Sequence[int | None]) -> None:
    due_on = return_kind(GERMANY, "contribution_statement").due_on

    for month, day in enumerate(days, start=1):
        if day is not None:
            assert due_on(date(year, month, 1)) == date(year, month, day)


@pytest.mark.parametrize(
    ("country", "kind", "first", "due_on"),
    [
        ("DE", "wage_tax_return", "2026-02-01", "2026-03-10"),
        ("DE", "wage_tax_return", "2026-04-01", "2026-05-11"),  # The 10th is a Sunday.
        ("DE", "wage_tax_return", "2025-12-01", "2026-01-12"),  # A Saturday.
        ("DE", "wage_tax_certificate", "2025-01-01", "2026-03-02"),  # The 28th of February is a Saturday.
        ("DE", "wage_tax_certificate", "2026-01-01", "2027-03-01"),
        ("US", "form_941", "2026-01-01", "2026-04-30"),
        ("US", "form_941", "2026-07-01", "2026-11-02"),  # The 31st of October is a Saturday.
        ("US", "form_941", "2026-10-01", "2027-02-01"),
        ("US", "form_w2", "2025-01-01", "2026-02-02"),
    ],
)
def test_a_return_is_due_on_a_day_on_which_its_office_works(
    country: str, kind: str, first: str, due_on: str
) -> None:
    assert str(return_kind(pack_of(country), kind).due_on(date.fromisoformat(first))) == due_on


def test_easter_is_when_it_was() -> None:
    known = {2000: (4, 23), 2008: (3, 23), 2011: (4, 24), 2025: (4, 20), 2026: (4, 5), 2038: (4, 25)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known
    assert [is_working_day(date(2026, 4, day)) for day in (2, 3, 6, 7)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("each", "period", "days"),
    [
        (ReturnPeriod.MONTH, "2026-02", ("2026-02-01", "2026-02-28")),
        (ReturnPeriod.MONTH, "2026-12", ("2026-12-01", "2026-12-31")),
        (ReturnPeriod.QUARTER, "2026-Q1", ("2026-01-01", "2026-03-31")),
        (ReturnPeriod.QUARTER, "2025-Q4", ("2025-10-01", "2025-12-31")),
        (ReturnPeriod.YEAR, "2026", ("2026-01-01", "2026-12-31")),
    ],
)
def test_a_period_has_a_first_and_a_last_day(each: ReturnPeriod, period: str, days: tuple[str, str]) -> None:
    first, last = days_of(each, period, STATES)

    assert (str(first), str(last)) == days


@pytest.mark.parametrize(
    ("each", "period"),
    [
        *((ReturnPeriod.MONTH, period) for period in ("2026", "2026-13", "2026-1", "2026-Q1", "٢٠٢٦-01")),
        *((ReturnPeriod.QUARTER, period) for period in ("2026-Q5", "2026-01", "2026-q1")),
        *((ReturnPeriod.YEAR, period) for period in ("26", "2026-01", "")),
    ],
)
def test_a_period_of_another_form_is_refused(each: ReturnPeriod, period: str) -> None:
    with pytest.raises(Invalid) as refused:
        days_of(each, period, STATES)

    assert [field for field, _ in refused.value.errors] == ["period"]


def test_a_year_whose_law_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownYear, match="the law of 2019 is not known; known are 2025, 2026") as refused:
        days_of(ReturnPeriod.YEAR, "2019", GERMANY)

    assert [field for field, _ in refused.value.errors] == ["period"]


@pytest.mark.parametrize(
    ("pack", "there_are"),
    [(GERMANY, "contribution_statement, wage_tax_certificate, wage_tax_return"), (ELSEWHERE, "none")],
)
def test_a_return_that_a_country_does_not_have_is_refused(pack: Any, there_are: str) -> None:
    with pytest.raises(NotFound, match=f"{pack.country} has no return form_940; there are: {there_are}"):
        return_kind(pack, "form_940")


def test_a_pack_that_says_nothing_of_returns_has_none() -> None:
    assert returns_of(ELSEWHERE) == {}
