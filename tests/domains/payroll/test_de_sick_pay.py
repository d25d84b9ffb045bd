"""Six weeks of continued pay: which days, for which illness, and when there is a new claim."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.payroll.countries.de.sick_pay import ContinuedPay, Sickness, continued_pay
from foundation.values.errors import Invalid

LONG_AGO = date(2000, 1, 1)
Dates = tuple[date, date]


def ill(starts_on: date, ends_on: date, illness: str = "back", *, began_at_work: bool = False) -> Sickness:
    """An absence for one illness, if no other is named."""
    return Sickness(starts_on, ends_on, illness, began_at_work)


def paid(*absences: Sickness, employed_from: date = LONG_AGO) -> list[ContinuedPay]:
    """What is paid of absences of somebody who has been employed for long."""
    return list(continued_pay(absences, employed_from=employed_from))


def days(*absences: Sickness) -> list[int]:
    """How many days are paid of each."""
    return [one.days for one in paid(*absences)]


@pytest.mark.parametrize(
    ("began_at_work", "paid_from", "paid_to"),
    [(True, date(2024, 5, 20), date(2024, 6, 30)), (False, date(2024, 5, 19), date(2024, 6, 29))],
)
def test_six_weeks_begin_with_the_first_day_that_was_not_worked(
    began_at_work: bool, paid_from: date, paid_to: date
) -> None:
    """aok.de, dauer-der-entgeltfortzahlung: ill from 19 May 2024, during work and before it."""
    [one] = paid(ill(date(2024, 5, 19), date(2024, 12, 31), began_at_work=began_at_work))

    assert (one.paid_from, one.paid_to, one.days) == (paid_from, paid_to, 42)


def test_absences_of_one_illness_share_six_weeks() -> None:
    """aok-business.de, Fortsetzungserkrankung, example 2: 19, 12 and 19 days in 2003, 42 of them paid."""
    first, second, third = paid(
        ill(date(2003, 1, 13), date(2003, 1, 31)),
        ill(date(2003, 3, 30), date(2003, 4, 10)),
        ill(date(2003, 7, 6), date(2003, 7, 24)),
    )

    assert [one.days for one in (first, second, third)] == [19, 12, 11]
    assert (third.paid_from, third.paid_to, third.used_before) == (date(2003, 7, 6), date(2003, 7, 16), 31)


def test_another_illness_has_six_weeks_of_its_own() -> None:
    assert days(
        ill(date(2025, 1, 1), date(2025, 2, 28)), ill(date(2025, 3, 3), date(2025, 5, 31), "flu")
    ) == [42, 42]


@pytest.mark.parametrize(("again_on", "expected"), [(date(2025, 8, 31), 0), (date(2025, 9, 1), 42)])
def test_six_months_without_it_give_a_new_claim(again_on: date, expected: int) -> None:
    before = ill(date(2025, 1, 1), date(2025, 2, 28))

    assert days(before, ill(again_on, again_on + timedelta(days=60))) == [42, expected]


@pytest.mark.parametrize(
    ("began_at_work", "again_on", "expected"),
    [
        (False, date(2026, 1, 19), 0),
        (False, date(2026, 1, 20), 42),
        (True, date(2026, 1, 20), 0),
        (True, date(2026, 1, 21), 42),
    ],
)
def test_twelve_months_after_its_first_day_give_a_new_claim(
    began_at_work: bool, again_on: date, expected: int
) -> None:
    """Haufe, § 3 EFZG, Rz. 125: from 20 January to 19 January, or to the 20th when it began at work."""
    first = ill(date(2025, 1, 20), date(2025, 3, 31), began_at_work=began_at_work)
    between = ill(date(2025, 8, 1), date(2025, 8, 10))
    late = ill(date(2025, 12, 1), date(2025, 12, 5))

    assert days(first, between, late, ill(again_on, again_on + timedelta(days=60)))[-1] == expected


def test_an_absence_that_lasts_beyond_the_twelve_months_has_no_new_claim() -> None:
    first = ill(date(2025, 1, 1), date(2025, 3, 31))
    between = ill(date(2025, 8, 1), date(2025, 8, 10))

    assert days(first, between, ill(date(2025, 12, 20), date(2026, 3, 31))) == [42, 0, 0]
    assert days(
        first, between, ill(date(2025, 12, 20), date(2025, 12, 31)), ill(date(2026, 1, 1), date(2026, 3, 1))
    ) == [42, 0, 0, 0]


def test_a_new_claim_begins_its_own_twelve_months() -> None:
    absences = [
        ill(date(2025, 1, 1), date(2025, 3, 31)),
        ill(date(2025, 10, 1), date(2025, 11, 30)),
        ill(date(2026, 1, 2), date(2026, 2, 1)),
        ill(date(2026, 6, 1), date(2026, 6, 30)),
        ill(date(2026, 10, 1), date(2026, 10, 31)),
    ]

    assert days(*absences) == [42, 42, 0, 0, 31]


@pytest.mark.parametrize("other_from", [date(2025, 1, 20), date(2025, 2, 1)])
def test_an_illness_that_joins_or_follows_at_once_prolongs_one_absence(other_from: date) -> None:
    """GR of 25 June 1998 on the EFZG, 6 [1] and [2]; Federal Labour Court, 5 AZR 505/18."""
    first, other = paid(ill(date(2025, 1, 1), date(2025, 1, 31)), ill(other_from, date(2025, 3, 31), "flu"))

    assert (first.days, other.days) == (31, 11)
    assert (other.paid_from, other.paid_to) == (date(2025, 2, 1), date(2025, 2, 11))


def test_an_illness_within_another_uses_nothing_of_its_own_claim() -> None:
    """GR of 25 June 1998 on the EFZG, 6 [4]."""
    within = ill(date(2025, 1, 10), date(2025, 1, 20), "flu")

    assert days(
        ill(date(2025, 1, 1), date(2025, 1, 31)), within, ill(date(2025, 4, 1), date(2025, 5, 31), "flu")
    ) == [31, 0, 42]


def test_an_illness_that_joins_uses_its_own_claim_from_when_it_is_alone() -> None:
    """GR of 25 June 1998 on the EFZG, 6 [3]: 30 days were paid of it before."""
    assert days(
        ill(date(2025, 1, 1), date(2025, 1, 30), "flu"),
        ill(date(2025, 3, 1), date(2025, 3, 10)),
        ill(date(2025, 3, 5), date(2025, 4, 30), "flu"),
    ) == [30, 10, 12]


def test_a_day_of_work_between_ends_the_case() -> None:
    assert days(
        ill(date(2025, 1, 1), date(2025, 2, 11)), ill(date(2025, 2, 13), date(2025, 2, 20), "flu")
    ) == [42, 8]


def test_nothing_is_paid_in_the_first_four_weeks() -> None:
    [waiting, after] = paid(
        ill(date(2025, 3, 10), date(2025, 3, 20)),
        ill(date(2025, 3, 25), date(2025, 6, 30), "flu"),
        employed_from=date(2025, 3, 3),
    )

    assert (waiting.days, waiting.paid_from, waiting.paid_to) == (0, None, None)
    assert (after.paid_from, after.paid_to, after.days) == (date(2025, 3, 31), date(2025, 5, 11), 42)


def test_absences_in_any_order_are_answered_by_their_day() -> None:
    january, march = ill(date(2025, 1, 1), date(2025, 1, 31)), ill(date(2025, 3, 1), date(2025, 3, 31))

    assert [one.sickness for one in paid(march, january)] == [january, march]
    assert days(march, january) == [31, 11]


def test_what_cannot_be_is_refused_by_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        paid(ill(date(2025, 1, 2), date(2025, 1, 1)), ill(date(2025, 1, 1), date(2025, 1, 1), " "))

    assert [error.field for error in refusal.value.errors] == ["absences.0.ends_on", "absences.1.illness"]


@given(
    st.lists(
        st.tuples(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 90), st.sampled_from("ab")),
        max_size=8,
    )
)
def test_no_day_is_paid_twice_and_no_absence_for_more_than_six_weeks(
    rows: list[tuple[date, int, str]],
) -> None:
    answers = paid(*(ill(first, first + timedelta(days=length), name) for first, length, name in rows))

    seen: set[date] = set()
    for one in answers:
        if one.paid_from is None or one.paid_to is None:
            assert one.days == 0
            continue
        its_days = {one.paid_from + timedelta(days=number) for number in range(one.days)}
        assert 1 <= one.days <= 42
        assert max(its_days) == one.paid_to
        assert one.sickness.starts_on <= one.paid_from <= one.paid_to <= one.sickness.ends_on
        assert not seen & its_days
        assert one.used_before + one.days <= 42
        seen |= its_days
