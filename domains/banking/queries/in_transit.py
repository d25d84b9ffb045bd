"""What payment runs have ordered of the bank and no statement says yet."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    Numeric,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    exists,
    func,
    or_,
    select,
    text,
    true,
)

from domains.banking.messages.payment_runs import PaymentRunStatus
from domains.banking.rules.in_transit import PaidPart, PaymentInTransit, PaymentMade, has_come_back
from domains.banking.tables import (
    LinePosting,
    PaymentConfirmation,
    PaymentReturn,
    PaymentRun,
    PaymentRunPayment,
)
from foundation.database.transaction import Row, Transaction

_IS_TAKEN_BACK = func.banking.is_taken_back(
    LinePosting.document_type, LinePosting.document_id, LinePosting.id, type_=Boolean
)
_IS_CONFIRMED = exists().where(
    PaymentConfirmation.payment_id == PaymentRunPayment.id,
    LinePosting.id == PaymentConfirmation.posting_id,
    ~_IS_TAKEN_BACK,
)
_PART = (
    func.banking.standing_parts(PaymentRunPayment.id)
    .table_valued(
        column("document_type", Text),
        column("document_id", Uuid),
        column("account_code", Text),
        column("amount", Numeric),
    )
    .lateral("part")
)
_OF_RUNS = (
    select(
        PaymentRunPayment.id.label("payment_id"),
        PaymentRunPayment.run_id,
        PaymentRun.number.label("run_number"),
        PaymentRun.paid_on,
        PaymentRun.released_on,
        func.banking.in_transit_again_on(PaymentRunPayment.id, type_=Date).label("again_on"),
        PaymentRunPayment.end_to_end_id,
        func.coalesce(PaymentRunPayment.supplier_code, PaymentRun.number).label("party"),
        PaymentRunPayment.payee_name,
        PaymentRunPayment.iban,
        (PaymentRun.status == PaymentRunStatus.POSTED.value).label("is_ordered"),
        *_PART.c,
    )
    .join(PaymentRun, PaymentRun.id == PaymentRunPayment.run_id)
    .join(_PART, true())
    .where(PaymentRun.bank_account_code == bindparam("account", type_=Text))
    .order_by(PaymentRunPayment.end_to_end_id)
)
_NOT_CONFIRMED = _OF_RUNS.where(~_IS_CONFIRMED)
_HAS_COME_BACK = exists().where(PaymentReturn.payment_id == PaymentRunPayment.id)
_MADE = (
    _OF_RUNS.add_columns(LinePosting.posted_on.label("made_on"), LinePosting.id.label("posting_id"))
    .join(PaymentConfirmation, PaymentConfirmation.payment_id == PaymentRunPayment.id)
    .join(LinePosting, LinePosting.id == PaymentConfirmation.posting_id)
    .where(PaymentRun.status == PaymentRunStatus.POSTED.value, ~_IS_TAKEN_BACK, ~_HAS_COME_BACK)
)
_ONE_MADE = _MADE.where(PaymentRunPayment.id == bindparam("one", type_=Uuid))
_NAMED_MADE = _MADE.where(PaymentRunPayment.end_to_end_id == any_(bindparam("ids", type_=ARRAY(Text))))
_COME_BACK = text(
    """
    SELECT p.end_to_end_id, l.document_number FROM banking.payment_return t
        JOIN banking.payment_run_payment p ON p.id = t.payment_id
        JOIN banking.line_posting l ON l.id = t.posting_id
        LEFT JOIN banking.payment_confirmation c ON c.payment_id = t.payment_id
    WHERE :posting IN (t.posting_id, c.posting_id) ORDER BY p.end_to_end_id LIMIT 1
    """
).bindparams(bindparam("posting", type_=Uuid))
_ONE = bindparam("one", type_=Uuid)
_OF_ONE = _NOT_CONFIRMED.where(or_(PaymentRunPayment.id == _ONE, PaymentRunPayment.run_id == _ONE))
_ORDERED = select(PaymentRunPayment.end_to_end_id).where(
    PaymentRunPayment.end_to_end_id == any_(bindparam("ids", type_=ARRAY(Text)))
)


async def ordered_before(tx: Transaction, end_to_end_ids: Collection[str]) -> set[str]:
    """Those of some end-to-end ids that are of payments of runs, whatever has become of them."""
    return set(await tx.scalars(_ORDERED, {"ids": sorted({*end_to_end_ids} - {""})}))


_LOCKED = text(
    """
    SELECT pg_advisory_xact_lock(hashtextextended(p.payment_id::text, 0)) FROM (
        SELECT payment_id FROM banking.payment_run_invoice WHERE supplier_payment_id = :payment
        UNION ALL SELECT payment_id FROM banking.wage_payment WHERE id = :payment
    ) AS p
    """
).bindparams(bindparam("payment", type_=Uuid))
# In one order, whoever takes several.
_ALL_LOCKED = text(
    """
    SELECT pg_advisory_xact_lock(hashtextextended(id::text, 0)) FROM (
        SELECT id FROM banking.payment_run_payment WHERE :one IN (id, run_id) ORDER BY id
    ) AS payment
    """
).bindparams(_ONE)
_STANDS_ON = text("SELECT banking.stands_on_run_payment(:payment)").bindparams(
    bindparam("payment", type_=Uuid)
)


async def why_not_reversed(tx: Transaction, paid_by: UUID) -> str | None:
    """What rests on a payment to a supplier, or of wages: its run that is still being paid, or the line of a
    statement that has confirmed it. None, when nothing does. Whoever confirms it waits for who asks here, or
    was seen.
    """
    await tx.execute(_LOCKED, {"payment": paid_by})
    why: str | None = await tx.scalar(_STANDS_ON, {"payment": paid_by})
    return why


async def lock_payments(tx: Transaction, one: UUID) -> None:
    """Wait for whoever confirms a payment, or one of a run, takes it back, or brings it back at this moment.

    It is locked before what it has paid, by whoever takes that back.
    """
    await tx.execute(_ALL_LOCKED, {"one": one})


async def in_transit(tx: Transaction, account: str, *, of: UUID | None = None) -> list[PaymentInTransit]:
    """What is on its way from a bank account, payment by payment; of one payment, or of one run.

    What of it was taken back is not.
    """
    found = await tx.execute(
        _NOT_CONFIRMED if of is None else _OF_ONE, {"account": account} | ({"one": of} if of else {})
    )
    return [PaymentInTransit(**told) for told in _with_parts(found.all())]


async def payment_made(tx: Transaction, account: str, payment_id: UUID) -> PaymentMade | None:
    """A payment of a run that a line of a bank account has confirmed, and that has not come back."""
    rows = (await tx.execute(_ONE_MADE, {"account": account, "one": payment_id})).all()
    return next((PaymentMade(**told) for told in _with_parts(rows)), None)


async def payments_made(tx: Transaction, account: str, end_to_end_ids: Collection[str]) -> list[PaymentMade]:
    """Those of them that have some end-to-end ids."""
    named = {"account": account, "ids": sorted({*end_to_end_ids} - {""})}
    rows = (await tx.execute(_NAMED_MADE, named)).all()
    return [PaymentMade(**told) for told in _with_parts(rows)]


async def check_none_has_come_back(tx: Transaction, posting_id: UUID) -> None:
    """Whether what a line was posted as has confirmed no payment of a run that has come back, and has brought
    none back. Refuses: PaymentHasComeBack.
    """
    found = (await tx.execute(_COME_BACK, {"posting": posting_id})).one_or_none()
    if found is not None:
        raise has_come_back(found.end_to_end_id, found.document_number)


def _with_parts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What is known of each payment, with what of it stands."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        told = row._asdict()
        part = PaidPart(**{name: told.pop(name) for name in PaidPart._fields})
        found.setdefault(row.payment_id, told | {"parts": ()})["parts"] += (part,)
    return list(found.values())
