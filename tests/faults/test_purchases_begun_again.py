"""A purchase that is begun again from its rows decides nothing anew."""

import asyncio

import pytest

from tests.builders.purchase_orders import (
    PATH,
    SUPPLIER,
    TOLERANCES,
    a_purchase_order,
    accept,
    billed,
    blocked,
    of_line,
    pay,
    receive,
)
from tests.checked import violations
from tests.erp import Erp, Refused
from tests.faults.stores import nobody_else_sends
from tests.faults.test_reconciling import check


async def another_comes_to(erp: Erp, amount: str) -> None:
    """The invoice of another order: one that is blocked over the same amount may be the same."""
    other = await erp.post(PATH, a_purchase_order(("APPLE", "2", "5.00")))
    await receive(erp, other)
    await billed(erp, other, "3", amount)
    await erp.post(TOLERANCES, {"valid_from": "2026-01-01", "duplicate_days": 10})


async def test_an_invoice_that_was_blocked_and_cured_is_what_it_was(
    on_dev_server: Erp, postgres_url: str
) -> None:
    erp = on_dev_server
    await erp.post("/v1/suppliers", SUPPLIER)
    order = await erp.post(PATH, a_purchase_order(("APPLE", "10", "4.00")))
    await receive(erp, order, (1, "4"))
    cured = await blocked(erp, order, "1", "23.80", lines=of_line(1, "5"))
    await receive(erp, order, (1, "4"))
    accepted = await blocked(erp, order, "2", "11.90", lines=of_line(1, "2", "5.00"))
    await another_comes_to(erp, "11.90")
    with pytest.raises(Refused, match="invoice-is-blocked"):
        await accept(erp, accepted)
    await accept(erp, accepted)
    await receive(erp, order, (1, "2"))
    await erp.at_rest()
    before = await erp.balances()

    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    await erp.temporal.get_workflow_handle(process["id"]).terminate("somebody did not know what that means")
    address = erp.temporal.service_client.config.target_host
    with nobody_else_sends(erp.temporal):
        mended = await asyncio.to_thread(check, postgres_url, address, "--company", erp.company, "--mend")
    await erp.at_rest()

    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert await erp.balances() == before
    for invoice, amount in ((cured, "23.80"), (accepted, "11.90")):
        await pay(erp, invoice, amount)
    (process,) = (await erp.get("/v1/processes", document=order["order_number"]))["items"]
    assert (process["exception"], process["stage"]) == (None, "waiting for the supplier's invoice")
    assert await violations(erp.company) == []
