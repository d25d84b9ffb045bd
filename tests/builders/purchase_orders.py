"""Purchase orders as tests ask for them: here, and nowhere else, is said what one needs."""

import asyncio
from decimal import Decimal
from typing import Any

from tests.erp import Erp

PATH = "/v1/purchase-orders"
SUPPLIER = {
    "code": "GROVE",
    "name": "Grove",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
}
TOLERANCE = {"supplier_code": "GROVE", "valid_from": "2026-01-01", "over_delivery_percent": "10"}
TOLERANCES = "/v1/matching-tolerances"
BLOCKED = "/v1/blocked-invoices"
ANSWERS = "/v1/purchase-acknowledgements"
ABROAD = SUPPLIER | {"code": "PLANTATION", "name": "Plantation", "country": "US", "currency": "USD"}


def a_purchase_order(*lines: tuple[str, str, str], **changes: Any) -> dict[str, Any]:
    """Ten apples at 4.00 and five pears at 3.00, in euros; or lines of item, quantity and price."""
    wanted = lines or (("APPLE", "10", "4.00"), ("PEAR", "5", "3.00"))
    names = ("item_code", "quantity", "unit_price")
    return {
        "supplier_code": SUPPLIER["code"],
        "ordered_on": "2026-03-02",
        "expected_on": "2026-03-10",
        "lines": [dict(zip(names, line, strict=True)) for line in wanted],
    } | changes


def came(*lines: tuple[int, str], on: str = "2026-03-09") -> dict[str, Any]:
    """What has come, by line number and quantity; all that was still to come when no line is named."""
    named = [{"line_number": number, "quantity": quantity} for number, quantity in lines]
    return {"received_on": on, "reference": "DN 4711", "lines": named}


async def receive(erp: Erp, order: Any, *lines: tuple[int, str], **more: Any) -> Any:
    """Goods of the order have come."""
    return await erp.post(f"{PATH}/{order['order_id']}/receipts", came(*lines, **more), by="warehouse")


async def entered(erp: Erp, order: Any, number: str, total: str, **more: Any) -> Any:
    """The supplier's invoice has come; gives what has become of it."""
    asked = {"supplier_number": number, "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"}
    path = f"{PATH}/{order['order_id']}/invoices"
    return await erp.post(path, asked | {"total_amount": total} | more, by="accountant")


async def billed(erp: Erp, order: Any, number: str, total: str, **more: Any) -> Any:
    """The supplier's invoice has come and matches; gives it as it was posted."""
    answer = await entered(erp, order, number, total, **more)
    assert answer["status"] == "posted", answer
    return answer["posted"]


async def blocked(erp: Erp, order: Any, number: str, total: str, **more: Any) -> Any:
    """The supplier's invoice has come and does not match; gives what it waits for."""
    answer = await entered(erp, order, number, total, **more)
    assert answer["status"] == "blocked", answer
    return answer["blocked"]


def of_line(number: int, quantity: str, unit_price: str | None = None) -> list[dict[str, Any]]:
    """An invoice over one line of the order."""
    return [{"line_number": number, "quantity": quantity, "unit_price": unit_price}]


def codes(invoice: Any) -> list[tuple[int, str]]:
    """What a blocked invoice waits for: by line, the kind."""
    return [(block["line_number"], block["code"]) for block in invoice["blocks"]]


async def credited(
    erp: Erp, invoice: Any, number: str, total: str, *lines: dict[str, Any], **more: Any
) -> Any:
    """The supplier's credit note for a blocked invoice has come; gives what has become of the invoice."""
    asked = {"supplier_number": number, "credited_on": "2026-03-13", "posted_on": "2026-03-14"} | more
    path = f"{BLOCKED}/{invoice['invoice_id']}/credits"
    return await erp.post(path, asked | {"total_amount": total, "lines": lines}, by="accountant")


async def accept(erp: Erp, invoice: Any, *, by: str = "administrator", on: str = "2026-03-16") -> Any:
    """Somebody else says that a blocked invoice is right."""
    path = f"{BLOCKED}/{invoice['invoice_id']}"
    accepted = {"reason": "agreed by phone", "posted_on": on, "accepts": as_read(await erp.get(path))}
    return await erp.post(f"{path}/acceptance", accepted, by=by)


def as_read(invoice: Any) -> list[dict[str, Any]]:
    """All that a blocked invoice waits for, as it is accepted."""
    return [{name: block[name] for name in ("line_number", "code", "why")} for block in invoice["blocks"]]


async def reject(erp: Erp, invoice: Any, *, by: str = "administrator") -> Any:
    """A blocked invoice goes back to the supplier."""
    path = f"{BLOCKED}/{invoice['invoice_id']}/rejection"
    return await erp.post(path, {"reason": "not ordered so"}, by=by)


async def priced(erp: Erp, order: Any, *prices: tuple[int, str], by: str = "administrator") -> Any:
    """Other prices were agreed with the supplier."""
    lines = [{"line_number": number, "unit_price": price} for number, price in prices]
    changed_on = max("2026-03-15", order["ordered_on"])
    change = {"lines": lines, "reason": "a mistake in the order", "changed_on": changed_on}
    return await erp.post(f"{PATH}/{order['order_id']}/price-changes", change, by=by)


