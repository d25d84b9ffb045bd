"""What loans and garnishment orders take of a net, and what they may say."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domains.payroll.messages.garnishments import GarnishmentOrder
from domains.payroll.messages.loans import EmployeeLoan, LoanMovementKind, PostLoanMovement
from domains.payroll.messages.payslips import PayslipLineKind
from domains.payroll.rules import net_pay as rules
from domains.payroll.rules.payslip_entries import entry_lines
from domains.payroll.rules.payslip_inputs import NO_YEAR, OF_LOAN, OF_ORDER, PersonToPay, Sums
from domains.payroll.rules.payslips import PayslipKept, based_on, payslip_of
from foundation.values.errors import BusinessError, Invalid
from tests.domains.payroll import us_pay
from tests.domains.payroll.agreed_pay import a_catalogue, a_run, an_agreement

MARCH = date(2026, 3, 31)


def a_loan(code: str = "L", **changes: Any) -> EmployeeLoan:
    """200.00 of each payslip of the year."""
    asked = {"employee_code": "E-1", "name": "Advance", "instalment": "200", "valid_from": "2026-01-01"}
    return EmployeeLoan.model_validate({"code": code} | asked | changes)


def a_garnishment(code: str = "G", **changes: Any) -> GarnishmentOrder:
    """A court asks for 500.00, and 1,000.00 are left to the employee."""
    asked: dict[str, Any] = {
        "employee_code": "E-1",
        "creditor": "COURT",
        "creditor_name": "City Court",
        "reference": "12 M 345/26",
        "valid_from": "2026-01-01",
        "total_amount": "500",
        "protected": {"at_least": "1000"},
    }
    return GarnishmentOrder.model_validate({"code": code} | asked | changes)


def owes(
    *, loans: Sequence[EmployeeLoan] = (), orders: Sequence[GarnishmentOrder] = (), **sums: str
) -> PersonToPay:
    """Somebody in Texas with 3,100.00 a month; sums by loan, and by order after an underscore."""
    known = [
        Sums(NO_YEAR, (OF_ORDER if name.startswith("_") else OF_LOAN) + name.strip("_"), Decimal(amount))
        for name, amount in sums.items()
    ]
    return PersonToPay("E-1", [an_agreement()], known, loans=loans, orders=orders)


def paid(person: PersonToPay) -> PayslipKept:
    """The payslip of March."""
    return payslip_of(person, a_run(), a_catalogue(), us_pay.US)


def taken(payslip: PayslipKept) -> list[tuple[str, str, str]]:
    """Code, amount and what is left, of what is taken of the net."""
    kinds = (PayslipLineKind.LOAN_REPAID, PayslipLineKind.GARNISHED)
    return [(one.code, str(one.amount), str(one.remaining)) for one in payslip.lines if one.kind in kinds]


def test_a_loan_of_which_nothing_is_left_takes_nothing() -> None:
    assert taken(paid(owes(loans=[a_loan()], L="0"))) == []
    assert taken(paid(owes(loans=[a_loan()]))) == []


def test_the_last_instalment_is_what_is_left() -> None:
    assert taken(paid(owes(loans=[a_loan()], L="500"))) == [("L", "200", "300")]
    assert taken(paid(owes(loans=[a_loan()], L="120.50"))) == [("L", "120.50", "0.00")]


@pytest.mark.parametrize(
    ("changes", "takes"),
    [
        ({"valid_from": "2026-03-31"}, 1),
        ({"valid_from": "2026-04-01"}, 0),
        ({"valid_to": "2026-03-31"}, 1),
        ({"valid_to": "2026-03-30"}, 0),
    ],
)
def test_the_day_of_payment_says_whether_it_is_taken(changes: dict[str, Any], takes: int) -> None:
    loan, order = a_loan(**changes), a_garnishment(**changes)

    assert len(taken(paid(owes(loans=[loan], orders=[order], L="500")))) == 2 * takes


def test_what_payslips_took_is_not_asked_for_again() -> None:
    assert taken(paid(owes(orders=[a_garnishment()], _G="380"))) == [("G", "120.00", "0.00")]
    assert taken(paid(owes(orders=[a_garnishment()], _G="500"))) == []


def test_an_order_without_a_total_asks_for_the_same_of_each_payslip() -> None:
    order = a_garnishment(total_amount=None, a_period="90")

    assert taken(paid(owes(orders=[order], _G="1000"))) == [("G", "90.00", "None")]


def test_creditors_are_served_by_priority_and_those_of_one_share() -> None:
    # 2,663.60 are left of 3,100.00: 163.60 above what is protected.
    orders = [
        a_garnishment(code, priority=priority, total_amount="100", protected={"at_least": "2500"})
        for code, priority in (("A", 2), ("B", 1), ("C", 2))
    ]
    payslip = paid(owes(orders=orders))

    assert payslip.net == Decimal("2500.00")
    amounts = {one.code: one.amount for one in payslip.lines if one.kind is PayslipLineKind.GARNISHED}
    assert amounts["B"] == 100
    assert amounts["A"] == amounts["C"]


def test_garnishments_are_reckoned_without_a_loan_that_comes_after_them() -> None:
    order = a_garnishment(total_amount="5000", protected={"at_least": "1000"})

    before = paid(owes(loans=[a_loan()], orders=[order], L="500"))
    after = paid(owes(loans=[a_loan(comes_after_garnishments=True)], orders=[order], L="500"))

    garnished = {
        name: next(one.amount for one in slip.lines if one.kind is PayslipLineKind.GARNISHED)
        for name, slip in (("before", before), ("after", after))
    }
    assert garnished["after"] - garnished["before"] == 200
    assert (before.net, after.net) == (Decimal("1000.00"), Decimal("800.00"))


def test_what_is_taken_is_added_up_and_posted_to_whom_it_belongs() -> None:
    payslip = paid(owes(loans=[a_loan()], orders=[a_garnishment()], L="500"))
    added = {one.name: one.amount for one in payslip.added if one.year == NO_YEAR}
    posted = entry_lines(payslip.lines, "E-1", payslip.net, currency="USD", shares=(), due_on=MARCH)

    assert added == {"loan/L": Decimal(-200), "garnished/G": Decimal(500)}
    of_loan = [one for one in posted if one.account == "employee_loans"]
    assert [(one.amount, one.party.code) for one in of_loan if one.party] == [(Decimal(-200), "E-1")]
    assert {one.text: one.amount for one in posted}["COURT"] == -500
    assert sum(one.amount for one in posted) == 0


def test_other_terms_mean_that_a_payslip_is_computed_again() -> None:
    hashes = {
        based_on(owes()),
        based_on(owes(loans=[a_loan()])),
        based_on(owes(loans=[a_loan(instalment="201")])),
        based_on(owes(orders=[a_garnishment()])),
        based_on(owes(loans=[a_loan()], L="500")),
    }
    assert len(hashes) == 5


def a_move(kind: str, amount: str, **changes: Any) -> PostLoanMovement:
    """A movement of 15 January."""
    asked = {"loan_code": "L", "kind": kind, "amount": amount, "moved_on": "2026-01-15"}
    return PostLoanMovement.model_validate(asked | {"movement_id": UUID(int=1)} | changes)


@pytest.mark.parametrize(("kind", "adds"), [("granted", "5"), ("repaid", "-5"), ("written_off", "-5")])
def test_what_is_lent_adds_and_all_else_takes(kind: str, adds: str) -> None:
    assert rules.signed(a_move(kind, "5")) == Decimal(adds)
    assert {one.value for one in LoanMovementKind} == {"granted", "repaid", "written_off"}


def test_no_more_comes_back_than_is_left() -> None:
    rules.check_movement(a_move("repaid", "5"), Decimal(5))
    with pytest.raises(rules.MoreThanLent):
        rules.check_movement(a_move("repaid", "5.01"), Decimal(5))
    with pytest.raises(rules.MoreThanLent):
        rules.check_movement(a_move("written_off", "5.01", reason="gone"), Decimal(5))


def test_no_refusal_repeats_an_amount() -> None:
    unprotected = a_garnishment(total_amount="4711.08", protected={})
    with pytest.raises(BusinessError) as more:
        rules.check_movement(a_move("repaid", "4711.08"), Decimal("31.41"))
    with pytest.raises(BusinessError) as order:
        rules.check_order(unprotected, None, is_employed=False, taken=Decimal(9000))
    with pytest.raises(BusinessError) as undone:
        rules.check_grant_undone("LM-1", "L", Decimal("-31.41"))

    for found in (more.value, order.value, undone.value):
        told = f"{found.detail} {found.errors}"
        assert not [amount for amount in ("4711", "31.41", "9000") if amount in told]


def test_every_field_of_an_order_that_is_wrong_is_named() -> None:
    wrong = a_garnishment(
        employee_code="E-2",
        valid_to="2025-12-31",
        total_amount="10",
        protected={"bands": [{"above": "9", "percent": "10"}, {"above": "9", "percent": "20"}]},
    )
    with pytest.raises(Invalid) as found:
        rules.check_order(wrong, a_garnishment(), is_employed=True, taken=Decimal(20))
    fields = [error.field for error in found.value.errors]
    assert fields == ["employee_code", "valid_to", "total_amount", "protected.bands"]
