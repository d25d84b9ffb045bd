"""What invoices and credit notes say of quantities: none where none is meant, and the item's units."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from tests.erp import Erp, an_order

NO_BREAK = "\N{NO-BREAK SPACE}"


async def credited(erp: Erp, lines: list[dict[str, Any]]) -> Any:
    """A credit note by value on an invoice over 10 apples at 10.00."""
    order = await erp.place(an_order())
    shipped = await erp.ship(order)
    credit = {"credited_on": "2026-03-20", "reason": "bruised", "lines": lines}
    return await erp.post(f"/v1/invoices/{shipped['invoice_number']}/credit-notes", credit)


async def text_of(erp: Erp, path: str) -> str:
    """What is read on a document."""
    pdf = await erp.request("GET", f"/v1/{path}/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages).replace(
        NO_BREAK, " "
    )


@pytest.mark.parametrize("named", [{"line_number": 1}, {"tax_code": "S19"}])
@pytest.mark.parametrize(
    ("language", "called", "amount"),
    [("de", "Preisnachlass: Apple", "15,00"), ("en", "Price allowance: Apple", "15.00")],
)
async def test_a_price_allowance_is_printed_without_a_quantity(
    erp: Erp, named: dict[str, Any], language: str, called: str, amount: str
) -> None:
    erp.accepted(await erp.request("PATCH", "/v1/customers/ALICE", {"language": language}, if_match="*"))

    note = await credited(erp, [named | {"net_amount": "15.00"}])
    read = await text_of(erp, f"credit-notes/{note['credit_note_number']}")

    assert called in read
    assert "0 pc" not in read
    assert "0 Stk." not in read
    (row,) = [line for line in read.splitlines() if "19" in line and line.rstrip().endswith(amount)]
    assert row.split() == [*(["19", "%"] if language == "de" else ["19%"]), amount]


async def test_what_was_sold_by_quantity_is_credited_by_quantity_in_print(erp: Erp) -> None:
    order = await erp.place(an_order())
    await erp.ship(order)
    path = f"/v1/sales-orders/{order['order_id']}/returns"
    back = await erp.post(path, {"reason": "too many", "lines": []}, by="sales clerk")
    received = {"received_on": "2026-03-20"}
    await erp.post(f"/v1/returns/{back['return_id']}/inspection", received, by="warehouse")

    (note,) = (await erp.get("/v1/credit-notes"))["items"]
    read = await text_of(erp, f"credit-notes/{note['credit_note_id']}")

    assert "10 pc 10.00" in read
    assert "allowance" not in read


async def test_an_invoice_without_an_order_counts_an_item_in_its_units(erp: Erp) -> None:
    deposit = {
        "code": "DEPOSIT",
        "name": "Deposit",
        "components": [{"name": "Deposit", "amount_per_unit": "0.25"}],
    }
    await erp.post("/v1/tax-codes", deposit)
    await erp.post("/v1/items", {"code": "CHAIR", "name": "Chair", "tax_code": "S19", "is_whole": True})
    box = {"item_code": "APPLE", "unit": "box", "unit_price": "80.00", "tax_code": "DEPOSIT"}
    invoice: dict[str, Any] = {"customer_code": "ALICE", "invoiced_on": "2026-03-10"}

    billed = await erp.post("/v1/invoices", invoice | {"lines": [box | {"quantity": "2"}]})
    wrong = [box | {"unit": "crate"}, {"item_code": "CHAIR", "quantity": "0.5", "unit_price": "1.00"}]
    refused = await erp.request("POST", "/v1/invoices", invoice | {"lines": wrong})

    # 20 apples in two boxes.
    assert (billed["net_amount"], billed["tax_amount"]) == ("160.00", "5.00")
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["lines.0.unit", "lines.1.quantity"]
