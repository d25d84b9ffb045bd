"""Payment runs as they are read: with their payments, and with what is left out of them and why."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from domains.banking.messages.payment_proposals import LeftOutReason, PayReason
from domains.banking.messages.payment_runs import PaymentRunStatus, RunInvoiceStatus, RunPaymentState
from domains.banking.queries.by_banks import BY_BANKS
from domains.banking.queries.payment_statuses import BankStatusView, bank_statuses
from domains.banking.queries.wages import WageCounts, wage_counts, wage_lines
from domains.banking.rules.payment_runs import NotTheContent, ReleasedRun, RunFacts, RunLine
from domains.banking.rules.payment_statuses import state_of
from domains.banking.tables import (
    PaymentRejection,
    PaymentRun,
    PaymentRunInvoice,
    PaymentRunPayment,
)
from domains.ledger.queries.documents import reversal_of
from domains.ledger.queries.supplier_payments import number_of_supplier_payment
from foundation.database.connections import columns_for, facts, rows_of
from foundation.database.lists import Listing, between, equal, named, only
from foundation.database.transaction import Row, Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount, ShownQuantity
from foundation.values.money import ZERO


class PaymentRunSummary(Message):
    """A payment run without its invoices; amounts are in its currency."""

    run_id: UUID
    run_number: str
    status: PaymentRunStatus
    bank_account_code: str
    currency: str
    pay_on: date
    due_until: date
    paid_on: date | None
    """The day on which it is posted, once it is released."""
    payroll_run_id: UUID | None
    """The payroll run whose net pay it pays, and its number; none when it pays suppliers."""
    payroll_run_number: str
    amount: ShownAmount | None
    """Not said of wages, nor is what is taken off."""
    discount_amount: ShownAmount | None
    version: int
    content_hash: str
    """Of all that is to be paid: whoever approves it names what was read."""
    proposed_by: str
    proposed_at: datetime
    reason: str
    """Why it was cancelled."""


class RunInvoiceView(Message):
    """What is paid of an invoice."""

    invoice_id: UUID
    invoice_number: str
    supplier_number: str
    """What the supplier calls it."""
    due_on: date
    open_amount: ShownAmount
    """When it was proposed."""
    amount: ShownAmount
    discount_amount: ShownAmount
    discount_yield_percent: ShownQuantity | None
    reason: PayReason
    status: RunInvoiceStatus
    supplier_payment_id: UUID | None
    supplier_payment_number: str | None
    reversed_by: str | None
    """The number of the reversal, when what was paid was taken back."""


class RunPaymentView(Message):
    """One payment to a supplier, for one invoice or several."""

    payment_id: UUID
    end_to_end_id: str
    """By which the bank's statement names it."""
    supplier_code: str
    supplier_name: str
    iban: str
    bic: str
    iban_before: str
    """Where the last payment of a run that stands to the supplier went, when that was another account."""
    amount: ShownAmount
    discount_amount: ShownAmount
    confirmed_by: str | None
    """The line of the statement that has it, once the bank has made it."""
    returned_by: str | None
    """The line that has brought the money back: what it had paid is owed again."""
    state: RunPaymentState
    bank_status: BankStatusView | None
    """What the bank has said last of it, and why."""
    rejected_on: date | None
    """The day on which what it had paid was reversed, when the bank has rejected it."""
    invoices: tuple[RunInvoiceView, ...]


class LeftOutView(Message):
    """An invoice that the run does not pay, in its own currency, and why."""

    invoice_id: UUID
    invoice_number: str
    supplier_number: str
    supplier_code: str
    supplier_name: str
    due_on: date
    currency: str
    open_amount: ShownAmount
    reason: LeftOutReason


class PaymentRunView(PaymentRunSummary):
    """A payment run as it stands."""

    iban: str
    """Of the account that pays, as it was when the run was proposed; and so its `bic`."""
    bic: str
    supplier_codes: tuple[str, ...]
    least_discount_yield_percent: ShownQuantity | None
    payments: tuple[RunPaymentView, ...]
    """By supplier; those of a cancelled run as they would have been. Wages are seen at `…/wages` only."""
    left_out: tuple[LeftOutView, ...]
    wages: WageCounts | None
    """Of wages how many payments have come how far."""


