"""Balances of leave are the sum of their movements, whatever is taken, given back, carried over or lapses."""

import operator
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.hr.messages.leave import LeaveMovementKind as Kind
from domains.hr.rules.leave_balances import (
    DaysMoved,
    Entitled,
    NotEnoughLeave,
    balance_on,
    check_enough,
    lapses,
    to_lapse,
)

BEGINS = date(2025, 1, 1)
UNTIL_MARCH = [Entitled(year, Decimal(5), "03-31") for year in (2025, 2026)]


def granted(year: int, days: str) -> DaysMoved:
    """On the first day of the year."""
    return DaysMoved(date(year, 1, 1), Kind.ACCRUED, year, Decimal(days))


def taken(on: date, days: str = "1") -> DaysMoved:
    """So many on a day."""
    return DaysMoved(on, Kind.TAKEN, None, -Decimal(days))


def test_what_is_not_carried_over_lapses_with_the_year_and_the_rest_after_march() -> None:
    found = lapses(UNTIL_MARCH, [granted(2025, "30"), granted(2026, "30"), taken(date(2025, 8, 1), "22")])

    assert found == {
        (2025, date(2026, 1, 1)): 3,
        (2025, date(2026, 4, 1)): 5,
        (2026, date(2027, 1, 1)): 25,
        (2026, date(2027, 4, 1)): 5,
    }


def test_what_is_taken_until_the_last_day_is_of_the_year_before() -> None:
    some = [granted(2025, "30"), granted(2026, "30"), taken(date(2025, 8, 1), "22")]

    in_time = lapses(UNTIL_MARCH, [*some, taken(date(2026, 3, 31), "4")])
    too_late = lapses(UNTIL_MARCH, [*some, taken(date(2026, 4, 1), "4")])

    assert in_time[2025, date(2026, 4, 1)] == 1
    assert in_time[2026, date(2027, 1, 1)] == 25
    assert too_late[2025, date(2026, 4, 1)] == 5
    assert too_late[2026, date(2027, 1, 1)] == 21


def test_without_a_limit_all_of_it_goes_on_and_nothing_lapses() -> None:
    assert lapses([Entitled(2025, None, "")], [granted(2025, "30"), taken(BEGINS, "2")]) == {}


def test_who_takes_days_later_has_less_to_lose_and_who_gives_them_back_more() -> None:
    movements = [granted(2025, "30")]
    movements += to_lapse(UNTIL_MARCH[:1], movements)
    new = taken(date(2026, 2, 2), "2")
    fewer = to_lapse(UNTIL_MARCH[:1], [*movements, new])
    movements += [new, *fewer]
    back = DaysMoved(new.counts_on, Kind.GIVEN_BACK, None, Decimal(2))
    again = to_lapse(UNTIL_MARCH[:1], [*movements, back])

    assert fewer == [DaysMoved(date(2026, 4, 1), Kind.LAPSED, 2025, Decimal(2))]
    assert again == [DaysMoved(date(2026, 4, 1), Kind.LAPSED, 2025, Decimal(-2))]
    assert balance_on(movements, date(2026, 3, 31)) == 3
    assert balance_on(movements, date(2026, 4, 1)) == 0


def adjusted(on: date, year: int, days: str) -> DaysMoved:
    """Somebody has corrected what is of a year."""
    return DaysMoved(on, Kind.ADJUSTED, year, Decimal(days))


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 2, 10)])
def test_a_correction_downwards_is_of_its_own_year(on: date) -> None:
    movements = [granted(2025, "30"), granted(2026, "30")]

    found = lapses(UNTIL_MARCH, [*movements, adjusted(on, 2026, "-10")])

    assert found[2025, date(2026, 1, 1)] == 25
    assert found[2025, date(2026, 4, 1)] == 5
    assert found[2026, date(2027, 1, 1)] == 15


