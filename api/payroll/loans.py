"""What was lent to employees, came back by hand, or is given up."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Response

from activities.payroll import loans
from api.door import Asked, Router, allows
from api.ledger import reversing
from api.lists import add_list
from domains.ledger.messages import DocumentReversed, ReversalAsked
from domains.payroll.messages.loans import LoanMovementAsked, PostLoanMovement, ReverseLoanMovement
from domains.payroll.queries import net_pay as queries
from domains.payroll.queries.net_pay import LoanMovementView

router = Router(prefix="/v1/loan-movements", tags=["Payroll"], notes_reads=True)

SEE = allows("payroll.employee_loan.see")
EXAMPLES: dict[str, Any] = {
    "granted": {
        "summary": "Paid out from the bank account",
        "value": {"loan_code": "L-2026-3", "kind": "granted", "amount": "900.00"},
    },
    "written off": {
        "value": {
            "loan_code": "L-2026-3",
            "kind": "written_off",
            "amount": "50.00",
            "reason": "left without a trace",
        },
    },
}


@router.post("", status_code=201, dependencies=[allows("payroll.loan_movement.post")])
async def move_loan(
    wanted: Annotated[LoanMovementAsked, Body(openapi_examples=EXAMPLES)], asked: Asked, response: Response
) -> LoanMovementView:
    """Post what was paid out as a loan, came back otherwise than by a payslip, or will not be repaid."""
    movement_id = asked.new_id("loan-movement")
    known = dict(wanted) | {"movement_id": movement_id, "moved_on": wanted.moved_on or asked.today}
    await asked.run(loans.post_loan_movement, PostLoanMovement(**known))
    response.headers["Location"] = f"/v1/loan-movements/{movement_id}"
    async with asked.read() as tx:
        return await queries.loan_movement(tx, movement_id)


add_list(router, queries.LOAN_MOVEMENTS, SEE)


@router.get("/{movement_id}", dependencies=[SEE])
async def one_loan_movement(movement_id: UUID, asked: Asked) -> LoanMovementView:
    """One movement of a loan."""
    async with asked.read() as tx:
        return await queries.loan_movement(tx, movement_id)


@router.post(
    "/{movement_id}/reversal", status_code=201, dependencies=[allows("payroll.loan_movement.reverse")]
)
async def reverse_loan_movement(movement_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take a movement of a loan back. What was lent is not, once some of it was repaid or written off."""
    command = ReverseLoanMovement(
        movement_id=movement_id, **await reversing.reversal(asked, queries.KIND, movement_id, why)
    )
    return await asked.run(loans.reverse_loan_movement, command)


routers = [router]
