"""Net pay in payment runs: posted as on its way to the bank, and taken back."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from activities.banking.confirming import check_not_of_a_run
from activities.banking.in_transit import transit_account
from activities.ledger.posting import check_not_reversed, open_wages, pay_wages, reverse, wages_owed
from domains.banking.messages import payment_runs as messages
from domains.banking.messages.payment_runs import WAGES_AT_ONCE, RunInvoiceStatus
from domains.banking.messages.wages import ReverseWagePayment, WagePaymentReversedEvent
from domains.banking.queries import payment_runs as queries
from domains.banking.queries import wages as wage_queries
from domains.banking.queries.accounts import account_in_use
from domains.banking.rules import wages as rules
from domains.banking.rules.in_transit import WAGES
from domains.banking.rules.payment_runs import ReleasedRun
from domains.banking.tables import WagePayment
from domains.ledger.messages import Document, DocumentReversed
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.errors import NotFound
from foundation.values.money import ZERO

_PAID = text(
    """
    UPDATE banking.wage_payment SET status = 'paid', paid_on = :paid_on, account_code = :account
    WHERE id = ANY (:ids)
    """
)


@operation("banking.list_run_wages")
async def list_run_wages(tx: Transaction, ask: messages.ListRunWages) -> Listed:
    """List what wages are to be paid of a run, few together: one item is done in one transaction."""
    wanted = [
        line.invoice_id
        for line in await wage_queries.wage_lines(tx, ask.payment_run_id)
        if line.status is RunInvoiceStatus.INCLUDED
    ]
    items = [
        ListedItem(
            name=f"{place // WAGES_AT_ONCE + 1}",
            body={
                "run_id": ask.payment_run_id,
                "wage_payment_ids": wanted[place : place + WAGES_AT_ONCE],
            },
            party=f"{place // WAGES_AT_ONCE + 1:06}",
        )
        for place in range(0, len(wanted), WAGES_AT_ONCE)
    ]
    return await add_items(tx, ask, items, is_all=True)


@operation("banking.pay_run_wages", event=messages.RunWagesPaidEvent)
async def pay_run_wages(tx: Transaction, pay: messages.PayRunWages) -> messages.RunWagesPaid:
    """Pay some wages of a released run: so much less is owed to the person, and it is on its way to the bank.
    One of which something has changed since it was proposed is left out, and keeps nobody else waiting.

    Refuses: NotFound; NotTheContent, when the run is not released; Invalid, NotPostable, NoFiscalYear,
    PeriodLocked, TooFarAhead, NoAccountFor.
    """
    run = await queries.released_run(tx, pay.run_id)
    rows = [
        row
        for row in await wage_queries.locked_wages(tx, run.id, pay.wage_payment_ids)
        if row.status == RunInvoiceStatus.INCLUDED
    ]
    account = await account_in_use(tx, run.bank_account_code)
    code = await transit_account(tx, account, run.paid_on)
    paid, left_out = await _pay(tx, run, rows, code)
    if paid:
        await tx.execute(_PAID, {"ids": paid, "paid_on": run.paid_on, "account": code})
    for wage_id, because in left_out.items():
        changed = {"status": RunInvoiceStatus.LEFT_OUT.value, "left_out_because": because}
        await tx.update(WagePayment, wage_id, **changed)
    return messages.RunWagesPaid(run_id=run.id, paid=len(paid), left_out=len(left_out))


async def _pay(
    tx: Transaction, run: ReleasedRun, rows: Collection[Any], code: str
) -> tuple[list[UUID], Mapping[UUID, str]]:
    """Post what is paid of them; gives their ids, and why the others are left out.

    Payslips are locked in one order, whoever locks several.
    """
    assert run.payroll_run_id is not None
    payslips = sorted({row.payslip_id for row in rows})
    owed = await wages_owed(tx, run.payroll_run_id, payslips=payslips)
    parts = {(one.payslip_id, one.place): one for one in owed.parts}
    lines = {one.invoice_id: one for one in await wage_queries.wage_lines(tx, run.id)}
    paid, left_out = list[UUID](), dict[UUID, str]()
    for payslip_id in payslips:
        head = await open_wages(tx, payslip_id)
        left = head.document.open_amount if head else ZERO
        for row in (one for one in rows if one.payslip_id == payslip_id):
            part, line = parts.get((row.payslip_id, row.place)), lines[row.id]
            since = head.opened.since if head else run.paid_on
            reason = rules.why_not_paid(line, part, left, since, run.paid_on)
            if reason is None and head is not None:
                document = Document(WAGES, row.id, row.number)
                await pay_wages(tx, document, run.paid_on, head, row.amount, code)
                left -= row.amount
                paid.append(row.id)
            elif reason is not None:
                left_out[row.id] = reason.value
    return paid, left_out


@operation("banking.reverse_wage_payment", event=WagePaymentReversedEvent)
async def reverse_wage_payment(tx: Transaction, reverse_: ReverseWagePayment) -> DocumentReversed:
    """Take a payment of wages back that the bank does not make: the person is owed it again, and it may be
    paid by another run.

    Refuses: NotFound, ReversedAlready; StandsOnIt, while its run is being paid, or when a line of a statement
    has confirmed it; TooEarly, NotPostable, NoFiscalYear, PeriodLocked.
    """
    await check_not_of_a_run(tx, reverse_.wage_payment_id)
    payment = await wage_queries.wage_payment(tx, reverse_.wage_payment_id)
    await check_not_reversed(tx, WAGES, payment.wage_payment_id, payment.number)
    if payment.paid_on is None:
        raise NotFound(f"wage payment {payment.number} is {payment.status}: there is nothing to take back")
    return await reverse(
        tx,
        WAGES,
        payment.wage_payment_id,
        reversal_id=reverse_.reversal_id,
        on=reverse_.reversed_on,
        reason=reverse_.reason,
        number=payment.number,
        posted_on=payment.paid_on,
    )
