"""What a payslip posts: costs by component and cost centre, against what is owed, by whom it is owed to."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from domains.ledger.messages import LineToPost, RoleKey
from domains.master_data.parties import Party, PartyType
from domains.payroll.messages.loans import LoanRole
from domains.payroll.messages.payslips import PayslipLine, PayslipLineKind
from domains.payroll.messages.records import CostShare
from domains.payroll.messages.runs import PayrollRole
from foundation.values.money import HUNDRED, ZERO, allocated

_COSTS = {
    PayslipLineKind.EARNING: PayrollRole.PAY,
    PayslipLineKind.EMPLOYER_CONTRIBUTION: PayrollRole.EMPLOYER_CONTRIBUTIONS,
    PayslipLineKind.EMPLOYER_OWES: PayrollRole.EMPLOYER_CONTRIBUTIONS,
}
_NOT_POSTED = (PayslipLineKind.BENEFIT_IN_KIND, PayslipLineKind.INFORMATION)


def entry_lines(
    lines: Iterable[PayslipLine],
    employee_code: str,
    net: Decimal,
    *,
    currency: str,
    shares: Sequence[CostShare],
    due_on: date,
) -> list[LineToPost]:
    """What a payslip posts: costs by component and cost centre, against what is owed, by whom it is owed to,
    and against what the person owes us.

    What is taxed and not paid out posts nothing: its cost is where it was bought.
    """
    costs: list[LineToPost] = []
    owed: dict[str, Decimal] = {}
    party = Party(PartyType.EMPLOYEE, employee_code)
    repaid: list[LineToPost] = []
    for line in lines:
        if line.kind in _NOT_POSTED or not line.amount:
            continue
        if line.kind is PayslipLineKind.LOAN_REPAID:
            repaid.append(LineToPost(LoanRole.EMPLOYEE_LOANS, -line.amount, text=line.code, party=party))
            continue
        if (role := _COSTS.get(line.kind)) is not None:
            costs += _by_cost_centre(RoleKey(role, line.code), line, currency, shares)
        if line.kind is not PayslipLineKind.EARNING:
            whom = line.authority or line.code
            owed[whom] = owed.get(whom, ZERO) + line.amount
    liabilities = [
        LineToPost(RoleKey(PayrollRole.PAYROLL_LIABILITIES, whom), -amount, text=whom)
        for whom, amount in owed.items()
        if amount
    ]
    wages = LineToPost(PayrollRole.WAGES_PAYABLE, -net, party=party, due_on=due_on)
    return [*costs, *liabilities, *repaid, wages]


def _by_cost_centre(
    account: RoleKey, line: PayslipLine, currency: str, shares: Sequence[CostShare]
) -> Iterator[LineToPost]:
    text = line.name if line.earned_in is None else f"{line.name}, {line.earned_in}"
    if not shares:
        yield LineToPost(account, line.amount, text=text)
        return
    parts = allocated(line.amount, [one.percent / HUNDRED for one in shares], currency)
    for share, part in zip(shares, parts, strict=True):
        yield LineToPost(account, part, text=text, dimensions={"cost_centre": share.cost_centre})
