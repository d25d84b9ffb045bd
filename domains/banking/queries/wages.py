"""Wages in payment runs, as they are read: by who may see what people are paid, and as counts by others."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select, text

from domains.banking.messages.payment_runs import PaymentRunStatus, RunInvoiceStatus, RunPaymentState
from domains.banking.messages.wages import WageState
from domains.banking.queries.by_banks import BY_BANKS
from domains.banking.queries.payment_statuses import BankStatusView, bank_statuses
from domains.banking.rules.in_transit import WAGES
from domains.banking.rules.payment_runs import RunLine
from domains.banking.rules.payment_statuses import state_of
from domains.banking.tables import PaymentRun, PaymentRunPayment, WagePayment
from domains.ledger.queries.documents import reversal_of
from foundation.database.connections import facts, rows_of
from foundation.database.transaction import Row, Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount
from foundation.values.money import ZERO


class WageCounts(Message):
    """How many payments of wages have come how far: never how much."""

    left_out: int = 0
    planned: int = 0
    in_transit: int = 0
    accepted: int = 0
    confirmed: int = 0
    rejected: int = 0
    returned: int = 0
    taken_back: int = 0


class WagePaymentView(Message):
    """What one person is paid to one account by a payment run."""

    wage_payment_id: UUID
    number: str
    """The end-to-end id."""
    run_id: UUID
    run_number: str
    payslip_id: UUID
    payslip_number: str
    place: int
    """Which of the accounts that the payslip goes to."""
    employee_code: str
    employee_name: str
    iban: str
    """Empty of what is left out from the beginning, and so the `bic`."""
    bic: str
    iban_before: str
    """Where the payslip says that it goes, when that is another account."""
    currency: str
    amount: ShownAmount
    status: RunInvoiceStatus
    left_out_because: str
    state: RunPaymentState | None
    """How far it has come; None when it is left out, or its run was cancelled."""
    paid_on: date | None
    """When it is posted."""
    confirmed_by: str | None
    returned_by: str | None
    rejected_on: date | None
    reversed_by: str | None
    bank_status: BankStatusView | None
    """What the bank has said last of it, and why."""


class PartPaid(Message):
    """What of a payslip goes to one account, and how far that has come."""

    payslip_id: UUID
    payslip_number: str
    place: int
    employee_code: str
    employee_name: str
    currency: str
    amount: ShownAmount
    state: WageState
    last_payment: RunPaymentState | None
    """How far the last payment of it has come: `rejected`, say, when it is open again."""
    wage_payment_id: UUID | None
    """That payment, and its end-to-end id."""
    end_to_end_id: str


class PayrollPaid(Message):
    """How many parts of a payroll run's net pay have come how far: one for each account of each person."""

    payroll_run_id: UUID
    payroll_run_number: str
    parts: int
    open: int
    planned: int
    in_transit: int
    accepted: int
    confirmed: int


