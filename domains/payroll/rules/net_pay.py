"""What is taken of somebody's net pay by their loans and by orders of garnishment, and what these may say."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domains.ledger.messages import LineToPost
from domains.master_data.parties import Party, PartyType
from domains.payroll.messages.garnishments import GarnishmentOrder, ProtectedNetAsked
from domains.payroll.messages.loans import EmployeeLoan, LoanMovementKind, LoanRole, PostLoanMovement
from domains.payroll.rules.deductions import (
    Garnishment,
    PostTaxDeduction,
    ProtectedBand,
    ProtectedNet,
    ProtectionRefused,
)
from domains.payroll.rules.payslip_inputs import NO_YEAR, OF_LOAN, OF_ORDER, PersonToPay, named
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import ZERO


class MoreThanLent(BusinessError):
    """More would be repaid, or given up, than is left of the loan."""

    status = 409


def _check_whose(
    put: GarnishmentOrder | EmployeeLoan,
    known: GarnishmentOrder | EmployeeLoan | None,
    refusals: Refusals,
    *,
    is_employed: bool,
) -> None:
    if not is_employed:
        refusals.add("employee_code", f"there is no employee {put.employee_code}; create them first")
    if known is not None and known.employee_code != put.employee_code:
        why = f"{put.code} stays with {known.employee_code}: end it, and enter another"
        refusals.add("employee_code", why)
    if put.valid_to is not None and put.valid_to < put.valid_from:
        refusals.add("valid_to", "is before it begins")


def check_loan(put: EmployeeLoan, known: EmployeeLoan | None, *, is_employed: bool) -> None:
    """Refuses: Invalid, with every field that is wrong. None of them repeats an amount."""
    refusals = Refusals()
    _check_whose(put, known, refusals, is_employed=is_employed)
    refusals.raise_if_any()


def check_order(
    put: GarnishmentOrder, known: GarnishmentOrder | None, *, is_employed: bool, taken: Decimal
) -> None:
    """`taken` is what payslips that stand have taken by it. No refusal repeats an amount.

    Refuses: Invalid, with every field that is wrong.
    """
    refusals = Refusals()
    _check_whose(put, known, refusals, is_employed=is_employed)
    if put.total_amount is None and put.a_period is None:
        refusals.add("total_amount", "say what is owed in all, or what is asked for a period")
    if put.total_amount is not None and put.total_amount < taken:
        refusals.add("total_amount", "is less than payslips have taken already: take these back first")
    if not put.protected.at_least and not put.protected.bands:
        refusals.add("protected", "say what of the net is left to the employee: at_least, or bands")
    try:
        _protected(put.protected)
    except ProtectionRefused as wrong:
        for error in wrong.errors:
            refusals.add(f"protected.{error.field}", error.message)
    refusals.raise_if_any()


def _protected(asked: ProtectedNetAsked) -> ProtectedNet:
    bands = tuple(ProtectedBand(one.above, one.percent) for one in asked.bands)
    return ProtectedNet(asked.at_least, bands, asked.step)


def signed(move: PostLoanMovement) -> Decimal:
    """What a movement adds to a loan's balance."""
    return move.amount if move.kind is LoanMovementKind.GRANTED else -move.amount


def check_movement(move: PostLoanMovement, balance: Decimal) -> None:
    """`balance` is what is left of the loan, of what was lent by the day.

    Refuses: Invalid, with every field that is wrong; MoreThanLent.
    """
    refusals = Refusals()
    if move.kind is LoanMovementKind.WRITTEN_OFF:
        if move.account_code is not None:
            refusals.add("account_code", "no money moves: leave it out")
        if not move.reason:
            refusals.add("reason", "say why it will not be repaid")
    refusals.raise_if_any()
    if balance + signed(move) < 0:
        why = f"is more than is left of what was lent by {move.moved_on} as {move.loan_code}"
        raise MoreThanLent(f"amount: {why}", errors=[("amount", why)])


def movement_lines(
    move: PostLoanMovement, employee_code: str, account_code: str | None, number: str
) -> list[LineToPost]:
    """What a movement posts: on the account of loans with the employee as its party, against the money, or
    against what loans that are not repaid cost.
    """
    party, amount = Party(PartyType.EMPLOYEE, employee_code), signed(move)
    return [
        LineToPost(LoanRole.EMPLOYEE_LOANS, amount, text=number, party=party),
        LineToPost(account_code or LoanRole.LOANS_WRITTEN_OFF, -amount, text=number),
    ]


def check_grant_undone(number: str, loan_code: str, left: Decimal) -> None:
    """`left` is what would be left of the loan. Refuses: MoreThanLent."""
    if left < 0:
        why = f"{number} cannot be taken back: some of loan {loan_code} was repaid or written off"
        raise MoreThanLent(f"{why}; take that back first")


def _holds(one: GarnishmentOrder | EmployeeLoan, on: date) -> bool:
    return one.valid_from <= on <= (one.valid_to or date.max)


def loans_of(person: PersonToPay, paid_on: date) -> Iterator[PostTaxDeduction]:
    """The instalments of what is left of the person's loans, by the day of payment: once for a period."""
    balances = named(person.sums, NO_YEAR, OF_LOAN)
    for one in person.loans:
        balance = balances.get(one.code, ZERO)
        instalment = one.instalment - person.before.repaid.get(one.code, ZERO)
        if _holds(one, paid_on) and balance > 0 and instalment > 0:
            yield PostTaxDeduction(
                code=one.code,
                amount=instalment,
                balance=balance,
                priority=one.priority,
                comes_after_garnishments=one.comes_after_garnishments,
            )


def garnishments_of(person: PersonToPay, paid_on: date) -> Iterator[Garnishment]:
    """What creditors may still have by the person's orders, by the day of payment. One that names no total
    asks for the same of each period: what one cannot give, the next does not owe.
    """
    taken = named(person.sums, NO_YEAR, OF_ORDER)
    for one in person.orders:
        a_period = one.a_period
        if a_period is not None:
            a_period -= person.before.garnished.get(one.code, ZERO)
        owed = a_period if one.total_amount is None else one.total_amount - taken.get(one.code, ZERO)
        if _holds(one, paid_on) and owed is not None and owed > 0 and (a_period is None or a_period > 0):
            yield Garnishment(one.code, one.priority, owed, _protected(one.protected), a_period)
