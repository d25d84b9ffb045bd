"""Garnishment orders and loans, with what is left of each, and the movements of loans, as they are read."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Date, Select, Text, Uuid, any_, bindparam, func, literal, select, text

from domains.ledger.queries.documents import reversal_of
from domains.payroll.messages.garnishments import GarnishmentOrder
from domains.payroll.messages.loans import EmployeeLoan, LoanMovementKind
from domains.payroll.messages.payslips import PayslipLineKind
from domains.payroll.messages.runs import PayslipStatus
from domains.payroll.rules.deductions import PaidInPeriod
from domains.payroll.rules.payslip_inputs import NO_YEAR, OF_ORDER
from domains.payroll.rules.runs import PayrollRunKept
from domains.payroll.tables import (
    EmployeeLoanRecord,
    GarnishmentOrderRecord,
    LoanMovement,
    PayslipRow,
    YearToDateRow,
)
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount
from foundation.values.money import ZERO

Record = TypeVar("Record", bound=Message)
KIND = "loan_movement"


class GarnishmentOrderView(GarnishmentOrder):
    """A garnishment order, with the version that a change names, and what was taken by it."""

    total_amount: ShownAmount | None
    a_period: ShownAmount | None
    taken_amount: ShownAmount
    """By payslips that stand."""
    remaining_amount: ShownAmount | None
    """What is still owed; None of an order that names no total."""
    version: int


class EmployeeLoanView(EmployeeLoan):
    """How a loan is repaid, with the version that a change names, and what is left of it."""

    instalment: ShownAmount
    granted_amount: ShownAmount
    balance: ShownAmount
    version: int


class LoanMovementView(Message):
    """What was lent, came back by hand, or is given up, in the company's currency."""

    movement_id: UUID
    movement_number: str
    loan_code: str
    employee_code: str
    kind: LoanMovementKind
    moved_on: date
    currency: str
    amount: ShownAmount
    """What it adds to the balance: what came back is negative."""
    account_code: str | None
    reason: str
    posted_at: datetime
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


_TAKEN = func.coalesce(
    select(func.sum(YearToDateRow.amount))
    .join(PayslipRow, PayslipRow.id == YearToDateRow.payslip_id)
    .where(
        YearToDateRow.employee_code == GarnishmentOrderRecord.employee_code,
        YearToDateRow.year == NO_YEAR,
        YearToDateRow.name == literal(OF_ORDER) + GarnishmentOrderRecord.code,
        PayslipRow.status == PayslipStatus.POSTED.value,
    )
    .scalar_subquery(),
    0,
)
_ORDERS = select(
    *columns_for(
        GarnishmentOrderRecord,
        GarnishmentOrderView,
        taken_amount=_TAKEN,
        remaining_amount=GarnishmentOrderRecord.total_amount - _TAKEN,
    )
)
_GRANTED = func.coalesce(
    select(func.sum(LoanMovement.amount))
    .where(
        LoanMovement.loan_code == EmployeeLoanRecord.code,
        LoanMovement.kind == LoanMovementKind.GRANTED.value,
        reversal_of(KIND, LoanMovement.id).is_(None),
    )
    .scalar_subquery(),
    0,
)
_LOANS = select(
    *columns_for(
        EmployeeLoanRecord,
        EmployeeLoanView,
        granted_amount=_GRANTED,
        balance=func.payroll.loan_balance(EmployeeLoanRecord.company_id, EmployeeLoanRecord.code, date.max),
    )
)
_MOVEMENTS = select(*rows_of(LoanMovement).c, reversal_of(KIND, LoanMovement.id).label("reversed_by"))
_EMPLOYEES = bindparam("employees", type_=ARRAY(Text))
_ORDERS_OF = (
    select(*columns_for(GarnishmentOrderRecord, GarnishmentOrder))
    .where(GarnishmentOrderRecord.employee_code == any_(_EMPLOYEES))
    .order_by(GarnishmentOrderRecord.code)
)
_LOANS_OF = (
    select(*columns_for(EmployeeLoanRecord, EmployeeLoan))
    .where(EmployeeLoanRecord.employee_code == any_(_EMPLOYEES))
    .order_by(EmployeeLoanRecord.code)
)
_BEFORE = text(
    """
    SELECT p.employee_code, CAST('' AS text) AS kind, CAST('' AS text) AS code, sum(p.net_amount) AS amount
    FROM payroll.payslip p
    WHERE p.employee_code = ANY (:employees) AND p.run_id <> :run AND p.status = 'posted' AND p.kind <> :kind
        AND daterange(p.starts_on, p.ends_on, '[]') && daterange(:starts_on, :ends_on, '[]')
    GROUP BY 1
    UNION ALL
    SELECT p.employee_code, l.kind, l.code, sum(l.amount)
    FROM payroll.payslip p CROSS JOIN jsonb_to_recordset(p.lines) AS l (kind text, code text, amount numeric)
    WHERE p.employee_code = ANY (:employees) AND p.run_id <> :run AND p.status = 'posted' AND p.kind <> :kind
        AND daterange(p.starts_on, p.ends_on, '[]') && daterange(:starts_on, :ends_on, '[]')
        AND l.kind = ANY (:kinds)
    GROUP BY 1, 2, 3
    """
).bindparams(
    _EMPLOYEES,
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("run", type_=Uuid),
    bindparam("starts_on", type_=Date),
    bindparam("ends_on", type_=Date),
)
GARNISHMENT_ORDERS = Listing(
    name="garnishment_orders",
    about="What creditors may have of people's net pay, by code.",
    view=GarnishmentOrderView,
    rows=_ORDERS,
    filters=(equal(GarnishmentOrderRecord.employee_code, "employee"),),
    sorts=named(
        GarnishmentOrderRecord.code, GarnishmentOrderRecord.employee_code, GarnishmentOrderRecord.valid_from
    ),
    order="code",
    unique=(GarnishmentOrderRecord.code,),
)
EMPLOYEE_LOANS = Listing(
    name="employee_loans",
    about="Loans and advances to employees, and what is left of them, by code.",
    view=EmployeeLoanView,
    rows=_LOANS,
    filters=(equal(EmployeeLoanRecord.employee_code, "employee"),),
    sorts=named(EmployeeLoanRecord.code, EmployeeLoanRecord.employee_code, EmployeeLoanRecord.valid_from),
    order="code",
    unique=(EmployeeLoanRecord.code,),
)