_RUNS = select(*columns_for(PaymentRun, PaymentRunView, run_id=PaymentRun.id, run_number=PaymentRun.number))
_SUMMARIES = select(
    *columns_for(PaymentRun, PaymentRunSummary, run_id=PaymentRun.id, run_number=PaymentRun.number)
)
_HAS_REJECTIONS = (
    select(PaymentRejection.payment_id)
    .join(PaymentRunPayment, PaymentRunPayment.id == PaymentRejection.payment_id)
    .where(PaymentRunPayment.run_id == PaymentRun.id)
    .exists()
)
PAYMENT_RUNS = Listing(
    name="payment_runs",
    about="Payment runs, the latest first.",
    view=PaymentRunSummary,
    rows=_SUMMARIES,
    filters=(
        equal(PaymentRun.status),
        equal(PaymentRun.bank_account_code, "bank_account"),
        equal(PaymentRun.number),
        equal(PaymentRun.proposed_by),
        equal(PaymentRun.payroll_run_id, "payroll_run"),
        *between(PaymentRun.pay_on),
        *between(PaymentRun.amount),
        only("with_rejections", _HAS_REJECTIONS, "Only those with payments that the bank has rejected"),
    ),
    sorts=named(PaymentRun.pay_on, PaymentRun.number, PaymentRun.amount),
    order="-pay_on",
    unique=(PaymentRun.id,),
)
_RUN = bindparam("run", type_=Uuid)
_LOCKED = select(rows_of(PaymentRun)).where(PaymentRun.id == _RUN).with_for_update()
_PAYMENTS = (
    select(*rows_of(PaymentRunPayment).c, PaymentRunPayment.payee_name.label("supplier_name"), *BY_BANKS)
    .where(PaymentRunPayment.run_id == _RUN)
    .order_by(PaymentRunPayment.supplier_code, PaymentRunPayment.end_to_end_id)
)
_INVOICES = (
    select(
        *rows_of(PaymentRunInvoice).c,
        number_of_supplier_payment(PaymentRunInvoice.supplier_payment_id).label("supplier_payment_number"),
        reversal_of("supplier_payment", PaymentRunInvoice.supplier_payment_id).label("reversed_by"),
    )
    .where(PaymentRunInvoice.run_id == _RUN)
    .order_by(PaymentRunInvoice.supplier_code, PaymentRunInvoice.due_on, PaymentRunInvoice.invoice_number)
)
_LINES = (
    select(
        PaymentRunInvoice.invoice_id,
        PaymentRunInvoice.supplier_code,
        func.coalesce(PaymentRunPayment.iban, "").label("iban"),
        func.coalesce(PaymentRunPayment.bic, "").label("bic"),
        PaymentRunInvoice.open_amount,
        PaymentRunInvoice.amount,
        PaymentRunInvoice.discount_amount,
        PaymentRunInvoice.status,
        PaymentRunInvoice.left_out_because,
        PaymentRunInvoice.invoice_number,
        PaymentRunInvoice.supplier_number,
        func.coalesce(PaymentRunPayment.end_to_end_id, "").label("end_to_end_id"),
        func.coalesce(PaymentRunPayment.iban_before, "").label("iban_before"),
    )
    .outerjoin_from(
        PaymentRunInvoice, PaymentRunPayment, PaymentRunPayment.id == PaymentRunInvoice.payment_id
    )
    .where(PaymentRunInvoice.run_id == _RUN)
    .order_by(PaymentRunInvoice.supplier_code, PaymentRunInvoice.due_on, PaymentRunInvoice.invoice_number)
)
_LINE = _LINES.where(PaymentRunInvoice.invoice_id == bindparam("invoice", type_=Uuid)).with_for_update(
    of=PaymentRunInvoice
)
_LAST_PAID = (
    select(PaymentRunPayment.supplier_code, PaymentRunPayment.iban)
    .ext(distinct_on(PaymentRunPayment.supplier_code))
    .join(PaymentRun, PaymentRun.id == PaymentRunPayment.run_id)
    .join(PaymentRunInvoice, PaymentRunInvoice.payment_id == PaymentRunPayment.id)
    .where(
        PaymentRunInvoice.status == RunInvoiceStatus.PAID.value,
        # What was taken back, or has come back, did not arrive there.
        reversal_of("supplier_payment", PaymentRunInvoice.supplier_payment_id).is_(None),
        PaymentRunPayment.supplier_code == any_(bindparam("suppliers", type_=ARRAY(Text))),
    )
    .order_by(PaymentRunPayment.supplier_code, PaymentRun.paid_on.desc(), PaymentRun.number.desc())
)
_IN_RUNS = select(PaymentRunInvoice.invoice_id).where(
    PaymentRunInvoice.status == RunInvoiceStatus.INCLUDED.value,
    PaymentRunInvoice.invoice_id == any_(bindparam("invoices", type_=ARRAY(Uuid))),
)