def test_what_its_own_year_has_no_more_a_correction_takes_of_the_others() -> None:
    movements = [granted(2025, "30"), granted(2026, "4")]

    found = lapses(UNTIL_MARCH, [*movements, adjusted(date(2026, 1, 1), 2026, "-6")])

    assert found[2025, date(2026, 4, 1)] == 3
    assert (2026, date(2027, 1, 1)) not in found


def test_of_the_last_day_no_more_is_taken_whichever_day_it_is_for() -> None:
    movements = [granted(2025, "1"), taken(date(2025, 12, 24))]

    check_enough(movements, "E-1")
    with pytest.raises(NotEnoughLeave, match="E-1 would have -1 days on 2025-12-24"):
        check_enough([*movements, taken(date(2025, 3, 3))], "E-1")
    with pytest.raises(NotEnoughLeave, match="on 2025-12-31"):
        check_enough([*movements, taken(date(2025, 12, 31))], "E-1")


DAYS = st.integers(0, 900).map(lambda n: BEGINS + timedelta(days=n))
AMOUNTS = st.integers(1, 12).map(lambda n: Decimal(n) / 2)
TERMS = st.lists(
    st.tuples(st.none() | st.integers(0, 10).map(Decimal), st.sampled_from(["", "01-31", "03-31", "12-31"])),
    min_size=3,
    max_size=3,
)


@given(TERMS, st.lists(st.tuples(DAYS, AMOUNTS, st.booleans()), max_size=25))
def test_the_sum_is_the_balance_and_is_never_negative_unless_that_is_allowed(
    terms: Sequence[tuple[Decimal | None, str]], asked: Sequence[tuple[date, Decimal, bool]]
) -> None:
    entitled = [Entitled(2025 + n, most, until) for n, (most, until) in enumerate(terms)]
    movements = [granted(one.year, "10") for one in entitled]
    movements += to_lapse(entitled, movements)
    for on, days, is_given_back in asked:
        new = taken(on, str(days))
        lapsed = to_lapse(entitled, [*movements, new])
        try:
            check_enough([*movements, new, *lapsed], "E-1")
        except NotEnoughLeave:
            continue
        movements += [new, *lapsed]
        if is_given_back:
            movements.append(DaysMoved(on, Kind.GIVEN_BACK, None, days))
            movements += to_lapse(entitled, movements)

    assert to_lapse(entitled, movements) == []
    for n in range(1_300):
        assert balance_on(movements, BEGINS + timedelta(days=n)) >= 0
    in_all = sum(lapses(entitled, movements).values(), Decimal(0))
    used = -sum((one.days for one in movements if one.kind in (Kind.TAKEN, Kind.GIVEN_BACK)), Decimal(0))
    assert balance_on(movements, date.max) == 30 - used - in_all


YEARS = st.sampled_from([None, 2025, 2026, 2027])


@given(TERMS, st.lists(st.tuples(DAYS, AMOUNTS | AMOUNTS.map(operator.neg), YEARS), max_size=25))
def test_what_lapses_never_makes_a_balance_negative_that_may_be(
    terms: Sequence[tuple[Decimal | None, str]], asked: Sequence[tuple[date, Decimal, int | None]]
) -> None:
    """Days are taken, and years corrected upwards and downwards."""
    entitled = [Entitled(2025 + n, most, until) for n, (most, until) in enumerate(terms)]
    movements = [granted(one.year, "10") for one in entitled]
    for on, days, year in asked:
        movements.append(taken(on, str(abs(days))) if year is None else adjusted(on, year, str(days)))

    lapsed = to_lapse(entitled, movements)

    for one in lapsed:
        before = [*movements, *(other for other in lapsed if other.counts_on <= one.counts_on)]
        of_the_day = [other for other in movements if other.counts_on == one.counts_on]
        in_the_morning = [other for other in before if other not in of_the_day]
        assert balance_on(in_the_morning, one.counts_on) >= 0
