"""Payments, allocations, refunds, reversals and open items, as they are read."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from domains.ledger.messages import Side
from domains.ledger.tables.open_items import Allocation, OpenItem, Payment, Refund, Reversal, Settlement
from foundation.database.connections import facts, rows_of
from foundation.database.lists import Filter, Listing, between, equal, named, only
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount, ShownQuantity, Text


class OpenItemView(Message):
    """What a party owes us (positive), or we owe it (negative): money on account, or goods not invoiced.

    Amounts in the item's currency, and (`base_…`) in the company's.
    """

    open_item_id: UUID
    side: str
    party_type: str | None
    party_code: str | None
    document_type: str
    document_id: UUID
    document_number: str
    document_on: date
    due_on: date
    currency: str
    amount: ShownAmount
    open_amount: ShownAmount
    base_open_amount: ShownAmount
    open_quantity: ShownQuantity | None
    """Of goods received that are not invoiced, in the stock unit."""


class PaymentSummary(Message):
    """Money that arrived. `on_account_amount` is what of it has not been used."""

    payment_id: UUID
    payment_number: str
    customer_code: str
    received_on: date
    currency: str
    amount: ShownAmount
    base_amount: ShownAmount
    on_account_amount: ShownAmount
    reference: str
    account_code: str
    order_id: UUID | None
    reversed_by: str | None
    """The number of the reversal, when it was taken back."""


class SettlementView(Message):
    """What money settled of an invoice, in its currency: paid, discount and written off together.

    Negative when it was taken back.
    """

    invoice_id: UUID
    invoice_number: str
    currency: str
    settled_on: date
    source_type: str
    source_id: UUID
    """By the payment itself, by an allocation, or by the reversal of one of them."""
    amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount


class PaymentView(PaymentSummary):
    """The payment with what it settled, in the order of the invoices' numbers."""

    settlements: list[SettlementView]


class AllocationView(Message):
    """Money on account that was used for what was open; the amount in the money's currency."""

    allocation_id: UUID
    money_type: str
    money_id: UUID
    money_number: str
    document_type: str
    document_id: UUID
    document_number: str
    party_code: str
    allocated_on: date
    currency: str
    amount: ShownAmount
    exchange_difference: ShownAmount
    reversed_by: str | None


class RefundView(Message):
    """Money that went back to a customer, from one payment or one credit note."""

    refund_id: UUID
    refund_number: str
    customer_code: str
    payment_id: UUID | None
    credit_note_id: UUID | None
    refunded_on: date
    currency: str
    amount: ShownAmount
    base_amount: ShownAmount
    exchange_difference: ShownAmount
    account_code: str
    reference: str
    reversed_by: str | None


class ReversalView(Message):
    """A document that was taken back: by which number, on which day, and why."""

    reversal_id: UUID
    reversal_number: str
    document_type: str
    document_id: UUID
    document_number: str
    reversed_on: date
    reason: str


def reversal_of(document_type: str, document_id: Any) -> Any:
    """The number of the reversal of the document in a column, for queries of the domain that owns it."""
    found = select(Reversal.number).where(
        Reversal.document_type == document_type, Reversal.document_id == document_id
    )
    return found.scalar_subquery()


_PAYMENTS = select(
    *rows_of(Payment).c,
    select(func.coalesce(-func.sum(OpenItem.open_amount), 0))
    .where(OpenItem.document_id == Payment.id)
    .scalar_subquery()
    .label("on_account_amount"),
    reversal_of("payment", Payment.id).label("reversed_by"),
)
_REFUNDS = select(*rows_of(Refund).c, reversal_of("refund", Refund.id).label("reversed_by"))
_ALLOCATIONS = select(*rows_of(Allocation).c, reversal_of("allocation", Allocation.id).label("reversed_by"))


def items_of(document_id: UUID) -> Select[Any]:
    """The open items of one document, the earliest due first."""
    wanted = select(*rows_of(OpenItem).c).where(OpenItem.document_id == document_id)
    return wanted.order_by(OpenItem.due_on, OpenItem.id)


def payment_summary(row: Any) -> PaymentSummary:
    """One row of `PAYMENTS`."""
    return PaymentSummary(**_payment_facts(row, PaymentSummary))


def _payment_facts(row: Any, view: type[Message]) -> dict[str, Any]:
    known = {"payment_id": row.id, "payment_number": row.number, "customer_code": row.party_code}
    return known | facts(row, view)


def open_item_view(row: Any) -> OpenItemView:
    """One row of `OPEN_ITEMS`."""
    return OpenItemView(open_item_id=row.id, **facts(row, OpenItemView))


def refund_view(row: Any) -> RefundView:
    """One row of `REFUNDS`."""
    return RefundView(
        refund_id=row.id,
        refund_number=row.number,
        customer_code=row.party_code,
        payment_id=row.money_id if row.money_type == "payment" else None,
        credit_note_id=row.money_id if row.money_type == "credit_note" else None,
        **facts(row, RefundView),
    )


def allocation_view(row: Any) -> AllocationView:
    """One row of `ALLOCATIONS`."""
    return AllocationView(allocation_id=row.id, **facts(row, AllocationView))


