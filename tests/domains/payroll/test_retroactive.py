"""What closed periods should have come to: nothing changed is no difference, and late is as at once."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.rules.amounts import PayBasis, PayItem
from domains.payroll.rules.components import PercentageOf, UnknownComponent
from domains.payroll.rules.gross_to_net import Payslip
from domains.payroll.rules.proration import Span
from domains.payroll.rules.retroactive import ClosedPeriod, retroactive
from foundation.values.money import ZERO
from tests.domains.payroll.testland import (
    LONG_AGO,
    a_basis,
    a_catalogue,
    a_component,
    a_payslip,
    an_item,
    month,
)

PENSION = a_component("PENSION", PercentageOf(("base",), Decimal(4)), sign=ComponentSign.PRE_TAX_DEDUCTION)
SAVING = a_component(
    "SAVING",
    PercentageOf(("base",), Decimal(10)),
    sign=ComponentSign.EMPLOYER_CONTRIBUTION,
    most_a_year=Decimal(700),
)
DUES = a_component("DUES", PercentageOf(("base",), Decimal(1)), sign=ComponentSign.POST_TAX_DEDUCTION)
CATALOGUE = a_catalogue(PENSION, SAVING, DUES)
OTHERS = (an_item("PENSION"), an_item("SAVING"), an_item("DUES"))


def salaries(*raises: tuple[date, str]) -> tuple[PayItem, ...]:
    """The salary from each day on."""
    ends = [*(since for since, _ in raises[1:]), None]
    return tuple(
        an_item("SALARY", amount, Span(since, date.fromordinal(end.toordinal() - 1) if end else date.max))
        for (since, amount), end in zip(raises, ends, strict=True)
    )


def closed(payslips: Sequence[Payslip]) -> list[ClosedPeriod]:
    """What was paid, as the sums of the year would say it."""
    return [
        ClosedPeriod(one.period, {amount.code: amount.amount for amount in one.amounts}) for one in payslips
    ]


def bases(months: Sequence[int], items: tuple[PayItem, ...], paid: Sequence[Payslip] = ()) -> list[PayBasis]:
    """What months are computed from, with what was paid in the months before."""
    sums: dict[str, Decimal] = {}
    found = []
    for position, number in enumerate(months):
        found.append(a_basis(*items, *OTHERS, period=month(number), to_date=dict(sums)))
        for amount in paid[position].amounts if position < len(paid) else ():
            sums[amount.code] = sums.get(amount.code, ZERO) + amount.amount
    return found


def paid_through(months: Sequence[int], items: tuple[PayItem, ...]) -> list[Payslip]:
    """The payslips of some months, one after the other."""
    paid: list[Payslip] = []
    for number in months:
        basis = bases([*months[: len(paid)], number], items, paid)[-1]
        paid.append(a_payslip(catalogue=CATALOGUE, basis=basis))
    return paid


BEFORE = salaries((LONG_AGO, "3000"))
RAISED = salaries((LONG_AGO, "3000"), (date(2026, 2, 16), "3300"))


def test_nothing_changed_is_no_difference() -> None:
    paid = paid_through([1, 2, 3], BEFORE)

    assert retroactive(CATALOGUE, closed(paid), bases([1, 2, 3], BEFORE)) == ()


def test_a_raise_that_is_known_late_is_paid_by_the_month_that_it_was_earned_in() -> None:
    paid = paid_through([1, 2, 3], BEFORE)

    found = retroactive(CATALOGUE, closed(paid), bases([1, 2, 3], RAISED))

    # February: from the 16th on 15 of 30 thirtieths, 3,150 in place of 3,000; March 300 more. Pension: 4 %.
    # Saving: 300, 300 and then 100 up to 700; with the raise 300, 315 and 85.
    # Union dues are taken of the net that was paid, and are not computed again.
    assert [(one.period.starts_on.month, one.component.code, str(one.amount)) for one in found] == [
        (2, "SALARY", "150.00"),
        (2, "PENSION", "6.00"),
        (2, "SAVING", "15.00"),
        (3, "SALARY", "300.00"),
        (3, "PENSION", "12.00"),
        (3, "SAVING", "-15.00"),
    ]


def test_the_difference_is_paid_with_the_next_payslip_and_says_when_it_was_earned() -> None:
    paid = paid_through([1, 2, 3], BEFORE)
    found = retroactive(CATALOGUE, closed(paid), bases([1, 2, 3], RAISED))
    basis = bases([1, 2, 3, 4], RAISED, paid)[-1]

    april = a_payslip(catalogue=CATALOGUE, basis=basis, retroactive=found)

    # 3,300 + 150 + 300, less 4 % for the pension each.
    assert april.gross == Decimal("3750.00")
    assert april.sum_of(ComponentSign.PRE_TAX_DEDUCTION) == Decimal("150.00")
    assert april.added[2026]["SALARY"] == Decimal("3750.00")
    earned = [(one.code, one.earned_in, one.amount) for one in april.amounts if one.earned_in]
    assert earned[0] == ("SALARY", date(2026, 2, 1), Decimal("150.00"))
    # The saving of the year was full with March: 700.
    assert sum((one.amount for one in april.amounts if one.code == "SAVING"), ZERO) == 0
    rule = next(one for one in april.explained() if one.amount == Decimal("150.00"))
    assert rule.rule == "salary, computed again for 2026-02-01 to 2026-02-28"
    assert rule.steps == (("as known now", Decimal("3150.00")), ("paid for it before", Decimal("-3000.00")))


def test_what_was_earned_in_an_earlier_year_is_told_to_the_law_and_counts_in_that_year() -> None:
    december = a_payslip(basis=a_basis(an_item("SALARY", "1000"), period=month(12, 2025)))
    known = a_basis(an_item("SALARY", "1200"), period=month(12, 2025))
    found = retroactive(a_catalogue(), closed([december]), [known])

    january = a_payslip(basis=a_basis(an_item("SALARY", "1000"), period=month(1)), retroactive=found)

    # 20 % of 1,000 and 25 % of 200.
    assert january.statutory.lines[0].amount == Decimal("250.00")
    assert january.added == {2026: {"SALARY": Decimal("1000.00")}, 2025: {"SALARY": Decimal("200.00")}}


def test_what_is_paid_late_counts_towards_the_limit_of_its_year() -> None:
    # Saving of January: 300 as paid, 600 as known now. In February 100 are left of 700, and not 300.
    january = a_payslip(catalogue=CATALOGUE, basis=bases([1], BEFORE)[0])
    doubled = salaries((LONG_AGO, "6000"))
    found = retroactive(CATALOGUE, closed([january]), bases([1], doubled))

    basis = bases([1, 2], doubled, [january])[-1]
    february = a_payslip(catalogue=CATALOGUE, basis=basis, retroactive=found)

    savings = [(one.earned_in, one.amount) for one in february.amounts if one.code == "SAVING"]
    assert savings == [(None, Decimal("100.00")), (date(2026, 1, 1), Decimal("300.00"))]


def test_the_limit_of_a_year_begins_anew_with_the_year() -> None:
    # December 2025: 650 of 700 before, so 50. January: nothing before, so 300.
    periods = (month(12, 2025), month(1))
    sums: tuple[dict[str, Decimal], ...] = ({"SAVING": Decimal(650)}, {})
    known = [
        a_basis(*BEFORE, *OTHERS, period=period, to_date=of_year)
        for period, of_year in zip(periods, sums, strict=True)
    ]
    found = retroactive(CATALOGUE, [ClosedPeriod(period, {}) for period in periods], known)

    assert [str(one.now) for one in found if one.component.code == "SAVING"] == ["50.00", "300.00"]


def test_what_was_paid_and_is_not_due_any_more_is_taken_back() -> None:
    paid = paid_through([1], BEFORE)
    left = a_basis(*BEFORE, *OTHERS, period=month(1), employed=Span(LONG_AGO, date(2026, 1, 15)))

    found = retroactive(CATALOGUE, closed(paid), [left])

    # 15 of 30 thirtieths are left of all.
    assert [(one.component.code, str(one.amount)) for one in found] == [
        ("SALARY", "-1500.00"),
        ("PENSION", "-60.00"),
        ("SAVING", "-150.00"),
    ]


def test_what_was_paid_of_a_component_that_is_gone_is_refused() -> None:
    with pytest.raises(UnknownComponent, match="OLD was paid for 2026-01-01 to 2026-01-31"):
        retroactive(CATALOGUE, [ClosedPeriod(month(1), {"OLD": Decimal(1)})], bases([1], BEFORE))


@given(
    before=some.decimals(0, 9999, places=2),
    after=some.decimals(0, 9999, places=2),
    since=some.dates(date(2026, 1, 2), date(2026, 4, 30)),
    known_in=some.integers(1, 4),
)
def test_a_raise_known_late_is_as_one_known_at_once(
    before: Decimal, after: Decimal, since: date, known_in: int
) -> None:
    was = salaries((LONG_AGO, str(before)))
    now = salaries((LONG_AGO, str(before)), (since, str(after)))
    months = [1, 2, 3, 4]
    at_once = paid_through(months, now)

    late = paid_through(months[:known_in], was)
    found = retroactive(CATALOGUE, closed(late), bases(months[:known_in], now))
    corrected = [{**one.amounts} for one in closed(late)]
    for difference in found:
        of_month = corrected[difference.period.starts_on.month - 1]
        code = difference.component.code
        of_month[code] = of_month.get(code, ZERO) + difference.amount

    for expected, got in zip(at_once, corrected, strict=False):
        for amount in expected.amounts:
            if amount.code != "DUES":
                assert got[amount.code] == amount.amount, (expected.period, amount.code)
    gross = sum((one.gross for one in late), ZERO) + sum(
        (one.amount for one in found if one.component.sign is ComponentSign.EARNING), ZERO
    )
    assert gross == sum((one.gross for one in at_once[:known_in]), ZERO)
    again = [ClosedPeriod(one.period, sums) for one, sums in zip(late, corrected, strict=True)]
    assert retroactive(CATALOGUE, again, bases(months[:known_in], now)) == (), (
        "what was paid is not paid twice"
    )
