"""Purchase orders in a fault run."""

from decimal import Decimal
from functools import partial
from typing import Any

from tests.builders.en16931 import Line, an_invoice, ubl
from tests.builders.invoice_files import PATH as FILES
from tests.builders.invoice_files import PRESS
from tests.builders.purchase_orders import ANSWERS, BLOCKED, PATH, SUPPLIER, a_purchase_order, came
from tests.faults import looks
from tests.faults.company import BACK_ON, ITEMS
from tests.faults.registering import kind
from tests.faults.stories import Story

WANTED = a_purchase_order((ITEMS[0], "10", "4.00"), (ITEMS[1], "5", "4.00"))
DEAR = a_purchase_order((ITEMS[0], "1000", "40.00"))
POLICY = {
    "code": "DEAR",
    "kind": "purchase_order",
    "from_amount": "40000.00",
    "levels": [{"role": "credit manager"}],
    "valid_from": "2026-01-01",
}
TOTAL, OF_FOUR = Decimal("71.40"), Decimal("19.04")


async def ordered(story: Story, wanted: Any = WANTED) -> Any:
    """Ten of one item and five of another are ordered."""
    order = await story.ask(PATH, wanted, look=partial(looks.at_purchase, story))
    story.books.note("purchase order", order["order_id"], order["order_number"])
    return order


async def received(story: Story, order: Any, *lines: tuple[int, int]) -> str:
    """Some of it has come, or the rest; gives the receipt's id."""
    named = [(number, str(quantity)) for number, quantity in lines]
    receipt = await story.ask(f"{PATH}/{order['order_id']}/receipts", came(*named))
    story.books.note("stock receipt", receipt["receipt_id"], receipt["receipt_number"])
    for number, quantity in lines or ((1, 10), (2, 5)):
        story.books.on_hand[ITEMS[number - 1]] += quantity
    return str(receipt["receipt_id"])


async def billed(story: Story, order: Any, total: Decimal) -> str:
    """The supplier's invoice has come; gives its id."""
    asked = {"supplier_number": f"RE {order['order_number']}", "total_amount": str(total)}
    days = {"invoiced_on": "2026-03-11", "posted_on": BACK_ON}
    answer = await story.ask(f"{PATH}/{order['order_id']}/invoices", asked | days)
    return noted(story, answer["posted"])


def noted(story: Story, invoice: Any) -> str:
    """An invoice was posted; gives its id."""
    story.books.note("supplier invoice", invoice["invoice_id"], invoice["invoice_number"])
    return str(invoice["invoice_id"])


async def blocked(story: Story, order: Any, number: str, quantity: int, price: str, total: str) -> Any:
    """An invoice over apples does not match."""
    asked = {"supplier_number": f"{number} {order['order_number']}", "total_amount": total}
    days = {"invoiced_on": "2026-03-11", "posted_on": "2026-03-12"}
    line = {"line_number": 1, "quantity": str(quantity), "unit_price": price}
    path = f"{PATH}/{order['order_id']}/invoices"
    answer = await story.ask(path, asked | days | {"lines": [line]})
    invoice = answer["blocked"]
    story.books.note("blocked invoice", invoice["invoice_id"], invoice["blocked_number"])
    return invoice


async def paid(story: Story, invoice_id: str, amount: Decimal, on: str = BACK_ON) -> str:
    """It is paid; gives the payment's id."""
    asked = {"invoice_id": invoice_id, "amount": str(amount), "paid_on": on}
    payment = await story.ask("/v1/supplier-payments", asked)
    story.books.note("supplier payment", payment["payment_id"], payment["payment_number"])
    story.books.bank -= amount
    return str(payment["payment_id"])


@kind(
    "procurement.place_purchase_order",
    "procurement.issue_purchase_order",
    "inventory.receive_stock",
    "inventory.reverse_receipt",
    "procurement.record_receipt",
    "payables.post_or_block_supplier_invoice",
    "payables.reverse_supplier_invoice",
    "ledger.find_open",
    at_the_door=(
        "procurement.print_purchase_order",
        "ledger.post_supplier_payment",
        "ledger.reverse_document",
    ),
    documents=("purchase order", "stock receipt", "supplier invoice", "supplier payment"),
    records=(("suppliers", SUPPLIER),),
)
async def bought_and_paid(story: Story) -> None:
    """Goods come; a receipt, an invoice and a payment are taken back, and come again."""
    order = await ordered(story)
    paper = f"{PATH}/{order['order_id']}/pdf"
    first, again = [await story.desks.clerk.get(paper) for _ in range(2)]
    assert first == again, f"{paper} is not as it was printed"
    mistaken = await received(story, order, (1, 4), (2, 5))
    await story.reverse(f"/v1/stock-receipts/{mistaken}")
    for number, quantity in ((0, 4), (1, 5)):
        story.books.on_hand[ITEMS[number]] -= quantity
    await received(story, order)
    await story.reverse(f"/v1/supplier-invoices/{await billed(story, order, TOTAL)}")
    invoice_id = await billed(story, order, TOTAL)
    await paid_again(story, invoice_id)


