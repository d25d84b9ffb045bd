"""What a person accepts of a blocked invoice, who enters it, and what may come again after a reversal."""

import pytest

from tests.builders.purchase_orders import (
    BLOCKED,
    PATH,
    TOLERANCES,
    accept,
    as_read,
    billed,
    blocked,
    codes,
    credited,
    of_line,
    priced,
    refused,
)
from tests.checked import violations
from tests.erp import Erp, Refused
from tests.workflows.test_blocked_invoices import apples, now, supplier, waits

__all__ = ["supplier"]


async def test_a_reason_that_came_meanwhile_is_noted_and_accepted_then(erp: Erp) -> None:
    await erp.post(TOLERANCES, {"valid_from": "2026-01-01", "duplicate_days": 10})
    one, other = await apples(erp, "10"), await apples(erp, "10")
    first = await blocked(erp, one, "1", "49.98", lines=of_line(1, "10", "4.20"))
    await accept(erp, await blocked(erp, other, "2", "49.98", lines=of_line(1, "10", "4.20")))

    with pytest.raises(Refused, match="duplicate"):
        await accept(erp, first)

    assert codes(await now(erp, first)) == [(0, "duplicate"), (1, "price")]
    assert "duplicate" in (await waits(erp, one))["why"]
    assert (await accept(erp, first))["total_amount"] == "49.98"
    assert await violations(erp.company) == []


async def test_nobody_accepts_what_he_has_not_read(erp: Erp) -> None:
    order = await apples(erp, "10")
    invoice = await blocked(erp, order, "1", "49.98", lines=of_line(1, "10", "4.20"))
    path = f"{BLOCKED}/{invoice['invoice_id']}/acceptance"
    read = as_read(invoice)
    await priced(erp, order, (1, "4.10"))
    for accepts in (read, [], [read[0] | {"code": "value"}]):
        answer = await erp.request("POST", path, {"reason": "so", "accepts": accepts})
        status, kind = (409, "not-as-read") if accepts else (422, "invalid")
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")

    assert (await now(erp, invoice))["status"] == "blocked"
    assert (await erp.request("POST", path, {"reason": "so"})).status_code == 422
    await accept(erp, invoice)


async def test_who_has_changed_a_price_does_not_enter_what_is_billed_at_it(erp: Erp) -> None:
    order = await apples(erp, "10")
    change = {"lines": [{"line_number": 1, "unit_price": "4.20"}], "reason": "so", "changed_on": "2026-03-15"}
    path = f"{PATH}/{order['order_id']}/price-changes"
    assert (await erp.request("POST", path, change, by="accountant")).status_code == 403
    await priced(erp, order, (1, "4.20"))

    known = await refused(erp, order, supplier_number="1", total_amount="49.98")

    assert known == (403, "entered-by-the-same", [])
    await billed(erp, order, "1", "49.98")


async def test_a_credit_note_of_what_was_taken_back_may_come_again(erp: Erp) -> None:
    order = await apples(erp, "8")
    invoice = await blocked(erp, order, "1", "47.60", lines=of_line(1, "10"))
    two = {"line_number": 1, "quantity": "2", "net_amount": "8.00"}
    await credited(erp, invoice, "GS 1", "9.52", two)
    back = {"reversed_on": "2026-03-16", "reason": "the wrong order"}
    await erp.post(f"/v1/supplier-invoices/{invoice['invoice_id']}/reversal", back)

    again = await blocked(erp, order, "1", "47.60", lines=of_line(1, "10"), posted_on="2026-03-16")

    assert (await credited(erp, again, "GS 1", "9.52", two, posted_on="2026-03-16"))["status"] == "posted"
    assert await violations(erp.company) == []
