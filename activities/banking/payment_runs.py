"""Payment runs: proposed, edited, submitted, released, or cancelled before that."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, text

from activities.banking.in_transit import transit_account
from activities.banking.run_heads import write_proposed
from activities.banking.wage_proposals import keep_wages, withdraw_wages
from domains.banking.messages import payment_runs as messages
from domains.banking.messages.payment_proposals import (
    LeftOutInvoice,
    PaymentProposal,
    ProposedInvoice,
    ProposedPayment,
)
from domains.banking.messages.payment_runs import PaymentRunStatus, RunInvoiceStatus
from domains.banking.queries import payment_runs as queries
from domains.banking.queries.accounts import BankAccountView, account_in_use
from domains.banking.queries.payment_proposals import payment_proposal
from domains.banking.queries.wages import wages_in_other_runs
from domains.banking.rules import payment_runs as rules
from domains.banking.rules.payment_runs import PaidFrom, RunLine
from domains.banking.tables import PaymentRun, PaymentRunInvoice, PaymentRunPayment
from domains.master_data import queries as master_data
from domains.master_data.views import SupplierView
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO

_RUN = bindparam("run", type_=Uuid)
# Two who propose at once would both see an invoice free, and one of them would fail by the index.
ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('payment runs of ' || foundation.current_company(), 0))"
)
_CHANGE = text(
    """
    UPDATE banking.payment_run_invoice i SET status = c.status, left_out_because = c.left_out_because
    FROM jsonb_to_recordset(CAST(:changes AS jsonb))
        AS c (invoice_id uuid, status text, left_out_because text)
    WHERE i.run_id = :run AND i.invoice_id = c.invoice_id
    """
).bindparams(_RUN)
_CHANGE_WAGES = text(
    """
    UPDATE banking.wage_payment w SET status = c.status, left_out_because = c.left_out_because
    FROM jsonb_to_recordset(CAST(:changes AS jsonb))
        AS c (invoice_id uuid, status text, left_out_because text)
    WHERE w.run_id = :run AND w.id = c.invoice_id
    """
).bindparams(_RUN)
_WITHDRAW = text(
    "UPDATE banking.payment_run_invoice SET status = 'withdrawn' WHERE run_id = :run AND status = 'included'"
).bindparams(_RUN)


@operation("banking.propose_payment_run", event=messages.PaymentRunProposedEvent)
async def propose_payment_run(tx: Transaction, ask: messages.ProposePaymentRun) -> messages.PaymentRunKept:
    """Keep what is to be paid, and what is left out and why; its invoices, or the wages of a payroll run, are
    in no other run from now on.

    Refuses: NotFound; Invalid, also when the bank account is blocked, has no IBAN or is not in the company's
    currency; NothingToPay; PayrollNotSealed, TooEarly of wages; TooManyOpenItems; TooFarAhead, NoFiscalYear,
    PeriodLocked, NoAccountFor, NotPostable.
    """
    await tx.execute(ONE_AT_A_TIME)
    account = await account_in_use(tx, ask.bank_account_code)
    await transit_account(tx, account, ask.pay_on)
    if ask.payroll_run_id is not None:
        return await keep_wages(tx, ask, account)
    return await _keep_invoices(tx, ask, account)


async def _keep_invoices(
    tx: Transaction, ask: messages.ProposePaymentRun, account: BankAccountView
) -> messages.PaymentRunKept:
    """What is to be paid to suppliers. Refuses: NotFound, NothingToPay, TooManyOpenItems."""
    proposal = await payment_proposal(
        tx,
        account,
        pay_on=ask.pay_on,
        due_until=ask.due_until,
        supplier_codes=ask.supplier_codes,
        least_discount_yield_percent=ask.least_discount_yield_percent,
    )
    rules.check_pays(len(proposal.payments), "this proposal")
    number = tx.closing.sequence_number("PR", "banking.payment_run_number")
    lines = [one for payment in proposal.payments for one in _lines(payment)]
    paid_from = PaidFrom(account.code, account.iban, account.bic, account.currency)
    last = await queries.last_paid_to(tx, {one.supplier_code for one in proposal.payments})
    before = rules.other_before(proposal.payments, last)
    kept = messages.PaymentRunKept(
        run_id=ask.run_id,
        run_number=number,
        version=1,
        content_hash=rules.content_hash(paid_from, ask.pay_on, lines),
        payments=len(proposal.payments),
        invoices=len(lines),
        left_out=len(proposal.left_out),
        other_accounts=len(before),
        pay_on=ask.pay_on,
        **proposal.model_dump(include={"currency", "amount", "discount_amount"}),
    )
    await _write(tx, ask, kept, proposal, paid_from, before)
    return kept


async def _write(
    tx: Transaction,
    ask: messages.ProposePaymentRun,
    kept: messages.PaymentRunKept,
    proposal: PaymentProposal,
    paid_from: PaidFrom,
    before: Mapping[str, str],
) -> None:
    suppliers = await master_data.suppliers(tx, {one.supplier_code for one in proposal.payments})
    payments = [
        _payment_row(kept, f"{kept.run_number}-{place:05d}", one, suppliers[one.supplier_code])
        | {"iban_before": before.get(one.supplier_code, "")}
        for place, one in enumerate(proposal.payments, 1)
    ]
    paid = [_invoice_row(kept, payment, one) for payment in proposal.payments for one in payment.invoices]
    left_out = [_left_out_row(ask.run_id, one) for one in proposal.left_out]
    write_proposed(tx, ask, kept, paid_from)
    write_document(tx, {PaymentRunPayment: payments, PaymentRunInvoice: paid + left_out})


def _payment_id(run_id: UUID, supplier_code: str) -> UUID:
    return uuid5(run_id, f"payment to {supplier_code}")


def _payment_row(
    kept: messages.PaymentRunKept, end_to_end_id: str, payment: ProposedPayment, supplier: SupplierView
) -> dict[str, Any]:
    return payment.model_dump(include={"supplier_code", "iban", "bic"}) | {
        "payee_name": payment.supplier_name,
        "id": _payment_id(kept.run_id, payment.supplier_code),
        "run_id": kept.run_id,
        "end_to_end_id": end_to_end_id,
        "city": supplier.city,
        "country": supplier.country,
    }


def _invoice_row(
    kept: messages.PaymentRunKept, payment: ProposedPayment, invoice: ProposedInvoice
) -> dict[str, Any]:
    return invoice.model_dump(exclude={"reason"}) | {
        "run_id": kept.run_id,
        "payment_id": _payment_id(kept.run_id, payment.supplier_code),
        "supplier_code": payment.supplier_code,
        "supplier_name": payment.supplier_name,
        "currency": kept.currency,
        "pay_reason": invoice.reason.value,
        "status": RunInvoiceStatus.INCLUDED.value,
        "left_out_because": "",
    }


def _left_out_row(run_id: UUID, invoice: LeftOutInvoice) -> dict[str, Any]:
    return invoice.model_dump(exclude={"reason"}) | {
        "run_id": run_id,
        "payment_id": None,
        "amount": ZERO,
        "discount_amount": ZERO,
        "discount_yield_percent": None,
        "pay_reason": "",
        "status": RunInvoiceStatus.LEFT_OUT.value,
        "left_out_because": invoice.reason.value,
    }


def _lines(payment: ProposedPayment) -> Iterable[RunLine]:
    return (
        RunLine(
            **one.model_dump(include={"invoice_id", "open_amount", "amount", "discount_amount"}),
            **payment.model_dump(include={"supplier_code", "iban", "bic"}),
            status=RunInvoiceStatus.INCLUDED,
            left_out_because="",
        )
        for one in payment.invoices
    )


@operation("banking.edit_payment_run", event=messages.PaymentRunEditedEvent)
async def edit_payment_run(tx: Transaction, edit: messages.EditPaymentRun) -> messages.PaymentRunKept:
    """Leave invoices, or wages, out of a run that is not submitted, or put them in again: it has another hash
    then.

    Refuses: NotFound; RunSubmitted, RunChanged, EditedByAnother; Invalid, naming each invoice that cannot be
    left out or put in.
    """
    await tx.execute(ONE_AT_A_TIME)
    run = await queries.locked_run(tx, edit.run_id)
    is_of_wages = run.payroll_run_id is not None
    before = await queries.run_lines(tx, run)
    elsewhere = wages_in_other_runs if is_of_wages else queries.in_runs
    after = rules.edited(run, edit, before, await elsewhere(tx, edit.put_in))
    changes = [
        {"invoice_id": now.invoice_id, "status": now.status, "left_out_because": now.left_out_because}
        for was, now in zip(before, after, strict=True)
        if was != now
    ]
    change = _CHANGE_WAGES if is_of_wages else _CHANGE
    await tx.execute(change, {"run": run.id, "changes": to_json(changes).decode()})
    kept = rules.kept(run, after)
    changed = kept.model_dump(include={"version", "content_hash", "amount", "discount_amount"})
    await tx.update(PaymentRun, run.id, **changed)
    return kept


@operation("banking.submit_payment_run", event=messages.PaymentRunSubmittedEvent)
async def submit_payment_run(
    tx: Transaction, submit: messages.SubmitPaymentRun
) -> messages.PaymentRunChanged:
    """The run is as it is to be paid, and waits for its approvals.

    Refuses: NotFound, RunSubmitted, RunChanged, NothingToPay.
    """
    run = await queries.locked_run(tx, submit.run_id)
    rules.check_submission(run, submit.version, await queries.run_lines(tx, run))
    await tx.update(PaymentRun, run.id, status=PaymentRunStatus.SUBMITTED.value)
    return messages.PaymentRunChanged(run_id=run.id, run_number=run.number, status=PaymentRunStatus.SUBMITTED)


@operation("banking.cancel_payment_run", event=messages.PaymentRunCancelledEvent)
async def cancel_payment_run(
    tx: Transaction, cancel: messages.CancelPaymentRun
) -> messages.PaymentRunChanged:
    """Nothing of the run is paid: its invoices are free for another. Does nothing when there is no such run.

    Refuses: PaymentsReleased.
    """
    run = await queries.run_to_cancel(tx, cancel.run_id)
    if run is None:
        return messages.PaymentRunChanged(run_id=cancel.run_id)
    rules.check_cancellation(run)
    await tx.execute(_WITHDRAW, {"run": run.id})
    await withdraw_wages(tx, run.id)
    status = PaymentRunStatus.CANCELLED
    await tx.update(PaymentRun, run.id, status=status.value, reason=cancel.reason)
    return messages.PaymentRunChanged(run_id=run.id, run_number=run.number, status=status)


@operation("banking.release_payment_run", event=messages.PaymentRunReleasedEvent)
async def release_payment_run(
    tx: Transaction, release: messages.ReleasePaymentRun
) -> messages.PaymentRunReleased:
    """The run is paid as it was approved: on its day, or today when that is over.

    Refuses: NotFound, NotTheContent; Invalid, when the bank account is blocked or has no IBAN any more;
    NoFiscalYear, PeriodLocked, TooFarAhead, NoAccountFor, NotPostable.
    """
    run = await queries.locked_run(tx, release.run_id)
    account = await account_in_use(tx, run.bank_account_code)
    rules.check_release(run, release.content_hash, account)
    today = (await master_data.company(tx)).today(tx.info[OPENED_AT])
    paid_on = max(run.pay_on, today)
    await transit_account(tx, account, paid_on)
    lines = await queries.run_lines(tx, run)
    released = {"status": PaymentRunStatus.RELEASED.value, "paid_on": paid_on, "released_on": today}
    await tx.update(PaymentRun, run.id, **released)
    return messages.PaymentRunReleased(
        run_id=run.id,
        run_number=run.number,
        paid_on=paid_on,
        invoices=sum(line.status == RunInvoiceStatus.INCLUDED for line in lines),
    )