def reversal_view(row: Any) -> ReversalView:
    """One row of `REVERSALS`."""
    return ReversalView(reversal_id=row.id, reversal_number=row.number, **facts(row, ReversalView))


def _of_customer(code: str) -> ColumnElement[bool]:
    return and_(OpenItem.party_type == "customer", OpenItem.party_code == code)


PAYMENTS = Listing(
    name="payments",
    about="Payments, the newest first.",
    view=PaymentSummary,
    rows=_PAYMENTS,
    to_view=payment_summary,
    filters=(
        equal(Payment.party_code, "customer"),
        equal(Payment.number),
        equal(Payment.order_id),
        *between(Payment.received_on),
        *between(Payment.amount),
    ),
    sorts=named(Payment.received_on, Payment.number, Payment.amount),
    order="-received_on",
    unique=(Payment.id,),
)
OPEN_ITEMS = Listing(
    name="open_items",
    about="What parties owe us (positive), and we owe them (negative), the earliest due first.",
    view=OpenItemView,
    rows=select(*rows_of(OpenItem).c).where(OpenItem.side != Side.WAGES.value),
    to_view=open_item_view,
    filters=(
        Filter("customer", Text, _of_customer, "Only what is open with this customer"),
        equal(OpenItem.side, type=Side),
        equal(OpenItem.currency),
        only("only_open", OpenItem.open_amount != 0, "Only what is not settled", default=True),
        *between(OpenItem.due_on),
        *between(OpenItem.open_amount),
    ),
    sorts=named(OpenItem.due_on, OpenItem.open_amount, customer_code=OpenItem.party_code),
    order="due_on",
    unique=(OpenItem.id,),
)
REFUNDS = Listing(
    name="refunds",
    about="Refunds, the newest first.",
    view=RefundView,
    rows=_REFUNDS,
    to_view=refund_view,
    filters=(
        equal(Refund.party_code, "customer"),
        equal(Refund.money_id, "payment_id"),
        equal(Refund.money_id, "credit_note_id"),
        *between(Refund.refunded_on),
        *between(Refund.amount),
    ),
    sorts=named(Refund.refunded_on, Refund.number, Refund.amount),
    order="-refunded_on",
    unique=(Refund.id,),
)
ALLOCATIONS = Listing(
    name="allocations",
    about="Money on account that was used, the newest first.",
    view=AllocationView,
    rows=_ALLOCATIONS,
    to_view=allocation_view,
    filters=(
        equal(Allocation.party_code, "customer"),
        equal(Allocation.money_id),
        equal(Allocation.document_id),
        *between(Allocation.allocated_on),
        *between(Allocation.amount),
    ),
    sorts=named(Allocation.allocated_on, Allocation.amount),
    order="-allocated_on",
    unique=(Allocation.id,),
)
REVERSALS = Listing(
    name="reversals",
    about="Documents that were taken back, the newest first.",
    view=ReversalView,
    rows=select(*rows_of(Reversal).c),
    to_view=reversal_view,
    filters=(equal(Reversal.document_type), equal(Reversal.document_id), *between(Reversal.reversed_on)),
    sorts=named(Reversal.reversed_on, Reversal.number),
    order="-reversed_on",
    unique=(Reversal.id,),
)


async def payment(tx: Transaction, payment_id: UUID) -> PaymentView:
    """One payment with what it settled. Refuses: NotFound."""
    found = await tx.existing(_PAYMENTS.where(Payment.id == payment_id), f"payment {payment_id}")
    settled = (
        select(
            *rows_of(Settlement).c,
            OpenItem.document_id.label("invoice_id"),
            OpenItem.document_number.label("invoice_number"),
            OpenItem.currency.label("currency"),
        )
        .join(OpenItem, OpenItem.id == Settlement.open_item_id)
        .where(Settlement.money_id == payment_id, OpenItem.document_id != payment_id)
        .order_by(OpenItem.document_number, OpenItem.due_on, Settlement.settled_on, Settlement.id)
    )
    settlements = [SettlementView(**facts(row, SettlementView)) for row in (await tx.execute(settled)).all()]
    return PaymentView(settlements=settlements, **_payment_facts(found, PaymentView))


async def refund(tx: Transaction, refund_id: UUID) -> RefundView:
    """One refund. Refuses: NotFound."""
    found = await tx.existing(_REFUNDS.where(Refund.id == refund_id), f"refund {refund_id}")
    return refund_view(found)


async def allocation(tx: Transaction, allocation_id: UUID) -> AllocationView:
    """One allocation. Refuses: NotFound."""
    found = await tx.existing(
        _ALLOCATIONS.where(Allocation.id == allocation_id), f"allocation {allocation_id}"
    )
    return allocation_view(found)


async def reversal(tx: Transaction, reversal_id: UUID) -> ReversalView:
    """One reversal. Refuses: NotFound."""
    wanted = select(*rows_of(Reversal).c).where(Reversal.id == reversal_id)
    found = await tx.existing(wanted, f"reversal {reversal_id}")
    return reversal_view(found)