def _movement(row: Any) -> LoanMovementView:
    known = {"movement_id": row.id, "movement_number": row.number}
    return LoanMovementView(**facts(row, LoanMovementView) | known)


LOAN_MOVEMENTS = Listing(
    name="loan_movements",
    about="What was lent to employees and came back by hand, the newest first.",
    view=LoanMovementView,
    rows=_MOVEMENTS,
    to_view=_movement,
    filters=(
        equal(LoanMovement.employee_code, "employee"),
        equal(LoanMovement.loan_code, "loan"),
        equal(LoanMovement.kind, type=LoanMovementKind),
        *between(LoanMovement.moved_on),
    ),
    sorts=named(LoanMovement.moved_on, LoanMovement.number),
    order="-moved_on",
    unique=(LoanMovement.id,),
)


async def garnishment_order(tx: Transaction, code: str) -> GarnishmentOrderView | None:
    """One of them."""
    row = (await tx.execute(_ORDERS.where(GarnishmentOrderRecord.code == code))).one_or_none()
    return None if row is None else GarnishmentOrderView.model_validate(row._asdict())


async def employee_loan(tx: Transaction, code: str) -> EmployeeLoanView | None:
    """One of them."""
    row = (await tx.execute(_LOANS.where(EmployeeLoanRecord.code == code))).one_or_none()
    return None if row is None else EmployeeLoanView.model_validate(row._asdict())


async def loan_movement(tx: Transaction, movement_id: UUID) -> LoanMovementView:
    """One of them. Refuses: NotFound."""
    found = await tx.existing(
        _MOVEMENTS.where(LoanMovement.id == movement_id), f"movement of a loan {movement_id}"
    )
    return _movement(found)


async def orders_of(tx: Transaction, employees: Iterable[str]) -> dict[str, list[GarnishmentOrder]]:
    """All garnishment orders of some people, by person."""
    return _by_person(GarnishmentOrder, await tx.execute(_ORDERS_OF, {"employees": sorted(set(employees))}))


async def loans_of(tx: Transaction, employees: Iterable[str]) -> dict[str, list[EmployeeLoan]]:
    """All loans of some people, by person."""
    return _by_person(EmployeeLoan, await tx.execute(_LOANS_OF, {"employees": sorted(set(employees))}))


def _by_person(record: type[Record], rows: Iterable[Any]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows:
        of_person: Record = record.model_validate(row._asdict())
        found.setdefault(row.employee_code, []).append(of_person)
    return found


async def paid_before(
    tx: Transaction, run: PayrollRunKept, employees: Iterable[str]
) -> dict[str, PaidInPeriod]:
    """What payslips of the other kind, which stand, have paid people for a run's days, by person."""
    kinds = (PayslipLineKind.LOAN_REPAID.value, PayslipLineKind.GARNISHED.value)
    asked = {"employees": sorted(set(employees)), "run": run.id, "kind": run.payslip_kind.value}
    days = {"starts_on": run.starts_on, "ends_on": run.ends_on, "kinds": list(kinds)}
    sums: dict[str, dict[str, dict[str, Decimal]]] = {}
    for row in await tx.execute(_BEFORE, asked | days):
        sums.setdefault(row.employee_code, {}).setdefault(row.kind, {})[row.code] = Decimal(row.amount)
    return {
        code: PaidInPeriod(
            net=of_person[""][""] + sum(of_person.get(kinds[1], {}).values(), ZERO),
            kept=of_person[""][""],
            repaid=of_person.get(kinds[0], {}),
            garnished=of_person.get(kinds[1], {}),
        )
        for code, of_person in sums.items()
    }


async def loan_left(tx: Transaction, code: str, on: date = date.max) -> Decimal:
    """What is left of a loan, of what was lent by a day."""
    asked: Select[Any] = select(func.payroll.loan_balance(func.foundation.current_company(), code, on))
    return Decimal(await tx.scalar(asked) or 0)
