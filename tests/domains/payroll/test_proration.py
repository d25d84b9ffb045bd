"""Parts of a period: each method by hand, and no cent lost however a period is cut."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.messages.kinds import ProrationMethod
from domains.payroll.rules.proration import NothingToProrateBy, Span, WorkCalendar, part_of, prorated, units
from foundation.values.money import ZERO

JUNE = Span(date(2026, 6, 1), date(2026, 6, 30))
A_DAY = timedelta(days=1)


def june(first: int, last: int) -> Span:
    """Days of June 2026, whose first is a Monday."""
    return Span(date(2026, 6, first), date(2026, 6, last))


def days_of(month: Span) -> list[date]:
    """Every day of a month."""
    return [month.first + A_DAY * number for number in range((month.last - month.first).days + 1)]


def working(month: Span, hours: str = "8") -> WorkCalendar:
    """Mondays to Fridays, with as many hours each."""
    worked = tuple(day for day in days_of(month) if day.weekday() < 5)
    return WorkCalendar(worked, dict.fromkeys(worked, Decimal(hours)))


def amounts(
    parts: list[tuple[Span, str]],
    method: ProrationMethod,
    month: Span = JUNE,
    calendar: WorkCalendar | None = None,
) -> list[str]:
    """What the parts of a month earn, by what the month would."""
    measured = [
        part_of((month,), days, Decimal(amount), method, calendar or working(month)) for days, amount in parts
    ]
    return [str(amount) for amount in prorated(measured, currency="EUR")]


@pytest.mark.parametrize(
    ("method", "joins_on_the_16th", "leaves_on_the_10th"),
    [
        # 3000 * 15 / 30 and 3000 * 10 / 30 calendar days.
        (ProrationMethod.CALENDAR_DAYS, "1500.00", "1000.00"),
        # 22 working days; 11 from Tuesday the 16th, 8 through Wednesday the 10th: 3000 * 8 / 22 = 1090.909…
        (ProrationMethod.WORKING_DAYS, "1500.00", "1090.91"),
        (ProrationMethod.HOURS, "1500.00", "1090.91"),
        # June has 30 days: as calendar days.
        (ProrationMethod.THIRTIETHS, "1500.00", "1000.00"),
    ],
)
def test_who_joins_or_leaves_amid_a_month(
    method: ProrationMethod, joins_on_the_16th: str, leaves_on_the_10th: str
) -> None:
    assert amounts([(june(16, 30), "3000")], method) == [joins_on_the_16th]
    assert amounts([(june(1, 10), "3000")], method) == [leaves_on_the_10th]


def test_a_raise_amid_a_month() -> None:
    # 3000 * 15 / 30 = 1500 and 3300 * 15 / 30 = 1650.
    parts = [(june(1, 15), "3000"), (june(16, 30), "3300")]

    assert amounts(parts, ProrationMethod.CALENDAR_DAYS) == ["1500.00", "1650.00"]


def test_unpaid_leave_leaves_a_gap() -> None:
    # Monday 8 to Friday 12 June: 5 of 22 working days. 3000 * 5 / 22 = 681.818…, 3000 * 12 / 22 = 1636.363…,
    # together 3000 * 17 / 22 = 2318.1818… = 2318.18: the cut parts are 681.81 and 1636.36, and the cent that
    # is left goes to the larger remainder, .818.
    parts = [(days, "3000") for days in JUNE.without([june(8, 12)])]

    assert [str(days) for days, _ in parts] == ["2026-06-01 to 2026-06-07", "2026-06-13 to 2026-06-30"]
    assert amounts(parts, ProrationMethod.WORKING_DAYS) == ["681.82", "1636.36"]


def test_hours_weigh_days_by_what_is_worked_on_them() -> None:
    # 8 hours on the first, 4 on the second: the first is two thirds of 900.
    short = WorkCalendar(hours={date(2026, 6, 1): Decimal(8), date(2026, 6, 2): Decimal(4)})

    assert amounts([(june(1, 1), "900"), (june(2, 2), "900")], ProrationMethod.HOURS, JUNE, short) == [
        "600.00",
        "300.00",
    ]


@pytest.mark.parametrize(
    ("first", "last", "thirtieths"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), 30),
        (date(2026, 1, 16), date(2026, 1, 31), 15),  # 16 calendar days, of which the 31st counts nothing.
        (date(2026, 1, 31), date(2026, 1, 31), 0),
        (date(2026, 1, 1), date(2026, 1, 30), 30),
        (date(2026, 2, 1), date(2026, 2, 28), 30),
        (date(2026, 2, 15), date(2026, 2, 28), 16),  # 14 calendar days, and two that February lacks.
        (date(2026, 2, 1), date(2026, 2, 14), 14),
        (date(2028, 2, 29), date(2028, 2, 29), 2),  # A leap year lacks one.
        (date(2026, 12, 16), date(2027, 1, 15), 30),
        (date(2026, 1, 1), date(2026, 12, 31), 360),
    ],
)
def test_a_month_has_thirty_thirtieths(first: date, last: date, thirtieths: int) -> None:
    assert units(Span(first, last), ProrationMethod.THIRTIETHS, WorkCalendar()) == thirtieths


def test_three_thirds_are_the_whole() -> None:
    # 1000 / 3 = 333.333…: the earliest takes the cent.
    parts = [(june(1, 10), "1000"), (june(11, 20), "1000"), (june(21, 30), "1000")]

    assert amounts(parts, ProrationMethod.CALENDAR_DAYS) == ["333.34", "333.33", "333.33"]


@pytest.mark.parametrize("method", [ProrationMethod.WORKING_DAYS, ProrationMethod.HOURS])
def test_a_period_without_work_is_refused(method: ProrationMethod) -> None:
    with pytest.raises(NothingToProrateBy, match="2026-06-06 to 2026-06-07 has no"):
        amounts([(june(6, 7), "100")], method, june(6, 7), working(june(1, 5)))


def test_gaps_that_overlap_or_lie_outside_are_taken_out_once() -> None:
    gaps = [june(5, 10), june(8, 12), june(9, 9)]
    outside = [Span(date(2026, 5, 1), date(2026, 6, 2)), Span(date(2026, 7, 1), date.max)]

    assert JUNE.without([*gaps, *outside]) == (june(3, 4), june(13, 30))
    assert JUNE.without([Span(date.min, date.max)]) == ()
    assert JUNE.within(Span(date(2026, 7, 1), date(2026, 7, 2))) is None


MONTHS = some.dates(date(2020, 1, 1), date(2032, 12, 1)).map(
    lambda day: Span(day.replace(day=1), (day.replace(day=28) + A_DAY * 4).replace(day=1) - A_DAY)
)


@given(
    MONTHS,
    some.sampled_from(ProrationMethod),
    some.decimals(0, 99_999, places=2),
    some.sets(some.integers(2, 28), max_size=8),
)
def test_the_pieces_of_a_month_are_the_month(
    month: Span, method: ProrationMethod, amount: Decimal, cuts: set[int]
) -> None:
    starts = [month.first, *(month.first.replace(day=cut) for cut in sorted(cuts))]
    ends = [*(start - A_DAY for start in starts[1:]), month.last]
    calendar = working(month)
    spans = [Span(first, last) for first, last in zip(starts, ends, strict=True)]
    parts = [part_of((month,), days, amount, method, calendar) for days in spans]

    pieces = prorated(parts, currency="EUR")

    assert sum(pieces, ZERO) == amount
    assert sum((part.units for part in parts), ZERO) == parts[0].whole
    for part, piece in zip(parts, pieces, strict=True):
        assert abs(piece - part.exact) < Decimal("0.01")


def test_another_total_is_shared_out_as_the_exact_sum_would_be() -> None:
    parts = [part_of((JUNE,), june(1, 15), Decimal(3000), ProrationMethod.THIRTIETHS, WorkCalendar())] * 2

    assert prorated(parts, currency="EUR", total=Decimal("100.01")) == (Decimal("50.01"), Decimal("50.00"))
