"""Payroll runs and their payslips, as they are read."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Integer, Select, Text, Uuid, any_, bindparam, select, text

from domains.payroll.messages.payslips import PaidTo, PayslipLine
from domains.payroll.messages.runs import PayrollRunStatus, PayslipKind, PayslipStatus
from domains.payroll.rules.earlier_periods import ClosedPayslip
from domains.payroll.rules.payslip_inputs import Sums
from domains.payroll.rules.retroactive import CORRECTED
from domains.payroll.rules.runs import PayrollRunKept, PayslipTotals
from domains.payroll.tables import PayAgreementRecord, PayrollRunRow, PayslipRow
from foundation.database.connections import columns_for, rows_of
from foundation.database.lists import Listing, equal, named
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount


class PayrollRunView(Message):
    """A payroll run, with what it comes to."""

    run_id: UUID
    run_number: str
    status: PayrollRunStatus
    pay_group_code: str
    kind: str
    starts_on: date
    ends_on: date
    paid_on: date
    currency: str
    people: int
    gross_amount: ShownAmount
    net_amount: ShownAmount
    employer_amount: ShownAmount
    content_hash: str
    opened_by: str
    reason: str
    version: int


class PayslipHead(Message):
    """Somebody's payslip in a run, without its lines."""

    payslip_id: UUID
    number: str
    kind: PayslipKind
    run_id: UUID
    employee_code: str
    employee_name: str
    starts_on: date
    ends_on: date
    paid_on: date
    status: PayslipStatus
    held_because: str
    held_reason: str
    currency: str
    gross_amount: ShownAmount
    deducted_amount: ShownAmount
    net_amount: ShownAmount
    employer_amount: ShownAmount


class PayslipView(PayslipHead):
    """A payslip, every line with its rule and the steps to it."""

    lines: tuple[PayslipLine, ...]
    paid_to: tuple[PaidTo, ...]


