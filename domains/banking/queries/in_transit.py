"""What payment runs have ordered of the bank and no statement says yet."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Text, Uuid, any_, bindparam, exists, func, or_, select, text

from domains.banking.rules.in_transit import PaidPart, PaymentInTransit
from domains.banking.tables import (
    LinePosting,
    PaymentConfirmation,
    PaymentRun,
    PaymentRunInvoice,
    PaymentRunPayment,
)
from domains.ledger.queries.supplier_payments import standing_payments
from domains.ledger.rules.reversals import StandsOnIt
from foundation.database.transaction import Row, Transaction

_IS_TAKEN_BACK = func.banking.is_taken_back(
    LinePosting.document_type, LinePosting.document_id, LinePosting.id, type_=Boolean
)
_IS_CONFIRMED = exists().where(
    PaymentConfirmation.payment_id == PaymentRunPayment.id,
    LinePosting.id == PaymentConfirmation.posting_id,
    ~_IS_TAKEN_BACK,
)
_NOT_CONFIRMED = (
    select(
        PaymentRunPayment.id.label("payment_id"),
        PaymentRunPayment.run_id,
        PaymentRun.number.label("run_number"),
        PaymentRun.paid_on,
        PaymentRunPayment.end_to_end_id,
        PaymentRunPayment.supplier_code,
        PaymentRunPayment.supplier_name,
        PaymentRunPayment.iban,
        PaymentRunInvoice.supplier_payment_id,
    )
    .join(PaymentRun, PaymentRun.id == PaymentRunPayment.run_id)
    .join(PaymentRunInvoice, PaymentRunInvoice.payment_id == PaymentRunPayment.id)
    .where(
        PaymentRun.bank_account_code == bindparam("account", type_=Text),
        PaymentRunInvoice.supplier_payment_id.is_not(None),
        ~_IS_CONFIRMED,
    )
    .order_by(PaymentRunPayment.end_to_end_id)
)
_ONE = bindparam("one", type_=Uuid)
_OF_ONE = _NOT_CONFIRMED.where(or_(PaymentRunPayment.id == _ONE, PaymentRunPayment.run_id == _ONE))
_ORDERED = select(PaymentRunPayment.end_to_end_id).where(
    PaymentRunPayment.end_to_end_id == any_(bindparam("ids", type_=ARRAY(Text)))
)


async def ordered_before(tx: Transaction, end_to_end_ids: Collection[str]) -> set[str]:
    """Those of some end-to-end ids that are of payments of runs, whatever has become of them."""
    return set(await tx.scalars(_ORDERED, {"ids": sorted({*end_to_end_ids} - {""})}))


_STANDS_ON = text("SELECT banking.stands_on_run_payment(:payment)").bindparams(
    bindparam("payment", type_=Uuid)
)


async def check_may_be_reversed(tx: Transaction, supplier_payment_id: UUID) -> None:
    """Whether a payment to a supplier is none of a run that is still being paid, and none that a statement
    has confirmed. Refuses: StandsOnIt, naming it.
    """
    why = await tx.scalar(_STANDS_ON, {"payment": supplier_payment_id})
    if why is not None:
        raise StandsOnIt(why)


async def in_transit(tx: Transaction, account: str, *, of: UUID | None = None) -> list[PaymentInTransit]:
    """What is on its way from a bank account, payment by payment; of one payment, or of one run.

    What of it was taken back is not.
    """
    found = await tx.execute(
        _NOT_CONFIRMED if of is None else _OF_ONE, {"account": account} | ({"one": of} if of else {})
    )
    return [PaymentInTransit(**told) for told in await _with_parts(tx, found.all())]


async def _with_parts(tx: Transaction, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What is known of each payment, with what of it stands; without those of which nothing does."""
    payments = await standing_payments(tx, [row.supplier_payment_id for row in rows])
    standing = {one.id: PaidPart(one.id, one.account_code, one.amount) for one in payments}
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        told = row._asdict()
        if (part := standing.get(told.pop("supplier_payment_id"))) is not None:
            found.setdefault(row.payment_id, told | {"parts": ()})["parts"] += (part,)
    return list(found.values())
