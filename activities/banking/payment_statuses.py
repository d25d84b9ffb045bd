"""What banks answer to payment files: imported once, noted, and what they reject is owed again."""

import asyncio
from datetime import date
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic_core import to_json
from sqlalchemy import insert, text

from activities.ledger.posting import reverse
from domains.banking.files.status_reports import read_status_reports
from domains.banking.messages.payment_statuses import (
    ImportStatusReport,
    ListRejected,
    PaymentRejected,
    PaymentRejectedEvent,
    RejectPayment,
    RejectPayments,
    StatusOutcome,
    StatusReportImported,
    StatusReportImportedEvent,
)
from domains.banking.queries import payment_statuses as queries
from domains.banking.queries.in_transit import in_transit, lock_payments
from domains.banking.queries.payment_statuses import RejectedPayment
from domains.banking.rules import payment_statuses as rules
from domains.banking.rules.in_transit import PaymentInTransit
from domains.banking.rules.payment_statuses import StatusLine
from domains.banking.tables import PaymentRejection, PaymentStatusLine, PaymentStatusReport
from domains.master_data import queries as master_data
from foundation.database.connections import rows_of
from foundation.database.documents import write_document
from foundation.database.transaction import CORRELATION, OPENED_AT, Transaction
from foundation.operations.commands import begin, company_of
from foundation.operations.mailbox import BeginProcess
from foundation.operations.operation import operation
from foundation.process.batch import ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.money import ZERO

RUN = "payment_rejection_run"
AT_ONCE = 2_000
"""So many lines are written by one statement."""
# Reading a large file takes longer than a transaction may wait otherwise; it holds no lock meanwhile.
_TAKE_YOUR_TIME = text("SELECT set_config('idle_in_transaction_session_timeout', '2min', true)")
# What counts of a payment depends on what was imported before.
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('status reports of ' || foundation.current_company(), 0))"
)
_LINES = text(
    """
    INSERT INTO banking.payment_status_line (report_id, line_number, bank_message_id, said_at, level,
        message_id, payment_information_id, end_to_end_id, status, reason_code, reason_text, payment_id,
        outcome)
    SELECT n.* FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS n (report_id uuid, line_number integer,
        bank_message_id text, said_at timestamptz, level text, message_id text, payment_information_id text,
        end_to_end_id text, status text, reason_code text, reason_text text, payment_id uuid, outcome text)
    """
)


@operation("banking.import_status_report", event=StatusReportImportedEvent)
async def import_status_report(tx: Transaction, wanted: ImportStatusReport) -> StatusReportImported:
    """Import what a bank says of payments, all of it, and note it at them. A file that was imported before is
    answered with as it was. What it rejects is taken back by a run that begins with it.

    Refuses: UnknownFormat, EntitiesRefused, WrongEncoding, StatusReportTooLarge, StatusReportMalformed.
    """
    await tx.execute(_TAKE_YOUR_TIME)
    zone = ZoneInfo((await master_data.company(tx)).time_zone)
    reports = await asyncio.to_thread(read_status_reports, wanted.content, zone)
    await tx.execute(_ONE_AT_A_TIME)
    same = await queries.same_report(tx, wanted.sha256)
    if same is not None:
        found = await queries.outcomes(tx, same.id)
        counted = rules.counts(found)
        return StatusReportImported(report_id=same.id, file_name=same.file_name, **counted, is_new=False)
    runs = await queries.ordered_runs(tx, {one.message_id for one in reports})
    said = rules.lines_of(reports, runs)
    known = await queries.known_statuses(tx, {one.payment_id for one in said if one.payment_id})
    lines = rules.judged(said, known)
    await _write(tx, wanted, lines)
    counted = rules.counts([one.outcome for one in lines])
    return StatusReportImported(
        report_id=wanted.report_id,
        file_name=wanted.file_name,
        **counted,
        run_id=await _begin_to_reject(tx, wanted) if counted["to_reject"] else "",
    )


async def _write(tx: Transaction, wanted: ImportStatusReport, lines: list[StatusLine]) -> None:
    head = {
        "id": wanted.report_id,
        "file_name": wanted.file_name,
        "sha256": wanted.sha256,
        "content": wanted.content,
        "line_count": len(lines),
    }
    await tx.execute(insert(rows_of(PaymentStatusReport)).values(head))
    rows = [
        one.columns() | {"report_id": wanted.report_id, "line_number": number}
        for number, one in enumerate(lines, 1)
    ]
    for start in range(0, len(rows), AT_ONCE):
        await tx.execute(_LINES, {"lines": to_json(rows[start : start + AT_ONCE]).decode()})


