"""Payments, allocations, refunds, reversals and open items, as they are read."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from domains.ledger.queries.filters import between, facts, matching, sorted_by
from domains.ledger.tables.open_items import Allocation, OpenItem, Payment, Refund, Reversal, Settlement
from foundation.database.connections import rows_of
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import Message, ShownAmount, ShownQuantity


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


def payments(
    *,
    customer: str | None = None,
    number: str | None = None,
    order_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Payments that fit, the newest first unless sorted otherwise."""
    narrowed = {Payment.party_code: customer, Payment.number: number, Payment.order_id: order_id}
    wanted = between(matching(_PAYMENTS, narrowed), Payment.received_on, since, until)
    columns = {
        "received_on": Payment.received_on,
        "number": Payment.number,
        "amount": Payment.amount,
    }
    return sorted_by(wanted, sort or "-received_on", columns, Payment.id)


def open_items(
    *,
    customer: str | None = None,
    side: str | None = None,
    currency: str | None = None,
    only_open: bool = True,
    due_until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Open items that fit, the earliest due first unless sorted otherwise."""
    narrowed = {OpenItem.side: side, OpenItem.currency: currency}
    wanted = matching(select(*rows_of(OpenItem).c), narrowed)
    if customer is not None:
        wanted = wanted.where(OpenItem.party_type == "customer", OpenItem.party_code == customer)
    wanted = between(wanted, OpenItem.due_on, None, due_until)
    wanted = wanted.where(OpenItem.open_amount != 0) if only_open else wanted
    columns = {
        "due_on": OpenItem.due_on,
        "customer_code": OpenItem.party_code,
        "open_amount": OpenItem.open_amount,
    }
    return sorted_by(wanted, sort or "due_on", columns, OpenItem.id)


def items_of(document_id: UUID) -> Select[Any]:
    """The open items of one document, the earliest due first."""
    wanted = select(*rows_of(OpenItem).c).where(OpenItem.document_id == document_id)
    return wanted.order_by(OpenItem.due_on, OpenItem.id)


def refunds(
    *,
    customer: str | None = None,
    payment_id: UUID | None = None,
    credit_note_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Refunds that fit, the newest first unless sorted otherwise."""
    narrowed = {Refund.party_code: customer, Refund.money_id: payment_id or credit_note_id}
    wanted = between(matching(_REFUNDS, narrowed), Refund.refunded_on, since, until)
    columns = {"refunded_on": Refund.refunded_on, "number": Refund.number, "amount": Refund.amount}
    return sorted_by(wanted, sort or "-refunded_on", columns, Refund.id)


def allocations(
    *,
    customer: str | None = None,
    money_id: UUID | None = None,
    document_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Allocations that fit, the newest first unless sorted otherwise."""
    narrowed = {
        Allocation.party_code: customer,
        Allocation.money_id: money_id,
        Allocation.document_id: document_id,
    }
    wanted = between(matching(_ALLOCATIONS, narrowed), Allocation.allocated_on, since, until)
    columns = {"allocated_on": Allocation.allocated_on, "amount": Allocation.amount}
    return sorted_by(wanted, sort or "-allocated_on", columns, Allocation.id)


def reversals(
    *,
    document_type: str | None = None,
    document_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Reversals that fit, the newest first unless sorted otherwise."""
    narrowed = {Reversal.document_type: document_type, Reversal.document_id: document_id}
    wanted = between(matching(select(*rows_of(Reversal).c), narrowed), Reversal.reversed_on, since, until)
    columns = {"reversed_on": Reversal.reversed_on, "number": Reversal.number}
    return sorted_by(wanted, sort or "-reversed_on", columns, Reversal.id)


def payment_summary(row: Any) -> PaymentSummary:
    """One row of `payments`."""
    return PaymentSummary(**_payment_facts(row, PaymentSummary))


def _payment_facts(row: Any, view: type[Message]) -> dict[str, Any]:
    known = {"payment_id": row.id, "payment_number": row.number, "customer_code": row.party_code}
    return known | facts(row, view)


def open_item_view(row: Any) -> OpenItemView:
    """One row of `open_items`."""
    return OpenItemView(open_item_id=row.id, **facts(row, OpenItemView))


def refund_view(row: Any) -> RefundView:
    """One row of `refunds`."""
    return RefundView(
        refund_id=row.id,
        refund_number=row.number,
        customer_code=row.party_code,
        payment_id=row.money_id if row.money_type == "payment" else None,
        credit_note_id=row.money_id if row.money_type == "credit_note" else None,
        **facts(row, RefundView),
    )


def allocation_view(row: Any) -> AllocationView:
    """One row of `allocations`."""
    return AllocationView(allocation_id=row.id, **facts(row, AllocationView))


def reversal_view(row: Any) -> ReversalView:
    """One row of `reversals`."""
    return ReversalView(reversal_id=row.id, reversal_number=row.number, **facts(row, ReversalView))


async def payment(tx: Transaction, payment_id: UUID) -> PaymentView:
    """One payment with what it settled. Refuses: NotFound."""
    found = (await tx.execute(_PAYMENTS.where(Payment.id == payment_id))).one_or_none()
    if found is None:
        raise NotFound(f"there is no payment {payment_id}")
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
    found = (await tx.execute(_REFUNDS.where(Refund.id == refund_id))).one_or_none()
    if found is None:
        raise NotFound(f"there is no refund {refund_id}")
    return refund_view(found)


async def allocation(tx: Transaction, allocation_id: UUID) -> AllocationView:
    """One allocation. Refuses: NotFound."""
    found = (await tx.execute(_ALLOCATIONS.where(Allocation.id == allocation_id))).one_or_none()
    if found is None:
        raise NotFound(f"there is no allocation {allocation_id}")
    return allocation_view(found)


async def reversal(tx: Transaction, reversal_id: UUID) -> ReversalView:
    """One reversal. Refuses: NotFound."""
    wanted = select(*rows_of(Reversal).c).where(Reversal.id == reversal_id)
    found = (await tx.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound(f"there is no reversal {reversal_id}")
    return reversal_view(found)
