"""From gross to net in Testland: worked by hand, and adding up to the cent whatever comes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.rules.components import PercentageOf, PostTax, RateTimesQuantity, UnknownComponent
from domains.payroll.rules.deductions import (
    BankShare,
    BankShareKind,
    Garnishment,
    PostTaxDeduction,
    ProtectedNet,
)
from domains.payroll.rules.gross_to_net import PayInAnotherCurrency, PayrollInputs, Payslip, gross_to_net
from domains.payroll.rules.proration import Span
from domains.payroll.rules.statutory import Bearer, PayLine, PayPeriod, Statutory, YearToDate
from foundation.values.messages import Message
from foundation.values.money import ZERO
from tests.domains.payroll.testland import (
    PACK,
    Testland,
    TestlandDetails,
    a_basis,
    a_catalogue,
    a_component,
    a_payslip,
    an_item,
    month,
)

EARNING, IN_KIND = ComponentSign.EARNING, ComponentSign.BENEFIT_IN_KIND
PRE_TAX, POST_TAX = ComponentSign.PRE_TAX_DEDUCTION, ComponentSign.POST_TAX_DEDUCTION
EMPLOYER = ComponentSign.EMPLOYER_CONTRIBUTION
NIGHT = a_component("NIGHT", RateTimesQuantity(Decimal(5)), treatment="exempt")
PENSION = a_component("PENSION", PercentageOf(("base",), Decimal(4)), sign=PRE_TAX)
CAR = a_component("CAR", sign=IN_KIND)
UNION = a_component(
    "UNION", PercentageOf(("SALARY",), Decimal(1)), sign=POST_TAX, post_tax=PostTax(priority=1)
)
CANTEEN = a_component("CANTEEN", sign=POST_TAX, post_tax=PostTax(most=Decimal(60)))
GIFT = a_component("GIFT", sign=POST_TAX, post_tax=PostTax(is_owed_on=False, comes_after_garnishments=True))
ALLOWANCE = a_component("ALLOWANCE", PercentageOf(("base",), Decimal(2)), sign=EMPLOYER)
CATALOGUE = a_catalogue(NIGHT, PENSION, CAR, UNION, CANTEEN, GIFT, ALLOWANCE)
ACCOUNTS = (
    BankShare("DE02", BankShareKind.REST),
    BankShare("DE89", BankShareKind.FIXED, Decimal(200)),
)


def amount_of(payslip: Payslip, code: str) -> Decimal:
    """The figure of a code, the first one."""
    return next(one.amount for one in payslip.explained() if one.code == code)


def test_a_payslip_worked_by_hand() -> None:
    payslip = a_payslip(
        an_item("SALARY", "3000"),
        an_item("NIGHT", quantity="20"),
        an_item("CAR", "400"),
        an_item("PENSION"),
        an_item("UNION"),
        an_item("CANTEEN", "45.50"),
        an_item("ALLOWANCE"),
        catalogue=CATALOGUE,
        person=TestlandDetails(tax_percent=Decimal(20), allowance=Decimal(500)),
        accounts=ACCOUNTS,
        garnishments=(Garnishment("BANK", 1, Decimal(1000), ProtectedNet(Decimal(1800))),),
    )

    # Gross: 3,000 + 20 * 5 = 3,100. Before tax: 4 % of 3,000 = 120.
    assert payslip.gross == Decimal("3100.00")
    assert amount_of(payslip, "PENSION") == Decimal("120.00")
    # Taxed and insured: 3,000 + 400 - 120 = 3,280; night work is exempt. 20 % of 2,780; 10 and 12 % of 3,280.
    tax, own, owed = payslip.statutory.lines
    assert (tax.amount, own.amount, owed.amount) == (Decimal(556), Decimal(328), Decimal("393.60"))
    # 3,100 - 120 - 556 - 328 = 2,096; union 1 % of 3,000 = 30, canteen 45.50: 2,020.50; above 1,800: 220.50.
    assert [one.taken for one in payslip.deductions] == [Decimal("30.00"), Decimal("45.50")]
    assert [one.taken for one in payslip.garnished] == [Decimal("220.50")]
    assert payslip.net == payslip.paid == Decimal("1800.00")
    assert payslip.accounts == (("DE02", Decimal("1600.00")), ("DE89", Decimal("200.00")))
    # The employer owes 2 % of 3,000 of its own, and 393.60 by law.
    assert payslip.employer_owes == Decimal("453.60")
    assert payslip.owed_on == {}
    assert payslip.statutory.added == {"insured": Decimal(3280)}
    assert payslip.added[2026]["SALARY"] == Decimal("3000.00")


def test_every_figure_explains_itself() -> None:
    payslip = a_payslip(
        an_item("SALARY", "3000", Span(date(2026, 6, 16), date.max)),
        an_item("CANTEEN", "80"),
        catalogue=CATALOGUE,
        garnishments=(Garnishment("BANK", 1, Decimal(1000), ProtectedNet(Decimal(900))),),
    )

    figures = {one.code: one for one in payslip.explained()}

    assert figures["SALARY"].steps == (("3000 × 15/30 thirtieths, 2026-06-16 to 2026-06-30", Decimal(1500)),)
    assert figures["SALARY"].rule == "salary, as from 2020-01-01"
    assert figures["TAX"].steps == (("of", Decimal(1500)), ("above the allowance", Decimal(1500)))
    assert figures["CANTEEN"].steps == (
        ("of this period", Decimal(80)),
        ("at most 60 at once", Decimal(60)),
        ("owed next time", Decimal(20)),
    )
    # 1,500 - 300 - 150 = 1,050; less 60 = 990; above 900: 90.
    assert figures["BANK"].steps == (
        ("net", Decimal(990)),
        ("protected", Decimal(900)),
        ("left by those before", Decimal(990)),
        ("asked", Decimal(1000)),
        ("taken", Decimal(90)),
    )
    assert sum(amount for _, amount in figures["net"].steps) == figures["net"].amount == Decimal("900.00")


def test_a_benefit_in_kind_is_taxed_and_not_paid_out() -> None:
    # 1,000 of pay and 500 in kind: 20 % and 10 % of 1,500 = 450.
    payslip = a_payslip(an_item("SALARY", "1000"), an_item("CAR", "500"), catalogue=CATALOGUE)

    assert (payslip.gross, payslip.net) == (Decimal("1000.00"), Decimal("550.00"))


def test_a_net_below_zero_is_not_paid_and_is_owed_on() -> None:
    # 20 % and 10 % of 1,100 = 330, and 100 to pay it with.
    first = a_payslip(
        an_item("SALARY", "100"),
        an_item("CAR", "1000"),
        an_item("CANTEEN", "20"),
        catalogue=CATALOGUE,
        accounts=ACCOUNTS,
    )

    assert (first.net, first.paid, first.accounts) == (Decimal("-230.00"), ZERO, ())
    assert first.owed_on == {"negative_net": Decimal("230.00"), "CANTEEN": Decimal("20.00")}

    # Then 70 % of 400 = 280: the 230 come first, and 20 of the canteen; 30 are left.
    second = a_payslip(an_item("SALARY", "400"), catalogue=CATALOGUE, arrears=first.owed_on)

    assert [(one.code, one.taken) for one in second.deductions] == [
        ("negative_net", Decimal("230.00")),
        ("CANTEEN", Decimal("20.00")),
    ]
    assert (second.net, second.owed_on) == (Decimal("30.00"), {})


def test_a_second_net_below_zero_adds_to_the_first() -> None:
    payslip = a_payslip(an_item("CAR", "100"), catalogue=CATALOGUE, arrears={"negative_net": Decimal(230)})

    assert payslip.owed_on == {"negative_net": Decimal("260.00")}


def test_arrears_of_what_is_no_component_are_refused() -> None:
    with pytest.raises(UnknownComponent, match="5 is owed on 'OLD'"):
        a_payslip(an_item("SALARY", "100"), arrears={"OLD": Decimal(5)})


def test_a_loan_goes_down_by_what_is_taken() -> None:
    loan = PostTaxDeduction("LOAN", Decimal(300), balance=Decimal(1000), priority=2)

    payslip = a_payslip(an_item("SALARY", "400"), loans=(loan,))

    # 70 % of 400 = 280 of the 300; nothing of it is arrears.
    assert [(one.taken, one.balance) for one in payslip.deductions] == [
        (Decimal("280.00"), Decimal("720.00"))
    ]
    assert payslip.owed_on == {}


def test_what_comes_after_garnishments_does_not_lower_them() -> None:
    # 70 % of 2,000 = 1,400: 200 above 1,200 go to the bank whatever the gift is, which gets its 50 then.
    bank = Garnishment("BANK", 1, Decimal(5000), ProtectedNet(Decimal(1200)))
    payslip = a_payslip(
        an_item("SALARY", "2000"), an_item("GIFT", "50"), catalogue=CATALOGUE, garnishments=(bank,)
    )

    assert [one.taken for one in payslip.garnished] == [Decimal("200.00")]
    assert payslip.net == Decimal("1150.00")


@dataclass(frozen=True)
class Listening(Testland):
    """Testland, which keeps what it was told."""

    told: list[PayLine] = field(default_factory=list)

    def statutory(
        self, person: Message, period: PayPeriod, lines: Sequence[PayLine], to_date: YearToDate
    ) -> Statutory:
        """The same, and kept."""
        self.told.extend(lines)
        return super().statutory(person, period, lines, to_date)


def test_the_law_is_told_what_it_looks_at_with_the_hours_at_each_rate() -> None:
    pack = Listening()
    items = [an_item("SALARY", "3000"), an_item("PENSION"), an_item("CAR", "100"), an_item("UNION")]
    items += [an_item("NIGHT", quantity="3"), an_item("NIGHT", quantity="2", rate="6"), an_item("ALLOWANCE")]

    gross_to_net(PayrollInputs(TestlandDetails(tax_percent=ZERO), a_basis(*items), CATALOGUE), pack)

    assert sorted(pack.told, key=lambda line: (line.code, line.amount)) == [
        PayLine("CAR", "regular", Decimal("100.00")),
        PayLine("NIGHT", "exempt", Decimal("12.00"), Decimal(2), Decimal(6)),
        PayLine("NIGHT", "exempt", Decimal("15.00"), Decimal(3), Decimal(5)),
        PayLine("PENSION", "deferred", Decimal("-120.00")),
        PayLine("SALARY", "regular", Decimal("3000.00")),
    ]


def test_the_law_knows_the_sums_of_the_year() -> None:
    payslip = a_payslip(an_item("SALARY", "3000"), to_date=YearToDate({"insured": Decimal(11_000)}))

    # 12,000 a year are insured: 1,000 are left of 3,000.
    assert payslip.statutory.added == {"insured": Decimal(1000)}
    assert payslip.statutory.borne_by(Bearer.EMPLOYER) == Decimal("120.00")


def test_pay_in_another_currency_than_the_laws_is_refused() -> None:
    basis = a_basis(an_item("SALARY", "100"))
    other = PayrollInputs(
        TestlandDetails(tax_percent=ZERO), type(basis)(basis.period, "USD", basis.items), a_catalogue()
    )

    with pytest.raises(PayInAnotherCurrency, match="the law of XT reckons in EUR"):
        gross_to_net(other, PACK)


MONEY = some.decimals(0, 9999, places=2)
SHARES = some.lists(
    some.builds(BankShare, some.just("F"), some.just(BankShareKind.FIXED), MONEY), max_size=2
).map(lambda shares: (*shares, BankShare("R", BankShareKind.REST)))


@given(
    salary=some.decimals(-500, 9999, places=4),
    night=some.decimals(0, 60, places=2),
    others=some.tuples(MONEY, MONEY, MONEY, MONEY),
    joined=some.integers(1, 30),
    tax=some.decimals(0, 60, places=2),
    protected=MONEY,
    owed=some.dictionaries(some.sampled_from(["negative_net", "UNION", "CANTEEN", "GIFT"]), MONEY),
    shares=SHARES,
)
def test_gross_less_all_deductions_is_the_net_to_the_cent(
    salary: Decimal,
    night: Decimal,
    others: tuple[Decimal, ...],
    joined: int,
    tax: Decimal,
    protected: Decimal,
    owed: dict[str, Decimal],
    shares: tuple[BankShare, ...],
) -> None:
    car, canteen, gift, loan = others
    items = [an_item("SALARY", str(salary)), an_item("NIGHT", quantity=str(night)), an_item("CAR", str(car))]
    items += [an_item("CANTEEN", str(canteen)), an_item("GIFT", str(gift))]
    items += [an_item(code) for code in ("PENSION", "UNION", "ALLOWANCE")]
    orders = (Garnishment("G", 1, Decimal(700), ProtectedNet(protected)),)
    payslip = a_payslip(
        catalogue=CATALOGUE,
        basis=a_basis(*items, employed=Span(date(2026, 6, joined), date.max)),
        person=TestlandDetails(tax_percent=tax),
        arrears=owed,
        loans=(PostTaxDeduction("LOAN", Decimal(100), balance=loan),),
        garnishments=orders,
        accounts=shares,
    )

    assert payslip.gross - payslip.deducted == payslip.net
    assert sum((amount for _, amount in payslip.accounts), ZERO) == payslip.paid
    for one in (*payslip.explained(),):
        assert one.amount == one.amount.quantize(Decimal("0.01")), one
    (garnished,) = payslip.garnished
    assert garnished.taken == 0 or payslip.net + payslip.deductions[-1].taken >= protected
    # Nothing that was due is lost: it was taken, is owed on, given up (the gift), or left of the loan.
    due = sum(owed.values(), ZERO) + canteen + max(ZERO, -payslip.net)
    union = sum((one.amount for one in payslip.amounts if one.code == "UNION"), ZERO)
    kept = sum((one.taken for one in payslip.deductions if one.code not in ("LOAN", "GIFT")), ZERO)
    assert due + union == kept + sum(payslip.owed_on.values(), ZERO) + owed.get("GIFT", ZERO)


def test_the_same_inputs_give_the_same_payslip() -> None:
    one, other = (
        a_payslip(an_item("SALARY", "1234.56"), basis=None, catalogue=CATALOGUE, accounts=ACCOUNTS)
        for _ in "12"
    )

    assert one == other


def test_the_year_in_which_is_paid_decides() -> None:
    assert a_payslip(basis=a_basis(an_item("SALARY", "10"), period=month(12, 2025))).added == {
        2025: {"SALARY": Decimal("10.00")}
    }
