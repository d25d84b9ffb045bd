"""Returns to suppliers as tests ask for them: here, and nowhere else, is said what one needs."""

from typing import Any

from tests.builders.purchase_orders import PATH, a_purchase_order, billed, pay, receive
from tests.erp import Erp

RETURNS = "/v1/vendor-returns"
DEBIT_NOTES = "/v1/supplier-debit-notes"


def a_return(*lines: tuple[int, str], **changes: Any) -> dict[str, Any]:
    """So much goes back, by line number and quantity."""
    named = [{"line_number": number, "quantity": quantity} for number, quantity in lines]
    return {"returned_on": "2026-03-13", "reason": "damaged", "lines": named} | changes


async def sent_back(erp: Erp, order: Any, *lines: tuple[int, str], **changes: Any) -> Any:
    """Goods of the order have gone back to the supplier."""
    return await erp.post(f"{PATH}/{order['order_id']}/returns", a_return(*lines, **changes), by="warehouse")


async def claimed(erp: Erp, returned: Any) -> Any:
    """The debit note that stands for a return, with its lines."""
    found = await erp.get(DEBIT_NOTES, return_id=returned["return_id"])
    (note,) = [note for note in found["items"] if note["reversed_by"] is None]
    return await erp.get(f"{DEBIT_NOTES}/{note['debit_note_id']}")


async def why_not_back(
    erp: Erp, order: Any, *lines: tuple[int, str], **changes: Any
) -> tuple[int, str, list[str]]:
    """What a return is refused for."""
    answer = await erp.request("POST", f"{PATH}/{order['order_id']}/returns", a_return(*lines, **changes))
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])]
    return answer.status_code, problem["type"].rpartition("/")[2], fields


async def taken_back(erp: Erp, path: str, on: str = "2026-03-20") -> Any:
    """A document was a mistake."""
    return await erp.post(f"{path}/reversal", {"reversed_on": on, "reason": "a mistake"})


async def trade(erp: Erp) -> None:
    """What the company that the checker looks at does with them."""
    order = await _received(erp)
    mistaken = await sent_back(erp, order, (1, "2"))
    await taken_back(erp, f"{RETURNS}/{mistaken['return_id']}", on="2026-03-14")
    await sent_back(erp, order, (1, "1"), replace=True, returned_on="2026-03-14")
    invoice = await billed(erp, order, "V1", "42.84", posted_on="2026-03-14")
    again = await sent_back(erp, order, (1, "2"), returned_on="2026-03-14")
    wrong = await claimed(erp, again)
    await taken_back(erp, f"{DEBIT_NOTES}/{wrong['debit_note_id']}", on="2026-03-15")
    await erp.post(
        f"{RETURNS}/{again['return_id']}/debit-note", {"posted_on": "2026-03-15", "reason": "rust"}
    )
    note = await claimed(erp, again)
    came_back = {"supplier_number": "GV1", "credited_on": "2026-03-16", "total_amount": "9.52"}
    await erp.post(f"{DEBIT_NOTES}/{note['debit_note_id']}/confirmation", came_back)
    await pay(erp, invoice, "33.32")
    late = await claimed(erp, await sent_back(erp, order, (1, "4"), returned_on="2026-03-20"))
    other = await _received(erp)
    owed = await billed(erp, other, "V2", "47.60")
    path, wanted = f"{DEBIT_NOTES}/{late['debit_note_id']}/set-offs", {"invoice_id": owed["invoice_id"]}
    first = await erp.post(path, wanted | {"set_off_on": "2026-03-21", "amount": "9.00"})
    await taken_back(erp, f"/v1/set-offs/{first['set_off_id']}", on="2026-03-21")
    await erp.post(path, wanted | {"set_off_on": "2026-03-21", "amount": "10.00"})


async def _received(erp: Erp) -> Any:
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order)
    return order