_RUNS = select(
    *columns_for(PayrollRunRow, PayrollRunView, run_id=PayrollRunRow.id, run_number=PayrollRunRow.number)
)
_RUN = _RUNS.where(PayrollRunRow.id == bindparam("run", type_=Uuid))
_FACTS = select(*(getattr(PayrollRunRow, name) for name in PayrollRunKept.__dataclass_fields__)).where(
    PayrollRunRow.id == bindparam("run", type_=Uuid)
)
_LOCKED = _FACTS.with_for_update()
_HEADS = select(*columns_for(PayslipRow, PayslipHead, payslip_id=PayslipRow.id))
_PAYSLIP = select(*columns_for(PayslipRow, PayslipView, payslip_id=PayslipRow.id)).where(
    PayslipRow.id == bindparam("payslip", type_=Uuid)
)
_TOTALS = (
    select(*(getattr(PayslipRow, name) for name in PayslipTotals._fields))
    .where(PayslipRow.run_id == bindparam("run", type_=Uuid))
    .order_by(PayslipRow.employee_code)
)
_SOME = (
    select(rows_of(PayslipRow))
    .where(PayslipRow.id == any_(bindparam("payslips", type_=ARRAY(Uuid))))
    .order_by(PayslipRow.employee_code)
    .with_for_update()
)
_BEHIND = (
    select(PayslipRow.id, PayslipRow.employee_code)
    .where(PayslipRow.run_id == bindparam("run", type_=Uuid), PayslipRow.status == bindparam("status"))
    .where(PayslipRow.employee_code > bindparam("behind"))
    .order_by(PayslipRow.employee_code)
    .limit(bindparam("most", type_=Integer))
)
_SINCE = text(
    """
    SELECT o.number FROM payroll.payslip p
        JOIN payroll.payslip o ON o.employee_code = p.employee_code AND o.status = 'posted'
            AND o.posted_at > p.posted_at
    WHERE p.id = :payslip
    ORDER BY o.posted_at DESC LIMIT 1
    """
).bindparams(bindparam("payslip", type_=Uuid))
_STANDING = (
    select(
        PayslipRow.id,
        PayslipRow.number,
        PayslipRow.employee_code,
        PayslipRow.employee_name,
        PayslipRow.paid_to,
    )
    .where(PayslipRow.run_id == bindparam("run", type_=Uuid), PayslipRow.status == PayslipStatus.POSTED.value)
    .order_by(PayslipRow.employee_code)
)
_SOME_STANDING = _STANDING.where(PayslipRow.id == any_(bindparam("payslips", type_=ARRAY(Uuid))))
_ELSEWHERE = text(
    """
    SELECT DISTINCT ON (o.employee_code) o.employee_code, o.number
    FROM payroll.payslip o
    WHERE o.employee_code = ANY (:employees) AND o.run_id <> :run AND o.kind = :kind
        AND o.status IN ('calculated', 'posted')
        AND daterange(o.starts_on, o.ends_on, '[]') && daterange(:starts_on, :ends_on, '[]')
    ORDER BY o.employee_code, o.paid_on, o.number
    """
).bindparams(
    bindparam("employees", type_=ARRAY(Text)),
    bindparam("run", type_=Uuid),
    bindparam("starts_on", type_=Date),
    bindparam("ends_on", type_=Date),
)
_SUMS = text(
    """
    SELECT s.employee_code, s.year, s.name, sum(s.amount) AS amount
    FROM (
        SELECT y.employee_code, y.year, y.name, y.amount
        FROM payroll.year_to_date y JOIN payroll.payslip p ON p.id = y.payslip_id AND p.status = 'posted'
        WHERE y.employee_code = ANY (:employees) AND y.year = ANY (:years)
        UNION ALL
        SELECT o.employee_code, o.year, o.name, o.amount
        FROM payroll.opening_sum o
        WHERE o.employee_code = ANY (:employees) AND o.year = ANY (:years)
        UNION ALL
        SELECT m.employee_code, 0, 'loan/' || m.loan_code, m.amount
        FROM payroll.loan_movement m
        WHERE m.employee_code = ANY (:employees) AND 0 = ANY (:years)
            AND (m.kind <> 'granted' OR m.moved_on <= :paid_on)
            AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.company_id = m.company_id
                AND x.document_type = 'loan_movement' AND x.document_id = m.id)
    ) AS s
    GROUP BY s.employee_code, s.year, s.name
    ORDER BY s.employee_code, s.year, s.name
    """
).bindparams(
    bindparam("employees", type_=ARRAY(Text)),
    bindparam("years", type_=ARRAY(Integer)),
    bindparam("paid_on", type_=Date),
)
_DAYS_OF = {
    "starts_on": bindparam("starts_on", type_=Date),
    "year_from": bindparam("year_from", type_=Date),
    "year_to": bindparam("year_to", type_=Date),
}
_CLOSED = text(
    """
    SELECT p.employee_code, p.starts_on, p.ends_on, p.paid_on, r.frequency, p.computed_from,
        EXISTS (SELECT FROM payroll.payslip c WHERE c.employee_code = p.employee_code AND c.status = 'posted'
            AND c.corrects <> '[]' AND c.corrects @> to_jsonb(p.starts_on)) AS was_corrected
    FROM payroll.payslip p JOIN payroll.payroll_run r ON r.id = p.run_id
    WHERE p.employee_code = ANY (:employees) AND p.status = 'posted' AND r.pay_group_code = :group
        AND p.kind = 'regular' AND p.paid_on BETWEEN :year_from AND :year_to AND p.starts_on < :starts_on
    ORDER BY p.employee_code, p.starts_on
    """
).bindparams(bindparam("employees", type_=ARRAY(Text)), *_DAYS_OF.values())
_PAID_FOR = text(
    """
    SELECT p.employee_code, coalesce(l.earned_in, p.starts_on) AS starts_on, l.code, sum(l.amount) AS amount
    FROM payroll.payslip p JOIN payroll.payroll_run r ON r.id = p.run_id
        CROSS JOIN jsonb_to_recordset(p.lines) AS l (kind text, code text, amount numeric, earned_in date)
    WHERE p.employee_code = ANY (:employees) AND p.status = 'posted' AND r.pay_group_code = :group
        AND p.kind = 'regular' AND p.paid_on BETWEEN :year_from AND :year_to AND l.kind = ANY (:kinds)
    GROUP BY 1, 2, 3
    """
).bindparams(
    bindparam("employees", type_=ARRAY(Text)),
    bindparam("kinds", type_=ARRAY(Text)),
    _DAYS_OF["year_from"],
    _DAYS_OF["year_to"],
)
PAYROLL_RUNS = Listing(
    name="payroll_runs",
    about="Payroll runs, the last that is paid first.",
    view=PayrollRunView,
    rows=_RUNS,
    filters=(
        equal(PayrollRunRow.status),
        equal(PayrollRunRow.pay_group_code, "pay_group"),
    ),
    sorts=named(PayrollRunRow.paid_on, PayrollRunRow.number),
    order="-paid_on",
    unique=(PayrollRunRow.id,),
)
PAYSLIPS = Listing(
    name="payslips",
    about="What people are paid, run by run, without the lines.",
    view=PayslipHead,
    rows=_HEADS,
    filters=(
        equal(PayslipRow.run_id, "run"),
        equal(PayslipRow.employee_code, "employee"),
        equal(PayslipRow.status),
    ),
    sorts=named(PayslipRow.employee_code, PayslipRow.paid_on),
    order="employee_code",
    unique=(PayslipRow.id,),
)


