"""Off-cycle pay by the law of both countries: beside the regular payslip as if it were one payment."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as some

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.messages.payslips import PayslipLineKind
from domains.payroll.messages.records import PayItemAsked
from domains.payroll.rules.components import ComponentCatalogue, ComponentVersion, FixedAmount, PayComponent
from domains.payroll.rules.deductions import Garnishment, PaidInPeriod, ProtectedBand, ProtectedNet, garnish
from domains.payroll.rules.earlier_periods import Fingerprints
from domains.payroll.rules.off_cycle import off_cycle_payslip, regular_payslip
from domains.payroll.rules.payslip_inputs import PersonToPay, Sums
from domains.payroll.rules.payslips import PayslipKept
from tests.domains.payroll import de_pay
from tests.domains.payroll.agreed_pay import SALARY
from tests.domains.payroll.test_earlier_periods import IN_EUROS, a_month, in_germany

SINCE = date(2025, 1, 1)
BONUS = PayComponent(
    "bonus", "bonus", ComponentSign.EARNING, (ComponentVersion(SINCE, FixedAmount()),), "one_off"
)
GERMAN = ComponentCatalogue.of([SALARY, BONUS], treatments=de_pay.DE.treatments)
NO_PAY = Decimal(0)


class Year:
    """The payslips of somebody in Germany, each with the sums of those before it."""

    def __init__(self, salary: Decimal) -> None:
        self.salary = salary
        self.paid: list[PayslipKept] = []

    def person(self, *bonus: Decimal) -> PersonToPay:
        """With a bonus in the agreement, if any."""
        added: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for one in (sums for kept in self.paid for sums in kept.added):
            added[one.year, one.name] += one.amount
        sums = [Sums(year, name, amount) for (year, name), amount in added.items()]
        agreement = in_germany(str(self.salary))
        items = [*agreement.items, *(_bonus(amount) for amount in bonus)]
        return PersonToPay("E-1", [agreement.model_copy(update={"items": tuple(items)})], sums)

    def regular(self, month: int, *bonus: Decimal) -> None:
        """The month is paid."""
        run = a_month(month, **IN_EUROS)
        person = self.person(*bonus)
        self.paid.append(regular_payslip(person, run, GERMAN, (), Fingerprints(GERMAN)))

    def off_cycle(self, month: int, bonus: Decimal) -> None:
        """Beside that."""
        run = a_month(month, kind="off_cycle", **IN_EUROS)
        asked = [_bonus(bonus).model_dump(mode="json")]
        self.paid.append(off_cycle_payslip(self.person(), run, GERMAN, asked))

    def withheld(self) -> dict[str, Decimal]:
        """All that is withheld, by what for."""
        return _summed(self.paid, PayslipLineKind.WITHHELD)


def _bonus(amount: Decimal) -> PayItemAsked:
    return PayItemAsked(component="bonus", amount=amount)


def _summed(paid: Sequence[PayslipKept], kind: PayslipLineKind) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in (line for kept in paid for line in kept.lines if line.kind is kind):
        sums[line.code] += line.amount
    return {code: amount for code, amount in sums.items() if amount}


@settings(max_examples=30, deadline=None)
@given(
    salary=some.decimals(2100, 9000, places=2),
    bonus=some.decimals(100, 20000, places=2),
    is_first=some.booleans(),
)
def test_a_german_bonus_is_withheld_as_if_it_were_paid_with_the_month(
    salary: Decimal, bonus: Decimal, is_first: bool
) -> None:
    together, apart = Year(salary), Year(salary)
    together.regular(4)
    together.regular(5, bonus)
    apart.regular(4)
    if is_first:
        apart.off_cycle(5, bonus)
    apart.regular(5)
    if not is_first:
        apart.off_cycle(5, bonus)

    assert apart.withheld() == together.withheld()


def test_the_limits_of_a_german_year_count_the_regular_pay_that_is_still_to_come() -> None:
    year = Year(Decimal(5000))
    year.regular(4)
    year.off_cycle(5, Decimal(30000))

    health = next(line for line in year.paid[-1].lines if line.code == "1000")
    assert health.base == 2 * (Decimal("5812.50") - 5000), "what two months leave within their limits"


def test_a_bonus_is_no_difference_of_its_month_and_is_computed_again_by_no_payslip() -> None:
    year = Year(Decimal(3000))
    year.off_cycle(5, Decimal(1000))

    (bonus,) = year.paid
    assert (bonus.computed_from, bonus.corrects, bonus.gross) == ("", (), Decimal("1000.00"))


TABLE = ProtectedNet(bands=(ProtectedBand(NO_PAY, Decimal(100)), ProtectedBand(Decimal(1500), Decimal(30))))
"""1,500.00, and 30 per cent of what lies above."""


@given(
    first=some.decimals(0, 5000, places=2),
    second=some.decimals(0, 5000, places=2),
    owed=some.decimals(1, 9000, places=2),
)
def test_of_two_payments_of_a_period_a_creditor_gets_what_one_would_have_given(
    first: Decimal, second: Decimal, owed: Decimal
) -> None:
    order = Garnishment("G", 1, owed, TABLE)
    (at_once,) = garnish([order], first + second, currency="EUR")
    (one,) = garnish([order], first, currency="EUR")
    before = PaidInPeriod(net=first, kept=first - one.taken)
    left = Garnishment("G", 1, owed - one.taken, TABLE)

    (other,) = garnish([left], second, currency="EUR", before=before)

    assert one.taken + other.taken == at_once.taken
    assert other.taken <= second
