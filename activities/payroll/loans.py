"""What was lent to employees, came back by hand, or is given up: posted, and taken back."""

from sqlalchemy import text

from activities.ledger.posting import (
    books_on,
    check_money_account,
    check_not_reversed,
    post,
    reverse,
)
from activities.payroll.pay_accounts import ONE_AT_A_TIME
from domains.ledger.messages import AccountRole, Document, DocumentReversed
from domains.payroll.messages.loans import (
    LoanMovedEvent,
    LoanMovementKind,
    LoanMovementPosted,
    LoanMovementReversedEvent,
    PostLoanMovement,
    ReverseLoanMovement,
)
from domains.payroll.queries import net_pay as queries
from domains.payroll.rules import net_pay as rules
from domains.payroll.tables import LoanMovement
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Invalid

_WHOSE = text("SELECT employee_code FROM payroll.employee_loan WHERE code = :loan")


@operation("payroll.post_loan_movement", event=LoanMovedEvent)
async def post_loan_movement(tx: Transaction, move: PostLoanMovement) -> LoanMovementPosted:
    """Post what was lent, came back by hand, or is given up: on the account of loans with the employee as its
    party, against the money, or against what loans that are not repaid cost. A payslip that was computed and
    is not posted must be computed again.

    Refuses: Invalid, MoreThanLent; NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor, NotPostable.
    """
    employee = await tx.scalar(_WHOSE, {"loan": move.loan_code})
    if employee is None:
        why = f"there is no loan {move.loan_code}; enter it first"
        raise Invalid(f"loan_code: {why}", errors=[("loan_code", why)])
    await tx.execute(ONE_AT_A_TIME, {"employee": employee})
    rules.check_movement(move, await queries.loan_left(tx, move.loan_code, move.moved_on))
    books = await books_on(tx, move.moved_on)
    account = None
    if move.kind is not LoanMovementKind.WRITTEN_OFF:
        account = move.account_code or books.account(AccountRole.BANK)
        await check_money_account(tx, books, account)
    number = tx.closing.number("LM", books.fiscal_year)
    row = {
        "id": move.movement_id,
        "number": number,
        "employee_code": employee,
        "currency": books.currency,
        "amount": rules.signed(move),
        "account_code": account,
    }
    write_document(tx, {LoanMovement: move.model_dump(exclude={"movement_id", *row}) | row})
    lines = rules.movement_lines(move, employee, account, number)
    document = Document(queries.KIND, move.movement_id, number)
    await post(tx, document, move.moved_on, lines, text=f"Loan {move.loan_code}: {move.kind.value}")
    return LoanMovementPosted(movement_id=move.movement_id, movement_number=number, loan_code=move.loan_code)


@operation("payroll.reverse_loan_movement", event=LoanMovementReversedEvent)
async def reverse_loan_movement(tx: Transaction, reverse_: ReverseLoanMovement) -> DocumentReversed:
    """Take a movement of a loan back: what was lent only when none of it was repaid or written off.

    Refuses: NotFound, ReversedAlready, MoreThanLent; TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    movement = await queries.loan_movement(tx, reverse_.movement_id)
    await tx.execute(ONE_AT_A_TIME, {"employee": movement.employee_code})
    await check_not_reversed(tx, queries.KIND, movement.movement_id, movement.movement_number)
    left = await queries.loan_left(tx, movement.loan_code) - movement.amount
    rules.check_grant_undone(movement.movement_number, movement.loan_code, left)
    return await reverse(
        tx,
        queries.KIND,
        movement.movement_id,
        reversal_id=reverse_.reversal_id,
        on=reverse_.reversed_on,
        reason=reverse_.reason,
        number=movement.movement_number,
        posted_on=movement.moved_on,
    )
