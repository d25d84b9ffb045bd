"""Files of suppliers' invoices, as tests send them."""

from typing import Any
from uuid import uuid4

from tests.builders.en16931 import VAT_ID, Line, an_invoice, ubl
from tests.erp import ADMIN_KEY, Erp

PATH = "/v1/supplier-invoice-files"
PRESS = {
    "code": "PRESS",
    "name": "Press",
    "country": "DE",
    "currency": "EUR",
    "payment_terms_code": "NET30",
    "tax_number": VAT_ID,
}


async def send(erp: Erp, content: bytes, *, by: str = "accountant", key: str = "") -> Any:
    """The answer to a file."""
    headers = {
        "Authorization": f"Bearer {ADMIN_KEY if by == 'administrator' else erp.keys[by]}",
        "X-Company": erp.company,
        "Idempotency-Key": key or str(uuid4()),
    }
    files = {"file": ("invoice.xml", content)}
    return await erp.http.post(PATH, files=files, headers=headers, timeout=60)


async def kept(erp: Erp, content: bytes) -> Any:
    """A file that must be taken in, and what has become of it so far."""
    return erp.accepted(await send(erp, content))


async def entered(erp: Erp, content: bytes, **entry: str) -> Any:
    """What becomes of the invoice in a file that must be entered; gives it as it was posted or blocked."""
    path = f"{PATH}/{(await kept(erp, content))['file_id']}/invoice"
    answer = await erp.post(path, {"posted_on": "2026-03-12"} | entry, by="accountant")
    return answer[answer["status"]] | {"status": answer["status"]}


async def refused(erp: Erp, content: bytes, **entry: str) -> tuple[int, str, list[str]]:
    """What the invoice in a file is refused for, and at which fields."""
    path = f"{PATH}/{(await kept(erp, content))['file_id']}/invoice"
    answer = await erp.request("POST", path, {"posted_on": "2026-03-12"} | entry, by="accountant")
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def file_of(erp: Erp, content: bytes) -> Any:
    """A file that was taken in, as it is read now."""
    return await erp.get(f"{PATH}/{(await kept(erp, content))['file_id']}")


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them: one is posted, and one waits."""
    await erp.post("/v1/suppliers", PRESS)
    for number, price in (("F1", "4.00"), ("F2", "4.30")):
        wanted = {"item_code": "APPLE", "quantity": "13", "unit_price": "4.00"}
        asked = {"supplier_code": PRESS["code"], "ordered_on": "2026-03-02", "lines": [wanted]}
        order = await erp.post("/v1/purchase-orders", asked)
        receipt = {"received_on": "2026-03-09"}
        await erp.post(f"/v1/purchase-orders/{order['order_id']}/receipts", receipt)
        line = Line(quantity="13", price=price)
        await entered(erp, ubl(an_invoice(line, number=number, order=order["order_number"])))