async def payment_run(tx: Transaction, run_id: UUID) -> PaymentRunView:
    """One of them, with its payments and what is left out. Refuses: NotFound."""
    head = await tx.existing(_RUNS.where(PaymentRun.id == run_id), f"payment run {run_id}")
    of_run = {"run": run_id}
    invoices = (await tx.execute(_INVOICES, of_run)).all()
    of_payment: dict[UUID, list[RunInvoiceView]] = {}
    for row in invoices:
        if row.status != RunInvoiceStatus.LEFT_OUT:
            of_payment.setdefault(row.payment_id, []).append(_invoice(row))
    payments = (await tx.execute(_PAYMENTS, of_run)).all()
    said = await bank_statuses(tx, run_id)
    is_posted = head.status == PaymentRunStatus.POSTED
    return PaymentRunView(
        **head._asdict(),
        wages=await wage_counts(tx, run_id) if head.payroll_run_id else None,
        payments=tuple(
            _payment(row, of_payment[row.id], said.get(row.id), is_posted=is_posted)
            for row in payments
            if row.id in of_payment
        ),
        left_out=tuple(_left_out(row) for row in invoices if row.status == RunInvoiceStatus.LEFT_OUT),
    )


def _invoice(row: Row) -> RunInvoiceView:
    return RunInvoiceView(**facts(row, RunInvoiceView), reason=row.pay_reason)


def _payment(
    row: Row, invoices: list[RunInvoiceView], said: BankStatusView | None, *, is_posted: bool
) -> RunPaymentView:
    stands = any(one.supplier_payment_id and not one.reversed_by for one in invoices)
    was_paid = any(one.supplier_payment_id for one in invoices)
    by_banks = {
        name: getattr(row, name) is not None for name in ("confirmed_by", "returned_by", "rejected_on")
    }
    return RunPaymentView(
        **facts(row, RunPaymentView),
        state=state_of(
            said.status if said else "", is_posted=is_posted and was_paid, stands=stands, **by_banks
        ),
        bank_status=said,
        payment_id=row.id,
        amount=sum((one.amount for one in invoices), ZERO),
        discount_amount=sum((one.discount_amount for one in invoices), ZERO),
        invoices=tuple(invoices),
    )


def _left_out(row: Row) -> LeftOutView:
    return LeftOutView(**facts(row, LeftOutView), reason=row.left_out_because)


async def locked_run(tx: Transaction, run_id: UUID) -> RunFacts:
    """One of them under its lock. Refuses: NotFound."""
    run = await run_to_cancel(tx, run_id)
    if run is None:
        raise NotFound(f"there is no payment run {run_id}")
    return run


async def run_to_cancel(tx: Transaction, run_id: UUID) -> RunFacts | None:
    """The same of one that may never have been written."""
    row = (await tx.execute(_LOCKED, {"run": run_id})).one_or_none()
    if row is None:
        return None
    told = {name: getattr(row, name) for name in RunFacts.__dataclass_fields__}
    return RunFacts(**told | {"status": PaymentRunStatus(row.status)})


async def released_run(tx: Transaction, run_id: UUID) -> ReleasedRun:
    """One that is released; its day stays. Refuses: NotFound, NotTheContent."""
    row = await tx.existing(_RUNS.where(PaymentRun.id == run_id), f"payment run {run_id}")
    if row.status != PaymentRunStatus.RELEASED:
        raise NotTheContent(f"{row.run_number} is {row.status}, and not released")
    paid_from = row.bank_account_code, row.iban, row.bic, row.currency
    return ReleasedRun(run_id, row.run_number, *paid_from, row.paid_on, row.payroll_run_id)


async def run_lines(tx: Transaction, run: RunFacts | ReleasedRun) -> list[RunLine]:
    """All invoices of a run, by supplier; or its payments of wages, by person."""
    if run.payroll_run_id is not None:
        return await wage_lines(tx, run.id)
    return await invoice_lines(tx, run.id)


async def invoice_lines(tx: Transaction, run_id: UUID) -> list[RunLine]:
    """All invoices of a run, by supplier."""
    return [_line(row) for row in await tx.execute(_LINES, {"run": run_id})]


async def locked_line(tx: Transaction, run_id: UUID, invoice_id: UUID) -> RunLine:
    """One of them under its lock. Refuses: NotFound."""
    of_line = {"run": run_id, "invoice": invoice_id}
    return _line(await tx.existing(_LINE, f"invoice {invoice_id} in payment run {run_id}", of_line))


def _line(row: Row) -> RunLine:
    return RunLine(**row._asdict() | {"status": RunInvoiceStatus(row.status)})


async def payments_of(tx: Transaction, run_id: UUID) -> list[Row]:
    """To whom a run pays, by supplier."""
    return (await tx.execute(_PAYMENTS, {"run": run_id})).all()


async def in_runs(tx: Transaction, invoices: Collection[UUID]) -> set[UUID]:
    """Those of some invoices that a run is to pay."""
    return set(await tx.scalars(_IN_RUNS, {"invoices": list(invoices)}))


async def last_paid_to(tx: Transaction, suppliers: Collection[str]) -> dict[str, str]:
    """By supplier the IBAN to which a run has paid last what still stands, where one has."""
    rows = await tx.execute(_LAST_PAID, {"suppliers": sorted(suppliers)})
    return {row.supplier_code: row.iban for row in rows}
