"""What a payment run pays, invoice by invoice, and the file by which the bank does so."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import uuid5

from sqlalchemy import Uuid, bindparam, text

from activities.banking.in_transit import transit_account
from activities.ledger.posting import pay_out
from domains.banking.files import pain
from domains.banking.files.pain import OrderToWrite, PayerToWrite, PaymentToWrite
from domains.banking.messages.payment_advices import AdvisePayments
from domains.banking.messages.payment_proposals import LeftOutReason
from domains.banking.messages.payment_runs import (
    ListRunInvoices,
    MakePaymentFile,
    PaymentFileMade,
    PaymentFileMadeEvent,
    PaymentRunStatus,
    PayRunInvoice,
    RunInvoicePaid,
    RunInvoicePaidEvent,
    RunInvoiceStatus,
)
from domains.banking.queries import payment_runs as queries
from domains.banking.queries.accounts import account_in_use
from domains.banking.queries.payment_proposals import payable
from domains.banking.rules import payment_runs as rules
from domains.banking.rules.payment_runs import ReleasedRun, RunLine
from domains.banking.tables import PaymentRun, PaymentRunInvoice
from domains.ledger.messages import PostSupplierPayment, Side
from domains.ledger.queries.open_items import open_documents
from domains.master_data import queries as master_data
from foundation.database.transaction import CORRELATION, OPENED_AT, Transaction
from foundation.operations.commands import begin, company_of
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.money import ZERO

KIND = "payment_run"
WAGES_KIND = "wage_payment_run"
"""Of a file with what people are paid: who downloads the others does not find it."""
XML = "application/xml"
_LEAVE_THE_REST = text(
    """
    UPDATE banking.payment_run_invoice SET status = 'left_out', left_out_because = :because
    WHERE run_id = :run AND status = 'included'
    """
).bindparams(bindparam("run", type_=Uuid))
_LEAVE_OTHER_WAGES = text(
    """
    UPDATE banking.wage_payment SET status = 'left_out', left_out_because = :because
    WHERE run_id = :run AND status = 'included'
    """
).bindparams(bindparam("run", type_=Uuid))


@operation("banking.list_run_invoices")
async def list_run_invoices(tx: Transaction, ask: ListRunInvoices) -> Listed:
    """List what is to be paid of a run, supplier by supplier."""
    items = [
        ListedItem(
            name=str(line.invoice_id),
            body={
                "run_id": ask.payment_run_id,
                "invoice_id": line.invoice_id,
                "supplier_payment_id": uuid5(ask.payment_run_id, f"payment of {line.invoice_id}"),
            },
            party=line.supplier_code,
        )
        for line in await queries.invoice_lines(tx, ask.payment_run_id)
        if line.status == RunInvoiceStatus.INCLUDED
    ]
    return await add_items(tx, ask, items, is_all=True)


@operation("banking.pay_run_invoice", event=RunInvoicePaidEvent)
async def pay_run_invoice(tx: Transaction, pay: PayRunInvoice) -> RunInvoicePaid:
    """Pay an invoice of a released run: what is open of it is on its way to the bank from now on.

    It is left out instead when something about it has changed since it was proposed. Refuses: NotFound;
    NotTheContent, when the run is not released; Invalid, NotPostable, NoFiscalYear, PeriodLocked,
    TooFarAhead, NoAccountFor.
    """
    line = await queries.locked_line(tx, pay.run_id, pay.invoice_id)
    run = await queries.released_run(tx, pay.run_id)
    of_line = {"run_id": pay.run_id, "invoice_id": pay.invoice_id, "supplier_code": line.supplier_code}
    if line.status != RunInvoiceStatus.INCLUDED:
        because = line.left_out_because or line.status
        return RunInvoicePaid(**of_line, amount=ZERO, discount_amount=ZERO, left_out_because=because)
    heads = await open_documents(tx, order_id=None, document_id=pay.invoice_id, side=Side.PAYABLE)
    supplier = await master_data.supplier(tx, line.supplier_code)
    reason = rules.why_not_paid(line, run.paid_on, payable(heads[0]) if heads else None, supplier)
    key = (pay.run_id, pay.invoice_id)
    if reason is not None:
        left_out = {"status": RunInvoiceStatus.LEFT_OUT.value, "left_out_because": reason.value}
        await tx.update(PaymentRunInvoice, key, **left_out)
        return RunInvoicePaid(**of_line, amount=ZERO, discount_amount=ZERO, left_out_because=reason)
    account = await account_in_use(tx, run.bank_account_code)
    payment = PostSupplierPayment(
        payment_id=pay.supplier_payment_id,
        invoice_id=pay.invoice_id,
        paid_on=run.paid_on,
        amount=line.amount,
        reference=line.end_to_end_id,
        account_code=await transit_account(tx, account, run.paid_on),
    )
    posted = await pay_out(tx, payment)
    paid = {"status": RunInvoiceStatus.PAID.value, "supplier_payment_id": pay.supplier_payment_id}
    await tx.update(PaymentRunInvoice, key, **paid)
    return RunInvoicePaid(
        **of_line,
        payment_number=posted.payment_number,
        amount=line.amount,
        discount_amount=posted.settled.discount_amount,
    )


@operation("banking.make_payment_file", event=PaymentFileMadeEvent)
async def make_payment_file(tx: Transaction, write: MakePaymentFile) -> PaymentFileMade:
    """Write what the bank is to pay: each supplier once, all of its invoices that were posted; or the wages,
    each account of each person.

    What was not posted is left out, and free for another run; without any payment there is no file. Suppliers
    are told of it by a run that begins with the file. Refuses: NotFound; NotTheContent, when the run is not
    released.
    """
    run = await queries.released_run(tx, write.run_id)
    is_of_wages = run.payroll_run_id is not None
    leave_the_rest = _LEAVE_OTHER_WAGES if is_of_wages else _LEAVE_THE_REST
    await tx.execute(leave_the_rest, {"run": run.id, "because": LeftOutReason.NOT_POSTED.value})
    lines = await queries.run_lines(tx, run)
    paid = [one for one in lines if one.status == RunInvoiceStatus.PAID]
    payments = await _payments(tx, run, paid)
    if payments:
        order = await _order(tx, run, payments)
        kind = WAGES_KIND if is_of_wages else KIND
        await prints.keep_once(tx, kind, run.id, f"{run.number}.xml", XML, lambda: pain.written(order))
        if not is_of_wages:
            await _begin_to_advise(tx, run, order.pay_on)
    amounts = rules.amounts(run.payroll_run_id, paid)
    await tx.update(PaymentRun, run.id, status=PaymentRunStatus.POSTED.value, **amounts)
    return PaymentFileMade(
        run_id=run.id,
        run_number=run.number,
        currency=run.currency,
        **amounts,
        payments=len(payments),
        invoices=len(paid),
        left_out=len(lines) - len(paid),
        file_name=f"{run.number}.xml" if payments else "",
    )


async def _begin_to_advise(tx: Transaction, run: ReleasedRun, ordered_on: date) -> None:
    """Suppliers are told of it by a run of its own: the process of this one has come to its end."""
    advise = AdvisePayments(payment_run_id=run.id, run_number=run.number, ordered_on=ordered_on)
    begun = BeginProcess(
        process_id=f"{await company_of(tx)}/payment_advice_run/{run.id}",
        body=advise.model_dump(mode="json"),
        party=None,
        summary=f"Remittance advices of {run.number}",
        correlation_id=tx.info[CORRELATION],
        begun_by="",
    )
    await begin(tx, begun)


async def _payments(tx: Transaction, run: ReleasedRun, paid: Iterable[RunLine]) -> list[PaymentToWrite]:
    """One for each supplier of which something was paid; or for each account of each person."""
    invoices: dict[str, list[RunLine]] = {}
    for line in paid:
        invoices.setdefault(line.end_to_end_id, []).append(line)
    return [
        PaymentToWrite(
            end_to_end_id=row.end_to_end_id,
            name=row.payee_name,
            city=row.city,
            country=row.country,
            iban=row.iban,
            bic=row.bic,
            amount=sum((one.amount for one in invoices[row.end_to_end_id]), ZERO),
            references=[
                pain.both_numbers(one.invoice_number, one.supplier_number)
                for one in invoices[row.end_to_end_id]
            ],
        )
        for row in await queries.payments_of(tx, run.id)
        if row.end_to_end_id in invoices
    ]


async def _order(tx: Transaction, run: ReleasedRun, payments: list[PaymentToWrite]) -> OrderToWrite:
    company = await master_data.company(tx)
    made_at: datetime = tx.info[OPENED_AT]
    return OrderToWrite(
        number=run.number,
        made_at=made_at.astimezone(UTC),
        # It may have waited for what could not be posted: the bank executes nothing on a day that is over.
        pay_on=max(run.paid_on, company.today(made_at)),
        currency=run.currency,
        payer=PayerToWrite(company.name, company.city, company.country, run.iban, run.bic),
        payments=payments,
        is_of_wages=run.payroll_run_id is not None,
    )
