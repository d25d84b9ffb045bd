"""What is taken back when something else was billed or paid in its place: nothing is lost of it."""

from tests.erp import Erp, an_order
from tests.workflows.test_billed_again import bounces, invoice_back
from tests.workflows.test_billed_and_closed import ask, invoices
from tests.workflows.test_taken_back import all_holds, shipment_of, take_back


async def test_goods_that_were_billed_in_anothers_place_are_billed_when_that_invoice_goes_back(
    erp: Erp,
) -> None:
    lines = [{"item_code": "APPLE", "quantity": "30", "unit_price": "10.00"}]
    order = await erp.place(an_order(invoicing="shipment", lines=lines))
    ten = [{"line_number": 1, "quantity": "10"}]
    await erp.ship(order, lines=ten)
    first = await shipment_of(erp, order)
    await erp.ship(order, lines=ten)
    await invoice_back(erp, 1)
    await take_back(erp, "shipments", first["shipment_id"])
    await erp.ship(order, lines=ten, shipped_on="2026-03-22")
    await invoice_back(erp, 0, on="2026-03-23")

    again = await ask(erp, order, "billing", invoiced_on="2026-03-23")

    assert again["total_amount"] == "119.00"
    await erp.ship(order, shipped_on="2026-03-24")
    await erp.pay(order, "357.00")
    await erp.until(order, "closed")
    await all_holds(erp)


async def test_what_was_refunded_is_still_owed_when_the_invoice_is_taken_back_after_its_payment_bounced(
    erp: Erp,
) -> None:
    lines = [{"item_code": "APPLE", "quantity": "20", "unit_price": "10.00"}]
    order = await erp.place(an_order(invoicing="shipment", lines=lines))
    await erp.ship(order, lines=[{"line_number": 1, "quantity": "10"}])
    paid = await erp.pay(order, "119.00", received_on="2026-03-10")
    five = [{"line_number": 1, "quantity": "5"}]
    back = await ask(erp, order, "returns", reason="broken", resolution="refund", lines=five)
    await erp.post(f"/v1/returns/{back['return_id']}/inspection", {"received_on": "2026-03-21"})
    await bounces(erp, paid)

    await invoice_back(erp, on="2026-03-26")

    await erp.ship(order, shipped_on="2026-03-27")
    bill = (await invoices(erp))[-1]
    payment = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-03-28"}
    money = payment | {"amount": bill["open_amount"], "invoice_id": bill["invoice_id"]}
    await erp.post("/v1/payments", money, by="accountant")
    assert (await invoices(erp))[0]["open_amount"] == "59.50"
    assert await erp.stage_of(order) == "waiting for payment"
    await all_holds(erp)
