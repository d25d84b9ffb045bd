"""Purchase orders in a fault run."""

from tests.builders.purchase_orders import PATH, SUPPLIER, a_purchase_order, came
from tests.faults.registering import kind
from tests.faults.stories import Story


@kind(
    "procurement.place_purchase_order",
    "inventory.receive_stock",
    "inventory.reverse_receipt",
    "procurement.record_receipt",
    "payables.post_supplier_invoice",
    "payables.reverse_supplier_invoice",
    "ledger.find_open",
    at_the_door=("ledger.post_supplier_payment", "ledger.reverse_document"),
    documents=("purchase order", "supplier invoice", "supplier payment"),
    records=(("suppliers", SUPPLIER),),
)
async def bought_and_paid(story: Story) -> None:
    """Goods come in parts; a receipt, an invoice and a payment are taken back, and come again."""
    order = await story.ask(PATH, a_purchase_order())
    story.books.note("purchase order", order["order_id"], order["order_number"])
    receipts = f"{PATH}/{order['order_id']}/receipts"
    first = await story.ask(receipts, came((1, "4"), (2, "5")))
    back = {"reversed_on": "2026-03-12", "reason": "counted twice"}
    await story.ask(f"/v1/stock-receipts/{first['receipt_id']}/reversal", back)
    await story.ask(receipts, came())
    invoices = f"{PATH}/{order['order_id']}/invoices"
    numbered = {
        "supplier_number": f"RE-{story.number}",
        "invoiced_on": "2026-03-11",
        "posted_on": "2026-03-12",
    }
    for is_wrong in (True, False):
        invoice = await story.ask(invoices, numbered | {"total_amount": "63.65"})
        story.books.note("supplier invoice", invoice["invoice_id"], invoice["invoice_number"])
        if is_wrong:
            await story.ask(f"/v1/supplier-invoices/{invoice['invoice_id']}/reversal", back)
    paid = {"invoice_id": invoice["invoice_id"], "amount": "63.65", "paid_on": "2026-03-20"}
    for is_returned in (True, False):
        payment = await story.ask("/v1/supplier-payments", paid)
        story.books.note("supplier payment", payment["payment_id"], payment["payment_number"])
        if is_returned:
            returned = {"reversed_on": "2026-03-20", "reason": "returned by the bank"}
            await story.ask(f"/v1/supplier-payments/{payment['payment_id']}/reversal", returned)


@kind("procurement.cancel_purchase_order", documents=("purchase order",), records=(("suppliers", SUPPLIER),))
async def not_ordered_after_all(story: Story) -> None:
    """One order is cancelled before anything has come, another when some of it has."""
    for has_come in (False, True):
        order = await story.ask(PATH, a_purchase_order())
        story.books.note("purchase order", order["order_id"], order["order_number"])
        if has_come:
            await story.ask(f"{PATH}/{order['order_id']}/receipts", came((1, "4")))
        await story.ask(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
