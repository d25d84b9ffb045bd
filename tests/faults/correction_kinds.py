"""Orders and documents that are stopped, corrected or taken back by people."""

from decimal import Decimal

from tests.faults.billing_kinds import own_customer, pay_onto
from tests.faults.company import (
    ABROAD,
    BACK_ON,
    CUSTOMERS,
    DOLLARS_LATER,
    ORDERED_ON,
    PAID_ON,
    TIGHT,
    a_receipt,
)
from tests.faults.kinds_of_lines import some
from tests.faults.patience import Refused
from tests.faults.registering import kind
from tests.faults.stories import Story

HUNDRED = Decimal(100)


@kind()
async def held(story: Story) -> None:
    """Held while somebody looks into it, and released."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    process = (await story.desks.clerk.get(story.path))["process"]["id"]
    await story.ask(f"/v1/processes/{process}/hold", {"reason": "is the address right?"})
    try:
        await story.ship()
    except Refused as refusal:
        if refusal.status != 409:
            raise
    else:
        raise AssertionError("an order that is held was shipped")
    await story.ask(f"/v1/processes/{process}/release", {"reason": "it is"})
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind("approval.withdraw")
async def withdrawn(story: Story) -> None:
    """Over the credit limit, and wanted no more before somebody has decided."""
    await story.place(some(story), customer=TIGHT)
    await story.cancel()
    story.ends("cancelled")


@kind()
async def paid_in_dollars(story: Story) -> None:
    """Billed at one rate and paid at another."""
    await story.place(some(story), customer=ABROAD)
    await story.ship()
    await story.pay(story.total, currency="USD", rate=Decimal(DOLLARS_LATER))
    story.left()
    story.ends("closed")


@kind("sales.cancel_return")
async def return_called_off(story: Story) -> None:
    """Closed; goods are to come back, and then do not."""
    await closed(story)
    return_id = await story.send_back([(1, 1)], "refund")
    answer = await story.ask(f"/v1/returns/{return_id}/cancellation", {"reason": "they stay"})
    story.books.note("return", return_id, answer["return_number"])


@kind(at_the_door=("ledger.post_refund",))
async def credit_kept_and_refunded(story: Story) -> None:
    """Closed; goods come back, their value stays on account, and is refunded when the customer asks."""
    await closed(story)
    return_id = await story.send_back([(1, 1)], "on_account")
    await story.inspect(return_id, [(story.ordered[0][0], 1)])
    (note,) = (await story.desks.clerk.get(f"/v1/credit-notes?order_id={story.order_id}"))["items"]
    answer = await story.ask(f"/v1/credit-notes/{note['credit_note_id']}/refund", {"refunded_on": BACK_ON})
    story.books.note("refund", answer["refund_id"], answer["refund_number"])
    story.books.bank -= Decimal(note["total_amount"])


@kind(at_the_door=("ledger.allocate_payment",))
async def allocated(story: Story) -> None:
    """Paid onto the customer's account before, and used for the invoice by hand."""
    customer = await own_customer(story, "AHEAD")
    await story.place(some(story), customer=customer)
    payment = await pay_onto(story, customer, story.total)
    await story.ship()
    (invoice,) = (await story.desks.clerk.get(f"/v1/invoices?order_id={story.order_id}"))["items"]
    wanted = {"invoice_id": invoice["invoice_id"], "allocated_on": PAID_ON}
    await story.ask(f"/v1/payments/{payment['payment_id']}/allocations", wanted)
    await story.until("closed")
    await story.see_allocations()
    story.left()
    story.ends("closed")


@kind(
    at_the_door=(
        *("master_data.put_item", "inventory.revalue_item", "inventory.reverse_revaluation"),
        "inventory.reverse_receipt",
    )
)
async def corrected_goods(story: Story) -> None:
    """A receipt and a revaluation of an item of its own, both taken back."""
    item = f"OWN-{story.number}"
    await story.ask("/v1/items", {"code": item, "name": item, "tax_code": "S19"})
    lines = [{"item_code": item, "quantity": "10", "unit_cost": "5.00"}]
    receipt = await story.ask("/v1/stock-receipts", a_receipt(lines))
    story.books.note("stock receipt", receipt["receipt_id"], receipt["receipt_number"])
    wanted = {"item_code": item, "unit_cost": "4.00", "revalued_on": ORDERED_ON}
    revalued = await story.ask("/v1/revaluations", wanted)
    story.books.note("revaluation", revalued["revaluation_id"], revalued["revaluation_number"])
    await story.reverse(f"/v1/revaluations/{revalued['revaluation_id']}")
    await story.reverse(f"/v1/stock-receipts/{receipt['receipt_id']}")


@kind(at_the_door=("ledger.post_entry", "ledger.reverse_document"))
async def corrected_money(story: Story) -> None:
    """A payment, its refund and an entry by hand, all taken back."""
    customer = await own_customer(story, "WRONG")
    payment = await pay_onto(story, customer, HUNDRED)
    refund = await story.ask(f"/v1/payments/{payment['payment_id']}/refund", {"refunded_on": BACK_ON})
    story.books.note("refund", refund["refund_id"], refund["refund_number"])
    await story.reverse(f"/v1/refunds/{refund['refund_id']}")
    await story.reverse(f"/v1/payments/{payment['payment_id']}")
    story.books.bank -= HUNDRED
    lines = [{"account_code": "1400", "amount": "50.00"}, {"account_code": "3000", "amount": "-50.00"}]
    entry = await story.ask("/v1/journal-entries", {"posted_on": PAID_ON, "text": "by hand", "lines": lines})
    story.books.note("entry by hand", entry["entry_id"], entry["entry_number"])
    await story.reverse(f"/v1/journal-entries/{entry['entry_id']}")


async def closed(story: Story) -> None:
    """Ordered, shipped, paid."""
    await story.place(some(story), customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    await story.pay(story.total)
    story.left()
    story.ends("closed")