_WAGES = (
    select(
        *rows_of(WagePayment).c,
        WagePayment.id.label("wage_payment_id"),
        func.coalesce(PaymentRunPayment.iban, "").label("iban"),
        func.coalesce(PaymentRunPayment.bic, "").label("bic"),
        func.coalesce(PaymentRunPayment.iban_before, "").label("iban_before"),
        PaymentRun.number.label("run_number"),
        PaymentRun.status.label("run_status"),
        *BY_BANKS,
        reversal_of(WAGES, WagePayment.id).label("reversed_by"),
    )
    .join(PaymentRun, PaymentRun.id == WagePayment.run_id)
    .outerjoin(PaymentRunPayment, PaymentRunPayment.id == WagePayment.payment_id)
    .order_by(WagePayment.employee_code, WagePayment.number)
)
_OF_RUN = _WAGES.where(WagePayment.run_id == bindparam("run", type_=Uuid))
_OF_PAYROLL_RUN = _WAGES.where(PaymentRun.payroll_run_id == bindparam("payroll_run", type_=Uuid))
_ONE = _WAGES.where(WagePayment.id == bindparam("one", type_=Uuid))
_LINES = (
    select(
        WagePayment.id.label("invoice_id"),
        WagePayment.employee_code.label("supplier_code"),
        func.coalesce(PaymentRunPayment.iban, "").label("iban"),
        func.coalesce(PaymentRunPayment.bic, "").label("bic"),
        WagePayment.amount.label("open_amount"),
        WagePayment.amount,
        WagePayment.status,
        WagePayment.left_out_because,
        WagePayment.payslip_number.label("invoice_number"),
        WagePayment.number.label("end_to_end_id"),
        func.coalesce(PaymentRunPayment.iban_before, "").label("iban_before"),
    )
    .outerjoin_from(WagePayment, PaymentRunPayment, PaymentRunPayment.id == WagePayment.payment_id)
    .where(WagePayment.run_id == bindparam("run", type_=Uuid))
    .order_by(WagePayment.number)
)
_LOCKED = (
    select(rows_of(WagePayment))
    .where(
        WagePayment.run_id == bindparam("run", type_=Uuid),
        WagePayment.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
    )
    .order_by(WagePayment.number)
    .with_for_update()
)
# What is to be paid, or is and was not taken back.
_TAKEN = text(
    """
    SELECT w.payslip_id, w.place, w.status, w.id FROM banking.wage_payment w
    WHERE w.payslip_id = ANY (:payslips) AND (w.status = 'included' OR w.status = 'paid' AND NOT EXISTS (
        SELECT FROM ledger.reversal x WHERE x.document_type = 'wage_payment' AND x.document_id = w.id))
    """
).bindparams(bindparam("payslips", type_=ARRAY(Uuid)))
_IN_OTHER_RUNS = text(
    """
    SELECT w.id FROM banking.wage_payment w JOIN banking.wage_payment o ON o.payslip_id = w.payslip_id
        AND o.place = w.place AND o.id <> w.id
    WHERE w.id = ANY (:ids) AND (o.status = 'included' OR o.status = 'paid' AND NOT EXISTS (
        SELECT FROM ledger.reversal x WHERE x.document_type = 'wage_payment' AND x.document_id = o.id))
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def wage_lines(tx: Transaction, run_id: UUID) -> list[RunLine]:
    """All payments of wages of a run, in the order of their numbers."""
    return [
        RunLine(**row._asdict() | {"status": RunInvoiceStatus(row.status), "discount_amount": ZERO})
        for row in await tx.execute(_LINES, {"run": run_id})
    ]


async def locked_wages(tx: Transaction, run_id: UUID, ids: Collection[UUID]) -> list[Row]:
    """Some of them under their locks."""
    return (await tx.execute(_LOCKED, {"run": run_id, "ids": list(ids)})).all()


async def wages_taken(tx: Transaction, payslips: Collection[UUID]) -> list[Row]:
    """Of some payslips what is to be paid by a run, or is and stands: `payslip_id`, `place`, `status`."""
    return (await tx.execute(_TAKEN, {"payslips": list(payslips)})).all()


async def wages_in_other_runs(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Those of some wage payments whose part of a payslip another run is to pay, or has paid."""
    return set(await tx.scalars(_IN_OTHER_RUNS, {"ids": list(ids)}))


async def wages_of_run(tx: Transaction, run_id: UUID) -> list[WagePaymentView]:
    """What people are paid by a run, by person."""
    return await _views(tx, (await tx.execute(_OF_RUN, {"run": run_id})).all())


async def wages_of_payroll_run(tx: Transaction, payroll_run_id: UUID) -> list[WagePaymentView]:
    """What people were, are or are to be paid of a payroll run by payment runs, by person."""
    return await _views(tx, (await tx.execute(_OF_PAYROLL_RUN, {"payroll_run": payroll_run_id})).all())


async def wage_payment(tx: Transaction, wage_payment_id: UUID) -> WagePaymentView:
    """One of them. Refuses: NotFound."""
    found = await _views(tx, (await tx.execute(_ONE, {"one": wage_payment_id})).all())
    if not found:
        raise NotFound(f"there is no wage payment {wage_payment_id}")
    return found[0]


async def wage_counts(tx: Transaction, run_id: UUID) -> WageCounts:
    """How many payments of a run have come how far; those of a cancelled one are left out."""
    states = Counter(one.state.value if one.state else "left_out" for one in await wages_of_run(tx, run_id))
    return WageCounts(**states)


async def _views(tx: Transaction, rows: Sequence[Row]) -> list[WagePaymentView]:
    said: dict[UUID, BankStatusView] = {}
    for run_id in sorted({row.run_id for row in rows}):
        said |= await bank_statuses(tx, run_id)
    return [_view(row, said.get(row.id)) for row in rows]


def _view(row: Any, said: BankStatusView | None) -> WagePaymentView:
    by_banks = {
        name: getattr(row, name) is not None for name in ("confirmed_by", "returned_by", "rejected_on")
    }
    is_paid = row.status == RunInvoiceStatus.PAID
    state = state_of(
        said.status if said else "",
        is_posted=row.run_status == PaymentRunStatus.POSTED and is_paid,
        stands=row.reversed_by is None,
        **by_banks,
    )
    counts = row.status in (RunInvoiceStatus.INCLUDED, RunInvoiceStatus.PAID)
    return WagePaymentView(**facts(row, WagePaymentView), state=state if counts else None, bank_status=said)