async def _begin_to_reject(tx: Transaction, wanted: ImportStatusReport) -> str:
    """Begin the run that takes back what is rejected; gives its id."""
    run_id = f"{await company_of(tx)}/{RUN}/{wanted.report_id}"
    reject = RejectPayments(report_id=wanted.report_id, file_name=wanted.file_name)
    begun = BeginProcess(
        process_id=run_id,
        body=reject.model_dump(mode="json"),
        party=None,
        summary=f"Payments that {wanted.file_name} rejects"[:200],
        correlation_id=tx.info[CORRELATION],
        begun_by="",
    )
    await begin(tx, begun)
    return run_id


@operation("banking.list_rejected_payments")
async def list_rejected_payments(tx: Transaction, ask: ListRejected) -> Listed:
    """List the payments that a report rejects, supplier by supplier; wages by their run."""
    items = [
        ListedItem(
            name=str(one.payment_id),
            body={
                "payment_id": one.payment_id,
                "report_id": ask.report_id,
                "line_number": one.line_number,
            },
            party=one.party,
        )
        for one in await queries.to_reject(tx, ask.report_id)
    ]
    return await add_items(tx, ask, items, is_all=True)


@operation("banking.reject_payment", event=PaymentRejectedEvent)
async def reject_payment(tx: Transaction, reject: RejectPayment) -> PaymentRejected:
    """The bank does not make a payment: what it has paid is reversed, and owed again, from today on, or from
    the day on which it is in transit when that is later. Does nothing when its money has come back.

    Refuses: NotFound, PaymentConfirmed; StandsOnIt, NotPostable, NoFiscalYear, PeriodLocked.
    """
    await lock_payments(tx, reject.payment_id)
    asked = reject.payment_id, reject.report_id, reject.line_number
    payment = await queries.rejected_payment(tx, *asked)
    if payment.is_returned:
        return await _noted(tx, reject, payment, StatusOutcome.RETURNED_BEFORE)
    rules.check_not_confirmed(payment.end_to_end_id, payment.confirmed_by)
    standing = await in_transit(tx, payment.bank_account_code, of=payment.payment_id)
    amount = sum((one.amount for one in standing), ZERO)
    today = (await master_data.company(tx)).today(tx.info[OPENED_AT])
    on = max(today, payment.paid_on, *(one.since for one in standing))
    reversals = [new for one in standing for new in await _taken_back(tx, payment, one, on)]
    row = reject.model_dump() | {"rejected_on": on, "amount": amount}
    write_document(tx, {PaymentRejection: row})
    outcome = StatusOutcome.REJECTED if standing else StatusOutcome.REVERSED_BEFORE
    noted = await _noted(tx, reject, payment, outcome)
    shown = None if payment.supplier_code is None else amount
    changed = {"amount": shown, "rejected_on": on, "reversal_ids": tuple(reversals)}
    return noted.model_copy(update=changed)


async def _taken_back(
    tx: Transaction, payment: RejectedPayment, standing: PaymentInTransit, on: date
) -> list[UUID]:
    """Reverse all that a payment has paid; gives the ids of the reversals."""
    reason = rules.why_reversed(payment.end_to_end_id, payment.reason_code, payment.reason_text)
    made = []
    for part in standing.parts:
        of = part.document_type, part.document_id
        new_id = uuid5(payment.payment_id, f"reversal of {part.document_id}")
        await reverse(tx, *of, reversal_id=new_id, on=on, reason=reason)
        made.append(new_id)
    return made


async def _noted(
    tx: Transaction, reject: RejectPayment, payment: RejectedPayment, outcome: StatusOutcome
) -> PaymentRejected:
    await tx.update(PaymentStatusLine, (reject.report_id, reject.line_number), outcome=outcome.value)
    return PaymentRejected(
        payment_id=payment.payment_id,
        run_id=payment.run_id,
        run_number=payment.run_number,
        end_to_end_id=payment.end_to_end_id,
        supplier_code=payment.supplier_code or "",
        outcome=outcome,
        reason_code=payment.reason_code,
        currency=payment.currency,
        amount=None if payment.supplier_code is None else ZERO,
    )
