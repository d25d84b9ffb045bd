"""The billing due list: what has left is billed with its month, unless it comes back before; and for whom."""

from typing import Any
from uuid import uuid5

from sqlalchemy import ARRAY, Uuid, bindparam, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domains.ledger.messages import SettledInvoice
from domains.receivables.messages import (
    BillingDueFound,
    DueQuantity,
    FindBillingDue,
    ListedForBilling,
    ListForBilling,
    OrderShare,
    OrdersTold,
    TellOrders,
    WithdrawFromBilling,
    WithdrawnFromBilling,
)
from domains.receivables.queries import billing as queries
from domains.receivables.rules import collective as rules
from domains.receivables.tables.billing import BillingDue
from foundation.database import rows_of
from foundation.money import ZERO
from foundation.operation import operation
from foundation.transaction import Transaction

_FREE_CREDIT = text("SELECT receivables.free_credit_when_billed(:orders)").bindparams(
    bindparam("orders", type_=ARRAY(Uuid))
)
_WITHDRAW = (
    update(rows_of(BillingDue))
    .where(BillingDue.id == bindparam("which"))
    .values(withdrawn_quantity=BillingDue.withdrawn_quantity + bindparam("more"))
)


@operation("receivables.list_billing_due")
async def list_billing_due(session: AsyncSession, listed: ListForBilling) -> ListedForBilling:
    """Put what has left for an order on the list of what is billed at the end of the month."""
    delivery = listed.model_dump(exclude={"lines"})
    rows: list[dict[str, Any]] = [
        delivery | line.model_dump() | {"id": uuid5(listed.shipment_id, f"line {line.line_number}")}
        for line in listed.lines
    ]
    await session.execute(insert(rows_of(BillingDue)), rows)
    return ListedForBilling(shipment_id=listed.shipment_id, listed=len(rows))


@operation("receivables.withdraw_billing_due")
async def withdraw_billing_due(session: AsyncSession, withdraw: WithdrawFromBilling) -> WithdrawnFromBilling:
    """Take goods off the list that came back; content with what of them is not billed yet.

    Whoever bills them at the same time is waited for. When nothing is left to be billed of an order that has
    left wholly, the credit for it is set free.
    """
    due = await queries.locked_due_of_order(session, withdraw.order_id)
    taken = rules.withdrawn(due, withdraw.lines, with_freight=withdraw.with_freight)
    if taken:
        more = [{"which": row, "more": quantity} for row, quantity in taken.items()]
        await session.execute(_WITHDRAW, more)
        await session.execute(_FREE_CREDIT, {"orders": [withdraw.order_id]})
    quantities: dict[int, Any] = {}
    for row in due:
        if row.id in taken and not row.is_freight:
            quantities[row.line_number] = quantities.get(row.line_number, ZERO) + taken[row.id]
    return WithdrawnFromBilling(
        order_id=withdraw.order_id,
        lines=tuple(
            DueQuantity(order_line_number=number, quantity=quantity)
            for number, quantity in sorted(quantities.items())
        ),
        with_freight=any(row.is_freight and row.id in taken for row in due),
    )


@operation("receivables.find_billing_due")
async def find_billing_due(session: AsyncSession, find: FindBillingDue) -> BillingDueFound:
    """Say which months of which customers are to be billed, up to a month. Reads only."""
    return await queries.months_to_bill(session, find)


@operation("receivables.tell_orders_of_invoice")
async def tell_orders_of_invoice(tx: Transaction, tell: TellOrders) -> OrdersTold:
    """Tell the orders of a collective invoice what it charges them, or that it is paid."""
    shares = await queries.orders_of_invoice(tx, tell.invoice_id, tell.after)
    for share in shares:
        if tell.about == "billed":
            tx.tell(share.process_id, "billed_collectively", share)
        else:
            tx.tell(share.process_id, "invoice_settled", _paid(share))
    return OrdersTold(
        last=shares[-1].order_id if shares else tell.after, is_all=len(shares) < queries.ORDERS_AT_ONCE
    )


def _paid(share: OrderShare) -> SettledInvoice:
    """Of an order's share nothing is open any more; with what it was paid, its invoice says."""
    return SettledInvoice(
        invoice_id=share.invoice.invoice_id,
        invoice_number=share.invoice.invoice_number,
        order_id=share.order_id,
        process_id=share.process_id,
        settled_amount=share.invoice.total_amount,
        discount_amount=ZERO,
        written_off_amount=ZERO,
        open_amount=ZERO,
    )