async def paid_again(story: Story, invoice_id: str) -> None:
    """The bank returns the first payment; another one arrives. It is paid in two parts, for the order ends
    with the last.
    """
    returned = await paid(story, invoice_id, OF_FOUR)
    await story.reverse(f"/v1/supplier-payments/{returned}")
    story.books.bank += OF_FOUR
    await paid(story, invoice_id, TOTAL)


@kind(
    "payables.credit_supplier_invoice",
    "payables.reject_supplier_invoice",
    "procurement.change_prices",
    at_the_door=("master_data.put_matching_tolerance",),
    documents=("blocked invoice",),
    records=(("suppliers", SUPPLIER),),
)
async def disputed(story: Story) -> None:
    """One invoice is rejected; one is cured by a receipt, another price and a credit note; a colleague has
    decided, who enters none.
    """
    tolerated = {"supplier_code": SUPPLIER["code"], "valid_from": "2027-01-01", "price_percent": "1"}
    await story.ask("/v1/matching-tolerances", tolerated)
    order, colleague = await ordered(story), story.desks.credit_manager
    await received(story, order, (1, 7), (2, 5))
    wrong = await blocked(story, order, "A", 10, "5.00", "59.50")
    rejection = f"{BLOCKED}/{wrong['invoice_id']}/rejection"
    await story.ask(rejection, {"reason": "too dear"}, by=colleague)
    invoice = await blocked(story, order, "B", 10, "4.20", "49.98")
    await received(story, order, (1, 1))
    change = {"lines": [{"line_number": 1, "unit_price": "4.20"}], "reason": "agreed"}
    path = f"{PATH}/{order['order_id']}/price-changes"
    await story.ask(path, change | {"changed_on": "2026-03-15"}, by=colleague)
    note = {"supplier_number": f"GS {order['order_number']}", "credited_on": "2026-03-13"}
    note |= {"posted_on": "2026-03-14", "total_amount": "10.00"}
    two = {"line_number": 1, "quantity": "2", "net_amount": "8.40"}
    credits = f"{BLOCKED}/{invoice['invoice_id']}/credits"
    answer = await story.ask(credits, note | {"lines": [two]})
    cured = noted(story, answer["posted"])
    await paid(story, await billed(story, order, Decimal("23.80")), Decimal("23.80"))
    await story.ask(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
    await paid(story, cured, Decimal("39.98"))


@kind(
    "procurement.hold_purchase_order",
    "procurement.release_purchase_order",
    documents=("purchase order",),
    records=(("suppliers", SUPPLIER), ("approval-policies", POLICY)),
)
async def approved_or_not(story: Story) -> None:
    """Two dear orders: a colleague says yes to one, which is given up later, and no to the other."""
    for yes in (True, False):
        order = await ordered(story, DEAR)
        (asked,) = (await story.desks.clerk.get(f"/v1/approvals?document={order['order_number']}"))["items"]
        decision = {"approved": yes, "reason": "by the fault run"}
        path = f"/v1/approvals/{asked['id']}/decision"
        await story.ask(path, decision, by=story.desks.credit_manager)
        if yes:
            await story.ask(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})


@kind(
    at_the_door=("procurement.record_acknowledgement", "procurement.refuse_acknowledgement"),
    documents=("purchase order",),
    records=(("suppliers", SUPPLIER),),
)
async def answered_dearer(story: Story) -> None:
    """The supplier wants another price: it is refused, and accepted when it answers anew."""
    order = await ordered(story)
    for price, how in (("9.00", "refusal"), ("4.20", "acceptance")):
        answer = {"acknowledged_on": "2026-03-03", "lines": [{"line_number": 1, "unit_price": price}]}
        said = await story.ask(f"{PATH}/{order['order_id']}/acknowledgement", answer)
        decision = {"reason": "by the fault run", "decided_on": "2026-03-04"}
        path = f"{ANSWERS}/{said['acknowledgement_id']}/{how}"
        await story.ask(path, decision, by=story.desks.credit_manager)
    await received(story, order)
    await paid(story, await billed(story, order, Decimal("73.78")), Decimal("73.78"))


@kind(
    "procurement.cancel_purchase_order",
    "procurement.recall_purchase_order",
    documents=("purchase order",),
    records=(("suppliers", SUPPLIER),),
)
async def not_ordered_after_all(story: Story) -> None:
    """One order is cancelled before anything has come; of another the rest, and what has come is paid."""
    for has_come in (False, True):
        order = await ordered(story)
        if has_come:
            await received(story, order, (1, 4))
        await story.ask(f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"})
        if has_come:
            await paid(story, await billed(story, order, OF_FOUR), OF_FOUR)


@kind(
    at_the_door=("payables.keep_invoice_file",),
    documents=("purchase order", "stock receipt", "supplier invoice", "supplier payment"),
    records=(("suppliers", PRESS),),
)
async def billed_by_a_file(story: Story) -> None:
    """The invoice comes as a file."""
    order = await ordered(story, WANTED | {"supplier_code": PRESS["code"]})
    await received(story, order)
    lines = Line(quantity="10"), Line(quantity="5", order_line="2")
    invoice = an_invoice(*lines, number=f"RE {order['order_number']}", order=order["order_number"])
    file = await story.ask(FILES, ubl(invoice))
    answer = await story.ask(f"{FILES}/{file['file_id']}/invoice", {"posted_on": BACK_ON})
    await paid(story, noted(story, answer["posted"]), TOTAL)
