"""Payments and open items, as they are read."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domains.ledger.queries.filters import between, facts, matching, sorted_by
from domains.ledger.tables.open_items import OpenItem, Payment, Settlement
from domains.receivables.tables.dunning import DunningLetter
from domains.receivables.tables.invoices import Invoice
from foundation.errors import NotFound
from foundation.messages import Message, ShownAmount


class OpenItemView(Message):
    """What a customer owes (positive) or has on account (negative), in the item's currency and in the
    company's.
    """

    open_item_id: UUID
    customer_code: str
    invoice_id: UUID | None
    payment_id: UUID | None
    credit_note_id: UUID | None
    dunning_letter_id: UUID | None
    document_on: date
    due_on: date
    currency: str
    amount: ShownAmount
    open_amount: ShownAmount
    base_open_amount: ShownAmount


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


class SettlementView(Message):
    """What money settled of an invoice or a dunning letter, in its currency: paid, discount and written off
    together.
    """

    invoice_id: UUID
    invoice_number: str
    currency: str
    settled_on: date
    amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount


class PaymentView(PaymentSummary):
    """The payment with what it settled, in the order of the invoices' numbers."""

    settlements: list[SettlementView]


_LEFT_OF_PAYMENT = (
    select(func.coalesce(-func.sum(OpenItem.open_amount), 0))
    .where(OpenItem.payment_id == Payment.id)
    .scalar_subquery()
)


_SETTLED_ID = func.coalesce(Invoice.id, DunningLetter.id)
_SETTLED_NUMBER = func.coalesce(Invoice.number, DunningLetter.number)


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
    selected: Select[Any] = select(Payment).add_columns(_LEFT_OF_PAYMENT)
    wanted = matching(
        selected,
        {Payment.customer_code: customer, Payment.number: number, Payment.order_id: order_id},
    )
    columns = {
        "received_on": Payment.received_on,
        "number": Payment.number,
        "amount": Payment.amount,
    }
    wanted = between(wanted, Payment.received_on, since, until)
    return sorted_by(wanted, sort or "-received_on", columns, Payment.id)


def open_items(
    *,
    customer: str | None = None,
    currency: str | None = None,
    only_open: bool = True,
    due_until: date | None = None,
    sort: str | None = None,
) -> Select[Any]:
    """Open items that fit, the earliest due first unless sorted otherwise."""
    wanted = matching(select(OpenItem), {OpenItem.customer_code: customer, OpenItem.currency: currency})
    wanted = between(wanted, OpenItem.due_on, None, due_until)
    wanted = wanted.where(OpenItem.open_amount != 0) if only_open else wanted
    columns = {
        "due_on": OpenItem.due_on,
        "customer_code": OpenItem.customer_code,
        "open_amount": OpenItem.open_amount,
    }
    return sorted_by(wanted, sort or "due_on", columns, OpenItem.id)


def payment_summary(row: Any) -> PaymentSummary:
    """One row of `payments`."""
    return PaymentSummary(**_payment_facts(row[0], row[1], PaymentSummary))


def _payment_facts(payment: Payment, left: Any, view: type[Message]) -> dict[str, Any]:
    known = {"payment_id": payment.id, "payment_number": payment.number, "on_account_amount": left}
    return known | facts(payment, view)


def open_item_view(row: Row[Any]) -> OpenItemView:
    """One row of `open_items`."""
    item: OpenItem = row[0]
    return OpenItemView(open_item_id=item.id, **facts(item, OpenItemView))


async def payment(session: AsyncSession, payment_id: UUID) -> PaymentView:
    """One payment with what it settled. Refuses: NotFound."""
    found = (
        await session.execute(select(Payment, _LEFT_OF_PAYMENT).where(Payment.id == payment_id))
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no payment {payment_id}")
    settled = (
        select(Settlement, _SETTLED_ID, _SETTLED_NUMBER, OpenItem.currency)
        .join(OpenItem, OpenItem.id == Settlement.open_item_id)
        .outerjoin(Invoice, Invoice.id == OpenItem.invoice_id)
        .outerjoin(DunningLetter, DunningLetter.id == OpenItem.dunning_letter_id)
        .where(Settlement.payment_id == payment_id)
        .order_by(_SETTLED_NUMBER, OpenItem.due_on, Settlement.id)
    )
    settlements = [
        SettlementView(
            invoice_id=invoice_id,
            invoice_number=number,
            currency=currency,
            **facts(settlement, SettlementView),
        )
        for settlement, invoice_id, number, currency in await session.execute(settled)
    ]
    return PaymentView(settlements=settlements, **_payment_facts(found[0], found[1], PaymentView))
