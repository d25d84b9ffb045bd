"""Money that went to suppliers, as it is read."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from domains.ledger.queries.documents import reversal_of
from domains.ledger.tables.open_items import SupplierPayment
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Row, Transaction
from foundation.values.messages import Message, ShownAmount


class SupplierPaymentView(Message):
    """Money that went to a supplier, and what it has paid of an invoice."""

    payment_id: UUID
    payment_number: str
    supplier_code: str
    invoice_id: UUID
    invoice_number: str
    paid_on: date
    currency: str
    amount: ShownAmount
    base_amount: ShownAmount
    invoice_currency: str
    invoice_amount: ShownAmount
    """What it has paid of the invoice, in the invoice's currency, besides the cash discount."""
    reference: str
    account_code: str
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


_PAYMENTS = select(
    *rows_of(SupplierPayment).c, reversal_of("supplier_payment", SupplierPayment.id).label("reversed_by")
)


_STANDING = select(SupplierPayment.id, SupplierPayment.account_code, SupplierPayment.amount).where(
    SupplierPayment.id == any_(bindparam("payments", type_=ARRAY(Uuid))),
    reversal_of("supplier_payment", SupplierPayment.id).is_(None),
)


def payment_view(row: Any) -> SupplierPaymentView:
    """One row of `SUPPLIER_PAYMENTS`."""
    return SupplierPaymentView(
        payment_id=row.id,
        payment_number=row.number,
        supplier_code=row.party_code,
        **facts(row, SupplierPaymentView),
    )


SUPPLIER_PAYMENTS = Listing(
    name="supplier_payments",
    about="Payments to suppliers, the newest first.",
    view=SupplierPaymentView,
    rows=_PAYMENTS,
    to_view=payment_view,
    filters=(
        equal(SupplierPayment.party_code, "supplier"),
        equal(SupplierPayment.number),
        equal(SupplierPayment.invoice_id),
        *between(SupplierPayment.paid_on),
        *between(SupplierPayment.amount),
    ),
    sorts=named(SupplierPayment.paid_on, SupplierPayment.number, SupplierPayment.amount),
    order="-paid_on",
    unique=(SupplierPayment.id,),
)


async def supplier_payment(tx: Transaction, payment_id: UUID) -> SupplierPaymentView:
    """One of them. Refuses: NotFound."""
    wanted = _PAYMENTS.where(SupplierPayment.id == payment_id)
    return payment_view(await tx.existing(wanted, f"supplier payment {payment_id}"))


async def standing_payments(tx: Transaction, payments: Collection[UUID]) -> list[Row]:
    """Of some payments those that were not taken back: `id`, `account_code` and `amount`."""
    return (await tx.execute(_STANDING, {"payments": list(payments)})).all()


def number_of_supplier_payment(payment: Any) -> Any:
    """The number of the payment in a column, for queries of the domain that has made it."""
    return select(SupplierPayment.number).where(SupplierPayment.id == payment).scalar_subquery()


def account_of_supplier_payment(payment: Any) -> Any:
    """The account of the books from which the payment in a column went, for the same."""
    return select(SupplierPayment.account_code).where(SupplierPayment.id == payment).scalar_subquery()
