"""What banks have said of the payments of runs, as it is read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select, text

from domains.banking.files.status_reports import StatusLevel
from domains.banking.messages.payment_runs import PaymentRunStatus
from domains.banking.messages.payment_statuses import StatusOutcome
from domains.banking.rules.payment_statuses import REASONS, STATUSES, KnownStatus, OrderedRun
from domains.banking.tables import (
    PaymentRejection,
    PaymentRun,
    PaymentRunPayment,
    PaymentStatusLine,
    PaymentStatusReport,
)
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message


class StatusReportView(Message):
    """A file in which a bank says what becomes of payments."""

    report_id: UUID
    file_name: str
    sha256: str
    line_count: int
    to_reject: int
    """So many payments that it rejects are not taken back yet."""
    imported_at: datetime


class StatusLineView(Message):
    """What a report says of one payment, and what became of it."""

    report_id: UUID
    line_number: int
    bank_message_id: str
    """What the bank calls its report."""
    said_at: datetime
    level: StatusLevel
    """Of what it was said: of all payments of the file, of a payment information, or of this one."""
    message_id: str
    payment_information_id: str
    end_to_end_id: str
    status: str
    status_name: str
    """As ISO 20022 calls it; so is `reason_name`. Empty where the code is not known."""
    reason_code: str
    reason_name: str
    reason_text: str
    """What the bank adds in its own words."""
    payment_id: UUID | None
    outcome: StatusOutcome


class BankStatusView(Message):
    """What the bank has said last of a payment."""

    status: str
    status_name: str
    reason_code: str
    reason_name: str
    reason_text: str
    said_at: datetime


_WAITING = (
    select(func.count())
    .where(
        PaymentStatusLine.report_id == PaymentStatusReport.id,
        PaymentStatusLine.outcome == StatusOutcome.TO_REJECT.value,
    )
    .scalar_subquery()
)
_REPORTS = select(
    *columns_for(PaymentStatusReport, StatusReportView, report_id=PaymentStatusReport.id, to_reject=_WAITING)
)
STATUS_REPORTS = Listing(
    name="payment_status_reports",
    about="Files in which banks say what becomes of payments, the latest first.",
    view=StatusReportView,
    rows=_REPORTS,
    filters=(
        equal(PaymentStatusReport.sha256),
        *between(PaymentStatusReport.imported_at),
        only("to_reject", _WAITING > 0, "Only those that reject payments which are not taken back yet"),
    ),
    sorts=named(PaymentStatusReport.imported_at),
    order="-imported_at",
    unique=(PaymentStatusReport.id,),
)


def _names(row: Any) -> dict[str, str]:
    return {
        "status_name": STATUSES.get(row.status, ""),
        "reason_name": REASONS.get(row.reason_code, ""),
    }


def line_view(row: Any) -> StatusLineView:
    """One row of `STATUS_LINES`."""
    return StatusLineView(**facts(row, StatusLineView), **_names(row))


STATUS_LINES = Listing(
    name="payment_status_lines",
    about="What banks have said of payments, the latest first; by `line_number` in the order of the file.",
    view=StatusLineView,
    rows=select(rows_of(PaymentStatusLine)),
    to_view=line_view,
    filters=(
        equal(PaymentStatusLine.report_id),
        equal(PaymentStatusLine.payment_id),
        equal(PaymentStatusLine.end_to_end_id),
        equal(PaymentStatusLine.message_id),
        equal(PaymentStatusLine.status),
        equal(PaymentStatusLine.outcome),
        *between(PaymentStatusLine.said_at),
    ),
    sorts=named(PaymentStatusLine.said_at, PaymentStatusLine.line_number),
    order="-said_at",
    unique=(PaymentStatusLine.report_id, PaymentStatusLine.line_number),
)
_SAME = select(PaymentStatusReport.id, PaymentStatusReport.file_name).where(
    PaymentStatusReport.sha256 == bindparam("sha256", type_=Text)
)
_FILE = select(PaymentStatusReport.file_name, PaymentStatusReport.content).where(
    PaymentStatusReport.id == bindparam("id", type_=Uuid)
)
_OUTCOMES = select(PaymentStatusLine.outcome).where(
    PaymentStatusLine.report_id == bindparam("report", type_=Uuid)
)
_RUNS = text(
    """
    SELECT r.number, r.status, p.end_to_end_id, p.id FROM banking.payment_run r
        LEFT JOIN banking.payment_run_payment p ON p.run_id = r.id AND EXISTS (
            SELECT FROM banking.payment_run_invoice i WHERE i.payment_id = p.id AND i.status = 'paid'
            UNION ALL SELECT FROM banking.wage_payment w WHERE w.payment_id = p.id AND w.status = 'paid')
    WHERE r.number = ANY (:numbers)
    """
).bindparams(bindparam("numbers", type_=ARRAY(Text)))
# In what counts the newest comes last, and what has ended behind that.
_COUNTING = """
    SELECT DISTINCT ON (l.payment_id) l.* FROM banking.payment_status_line l
        JOIN banking.payment_status_report r ON r.id = l.report_id
    WHERE l.outcome = ANY (ARRAY['noted', 'to_reject', 'rejected', 'reversed_before'])
        AND {of}
    ORDER BY l.payment_id, l.status = 'RJCT' DESC, l.status = ANY (ARRAY['ACSC', 'ACCC']) DESC,
        l.said_at DESC, r.imported_at DESC, l.line_number DESC
