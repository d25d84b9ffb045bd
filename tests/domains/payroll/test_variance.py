"""What a person should look at before payslips are approved."""

from decimal import Decimal

import pytest

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.rules.deductions import BankShare, BankShareKind
from domains.payroll.rules.retroactive import ClosedPeriod, retroactive
from domains.payroll.rules.variance import PayChecks, PayExceptionKind, exceptions, missing_details
from foundation.values.money import ZERO
from tests.domains.payroll.testland import PACK, a_basis, a_catalogue, a_component, a_payslip, an_item, month

ACCOUNTS = (BankShare("DE02", BankShareKind.REST),)
CAR = a_component("CAR", sign=ComponentSign.BENEFIT_IN_KIND)
NOTHING_ASKED = PayChecks()


def kinds(*found: object) -> list[str]:
    """The names of exceptions."""
    return [str(getattr(one, "kind")) for one in found]  # noqa: B009


def test_an_ordinary_payslip_has_none() -> None:
    payslip = a_payslip(an_item("SALARY", "3000"), accounts=ACCOUNTS)
    checks = PayChecks(Decimal(5), Decimal("12.82"), ("SALARY",))

    assert exceptions(payslip, payslip, checks, hours=Decimal(160)) == ()
    assert exceptions(payslip, None, NOTHING_ASKED) == ()


def test_a_negative_net_is_named() -> None:
    payslip = a_payslip(an_item("CAR", "100"), catalogue=a_catalogue(CAR), accounts=ACCOUNTS)

    (found,) = exceptions(payslip, None, NOTHING_ASKED)

    assert found.kind == "negative_net"
    assert found.figures == {"net": Decimal("-30.00")}


def test_a_missing_account_is_named_where_something_is_paid() -> None:
    assert kinds(*exceptions(a_payslip(an_item("SALARY", "3000")), None, NOTHING_ASKED)) == [
        "missing_account"
    ]
    assert exceptions(a_payslip(), None, NOTHING_ASKED) == ()


@pytest.mark.parametrize(
    ("now", "found"), [("3150", 0), ("3150.10", 2), ("2850", 0), ("2849.90", 2), ("0", 2)]
)
def test_more_than_five_per_cent_apart_is_named(now: str, found: int) -> None:
    last = a_payslip(an_item("SALARY", "3000"), accounts=ACCOUNTS)
    payslip = a_payslip(an_item("SALARY", now), accounts=ACCOUNTS)

    assert kinds(*exceptions(payslip, last, PayChecks(Decimal(5)))) == ["variance"] * found


def test_anything_after_nothing_is_named() -> None:
    payslip = a_payslip(an_item("SALARY", "1"), accounts=ACCOUNTS)

    assert exceptions(payslip, a_payslip(), PayChecks(Decimal(5)))[0].figures == {
        "before": ZERO,
        "now": Decimal(1),
    }


def test_less_an_hour_than_the_minimum_wage_is_named() -> None:
    # 12.82 * 160 = 2,051.20.
    checks = PayChecks(minimum_wage=Decimal("12.82"), counts_for_minimum_wage=("SALARY",))
    enough = a_payslip(an_item("SALARY", "2051.20"), accounts=ACCOUNTS)
    too_little = a_payslip(
        an_item("SALARY", "2051.19"),
        an_item("BONUS", "500"),
        catalogue=a_catalogue(a_component("BONUS")),
        accounts=ACCOUNTS,
    )

    assert exceptions(enough, None, checks, hours=Decimal(160)) == ()
    (found,) = exceptions(too_little, None, checks, hours=Decimal(160))
    assert found.kind is PayExceptionKind.BELOW_MINIMUM_WAGE
    assert "2051.19 for 160 hours is about 12.82 an hour" in found.says
    assert exceptions(too_little, None, checks, hours=ZERO) == ()


def test_what_is_paid_late_is_no_wage_of_this_period() -> None:
    # 2,000 for 160 hours, and 500 for May.
    catalogue = a_catalogue()
    may = a_basis(an_item("SALARY", "500"), period=month(5))
    late = retroactive(catalogue, [ClosedPeriod(month(5), {})], [may])
    payslip = a_payslip(an_item("SALARY", "2000"), accounts=ACCOUNTS, retroactive=late)
    checks = PayChecks(minimum_wage=Decimal("12.82"), counts_for_minimum_wage=("SALARY",))

    assert payslip.gross == Decimal("2500.00")
    assert kinds(*exceptions(payslip, None, checks, hours=Decimal(160))) == ["below_minimum_wage"]


def test_missing_statutory_details_are_named_field_by_field() -> None:
    found = missing_details(PACK, {"allowance": "much", "tax_class": 1})

    assert kinds(*found) == ["missing_statutory_details"] * 3
    assert sorted(one.says.partition(":")[0] for one in found) == ["allowance", "tax_class", "tax_percent"]
    assert missing_details(PACK, {"tax_percent": 20}) == ()
