"""What is taken of the net: arrears, loans, garnishments above what is protected, and the split."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.rules.deductions import (
    BankShare,
    BankShareKind,
    BankSplitRefused,
    Garnishment,
    PostTaxDeduction,
    ProtectedBand,
    ProtectedNet,
    ProtectionRefused,
    garnish,
    split,
    take,
)
from foundation.values.money import ZERO

FIXED, PERCENT, REST = BankShareKind.FIXED, BankShareKind.PERCENT, BankShareKind.REST


def a_deduction(code: str, amount: str, **others: Any) -> PostTaxDeduction:
    """A deduction; what is said as text is an amount."""
    more: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) else value for name, value in others.items()
    }
    return PostTaxDeduction(code, Decimal(amount), **more)


def taken(available: str, *deductions: PostTaxDeduction) -> list[tuple[str, str, str]]:
    """Code, what is taken, and what is owed on."""
    return [(one.code, str(one.taken), str(one.owed_on)) for one in take(deductions, Decimal(available))]


def test_what_cannot_be_taken_is_owed_next_time() -> None:
    # 100 is there; 70 goes first, 30 of the other 50; 20 are owed. Next time 50 + 20 are due.
    first = taken("100", a_deduction("B", "50"), a_deduction("A", "70"))

    assert first == [("A", "70", "0"), ("B", "30", "20")]
    assert taken("100", a_deduction("B", "50", arrears="20")) == [("B", "70", "0")]


def test_the_lowest_priority_number_goes_first() -> None:
    assert taken("100", a_deduction("A", "70"), a_deduction("B", "50", priority=1))[0] == ("B", "50", "0")


def test_what_is_taken_at_once_is_limited_arrears_included() -> None:
    assert taken("500", a_deduction("A", "50", arrears="100", most="80")) == [("A", "80", "70")]


def test_what_is_not_owed_on_is_given_up() -> None:
    assert taken("20", a_deduction("A", "50", is_owed_on=False)) == [("A", "20", "0")]


def test_a_net_below_zero_gives_nothing() -> None:
    assert taken("-5", a_deduction("A", "50")) == [("A", "0", "50")]


def test_what_pays_back_makes_more_available() -> None:
    assert taken("10", a_deduction("A", "-40"), a_deduction("B", "50")) == [
        ("A", "-40", "0"),
        ("B", "50", "0"),
    ]


@pytest.mark.parametrize(
    ("available", "balance", "goes", "left"),
    [
        ("1000", "500", "200", "300"),
        ("1000", "120", "120", "0"),
        ("50", "500", "50", "450"),
        ("0", "500", "0", "500"),
    ],
)
def test_a_loan_is_paid_back_by_instalments_as_far_as_there_is(
    available: str, balance: str, goes: str, left: str
) -> None:
    (loan,) = take([a_deduction("LOAN", "200", balance=balance)], Decimal(available))

    assert (str(loan.taken), str(loan.balance), loan.owed_on) == (goes, left, ZERO)


def protected(*bands: tuple[str, str], at_least: str = "0", step: str | None = None) -> ProtectedNet:
    """What is protected, by bands of lower bound and per cent."""
    of = tuple(ProtectedBand(Decimal(above), Decimal(percent)) for above, percent in bands)
    return ProtectedNet(Decimal(at_least), of, None if step is None else Decimal(step))


# § 850c ZPO without dependants, as announced for July 2013 (BGBl. I 2013, 710) and for July 2025.
OF_2013 = protected(("0", "100"), ("1045.04", "30"), ("3203.67", "0"), step="10")
OF_2025 = protected(("0", "100"), ("1555.00", "30"), ("4766.99", "0"), step="10")


@pytest.mark.parametrize(
    ("table", "net", "garnishable"),
    [
        # The official table of 2013: nothing through 1,049.99, then 3.47 and 10.47.
        (OF_2013, "1049.99", "0.00"),
        (OF_2013, "1050.00", "3.47"),
        (OF_2013, "1059.99", "3.47"),
        (OF_2013, "1060.00", "10.47"),
        # (2,000 - 1,555) * 0.7.
        (OF_2025, "2009.99", "311.50"),
        # (4,760 - 1,555) * 0.7, and above the last bound (4,766.99 - 1,555) * 0.7 = 2,248.393, and all of it.
        (OF_2025, "4766.99", "2243.50"),
        (OF_2025, "4999.00", "2480.40"),
        (protected(at_least="1200"), "1500.00", "300.00"),
        (protected(at_least="1200"), "1100.00", "0.00"),
        # The step may reach below the bound of the band that the net is in: read at 2,000, of which
        # (2,000 - 1,000) * 0.5 is not protected.
        (protected(("0", "100"), ("1000", "50"), ("2003", "10"), step="10"), "2009.00", "500.00"),
        # 15 U.S.C. § 1673: 75 % is protected, and 30 times 7.25 a week at least.
        (protected(("0", "75"), at_least="217.50"), "400.00", "100.00"),
        (protected(("0", "75"), at_least="217.50"), "250.00", "32.50"),
        (protected(("0", "75"), at_least="217.50"), "-10.00", "0.00"),
    ],
)
def test_what_is_protected_of_a_net(table: ProtectedNet, net: str, garnishable: str) -> None:
    order = Garnishment("G", 1, Decimal(100_000), table)

    assert [one.taken for one in garnish([order], Decimal(net), currency="EUR")] == [Decimal(garnishable)]


def test_garnishments_of_one_priority_share_by_what_they_ask_for() -> None:
    # 1,500 less 1,000 protected: 500 for 300 and 600, so 166.666… and 333.333…: the cent goes to the first.
    same = protected(at_least="1000")
    orders = [Garnishment("B", 1, Decimal(600), same), Garnishment("A", 1, Decimal(300), same)]

    result = garnish(orders, Decimal(1500), currency="EUR")

    assert [(one.code, str(one.taken), str(one.owed)) for one in result] == [
        ("A", "166.67", "133.33"),
        ("B", "333.33", "266.67"),
    ]


def test_the_first_priority_is_served_whole_and_a_later_one_gets_what_is_left() -> None:
    # Maintenance protects 900 and asks for 400 a month; the bank protects 1,400: 2,000 - 400 - 1,400 = 200.
    maintenance = Garnishment("M", 1, Decimal(9000), protected(at_least="900"), a_period=Decimal(400))
    bank = Garnishment("BANK", 2, Decimal(5000), protected(at_least="1400"))

    assert [one.taken for one in garnish([bank, maintenance], Decimal(2000), currency="EUR")] == [400, 200]


def test_no_more_is_taken_than_is_still_owed() -> None:
    last = Garnishment("M", 1, Decimal(100), protected(), a_period=Decimal(400))

    (paid_off,) = garnish([last], Decimal(2000), currency="EUR")

    assert (paid_off.taken, paid_off.owed) == (Decimal(100), ZERO)


def test_what_is_protected_from_some_the_others_of_the_priority_share() -> None:
    # Above 1,400 both share 600 as 1,000 : 1,000; from 1,400 down to 900 only the first takes, 500 more.
    orders = [
        Garnishment("A", 1, Decimal(1000), protected(at_least="900")),
        Garnishment("B", 1, Decimal(1000), protected(at_least="1400")),
    ]

    assert [one.taken for one in garnish(orders, Decimal(2000), currency="EUR")] == [800, 300]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: protected(at_least="-1"),
        lambda: protected(("5", "10"), ("5", "20")),
        lambda: protected(("0", "101")),
        lambda: protected(("-1", "10")),
        lambda: protected(("0", "10"), step="0"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ProtectionRefused):
        wrong()


CENTS = some.decimals(0, 5000, places=2)
PROTECTED = some.one_of(
    CENTS.map(ProtectedNet),
    some.decimals(0, 100, places=0).map(lambda percent: ProtectedNet(ZERO, (ProtectedBand(ZERO, percent),))),
    some.sampled_from([OF_2013, OF_2025]),
)
ORDERS = some.lists(
    some.builds(
        Garnishment, some.sampled_from("ABCDEFG"), some.integers(1, 3), CENTS, PROTECTED, some.none() | CENTS
    ),
    max_size=6,
)


@given(ORDERS, some.decimals(-500, 9000, places=2))
def test_no_garnishment_takes_of_what_is_protected_from_it(orders: list[Garnishment], net: Decimal) -> None:
    result = garnish(orders, net, currency="EUR")

    in_order = sorted(orders, key=lambda one: (one.priority, one.code))
    both = list(zip(in_order, result, strict=True))
    for order, one in both:
        assert 0 <= one.taken <= order.asked
        assert one.owed == order.owed - one.taken
        assert one.taken == one.taken.quantize(Decimal("0.01"))
    left = net
    for order, one in sorted(both, key=lambda pair: (pair[0].priority, -pair[1].protected)):
        assert one.protected == order.protected.of(net, "EUR")
        left -= one.taken
        assert one.taken == 0 or left >= one.protected
    for priority in (1, 2, 3):
        same = [pair for pair in both if pair[0].priority <= priority]
        remains = net - sum((one.taken for _, one in same), ZERO)
        for order, one in same:
            if order.priority == priority and one.taken < order.asked:
                assert remains <= max(order.protected.of(net, "EUR"), net - net), (
                    "nothing that it may have is left"
                )


def test_a_net_is_split_over_accounts() -> None:
    # 1,000.01: 300 fixed, 33.333 % of 1,000.01 = 333.333… = 333.33, the rest 366.68.
    shares = [
        BankShare("rest", REST),
        BankShare("savings", FIXED, Decimal(300)),
        BankShare("joint", PERCENT, Decimal("33.333")),
    ]

    assert split(Decimal("1000.01"), shares, currency="EUR") == (
        ("rest", Decimal("366.68")),
        ("savings", Decimal("300.00")),
        ("joint", Decimal("333.33")),
    )
    assert split(Decimal(200), shares, currency="EUR") == (("savings", Decimal("200")),)
    assert split(ZERO, shares, currency="EUR") == ()


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ([], "only one, gets the rest"),
        ([BankShare("A", REST), BankShare("B", REST)], "only one, gets the rest"),
        ([BankShare("A", REST), *[BankShare("B", PERCENT, Decimal(51))] * 2], "more than 100"),
        ([BankShare("A", REST), BankShare("B", FIXED, Decimal(-1))], "is not negative"),
    ],
)
def test_a_split_that_is_not_the_net_is_refused(shares: list[BankShare], why: str) -> None:
    with pytest.raises(BankSplitRefused, match=why):
        split(Decimal(100), shares, currency="EUR")


@given(
    CENTS,
    some.lists(
        some.one_of(
            some.builds(BankShare, some.just("F"), some.just(FIXED), CENTS),
            some.builds(BankShare, some.just("P"), some.just(PERCENT), some.decimals(0, 20, places=3)),
        ),
        max_size=5,
    ),
)
def test_the_accounts_get_the_net_to_the_cent(net: Decimal, shares: list[BankShare]) -> None:
    parts = split(net, [*shares, BankShare("R", REST)], currency="EUR")

    assert sum((amount for _, amount in parts), ZERO) == net
    assert all(amount > 0 for _, amount in parts)
