"""The billing due list: what has left is billed with its month, unless it comes back before; and for whom."""

from typing import Any
from uuid import uuid5

from pydantic_core import to_json
from sqlalchemy import Uuid, bindparam, text

from domains.ledger.messages import SettledInvoice
from domains.receivables.messages import (
    DueQuantity,
    ListedForBilling,
    ListForBilling,
    ListMonths,
    MonthInTurn,
    OrderShare,
    OrdersTold,
    PostCollectiveInvoice,
    TakenOffBilling,
    TakeOffBilling,
    TellOrders,
    WithdrawFromBilling,
    WithdrawnFromBilling,
)
from domains.receivables.queries import billing as queries
from domains.receivables.rules import collective as rules
from domains.receivables.tables.billing import BillingDue
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.commands import company_of
from foundation.operations.operation import operation
from foundation.process.batch import PARTIES_AT_ONCE, ListedItem, add_items
from foundation.process.run_messages import Listed
from foundation.values.money import ZERO, rounded

# Of what is left to be billed nothing is, of an order that has left wholly: it needs no credit any more.
_FREE_CREDIT = text(
    """
    UPDATE receivables.credit_commitment c SET open_amount = 0
    WHERE c.order_id = CAST(:order AS uuid) AND c.open_amount <> 0
        AND EXISTS (SELECT FROM receivables.billing_due d WHERE d.order_id = c.order_id AND d.completes_order)
        AND NOT EXISTS (SELECT FROM receivables.billing_due d WHERE d.order_id = c.order_id
            AND d.invoice_id IS NULL AND d.withdrawn_quantity < d.quantity)
    """
)
_WITHDRAW = text(
    """
    UPDATE receivables.billing_due d SET withdrawn_quantity = d.withdrawn_quantity + w.quantity
    FROM jsonb_to_recordset(CAST(:taken AS jsonb)) AS w (id uuid, quantity numeric) WHERE d.id = w.id
    """
)
_BILLED_BY = text(
    """
    SELECT i.number FROM receivables.billing_due d JOIN receivables.invoice i ON i.id = d.invoice_id
    WHERE d.shipment_id = :shipment LIMIT 1
    """
).bindparams(bindparam("shipment", type_=Uuid()))
# That it left completed nothing.
_TAKE_OFF = text(
    """
    UPDATE receivables.billing_due SET withdrawn_quantity = quantity, completes_order = false
    WHERE invoice_id IS NULL AND CASE WHEN is_freight THEN order_id = :order AND :with_freight
        ELSE shipment_id = :shipment END
    RETURNING is_freight
    """
).bindparams(bindparam("shipment", type_=Uuid()), bindparam("order", type_=Uuid()))
# What left after it, and is not billed, completes the order no more: credit is kept for what is to leave
# again.
_COMPLETES_NO_MORE = text(
    """
    UPDATE receivables.billing_due SET completes_order = false
    WHERE order_id = :order AND invoice_id IS NULL AND completes_order
    """
).bindparams(bindparam("order", type_=Uuid()))


@operation("receivables.list_billing_due")
async def list_billing_due(tx: Transaction, listed: ListForBilling) -> ListedForBilling:
    """Put what has left for an order on the list of what is billed at the end of the month."""
    delivery = listed.model_dump(exclude={"lines"})
    rows: list[dict[str, Any]] = [
        line.model_dump() | delivery | {"id": uuid5(listed.shipment_id, f"line {line.line_number}")}
        for line in listed.lines
    ]
    write_document(tx, {BillingDue: rows})
    return ListedForBilling(shipment_id=listed.shipment_id, listed=len(rows))


@operation("receivables.withdraw_billing_due")
async def withdraw_billing_due(tx: Transaction, withdraw: WithdrawFromBilling) -> WithdrawnFromBilling:
    """Take goods off the list that came back; no more than what of them is not billed yet.

    Whoever bills them at the same time is waited for. When nothing is left to be billed of an order that has
    left wholly, the credit for it is set free.
    """
    due = await queries.locked_due_of_order(tx, withdraw.order_id)
    taken = rules.withdrawn(due, withdraw.lines, with_freight=withdraw.with_freight)
    if taken:
        rows = [{"id": row, "quantity": quantity} for row, quantity in taken.items()]
        await tx.execute(_WITHDRAW, {"taken": to_json(rows).decode()})
        await tx.execute(_FREE_CREDIT, {"order": withdraw.order_id})
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


@operation("receivables.take_off_billing")
async def take_off_billing(tx: Transaction, take: TakeOffBilling) -> TakenOffBilling:
    """Take a shipment off the list that was taken back: as a whole, or not at all.

    Whoever bills it at the same time is waited for. Refuses: BilledMeanwhile.
    """
    asked = {"shipment": take.shipment_id, "order": take.order_id, "with_freight": take.with_freight}
    taken = await tx.execute(_TAKE_OFF, asked)
    had_freight = any(taken.scalars())
    await tx.execute(_COMPLETES_NO_MORE, {"order": take.order_id})
    rules.check_not_billed(await tx.scalar(_BILLED_BY, {"shipment": take.shipment_id}))
    return TakenOffBilling(shipment_id=take.shipment_id, with_freight=had_freight)


@operation("receivables.list_months_to_bill")
async def list_months_to_bill(tx: Transaction, ask: ListMonths) -> Listed:
    """List which months of which customers are to be billed up to a month; a customer's in their order.

    Each is named by the process that waits for its money, so that two runs that list it bill it once.
    """
    company = await company_of(tx)
    customers = await queries.customers_to_bill(tx, ask.month, last=ask.last, at_most=PARTIES_AT_ONCE)
    if not customers:
        return await add_items(tx, ask, [], is_all=True)
    months = await queries.months_to_bill(tx, ask.month, after=ask.last, last=customers[-1])
    listed = await add_items(
        tx, ask, [_item(company, month) for month in months], is_all=len(customers) < PARTIES_AT_ONCE
    )
    return listed.model_copy(update={"last": customers[-1]})


def _item(company: str, month: MonthInTurn) -> ListedItem:
    invoice_id = rules.invoice_id_of(company, month)
    process_id = f"{company}/collective_invoice/{month.month}/{invoice_id}"
    post = PostCollectiveInvoice(**dict(month), invoice_id=invoice_id, process_id=process_id)
    return ListedItem(str(invoice_id), post.model_dump(mode="json"), month.customer_code, process_id)


@operation("receivables.tell_orders_of_invoice")
async def tell_orders_of_invoice(tx: Transaction, tell: TellOrders) -> OrdersTold:
    """Tell the orders of a collective invoice what it charges them, or that it is paid."""
    invoice, shares = await queries.orders_of_invoice(tx, tell.invoice_id, tell.after)
    for share in shares:
        if tell.about == "billed":
            tx.tell(share.process_id, "billed_collectively", share)
        else:
            tx.tell(share.process_id, "invoice_settled", _paid(share))
    return OrdersTold(
        last=shares[-1].order_id if shares else tell.after,
        is_all=len(shares) < queries.ORDERS_AT_ONCE,
        invoice_number=invoice.number,
        total_amount=rounded(invoice.total_amount, invoice.currency),
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
