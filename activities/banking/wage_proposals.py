"""Net pay as it is kept in a payment run: what of a payroll run it pays, and what is left out and why."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text

from activities.banking.run_heads import write_proposed
from activities.ledger.posting import wages_owed
from domains.banking.messages import payment_runs as messages
from domains.banking.messages.payment_runs import RunInvoiceStatus
from domains.banking.queries import wages as wage_queries
from domains.banking.queries.accounts import BankAccountView
from domains.banking.rules import payment_runs as run_rules
from domains.banking.rules import wages as rules
from domains.banking.rules.payment_runs import PaidFrom
from domains.banking.rules.wages import WageLine
from domains.banking.tables import PaymentRunPayment, WagePayment
from domains.ledger.messages.wages import WagesOwed
from domains.ledger.queries.open_items import open_since
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound

_WITHDRAW = text(
    "UPDATE banking.wage_payment SET status = 'withdrawn' WHERE run_id = :run AND status = 'included'"
).bindparams(bindparam("run", type_=Uuid))


async def keep_wages(
    tx: Transaction, ask: messages.ProposePaymentRun, account: BankAccountView
) -> messages.PaymentRunKept:
    """Keep what of a payroll run's net pay is to be paid: one payment for each account of each person.

    Refuses: NotFound, PayrollNotSealed, TooEarly, NothingToPay.
    """
    owed = await _owed(tx, ask)
    rules.check_owed(ask, owed)
    payslips = {one.payslip_id for one in owed.parts}
    taken = await wage_queries.wages_taken(tx, payslips)
    paid = {(one.payslip_id, one.place) for one in taken if one.status == RunInvoiceStatus.PAID}
    planned = {(one.payslip_id, one.place) for one in taken} - paid
    parts = [one for one in owed.parts if (one.payslip_id, one.place) not in paid]
    number = tx.closing.sequence_number("PR", "banking.payment_run_number")
    since = await open_since(tx, payslips)
    found = list(rules.lines_of(ask, number, parts, since, planned))
    included = [one.line for one in found if one.line.status is RunInvoiceStatus.INCLUDED]
    run_rules.check_pays(len(included), f"this proposal of {owed.run_number}")
    paid_from = PaidFrom(account.code, account.iban, account.bic, account.currency)
    kept = messages.PaymentRunKept(
        run_id=ask.run_id,
        run_number=number,
        version=1,
        content_hash=run_rules.content_hash(paid_from, ask.pay_on, included),
        currency=account.currency,
        payments=len(included),
        invoices=len(included),
        left_out=len(found) - len(included),
        is_of_wages=True,
        other_accounts=run_rules.other_accounts(included),
        pay_on=ask.pay_on,
    )
    _write(tx, ask, kept, owed, paid_from, found)
    return kept


async def _owed(tx: Transaction, ask: messages.ProposePaymentRun) -> WagesOwed:
    """What the payroll run leaves to be paid. Refuses: NotFound."""
    assert ask.payroll_run_id is not None
    try:
        return await wages_owed(tx, ask.payroll_run_id)
    except NotFound as missing:
        raise NotFound(missing.detail, errors=[("payroll_run_id", missing.detail)]) from missing


def _write(
    tx: Transaction,
    ask: messages.ProposePaymentRun,
    kept: messages.PaymentRunKept,
    owed: WagesOwed,
    paid_from: PaidFrom,
    found: Sequence[WageLine],
) -> None:
    write_proposed(tx, ask, kept, paid_from, payroll_run_number=owed.run_number)
    payments = [
        _payment_row(ask.run_id, one) for one in found if one.line.status is RunInvoiceStatus.INCLUDED
    ]
    wages = [_wage_row(ask.run_id, one, owed.currency) for one in found]
    write_document(tx, {PaymentRunPayment: payments, WagePayment: wages})


def _payment_row(run_id: UUID, wage: WageLine) -> dict[str, Any]:
    line = wage.line
    return {
        "id": line.invoice_id,
        "run_id": run_id,
        "end_to_end_id": line.end_to_end_id,
        "supplier_code": None,
        "payee_name": wage.part.employee_name,
        "iban": line.iban,
        "bic": line.bic,
        "iban_before": line.iban_before,
        # Where somebody lives the bank need not know.
        "city": "",
        "country": "",
    }


def _wage_row(run_id: UUID, wage: WageLine, currency: str) -> dict[str, Any]:
    line, part = wage.line, wage.part
    is_included = line.status is RunInvoiceStatus.INCLUDED
    return {
        "id": line.invoice_id,
        "run_id": run_id,
        "number": line.end_to_end_id,
        "payment_id": line.invoice_id if is_included else None,
        "payslip_id": part.payslip_id,
        "payslip_number": part.payslip_number,
        "place": part.place,
        "employee_code": part.employee_code,
        "employee_name": part.employee_name,
        "currency": currency,
        "amount": part.amount,
        "status": line.status.value,
        "left_out_because": line.left_out_because,
        "paid_on": None,
        "account_code": None,
    }


async def withdraw_wages(tx: Transaction, run_id: UUID) -> None:
    """Nothing of a run is paid: its wages are free for another."""
    await tx.execute(_WITHDRAW, {"run": run_id})
