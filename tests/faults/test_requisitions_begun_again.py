"""A requisition that is begun again from its rows asks nobody anew, and orders nothing twice."""

import asyncio
from typing import Any

import pytest

from tests.builders.budgets import of_budget
from tests.builders.purchase_orders import PATH as ORDERS
from tests.builders.requisitions import a_policy, cancel, decide, entered, process_of, ready, until
from tests.checked import violations_at_rest
from tests.erp import Erp
from tests.faults.stores import nobody_else_sends
from tests.faults.test_reconciling import check
from tests.faulty_steps import FaultySteps


async def lost_and_mended(erp: Erp, requisition: Any, postgres_url: str) -> None:
    """Somebody ends its process in Temporal; the reconciler begins it again."""
    process = await process_of(erp, requisition)
    await erp.temporal.get_workflow_handle(process["id"]).terminate("somebody did not know what that means")
    address = erp.temporal.service_client.config.target_host
    with nobody_else_sends(erp.temporal):
        mended = await asyncio.to_thread(check, postgres_url, address, "--company", erp.company, "--mend")
    await erp.at_rest()
    assert mended.returncode == 0, mended.stdout + mended.stderr


async def everything_agrees(erp: Erp) -> None:
    """In the books, once all that was sent again is answered: that takes the relay a moment."""
    for _ in range(100):
        await erp.at_rest()
        if not (found := [one.as_text() for one in await violations_at_rest(erp.company)]):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(found)


async def waiting(erp: Erp) -> Any:
    """The first of two has said yes."""
    await ready(erp)
    await a_policy(erp, "accountant", "credit manager")
    requisition = await entered(erp)
    await until(erp, requisition, "submitted")
    await decide(erp, requisition, by="accountant")
    return requisition


async def test_half_approved_it_goes_on_where_it_was(on_dev_server: Erp, postgres_url: str) -> None:
    erp = on_dev_server
    requisition = await waiting(erp)

    await lost_and_mended(erp, requisition, postgres_url)
    await decide(erp, requisition, by="credit manager")

    await until(erp, requisition, "ordered")
    assert len((await erp.get(ORDERS))["items"]) == 1
    assert await of_budget(erp) == ("40.00", "60.00")
    await everything_agrees(erp)


async def test_half_approved_it_can_be_cancelled_still(on_dev_server: Erp, postgres_url: str) -> None:
    erp = on_dev_server
    requisition = await waiting(erp)

    await lost_and_mended(erp, requisition, postgres_url)
    await cancel(erp, requisition)

    assert (await until(erp, requisition, "cancelled"))["why_ended"] == "no need"
    assert await of_budget(erp) == ("0.00", "100.00")
    await everything_agrees(erp)


@pytest.mark.parametrize("refused", [False, True])
async def test_when_its_order_is_there_or_refused_it_hears_so_again(
    on_dev_server: Erp, postgres_url: str, faults: FaultySteps, refused: bool
) -> None:
    erp = on_dev_server
    requisition = await waiting(erp)
    faults.broken[erp.company, "procurement.close_requisition"] = KeyError("a defect")
    if refused:
        faults.refused[erp.company, "procurement.place_purchase_order"] = 1
    deciding = asyncio.create_task(decide(erp, requisition, by="credit manager"))
    for _ in range(400):
        if (await process_of(erp, requisition))["exception"]:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("it was to be parked, and is not")

    faults.forget(erp.company)
    await lost_and_mended(erp, requisition, postgres_url)
    await deciding

    await until(erp, requisition, "cancelled" if refused else "ordered")
    assert len((await erp.get(ORDERS))["items"]) == (0 if refused else 1)
    assert await of_budget(erp) == (("0.00", "100.00") if refused else ("40.00", "60.00"))
    await everything_agrees(erp)