def actors_paid_by(run_number: Any) -> Select[str]:
    """As whom those work with us whom a run pays, by its number."""
    return (
        select(PayAgreementRecord.actor)
        .join(PayslipRow, PayslipRow.employee_code == PayAgreementRecord.employee_code)
        .join(PayrollRunRow, PayrollRunRow.id == PayslipRow.run_id)
        .where(PayrollRunRow.number == run_number, PayAgreementRecord.actor != "")
        .where(PayslipRow.status != PayslipStatus.LEFT_OUT.value)
    )


async def payroll_run(tx: Transaction, run_id: UUID) -> PayrollRunView:
    """One run. Refuses: NotFound."""
    row = (await tx.execute(_RUN, {"run": run_id})).one_or_none()
    if row is None:
        raise NotFound(f"there is no payroll run {run_id}")
    return PayrollRunView(**row._asdict())


async def run_facts(tx: Transaction, run_id: UUID) -> PayrollRunKept:
    """A run, as payslips are computed by it. Refuses: NotFound."""
    row = (await tx.execute(_FACTS, {"run": run_id})).one_or_none()
    if row is None:
        raise NotFound(f"there is no payroll run {run_id}")
    return _facts(row)


async def run_to_cancel(tx: Transaction, run_id: UUID) -> PayrollRunKept | None:
    """A run under its lock, if there is one."""
    row = (await tx.execute(_LOCKED, {"run": run_id})).one_or_none()
    return None if row is None else _facts(row)


async def locked_run(tx: Transaction, run_id: UUID) -> PayrollRunKept:
    """A run under its lock. Refuses: NotFound."""
    found = await run_to_cancel(tx, run_id)
    if found is None:
        raise NotFound(f"there is no payroll run {run_id}")
    return found


def _facts(row: Any) -> PayrollRunKept:
    return PayrollRunKept(**row._asdict() | {"status": PayrollRunStatus(row.status)})


async def payslip_totals(tx: Transaction, run_id: UUID) -> list[PayslipTotals]:
    """All payslips of a run, as they count."""
    rows = await tx.execute(_TOTALS, {"run": run_id})
    return [PayslipTotals(**row._asdict() | {"status": PayslipStatus(row.status)}) for row in rows]


async def payslips_behind(tx: Transaction, run_id: UUID, status: str, *, behind: str, most: int) -> list[Any]:
    """The first payslips of a run that stand so, of people behind one, by person: id and person."""
    asked = {"run": run_id, "status": status, "behind": behind, "most": most}
    return list(await tx.execute(_BEHIND, asked))


