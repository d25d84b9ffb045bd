"""A payslip of the books as it is printed."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from domains.master_data.letterhead import InvoicingCompany
from domains.payroll.documents.payslip import PayslipDocument, PayslipSums
from domains.payroll.messages.runs import PayslipStatus
from domains.payroll.rules.payslip_inputs import OF_LAW, Sums
from domains.payroll.rules.payslip_refusals import NotPosted
from domains.payroll.tables import PayrollRunRow, PayslipRow
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound

_PAYSLIP = (
    select(rows_of(PayslipRow), PayrollRunRow.country, PayrollRunRow.company, PayrollRunRow.pay_group_name)
    .join(PayrollRunRow, PayrollRunRow.id == PayslipRow.run_id)
    .where(PayslipRow.id == bindparam("payslip", type_=Uuid))
)
# The person's payslips of the year up to the day of payment, as they stood when this one was posted: neither
# what was taken back by then nor what was posted later is among them, whenever it is printed.
_OF_YEAR = """
    WITH of_year AS (
        SELECT o.id, o.gross_amount, o.deducted_amount, o.net_amount, o.employer_amount,
            CAST(extract(year FROM p.paid_on) AS integer) AS year
        FROM payroll.payslip p
            JOIN ledger.journal_entry e
                ON e.source_type = 'payslip' AND e.source_id = p.id AND e.reverses_id IS NULL
            JOIN payroll.payslip o ON o.employee_code = p.employee_code
                AND o.paid_on BETWEEN date_trunc('year', p.paid_on) AND p.paid_on
            JOIN ledger.journal_entry x
                ON x.source_type = 'payslip' AND x.source_id = o.id AND x.reverses_id IS NULL
        WHERE p.id = :payslip AND x.recorded_at <= e.recorded_at
            AND NOT EXISTS (SELECT FROM ledger.reversal r WHERE r.document_type = 'payslip'
                AND r.document_id = o.id AND r.posted_at <= e.recorded_at)
    )
"""
_SUMS = text(
    _OF_YEAR
    + """
    SELECT coalesce(sum(gross_amount), 0) AS gross, coalesce(sum(deducted_amount), 0) AS deducted,
        coalesce(sum(net_amount), 0) AS net, coalesce(sum(employer_amount), 0) AS employer
    FROM of_year
    """
).bindparams(bindparam("payslip", type_=Uuid))
_SUMS_OF_LAW = text(
    _OF_YEAR
    + """
    SELECT s.name, sum(s.amount) AS amount
    FROM (
        SELECT y.name, y.amount
        FROM of_year o JOIN payroll.year_to_date y ON y.payslip_id = o.id AND y.year = o.year
        UNION ALL
        SELECT b.name, b.amount
        FROM payroll.payslip p JOIN payroll.opening_sum b ON b.employee_code = p.employee_code
            AND b.year = extract(year FROM p.paid_on) AND b.recorded_at <= p.posted_at
        WHERE p.id = :payslip
    ) AS s
    GROUP BY s.name
    """
).bindparams(bindparam("payslip", type_=Uuid))
_POSTED = (PayslipStatus.POSTED.value, PayslipStatus.REVERSED.value)


async def payslip_to_print(tx: Transaction, payslip_id: UUID) -> PayslipDocument:
    """A payslip that is posted, or was and is taken back, with all that is printed.

    Refuses: NotFound, NotPosted.
    """
    row = (await tx.execute(_PAYSLIP, {"payslip": payslip_id})).one_or_none()
    if row is None:
        raise NotFound(f"there is no payslip {payslip_id}")
    if row.status not in _POSTED:
        raise NotPosted(f"payslip {row.number} is {row.status}: it is handed out once it is posted")
    of_year = (await tx.execute(_SUMS, {"payslip": payslip_id})).one()
    of_law = {one.name: one.amount for one in await tx.execute(_SUMS_OF_LAW, {"payslip": payslip_id})}
    return PayslipDocument(
        company=InvoicingCompany(**row.company),
        country=row.country,
        person=row.person,
        payslip_number=row.number,
        employee_code=row.employee_code,
        employee_name=row.employee_name,
        pay_group=row.pay_group_name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        paid_on=row.paid_on,
        currency=row.currency,
        lines=row.lines,
        paid_to=row.paid_to,
        sums=_sums_of(row),
        year=PayslipSums(**of_year._asdict(), of_law=_by_name(of_law)),
    )


def _sums_of(row: Any) -> PayslipSums:
    added = (Sums(**one) for one in row.added)
    return PayslipSums(
        gross=row.gross_amount,
        deducted=row.deducted_amount,
        net=row.net_amount,
        employer=row.employer_amount,
        of_law=_by_name({one.name: one.amount for one in added if one.year == row.paid_on.year}),
    )


def _by_name(sums: dict[str, Any]) -> dict[str, Decimal]:
    """The law's sums without what all their names begin with."""
    of_law = (name for name in sums if name.startswith(OF_LAW))
    return {name.removeprefix(OF_LAW): Decimal(str(sums[name])) for name in of_law}