async def acknowledged(
    erp: Erp, order: Any, *prices: tuple[int, str], key: str | None = None, **more: Any
) -> Any:
    """The supplier has answered on the day after the order: all of it comes on 12 March; lines may cost
    something else.
    """
    lines = [{"line_number": number, "unit_price": price} for number, price in prices]
    answer = {"supplier_number": "AB 7", "acknowledged_on": "2026-03-03", "promised_on": "2026-03-12"}
    path = f"{PATH}/{order['order_id']}/acknowledgement"
    return await erp.post(path, answer | {"lines": lines} | more, key=key)


async def decided(erp: Erp, answer: Any, how: str, on: str = "2026-03-04", **more: Any) -> Any:
    """The supplier's other prices are accepted, or refused: `acceptance`, `refusal`."""
    body = {"reason": "so we agreed", "decided_on": on}
    return await erp.post(f"{ANSWERS}/{answer['acknowledgement_id']}/{how}", body, **more)


async def pay(erp: Erp, invoice: Any, amount: str, on: str = "2026-03-20", **more: Any) -> Any:
    """We have paid it, or some of it."""
    asked = {"invoice_id": invoice["invoice_id"], "amount": amount, "paid_on": on}
    return await erp.post("/v1/supplier-payments", asked | more, by="accountant")


async def ended(erp: Erp, order: Any) -> Any:
    """Wait a moment until the order's process has ended; gives its row."""
    for _ in range(400):
        (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
        if process["outcome"]:
            return process
        await asyncio.sleep(0.05)
    raise AssertionError(process)


async def refused(erp: Erp, order: Any, **invoice: Any) -> tuple[int, str, list[str]]:
    """What an invoice is refused for."""
    asked = {"supplier_number": "1", "invoiced_on": "2026-03-11", "posted_on": "2026-03-12"} | invoice
    answer = await erp.request("POST", f"{PATH}/{order['order_id']}/invoices", asked)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def moved(erp: Erp, before: dict[str, Decimal]) -> dict[str, Decimal]:
    """By how much each account is other than it was."""
    after = await erp.balances()
    return {role: after[role] - before[role] for role in after if after[role] != before[role]}


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them."""
    for supplier in (SUPPLIER, ABROAD):
        await erp.post("/v1/suppliers", supplier)
    for tolerance in (TOLERANCE, TOLERANCE | {"item_code": "PEAR", "price_percent": "2"}):
        await erp.post(TOLERANCES, tolerance)
    in_parts = await erp.post(PATH, a_purchase_order())
    await receive(erp, in_parts, (1, "4"), (2, "2"))
    mistaken = await receive(erp, in_parts, (1, "2"))
    back = {"reversed_on": "2026-03-12", "reason": "counted twice"}
    await erp.post(f"/v1/stock-receipts/{mistaken['receipt_id']}/reversal", back)
    cancelled = await erp.post(PATH, a_purchase_order())
    await erp.post(f"{PATH}/{cancelled['order_id']}/cancellation", {"reason": "a test"})
    abroad = a_purchase_order(("APPLE", "3", "5.00"), supplier_code=ABROAD["code"])
    abroad = await erp.post(PATH, abroad)
    await receive(erp, abroad)
    invoice = await billed(erp, abroad, "US 1", "17.85")
    paid = await pay(erp, invoice, "17.85")
    await ended(erp, abroad)  # Before it is told that the payment was taken back.
    await erp.post(
        f"/v1/supplier-payments/{paid['payment_id']}/reversal", back | {"reversed_on": "2026-03-21"}
    )
    await pay(erp, invoice, "9.21", on="2026-03-21", currency="EUR", invoice_amount="10.00")
    wrong = await billed(erp, in_parts, "4711", "25.46")
    await erp.post(f"/v1/supplier-invoices/{wrong['invoice_id']}/reversal", back)
    await pay(erp, await billed(erp, in_parts, "RE-4711", "25.46"), "20.00")
    late = await erp.post(PATH, a_purchase_order())
    await acknowledged(erp, late)
    await decided(erp, await acknowledged(erp, late, (1, "4.50"), (2, "2.00")), "acceptance")
    await decided(erp, await acknowledged(erp, late, (2, "9.00")), "refusal")
    for price in ("8.00", "7.00"):
        await acknowledged(erp, late, (2, price))
    await receive(erp, late, (1, "7"))
    await _blocked(erp)


async def _blocked(erp: Erp) -> None:
    """Invoices that do not match: cured by a credit note or a price, accepted, rejected, and waiting."""
    order = await erp.post(PATH, a_purchase_order(("APPLE", "12", "4.00")))
    await receive(erp, order, (1, "8"))
    too_many = await blocked(erp, order, "B1", "47.60", lines=of_line(1, "10"))
    await credited(erp, too_many, "C1", "9.52", {"line_number": 1, "quantity": "2", "net_amount": "8.00"})
    await receive(erp, order, (1, "1"), on="2026-03-15")
    later = {"posted_on": "2026-03-16"}
    await accept(erp, await blocked(erp, order, "B2", "7.14", lines=of_line(1, "1", "6.00"), **later))
    await reject(erp, await blocked(erp, order, "B3", "4.76", lines=of_line(1, "1"), **later))
    await blocked(erp, order, "B4", "9.52", lines=of_line(1, "2"), **later)
    dearer = await erp.post(PATH, a_purchase_order(("APPLE", "5", "4.00")))
    await receive(erp, dearer, (1, "4"))
    await blocked(erp, dearer, "B5", "24.99", lines=of_line(1, "5", "4.20"))
    await receive(erp, dearer, (1, "1"))
    await priced(erp, dearer, (1, "4.20"))
