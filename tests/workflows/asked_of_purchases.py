"""What purchases, blocked invoices and requisitions are asked for in dry runs, each made ready for it."""

from typing import Any

from tests.builders import requisitions, unbilled_goods, without_order
from tests.builders.purchase_orders import (
    BLOCKED,
    PATH,
    SUPPLIER,
    a_purchase_order,
    as_read,
    billed,
    came,
    of_line,
    receive,
)
from tests.builders.purchase_orders import blocked as blocked_invoice
from tests.erp import Erp
from tests.workflows.asked_of_orders import Asked


async def bought(erp: Erp) -> Any:
    """A purchase order, of which some has come."""
    await erp.post("/v1/suppliers", SUPPLIER)
    order = await erp.post(PATH, a_purchase_order())
    return order, await receive(erp, order, (1, "4"))


async def receiving(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    return f"{PATH}/{order['order_id']}/receipts", came(on="2026-03-10")


async def taking_a_receipt_back(erp: Erp) -> Asked:
    _, received = await bought(erp)
    body = {"reason": "a mistake", "reversed_on": "2026-03-10"}
    return f"/v1/stock-receipts/{received['receipt_id']}/reversal", body


async def entering_an_invoice(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    body = {"supplier_number": "1", "invoiced_on": "2026-03-10", "posted_on": "2026-03-10"}
    return f"{PATH}/{order['order_id']}/invoices", body | {"total_amount": "19.04"}


async def taking_a_supplier_invoice_back(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    invoice = await billed(erp, order, "1", "19.04")
    body = {"reason": "a mistake", "reversed_on": "2026-03-12"}
    return f"/v1/supplier-invoices/{invoice['invoice_id']}/reversal", body


async def entering_a_blocked_invoice(erp: Erp) -> Asked:
    path, body = await entering_an_invoice(erp)
    return path, body | {"total_amount": "23.80", "lines": of_line(1, "5")}


async def a_blocked(erp: Erp) -> Any:
    order, _ = await bought(erp)
    return await blocked_invoice(erp, order, "1", "23.80", lines=of_line(1, "5"))


async def of_a_blocked(erp: Erp, what: str, **body: Any) -> Asked:
    return f"{BLOCKED}/{(await a_blocked(erp))['invoice_id']}/{what}", body


async def accepting_an_invoice(erp: Erp) -> Asked:
    invoice = await a_blocked(erp)
    body = {"reason": "agreed", "posted_on": "2026-03-14", "accepts": as_read(invoice)}
    return f"{BLOCKED}/{invoice['invoice_id']}/acceptance", body


async def accepting_what_is_not_read(erp: Erp) -> Asked:
    path, body = await accepting_an_invoice(erp)
    return path, body | {"accepts": [body["accepts"][0] | {"why": "another"}]}


async def rejecting_an_invoice(erp: Erp) -> Asked:
    return await of_a_blocked(erp, "rejection", reason="not so")


async def rejecting_it_again(erp: Erp) -> Asked:
    await erp.post(*(asked := await rejecting_an_invoice(erp)))
    return asked


async def crediting_an_invoice(erp: Erp) -> Asked:
    note = {"supplier_number": "GS 1", "credited_on": "2026-03-13", "posted_on": "2026-03-14"}
    lines = [{"line_number": 1, "quantity": "1", "net_amount": "4.00"}]
    return await of_a_blocked(erp, "credits", **note, total_amount="4.76", lines=lines)


async def changing_prices(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    body = {"lines": [{"line_number": 1, "unit_price": "5.00"}], "reason": "so", "changed_on": "2026-03-10"}
    return f"{PATH}/{order['order_id']}/price-changes", body


async def changing_a_price_of_nothing(erp: Erp) -> Asked:
    path, body = await changing_prices(erp)
    return path, body | {"lines": [{"line_number": 7, "unit_price": "1"}]}


async def cancelling_a_purchase(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    return f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"}


async def cancelling_a_purchase_that_has_come(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    await receive(erp, order)
    return f"{PATH}/{order['order_id']}/cancellation", {"reason": "too late"}


async def cancelling_a_requisition(erp: Erp) -> Asked:
    await requisitions.ready(erp)
    await requisitions.a_policy(erp, "accountant")
    requisition = await requisitions.entered(erp)
    await requisitions.until(erp, requisition, "submitted")
    return f"{requisitions.PATH}/{requisition['requisition_id']}/cancellation", {"reason": "no need"}


async def cancelling_an_ordered_requisition(erp: Erp) -> Asked:
    await requisitions.ready(erp)
    requisition = await requisitions.entered(erp)
    await requisitions.until(erp, requisition, "ordered")
    return f"{requisitions.PATH}/{requisition['requisition_id']}/cancellation", {"reason": "no need"}


async def cancelling_a_goods_write_off(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    asked = await unbilled_goods.requested(erp, order)
    return f"{unbilled_goods.PATH}/{asked['write_off_id']}/cancellation", {"reason": "no need"}


async def cancelling_what_is_written_off(erp: Erp) -> Asked:
    order, _ = await bought(erp)
    written_off = await unbilled_goods.written_off(erp, order)
    return f"{unbilled_goods.PATH}/{written_off['write_off_id']}/cancellation", {"reason": "no need"}


async def cancelling_a_coded_invoice(erp: Erp) -> Asked:
    await erp.post("/v1/suppliers", SUPPLIER)
    invoice = await without_order.entered(erp)
    return f"{without_order.PATH}/{invoice['invoice_id']}/cancellation", {"reason": "no need"}


async def cancelling_what_is_posted(erp: Erp) -> Asked:
    await erp.post("/v1/suppliers", SUPPLIER)
    invoice = await without_order.posted(erp)
    return f"{without_order.PATH}/{invoice['invoice_id']}/cancellation", {"reason": "no need"}
