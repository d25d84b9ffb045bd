"""A run's payslips beside the last of the same people, for whoever looks at them before they are approved."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text

from domains.payroll.messages.exceptions import PayExceptionKind, PayExceptionView
from domains.payroll.messages.kinds import PayFrequency
from domains.payroll.messages.runs import PayslipKind
from domains.payroll.rules.exceptions import PayChecks, PayslipLooked, TimePaid, exceptions
from foundation.database.transaction import Transaction

_RUN = text(
    """
    SELECT r.frequency, g.variance_percent, g.minimum_wage
    FROM payroll.payroll_run r JOIN payroll.pay_group g ON g.code = r.pay_group_code WHERE r.id = :run
    """
).bindparams(bindparam("run", type_=Uuid))
_LOOKED = text(
    """
    SELECT p.employee_code, p.employee_name, p.number, p.kind, p.currency, p.gross_amount, p.net_amount,
        p.held_because, p.held_reason, p.ends_on - p.starts_on + 1 AS days, last.gross_amount AS last_gross,
        last.net_amount AS last_net, paid.by_contract, paid.by_hours, paid.hours,
        coalesce(agreed.week_days, 0) - coalesce(away.days, 0) * coalesce(agreed.a_week, 0) AS week_days
    FROM payroll.payslip p JOIN payroll.payroll_run r ON r.id = p.run_id
        LEFT JOIN LATERAL (
            SELECT o.gross_amount, o.net_amount
            FROM payroll.payslip o
                JOIN payroll.payroll_run b ON b.id = o.run_id AND b.pay_group_code = r.pay_group_code
            WHERE o.employee_code = p.employee_code AND o.status = 'posted' AND o.kind = 'regular'
                AND o.starts_on < p.starts_on
            ORDER BY o.starts_on DESC, o.number DESC LIMIT 1
        ) AS last ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(l.amount) FILTER (WHERE l.quantity IS NULL), 0) AS by_contract,
                coalesce(sum(l.amount) FILTER (WHERE l.quantity IS NOT NULL), 0) AS by_hours,
                coalesce(sum(l.quantity), 0) AS hours
            FROM jsonb_to_recordset(p.lines) AS l (kind text, code text, amount numeric, quantity numeric,
                    earned_in date)
                JOIN payroll.pay_component c ON c.code = l.code AND c.counts_as_base
            WHERE l.kind = 'earning' AND l.earned_in IS NULL
        ) AS paid
        LEFT JOIN LATERAL (
            SELECT max(a.hours_a_week) AS a_week, sum(a.hours_a_week * (least(a.valid_to, t.ends_on,
                p.ends_on) - greatest(a.valid_from, p.starts_on) + 1)) AS week_days
            FROM payroll.pay_agreement a
                JOIN master_data.party t ON t.type = 'employee' AND t.code = a.employee_code
            WHERE a.employee_code = p.employee_code AND a.pay_group_code = r.pay_group_code
                AND a.valid_from <= p.ends_on
                AND least(a.valid_to, t.ends_on, p.ends_on) >= greatest(a.valid_from, p.starts_on)
        ) AS agreed ON true
        LEFT JOIN LATERAL (
            SELECT sum(least(n.ends_on, p.ends_on) - greatest(n.starts_on, p.starts_on) + 1) AS days
            FROM payroll.absence n
            WHERE n.employee_code = p.employee_code AND n.stands AND n.starts_on <= p.ends_on
                AND n.ends_on >= p.starts_on
        ) AS away ON true
    WHERE p.run_id = :run AND p.status NOT IN ('left_out', 'withdrawn', 'open')
    ORDER BY p.employee_code
    """
).bindparams(bindparam("run", type_=Uuid))
_NOT_ANY_MORE = text(
    """
    SELECT o.employee_code, o.employee_name, o.number, o.net_amount
    FROM payroll.payroll_run r
        JOIN LATERAL (
            SELECT b.id FROM payroll.payroll_run b
            WHERE b.pay_group_code = r.pay_group_code AND b.kind = 'regular' AND b.status = 'sealed'
                AND b.starts_on < r.starts_on
            ORDER BY b.starts_on DESC LIMIT 1
        ) AS before ON true
        JOIN payroll.payslip o ON o.run_id = before.id AND o.status = 'posted'
    WHERE r.id = :run AND r.kind = 'regular' AND NOT EXISTS (
        SELECT FROM payroll.payslip p
        WHERE p.run_id = r.id AND p.employee_code = o.employee_code
            AND p.status NOT IN ('left_out', 'withdrawn'))
        -- Whom a final run has paid is paid.
        AND NOT EXISTS (SELECT FROM payroll.payslip f
            WHERE f.employee_code = o.employee_code AND f.status = 'posted' AND f.kind = 'regular'
                AND daterange(f.starts_on, f.ends_on, '[]') && daterange(r.starts_on, r.ends_on, '[]'))
    ORDER BY o.employee_code
    """
).bindparams(bindparam("run", type_=Uuid))


async def run_exceptions(tx: Transaction, run_id: UUID) -> list[PayExceptionView]:
    """What is unusual about a run, person by person. Refuses: NotFound."""
    group = await tx.existing(_RUN, f"payroll run {run_id}", {"run": run_id})
    checks = PayChecks(group.variance_percent, group.minimum_wage)
    rows = (await tx.execute(_LOOKED, {"run": run_id})).all()
    found = [one for row in rows for one in _of_payslip(row, checks, PayFrequency(group.frequency))]
    for row in await tx.execute(_NOT_ANY_MORE, {"run": run_id}):
        says = f"{row.net_amount.normalize():f} was paid by the last run, and this one has no payslip"
        kind, figures = PayExceptionKind.NOT_PAID_ANY_MORE, {"before": row.net_amount}
        found.append(_view(row, kind, says, figures))
    return sorted(found, key=lambda one: one.employee_code)


def _of_payslip(row: Any, checks: PayChecks, frequency: PayFrequency) -> Iterator[PayExceptionView]:
    if row.kind == PayslipKind.OFF_CYCLE and not row.held_because:
        return  # It is neither like the last pay, nor for time.
    paid = TimePaid(row.by_contract, row.by_hours, row.hours, row.week_days, row.days)
    looked = PayslipLooked(
        row.gross_amount,
        row.net_amount,
        row.currency,
        row.held_because,
        row.held_reason,
        row.last_gross,
        row.last_net,
        paid,
    )
    for one in exceptions(looked, checks, frequency):
        yield _view(row, one.kind, one.says, one.figures)


def _view(row: Any, kind: PayExceptionKind, says: str, figures: dict[str, Decimal]) -> PayExceptionView:
    return PayExceptionView(
        employee_code=row.employee_code,
        employee_name=row.employee_name,
        payslip_number=row.number,
        kind=kind,
        says=says,
        figures=figures,
    )