"""
_KNOWN = text(_COUNTING.format(of="l.payment_id = ANY (:payments)")).bindparams(
    bindparam("payments", type_=ARRAY(Uuid))
)
_OF_RUN = text(
    _COUNTING.format(
        of="l.payment_id = ANY (ARRAY(SELECT id FROM banking.payment_run_payment WHERE run_id = :run))"
    )
).bindparams(bindparam("run", type_=Uuid))
_REJECTED = select(PaymentRunPayment.end_to_end_id).join(
    PaymentRejection, PaymentRejection.payment_id == PaymentRunPayment.id
)
# Of wages nobody is named.
_PARTY = func.coalesce(PaymentRunPayment.supplier_code, PaymentRun.number)
_TO_REJECT = (
    select(
        PaymentStatusLine.payment_id,
        PaymentStatusLine.line_number,
        _PARTY.label("party"),
    )
    .join(PaymentRunPayment, PaymentRunPayment.id == PaymentStatusLine.payment_id)
    .join(PaymentRun, PaymentRun.id == PaymentRunPayment.run_id)
    .where(
        PaymentStatusLine.report_id == bindparam("report", type_=Uuid),
        PaymentStatusLine.outcome == StatusOutcome.TO_REJECT.value,
    )
    .order_by(_PARTY, PaymentStatusLine.line_number)
)
_PAYMENT = text(
    """
    SELECT p.id AS payment_id, p.run_id, r.number AS run_number, p.end_to_end_id, p.supplier_code, r.currency,
        r.bank_account_code, r.paid_on, l.reason_code, l.reason_text, l.outcome,
        (SELECT o.document_number FROM banking.payment_confirmation c
            JOIN banking.line_posting o ON o.id = c.posting_id
            WHERE c.payment_id = p.id
                AND NOT banking.is_taken_back(o.document_type, o.document_id, o.id)) AS confirmed_by,
        EXISTS (SELECT FROM banking.payment_return t WHERE t.payment_id = p.id) AS is_returned
    FROM banking.payment_run_payment p JOIN banking.payment_run r ON r.id = p.run_id
        JOIN banking.payment_status_line l ON l.payment_id = p.id
    WHERE p.id = :payment AND l.report_id = :report AND l.line_number = :line
    """
).bindparams(bindparam("payment", type_=Uuid), bindparam("report", type_=Uuid))


@dataclass(frozen=True)
class RejectedPayment:
    """A payment that a line of a report rejects, under its lock."""

    payment_id: UUID
    run_id: UUID
    run_number: str
    end_to_end_id: str
    supplier_code: str | None
    """None of wages."""
    currency: str
    bank_account_code: str
    paid_on: date
    reason_code: str
    reason_text: str
    outcome: str
    confirmed_by: str | None
    is_returned: bool


async def same_report(tx: Transaction, sha256: str) -> Row | None:
    """The report with the same bytes, if it was imported: `id` and `file_name`."""
    return (await tx.execute(_SAME, {"sha256": sha256})).one_or_none()


async def outcomes(tx: Transaction, report_id: UUID) -> list[StatusOutcome]:
    """What became of each line of a report."""
    return [StatusOutcome(one) for one in await tx.scalars(_OUTCOMES, {"report": report_id})]


async def status_report(tx: Transaction, report_id: UUID) -> StatusReportView:
    """One report. Refuses: NotFound."""
    wanted = _REPORTS.where(PaymentStatusReport.id == report_id)
    row = await tx.existing(wanted, f"payment status report {report_id}")
    return StatusReportView(**facts(row, StatusReportView))


async def status_file(tx: Transaction, report_id: UUID) -> Row:
    """The name and the bytes of the file. Refuses: NotFound."""
    return await tx.existing(_FILE, f"payment status report {report_id}", {"id": report_id})


async def ordered_runs(tx: Transaction, numbers: Collection[str]) -> dict[str, OrderedRun]:
    """Those payment runs that have some numbers, with what they have paid."""
    found: dict[str, OrderedRun] = {}
    for row in await tx.execute(_RUNS, {"numbers": sorted(set(numbers))}):
        is_ordered = row.status == PaymentRunStatus.POSTED
        run = found.setdefault(row.number, OrderedRun(row.number, is_ordered, {}))
        if row.id is not None:
            found[row.number] = run._replace(payments={**run.payments, row.end_to_end_id: row.id})
    return found


async def known_statuses(tx: Transaction, payments: Collection[UUID]) -> dict[UUID, KnownStatus]:
    """What counts of each of some payments, where a bank has said something of it."""
    rows = await tx.execute(_KNOWN, {"payments": list(payments)})
    return {row.payment_id: KnownStatus(row.status, row.said_at) for row in rows}


async def bank_statuses(tx: Transaction, run_id: UUID) -> dict[UUID, BankStatusView]:
    """The same of the payments of a run, as it is shown."""
    rows = await tx.execute(_OF_RUN, {"run": run_id})
    return {row.payment_id: BankStatusView(**facts(row, BankStatusView), **_names(row)) for row in rows}


async def to_reject(tx: Transaction, report_id: UUID) -> list[Row]:
    """The payments that a report rejects and that are not taken back, by supplier or run: `payment_id`,
    `line_number`, `party`.
    """
    return (await tx.execute(_TO_REJECT, {"report": report_id})).all()


async def rejected_payment(
    tx: Transaction, payment_id: UUID, report_id: UUID, line_number: int
) -> RejectedPayment:
    """A payment that a line of a report rejects. Refuses: NotFound."""
    of = {"payment": payment_id, "report": report_id, "line": line_number}
    row = await tx.existing(_PAYMENT, f"payment {payment_id} in payment status report {report_id}", of)
    return RejectedPayment(**row._asdict())


async def which_was_rejected(tx: Transaction, one: UUID) -> str | None:
    """The end-to-end id of a payment that the bank has rejected; of a run, of one of its payments."""
    wanted = _REJECTED.where(
        (PaymentRunPayment.id == one) | (PaymentRunPayment.run_id == one),
    ).order_by(PaymentRunPayment.end_to_end_id)
    return next(iter(await tx.scalars(wanted.limit(1), {})), None)