async def payslip(tx: Transaction, payslip_id: UUID) -> PayslipView:
    """One payslip with its lines. Refuses: NotFound."""
    row = (await tx.execute(_PAYSLIP, {"payslip": payslip_id})).one_or_none()
    if row is None:
        raise NotFound(f"there is no payslip {payslip_id}")
    return PayslipView.model_validate(row._asdict())


async def locked_payslips(tx: Transaction, payslip_ids: Iterable[UUID]) -> list[Any]:
    """Some payslips under their locks, by person."""
    return list((await tx.execute(_SOME, {"payslips": list(payslip_ids)})).all())


async def standing_payslips(tx: Transaction, run_id: UUID, payslip_ids: Collection[UUID] | None) -> list[Any]:
    """The payslips of a run that are posted, or those of some that are, by person: `id`, `number`, whose, and
    where the money goes.
    """
    if payslip_ids is None:
        return list((await tx.execute(_STANDING, {"run": run_id})).all())
    asked = {"run": run_id, "payslips": list(payslip_ids)}
    return list((await tx.execute(_SOME_STANDING, asked)).all())


async def payslip_posted_since(tx: Transaction, payslip_id: UUID) -> str | None:
    """The last payslip of the same person that was posted after one, of whichever period, if any stands: it
    was computed with the sums of that one.
    """
    number: str | None = await tx.scalar(_SINCE, {"payslip": payslip_id})
    return number


async def paid_elsewhere(tx: Transaction, run: PayrollRunKept, employees: Iterable[str]) -> dict[str, str]:
    """The payslip by which another run pays somebody for some of a run's days, by person."""
    asked = {"employees": sorted(set(employees)), "run": run.id}
    days = {"starts_on": run.starts_on, "ends_on": run.ends_on, "kind": run.payslip_kind.value}
    return {row.employee_code: row.number for row in await tx.execute(_ELSEWHERE, asked | days)}


async def sums_of(
    tx: Transaction, employees: Iterable[str], years: Iterable[int], paid_on: date
) -> dict[str, list[Sums]]:
    """What was added up of people's payslips that stand, and before them, in some years, by person; of loans
    what was lent by the day of payment, less all that came back.
    """
    asked = {"employees": sorted(set(employees)), "years": sorted(set(years)), "paid_on": paid_on}
    rows = await tx.execute(_SUMS, asked)
    found: dict[str, list[Sums]] = {}
    for row in rows:
        found.setdefault(row.employee_code, []).append(Sums(row.year, row.name, Decimal(row.amount)))
    return found


async def closed_payslips(
    tx: Transaction, run: PayrollRunKept, employees: Iterable[str]
) -> dict[str, list[ClosedPayslip]]:
    """What a run's group has paid people for earlier periods in the year, in order, without amounts."""
    asked = _of_year(run, employees) | {"starts_on": run.starts_on}
    found: dict[str, list[ClosedPayslip]] = {}
    for row in await tx.execute(_CLOSED, asked):
        facts = row._asdict()
        found.setdefault(facts.pop("employee_code"), []).append(ClosedPayslip(**facts))
    return found


async def paid_for_periods(
    tx: Transaction, run: PayrollRunKept, employees: Iterable[str]
) -> dict[tuple[str, date], dict[str, Decimal]]:
    """What people were paid for each period of the year by component, with differences that were paid since;
    by person and the period's first day.
    """
    kinds = {"kinds": [sign.value for sign in sorted(CORRECTED)]}
    found: dict[tuple[str, date], dict[str, Decimal]] = {}
    for row in await tx.execute(_PAID_FOR, _of_year(run, employees) | kinds):
        found.setdefault((row.employee_code, row.starts_on), {})[row.code] = row.amount
    return found


def _of_year(run: PayrollRunKept, employees: Iterable[str]) -> dict[str, Any]:
    year = run.paid_on.year
    days = {"year_from": date(year, 1, 1), "year_to": date(year, 12, 31)}
    return {"employees": sorted(set(employees)), "group": run.pay_group_code} | days
