"""Components of pay: each kind by hand, their order, their versions amid a period, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domains.payroll.messages.kinds import ComponentSign, ProrationMethod
from domains.payroll.rules.amounts import ComponentAmount, PayItem, PayItemIncomplete, computed
from domains.payroll.rules.components import (
    BracketTable,
    ByFormula,
    ComponentCatalogue,
    ComponentCycle,
    ComponentRefused,
    ComponentVersion,
    FixedAmount,
    NoComponentVersion,
    PayBracket,
    PayComponent,
    PayRounding,
    PercentageOf,
    RateTimesQuantity,
    UnknownComponent,
)
from domains.payroll.rules.formulas import Formula, FormulaNameUnknown
from domains.payroll.rules.proration import Span
from domains.payroll.rules.statutory import UnknownTreatment
from foundation.values.money import ZERO
from tests.domains.payroll.testland import LONG_AGO, PACK, a_basis, a_catalogue, a_component, an_item

THE_16TH = date(2026, 6, 16)


def june(first: int, last: int) -> Span:
    """Days of June 2026."""
    return Span(date(2026, 6, first), date(2026, 6, last))


def by_formula(text: str) -> ByFormula:
    """A kind that is computed by a formula."""
    return ByFormula(Formula.parse(text))


def table(*brackets: tuple[str, str, str], marginal: bool) -> BracketTable:
    """A table for the base, by lower bound, percentage and fixed amount."""
    of = tuple(
        PayBracket(Decimal(above), Decimal(percent), Decimal(fixed)) for above, percent, fixed in brackets
    )
    return BracketTable(("base",), of, marginal)


def amounts(
    component: PayComponent, *items: PayItem, figures: dict[str, str] | None = None, **others: Any
) -> dict[str, ComponentAmount]:
    """What the components come to, by code, with a salary of 3,000 unless the items say it."""
    known = {name: Decimal(value) for name, value in (figures or {}).items()}
    salary = () if any(one.code == "SALARY" for one in items) else (an_item("SALARY", "3000"),)
    catalogue = a_catalogue(component, figures=known)
    return {one.code: one for one in computed(catalogue, a_basis(*salary, *items, figures=known, **others))}


@pytest.mark.parametrize(
    ("component", "item", "comes_to"),
    [
        (a_component("X", FixedAmount(Decimal(50))), an_item("X"), "50.00"),
        (a_component("X", FixedAmount(Decimal(50))), an_item("X", "70"), "70.00"),
        # 10.5 hours at 20.
        (a_component("X", RateTimesQuantity(Decimal(20))), an_item("X", quantity="10.5"), "210.00"),
        (a_component("X", RateTimesQuantity()), an_item("X", quantity="10.5", rate="21"), "220.50"),
        # 9.3 % of 3,000.
        (a_component("X", PercentageOf(("base",), Decimal("9.3"))), an_item("X"), "279.00"),
        (a_component("X", PercentageOf(("SALARY",), Decimal("9.3"))), an_item("X", rate="5"), "150.00"),
        (
            a_component("X", by_formula("round(base / 173.33, 2) * quantity")),
            an_item("X", quantity="3"),
            "51.93",
        ),
        # 10 % of 1,000 to 2,000 and 20 % of 2,000 to 3,000.
        (
            a_component(
                "X", table(("1000", "10", "0"), ("2000", "20", "0"), ("5000", "90", "0"), marginal=True)
            ),
            an_item("X"),
            "300.00",
        ),
        # 3,000 is above 2,000: 50 and 2 % of all 3,000.
        (
            a_component(
                "X", table(("1000", "1", "0"), ("2000", "2", "50"), ("3000", "9", "9"), marginal=False)
            ),
            an_item("X"),
            "110.00",
        ),
        (a_component("X", table(("3000", "9", "0"), marginal=True)), an_item("X"), "0.00"),
        # 3000 / 173.33 = 17.3080…, to multiples of 0.05: 17.30; up: 17.35.
        (
            a_component("X", by_formula("base / 173.33"), rounding=PayRounding(Decimal("0.05"))),
            an_item("X"),
            "17.30",
        ),
        (
            a_component("X", by_formula("base / 173.33"), rounding=PayRounding(Decimal("0.05"), "up")),
            an_item("X"),
            "17.35",
        ),
        # Half up to the cent, away from zero: 2.345 and -2.345.
        (a_component("X"), an_item("X", "2.345"), "2.35"),
        (a_component("X"), an_item("X", "-2.345"), "-2.35"),
        # Finer than the cent is not paid.
        (a_component("X", rounding=PayRounding(Decimal("0.001"))), an_item("X", "2.3456"), "2.35"),
        (a_component("X", most_a_period=Decimal(40)), an_item("X", "50"), "40.00"),
        (a_component("X", most_a_period=Decimal(40)), an_item("X", "-50"), "-50.00"),
    ],
)
def test_each_kind_comes_to(component: PayComponent, item: PayItem, comes_to: str) -> None:
    amount = amounts(component, item)["X"]

    assert str(amount.amount) == comes_to
    assert sum((piece.amount for piece in amount.pieces), ZERO) == amount.amount


def test_a_limit_of_a_year_counts_what_was_paid_before() -> None:
    limited = a_component("X", most_a_year=Decimal(1000))
    item = an_item("X", "300")

    # 1,000 less 800 leaves 200; less 1,000 or 1,100 nothing, and nothing is taken back.
    for so_far, left in (("600", "300.00"), ("800", "200.00"), ("1000", "0.00"), ("1100", "0.00")):
        assert str(amounts(limited, item, to_date={"X": Decimal(so_far)})["X"].amount) == left


def test_a_raise_amid_the_month_is_paid_by_its_days() -> None:
    # 3,000 * 15/30 + 3,300 * 15/30.
    raised = (an_item("SALARY", "3000", june(1, 15)), an_item("SALARY", "3300", Span(THE_16TH, date.max)))

    salary = amounts(a_component("X"), *raised)["SALARY"]

    assert salary.amount == Decimal("3150.00")
    assert [str(piece.amount) for piece in salary.pieces] == ["1500.00", "1650.00"]
    assert salary.steps[0] == ("3000 × 15/30 thirtieths, 2026-06-01 to 2026-06-15", Decimal(1500))


def test_joining_and_unpaid_leave_lower_what_stands_for_the_period_and_what_rests_on_it() -> None:
    pension = a_component(
        "PENSION", PercentageOf(("base",), Decimal(10)), sign=ComponentSign.PRE_TAX_DEDUCTION
    )
    bonus = an_item("PENSION")

    # Joined on the 11th, three days of leave: 17 of 30 thirtieths of 3,000 = 1,700, of which 10 %.
    found = amounts(pension, bonus, employed=Span(date(2026, 6, 11), date.max), unpaid=(june(22, 24),))

    assert found["SALARY"].amount == Decimal("1700.00")
    assert found["PENSION"].amount == Decimal("170.00"), "the share is not taken twice"


def test_what_rests_on_others_since_a_day_counts_for_its_share_of_the_days_of_employment() -> None:
    saving = a_component("SAVING", PercentageOf(("base",), Decimal(10)))

    # Joined on the 11th: 2,000; saves since the 21st, 10 of 20 days: 10 % of 2,000 by half.
    found = amounts(saving, an_item("SAVING", None, june(21, 30)), employed=Span(date(2026, 6, 11), date.max))

    assert found["SAVING"].amount == Decimal("100.00")


def test_what_does_not_stand_for_the_period_is_paid_whole_also_after_leaving() -> None:
    found = amounts(
        a_component("BONUS"), an_item("BONUS", "500", june(20, 20)), employed=Span(LONG_AGO, june(1, 5).last)
    )

    assert found["SALARY"].amount == Decimal("500.00")
    assert found["BONUS"].amount == Decimal("500.00")


def test_who_is_not_employed_in_the_period_has_no_salary() -> None:
    assert "SALARY" not in amounts(a_component("X"), employed=Span(LONG_AGO, date(2026, 5, 31)))


def test_two_versions_count_for_their_days() -> None:
    versions = (
        ComponentVersion(THE_16TH, PercentageOf(("base",), Decimal(6))),
        ComponentVersion(LONG_AGO, PercentageOf(("base",), Decimal(4))),
    )

    # 4 % of 3,000 for 15 of 30 days, and 6 % for the others: 60 + 90.
    found = amounts(a_component("X", versions=versions), an_item("X"))["X"]

    assert found.amount == Decimal("150.00")
    assert found.rule == "x, as from 2020-01-01 and 2026-06-16"
    assert [says for says, _ in found.steps] == [
        "4 % of base, 3000.00 × 15/30 calendar days, 2026-06-01 to 2026-06-15",
        "6 % of base, 3000.00 × 15/30 calendar days, 2026-06-16 to 2026-06-30",
    ]


def test_hours_of_a_day_are_paid_at_the_rate_of_that_day() -> None:
    versions = (
        ComponentVersion(LONG_AGO, RateTimesQuantity(Decimal(20))),
        ComponentVersion(THE_16TH, RateTimesQuantity(Decimal(22))),
    )
    worked = (an_item("X", None, june(15, 15), quantity="3"), an_item("X", None, june(16, 16), quantity="2"))

    found = amounts(a_component("X", versions=versions), *worked)["X"]

    assert [f"{piece.hours} × {piece.rate} = {piece.amount}" for piece in found.pieces] == [
        "3 × 20 = 60.00",
        "2 × 22 = 44.00",
    ]


def test_hours_of_no_day_are_shared_by_the_days_of_each_rate() -> None:
    versions = (
        ComponentVersion(LONG_AGO, RateTimesQuantity(Decimal(20))),
        ComponentVersion(THE_16TH, RateTimesQuantity(Decimal(22))),
    )

    found = amounts(a_component("X", versions=versions), an_item("X", quantity="10"))["X"]

    assert [f"{piece.hours} × {piece.rate} = {piece.amount}" for piece in found.pieces] == [
        "5 × 20 = 100.00",
        "5 × 22 = 110.00",
    ]


def test_what_is_counted_and_is_no_hours_has_none() -> None:
    travelled = a_component("KM", RateTimesQuantity(Decimal("0.3"), is_of_hours=False))

    assert amounts(travelled, an_item("KM", quantity="100"))["KM"].pieces[0].hours is None


def test_the_limit_of_the_last_day_counts() -> None:
    versions = (
        ComponentVersion(LONG_AGO, FixedAmount(Decimal(100)), most_a_period=Decimal(10)),
        ComponentVersion(THE_16TH, FixedAmount(Decimal(100)), most_a_period=Decimal(70)),
    )

    found = amounts(a_component("X", versions=versions), an_item("X"))["X"]

    assert found.amount == 70
    assert sum((piece.amount for piece in found.pieces), ZERO) == 70
    assert found.steps[-1] == ("at most 70.00 a period", Decimal(70))


def test_components_are_computed_after_what_they_rest_on_in_whatever_order_they_are_given() -> None:
    third = a_component("THIRD", by_formula("SECOND + years"))
    second = a_component("SECOND", PercentageOf(("FIRST",), Decimal(50)))
    first = a_component("FIRST", FixedAmount(Decimal(100)))

    catalogue = a_catalogue(third, second, first, figures={"years"})
    items = (an_item("THIRD"), an_item("SECOND"), an_item("FIRST"))
    found = computed(catalogue, a_basis(*items, figures={"years": Decimal(7)}))

    assert [one.code for one in found] == ["FIRST", "SECOND", "THIRD"]
    assert [int(one.amount) for one in found] == [100, 50, 57]


def test_a_component_without_an_item_counts_as_nothing() -> None:
    catalogue = a_catalogue(a_component("A"), a_component("B", by_formula("A + 1")))

    (found,) = computed(catalogue, a_basis(an_item("B")))

    assert (found.code, found.amount) == ("B", Decimal(1))


def test_a_figure_never_stands_for_a_component() -> None:
    figures = {"base": Decimal(9), "SALARY": Decimal(9)}
    catalogue = a_catalogue(a_component("X", by_formula("base + SALARY")))

    found = computed(catalogue, a_basis(an_item("SALARY", "3000"), an_item("X"), figures=figures))

    assert found[-1].amount == Decimal(6000)


def test_a_formula_shows_what_it_was_computed_with() -> None:
    found = amounts(a_component("X", by_formula("years * 10")), an_item("X"), figures={"years": "7"})["X"]

    assert found.steps[0] == ("years =", Decimal(7))
    assert found.steps[1][0].startswith("formula years * 10, 2026-06-01")


def test_brackets_show_what_lies_in_each() -> None:
    marginal = table(("1000", "10", "0"), ("2000", "20", "0"), marginal=True)

    assert [step for step, _ in amounts(a_component("X", marginal), an_item("X"))["X"].steps][:2] == [
        "10 % of 1000 to 2000",
        "20 % of 2000 to 3000.00",
    ]


def test_a_circle_is_refused_and_shown() -> None:
    one = a_component("ONE", by_formula("TWO + 1"))
    two = a_component("TWO", PercentageOf(("THREE",), Decimal(1)))
    three = a_component("THREE", by_formula("ONE"))

    with pytest.raises(ComponentCycle, match=r"ONE → TWO → THREE → ONE|TWO → THREE → ONE → TWO|THREE → ONE"):
        a_catalogue(one, two, three)


def test_what_counts_as_base_and_rests_on_base_is_a_circle() -> None:
    with pytest.raises(ComponentCycle, match="X → X"):
        a_catalogue(a_component("X", PercentageOf(("base",), Decimal(1)), counts_as_base=True))


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(UnknownComponent, match="X rests on salary, years"):
        a_catalogue(a_component("X", by_formula("salary + years + SALARY")))


@pytest.mark.parametrize(
    ("components", "refusal", "why"),
    [
        (
            [a_component("X", treatment="magic")],
            UnknownTreatment,
            "'magic' is no treatment.*deferred, exempt, regular",
        ),
        (
            [a_component("X", sign=ComponentSign.INFORMATION, treatment="regular")],
            UnknownTreatment,
            "leave it out",
        ),
        ([a_component("X", treatment="")], UnknownTreatment, "'' is no treatment"),
        ([a_component("X"), a_component("X")], ComponentRefused, "another component has this code"),
        ([a_component("X-1")], ComponentRefused, "a code is letters"),
        ([a_component("ÜBER")], ComponentRefused, "a code is letters"),
        ([a_component("base")], ComponentRefused, "a meaning of its own"),
        ([a_component("half_up")], ComponentRefused, "a meaning of its own"),
        ([a_component("negative_net")], ComponentRefused, "a meaning of its own"),
        (
            [a_component("X", versions=(ComponentVersion(LONG_AGO, FixedAmount()),) * 2)],
            ComponentRefused,
            "another day",
        ),
        ([a_component("X", PercentageOf(()))], ComponentRefused, "say which components"),
        ([a_component("X", table(marginal=True))], ComponentRefused, "one bracket or more"),
        (
            [a_component("X", table(("2", "1", "0"), ("1", "1", "0"), marginal=True))],
            ComponentRefused,
            "higher",
        ),
        ([a_component("X", table(("0", "1", "5"), marginal=True))], ComponentRefused, "percentages only"),
        ([a_component("X", rounding=PayRounding(ZERO))], ComponentRefused, "multiples of more than 0"),
        (
            [a_component("X", rounding=PayRounding(Decimal(1), "off"))],
            ComponentRefused,
            "multiples of more than 0",
        ),
        ([a_component("X", most_a_year=Decimal(-1))], ComponentRefused, "is not negative"),
        (
            [a_component("X", PercentageOf(("base",)), proration=ProrationMethod.HOURS)],
            ComponentRefused,
            "only a fixed amount is prorated",
        ),
        (
            [a_component("X", sign=ComponentSign.PRE_TAX_DEDUCTION, counts_as_base=True)],
            ComponentRefused,
            "only earnings and benefits",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(components: list[PayComponent], refusal: type, why: str) -> None:
    with pytest.raises(refusal, match=why):
        ComponentCatalogue.of(components, treatments=PACK.treatments)


@pytest.mark.parametrize(
    ("component", "item", "refusal", "why"),
    [
        (a_component("X"), an_item("X"), PayItemIncomplete, "X needs its amount"),
        (
            a_component("X", RateTimesQuantity()),
            an_item("X", quantity="1"),
            PayItemIncomplete,
            "X needs its rate",
        ),
        (a_component("X", RateTimesQuantity(ZERO)), an_item("X"), PayItemIncomplete, "X needs its quantity"),
        (a_component("X", PercentageOf(("base",))), an_item("X"), PayItemIncomplete, "X needs its rate"),
        (
            a_component("X", by_formula("rate * 2")),
            an_item("X"),
            FormulaNameUnknown,
            "nothing is called 'rate'",
        ),
        (a_component("X"), an_item("Y", "1"), UnknownComponent, "no component 'Y'"),
        (
            a_component("X", versions=(ComponentVersion(THE_16TH, FixedAmount()),)),
            an_item("X", "1"),
            NoComponentVersion,
            "X has no version on 2026-06-01",
        ),
    ],
)
def test_what_is_missing_is_refused(component: PayComponent, item: PayItem, refusal: type, why: str) -> None:
    with pytest.raises(refusal, match=why):
        amounts(component, item)
